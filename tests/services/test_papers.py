"""Papers of every method: filled in over many taps, counted only when submitted, refused when too late."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from seminar import paper
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import Actor, Role
from services.voting.ballot_views import BallotView, Sheet
from tests.services.polling_station import FOR, Station
from tests.small_initiative import INITIATIVE

Taps = list[tuple[int, str]]


@dataclass(frozen=True)
class Kind:
    """One method on paper: a paper in taps, what it then says, and a tap that changes it."""

    method: str
    taps: Taps
    says: dict[int, tuple[int, ...]]
    change: tuple[int, str]
    then_says: dict[int, tuple[int, ...]]
    options: dict[str, Any] = field(default_factory=dict)

    async def open(self, station: Station, **more: Any) -> BallotView:
        """A ballot by this method on CAP-01 and CAP-02."""
        return await station.open(method=self.method, **{**self.options, **more})


KINDS = [
    Kind("rating", [(1, "a8"), (2, "a3")], {1: (8, 0), 2: (3, 0)}, (2, "a9"), {1: (8, 0), 2: (9, 0)}),
    Kind("ranked", [(2, "next"), (1, "next")], {1: (2,), 2: (1,)}, (1, "up"), {1: (1,), 2: (2,)}),
    Kind("points", [(1, "+1"), (2, "2")], {1: (1,), 2: (2,)}, (2, "-1"), {1: (1,), 2: (1,)}, {"points": 3}),
    Kind("shortlist", [(2, "yes")], {2: (1,)}, (1, "yes"), {1: (1,), 2: (1,)}, {"seats": 1}),
]

of_every_method = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.method)


async def fill(station: Station, who: Actor, ballot: BallotView, taps: Taps) -> Sheet:
    """Several taps, one after the other."""
    for position, said in taps:
        await station.papers.fill(who, ballot.id, position, said)
    return await station.papers.sheet(who, ballot.id)


async def stored(station: Station) -> list[object]:
    """Every vote there is, as stored."""
    return [choice for (choice,) in await station.rows("SELECT choice FROM votes ORDER BY voter")]


@of_every_method
async def test_nothing_is_counted_before_it_is_submitted(station: Station, kind: Kind) -> None:
    """Who closes the screen over a half-filled paper has not voted, and the paper is gone at closing."""
    ballot = await kind.open(station)
    sheet = await fill(station, station.ana, ballot, kind.taps)
    assert (sheet.answers, sheet.submitted, sheet.changed, sheet.receipt) == (kind.says, False, True, None)
    view = await station.ballots.view(station.guild_id, ballot.id)
    assert (view.voted, await stored(station)) == (0, [])
    assert await station.ballots.non_voters(ballot.id) == (station.ana.user_id,)
    result = await station.close(ballot)
    assert (result.electorate, result.voters) == (1, 0)
    assert {one.turnout for one in result.figures} == {0}
    assert await station.value("SELECT count(*) FROM cast_votes") == 0
    assert await station.value("SELECT count(*) FROM papers") == 0
    assert (await station.audit.verify()).problems == ()


@of_every_method
async def test_what_counts_is_what_was_submitted_last(station: Station, kind: Kind) -> None:
    """Changes on the screen count from the next submission on, under the same receipt."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    first = await station.papers.submit(station.ana, ballot.id)
    assert (first.submitted, first.changed, first.answers) == (True, False, kind.says)
    assert first.receipt is not None
    changed = await station.papers.fill(station.ana, ballot.id, *kind.change)
    assert (changed.answers, changed.submitted, changed.changed) == (kind.then_says, True, True)
    assert await stored(station) == [paper.spell(kind.says)], "the earlier one still counts"
    again = await station.papers.submit(station.ana, ballot.id)
    assert (again.receipt, again.changed) == (first.receipt, False)
    assert await stored(station) == [paper.spell(kind.then_says)]
    assert await station.value("SELECT count(*) FROM papers") == 0
    result = await station.close(ballot)
    assert (result.voters, {one.turnout for one in result.figures}) == (1, {1})
    ((choice, receipt, position),) = await station.rows("SELECT choice, receipt, position FROM cast_votes")
    assert (choice, receipt, position) == (paper.spell(kind.then_says), first.receipt, 0)
    assert (await station.audit.verify()).problems == ()


