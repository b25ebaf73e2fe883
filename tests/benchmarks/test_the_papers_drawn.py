"""The parts of the benchmark about papers: what is drawn is fair, and every part runs. Nothing is timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import closing, drawn, papers, tallies
from benchmarks.drawn import Case
from benchmarks.sides import tally
from seminar.methods import METHODS, paper_method

pytestmark = pytest.mark.thorough

ON_PAPER = [case for case in drawn.CASES if METHODS[case.method].on_paper]


def quiet(_said: str) -> None:
    """Nobody watches the progress."""


@pytest.mark.parametrize("case", ON_PAPER, ids=lambda case: case.title)
def test_every_paper_drawn_may_be_submitted(case: Case) -> None:
    """Peers are not held against papers that no voter could hand in; nor is anybody's the same as all."""
    written = drawn.draw(case, 200, 50)
    for answers in written:
        paper_method(case.method).check(answers, range(1, 51), case.rules)
    assert len({tuple(answers.items()) for answers in written}) > 100


@pytest.mark.parametrize("case", drawn.CASES, ids=lambda case: case.title)
def test_the_same_papers_are_drawn_on_every_run(case: Case) -> None:
    """So that two runs measure the same, and fewer papers are the first of many."""
    assert drawn.draw(case, 20, 8) == drawn.draw(case, 40, 8)[:20]


def test_ranked_papers_hold_what_their_titles_say() -> None:
    """Equals and gaps where these are meant, and neither where the peer could not count them."""
    loose, part, full = (
        [list(answers.values()) for answers in drawn.draw(case, 100, 50)]
        for case in (drawn.RANKED_LOOSELY, drawn.RANKED_IN_PART, drawn.RANKED_IN_FULL)
    )
    assert sum(len(set(ranks)) < len(ranks) for ranks in loose) > 50
    assert all(3 <= len(ranks) <= 20 for ranks in (*loose, *part))
    assert all(len(set(ranks)) == len(ranks) for ranks in (*part, *full))
    assert all(len(ranks) == 50 for ranks in full)


def test_our_side_tells_the_outcome_by_position() -> None:
    """Ranks for an order of preference, seats for a short list, none where there is none."""
    _, ranks = tally.count(drawn.RANKED_IN_FULL, [{1: (2,), 2: (1,), 3: (3,)}] * 3, 3)
    assert ranks == [2, 1, 3]
    _, seats = tally.count(drawn.SHORTLIST, [{2: (1,)}] * 3, 3)
    assert seats == [None, 1, None]


def test_without_the_peers_only_our_own_times_are_told(tmp_path: Path) -> None:
    """And that they are missing is said in the table, not passed over."""
    measures = tallies.measure(1, quiet, papers=30, peers_python=tmp_path / "python")
    assert len(measures) == len(drawn.CASES) + 1
    assert "make oracles" in measures[-1].value


def test_closing_is_counted_on_a_real_store() -> None:
    """A ballot with a hundred voters and one with a few more take the same statements."""
    measures = closing.measure(1, quiet, few=100, many=140)
    assert [one.met for one in measures if one.target] == [True, True]


def test_papers_filled_in_over_the_wire_are_stored() -> None:
    """Two people, sixty items each, on two bots; a paper that is not in the store as filled in would fail."""
    assert len(papers.measure(1, quiet, large=papers.SMALL, people=2)) == 4
