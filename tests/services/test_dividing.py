"""An export that is too large, in parts: each step is finer, and nothing is in two of them."""

from __future__ import annotations

import pytest

from reports.kinds import KINDS
from seminar.errors import Invalid
from services.record.dividing import Dividing
from services.record.exports import Wanted
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, Seminar
from tests.small_initiative import INITIATIVE

CONFERENCE = """
[[events]]
code = "BRU"
kind = "conference"
title = "Brussels conference"
city = "Brussels"
starts_on = 2014-12-03
ends_on = 2014-12-03
themes = ["CAP", "TRN", "SSR"]
"""


@pytest.fixture
async def dividing(house: Seminar) -> Dividing:
    """The service, on a server with two seminars and a conference."""
    await house.load(INITIATIVE + CONFERENCE)
    return Dividing(house.db, house.initiatives)


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        ("ranking", ["ROM", "BER", "BRU"]),
        ("seminar-report", ["ROM", "BER"]),
        ("conference-paper", [None]),
        ("final-report", [None]),
        ("arguments", ["ROM", "BER", "BRU"]),
        ("drafting", ["ROM", "BER", "BRU"]),
    ],
)
async def test_events_come_before_themes(dividing: Dividing, kind: str, first: list[str | None]) -> None:
    """What is about one conference has no events to divide it by; all else that was asked for stays."""
    whole = Wanted(kind, draft=True, receipts=True)
    parts = await dividing.parts(GUILD, whole)
    if first != [None]:
        assert [(part.event, part.theme) for part in parts] == [(event, None) for event in first]
        parts = await dividing.parts(GUILD, parts[0])
    assert [(part.event, part.theme) for part in parts] == [
        (first[0], code) for code in ("CAP", "TRN", "SSR")
    ]
    assert all((part.kind, part.draft, part.receipts) == (kind, True, True) for part in parts)
    assert await dividing.parts(GUILD, parts[0]) == ()


async def test_every_kind_can_be_asked_for_in_parts(dividing: Dividing) -> None:
    """Where nothing is there yet, there are none of the parts that are counted; another kind is refused."""
    for kind in KINDS:
        assert isinstance(await dividing.parts(GUILD, Wanted(kind)), tuple)
    assert await dividing.parts(GUILD, Wanted("cast-votes")) == ()
    assert await dividing.parts(GUILD, Wanted("follow-up")) == ()
    with pytest.raises(Invalid):
        await dividing.parts(GUILD, Wanted("letters"))


async def test_cast_votes_are_divided_by_ballot(voted_on_all: Station) -> None:
    """Each closed one, by its label, and no further."""
    dividing = Dividing(voted_on_all.db, voted_on_all.initiatives)
    parts = await dividing.parts(GUILD, Wanted("cast-votes"))
    labels = [part.ballot for part in parts]
    assert len(labels) == len(set(labels)) >= 5 and "B1" in labels
    assert await dividing.parts(GUILD, parts[0]) == ()