@of_every_method
async def test_a_paper_changed_and_not_submitted_again_counts_as_it_was(station: Station, kind: Kind) -> None:
    """The sheet says that what is shown is not what counts."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    await station.papers.submit(station.ana, ballot.id)
    sheet = await fill(station, station.ana, ballot, [kind.change])
    assert sheet.changed
    await station.close(ballot)
    assert await station.value("SELECT choice FROM cast_votes") == paper.spell(kind.says)


@of_every_method
async def test_a_paper_taken_back_stays_on_the_screen_and_counts_no_more(
    station: Station, kind: Kind
) -> None:
    """Submitted anew it counts under a new receipt; taking back what is not there changes nothing."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    first = await station.papers.submit(station.ana, ballot.id)
    for _ in range(2):
        sheet = await station.papers.take_back(station.ana, ballot.id)
        assert (sheet.submitted, sheet.receipt, sheet.answers) == (False, None, kind.says)
        assert await stored(station) == []
    again = await station.papers.submit(station.ana, ballot.id)
    assert again.answers == kind.says
    assert again.receipt not in (None, first.receipt)
    await station.papers.take_back(station.ana, ballot.id)
    assert (await station.close(ballot)).voters == 0


@of_every_method
async def test_a_paper_emptied_is_open_again_and_the_submitted_one_stands(
    station: Station, kind: Kind
) -> None:
    """And an empty paper cannot be submitted in its place."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    await station.papers.submit(station.ana, ballot.id)
    sheet = await station.papers.empty(station.ana, ballot.id)
    assert (sheet.answers, sheet.done, sheet.submitted, sheet.changed) == ({}, 0, True, True)
    with pytest.raises(Invalid):
        await station.papers.submit(station.ana, ballot.id)
    assert await stored(station) == [paper.spell(kind.says)]


@of_every_method
async def test_an_item_cleared_is_left_open(station: Station, kind: Kind) -> None:
    """The others stay as they are, or move up."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    sheet = await station.papers.fill(station.ana, ballot.id, 2, "clear")
    assert 2 not in (sheet.answers or {})
    with_one = await station.papers.fill(station.ana, ballot.id, 1, "clear")
    assert with_one.answers == {}


@of_every_method
async def test_standing_aside_leaves_the_electorate_of_that_item_alone(station: Station, kind: Kind) -> None:
    """It is taken back with one tap, and done like any other answer."""
    await station.register(un=2)
    ballot = await kind.open(station)
    sheet = await station.papers.fill(station.ana, ballot.id, 1, "aside")
    assert (sheet.items[0].answer, sheet.done) == (paper.ASIDE, 1)
    back = await station.papers.fill(station.ana, ballot.id, 1, "back")
    assert (back.items[0].answer, back.done) == (None, 0)
    await station.papers.fill(station.ana, ballot.id, 1, "aside")
    await fill(station, station.ana, ballot, [tap for tap in kind.taps if tap[0] == 2])
    submitted = await station.papers.submit(station.ana, ballot.id)
    assert submitted.done == submitted.total == 2
    result = await station.close(ballot)
    one, two = result.figures
    assert (one.electorate, one.recused, one.turnout) == (2, 1, 1)
    assert (two.electorate, two.recused, two.turnout) == (3, 0, 1)
    assert result.voters == 1
    assert (await station.audit.verify()).problems == ()


@of_every_method
async def test_who_stands_aside_everywhere_has_submitted_a_paper_and_not_voted(
    station: Station, kind: Kind
) -> None:
    """While the ballot is open and at closing alike; nobody reminds them either."""
    await station.register(eu=1)
    ballot = await kind.open(station, quorum="1")
    for position in (1, 2):
        await station.papers.fill(station.ana, ballot.id, position, "aside")
    sheet = await station.papers.submit(station.ana, ballot.id)
    assert (sheet.submitted, sheet.done) == (True, 2)
    status = await station.ballots.status(station.facilitator, ballot.id)
    assert (status.voted, status.below_quorum) == (0, ())
    assert await station.ballots.non_voters(ballot.id) == (1000,)
    result = await station.close(ballot)
    assert (result.voters, {(one.turnout, one.electorate) for one in result.figures}) == (0, {(1, 1)})
    assert await station.value("SELECT count(*) FROM electorates WHERE voted") == 0
    assert (await station.audit.verify()).problems == ()


