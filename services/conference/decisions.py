"""What was decided on a text by vote or silence, at the seminar and at the conference."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.initiative import Initiative
from seminar.lifecycle import Act, Bearing, bearing
from seminar.methods import METHODS, method
from seminar.methods.base import Figures
from seminar.model import Purpose
from storage import conference
from storage.conference import HeldRow


@dataclass(frozen=True, slots=True)
class Decision:
    """A closed ballot that decided on a recommendation, in its version `version`.

    `label` is `B3`; `event` the code of where it was held, `title` what that is called. `closed_at` is in
    the initiative's zone.
    """

    ballot_id: int
    label: str
    event: str
    title: str
    method: str
    version: int
    closed_at: datetime
    figures: Figures
    carried: bool


def figures_of(row: HeldRow) -> Figures:
    figures: Figures = method(row.method).from_json(row.figures)
    return figures


async def decisions(
    tx: AsyncConnection, initiative: Initiative, ids: Iterable[int]
) -> Mapping[int, tuple[Decision, ...]]:
    """What was decided on each of these recommendations, the first decision first.

    Ballots that only inform are left out, and those that decided nothing for want of a quorum; so is what no
    ballot was closed on.
    """
    held = await conference.held_on(tx, ids)
    return {
        one: tuple(_decision(row, initiative) for row in rows if _decides(row)) for one, rows in held.items()
    }


def last_carried(found: Sequence[Decision], event: str) -> Decision | None:
    """The last decision of an event that carried, if there is one."""
    return next((one for one in reversed(found) if one.event == event and one.carried), None)


def last_at(found: Sequence[Decision], event: str) -> Decision | None:
    """The last decision of an event, whichever way it went."""
    return next((one for one in reversed(found) if one.event == event), None)


def _decides(row: HeldRow) -> bool:
    chosen = METHODS[row.method]
    return (
        bearing(chosen.decides, Purpose(row.purpose)) is Bearing.DECIDES
        and chosen.consequence(figures_of(row)) is not Act.NO_QUORUM
    )


def _decision(row: HeldRow, initiative: Initiative) -> Decision:
    figures = figures_of(row)
    return Decision(
        ballot_id=row.ballot_id,
        label=f"B{row.number}",
        event=row.event,
        title=initiative.event(row.event).title,
        method=row.method,
        version=row.version,
        closed_at=row.closed_at.astimezone(initiative.zone),
        figures=figures,
        carried=METHODS[row.method].consequence(figures) is Act.CARRY,
    )
