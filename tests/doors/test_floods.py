"""Cooldowns by themselves: never for people, always for programs, and of one person alone."""

from __future__ import annotations

from contextlib import ExitStack
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.floods import (
    ACTS,
    AT_ONCE,
    AT_ONCE_EACH,
    COSTLY,
    TYPING,
    Buckets,
    Floods,
    Measure,
    Reply,
    too_fast,
)
from seminar.errors import Refused

GUILD, SOMEBODY, OTHER = 1, 2, 3
WHOLE = Measure(5, 2)


class Watch:
    """Seconds, as a test says."""

    def __init__(self) -> None:
        self.now = 1_400_000_000.0

    def __call__(self) -> float:
        return self.now


def plainly(measure: Measure, acts: list[tuple[int, Fraction]]) -> list[bool]:
    """Which of the acts, of (person, seconds since the last), are let in: counted in fractions."""
    rate, capacity = Fraction(measure.per_second), Fraction(measure.capacity)
    now, levels, let_in = Fraction(0), dict[int, tuple[Fraction, Fraction]](), []
    for person, pause in acts:
        now += pause
        level, since = levels.get(person, (capacity, now))
        level = min(capacity, level + (now - since) * rate)
        let_in.append(level >= 1)
        levels[person] = (level - 1 if level >= 1 else level, now)
    return let_in


PAUSES = st.integers(min_value=0, max_value=16).map(lambda eighths: Fraction(eighths, 8))


@given(st.lists(st.tuples(st.integers(1, 3), PAUSES), max_size=80))
def test_each_person_has_a_measure_of_their_own(acts: list[tuple[int, Fraction]]) -> None:
    """The same are let in as by counting plainly; in no stretch of time more than the measure has."""
    watch = Watch()
    buckets = Buckets(WHOLE, watch)
    let_in, times = [], []
    for person, pause in acts:
        watch.now += float(pause)
        let_in.append(buckets.take((GUILD, person)) == 0)
        times.append((person, watch.now))
    assert let_in == plainly(WHOLE, acts)
    for person in (1, 2, 3):
        taken = [at for (who, at), one in zip(times, let_in, strict=True) if one and who == person]
        for first, begin in enumerate(taken):
            for last in range(first, len(taken)):
                assert last - first + 1 <= WHOLE.capacity + WHOLE.per_second * (taken[last] - begin) + 1e-6


@given(st.integers(0, 40), st.floats(0.1, 4), st.floats(0, 3))
def test_the_time_that_is_told_is_the_time(before: int, weight: float, pause: float) -> None:
    """Sooner it is refused again, with what is left of it; then it is let in."""
    watch = Watch()
    buckets = Buckets(WHOLE, watch)
    for _ in range(before):
        buckets.take((GUILD, SOMEBODY))
    wait = buckets.take((GUILD, SOMEBODY), weight)
    if wait <= 0.01:
        return
    early = min(pause, wait - 0.005)
    watch.now += early
    assert buckets.take((GUILD, SOMEBODY), weight) == pytest.approx(wait - early, abs=1e-5)
    watch.now += wait - early + 1e-4
    assert buckets.take((GUILD, SOMEBODY), weight) == 0


def test_memory_is_bounded() -> None:
    """Whoever acted longest ago is forgotten, and is let in as if new; nobody is shut out by it."""
    watch = Watch()
    buckets = Buckets(WHOLE, watch, most=100)
    for _ in range(7):
        buckets.take((GUILD, SOMEBODY))
    assert buckets.take((GUILD, SOMEBODY)) > 0
    for person in range(1000, 6000):
        assert buckets.take((GUILD, person)) == 0
        assert len(buckets) <= 100
    assert buckets.take((GUILD, SOMEBODY)) == 0


def test_a_clock_that_goes_back_gives_nothing_and_takes_nothing() -> None:
    """As when a machine sets its clock right."""
    watch = Watch()
    buckets = Buckets(WHOLE, watch)
    for _ in range(5):
        assert buckets.take((GUILD, SOMEBODY)) == 0
    watch.now -= 3600
    assert 0 < buckets.take((GUILD, SOMEBODY)) <= 0.5
    watch.now += 0.5
    assert buckets.take((GUILD, SOMEBODY)) == 0


def test_what_weighs_more_than_there_ever_is_takes_it_all() -> None:
    """Rather than never being let in."""
    buckets = Buckets(WHOLE, Watch())
    assert buckets.take((GUILD, SOMEBODY), 50) == 0
    assert buckets.take((GUILD, SOMEBODY), 50) == 2.5


