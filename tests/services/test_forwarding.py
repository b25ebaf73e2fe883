"""What goes to the conference, what stays behind, and what is refused."""

from __future__ import annotations

import asyncio

import pytest

from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import State
from tests.services.conference_hall import BRUSSELS, WITH_CONFERENCE, Hall
from tests.services.polling_station import ABSTAIN, AGAINST, FOR

TWO = BRUSSELS + BRUSSELS.replace("BRU", "GVA").replace("Brussels", "Geneva")


async def test_all_that_is_adopted_goes_with_its_rank_its_ballot_and_its_version(hall: Hall) -> None:
    """Best first on the agenda; the reference and the event of each stay as they were."""
    await hall.prepare(4)
    await hall.ballot("CAP-01, CAP-02, CAP-03", ABSTAIN, FOR, AGAINST)
    await hall.hush()
    made = await hall.conference.forward(hall.organiser, " rom ")
    assert [(one.reference, one.rank, one.origin) for one in made.sent] == [
        ("CAP-02", 1, "ROM"),
        ("CAP-01", 2, "ROM"),
    ]
    assert made.conference.code == "BRU"
    assert (made.already, made.behind, made.strangers) == (0, (), ())
    assert dict(made.others) == {State.ADMITTED: 1, State.NOT_ADOPTED: 1}
    item = await hall.item("CAP-01")
    assert (item.event, item.origin, item.version, item.rank, item.position) == ("BRU", "ROM", 1, 2, 2)
    assert await hall.value(f"SELECT number FROM ballots WHERE id = {item.ballot_id}") == 1
    rec = await hall.recommendations.get(hall.guild_id, "CAP-01")
    assert (rec.state, rec.event, rec.room) == (State.FORWARDED, "ROM", "BRU")
    assert await hall.acts("recommendation.forwarded") == [
        ("CAP-02", {"from": "ROM", "to": "BRU", "rank": 1, "ballot": "B1", "version": 1}),
        ("CAP-01", {"from": "ROM", "to": "BRU", "rank": 2, "ballot": "B1", "version": 1}),
    ]
    assert await hall.told() == [("CAP-02", "forwarded"), ("CAP-01", "forwarded")]
    assert (await hall.said()).count("card.refresh") == 2
    assert "agenda.refresh" in await hall.said()
    assert not (await hall.audit.verify()).problems


async def test_of_each_theme_the_first_go_and_the_others_can_follow(hall: Hall) -> None:
    """Asked for the same again nothing happens; asked for more only the new ones go."""
    await hall.prepare(3)
    await hall.propose(hall.ana, "TRN", "Train together")
    await hall.ballot("CAP-01, CAP-02, CAP-03, TRN-01", ABSTAIN, FOR, FOR, FOR)
    first = await hall.conference.forward(hall.organiser, "ROM", 1)
    assert [one.reference for one in first.sent] == ["CAP-02", "TRN-01"]
    assert [(one.reference, one.rank) for one in first.behind] == [("CAP-03", 2), ("CAP-01", 3)]
    with pytest.raises(Refused, match=r"forwarded already \(2 recommendations\); .*CAP-03.*CAP-01"):
        await hall.conference.forward(hall.organiser, "ROM", 1)
    more = await hall.conference.forward(hall.organiser, "ROM", 2)
    assert ([one.reference for one in more.sent], more.already) == (["CAP-03"], 2)
    assert await hall.order() == ["CAP-02", "TRN-01", "CAP-03"]
    rest = await hall.conference.forward(hall.organiser, "ROM")
    assert ([one.reference for one in rest.sent], rest.already) == (["CAP-01"], 3)
    with pytest.raises(Refused, match="Everything adopted there was forwarded already: 4"):
        await hall.conference.forward(hall.organiser, "ROM")


async def test_a_later_vote_at_the_conference_does_not_change_who_is_first_at_the_seminar(
    hall: Hall,
) -> None:
    """The seminar's ranking is by its own ballots."""
    await hall.prepare(2)
    await hall.ballot("CAP-01, CAP-02", FOR, ABSTAIN)
    await hall.conference.forward(hall.organiser, "ROM", 1)
    await hall.events.open(hall.organiser, "BRU")
    await hall.reject_one("CAP-01")
    with pytest.raises(Refused, match="forwarded already"):
        await hall.conference.forward(hall.organiser, "ROM", 1)


async def test_whoever_forwards_twice_at_once_forwards_once(hall: Hall) -> None:
    """One succeeds, the other is told that it was done; every position is given once."""
    await hall.prepare(3)
    await hall.adopt("CAP-01", "CAP-02", "CAP-03")
    made = await asyncio.gather(
        *(hall.conference.forward(hall.organiser, "ROM") for _ in range(3)), return_exceptions=True
    )
    assert [isinstance(one, Refused) for one in made].count(False) == 1
    assert await hall.rows("SELECT position FROM conference_items ORDER BY position") == [(1,), (2,), (3,)]
    assert len(await hall.acts("recommendation.forwarded")) == 3


