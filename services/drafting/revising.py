"""The one road by which a text changes: a new version, and everything that follows from it.

Amendments that are open are held against the new text in the same transaction, so that none is ever
accepted over words that somebody else has changed; whoever voted on the old text is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar import references
from seminar.errors import Refused
from seminar.model import AmendmentStatus, Change, State
from seminar.wording import Wording, merged
from seminar.words import t
from services import news
from services.drafting.acting import moved_by_change
from storage import amendments, electorates, ledger, outbox, recommendations, search, versions
from storage.people import PersonRow
from storage.recommendations import RecRow

REVISED = "recommendation.revised"


@dataclass(frozen=True, slots=True)
class Revision:
    """A new wording: whose it is (a person's id), why, and the number of the amendment it comes from."""

    wording: Wording
    change: Change
    author_id: str
    reason: str = ""
    amendment: int | None = None


async def revise(
    tx: AsyncConnection,
    guild_id: int,
    row: RecRow,
    revision: Revision,
    decider: PersonRow,
    at: datetime,
    *,
    state: State | None = None,
) -> RecRow:
    """Make `revision` the text of `row`, as read in this transaction under its lock.

    The lifecycle says where the change leads, unless the act it belongs to has settled that as `state`.
    Returns the recommendation as it stands afterwards.

    Raises:
        Refused: nothing would change, the text cannot be changed in its state, or is frozen.
    """
    if revision.wording == row.wording:
        raise Refused(t("That is the text of {reference} as it stands.", reference=row.reference))
    if state is None:
        state = await moved_by_change(tx, row, revision.change)
    number = row.version + 1
    await versions.add(
        tx,
        row.id,
        number,
        revision.wording,
        revision.author_id,
        at,
        change=revision.change,
        reason=revision.reason,
        decided_by=None if decider.id == revision.author_id else decider.id,
        amendment=revision.amendment,
    )
    await recommendations.set_version(tx, row.id, number, state)
    wording = revision.wording
    await search.index(tx, guild_id, row.id, row.reference, wording.title, wording.text)
    body = {
        "version": number,
        "change": revision.change.value,
        "state": state.value,
        "amendment": revision.amendment,
        "content": await ledger.remember(tx, guild_id, wording.content),
    }
    await ledger.append(tx, guild_id, at, decider.pseudonym, REVISED, row.reference, body)
    await outbox.put(tx, guild_id, "card.refresh", row.reference, at)
    if (wording.text, wording.rationale) != (row.text, row.rationale):
        # What does not fit the card stands in the discussion, where so far it is that of before.
        await outbox.put(tx, guild_id, "card.continued", row.reference, at)
    revised = replace(
        row,
        state=state,
        version=number,
        title=wording.title,
        text=wording.text,
        rationale=wording.rationale,
        addressees=wording.addressees,
    )
    await _recheck(tx, guild_id, revised, at)
    if revision.change is not Change.EDITORIAL:
        await _tell_voters(tx, guild_id, row, at)
    return revised


async def _recheck(tx: AsyncConnection, guild_id: int, row: RecRow, at: datetime) -> None:
    """Hold every open amendment against the text as it is now, and mark which touch the same words."""
    waiting = await amendments.of(tx, [row.id], AmendmentStatus.OPEN)
    if not waiting:
        return
    bases = await versions.numbered(tx, row.id, {one.base_version for one in waiting})
    for one in waiting:
        made = merged(bases[one.base_version].wording, row.wording, one.wording)
        conflicting = made.wording is None
        if conflicting != one.conflicting:
            await amendments.mark_conflicting(tx, [one.id], conflicting)
            act = "amendment.conflicting" if conflicting else "amendment.free"
            body = {"amendment": one.number, "version": row.version}
            await ledger.append(tx, guild_id, at, "system", act, row.reference, body)
            if conflicting:
                told = {"amendment": one.number}
                await news.tell(
                    tx, guild_id, row.reference, at, "amendment_conflicting", told, to=[one.author_id]
                )
        subject = references.of_amendment(row.reference, one.number)
        await outbox.put(tx, guild_id, "amendment.refresh", subject, at)


async def _tell_voters(tx: AsyncConnection, guild_id: int, row: RecRow, at: datetime) -> None:
    """Tell those who voted on the text in its latest ballot that it has changed since, once."""
    if row.last is None:
        return
    voted_on = (await recommendations.voted_versions(tx, [(row.id, row.last.ballot_id)])).get(row.id)
    if voted_on is None:
        return
    texts = await versions.of(tx, [row.id])
    since = [one for one in texts if voted_on < one.number <= row.version]
    given_back = any(one.number == voted_on and one.wording == row.wording for one in texts)
    if any(one.change is not Change.EDITORIAL for one in since) and not given_back:
        return
    told = {"ballot": row.last.number, "title": row.title}
    voters = await electorates.voters(tx, row.last.ballot_id)
    await news.tell(tx, guild_id, row.reference, at, "voted_text_changed", told, to=voters)