@pytest.mark.parametrize(
    ("acts", "seconds"),
    [
        pytest.param(2 * 60, 60, id="sixty items in a minute, each with a look at the next page"),
        pytest.param(45, 5, id="a paper ranked in a hurry"),
        pytest.param(60, 0, id="a facilitator before lunch, all at once"),
        pytest.param(3 * 3600, 3600, id="three clicks a second for an hour"),
    ],
)
def test_people_never_meet_a_cooldown(acts: int, seconds: int) -> None:
    """However busy."""
    watch = Watch()
    floods = Floods(watch)
    for _ in range(acts):
        watch.now += seconds / acts
        assert floods.let_in(GUILD, SOMEBODY) == 0


def test_whoever_types_fast_is_offered_suggestions() -> None:
    """Twenty seconds of hasty typing beside a full minute's work."""
    watch = Watch()
    floods = Floods(watch)
    for _ in range(200):
        watch.now += 0.1
        assert floods.let_in(GUILD, SOMEBODY, TYPING) == 0


def test_a_program_is_held_to_what_a_person_could_do() -> None:
    """Six hundred acts in a minute: the measure and what comes back in it; others notice nothing."""
    watch = Watch()
    floods = Floods(watch)
    let_in = 0
    for _ in range(600):
        watch.now += 0.1
        let_in += floods.let_in(GUILD, SOMEBODY) == 0
        assert floods.let_in(GUILD + 1, SOMEBODY, TYPING) == 0
    assert let_in == pytest.approx(ACTS.capacity + ACTS.per_second * 60, abs=1)
    assert floods.let_in(GUILD, OTHER) == 0


def test_a_vote_is_always_answered_by_a_sentence_and_others_once_in_a_while() -> None:
    """Until it is a program that goes on, which gets nothing more than one answer a second."""
    watch = Watch()
    floods = Floods(watch)
    assert floods.reply(GUILD, SOMEBODY, vote=False) is Reply.SENTENCE
    assert [floods.reply(GUILD, SOMEBODY, vote=False) for _ in range(3)] == [Reply.NOD] * 3
    assert [floods.reply(GUILD, SOMEBODY, vote=True) for _ in range(16)] == [Reply.SENTENCE] * 16
    assert [floods.reply(GUILD, SOMEBODY, vote=vote) for vote in (True, False)] == [Reply.NOTHING] * 2
    watch.now += 5
    assert floods.reply(GUILD, SOMEBODY, vote=False) is Reply.SENTENCE
    assert floods.reply(GUILD, OTHER, vote=True) is Reply.SENTENCE


def test_what_takes_long_has_a_smaller_measure() -> None:
    """Twenty files in a row, and then one every few seconds; the refusal says when."""
    watch = Watch()
    floods = Floods(watch)
    for _ in range(int(COSTLY.capacity)):
        with floods.costly(GUILD, SOMEBODY):
            pass
    with pytest.raises(Refused) as told, floods.costly(GUILD, SOMEBODY):
        raise AssertionError("it ran")
    assert told.value.text == too_fast(3)
    with floods.costly(GUILD, OTHER), floods.costly(GUILD + 1, SOMEBODY):
        watch.now += 5
    with floods.costly(GUILD, SOMEBODY):
        pass


def test_only_so_much_runs_at_once_of_one_person_and_of_one_server() -> None:
    """What ends makes room, in whatever way it ends; a refusal costs nothing."""
    floods = Floods(Watch())
    with ExitStack() as running:
        for _ in range(AT_ONCE_EACH):
            running.enter_context(floods.costly(GUILD, SOMEBODY))
        with pytest.raises(Refused), floods.costly(GUILD, SOMEBODY):
            raise AssertionError("it ran")
        for person in range(AT_ONCE - AT_ONCE_EACH):
            running.enter_context(floods.costly(GUILD, OTHER + person))
        with pytest.raises(Refused), floods.costly(GUILD, 99):
            raise AssertionError("it ran")
        with floods.costly(GUILD + 1, SOMEBODY):
            pass
    with pytest.raises(ZeroDivisionError), floods.costly(GUILD, SOMEBODY):
        raise ZeroDivisionError
    with floods.costly(GUILD, SOMEBODY), floods.costly(GUILD, SOMEBODY):
        pass


def test_switched_off_nobody_is_held_back() -> None:
    """As in a rehearsal, whose clock stands still."""
    floods = Floods(Watch(), on=False)
    for _ in range(1000):
        assert floods.let_in(GUILD, SOMEBODY) == 0
    with ExitStack() as running:
        for _ in range(50):
            running.enter_context(floods.costly(GUILD, SOMEBODY))
