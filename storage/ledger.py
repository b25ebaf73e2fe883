"""The chain of every act, one a server: each entry's hash covers the entry and the one before it.

The database refuses to change or remove an entry. Entries hold ids, figures and
salted digests of free text; text and salt stand in `ledger_texts`, so that
erasing them leaves the chain whole.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, String, insert, select, type_coerce, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.canonical import GENESIS, canonical, digest, entry_hash
from storage.engine import insert_into
from storage.schema import ledger, ledger_heads, ledger_texts, moment_text

# How many entries are verified at a time.
PIECE = 1000


class Head(NamedTuple):
    """The last entry of a chain; `(0, GENESIS)` while it is empty."""

    seq: int
    hash: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One act as recorded; `body` is canonical JSON and `actor` a pseudonym or "system"."""

    seq: int
    at: datetime
    actor: str
    act: str
    subject: str
    body: str
    hash: str


@dataclass(frozen=True, slots=True)
class Problem:
    """Something stored that is not as it was written: the table, the row in it, and what is wrong."""

    table: str
    row: str
    what: str

    def __str__(self) -> str:
        return f"{self.table} row {self.row}: {self.what}"


async def append(
    tx: AsyncConnection,
    guild_id: int,
    at: datetime,
    actor: str,
    act: str,
    subject: str,
    body: Mapping[str, object],
) -> Head:
    """Record an act in the transaction that does it, and return the chain's new head."""
    last = await _locked_head(tx, guild_id)
    seq, text = last.seq + 1, canonical(dict(body))
    hashed = entry_hash(last.hash, guild_id, seq, moment_text(at), actor, act, subject, text)
    await tx.execute(
        insert(ledger).values(
            guild_id=guild_id,
            seq=seq,
            at=at,
            actor=actor,
            act=act,
            subject=subject,
            body=text,
            previous=last.hash,
            hash=hashed,
        )
    )
    await tx.execute(
        update(ledger_heads).where(ledger_heads.c.guild_id == guild_id).values(seq=seq, hash=hashed)
    )
    return Head(seq, hashed)


async def hold(tx: AsyncConnection, guild_id: int) -> None:
    """Let no other process complete an act in this server until the transaction ends.

    For acts that are right only as long as what they read of other rows stays so. To be called before
    they read it, and after the rows they lock for themselves.
    """
    await _locked_head(tx, guild_id)


async def _locked_head(tx: AsyncConnection, guild_id: int) -> Head:
    """The head, which no other process can move until this transaction ends."""
    query = (
        select(ledger_heads.c.seq, ledger_heads.c.hash)
        .where(ledger_heads.c.guild_id == guild_id)
        .with_for_update()
    )
    row = (await tx.execute(query)).one_or_none()
    if row is None:
        await tx.execute(
            insert_into(tx, ledger_heads)
            .values(guild_id=guild_id, seq=0, hash=GENESIS)
            .on_conflict_do_nothing()
        )
        row = (await tx.execute(query)).one()
    return Head(row.seq, row.hash)


async def remember(tx: AsyncConnection, guild_id: int, text: str) -> str:
    """Keep free text beside the ledger, and return the salted digest an entry may hold of it."""
    salt = secrets.token_hex(16)
    salted = digest(salt, text)
    await tx.execute(insert(ledger_texts).values(digest=salted, guild_id=guild_id, salt=salt, text=text))
    return salted


async def head(tx: AsyncConnection, guild_id: int) -> Head:
    """Where the chain of a server ends now."""
    row = (
        await tx.execute(
            select(ledger_heads.c.seq, ledger_heads.c.hash).where(ledger_heads.c.guild_id == guild_id)
        )
    ).one_or_none()
    return Head(0, GENESIS) if row is None else Head(row.seq, row.hash)


