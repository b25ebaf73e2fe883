"""Schulze by winning votes against pref-voting, an independent library: winners and the whole relation.

Its default counts margins, so it is told to count the support of each link, and to take the
unranked as below the ranked ("extended strict preference"). It knows no voter who stands
aside on single options; that rule is held to its definition in `tests/seminar`.
"""

from __future__ import annotations

import random
from functools import cache

import pytest

from seminar import schulze
from seminar.amounts import parse_quorum, parse_threshold
from seminar.methods import ranked
from seminar.methods.base import Item
from seminar.methods.ranked import RankedFigures
from seminar.model import BallotRules, Reasons, Secrecy
from seminar.paper import WHOLE, Answers, spell

pref_voting = pytest.importorskip("pref_voting")

from pref_voting.margin_based_methods import beat_path, beat_path_defeat  # noqa: E402 - after the skip
from pref_voting.profiles_with_ties import ProfileWithTies  # noqa: E402

SEEDS = range(400)

RULES = BallotRules("ranked", parse_threshold(">1/2"), parse_quorum("0"), Secrecy.SECRET, Reasons.NONE, True)


@cache
def papers(seed: int) -> tuple[tuple[Item, ...], tuple[Answers, ...]]:
    """A random ballot: few papers tie often, few levels make equals, and most papers are incomplete."""
    chance = random.Random(seed)
    items = tuple((position, f"CAP-{position:02d}") for position in range(1, chance.randint(2, 10) + 1))
    levels = chance.randint(1, 2 * len(items))
    cast: list[Answers] = []
    for _ in range(chance.randint(1, 30)):
        chosen = chance.sample(items, chance.randint(0, len(items)))
        cast.append({position: (chance.randint(1, levels),) for position, _ in chosen})
    return items, tuple(cast)


def profile(seed: int) -> ProfileWithTies:
    """The same ballot as the library takes it."""
    items, cast = papers(seed)
    made = ProfileWithTies(
        [{position: given[0] for position, given in paper.items()} for paper in cast],
        candidates=[position for position, _ in items],
    )
    made.use_extended_strict_preference()
    return made


def figures(seed: int) -> dict[int, RankedFigures]:
    """The same ballot by our tally, by position."""
    items, cast = papers(seed)
    rows = [(WHOLE, spell(paper), None) for paper in cast]
    tallied = ranked.tally(items, rows, RULES, len(rows), [])
    return {position: one for (position, _), one in zip(items, tallied, strict=True)}


@pytest.mark.parametrize("seed", SEEDS)
def test_matrix_winners_and_every_defeat_agree(seed: int) -> None:
    """No disagreement on any pair of any profile."""
    theirs, ours = profile(seed), figures(seed)
    options = list(ours)
    matrix = [[ours[a].pairwise.get(ours[b].reference, 0) for b in options] for a in options]
    assert matrix == [[0 if a == b else theirs.support(a, b) for b in options] for a in options]

    defeats = beat_path_defeat(theirs, strength_function=theirs.support)
    beaten = schulze.beats(schulze.strongest_paths(matrix))
    assert {(options[a], options[b]) for a in range(len(options)) for b in beaten[a]} == set(defeats.edges)
    for position, one in ours.items():
        assert (one.beats, one.beaten_by) == (defeats.out_degree(position), defeats.in_degree(position))
        assert one.rank == 1 + defeats.in_degree(position)

    first = [position for position, one in ours.items() if one.rank == 1]
    assert beat_path(theirs, strength_function=theirs.support) == first
    assert beat_path(theirs, strength_function=theirs.support, algorithm="basic") == first


def test_the_profiles_have_what_is_to_be_told_apart() -> None:
    """Ties at the top, circles, and cases in which margins would give another relation."""
    tied = circles = margins = 0
    for seed in SEEDS:
        theirs = profile(seed)
        tied += len(beat_path(theirs, strength_function=theirs.support)) > 1
        circles += theirs.condorcet_winner() is None and len(beat_path(theirs)) == 1
        margins += set(beat_path_defeat(theirs).edges) != set(
            beat_path_defeat(theirs, strength_function=theirs.support).edges
        )
    assert min(tied, circles, margins) >= 5
