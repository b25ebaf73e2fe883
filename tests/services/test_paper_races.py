"""Papers from several hands at once: every tap counts, no budget is broken, one bad tap hurts no other."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seminar import paper
from seminar.errors import Invalid, NotAllowed, Refused
from seminar.methods import paper_method
from seminar.model import Actor, Status
from seminar.paper import Answers
from services.voting.ballot_views import BallotView, Sheet
from services.voting.polling import Polling
from storage.engine import Database
from storage.votes import Fill, Submit
from tests import stores
from tests.services.polling_station import Station
from tests.services.small_seminar import StillClock
from tests.small_initiative import INITIATIVE

BY_DELEGATION = INITIATIVE + '[rules]\nvote_by = "delegation"\n'

OPTIONS: dict[str, dict[str, Any]] = {
    "rating": {"importance": True},
    "ranked": {},
    "points": {"points": 4, "most": 3},
    "shortlist": {"seats": 2},
}
SAID = {
    "rating": ["a1", "a5", "a9", "a0", "i3", "i0", "a12"],
    "ranked": ["next", "equal", "up", "down", "out", "first"],
    "points": ["+1", "-1", "0", "2", "3", "-4", "5"],
    "shortlist": ["yes", "no", "perhaps"],
}
of_every_method = pytest.mark.parametrize("method", list(OPTIONS))


async def together(acts: Iterable[Awaitable[Sheet]]) -> list[Sheet | BaseException]:
    """All at once; who is refused is among the answers."""
    return await asyncio.gather(*acts, return_exceptions=True)


async def paper_in_store(station: Station) -> Answers | None:
    """The one paper that is being filled in, as stored."""
    found = await station.rows("SELECT content FROM papers")
    return None if not found else paper.read(str(found[0][0]))


async def test_taps_from_two_devices_all_land(station: Station) -> None:
    """Each rates other items; at the end the paper has them all."""
    for number in range(18):
        await station.propose(station.ana, title=f"Further {number}")
    ballot = await station.open(method="rating")
    phone, desk = station, Station(station.db, station.clock, key_dir=station.key_dir)
    answers = await together(
        (phone if position % 2 else desk).papers.fill(
            station.ana, ballot.id, position, f"a{position % 9 + 1}"
        )
        for position in range(1, 21)
    )
    assert [one for one in answers if isinstance(one, BaseException)] == []
    sheet = await phone.papers.sheet(station.ana, ballot.id)
    assert sheet.answers == {position: (position % 9 + 1, 0) for position in range(1, 21)}
    assert sheet.done == 20


async def test_a_budget_is_never_exceeded_whatever_comes_in_at_once(station: Station) -> None:
    """Of thirty taps for a point each, from two devices, exactly as many land as there are points."""
    ballot = await station.open(method="points", points=7, most=5)
    other = Station(station.db, station.clock, key_dir=station.key_dir)
    order = [(device, position) for device in (station, other) for position in (1, 2)] * 8
    random.Random(7).shuffle(order)
    answers = await together(
        device.papers.fill(station.ana, ballot.id, position, "+1") for device, position in order
    )
    landed = [one for one in answers if isinstance(one, Sheet)]
    assert len(landed) == 7
    assert all(isinstance(one, Invalid) for one in answers if not isinstance(one, Sheet))
    content = await paper_in_store(station)
    assert content is not None
    assert sum(sum(given) for given in content.values()) == 7
    assert max(sum(given) for given in content.values()) <= 5
    assert {sum(sum(g) for g in (one.answers or {}).values()) for one in landed} == set(range(1, 8))


@of_every_method
async def test_a_bad_tap_in_a_burst_hurts_no_other(station: Station, method: str) -> None:
    """Of one person, of another person, and on another ballot."""
    first = await station.open(method=method, references="CAP-01, CAP-02", **OPTIONS[method])
    (eve,) = await station.register(eu=1)
    good = {"rating": "a5", "ranked": "next", "points": "1", "shortlist": "yes"}[method]
    answers = await together(
        [
            station.papers.fill(station.ana, first.id, 1, good),
            station.papers.fill(station.ana, first.id, 2, "nonsense"),
            station.papers.fill(eve, first.id, 9, good),
            station.papers.fill(eve, first.id, 2, good),
            station.papers.submit(station.obi, first.id),
            station.papers.fill(station.ana, 404, 1, good),
            station.papers.fill(station.ana, first.id, 2, "aside"),
        ]
    )
    assert [isinstance(one, Refused) for one in answers] == [False, True, True, False, True, True, False]
    assert set((await station.papers.sheet(station.ana, first.id)).answers or {}) == {1, 2}
    assert set((await station.papers.sheet(eve, first.id)).answers or {}) == {2}


@of_every_method
async def test_submitted_from_two_devices_at_once_it_is_one_paper(station: Station, method: str) -> None:
    """Both devices are shown the same receipt."""
    ballot = await station.open(method=method, **OPTIONS[method])
    await station.papers.fill(station.ana, ballot.id, 1, "aside")
    other = Station(station.db, station.clock, key_dir=station.key_dir)
    answers = await together(
        device.papers.submit(station.ana, ballot.id) for device in (station, other, station, other)
    )
    receipts = {one.receipt for one in answers if isinstance(one, Sheet)}
    assert len(receipts) == 1 and None not in receipts
    assert await station.value("SELECT count(*) FROM votes") == 1
    assert (await station.close(ballot)).set_aside == 0


async def test_a_tap_and_a_submission_at_once_end_in_a_clear_state(station: Station) -> None:
    """The tap is on the paper that counts, or on the one being filled in, and the sheet says which."""
    ballot = await station.open(method="points", points=5)
    await station.papers.fill(station.ana, ballot.id, 1, "2")
    await together(
        [
            station.papers.submit(station.ana, ballot.id),
            station.papers.fill(station.ana, ballot.id, 2, "1"),
            station.papers.submit(station.ana, ballot.id),
            station.papers.fill(station.ana, ballot.id, 2, "+1"),
        ]
    )
    sheet = await station.papers.sheet(station.ana, ballot.id)
    assert sheet.answers == {1: (2,), 2: (2,)}
    assert sheet.changed
    assert await station.value("SELECT choice FROM votes") == paper.spell({1: (2,), 2: (1,)})


async def test_papers_that_come_in_while_the_ballot_closes_are_counted_or_refused(station: Station) -> None:
    """Never acknowledged and lost."""
    voters = await station.register(un=6, eu=6)
    ballot = await station.open(method="shortlist", seats=1)
    for voter in voters:
        await station.papers.fill(voter, ballot.id, 1, "yes")
    submitting = [asyncio.create_task(station.papers.submit(voter, ballot.id)) for voter in voters[:6]]
    closing = asyncio.create_task(station.ballots.close(station.facilitator, ballot.id))
    late = [asyncio.create_task(station.papers.submit(voter, ballot.id)) for voter in voters[6:]]
    answers = await asyncio.gather(*submitting, *late, return_exceptions=True)
    result = await closing
    assert result is not None
    acknowledged = [one for one in answers if isinstance(one, Sheet)]
    assert all(isinstance(one, Refused) for one in answers if not isinstance(one, Sheet))
    assert result.voters == len(acknowledged)
    assert {one.receipt for one in acknowledged} == {
        receipt for (receipt,) in await station.rows("SELECT receipt FROM cast_votes")
    }


async def in_the_door(station: Station, who: Actor, ballot: BallotView) -> tuple[Polling, Any, Any]:
    """Somebody who was let in to vote, and whose act is not handed in yet."""
    polling = Polling(station.db, station.initiatives, station.participants, station.writer, station.keys)
    return (polling, *await polling.enter(who, ballot.id))


@pytest.mark.parametrize("given", [Fill(1, "aside"), Submit()])
async def test_whose_role_was_taken_away_on_the_way_is_refused(station: Station, given: Any) -> None:
    """The store is asked in the transaction that would take the paper."""
    ballot = await station.open(method="rating")
    await station.papers.fill(station.ana, ballot.id, 1, "a7")
    polling, known, voter = await in_the_door(station, station.ana, ballot)
    held = (station.ana.roles, station.ana.constituencies)
    await station.participants.set(station.organiser, 11, "Ana", held, status=Status.OBSERVER)
    with pytest.raises(NotAllowed, match="Observers"):
        await polling.hand_in(station.ana, known, voter, given)
    assert await station.value("SELECT count(*) FROM votes") == 0
    assert await paper_in_store(station) == {1: (7, 0)}


@pytest.mark.parametrize("organisation", ["SIPRI", ""])
@pytest.mark.parametrize("given", [Fill(1, "aside"), Submit()])
async def test_who_was_moved_to_another_delegation_on_the_way_is_refused(
    station: Station, given: Any, organisation: str
) -> None:
    """Nobody casts the vote of a delegation they have left, and nobody a vote of their own instead."""
    await station.load(BY_DELEGATION)
    held = (station.ana.roles, station.ana.constituencies)
    await station.participants.set(station.organiser, 11, "Ana", held, organisation="EEAS")
    ballot = await station.open(method="rating")
    await station.papers.fill(station.ana, ballot.id, 1, "a7")
    polling, known, voter = await in_the_door(station, station.ana, ballot)
    await station.participants.set(station.organiser, 11, "Ana", held, organisation=organisation)
    with pytest.raises(NotAllowed, match="no longer in that delegation"):
        await polling.hand_in(station.ana, known, voter, given)
    assert await station.value("SELECT count(*) FROM votes") == 0


def applied(answers: Answers, method: str, position: int, said: str, ballot: BallotView) -> Answers:
    """The paper after a tap, by the method's own rule; as it was, where that refuses."""
    if position not in range(1, 4):
        return answers
    try:
        return paper_method(method).changed(answers, position, said, (1, 2, 3), ballot.rules)
    except Invalid:
        return answers


