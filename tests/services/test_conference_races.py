"""A conference led from two places at once: each pair of acts ends as if one had come after the other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any, NamedTuple

import pytest

from seminar.conference import Ending
from seminar.errors import Refused
from seminar.model import Change, State
from services.voting.ballot_views import BallotRequest
from storage.engine import Database
from tests.services.conference_hall import OTHER, Hall

FINAL = Ending.FINALISED


class Pair(NamedTuple):
    """Two processes over one store, as during a restart that overlaps."""

    here: Hall
    there: Hall


@pytest.fixture
async def pair(hall: Hall) -> AsyncIterator[Pair]:
    """Rome has adopted four recommendations and forwarded none; a fifth is under discussion."""
    await hall.prepare(5)
    await hall.adopt("CAP-01", "CAP-02", "CAP-03", "CAP-04")
    other = await Database.open(hall.db.url)
    there = Hall(other, hall.clock, key_dir=hall.key_dir)
    await there.initiatives.current(there.guild_id)
    yield Pair(hall, there)
    assert not (await hall.audit.verify()).problems
    await other.close()


async def both(*acts: Awaitable[Any]) -> list[Any]:
    """What became of each, where it was refused the refusal; nothing else may go wrong."""
    done = await asyncio.gather(*acts, return_exceptions=True)
    assert all(isinstance(one, Refused) or not isinstance(one, BaseException) for one in done), done
    return done


def refused(one: Any) -> bool:
    return isinstance(one, Refused)


async def forwarded(pair: Pair) -> None:
    await pair.here.conference.forward(pair.here.organiser, "ROM")
    await pair.here.events.open(pair.here.organiser, "BRU")
    await pair.here.hush()


async def test_texts_that_become_final_at_once_get_numbers_of_their_own(pair: Pair) -> None:
    """Two organisers, four texts; and once more after all have been taken up again, with the same numbers."""
    here, there = pair
    await forwarded(pair)
    references = [f"CAP-0{number}" for number in range(1, 5)]

    async def all_at_once() -> list[int | None]:
        halls = (here, there, here, there)
        acts = [
            hall.conference.settle(hall.organiser, reference, 1, FINAL)
            for hall, reference in zip(halls, references, strict=True)
        ]
        return [made.number for made in await both(*acts)]

    numbers = await all_at_once()
    assert sorted(filter(None, numbers)) == [1, 2, 3, 4]
    for reference in references:
        await there.conference.reopen(there.organiser, reference, "Once more")
    assert await all_at_once() == numbers


async def test_a_text_is_final_as_it_was_or_amended_and_never_in_between(pair: Pair) -> None:
    """An amendment that is accepted at the same moment comes before, and is seen first, or is too late."""
    here, there = pair
    await forwarded(pair)
    for reference in ("CAP-01", "CAP-02", "CAP-03"):
        rec = await here.recommendations.get(here.guild_id, reference)
        await here.amend(here.ben, reference, 1, rec.wording, OTHER)
        final, accepted = await both(
            here.conference.settle(here.organiser, reference, 1, FINAL),
            there.accept(there.facilitator, reference, None, Change.SUBSTANTIVE),
        )
        item, now = await here.item(reference), await here.recommendations.get(here.guild_id, reference)
        assert refused(final) != refused(accepted)
        if refused(final):
            assert (now.state, now.version, item.final_version) == (State.FORWARDED, 2, None)
        else:
            assert (now.state, now.version, item.final_version) == (State.FINALISED, 1, 1)


async def test_a_ballot_opens_before_the_text_is_final_or_not_at_all(pair: Pair) -> None:
    """Either way no text is final while it is voted on; and of two decisions one is taken."""
    here, there = pair
    await forwarded(pair)
    for reference in ("CAP-01", "CAP-02"):
        prepared = await there.ballots.prepare(there.facilitator, BallotRequest(references=reference))
        final, opened = await both(
            here.conference.settle(here.organiser, reference, 1, FINAL),
            there.ballots.open(there.facilitator, prepared.id),
        )
        assert refused(final) != refused(opened)
        state = (await here.recommendations.get(here.guild_id, reference)).state
        assert state is (State.VOTING if refused(final) else State.FINALISED)
    await both(
        here.conference.settle(here.organiser, "CAP-03", 1, Ending.NOT_FINALISED, "So."),
        there.conference.settle(there.organiser, "CAP-03", 1, FINAL),
    )
    decided = await here.acts("recommendation.finalised") + await here.acts("recommendation.not_finalised")
    assert [reference for reference, _ in decided].count("CAP-03") == 1


async def test_what_is_forwarded_at_once_is_forwarded_once(pair: Pair) -> None:
    """Twice the same, the first few and all; places on the agenda are not given twice."""
    here, there = pair
    made = await both(
        here.conference.forward(here.organiser, "ROM", 2),
        there.conference.forward(there.organiser, "ROM"),
        there.conference.forward(there.organiser, "BRU"),
    )
    sent = [one.reference for done in made if not refused(done) for one in done.sent]
    assert sorted(sent) == ["CAP-01", "CAP-02", "CAP-03", "CAP-04"]
    places = await here.rows("SELECT position FROM conference_items ORDER BY position")
    assert places == [(1,), (2,), (3,), (4,)]
    await here.events.open(here.organiser, "BRU")
    done = await both(
        here.conference.move(here.organiser, "BRU", "CAP-01", 3),
        there.conference.move(there.organiser, "BRU", "CAP-04", -3),
        here.conference.set_time(here.organiser, "BRU", "CAP-02", "9", "10"),
    )
    assert not any(map(refused, done))
    assert await here.rows("SELECT position FROM conference_items ORDER BY position") == places
    assert sorted(await here.order()) == sorted(sent)


async def test_nothing_goes_while_a_ballot_opens(pair: Pair) -> None:
    """Whoever comes first has it, and the other is told why."""
    here, there = pair
    prepared = await there.ballots.prepare(there.facilitator, BallotRequest(references="CAP-05"))
    made, opened = await both(
        here.conference.forward(here.organiser, "ROM"),
        there.ballots.open(there.facilitator, prepared.id),
    )
    assert not refused(opened)
    if refused(made):
        assert "still open" in str(made)
        assert await here.rows("SELECT * FROM conference_items") == []
    else:
        assert "CAP-05" not in [one.reference for one in made.sent]


async def test_presented_twice_at_once_it_is_presented_once(pair: Pair) -> None:
    """The author is told once, and the card is made once; closing at the same moment is before or after."""
    here, there = pair
    await forwarded(pair)
    done = await both(*(hall.conference.present(hall.organiser, "CAP-01") for hall in (here, there, here)))
    assert not any(map(refused, done))
    assert [subject for subject, _ in await here.acts("recommendation.presented")] == ["CAP-01"]
    assert (await here.said()).count("conference.presented") == 1
    presented, closed, final = await both(
        here.conference.present(here.organiser, "CAP-02"),
        there.events.close(there.organiser, "BRU"),
        here.conference.settle(here.organiser, "CAP-03", 1, FINAL),
    )
    assert not refused(closed)
    assert ("CAP-03" in closed.left_open) == refused(final)
    assert ((await here.item("CAP-02")).presented_at is None) == refused(presented)