async def test_a_quorum_of_papers_is_seen_before_closing_as_it_is_counted(station: Station) -> None:
    """Half of those who do not stand aside: what the status says is what closing says."""
    voters = await station.register(un=3)
    ballot = await station.open(method="shortlist", seats=1, quorum="50%")
    await station.papers.fill(voters[0], ballot.id, 1, "aside")
    await station.papers.fill(voters[0], ballot.id, 2, "yes")
    await station.papers.submit(voters[0], ballot.id)
    status = await station.ballots.status(station.facilitator, ballot.id)
    assert status.below_quorum == ("CAP-01", "CAP-02"), "one paper of three, and of four"
    await station.papers.fill(voters[1], ballot.id, 1, "aside")
    await station.papers.submit(voters[1], ballot.id)
    status = await station.ballots.status(station.facilitator, ballot.id)
    assert status.below_quorum == (), "two papers where one and two are needed"
    assert [one.outcome for one in (await station.close(ballot)).figures] == [None, None]


@of_every_method
async def test_a_restart_loses_neither_the_half_filled_paper_nor_the_submitted_one(
    station: Station, kind: Kind
) -> None:
    """The sheet after it is the sheet before it, and filling in goes on."""
    ballot = await kind.open(station)
    before = await fill(station, station.ana, ballot, kind.taps)
    station = station.restarted()
    assert await station.papers.sheet(station.ana, ballot.id) == before
    submitted = await station.papers.submit(station.ana, ballot.id)
    changed = await station.papers.fill(station.ana, ballot.id, *kind.change)
    station = station.restarted()
    assert await station.papers.sheet(station.ana, ballot.id) == changed
    assert changed.receipt == submitted.receipt
    assert (await station.papers.submit(station.ana, ballot.id)).answers == kind.then_says


@of_every_method
async def test_submitting_what_was_submitted_already_changes_nothing(station: Station, kind: Kind) -> None:
    """A second press of the button is harmless."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    first = await station.papers.submit(station.ana, ballot.id)
    assert await station.papers.submit(station.ana, ballot.id) == first
    assert await stored(station) == [paper.spell(kind.says)]


Late = Callable[[Station, BallotView], Awaitable[Any]]

LATE: list[Late] = [
    lambda station, ballot: station.papers.fill(station.ana, ballot.id, 1, "aside"),
    lambda station, ballot: station.papers.empty(station.ana, ballot.id),
    lambda station, ballot: station.papers.submit(station.ana, ballot.id),
    lambda station, ballot: station.papers.take_back(station.ana, ballot.id),
    lambda station, ballot: station.papers.sheet(station.ana, ballot.id),
]


@of_every_method
async def test_the_last_moment_is_in_time_and_the_closing_time_is_too_late(
    station: Station, kind: Kind
) -> None:
    """A microsecond before it a paper is taken; at it, nothing of it can be changed any more."""
    ballot = await kind.open(station, closes_in="1h")
    station.clock.now = ballot.closes_at - timedelta(microseconds=1)
    await fill(station, station.ana, ballot, kind.taps)
    await station.papers.submit(station.ana, ballot.id)
    station.clock.now = ballot.closes_at
    for act in LATE:
        with pytest.raises(Refused, match=r"closed|is up"):
            await act(station, ballot)
    await station.deadlines.run_due()
    result = await station.ballots.result(station.guild_id, ballot.id)
    assert result.voters == 1
    assert await station.value("SELECT choice FROM cast_votes") == paper.spell(kind.says)


@pytest.mark.parametrize("remembered", [True, False])
async def test_a_closed_or_cancelled_ballot_takes_no_papers(station: Station, remembered: bool) -> None:
    """Each is said as it is, by a process that knew the ballot and by one that did not."""
    closed = await station.open(method="rating", references="CAP-01")
    cancelled = await station.open(method="rating", references="CAP-02")
    for ballot in (closed, cancelled):
        await fill(station, station.ana, ballot, [(1, "a5")])
        await station.papers.submit(station.ana, ballot.id)
    await station.close(closed)
    await station.ballots.cancel(station.facilitator, cancelled.id, "Wrong text")
    late = station if remembered else station.restarted()
    for ballot, says in ((closed, "closed"), (cancelled, "cancelled")):
        for act in LATE:
            with pytest.raises(Refused, match=says):
                await act(late, ballot)
    assert await station.value("SELECT count(*) FROM papers") == 0
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await station.value("SELECT count(*) FROM cast_votes") == 1


@of_every_method
async def test_an_observer_fills_in_nothing(station: Station, kind: Kind) -> None:
    """Neither who always was one, nor who becomes one over a half-filled paper."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    observing = replace(station.ana, roles=frozenset({Role.OBSERVER}))
    for who in (station.obi, observing):
        for act in (station.papers.submit(who, ballot.id), station.papers.fill(who, ballot.id, 1, "aside")):
            with pytest.raises(NotAllowed, match="observer"):
                await act
    assert await stored(station) == []
    assert (await station.close(ballot)).electorate == 0


