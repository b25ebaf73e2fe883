"""Undoing a merge or a split: it adds to the record and takes nothing away.

What was merged stands again where it stood before, and the one it went into gets its words of before
as a new version. What was split stands again where it stood, and its parts lead to it, so that whoever
quoted one of them still finds where it went.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import NotFound, Refused
from seminar.lifecycle import Act, restored
from seminar.model import Change, Kinship, State
from seminar.words import t
from services import news
from services.clock import Clock
from services.drafting.acting import draw_asked_again, draw_predecessors_again, moved, named, record
from services.drafting.revising import Revision, revise
from storage import lineage, outbox, recommendations, versions
from storage.lineage import Kind, KinRow, RegroupingRow
from storage.people import PersonRow
from storage.recommendations import RecRow

UNDO_WITHIN: Final = timedelta(hours=1)
UNDONE = t("This was undone already.")


@dataclass(frozen=True, slots=True)
class Regrouped:
    """A merge or a split: `reference` took in the `others`, or was split into them.

    `version` is its current version right after, which is new where `changed`.
    """

    id: int
    kind: Kind
    reference: str
    others: tuple[str, ...]
    version: int
    changed: bool
    undone: bool


async def regrouped(tx: AsyncConnection, guild_id: int, regrouping_id: int) -> Regrouped:
    """A merge or a split as it is told.

    Raises:
        NotFound: there is none of that id here.
    """
    row = await lineage.regrouping(tx, guild_id, regrouping_id)
    if row is None:
        raise NotFound(t("There is no such merge or split here."))
    (whole,) = await recommendations.by_ids(tx, [row.recommendation_id])
    kin = await lineage.of_regrouping(tx, row.id)
    return Regrouped(
        id=row.id,
        kind=row.kind,
        reference=whole.reference,
        others=tuple(one.predecessor if row.kind == "merge" else one.successor for one in kin),
        version=row.version,
        changed=row.version != row.version_before,
        undone=row.undone_at is not None,
    )


async def undo(
    tx: AsyncConnection, clock: Clock, guild_id: int, person: PersonRow, which: int | str
) -> Regrouped:
    """Undo the merge or split of that id, or the last one that the reference took part in.

    To be called with the server's ledger held.

    Raises:
        NotFound: there is no such recommendation, merge or split here.
        Refused: it was undone already, an hour has passed, or something has been built on it.
    """
    row = await _wanted(tx, guild_id, which)
    now = clock()
    if row.undone_at is not None:
        raise Refused(UNDONE)
    if now - row.at > UNDO_WITHIN:
        raise Refused(
            t(
                "A merge or a split can be undone within an hour, and this one is older. Merge or split "
                "anew instead."
            )
        )
    (whole,) = await recommendations.by_ids(tx, [row.recommendation_id])
    kin = await lineage.of_regrouping(tx, row.id)
    if row.kind == "merge":
        version = await _take_apart(tx, guild_id, person, row, whole, kin, now)
    else:
        version = await _reunite(tx, guild_id, person, row, whole, kin, now)
    done = await regrouped(tx, guild_id, row.id)
    body = {"regrouping": row.id, "kind": row.kind, "others": list(done.others), "version": version}
    await record(tx, clock, guild_id, person.pseudonym, "regrouping.undone", whole, body)
    others = [*{one.predecessor_id for one in kin} | {one.successor_id for one in kin}]
    concerned = await recommendations.by_ids(tx, others)
    await draw_asked_again(tx, clock, guild_id, concerned)
    await draw_predecessors_again(tx, clock, guild_id, concerned)
    return done


async def _wanted(tx: AsyncConnection, guild_id: int, which: int | str) -> RegroupingRow:
    if isinstance(which, int):
        row = await lineage.regrouping(tx, guild_id, which)
        if row is None:
            raise NotFound(t("There is no such merge or split here."))
        return row
    recommendation = await named(tx, guild_id, which)
    row = await lineage.last_regrouping(tx, recommendation.id)
    if row is None:
        raise Refused(
            t("{reference} was neither merged nor split, so there is nothing to undo.", reference=which)
        )
    return row


async def _take_apart(
    tx: AsyncConnection,
    guild_id: int,
    person: PersonRow,
    row: RegroupingRow,
    survivor: RecRow,
    kin: Sequence[KinRow],
    at: datetime,
) -> int:
    """Undo a merge; the number of the survivor's version afterwards."""
    state = await moved(tx, survivor, Act.GIVE_BACK, among=True)
    version = survivor.version
    if row.version != row.version_before:
        texts = {one.number: one for one in await versions.of(tx, [survivor.id])}
        # The words are compared, not the number: a later merge may have been undone before this one.
        if survivor.wording != texts[row.version].wording:
            raise Refused(
                t(
                    "The text of {reference} has changed since the merge, so that it cannot be undone now. "
                    "Undo that change first, or split {reference} instead.",
                    reference=survivor.reference,
                )
            )
        before = texts[row.version_before]
        revision = Revision(before.wording, Change.RESTORED, before.author_id)
        version = (await revise(tx, guild_id, survivor, revision, person, at, state=state)).version
    merged = await recommendations.by_ids(tx, [one.predecessor_id for one in kin])
    for one, back in zip(kin, merged, strict=True):
        await recommendations.set_state(tx, back.id, restored(back.state, _before(one)))
        await outbox.put(tx, guild_id, "card.refresh", back.reference, at)
        told: dict[str, object] = {"title": back.title, "into": survivor.reference}
        to = but(person, back.author_id)
        await news.tell(tx, guild_id, back.reference, at, "merge_undone", told, to=to)
    await lineage.undo(tx, row.id, person.id, at)
    told = {"title": survivor.title, "others": [one.predecessor for one in kin], "version": version}
    to = but(person, survivor.author_id)
    await news.tell(tx, guild_id, survivor.reference, at, "merge_into_undone", told, to=to)
    return version


