"""What is said in a silence procedure: objections and explanations of position."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.schema import people, statements


class Kind(StrEnum):
    """An objection breaks the silence, an explanation does not."""

    OBJECTION = "objection"
    EXPLANATION = "explanation"


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement; `pseudonym` is the speaker's in the ledger."""

    id: str
    ballot_id: int
    person_id: str
    pseudonym: str
    constituency: str | None
    kind: Kind
    text: str
    at: datetime


async def add(
    tx: AsyncConnection,
    ballot_id: int,
    person_id: str,
    constituency: str | None,
    kind: Kind,
    text: str,
    at: datetime,
) -> str:
    """Store a statement and answer its id, which is random."""
    statement_id = secrets.token_urlsafe(16)
    await tx.execute(
        insert(statements).values(
            id=statement_id,
            ballot_id=ballot_id,
            person_id=person_id,
            constituency=constituency,
            kind=kind.value,
            text=text,
            at=at,
        )
    )
    return statement_id


async def of_ballot(tx: AsyncConnection, ballot_id: int) -> tuple[StatementRow, ...]:
    """Everything that was said, in the order it was said."""
    query = (
        select(
            statements.c.id,
            statements.c.ballot_id,
            statements.c.person_id,
            people.c.pseudonym,
            statements.c.constituency,
            statements.c.kind,
            statements.c.text,
            statements.c.at,
        )
        .join(people, people.c.id == statements.c.person_id)
        .where(statements.c.ballot_id == ballot_id)
        .order_by(statements.c.at, statements.c.id)
    )
    return tuple(StatementRow(*row[:5], Kind(row.kind), row.text, row.at) for row in await tx.execute(query))
