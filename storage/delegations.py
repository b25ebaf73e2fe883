"""Delegations: the organisations people are registered for, each one only once however it is spelled.

A delegation is found by the folded name of its organisation and keeps the name it was first
given. It may be without members; what it holds a vote for is in `storage.electorates`.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.model import Status
from seminar.texts import fold
from storage.bulk import in_pieces
from storage.engine import insert_into
from storage.schema import delegations, people, registrations


async def of_organisation(tx: AsyncConnection, guild_id: int, name: str) -> str:
    """The id of the delegation of this organisation, made when it is new in the server.

    Id and pseudonym are random. Two names are one organisation where they differ only by capitals,
    accents and spaces.
    """
    folded = fold(name)
    query = select(delegations.c.id).where(delegations.c.guild_id == guild_id, delegations.c.folded == folded)
    known = await tx.scalar(query)
    if known is None:
        # Another process may make it at the same moment; then it is theirs that both use.
        await tx.execute(
            insert_into(tx, delegations)
            .values(
                id=secrets.token_urlsafe(16),
                guild_id=guild_id,
                name=name,
                folded=folded,
                pseudonym=secrets.token_urlsafe(16),
            )
            .on_conflict_do_nothing(index_elements=["guild_id", "folded"])
        )
        known = await tx.scalar(query)
    return str(known)


async def of_organisations(tx: AsyncConnection, guild_id: int, names: Collection[str]) -> dict[str, str]:
    """As `of_organisation`, of many at once: the ids by folded name."""
    wanted: dict[str, str] = {}
    for name in names:
        wanted.setdefault(fold(name), name)
    if not wanted:
        return {}
    query = select(delegations.c.folded, delegations.c.id).where(delegations.c.guild_id == guild_id)
    known = await _pairs(tx, query)
    new = [folded for folded in wanted if folded not in known]
    if new:
        rows = [
            {
                "id": secrets.token_urlsafe(16),
                "guild_id": guild_id,
                "name": wanted[folded],
                "folded": folded,
                "pseudonym": secrets.token_urlsafe(16),
            }
            for folded in new
        ]
        upsert = insert_into(tx, delegations).on_conflict_do_nothing(index_elements=["guild_id", "folded"])
        await in_pieces(tx, upsert, rows)
        known = await _pairs(tx, query)
    return {folded: known[folded] for folded in wanted}


async def pseudonyms(tx: AsyncConnection, guild_id: int) -> dict[str, str]:
    """How the ledger calls the delegations of a server, by their ids."""
    query = select(delegations.c.id, delegations.c.pseudonym).where(delegations.c.guild_id == guild_id)
    return await _pairs(tx, query)


async def _pairs(tx: AsyncConnection, query: Select[str, str]) -> dict[str, str]:
    return {first: second for first, second in await tx.execute(query)}  # noqa: C416 - rows are no pairs to mypy


async def members(tx: AsyncConnection, guild_id: int, delegation_id: str) -> dict[str, str]:
    """The participants registered for a delegation of this server: names by person id, in order of name."""
    found = await tx.execute(
        select(people.c.id, people.c.name)
        .join(registrations, registrations.c.person_id == people.c.id)
        .where(
            registrations.c.delegation_id == delegation_id,
            registrations.c.guild_id == guild_id,
            registrations.c.status == Status.PARTICIPANT.value,
        )
        .order_by(people.c.name, people.c.id)
    )
    return {row.id: row.name for row in found}