async def test_the_paper_of_somebody_who_has_left_is_set_aside(station: Station) -> None:
    """Counted as such, and in no figure."""
    await station.register(un=1)
    ballot = await station.open(method="points", points=5)
    await fill(station, station.ana, ballot, [(1, "5")])
    await station.papers.submit(station.ana, ballot.id)
    await station.participants.enter(replace(station.ana, roles=frozenset({Role.OBSERVER})))
    result = await station.close(ballot)
    assert (result.electorate, result.voters, result.set_aside) == (1, 0, 1)
    assert {(one.points, one.turnout) for one in result.figures} == {(0, 0)}
    assert (await station.audit.verify()).problems == ()


BAD_TAPS = [
    *(("rating", 1, said) for said in ("a10", "a-1", "a4.5", "a", "", "8", "i5", "A5", " a5", "a5 ", "x")),
    *(("ranked", 1, said) for said in ("1", "first", "", "next ", "NEXT")),
    *(("points", 1, said) for said in ("4", "-2", "1.5", "", "three", "9" * 400, "++1")),
    *(("shortlist", 1, said) for said in ("maybe", "", "1", "YES")),
]


@pytest.mark.parametrize(("method", "position", "said"), BAD_TAPS)
async def test_an_impossible_answer_is_refused_and_changes_nothing(
    station: Station, method: str, position: int, said: str
) -> None:
    """What was on the paper before is on it afterwards."""
    options = {"points": 3} if method == "points" else {"seats": 1} if method == "shortlist" else {}
    ballot = await station.open(method=method, **options)
    before = await station.papers.fill(station.ana, ballot.id, 2, "aside")
    with pytest.raises(Invalid):
        await station.papers.fill(station.ana, ballot.id, position, said)
    assert await station.papers.sheet(station.ana, ballot.id) == before


@of_every_method
async def test_a_tap_on_no_item_of_the_ballot_is_refused(station: Station, kind: Kind) -> None:
    """Also on place 0, under which whole papers are kept."""
    ballot = await kind.open(station)
    for position in (0, -1, 3, 61, 2**40):
        for said in ("aside", kind.taps[0][1]):
            with pytest.raises(NotFound, match="no such item"):
                await station.papers.fill(station.ana, ballot.id, position, said)
    assert await station.value("SELECT count(*) FROM papers") == 0


@of_every_method
async def test_an_empty_paper_is_not_submitted(station: Station, kind: Kind) -> None:
    """The sentence says what to do first."""
    ballot = await kind.open(station)
    with pytest.raises(Invalid, match="at least one"):
        await station.papers.submit(station.ana, ballot.id)
    assert await stored(station) == []