async def _reunite(
    tx: AsyncConnection,
    guild_id: int,
    person: PersonRow,
    row: RegroupingRow,
    whole: RecRow,
    kin: Sequence[KinRow],
    at: datetime,
) -> int:
    """Undo a split; the number of the whole's version."""
    parts = await recommendations.by_ids(tx, [one.successor_id for one in kin])
    ended = [await moved(tx, part, Act.MERGE, among=True) for part in parts]
    taken_in: dict[str, list[str]] = {}
    for one in await lineage.of(tx, [part.id for part in parts]):
        if one.ended_at is None and one.kind is Kinship.MERGED:
            taken_in.setdefault(one.successor, []).append(one.predecessor)
    for reference, others in taken_in.items():
        raise Refused(
            t(
                "{others} went into {reference} since; undo that first.",
                others=tuple(others),
                reference=reference,
            )
        )
    await recommendations.set_state(tx, whole.id, restored(whole.state, _before(kin[0])))
    await lineage.undo(tx, row.id, person.id, at)
    for part, state in zip(parts, ended, strict=True):
        await recommendations.set_state(tx, part.id, state)
        await lineage.add(tx, guild_id, part.id, whole.id, Kinship.REUNITED, at, state_before=part.state)
        await outbox.put(tx, guild_id, "card.refresh", part.reference, at)
        told: dict[str, object] = {"title": part.title, "into": whole.reference}
        await news.tell(tx, guild_id, part.reference, at, "reunited", told)
    told = {"title": whole.title, "parts": [part.reference for part in parts]}
    to = but(person, whole.author_id)
    await news.tell(tx, guild_id, whole.reference, at, "split_undone", told, to=to)
    return whole.version


def _before(kin: KinRow) -> State:
    """Where the predecessor stood; merging and splitting store it."""
    assert kin.state_before is not None  # noqa: S101 - for the type checker
    return kin.state_before


def but(person: PersonRow, author_id: str) -> list[str]:
    """The author, who need not be told what they did themselves."""
    return [] if author_id == person.id else [author_id]
