"""The `ranked` method: what orders of preference come to, whoever counts them and in whatever order."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.canonical import canonical
from seminar.methods import METHODS, paper_method, ranked
from seminar.methods.base import Method, PaperMethod, Vote, in_order
from seminar.methods.ranked import RankedFigures
from seminar.model import Outcome
from seminar.paper import ASIDE, WHOLE, Answers, spell
from tests.ranked_papers import (
    GROUPS,
    ITEMS,
    POSITIONS,
    ballots_with_asides,
    beaten_by,
    papers,
    papers_with_asides,
    prefers,
    ranking,
    rules,
    tallied,
    votes,
)


@given(
    st.lists(st.tuples(papers_with_asides, st.sampled_from((*GROUPS, None))), max_size=15),
    st.sampled_from(["0", "3", "1/3", "100%"]),
    st.randoms(use_true_random=False),
)
def test_the_order_of_papers_items_and_groups_changes_nothing(
    cast: list[tuple[Answers, str | None]], quorum: str, chance: random.Random
) -> None:
    """A tally is a function of the papers, not of how they arrived."""
    rows = [(WHOLE, spell(paper), group) for paper, group in cast]
    shuffled, items, groups = list(rows), list(ITEMS), list(GROUPS)
    for sequence in (shuffled, items, groups):
        chance.shuffle(sequence)
    first = ranked.tally(ITEMS, rows, rules(quorum), 12, GROUPS)
    again = ranked.tally(items, shuffled, rules(quorum), 12, groups)
    assert first == again
    assert [canonical(one.to_json()) for one in first] == [canonical(one.to_json()) for one in again]


@given(ballots_with_asides)
def test_the_matrix_counts_the_papers_that_prefer_one_to_the_other(cast: list[Answers]) -> None:
    """Every pair counted by hand: equals and unranked ones, and asides, are no preference."""
    for (position, _), figures in zip(ITEMS, tallied(cast), strict=True):
        assert figures.pairwise == {
            reference: sum(prefers(paper, position, other) for paper in cast)
            for other, reference in ITEMS
            if other != position
        }


@given(ballots_with_asides)
def test_rank_and_ties_follow_from_the_published_matrix_by_trying_every_path(cast: list[Answers]) -> None:
    """Whoever has the rows of the matrix can check who beats whom without this program."""
    figures = tallied(cast)
    beats = beaten_by(figures)
    for one in figures:
        above = sum(one.reference in beaten for beaten in beats.values())
        assert (one.rank, one.beaten_by, one.beats) == (1 + above, above, len(beats[one.reference]))
        assert one.tied_with == tuple(
            other.reference for other in figures if other is not one and other.rank == one.rank
        )
        assert not beats[one.reference] & set(one.tied_with)


@given(ballots_with_asides, st.integers(2, 9))
def test_gaps_between_ranks_mean_nothing(cast: list[Answers], step: int) -> None:
    """1, 2, 2, 3 says what 10, 20, 20, 30 says."""
    spread = [{p: tuple(rank * step for rank in given) for p, given in paper.items()} for paper in cast]
    assert tallied(spread) == tallied(cast)


@given(ballots_with_asides)
def test_the_unranked_are_equal_and_last(cast: list[Answers]) -> None:
    """Leaving some out says the same as putting all of them together after the rest."""
    completed = [{**dict.fromkeys(POSITIONS, (99,)), **paper} for paper in cast]
    for short, full in zip(tallied(cast), tallied(completed), strict=True):
        assert (short.pairwise, short.rank, short.tied_with) == (full.pairwise, full.rank, full.tied_with)


@given(st.lists(papers, max_size=8), papers, st.sampled_from(POSITIONS))
def test_standing_aside_takes_exactly_this_paper_out_of_the_pairs_with_the_item(
    others: list[Answers], paper: Answers, position: int
) -> None:
    """Of its pairs the voter says nothing, of all others as much as before."""
    aside = tallied([*others, {**paper, position: ASIDE}])
    present = tallied([*others, paper])
    absent = tallied(others)
    reference = dict(ITEMS)[position]
    for stands_aside, here, gone in zip(aside, present, absent, strict=True):
        own = stands_aside.reference == reference
        assert stands_aside.pairwise == {
            other: (gone if own or other == reference else here).pairwise[other] for other in here.pairwise
        }
        assert stands_aside.recused == int(own)
        assert stands_aside.electorate == 100 - int(own)
        assert stands_aside.turnout == here.turnout == len(others) + 1


@given(st.lists(st.tuples(papers_with_asides, st.sampled_from((*GROUPS, None))), max_size=15))
def test_groups_papers_and_those_who_stand_aside_tell_one_story(
    cast: list[tuple[Answers, str | None]],
) -> None:
    """Each published group stands under each item, and what they hold adds up."""
    figures = ranked.tally(
        ITEMS, [(WHOLE, spell(paper), group) for paper, group in cast], rules(), 20, GROUPS
    )
    for (position, _), one in zip(ITEMS, figures, strict=True):
        assert set(one.by_constituency) >= set(GROUPS)
        assert list(one.by_constituency) == sorted(one.by_constituency)
        assert sum(part["papers"] for part in one.by_constituency.values()) == one.turnout - one.recused
        assert sum(part["ranked"] for part in one.by_constituency.values()) == sum(
            paper.get(position, ASIDE) != ASIDE for paper, _ in cast
        )
        assert one.turnout == len(cast)
        assert one.electorate == 20 - one.recused


def test_without_constituencies_everybody_is_one_group() -> None:
    """A paper without a group counts among all."""
    (first, *_) = tallied([ranking("1>2"), ranking("2")])
    assert first.by_constituency == {"all": {"papers": 2, "ranked": 1}}


def test_ties_are_reported_with_whom_and_share_a_rank() -> None:
    """Two that nothing tells apart are both first, and the next is third."""
    figures = tallied([ranking("1>2>3"), ranking("2>1>3")], items=3)
    assert [(one.rank, one.tied_with) for one in figures] == [(1, ("CAP-02",)), (1, ("CAP-01",)), (3, ())]
    assert [(one.rank, one.figures.reference) for one in in_order(ranked, figures)] == [
        (1, "CAP-01"),
        (1, "CAP-02"),
        (3, "CAP-03"),
    ]


def test_a_rank_counts_only_those_that_beat_it() -> None:
    """3 is even with 1 and loses to 2 alone, so it is second behind two that are first."""
    figures = tallied([ranking("2>1"), ranking("1>2"), ranking("2>3"), ranking("3>1")], items=3)
    assert figures[1].pairwise["CAP-03"] > figures[2].pairwise["CAP-02"]
    assert [one.rank for one in figures] == [1, 1, 2]


def test_nobody_having_voted_all_are_first_and_tied() -> None:
    """No papers order nothing, and raise nothing."""
    figures = tallied([])
    assert {one.rank for one in figures} == {1}
    assert figures[0].tied_with == tuple(reference for _, reference in ITEMS[1:])
    assert (figures[0].turnout, figures[0].beats, figures[0].outcome) == (0, 0, None)


def test_one_item_alone_is_first() -> None:
    """A ballot on one recommendation has nothing to rank it against."""
    (figures,) = tallied([ranking("1")], items=1)
    assert (figures.rank, figures.pairwise, figures.tied_with, figures.options) == (1, {}, (), 1)


@pytest.mark.parametrize(
    ("quorum", "papers_submitted", "met"),
    [("0", 0, True), ("3", 2, False), ("3", 3, True), ("1/2", 4, False), ("1/2", 5, True)],
)
def test_a_quorum_is_held_against_the_papers_submitted(quorum: str, papers_submitted: int, met: bool) -> None:
    """Half of ten are five papers, whatever they rank; figures are given all the same."""
    figures = tallied([ranking("3>1")] * papers_submitted, quorum, electorate=10)
    assert {one.outcome for one in figures} == {None if met else Outcome.NO_QUORUM}
    assert figures[2].beats == (4 if papers_submitted else 0)


def test_who_stands_aside_leaves_the_electorate_that_a_share_is_taken_of() -> None:
    """Four papers are half of eight, and not of ten; without a quorum an item comes after the rest."""
    cast = [{**ranking("1>2"), 3: ASIDE}] * 2 + [ranking("1>2")] * 2
    figures = tallied(cast, "1/2", electorate=10, items=3)
    assert [one.outcome for one in figures] == [Outcome.NO_QUORUM, Outcome.NO_QUORUM, None]
    assert [one.rank for one in figures] == [1, 2, 3]
    assert [one.figures.reference for one in in_order(ranked, figures)] == ["CAP-03", "CAP-01", "CAP-02"]


@pytest.mark.parametrize(
    "vote",
    [
        (1, spell(ranking("1")), None),
        (WHOLE, "", None),
        (WHOLE, "for", None),
        (WHOLE, "[]", None),
        (WHOLE, '{"1":[1], "2":[2]}', None),
        (WHOLE, '{"1":[1],"1":[2]}', None),
        (WHOLE, '{"1":[true]}', None),
        (WHOLE, '{"1":[1.0]}', None),
        (WHOLE, '{"1":1}', None),
        (WHOLE, '{"CAP-01":[1]}', None),
        (WHOLE, spell({6: (1,)}), None),
        (WHOLE, spell({6: ASIDE}), None),
        (WHOLE, spell({1: (0,)}), None),
        (WHOLE, spell({1: (-1,)}), None),
        (WHOLE, spell({1: (1, 2)}), None),
    ],
)
def test_a_vote_that_is_no_paper_of_the_ballot_is_not_quietly_dropped(vote: Vote) -> None:
    """A recount that lost papers without a word would be worse than none."""
    with pytest.raises(ValueError):
        ranked.tally(ITEMS, [*votes([ranking("1>2")]), vote], rules(), 10, GROUPS)


def test_a_paper_whose_only_item_was_taken_off_still_counts_as_submitted() -> None:
    """It prefers nothing, and turnout has it."""
    figures = tallied([ranking("1>2"), {}], items=2)
    assert [(one.turnout, one.rank) for one in figures] == [(2, 1), (2, 2)]


@given(ballots_with_asides, st.sampled_from(["0", "6", "1/10"]))
def test_figures_survive_json_to_the_last_digit(cast: list[Answers], quorum: str) -> None:
    """A snapshot read back is the snapshot, and hashes to the same bytes."""
    for figures in tallied(cast, quorum):
        text = canonical(figures.to_json())
        assert RankedFigures.from_json(json.loads(text)) == figures
        assert ranked.from_json(text) == figures
        assert canonical(ranked.from_json(text).to_json()) == text


def test_published_names_are_the_contract() -> None:
    """Scripts rely on these keys."""
    assert set(tallied([ranking("1")])[0].to_json()) == {
        "reference", "electorate", "turnout", "outcome", "recused", "rank", "beats", "beaten_by",
        "tied_with", "pairwise", "by_constituency",
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"rank": "1"},
        {"rank": 1.5},
        {"rank": None},
        {"tied_with": "CAP-02"},
        {"pairwise": []},
        {"pairwise": {"CAP-02": "3"}},
        {"by_constituency": {"all": {"papers": 1}}},
        {"by_constituency": {"all": 3}},
        {"outcome": "perhaps"},
        {"more": 1},
    ],
)
def test_altered_figures_are_not_read(change: Mapping[str, object]) -> None:
    """One wrong field is enough."""
    document = {**tallied([ranking("1>2")])[0].to_json(), **change}
    with pytest.raises(ValueError, match="not the figures of a ranked ballot"):
        ranked.from_json(document)


@pytest.mark.parametrize("document", ["{}", "[]", "null", "3", '"x"', "{", '{"outcome": null}'])
def test_what_is_not_figures_is_refused_as_such(document: str) -> None:
    """A damaged store ends in one kind of error."""
    with pytest.raises(ValueError):
        ranked.from_json(document)


def said(cast: Sequence[Answers], quorum: str = "0", items: int = 3) -> list[str]:
    """The English sentences on the recommendations, in order, without reference and title."""
    figures = [one.figures for one in in_order(ranked, tallied(cast, quorum, 30, items))]
    titles = {reference: "Share {airlift}" for _, reference in ITEMS}
    spoken = [str(one) for one in ranked.sentences(figures, titles, {}, rules(quorum))]
    for one, sentence in zip(figures, spoken, strict=True):
        assert sentence.startswith(f"{one.reference}, “Share {{airlift}}”: ")
    return [sentence.partition("”: ")[2] for sentence in spoken]


def test_the_outcome_can_be_read_out() -> None:
    """One whole sentence for each case, ties by name, and braces in a title stay what they are."""
    assert said([ranking("2>1>3")]) == [
        "ranked 1 of 3; it beats 2 and none beats it.",
        "ranked 2 of 3; it beats 1 and is beaten by 1.",
        "ranked 3 of 3; it beats none and is beaten by 2.",
    ]
    assert said([ranking("2=1>3")]) == [
        "ranked 1 of 3, tied with CAP-02; it beats 1 and none beats it.",
        "ranked 1 of 3, tied with CAP-01; it beats 1 and none beats it.",
        "ranked 3 of 3; it beats none and is beaten by 2.",
    ]
    assert said([ranking("1>2=3=4")], items=4)[3] == (
        "ranked 2 of 4, tied with CAP-02 and CAP-03; it beats none and is beaten by 1."
    )


def test_the_sentence_for_a_ballot_that_orders_nothing() -> None:
    """All tied, alone, without papers or without a quorum."""
    assert said([ranking("1=2=3")])[0] == (
        "ranked 1 of 3, tied with all the others; it beats none and none beats it."
    )
    assert said([ranking("1=2")], items=2)[0] == (
        "ranked 1 of 2, tied with CAP-02; it beats none and none beats it."
    )
    assert said([ranking("1")], items=1) == ["alone on the ballot, with nothing to be ranked against."]
    assert said([], quorum="5")[0] == "not ranked, since nobody submitted a paper."
    assert said([ranking("1>2")], quorum="1/3")[0] == (
        "ranked 1 of 3; it beats 2 and none beats it; no quorum, with 1 paper submitted where 10 were needed."
    )
    assert said([ranking("1")] * 2, quorum="5")[0].endswith("with 2 papers submitted where 5 were needed.")


def test_verdict_and_totals_are_one_line_of_figures() -> None:
    """The outcome on the first, plain figures on the second."""
    first, second, _ = tallied([ranking("1>2>3")], items=3)
    assert str(ranked.verdict(first)) == "By Schulze’s method: ranked 1 of 3; it beats 2 and none beats it."
    assert str(ranked.totals(second)) == "ranked 2 of 3; it beats 1 and is beaten by 1"
    (missed, *_) = tallied([ranking("1>2>3")], quorum="2", items=3)
    assert str(ranked.verdict(missed)) == "No quorum: ranked 1 of 3; it beats 2 and none beats it."


def test_it_orders_and_decides_nothing() -> None:
    """Its figures hold within their own ballot; the score is how many it beats."""
    first, second, third = tallied([ranking("3>1>2")], items=3)
    assert [ranked.score(one) for one in (first, second, third)] == [1.0, 0.0, 2.0]
    assert [ranked.consequence(one) for one in (first, second, third)] == [None, None, None]  # type: ignore[func-returns-value]
    assert (ranked.decides, ranked.on_paper, ranked.relative) == (False, True, True)


def test_the_method_is_found_under_its_own_name() -> None:
    """Nothing else has to be told about it."""
    as_declared: Method[RankedFigures] = ranked
    as_filled_in: PaperMethod = ranked
    assert METHODS["ranked"] is as_declared
    assert paper_method("ranked") is as_filled_in


def test_sixty_recommendations_come_out_as_a_count_by_hand_says() -> None:
    """A whole theme, with ties, gaps, missing ranks and some who stand aside."""
    chance = random.Random(1997)
    items = [(position, f"CAP-{position:02d}") for position in range(1, 61)]
    cast: list[Answers] = [
        {
            position: ASIDE if chance.random() < 0.03 else (chance.randint(1, 40),)
            for position in chance.sample(range(1, 61), chance.randint(1, 60))
        }
        for _ in range(150)
    ]
    figures = ranked.tally(items, votes(cast, "EU"), rules("1/3"), 300, GROUPS)
    for position, reference in items:
        for one in figures:
            if one.reference != reference:
                other = int(one.reference.removeprefix("CAP-"))
                assert one.pairwise[reference] == sum(prefers(paper, other, position) for paper in cast)
    assert sum(one.beats for one in figures) == sum(one.beaten_by for one in figures)
    assert min(one.rank for one in figures) == 1
