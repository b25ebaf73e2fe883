"""Equal Shares held against abcvoting, which was written by others (Lackner, Regner and Krenn).

Both complete the Method of Equal Shares by sequential Phragmén from the money left over, in exact
fractions. abcvoting is large and not installed with the rest: without it nothing here runs.
"""

from __future__ import annotations

import random
from collections import Counter
from itertools import chain
from typing import Any

import pytest

from seminar.equal_shares import Rule, elect

abcrules: Any = pytest.importorskip("abcvoting.abcrules")
preferences: Any = pytest.importorskip("abcvoting.preferences")

PROFILES = 400
LARGE_PROFILES = 60


def random_profile(
    seed: int, most_voters: int, most_candidates: int
) -> tuple[list[frozenset[int]], int, int]:
    """Voters, number of candidates and number of seats: independent approvals, or camps full of ties."""
    chance = random.Random(seed)
    candidates = chance.randint(1, most_candidates)
    seats = chance.randint(1, candidates)
    number = chance.randint(1, most_voters)
    if seed % 2:
        camps = [
            frozenset(chance.sample(range(candidates), chance.randint(1, candidates)))
            for _ in range(chance.randint(1, 4))
        ]
        voters = [chance.choice(camps) for _ in range(number)]
    else:
        density = chance.choice((0.15, 0.3, 0.5, 0.8))
        voters = [
            frozenset(c for c in range(candidates) if chance.random() < density)
            or frozenset({chance.randrange(candidates)})
            for _ in range(number)
        ]
    return voters, candidates, seats


def committees(
    voters: list[frozenset[int]], candidates: int, seats: int, **options: Any
) -> list[frozenset[int]]:
    """The winning committees by abcvoting, without those whom it adds though nobody approves them."""
    profile = preferences.Profile(candidates)
    profile.add_voters([set(approved) for approved in voters])
    approved = frozenset(chain.from_iterable(voters))
    return [
        frozenset(committee) & approved
        for committee in abcrules.compute_equal_shares(
            profile, seats, algorithm="standard-fractions", **options
        )
    ]


@pytest.mark.parametrize("seed", range(PROFILES))
def test_our_committee_is_one_of_those_that_win(seed: int) -> None:
    """Among all committees that some breaking of ties elects; the only one where there is one."""
    voters, candidates, seats = random_profile(seed, most_voters=10, most_candidates=7)
    ours = frozenset(one.candidate for one in elect(Counter(voters), seats, range(candidates)))
    winning = set(committees(voters, candidates, seats, resolute=False, max_num_of_committees=None))
    assert ours in winning
    if len(winning) == 1:
        assert winning == {ours}


@pytest.mark.parametrize("seed", range(PROFILES))
def test_ties_broken_by_number_give_the_same_committee_in_both(seed: int) -> None:
    """abcvoting, too, takes the first of equals where it is to name one committee; in both phases."""
    voters, candidates, seats = random_profile(seed, most_voters=10, most_candidates=7)
    elected = elect(Counter(voters), seats, range(candidates))
    assert committees(voters, candidates, seats) == [frozenset(one.candidate for one in elected)]
    assert committees(voters, candidates, seats, completion=None) == [
        frozenset(one.candidate for one in elected if one.by is Rule.EQUAL_SHARES)
    ]


@pytest.mark.parametrize("seed", range(LARGE_PROFILES))
def test_a_whole_room_comes_out_the_same(seed: int) -> None:
    """Up to a hundred voters and fifteen candidates, where prices are long fractions."""
    voters, candidates, seats = random_profile(1_000_000 + seed, most_voters=100, most_candidates=15)
    elected = elect(Counter(voters), seats, range(candidates))
    assert committees(voters, candidates, seats) == [frozenset(one.candidate for one in elected)]


def test_the_profiles_hold_ties_both_phases_and_too_few_candidates() -> None:
    """What is compared is not only the easy case."""
    tied = short = 0
    phases: Counter[Rule] = Counter()
    for seed in range(PROFILES):
        voters, candidates, seats = random_profile(seed, most_voters=10, most_candidates=7)
        elected = elect(Counter(voters), seats, range(candidates))
        phases.update(one.by for one in elected)
        short += len(elected) < seats
        turned = elect(Counter(voters), seats, range(candidates)[::-1])
        tied += {one.candidate for one in turned} != {one.candidate for one in elected}
    assert tied > PROFILES / 10
    assert short > PROFILES / 20
    assert min(phases[rule] for rule in Rule) > PROFILES / 2


def test_who_approves_nobody_is_a_voter_there_and_not_here() -> None:
    """The one difference in what n is: abcvoting gives them money, which nobody can spend."""
    voters = [frozenset({0}), frozenset({0}), frozenset[int](), frozenset[int]()]
    (elected,) = elect(Counter(voters), 1, range(2))
    assert elected.by is Rule.EQUAL_SHARES
    assert committees(voters, 2, 1, completion=None) == [frozenset()]
    assert committees(voters[:2], 2, 1, completion=None) == [frozenset({0})]