async def entries(tx: AsyncConnection, guild_id: int, *, after: int = 0, limit: int = 100) -> list[EntryRow]:
    """Entries in order, beginning after the sequence number `after`."""
    found = await tx.execute(
        select(
            ledger.c.seq,
            ledger.c.at,
            ledger.c.actor,
            ledger.c.act,
            ledger.c.subject,
            ledger.c.body,
            ledger.c.hash,
        )
        .where(ledger.c.guild_id == guild_id, ledger.c.seq > after)
        .order_by(ledger.c.seq)
        .limit(limit)
    )
    return [EntryRow(*row) for row in found]


async def guilds(tx: AsyncConnection) -> list[int]:
    """The servers that have a chain, or the remains of one."""
    found = await tx.execute(union(select(ledger.c.guild_id), select(ledger_heads.c.guild_id)))
    return sorted(found.scalars())


async def verify_chain(tx: AsyncConnection, guild_id: int) -> AsyncIterator[Problem]:
    """Recompute a server's chain and yield whatever does not fit, in order of the entries.

    Read in pieces, so that a long chain neither fills memory nor stops the program.
    """
    async for problem in _verify(tx, guild_id, GENESIS, 1):
        yield problem


async def verify_end(tx: AsyncConnection, guild_id: int, entries: int = PIECE) -> AsyncIterator[Problem]:
    """The same for the last so many entries alone, which takes no longer as a chain grows."""
    first = max(1, (await head(tx, guild_id)).seq - entries + 1)
    before = await tx.scalar(
        select(ledger.c.hash).where(ledger.c.guild_id == guild_id, ledger.c.seq == first - 1)
    )
    async for problem in _verify(tx, guild_id, GENESIS if before is None else before, first):
        yield problem


async def _verify(tx: AsyncConnection, guild_id: int, previous: str, expected: int) -> AsyncIterator[Problem]:
    """Verify a chain from the entry `expected` on, which follows the one of the hash `previous`."""
    # The moment is compared as it is stored: what was tampered with may not read as a moment.
    columns: list[ColumnElement[Any]] = [
        type_coerce(c, String).label("at") if c is ledger.c.at else c for c in ledger.c
    ]
    while True:
        rows = (
            await tx.execute(
                select(*columns)
                .where(ledger.c.guild_id == guild_id, ledger.c.seq >= expected)
                .order_by(ledger.c.seq)
                .limit(PIECE)
            )
        ).all()
        for row in rows:
            where = f"{guild_id}/{row.seq}"
            if row.seq != expected:
                yield Problem("ledger", f"{guild_id}/{expected}", "missing")
            if row.previous != previous:
                yield Problem("ledger", where, "does not follow the entry before it")
            if row.hash != _rehash(row):
                yield Problem("ledger", where, "does not match its hash")
            if not isinstance(row.seq, int):
                return
            previous, expected = row.hash, row.seq + 1
        if len(rows) < PIECE:
            break
    last = await head(tx, guild_id)
    if (last.seq, last.hash) != (expected - 1, previous):
        yield Problem(
            "ledger_heads", str(guild_id), f"names entry {last.seq}, the chain ends at {expected - 1}"
        )


def _rehash(row: Row[Any]) -> str | None:
    """What the hash of an entry should be; None if it holds what no entry could."""
    try:
        return entry_hash(
            row.previous, row.guild_id, row.seq, row.at, row.actor, row.act, row.subject, row.body
        )
    except (TypeError, ValueError):  # bytes or half a character, put there by hand
        return None


async def verify_texts(tx: AsyncConnection, guild_id: int) -> AsyncIterator[Problem]:
    """Recompute the digest of each free text that has not been erased."""
    found = await tx.execute(
        select(ledger_texts.c.digest, ledger_texts.c.salt, ledger_texts.c.text).where(
            ledger_texts.c.guild_id == guild_id
        )
    )
    for row in found:
        if row.digest != digest(row.salt, row.text):
            yield Problem("ledger_texts", row.digest, "does not match its digest")