async def test_the_conference_takes_what_is_adopted_anywhere_itself_included(hall: Hall) -> None:
    """By its own code; by theme, then rank, then the order of the events."""
    await hall.prepare(1)
    await hall.events.open(hall.organiser, "BER")
    await hall.propose(hall.ana, "SSR", "Reform together", event="BER")
    await hall.events.open(hall.organiser, "BRU")
    await hall.propose(hall.ana, "CAP", "Late idea", event="BRU")
    await hall.adopt("CAP-01")
    await hall.adopt("SSR-01")
    await hall.adopt("CAP-02")
    made = await hall.conference.forward(hall.organiser, "BRU")
    assert [(one.reference, one.origin) for one in made.sent] == [
        ("CAP-01", "ROM"),
        ("CAP-02", "BRU"),
        ("SSR-01", "BER"),
    ]


@pytest.mark.parametrize("indicative", [False, True])
async def test_nothing_goes_while_a_ballot_of_the_event_is_open(hall: Hall, indicative: bool) -> None:
    """Whether it decides or only informs; it is named, and nothing has happened."""
    await hall.prepare(2)
    await hall.adopt("CAP-01")
    purpose = "indicative" if indicative else "decisive"
    await hall.open(theme=None, references="CAP-02", purpose=purpose)
    for code in ("ROM", "BRU"):
        with pytest.raises(Refused, match="B2 is still open"):
            await hall.conference.forward(hall.organiser, code)
    assert await hall.state("CAP-01") is State.ADOPTED


async def test_what_cannot_be_forwarded_says_why(hall: Hall) -> None:
    """Nothing there, nothing adopted, too few, unknown, no right; the store stays as it was."""
    await hall.prepare(2)
    forward, ola = hall.conference.forward, hall.organiser
    with pytest.raises(Refused, match=r"Nothing of ROM is adopted, .*: 2 under discussion"):
        await forward(ola, "ROM")
    with pytest.raises(Refused, match="BER has no recommendations"):
        await forward(ola, "BER")
    with pytest.raises(Invalid, match="at least 1"):
        await forward(ola, "ROM", 0)
    with pytest.raises(NotFound, match="no event XXX"):
        await forward(ola, "XXX")
    await hall.adopt("CAP-01")
    with pytest.raises(Refused, match="ROM is a seminar; the conferences are BRU"):
        await forward(ola, "ROM", to="ROM")
    for who in (hall.ana, hall.facilitator, hall.obi):
        with pytest.raises(NotAllowed):
            await forward(who, "ROM")
    await hall.events.open(ola, "BRU")
    await hall.events.close(ola, "BRU")
    with pytest.raises(Refused, match="BRU is closed"):
        await forward(ola, "ROM")
    assert await hall.rows("SELECT * FROM conference_items") == []


async def test_without_a_conference_there_is_nothing_to_forward_to(hall: Hall) -> None:
    """And nothing to put in order, either."""
    await hall.prepare(1, more="")
    await hall.adopt("CAP-01")
    with pytest.raises(Refused, match="no conference"):
        await hall.conference.forward(hall.organiser, "ROM")
    with pytest.raises(Refused, match="no conference"):
        await hall.conference.show(hall.organiser)
    with pytest.raises(Refused, match="no conference"):
        await hall.conference.present(hall.organiser, "CAP-01")


async def test_what_something_was_forwarded_to_must_stay_a_conference(hall: Hall) -> None:
    """In the initiative file, as it must stay there at all; a seminar may become one."""
    await hall.prepare(1)
    await hall.load(WITH_CONFERENCE.replace('"conference"', '"seminar"\nthemes = ["CAP"]'))
    await hall.load(WITH_CONFERENCE)
    await hall.adopt("CAP-01")
    await hall.conference.forward(hall.organiser, "ROM")
    with pytest.raises(Invalid, match="forwarded to BRU, so it must stay a conference"):
        await hall.load(WITH_CONFERENCE.replace('"conference"', '"seminar"\nthemes = ["CAP"]'))
    with pytest.raises(Invalid, match="BRU has recommendations and must stay"):
        await hall.load(WITH_CONFERENCE.replace('"BRU"', '"GVA"'))
    await hall.load(WITH_CONFERENCE.replace('"seminar"', '"conference"', 1))
    assert (await hall.finalise("CAP-01")).number == 1


async def test_of_several_conferences_the_open_one_is_meant_unless_one_is_named(hall: Hall) -> None:
    """Without an open one it is the first that is not closed."""
    await hall.prepare(3, more=TWO)
    await hall.adopt("CAP-01", "CAP-02", "CAP-03")
    assert (await hall.conference.forward(hall.organiser, "ROM", 1)).conference.code == "BRU"
    await hall.events.open(hall.organiser, "GVA")
    assert (await hall.conference.forward(hall.organiser, "ROM", 2)).conference.code == "GVA"
    assert (await hall.conference.forward(hall.organiser, "ROM", to="bru")).conference.code == "BRU"


async def test_themes_that_the_conference_does_not_have_stay_behind(hall: Hall) -> None:
    """They are named."""
    await hall.prepare(1, more=BRUSSELS + 'themes = ["TRN"]\n')
    await hall.propose(hall.ana, "TRN", "Train together")
    await hall.adopt("CAP-01")
    with pytest.raises(Refused, match="BRU does not have the themes CAP; its themes are TRN"):
        await hall.conference.forward(hall.organiser, "ROM")
    await hall.adopt("TRN-01")
    made = await hall.conference.forward(hall.organiser, "ROM")
    assert [one.reference for one in made.sent] == ["TRN-01"]
    assert [one.reference for one in made.strangers] == ["CAP-01"]
