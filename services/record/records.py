"""Cast-vote records of closed ballots, as everybody may read them, and the way from a receipt to its row.

A record says of each vote what was stored of it at closing and nothing more. Under
secrecy that names nobody; in an open ballot voters are named as attribution allows.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from reports.models.cast_votes import BallotRecord, CastVote, CastVotesReport, Hands, Reason
from seminar.attribution import shown_voter
from seminar.errors import NotFound, Refused
from seminar.initiative import Initiative
from seminar.methods import METHODS, silence
from seminar.methods.base import Beside
from seminar.model import RECUSED, Actor, BallotStatus, Role
from seminar.words import t
from services.clock import Clock
from services.initiatives import Initiatives
from services.voting.ballot_reading import label_of, number_of, require
from storage import ballots, cast_votes, ledger, records, rooms
from storage.ballot_rules import rule_values
from storage.ballots import BallotRow, ItemRow
from storage.engine import Database
from storage.records import VoterRow
from storage.rooms import RoomRow

_PIECE = 500  # votes after which others have their turn


@dataclass(frozen=True, slots=True)
class FoundVote:
    """The row of a closed ballot's record that a receipt leads to: `vote` is as its method publishes it."""

    ballot: str
    method: str
    reference: str | None
    vote: Any


@dataclass(frozen=True, slots=True)
class Closing:
    """What the ledger says of a closing, as far as the record shows it."""

    checksum: str | None = None
    beside: Beside = Beside()
    room_set_aside: tuple[int, ...] = ()

    @classmethod
    def read(cls, body: str | None) -> Closing:
        """From the entry's body; whatever cannot be read is the audit's affair, and says nothing here."""
        try:
            entry: Mapping[str, Any] = json.loads(body or "{}")
            return cls(
                entry.get("checksum"),
                Beside.from_json(entry.get("beside", {})),
                tuple(entry.get("room_set_aside", ())),
            )
        except (ValueError, TypeError, KeyError, AttributeError):
            return cls()


class Records:
    """Reads cast-vote records; nothing of them is changed."""

    def __init__(self, db: Database, clock: Clock, initiatives: Initiatives) -> None:
        self._db = db
        self._clock = clock
        self._initiatives = initiatives

    async def extent(self, guild_id: int, ballot: str | None = None) -> int | None:
        """How many rows the record of a ballot has, or those of all; None where no ballot has closed.

        Raises:
            NotFound: there is no ballot of this label.
            Invalid: this is not the label of a ballot.
            Refused: it has no record, or none yet.
        """
        async with self._db.read() as tx:
            rows = await _closed(tx, guild_id, ballot)
            return await records.count(tx, [row.id for row in rows]) if rows else None

    async def published(self, actor: Actor, ballot_id: int) -> tuple[str, int]:
        """The label of a closed ballot and how many rows its record has, for anybody of the seminar.

        Raises:
            NotFound: no initiative is loaded, or there is none of this id in this server.
            NotAllowed: the actor has no role in the seminar.
            Refused: it has no record, or none yet.
        """
        await self._initiatives.current(actor.guild_id)
        actor.require(*Role)
        async with self._db.read() as tx:
            row = await require(tx, actor.guild_id, ballot_id)
            _require_closed(row)
            return label_of(row), await records.count(tx, [row.id])

    async def find(self, guild_id: int, receipt: str) -> FoundVote | None:
        """The vote of a receipt among the records of a server's closed ballots; None if it is in none.

        Capitals and spaces make no difference.
        """
        wanted = "".join(receipt.split()).upper()
        if not wanted:
            return None
        async with self._db.read() as tx:
            found = await records.by_receipt(tx, guild_id, wanted)
            if not found:
                return None
            row, cast = found[0]
            items = (await ballots.items(tx, [row.id], removed=True))[row.id]
        vote = published_vote(row.method, cast.choice, {item.position: item.reference for item in items})
        return FoundVote(label_of(row), row.method, cast.reference or None, vote)

    async def report(
        self, guild_id: int, ballot: str | None = None, at: datetime | None = None
    ) -> CastVotesReport:
        """The record of one closed ballot, by its label, or of all. `at` dates it (now, when not given).

        Raises:
            NotFound: no initiative is loaded, or there is no ballot of this label.
            Invalid: this is not the label of a ballot.
            Refused: it has no record, or none yet.
        """
        initiative = await self._initiatives.current(guild_id)
        async with self._db.read() as tx:
            rows = await _closed(tx, guild_id, ballot)
            head = await ledger.head(tx, guild_id)
            items = await ballots.items(tx, [row.id for row in rows], removed=True)
            closings = await records.closing_bodies(tx, guild_id, [label_of(row) for row in rows])
            told = [
                await _record(tx, row, items[row.id], Closing.read(closings.get(label_of(row))), initiative)
                for row in rows
            ]
        return CastVotesReport(
            initiative=initiative.head.title,
            generated_at=at or self._clock(),
            ledger_head=head.hash if head.seq else None,
            ballots=tuple(told),
        )


