"""Everything the store holds about one person, table by table, as it is stored."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from storage.people import PersonRow
from storage.schema import (
    amendment_seconds,
    amendment_texts,
    amendments,
    ballots,
    cast_votes,
    conference_items,
    contributions,
    drafts,
    electorates,
    follow_up_changes,
    follow_ups,
    imports,
    ledger,
    outbox,
    papers,
    recommendations,
    register_codes,
    registrations,
    reminders,
    room_counts,
    seconds,
    statements,
    versions,
    votes,
)

_REFERENCE = recommendations.c.reference
_BALLOT = ballots.c.number.label("ballot")


async def everything(tx: AsyncConnection, person: PersonRow) -> dict[str, list[dict[str, Any]]]:
    """What is stored of a person apart from their row and their votes in open ballots."""
    found = {
        name: [dict(row._mapping) for row in await tx.execute(query)] for name, query in _queries(person)
    }
    waiting = select(outbox.c.kind, outbox.c.created_at, outbox.c.payload).where(
        outbox.c.guild_id == person.guild_id
    )
    found["private_messages_waiting"] = [
        {"kind": row.kind, "created_at": row.created_at}
        for row in await tx.execute(waiting)
        if person.user_id is not None and row.payload.get("user_id") == person.user_id
    ]
    return found


def _queries(person: PersonRow) -> Iterator[tuple[str, Select[Any]]]:
    me, guild_id = person.id, person.guild_id
    yield (
        "registered",
        select(registrations.c.registered_at).where(registrations.c.person_id == me),
    )
    yield (
        "recommendations",
        select(
            _REFERENCE,
            recommendations.c.event,
            recommendations.c.theme,
            recommendations.c.state,
            recommendations.c.version,
            recommendations.c.created_at,
        )
        .where(recommendations.c.author_id == me)
        .order_by(recommendations.c.id),
    )
    yield (
        "versions",
        select(
            _REFERENCE,
            versions.c.number,
            versions.c.title,
            versions.c.text,
            versions.c.rationale,
            versions.c.addressees,
            versions.c.change,
            versions.c.reason,
            versions.c.created_at,
        )
        .join(recommendations, recommendations.c.id == versions.c.recommendation_id)
        .where(versions.c.author_id == me)
        .order_by(versions.c.recommendation_id, versions.c.number),
    )
    yield (
        "amendments",
        select(
            _REFERENCE,
            amendments.c.number,
            amendments.c.status,
            amendment_texts.c.revision,
            amendment_texts.c.title,
            amendment_texts.c.text,
            amendment_texts.c.rationale,
            amendment_texts.c.addressees,
            amendment_texts.c.reason,
            amendment_texts.c.created_at,
        )
        .join_from(amendment_texts, amendments, amendments.c.id == amendment_texts.c.amendment_id)
        .join(recommendations, recommendations.c.id == amendments.c.recommendation_id)
        .where(amendment_texts.c.author_id == me)
        .order_by(amendment_texts.c.amendment_id, amendment_texts.c.revision),
    )
    yield (
        "contributions",
        select(
            _REFERENCE,
            contributions.c.number,
            contributions.c.stance,
            contributions.c.text,
            contributions.c.link,
            contributions.c.constituency,
            contributions.c.at,
            contributions.c.withdrawn_at,
            contributions.c.set_aside_at,
            contributions.c.set_aside_reason,
        )
        .join(recommendations, recommendations.c.id == contributions.c.recommendation_id)
        .where(contributions.c.person_id == me)
        .order_by(contributions.c.id),
    )
    yield (
        "seconds",
        select(_REFERENCE, seconds.c.at)
        .join(recommendations, recommendations.c.id == seconds.c.recommendation_id)
        .where(seconds.c.person_id == me)
        .order_by(seconds.c.at),
    )
    yield (
        "amendments_seconded",
        select(_REFERENCE, amendments.c.number, amendment_seconds.c.at)
        .join_from(amendment_seconds, amendments, amendments.c.id == amendment_seconds.c.amendment_id)
        .join(recommendations, recommendations.c.id == amendments.c.recommendation_id)
        .where(amendment_seconds.c.person_id == me)
        .order_by(amendment_seconds.c.at),
    )
    yield (
        "statements",
        select(_BALLOT, statements.c.kind, statements.c.text, statements.c.constituency, statements.c.at)
        .join(ballots, ballots.c.id == statements.c.ballot_id)
        .where(statements.c.person_id == me)
        .order_by(statements.c.at),
    )
    yield (
        "entitled",
        select(
            _BALLOT,
            electorates.c.constituency,
            electorates.c.voted,
            (electorates.c.elector != me).label("by_delegation"),
        )
        .join(ballots, ballots.c.id == electorates.c.ballot_id)
        .where(electorates.c.elector.in_([me, *([person.delegation] if person.delegation else [])]))
        .order_by(ballots.c.id),
    )
    yield (
        "votes_in_closed_open_ballots",
        select(
            _BALLOT,
            cast_votes.c.reference,
            cast_votes.c.choice,
            cast_votes.c.receipt,
            cast_votes.c.constituency,
        )
        .join(ballots, ballots.c.id == cast_votes.c.ballot_id)
        .where(ballots.c.guild_id == guild_id, cast_votes.c.voter == person.pseudonym)
        .order_by(ballots.c.id, cast_votes.c.number),
    )
    yield (
        "forwarded_to_a_conference",
        select(_REFERENCE, conference_items.c.event, conference_items.c.forwarded_at)
        .join(recommendations, recommendations.c.id == conference_items.c.recommendation_id)
        .where(conference_items.c.forwarded_by == me)
        .order_by(conference_items.c.forwarded_at, conference_items.c.position),
    )
    yield (
        "decided_at_a_conference",
        select(
            _REFERENCE,
            conference_items.c.event,
            conference_items.c.basis,
            conference_items.c.reason,
            conference_items.c.decided_at,
        )
        .join(recommendations, recommendations.c.id == conference_items.c.recommendation_id)
        .where(conference_items.c.decided_by == me)
        .order_by(conference_items.c.decided_at, conference_items.c.position),
    )
    yield (
        "ballots_prepared",
        select(_BALLOT, ballots.c.method, ballots.c.status, ballots.c.prepared_at)
        .where(ballots.c.prepared_by == me)
        .order_by(ballots.c.id),
    )
    yield (
        "hands_entered",
        select(
            _BALLOT,
            room_counts.c.position,
            room_counts.c.constituency,
            room_counts.c.for_votes,
            room_counts.c.against,
            room_counts.c.abstain,
            room_counts.c.asked,
            room_counts.c.at,
        )
        .join(ballots, ballots.c.id == room_counts.c.ballot_id)
        .where(room_counts.c.entered_by == me)
        .order_by(room_counts.c.at),
    )
    yield (
        "follow_up_entered",
        select(
            _REFERENCE,
            follow_ups.c.entity,
            follow_ups.c.number,
            follow_up_changes.c.revision,
            follow_up_changes.c.content,
            follow_up_changes.c.source,
            follow_up_changes.c.at,
        )
        .join_from(follow_up_changes, follow_ups, follow_ups.c.id == follow_up_changes.c.follow_up_id)
        .join(recommendations, recommendations.c.id == follow_ups.c.recommendation_id)
        .where(follow_up_changes.c.person_id == me)
        .order_by(follow_up_changes.c.at),
    )
    yield (
        "reminders",
        select(_BALLOT, reminders.c.at)
        .join(ballots, ballots.c.id == reminders.c.ballot_id)
        .where(reminders.c.person_id == me),
    )
    yield (
        "code",
        select(register_codes.c.name, register_codes.c.created_at, register_codes.c.used_at).where(
            register_codes.c.person_id == me
        ),
    )
    yield (
        "drafts",
        select(drafts.c.fields, drafts.c.created_at).where(
            drafts.c.guild_id == guild_id, drafts.c.user_id == person.user_id
        ),
    )
    yield (
        "lists_sent",
        select(imports.c.kind, imports.c.created_at).where(
            imports.c.guild_id == guild_id, imports.c.user_id == person.user_id
        ),
    )
    yield (
        "ledger",
        select(ledger.c.seq, ledger.c.at, ledger.c.act, ledger.c.subject)
        .where(
            ledger.c.guild_id == guild_id,
            or_(ledger.c.actor == person.pseudonym, ledger.c.subject == person.pseudonym),
        )
        .order_by(ledger.c.seq),
    )


async def open_votes(tx: AsyncConnection, ballot_id: int, mark: str, own_mark: str) -> dict[str, Any] | None:
    """What stands for an elector in a ballot that still holds votes, and what the person is filling in."""
    found = await tx.execute(
        select(votes.c.position, votes.c.choice, votes.c.receipt, votes.c.reason)
        .where(votes.c.ballot_id == ballot_id, votes.c.voter == mark)
        .order_by(votes.c.position)
    )
    standing = [dict(row._mapping) for row in found]
    filling = await tx.scalar(
        select(papers.c.content).where(papers.c.ballot_id == ballot_id, papers.c.voter == own_mark)
    )
    return {"votes": standing, "filling_in": filling} if standing or filling is not None else None


async def counts(tx: AsyncConnection, person_id: str) -> tuple[int, int]:
    """How many amendments somebody has asked for, and how many of their contributions stand."""
    asked = select(func.count()).where(amendments.c.author_id == person_id)
    said = select(func.count()).where(
        contributions.c.person_id == person_id,
        contributions.c.withdrawn_at.is_(None),
        contributions.c.set_aside_at.is_(None),
    )
    return await tx.scalar(asked) or 0, await tx.scalar(said) or 0