def legal(answers: Answers, method: str, ballot: BallotView) -> bool:
    """Whether the paper keeps the rules; an empty one does, and cannot be submitted."""
    try:
        paper_method(method).check(answers or {1: paper.ASIDE}, (1, 2, 3), ballot.rules)
    except Invalid:
        # What gives nothing is no offence; it could only not be submitted.
        return not any(numbers and any(numbers) for numbers in answers.values())
    return True


def acts(method: str) -> st.SearchStrategy[tuple[int, str]]:
    """A tap, or something said of the whole paper (position 0)."""
    taps = st.tuples(st.integers(1, 4), st.sampled_from([*SAID[method], "aside", "back", "clear"]))
    whole = st.tuples(st.just(0), st.sampled_from(["submit", "submit", "empty", "take_back", "restart"]))
    return st.one_of(taps, taps, taps, whole)


async def playing(folder: Path, empty: str, method: str) -> tuple[Station, BallotView]:
    """A station of its own, with a ballot of three items by this method."""
    db = await Database.open(stores.shelf().copy(empty, folder / "store.db"))
    station = Station(db, StillClock(), key_dir=folder / "keys")
    await station.set_up(items=3)
    return station, await station.open(method=method, **OPTIONS[method])


@of_every_method
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_sequence_of_acts_leaves_the_paper_that_the_rules_say(
    empty_store: str, tmp_path_factory: pytest.TempPathFactory, method: str, data: st.DataObject
) -> None:
    """What is shown, what is stored and what counts are those of the method's own rule, over restarts."""
    said = data.draw(st.lists(acts(method), max_size=25))

    async def play() -> None:
        station, ballot = await playing(tmp_path_factory.mktemp("papers"), empty_store, method)
        filling: Answers | None = None
        submitted: Answers | None = None
        for position, word in said:
            shown: Answers = filling if filling is not None else submitted or {}
            try:
                match position, word:
                    case 0, "submit":
                        await station.papers.submit(station.ana, ballot.id)
                        submitted, filling = shown, None
                    case 0, "empty":
                        await station.papers.empty(station.ana, ballot.id)
                        filling = {}
                    case 0, "take_back":
                        await station.papers.take_back(station.ana, ballot.id)
                        filling = filling if filling is not None else submitted
                        submitted = None
                    case 0, _:
                        station = station.restarted()
                    case _:
                        await station.papers.fill(station.ana, ballot.id, position, word)
                        filling = applied(shown, method, position, word, ballot)
            except Refused:
                assert position or word == "submit"
                assert not position or applied(shown, method, position, word, ballot) == shown
        sheet = await station.papers.sheet(station.ana, ballot.id)
        assert sheet.answers == (filling if filling is not None else submitted or {})
        assert sheet.submitted == (submitted is not None)
        assert legal(sheet.answers or {}, method, ballot)
        result = await station.close(ballot)
        stood = await station.rows("SELECT choice FROM cast_votes")
        assert stood == ([] if submitted is None else [(paper.spell(submitted),)])
        assert result.voters == int(submitted is not None and any(submitted.values()))
        assert (await station.audit.verify()).problems == ()
        await station.db.close()

    asyncio.run(play())


