"""Rankings at the seminar and at the conference: each by its own ballots."""

from __future__ import annotations

from tests.services.conference_hall import Hall
from tests.services.polling_station import ABSTAIN, AGAINST, FOR


async def test_a_conference_ranks_what_it_deals_with_by_its_own_ballots(hall: Hall) -> None:
    """What was not voted on there has no rank there; exports go on as they were."""
    await hall.prepare()
    await hall.ballot("CAP-01, CAP-02, CAP-03", FOR, ABSTAIN, AGAINST)
    assert (await hall.results.section(hall.organiser, "BRU")) is None
    await hall.conference.forward(hall.organiser, "ROM")
    hall.clock.pass_(days=40)
    await hall.events.open(hall.organiser, "BRU")
    view = await hall.results.section(hall.organiser, "BRU", "CAP")
    assert view is not None
    assert [(row.reference, row.rank) for row in view.section.rows] == [("CAP-01", None), ("CAP-02", None)]
    assert [(head.event, head.theme, head.voted) for head in view.heads] == [
        ("ROM", "CAP", True),
        ("BRU", "CAP", False),
    ]
    await hall.reject_one("CAP-01")
    await hall.adopt("CAP-02")
    view = await hall.results.section(hall.organiser)
    assert view is not None
    assert view.section.event.code == "BRU", "what is open and was voted on comes first"
    assert [(row.reference, row.rank, row.ballot) for row in view.section.rows] == [
        ("CAP-02", 1, "B3"),
        ("CAP-01", 2, "B2"),
    ]
    exported = await hall.results.report(hall.guild_id, "ROM")
    assert {row.reference for row in exported.recommendations} == {"CAP-01", "CAP-02", "CAP-03"}
    assert {row.event for row in exported.recommendations} == {"ROM"}