async def _closed(tx: AsyncConnection, guild_id: int, label: str | None) -> tuple[BallotRow, ...]:
    """The closed ballot of a label, or every closed ballot, by number."""
    if label is None:
        return await ballots.with_status(tx, guild_id, BallotStatus.CLOSED)
    number = number_of(label)
    row = await ballots.numbered(tx, guild_id, number)
    if row is None:
        raise NotFound(t("There is no ballot {label} here.", label=f"B{number}"))
    _require_closed(row)
    return (row,)


def _require_closed(row: BallotRow) -> None:
    match BallotStatus(row.status):
        case BallotStatus.CLOSED:
            return
        case BallotStatus.CANCELLED:
            raise Refused(t("Ballot {label} was cancelled and has no record.", label=label_of(row)))
        case _:
            raise Refused(t("The cast-vote record is published when the ballot has closed."))


async def _record(
    tx: AsyncConnection, row: BallotRow, items: Sequence[ItemRow], closing: Closing, initiative: Initiative
) -> BallotRecord:
    stored = await cast_votes.cast_votes_of(tx, row.id)
    # Whoever breaks a silence speaks for a constituency, and is told by it alone, whatever attribution says.
    speakers = set() if row.method == silence.name else {one.voter for one in stored if one.voter}
    named = await records.voters(tx, row.guild_id, speakers)
    reference = {item.position: item.reference for item in items}
    spelled: dict[str, Any] = {}  # papers repeat, and a large ballot has tens of thousands of rows
    votes = []
    for number, one in enumerate(stored):
        if one.choice not in spelled:
            spelled[one.choice] = published_vote(row.method, one.choice, reference)
        votes.append(
            CastVote(
                one.reference or None,
                one.receipt,
                one.constituency,
                _voter(named.get(one.voter or ""), initiative),
                spelled[one.choice],
            )
        )
        if number % _PIECE == 0:
            await asyncio.sleep(0)
    reasons = await cast_votes.reasons_of(tx, row.id)
    return BallotRecord(
        label=label_of(row),
        method=row.method,
        items=tuple(item.reference for item in items if not item.removed),
        rules=_rules(row),
        closed_at=row.closed_at,
        checksum=closing.checksum,
        electorate=row.electorate or 0,
        voters=row.voters or 0,
        set_aside=row.set_aside or 0,
        room=counted_hands(await rooms.of_ballot(tx, row.id), closing, reference),
        reasons=tuple(Reason(reference.get(one.position), one.choice, one.text) for one in reasons),
        votes=tuple(votes),
    )


def published_vote(method: str, choice: str, references: Mapping[int, str]) -> Any:
    """A vote as its method publishes it; standing aside on an item is the same word everywhere."""
    return RECUSED if choice == RECUSED else METHODS[method].published(choice, references)


def _voter(row: VoterRow | None, initiative: Initiative) -> str | None:
    if row is None:
        return None
    return shown_voter(initiative.head.attribution, row.name, row.organisation)


def _rules(row: BallotRow) -> dict[str, Any]:
    """The rules as they are stored, the method's own options among them."""
    values = rule_values(row.rules)
    options: dict[str, Any] = json.loads(values.pop("options"))
    del values["method"]
    return values | options


def counted_hands(
    shown: Sequence[RoomRow], closing: Closing, reference: Mapping[int, str]
) -> tuple[Hands, ...]:
    """The hands that were counted, in the groups they entered, and who was asked."""
    counted = [row for row in shown if row.position not in closing.room_set_aside]
    asked = [row.asked for row in counted] if len(counted) == len(closing.beside.room) else []
    asked += [""] * (len(closing.beside.room) - len(asked))
    return tuple(
        Hands(reference.get(one.position, ""), one.group, one.counts, said)
        for one, said in zip(closing.beside.room, asked, strict=True)
    )