async def test_points_are_never_overspent_however_they_are_moved(station: Station) -> None:
    """Neither the budget nor the cap; what is given to another item must be taken back first."""
    ballot = await station.open(method="points", points=5, most=3)
    await fill(station, station.ana, ballot, [(1, "3")])
    with pytest.raises(Invalid, match="At most 3"):
        await station.papers.fill(station.ana, ballot.id, 1, "+1")
    with pytest.raises(Invalid, match="Only 2 points are left"):
        await station.papers.fill(station.ana, ballot.id, 2, "3")
    sheet = await station.papers.fill(station.ana, ballot.id, 2, "2")
    assert sheet.done == 2
    with pytest.raises(Invalid, match="No points are left"):
        await station.papers.fill(station.ana, ballot.id, 2, "+1")
    await station.papers.fill(station.ana, ballot.id, 1, "aside")
    sheet = await station.papers.fill(station.ana, ballot.id, 2, "3")
    assert sheet.answers == {1: (), 2: (3,)}, "standing aside gives the points back"


async def test_ranks_close_up_when_an_item_leaves_the_order(station: Station) -> None:
    """Standing aside, clearing and leaving out all move the others up."""
    await station.propose(station.ana, title="Recommendation 3")
    ballot = await station.open(method="ranked")
    await fill(station, station.ana, ballot, [(1, "next"), (2, "next"), (3, "next")])
    assert (await station.papers.fill(station.ana, ballot.id, 1, "aside")).answers == {
        1: (),
        2: (1,),
        3: (2,),
    }
    assert (await station.papers.fill(station.ana, ballot.id, 2, "clear")).answers == {1: (), 3: (1,)}
    assert (await station.papers.fill(station.ana, ballot.id, 2, "equal")).answers == {
        1: (),
        2: (1,),
        3: (1,),
    }


async def test_a_ballot_is_voted_on_in_its_own_way_alone(station: Station) -> None:
    """A vote on an item is no paper, a paper no vote on an item, and a silence takes neither."""
    on_paper = await station.open(method="shortlist", references="CAP-01")
    by_item = await station.open(references="CAP-02")
    await station.propose(station.ana, title="Recommendation 3")
    silence = await station.open(method="silence", references="CAP-03", theme=None)
    with pytest.raises(Refused, match="voted on otherwise"):
        await station.voting.cast(station.ana, on_paper.id, 1, FOR)
    for act in (
        station.papers.fill(station.ana, by_item.id, 1, "yes"),
        station.papers.submit(station.ana, by_item.id),
        station.papers.take_back(station.ana, by_item.id),
        station.papers.empty(station.ana, by_item.id),
    ):
        with pytest.raises(Refused, match="voted on otherwise"):
            await act
    for act in (
        station.voting.cast(station.ana, silence.id, 1, FOR),
        station.papers.fill(station.ana, silence.id, 1, "aside"),
        station.papers.submit(station.ana, silence.id),
    ):
        with pytest.raises(Refused, match="silence"):
            await act
    assert await stored(station) == []
    assert await station.value("SELECT count(*) FROM papers") == 0


async def test_a_reason_given_with_a_paper_is_kept_apart_from_it(station: Station) -> None:
    """It stays when the paper is submitted again without one, and goes to the record without a receipt."""
    ballot = await station.open(method="rating", reasons="all")
    assert await station.papers.asks_reason(station.ana, ballot.id)
    await fill(station, station.ana, ballot, [(1, "a2")])
    await station.papers.submit(station.ana, ballot.id, "  Too costly\n ")
    await fill(station, station.ana, ballot, [(1, "a3")])
    await station.papers.submit(station.ana, ballot.id)
    with pytest.raises(Invalid, match="at most 1000"):
        await station.papers.submit(station.ana, ballot.id, "x" * 1001)
    await station.close(ballot)
    assert await station.rows("SELECT position, choice, text FROM vote_reasons") == [
        (0, "paper", "Too costly")
    ]


async def test_a_reason_nobody_asked_for_is_not_kept(station: Station) -> None:
    """Whoever sends one all the same has said it to nobody."""
    ballot = await station.open(method="rating")
    assert not await station.papers.asks_reason(station.ana, ballot.id)
    await fill(station, station.ana, ballot, [(1, "a2")])
    await station.papers.submit(station.ana, ballot.id, "Too costly")
    assert await station.value("SELECT reason FROM votes") is None


