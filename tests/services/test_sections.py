"""Which ranking organisers see first, and that nobody else sees any."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seminar.errors import NotAllowed, NotFound
from seminar.model import EventStatus
from services.record.exports import Exports, Wanted
from services.record.sections import SectionHead, first
from storage.events import EventRow
from tests.services.small_seminar import Seminar

MORNING = datetime(2014, 10, 22, 9, tzinfo=UTC)


def event(code: str, status: EventStatus, day: int) -> EventRow:
    return EventRow(code, status, MORNING + timedelta(days=day), None, None, False)


def head(event: str, theme: str, voted: bool = True) -> SectionHead:
    return SectionHead(event, event, theme, theme, voted)


OPEN, CLOSED = EventStatus.OPEN, EventStatus.CLOSED
ROME, BERLIN, OSLO = event("ROM", OPEN, 0), event("BER", OPEN, 3), event("OSL", CLOSED, 9)


@pytest.mark.parametrize(
    ("heads", "expected"),
    [
        ([head("ROM", "CAP"), head("ROM", "TRN")], ("ROM", "CAP")),
        ([head("ROM", "CAP", voted=False), head("ROM", "TRN")], ("ROM", "TRN")),
        ([head("ROM", "CAP"), head("BER", "SSR")], ("BER", "SSR")),
        ([head("ROM", "CAP"), head("BER", "SSR", voted=False)], ("ROM", "CAP")),
        ([head("ROM", "CAP"), head("OSL", "SSR")], ("ROM", "CAP")),
        ([head("ROM", "CAP", voted=False), head("OSL", "SSR")], ("OSL", "SSR")),
        ([head("ROM", "CAP", voted=False), head("BER", "SSR", voted=False)], ("BER", "SSR")),
    ],
)
def test_the_newest_open_event_with_a_ranking_comes_first(
    heads: list[SectionHead], expected: tuple[str, str]
) -> None:
    """Rankings before what nobody voted on, open events before closed, later before earlier."""
    chosen = first(heads, {row.code: row for row in (ROME, BERLIN, OSLO)})
    assert chosen is not None
    assert (chosen.event, chosen.theme) == expected


def test_nothing_is_chosen_where_nothing_is() -> None:
    """An empty server has no ranking."""
    assert first([], {}) is None


async def test_only_organisers_read_rankings(rome: Seminar) -> None:
    """The services refuse everybody else, whoever shows the screen."""
    await rome.propose(rome.ana)
    exports = Exports(rome.db, rome.clock, rome.initiatives)
    for person in (rome.owner, rome.facilitator, rome.ana, rome.obi):
        with pytest.raises(NotAllowed, match="organisers"):
            await rome.results.section(person)
        with pytest.raises(NotAllowed, match="organisers"):
            await exports.extent(person, Wanted())
    assert await exports.extent(rome.organiser, Wanted()) == 1


async def test_a_ranking_holds_one_theme_of_one_event_and_names_the_others(rome: Seminar) -> None:
    """Heads stand in the initiative's order, however the recommendations arrived."""
    await rome.events.open(rome.organiser, "BER")
    await rome.propose(rome.ana, "TRN", event="BER")
    await rome.propose(rome.ana, "TRN", event="ROM")
    await rome.propose(rome.ana, "CAP", event="ROM")
    view = await rome.results.section(rome.organiser, "rom", "trn")
    assert view is not None
    assert [(row.event, row.theme) for row in view.section.rows] == [("ROM", "TRN")]
    assert [(h.event, h.theme, h.voted) for h in view.heads] == [
        ("ROM", "CAP", False),
        ("ROM", "TRN", False),
        ("BER", "TRN", False),
    ]
    assert view.heads[2].event_title == "Berlin seminar"


async def test_a_part_without_recommendations_has_no_ranking(rome: Seminar) -> None:
    """Unknown codes are refused; known ones without proposals are just empty."""
    assert await rome.results.section(rome.organiser) is None
    await rome.propose(rome.ana, "CAP")
    assert await rome.results.section(rome.organiser, theme="TRN") is None
    with pytest.raises(NotFound, match="no event OSL"):
        await rome.results.section(rome.organiser, "OSL")