@of_every_method
@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_burst_from_two_devices_leaves_a_legal_paper(
    empty_store: str, tmp_path_factory: pytest.TempPathFactory, method: str, data: st.DataObject
) -> None:
    """After each burst the paper in the store keeps the rules, and so does what was submitted."""
    bursts = data.draw(st.lists(st.lists(acts(method), min_size=2, max_size=12), min_size=1, max_size=3))

    async def play() -> None:
        station, ballot = await playing(tmp_path_factory.mktemp("bursts"), empty_store, method)
        devices = (station, station.restarted())
        for burst in bursts:
            coming = []
            for number, (position, word) in enumerate(burst):
                papers = devices[number % 2].papers
                match position, word:
                    case 0, "submit":
                        coming.append(papers.submit(station.ana, ballot.id))
                    case 0, "take_back":
                        coming.append(papers.take_back(station.ana, ballot.id))
                    case 0, _:
                        coming.append(papers.empty(station.ana, ballot.id))
                    case _:
                        coming.append(papers.fill(station.ana, ballot.id, position, word))
            answers = await together(coming)
            assert all(isinstance(one, Sheet | Refused) for one in answers), answers
            assert legal(await paper_in_store(station) or {}, method, ballot)
            for (choice,) in await station.rows("SELECT choice FROM votes"):
                paper_method(method).check(paper.read(str(choice)), (1, 2, 3), ballot.rules)
        await station.close(ballot)
        assert (await station.audit.verify()).problems == ()
        await station.db.close()

    asyncio.run(play())
