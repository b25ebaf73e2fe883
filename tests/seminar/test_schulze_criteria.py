"""What the Schulze method promises, held to its definition and to the criteria it is known to meet.

The criteria are those of Schulze (2011), section 4, for winning votes on papers with equal and
missing ranks and with voters who stand aside on single items.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seminar import schulze
from seminar.methods import ranked
from seminar.paper import ASIDE, Answers
from tests.ranked_papers import (
    ITEMS,
    POSITIONS,
    ballots_with_asides,
    beaten_by,
    papers,
    ranking,
    rules,
    strongest,
    tallied,
    votes,
)

ballots = st.lists(papers, min_size=1, max_size=12)
matrices = st.integers(1, 7).flatmap(
    lambda options: st.lists(
        st.lists(st.integers(0, 9), min_size=options, max_size=options), min_size=options, max_size=options
    )
)


@given(matrices)
def test_the_relation_runs_in_no_circle_whatever_the_matrix(matrix: list[list[int]]) -> None:
    """Who beats one that beats a third beats the third; nobody beats itself; somebody is unbeaten."""
    beats = schulze.beats(schulze.strongest_paths(matrix))
    for a, beaten in enumerate(beats):
        assert a not in beaten
        for b in beaten:
            assert a not in beats[b]
            assert beats[b] <= beaten
    assert 1 in schulze.ranks(beats)


@given(matrices)
def test_the_strongest_paths_are_those_found_by_trying_all(matrix: list[list[int]]) -> None:
    """The quick way agrees with the definition on every pair."""
    options = range(min(len(matrix), 5))
    small = [[matrix[a][b] for b in options] for a in options]
    found = schulze.strongest_paths(small)
    assert found == [[0 if a == b else strongest(small, a, b) for b in options] for a in options]


def test_large_numbers_of_papers_do_not_run_into_each_other() -> None:
    """However many say the same, every pair keeps its own count."""
    counts = schulze.pairwise([([[0], [1, 2]], 10**9), ([[2], [0]], 3), ([], 5), ([[1]], 7)], 3)
    assert counts == [[0, 10**9, 10**9], [0, 0, 0], [3, 0, 0]]


@given(matrices, st.data())
def test_one_that_wins_every_comparison_is_alone_at_the_top(
    matrix: list[list[int]], data: st.DataObject
) -> None:
    """Condorcet: nothing that the others have among themselves can cost it the first place."""
    champion = data.draw(st.integers(0, len(matrix) - 1))
    for option, row in enumerate(matrix):
        matrix[champion][option] = row[champion] + data.draw(st.integers(1, 3))
    beats = schulze.beats(schulze.strongest_paths(matrix))
    ranks = schulze.ranks(beats)
    assert len(beats[champion]) == len(matrix) - 1
    assert [option for option, rank in enumerate(ranks) if rank == 1] == [champion]


@given(matrices, st.data())
def test_one_that_loses_every_comparison_is_alone_at_the_bottom(
    matrix: list[list[int]], data: st.DataObject
) -> None:
    """The Condorcet loser beats nobody, and everybody beats it."""
    loser = data.draw(st.integers(0, len(matrix) - 1))
    for option, row in enumerate(matrix):
        row[loser] = matrix[loser][option] + data.draw(st.integers(1, 3))
    beats = schulze.beats(schulze.strongest_paths(matrix))
    assert not beats[loser]
    assert [option for option, rank in enumerate(schulze.ranks(beats)) if rank == len(matrix)] == [loser]


def test_the_common_ground_wins_though_it_is_hardly_anybodys_first_choice() -> None:
    """Two camps of four, one between them: it wins either comparison and so the ballot."""
    cast = [ranking("1>2>3")] * 4 + [ranking("3>2>1")] * 4 + [ranking("2>1=3")]
    assert [(one.rank, one.beats) for one in tallied(cast, items=3)] == [(2, 0), (1, 2), (2, 0)]


@given(ballots_with_asides)
def test_the_top_lies_within_every_set_that_wins_against_all_outside_it(cast: list[Answers]) -> None:
    """Smith: the smallest set of recommendations that win every comparison with the rest has the first."""
    figures = tallied(cast)
    row = {one.reference: one.pairwise for one in figures}
    # From those with the most wins on, whoever is not clearly beaten by one inside comes in too.
    wins = {
        one.reference: sum(number > row[other][one.reference] for other, number in one.pairwise.items())
        for one in figures
    }
    inside = {reference for reference, number in wins.items() if number == max(wins.values())}
    while reached := {
        other for one in inside for other in row if other not in inside and row[other][one] >= row[one][other]
    }:
        inside |= reached
    assert {one.reference for one in figures if one.rank == 1} <= inside


@given(ballots, st.sampled_from(POSITIONS), st.data())
def test_a_clone_changes_nothing_between_the_others(
    cast: list[Answers], cloned: int, data: st.DataObject
) -> None:
    """A near copy, next to its original on every paper, brings neither harm nor help to anybody."""
    clone = len(ITEMS) + 1
    widened: list[Answers] = []
    for paper in cast:
        # Doubled ranks leave room just before and just after; beside equals only the same rank is next to it.
        wide = {position: (2 * given[0],) for position, given in paper.items()}
        if cloned in paper:
            alone = list(paper.values()).count(paper[cloned]) == 1
            wide[clone] = (wide[cloned][0] + data.draw(st.sampled_from([-1, 0, 1] if alone else [0])),)
        widened.append(wide)
    before = beaten_by(tallied(cast))
    after = beaten_by(ranked.tally([*ITEMS, (clone, "CAP-99")], votes(widened), rules(), 100, []))
    original = dict(ITEMS)[cloned]
    for reference, beaten in before.items():
        assert after[reference] - {"CAP-99"} == beaten
        assert reference == original or (original in beaten) == ("CAP-99" in after[reference])
    assert after["CAP-99"] - {original} == before[original]


@given(ballots)
def test_papers_turned_upside_down_turn_the_result_upside_down(cast: list[Answers]) -> None:
    """Reversal symmetry of the whole relation, so no recommendation is best both ways unless all tie."""
    turned = [{position: (10 - paper.get(position, (9,))[0],) for position in POSITIONS} for paper in cast]
    before, after = beaten_by(tallied(cast)), beaten_by(tallied(turned))
    for one in before:
        assert after[one] == {other for other, beaten in before.items() if one in beaten}


@given(ballots_with_asides, st.data())
def test_a_winner_ranked_higher_stays_a_winner(cast: list[Answers], data: st.DataObject) -> None:
    """Monotone: nobody brings down the first by ranking it higher."""
    first = next(position for position, one in zip(POSITIONS, tallied(cast), strict=True) if one.rank == 1)
    raised: list[Answers] = []
    for paper in cast:
        if paper.get(first) == ASIDE:
            raised.append(paper)
            continue
        wide = {position: tuple(2 * rank for rank in given) for position, given in paper.items()}
        # 15 is below every rank there is on a doubled paper, and above the unranked ones.
        highest = data.draw(st.integers(1, wide.get(first, (15,))[0]))
        raised.append({**wide, first: (highest,)})
    assert tallied(raised)[POSITIONS.index(first)].rank == 1


@given(st.lists(papers, min_size=1, max_size=8), st.permutations(POSITIONS[:2]))
def test_what_every_paper_prefers_beats_the_other(cast: list[Answers], pair: list[int]) -> None:
    """Unanimity: no paradox turns against what all say."""
    better, worse = pair
    agreed = [
        {**{position: (2 * given[0] + 2,) for position, given in paper.items()}, better: (1,), worse: (2,)}
        for paper in cast
    ]
    beats = beaten_by(tallied(agreed))
    assert dict(ITEMS)[worse] in beats[dict(ITEMS)[better]]


def test_a_circle_is_resolved_by_its_weakest_comparison() -> None:
    """1 over 2 by 8, 2 over 3 by 7, 3 over 1 by 6 of 10: the last gives way."""
    cast = [ranking("1>2>3")] * 4 + [ranking("2>3>1")] * 2 + [ranking("3>1>2")] * 3 + [ranking("1=2>3")]
    one, two, three = tallied(cast, items=3)
    assert (one.pairwise["CAP-02"], two.pairwise["CAP-03"], three.pairwise["CAP-01"]) == (7, 7, 5)
    assert [figures.rank for figures in (one, two, three)] == [1, 2, 3]


def test_winning_votes_count_and_not_margins() -> None:
    """6 to 5 among many is a stronger link than 5 to 0 among few, though by a smaller margin."""
    preferred = [[0, 5, 5], [0, 0, 6], [6, 5, 0]]
    assert schulze.strongest_paths(preferred) == [[0, 5, 5], [6, 0, 6], [6, 5, 0]]
    assert schulze.ranks(schulze.beats(schulze.strongest_paths(preferred))) == [3, 1, 2]
