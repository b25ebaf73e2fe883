"""Amendments as they are shown, and how rows become them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Invalid
from seminar.initiative import Initiative
from seminar.model import AmendmentStatus, State
from seminar.wording import Wording, WordingMerge, brought_forward, merged
from seminar.words import Text
from services.drafting.rec_views import RecView
from services.people.authors import Authors
from services.voting.ballot_views import BallotView
from storage import amendments, lineage, versions
from storage.amendments import AmendmentRow
from storage.recommendations import RecRow
from storage.versions import VersionRow


@dataclass(frozen=True, slots=True)
class AmendmentView:
    """An amendment as shown, with the texts it stands between.

    `base` is the version it changes, `current` the recommendation's text now, `asked` what the amendment
    asks for. `room` is the code of the event that deals with it now. `earlier_seconds` of the `seconds`
    were given before it was last reworked. `decision` is the reason of whoever decided, `version` what it
    became, `derived` the reference of the recommendation that grew out of it. The ids of people are
    internal and never shown. Moments are in the initiative's zone.
    """

    reference: str
    title: str
    room: str
    theme: str
    state: State
    recommendation_author: str
    number: int
    status: AmendmentStatus
    conflicting: bool
    revision: int
    author_id: str
    author_shown: str | Text
    reworked_by_other: bool
    seconds: int
    earlier_seconds: int
    created_at: datetime
    decided_at: datetime | None
    decision: str
    reason: str
    base_version: int
    current_version: int
    version: int | None
    base: Wording
    current: Wording
    asked: Wording
    before: Wording
    """What its difference is shown against: the text it changes, or would change now."""
    after: Wording
    derived: str | None

    @property
    def open(self) -> bool:
        return self.status is AmendmentStatus.OPEN

    @property
    def acceptable(self) -> bool:
        """Whether it could become the text as it stands, whatever becomes of the recommendation."""
        return self.open and not self.conflicting

    def merge(self) -> WordingMerge:
        """What it asks for, brought together with everything that has changed since."""
        return merged(self.base, self.current, self.asked)

    def to_rework(self) -> Wording:
        """What it asks for, on the text as it is now: what somebody reworks begins with this."""
        return brought_forward(self.base, self.current, self.asked)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the form for an amendment begins with; proposing one would break the `silence` that runs."""

    rec: RecView
    silence: BallotView | None


async def views(
    tx: AsyncConnection, guild_id: int, initiative: Initiative, row: RecRow, found: Iterable[AmendmentRow]
) -> list[AmendmentView]:
    """Amendments of one recommendation as they are shown, in a bounded number of statements."""
    found = list(found)
    if not found:
        return []
    ids = [one.id for one in found]
    numbers = {number for one in found for number in _versions_of(one)}
    texts = await versions.numbered(tx, row.id, {row.version, *numbers})
    authors = await Authors.of(tx, guild_id, initiative)
    earlier = await amendments.seconds_of_earlier_texts(tx, ids)
    derived = await lineage.derived(tx, ids)
    zone = initiative.zone
    made = []
    for one in found:
        before, after = _sides(one, row, texts)
        made.append(
            AmendmentView(
                reference=row.reference,
                title=row.title,
                room=row.room,
                theme=row.theme,
                state=row.state,
                recommendation_author=row.author_id,
                number=one.number,
                status=one.status,
                conflicting=one.conflicting,
                revision=one.revision,
                author_id=one.author_id,
                author_shown=authors.called(
                    one.author_name, one.author_organisation, one.author_constituency
                ),
                reworked_by_other=one.revised_by != one.author_id,
                seconds=one.seconds,
                earlier_seconds=earlier.get(one.id, 0),
                created_at=one.created_at.astimezone(zone),
                decided_at=one.decided_at and one.decided_at.astimezone(zone),
                decision=one.decision,
                reason=one.reason,
                base_version=one.base_version,
                current_version=row.version,
                version=one.version,
                base=texts[one.base_version].wording,
                current=row.wording,
                asked=one.wording,
                before=before,
                after=after,
                derived=derived.get(one.id),
            )
        )
    return made


def _versions_of(one: AmendmentRow) -> tuple[int, ...]:
    """The versions its difference may be shown against."""
    return (one.base_version,) if one.version is None else (one.base_version, one.version - 1, one.version)


def _sides(one: AmendmentRow, row: RecRow, texts: Mapping[int, VersionRow]) -> tuple[Wording, Wording]:
    """What it changed where it was accepted, what it would change now where it can be; else what it asks."""
    base = texts[one.base_version].wording
    if one.version is not None:
        return texts[one.version - 1].wording, texts[one.version].wording
    if one.status is AmendmentStatus.OPEN and one.base_version != row.version:
        made = merged(base, row.wording, one.wording).wording
        if made is not None and made != row.wording:
            try:
                return row.wording, made.settled()
            except Invalid:  # nothing is left of a field; what was asked says more
                return base, one.wording
    return base, one.wording