async def test_importance_is_asked_only_where_the_ballot_asks_it(station: Station) -> None:
    """There an item is done when both are given."""
    ballot = await station.open(method="rating", importance=True)
    sheet = await station.papers.fill(station.ana, ballot.id, 1, "a8")
    assert sheet.done == 0
    sheet = await station.papers.fill(station.ana, ballot.id, 1, "i9")
    assert (sheet.done, sheet.answers) == (1, {1: (8, 9)})
    await station.papers.submit(station.ana, ballot.id)
    one, two = (await station.close(ballot)).figures
    assert (one.median, one.importance_median, two.median) == (8.0, 9.0, None)


async def test_a_paper_in_a_ballot_without_receipts_has_none(station: Station) -> None:
    """What could be demanded by a superior does not exist."""
    await station.load(INITIATIVE + "[rules]\nreceipts = false\n")
    ballot = await station.open(method="shortlist", seats=1)
    await fill(station, station.ana, ballot, [(1, "yes")])
    assert (await station.papers.submit(station.ana, ballot.id)).receipt is None
    await station.close(ballot)
    assert await station.value("SELECT receipt FROM cast_votes") is None


async def test_an_open_ballot_on_paper_names_its_voters_in_the_record(station: Station) -> None:
    """By pseudonym, and by their own constituency however small it is."""
    ballot = await station.open(method="ranked", secrecy="open")
    await fill(station, station.ana, ballot, [(1, "next")])
    await station.papers.submit(station.ana, ballot.id)
    await station.close(ballot)
    ((voter, group),) = await station.rows("SELECT voter, constituency FROM cast_votes")
    assert (voter, group) == (
        await station.value("SELECT pseudonym FROM people WHERE user_id = 11"),
        "UN",
    )
    assert (await station.audit.verify()).problems == ()


@of_every_method
async def test_nothing_of_a_secret_paper_names_its_voter(station: Station, kind: Kind) -> None:
    """Neither while it is filled in nor when it is submitted, nor afterwards."""
    ballot = await kind.open(station)
    await fill(station, station.ana, ballot, kind.taps)
    person = str(await station.value("SELECT id FROM people WHERE user_id = 11"))
    assert await station.value("SELECT voter FROM papers") != person
    await station.papers.submit(station.ana, ballot.id)
    assert await station.value("SELECT voter FROM votes") != person
    await station.close(ballot)
    assert await station.rows("SELECT voter FROM cast_votes") == [(None,)]
    assert list(station.key_dir.iterdir()) == []


@of_every_method
async def test_a_method_that_orders_moves_no_recommendation(station: Station, kind: Kind) -> None:
    """Not while it is open, and not when it closes."""
    ballot = await kind.open(station)
    assert await station.states() == ["admitted", "admitted"]
    await fill(station, station.ana, ballot, kind.taps)
    await station.papers.submit(station.ana, ballot.id)
    await station.close(ballot)
    assert await station.states() == ["admitted", "admitted"]
    assert (
        await station.value(f"SELECT count(*) FROM recommendations WHERE last_ballot_id = {ballot.id}") == 2
    )


async def test_a_paper_of_sixty_is_filled_in_item_by_item(station: Station) -> None:
    """Progress counts what is done, and 61 do not fit on a ballot."""
    for number in range(58):
        await station.propose(station.ana, title=f"Further {number}")
    ballot = await station.open(method="rating")
    assert len(ballot.items) == 60
    for number in range(1, 60):
        sheet = await station.papers.fill(station.ana, ballot.id, number, f"a{number % 9 + 1}")
        assert (sheet.done, sheet.total) == (number, 60)
    await station.papers.submit(station.ana, ballot.id)
    assert (await station.close(ballot)).figures[59].ratings == 0
    await station.propose(station.ana, title="One too many")
    with pytest.raises(Refused, match="at most 60"):
        await station.open(method="rating")


async def test_a_ballot_with_one_item_can_be_ranked_and_listed(station: Station) -> None:
    """Nothing to choose from is no reason to fail."""
    for method, said in (("ranked", "next"), ("shortlist", "yes"), ("points", "10"), ("rating", "a9")):
        ballot = await station.open(method=method, references="CAP-01")
        await fill(station, station.ana, ballot, [(1, said)])
        await station.papers.submit(station.ana, ballot.id)
        (figures,) = (await station.close(ballot)).figures
        assert figures.turnout == 1
    assert (await station.audit.verify()).problems == ()
