"""Papers of `ranked` ballots as tests write them, and the method's definition read by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise, permutations

from hypothesis import strategies as st

from seminar.amounts import parse_quorum, parse_threshold
from seminar.methods import ranked
from seminar.methods.base import Vote
from seminar.methods.ranked import RankedFigures
from seminar.model import BallotRules, Reasons, Secrecy
from seminar.paper import ASIDE, WHOLE, Answers, spell

GROUPS = ("EU", "MS", "others")
ITEMS = tuple((position, f"CAP-{position:02d}") for position in range(1, 6))
POSITIONS = tuple(position for position, _ in ITEMS)

rank_numbers = st.integers(1, 7).map(lambda rank: (rank,))
papers = st.dictionaries(st.sampled_from(POSITIONS), rank_numbers, max_size=5)
papers_with_asides = st.dictionaries(
    st.sampled_from(POSITIONS), st.one_of(rank_numbers, rank_numbers, st.just(ASIDE)), max_size=5
)
ballots_with_asides = st.lists(papers_with_asides, max_size=12)


def rules(quorum: str = "0") -> BallotRules:
    """Rules of a ballot, as a facilitator would write them."""
    return BallotRules(
        "ranked", parse_threshold(">1/2"), parse_quorum(quorum), Secrecy.SECRET, Reasons.NONE, True
    )


def votes(papers: Iterable[Answers], group: str | None = None) -> list[Vote]:
    """Papers as the ballot box holds them."""
    return [(WHOLE, spell(paper), group) for paper in papers]


def tallied(
    papers: Iterable[Answers], quorum: str = "0", electorate: int = 100, items: int = len(ITEMS)
) -> tuple[RankedFigures, ...]:
    """The figures of a ballot on the first so many items."""
    return ranked.tally(ITEMS[:items], votes(papers), rules(quorum), electorate, [])


def ranking(order: str) -> dict[int, tuple[int, ...]]:
    """A paper written as `2=1>3`: equals joined, the best first."""
    return {
        int(position): (rank,)
        for rank, tier in enumerate(order.split(">"), start=1)
        for position in tier.split("=")
        if position
    }


def prefers(paper: Answers, one: int, other: int) -> bool:
    """What a paper says of a pair, read pair by pair."""
    if ASIDE in (paper.get(one), paper.get(other)) or one not in paper:
        return False
    return other not in paper or paper[one] < paper[other]


def strongest(preferred: Sequence[Sequence[int]], start: int, end: int) -> int:
    """The strongest path, found by trying every one."""
    between = [option for option in range(len(preferred)) if option not in (start, end)]
    best = 0
    for length in range(len(between) + 1):
        for middle in permutations(between, length):
            path = (start, *middle, end)
            links = [preferred[a][b] if preferred[a][b] > preferred[b][a] else 0 for a, b in pairwise(path)]
            best = max(best, min(links))
    return best


def beaten_by(figures: Sequence[RankedFigures]) -> dict[str, frozenset[str]]:
    """For each reference those that it beats, worked out again from the published matrix alone."""
    matrix = [[one.pairwise.get(other.reference, 0) for other in figures] for one in figures]
    return {
        one.reference: frozenset(
            other.reference
            for b, other in enumerate(figures)
            if a != b and strongest(matrix, a, b) > strongest(matrix, b, a)
        )
        for a, one in enumerate(figures)
    }
