"""The `rating` method: what ratings come to, whoever counts them, and what a paper may say."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from statistics import median, quantiles
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.amounts import parse_quorum, parse_threshold
from seminar.appropriateness import allowed_range, assess, classify, disagree
from seminar.canonical import canonical
from seminar.errors import Invalid
from seminar.methods import METHODS, method, paper_method, rating
from seminar.methods.base import Beside, Method, PaperMethod, Stability, Vote, in_order
from seminar.methods.rating import CLASS_WORDS, Class, RatingFigures
from seminar.model import BallotRules, Outcome, Reasons, Secrecy
from seminar.paper import ASIDE, Answers, read, spell
from seminar.quantiles import percentile, spelled_out

GROUPS = ("EU", "MS", "UN")
ITEMS = ((1, "CAP-01"), (2, "CAP-02"), (3, "CAP-10"))
POSITIONS = (1, 2, 3)

a_rating = st.integers(1, 9)
some_ratings = st.lists(a_rating, min_size=1, max_size=40)
answers = st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(any) | st.just(ASIDE)
papers = st.dictionaries(st.sampled_from(POSITIONS), answers, min_size=1)
ballots = st.lists(st.tuples(papers, st.sampled_from(GROUPS)), max_size=25)
quorums = st.sampled_from(["0", "1", "5", "40", "1/3", "50%", "100%"])


def rules(quorum: str = "0", *, importance: bool = False) -> BallotRules:
    """Rules of a ballot, as a facilitator would write them."""
    return BallotRules(
        "rating",
        parse_threshold(">1/2"),
        parse_quorum(quorum),
        Secrecy.SECRET,
        Reasons.NONE,
        True,
        importance=importance,
    )


def votes(ballot: Sequence[tuple[Answers, str | None]]) -> list[Vote]:
    """The papers as they are stored."""
    return [(0, spell(paper), group) for paper, group in ballot]


def counted(
    ballot: Sequence[tuple[Answers, str | None]], quorum: str = "0", electorate: int = 50
) -> tuple[RatingFigures, ...]:
    """The figures of a ballot that asks for importance too."""
    return rating.tally(ITEMS, votes(ballot), rules(quorum, importance=True), electorate, GROUPS)


def of(ratings: Sequence[int], quorum: str = "0", electorate: int = 100) -> RatingFigures:
    """The figures of one item that was rated like this, by people without constituencies."""
    ballot = votes([({1: (one, 0)}, None) for one in ratings])
    (figures,) = rating.tally([(1, "CAP-01")], ballot, rules(quorum), electorate, ["all"])
    return figures


@given(ballots, quorums, st.randoms(use_true_random=False))
def test_the_order_of_papers_items_and_groups_changes_nothing(
    ballot: list[tuple[Answers, str]], quorum: str, chance: random.Random
) -> None:
    """A tally is a function of the papers, not of how they arrived."""
    shuffled, items, groups = votes(ballot), list(ITEMS), list(GROUPS)
    for sequence in (shuffled, items, groups):
        chance.shuffle(sequence)
    first = counted(ballot, quorum)
    again = rating.tally(items, shuffled, rules(quorum, importance=True), 50, groups)
    assert first == again
    assert [canonical(one.to_json()) for one in first] == [canonical(one.to_json()) for one in again]


@given(ballots)
def test_every_answer_is_counted_once_and_the_figures_agree_with_each_other(
    ballot: list[tuple[Answers, str]],
) -> None:
    """Distribution, groups, those who stood aside and the electorate tell one story."""
    for (position, reference), figures in zip(ITEMS, counted(ballot), strict=True):
        given_ = [(paper[position], group) for paper, group in ballot if position in paper]
        agreement = Counter(numbers[0] for numbers, _ in given_ if numbers and numbers[0])
        importance = Counter(numbers[1] for numbers, _ in given_ if numbers and numbers[1])
        assert figures.reference == reference
        assert figures.distribution == tuple(agreement[one] for one in range(1, 10))
        assert figures.ratings == agreement.total()
        assert (figures.importance_distribution or (0,) * 9) == tuple(importance[one] for one in range(1, 10))
        assert figures.recused == sum(numbers == ASIDE for numbers, _ in given_)
        assert figures.electorate == 50 - figures.recused
        assert figures.turnout == len(ballot)
        assert tuple(figures.by_constituency) == GROUPS
        for group, part in figures.by_constituency.items():
            own = [numbers[0] for numbers, whose in given_ if whose == group and numbers and numbers[0]]
            assert part == {"ratings": len(own), "median": median(own) if own else None}


@given(ballots, st.sampled_from(POSITIONS), st.sampled_from(GROUPS))
def test_who_stands_aside_on_an_item_changes_nothing_about_it_but_the_electorate(
    ballot: list[tuple[Answers, str]], position: int, group: str
) -> None:
    """Neither figures nor class learn that there was one more paper."""
    before = counted(ballot)[position - 1]
    after = counted([*ballot, ({position: ASIDE}, group)])[position - 1]
    assert after == replace(
        before,
        electorate=before.electorate - 1,
        recused=before.recused + 1,
        turnout=before.turnout + 1,
    )


@given(some_ratings, st.integers(2, 5))
def test_as_many_again_of_every_rating_leave_median_and_shares(ratings: list[int], times: int) -> None:
    """What is said of shares does not hang on how many said it."""
    before, after = of(ratings), of(ratings * times)
    assert (after.median, after.high_share, after.low_share, after.agreed) == (
        before.median,
        before.high_share,
        before.low_share,
        before.agreed,
    )


@given(some_ratings, st.data())
def test_one_rating_raised_lowers_nothing(ratings: list[int], data: st.DataObject) -> None:
    """Nobody harms a recommendation by agreeing more with it."""
    which = data.draw(st.integers(0, len(ratings) - 1))
    raised = [*ratings]
    raised[which] = data.draw(st.integers(ratings[which], 9))
    before, after = assess(distribution(ratings)), assess(distribution(raised))
    for name in ("median", "p30", "p70", "q1", "q3", "high"):
        assert getattr(after, name) >= getattr(before, name)
    assert after.low <= before.low


def distribution(ratings: Sequence[int]) -> list[int]:
    """How many of each."""
    return [list(ratings).count(one) for one in range(1, 10)]


@given(st.lists(a_rating, min_size=2, max_size=60))
def test_percentiles_are_those_of_the_standard_library(ratings: list[int]) -> None:
    """Its inclusive quantiles, in tenths and quarters, are the same interpolation."""
    figures = of(ratings)
    tenths = quantiles([Fraction(one) for one in ratings], n=10, method="inclusive")
    quarters = quantiles([Fraction(one) for one in ratings], n=4, method="inclusive")
    assert (figures.p30, figures.p70) == (float(tenths[2]), float(tenths[6]))
    assert (figures.q1, figures.median, figures.q3) == tuple(float(one) for one in quarters)


def test_a_percentile_is_interpolated_exactly() -> None:
    """Position 0.3 · 9 = 2.7 lies seven tenths of the way from the third value to the fourth."""
    assert percentile([1, 1, 2, 5, 5, 6, 7, 8, 9, 9], Fraction(3, 10)) == 2 + Fraction(7, 10) * 3
    assert percentile([4], Fraction(7, 10)) == 4
    assert percentile([2, 9], Fraction(1)) == 9


@pytest.mark.parametrize(("values", "share"), [([], Fraction(1, 2)), ([1], Fraction(-1)), ([1], Fraction(2))])
def test_there_is_no_percentile_of_nothing_or_beyond_all(values: list[int], share: Fraction) -> None:
    """A wrong call ends in an error and not in a figure."""
    with pytest.raises(ValueError):
        percentile(values, share)
    with pytest.raises(ValueError, match="nothing to assess"):
        assess([0] * 9)


@pytest.mark.parametrize(
    ("ratings", "middle", "classed"),
    [
        ([3, 3], 3.0, Class.NOT_SUPPORTED),
        ([3, 4], 3.5, Class.UNCERTAIN),
        ([6, 7], 6.5, Class.SUPPORTED),
        ([6, 6], 6.0, Class.UNCERTAIN),
        ([9], 9.0, Class.SUPPORTED),
        ([1], 1.0, Class.NOT_SUPPORTED),
        ([5, 5, 5], 5.0, Class.UNCERTAIN),
    ],
)
def test_a_median_between_two_regions_counts_to_the_higher(
    ratings: list[int], middle: float, classed: Class
) -> None:
    """3.5 is uncertain and 6.5 supported; there is nothing in between to round."""
    assert (of(ratings).median, of(ratings).classed) == (middle, classed)


@given(st.fractions(1, 9))
def test_the_regions_leave_no_gap(middle: Fraction) -> None:
    """Every possible median has one class without disagreement, and is uncertain with it."""
    low, high = 2 * middle < 7, 2 * middle >= 13
    expected = Class.NOT_SUPPORTED if low else Class.SUPPORTED if high else Class.UNCERTAIN
    assert classify(middle, disagreement=False) is expected
    assert classify(middle, disagreement=True) is Class.UNCERTAIN


@given(st.fractions(1, 9), st.fractions(1, 9))
def test_disagreement_is_exact_and_the_same_seen_from_the_other_end(one: Fraction, other: Fraction) -> None:
    """Cross-multiplied by hand; and turning the scale round (x to 10 − x) changes nothing."""
    p30, p70 = min(one, other), max(one, other)
    by_hand = 20 * (p70 - p30) > 47 + 15 * abs(10 - p30 - p70)
    assert disagree(p30, p70) == by_hand
    assert disagree(10 - p70, 10 - p30) == by_hand


def test_a_range_of_exactly_what_is_allowed_is_no_disagreement() -> None:
    """More than, not at least; floats would not tell 2.35 from its neighbours."""
    half = Fraction(235, 200)
    assert allowed_range(5 - half, 5 + half) == Fraction(235, 100)
    assert not disagree(5 - half, 5 + half)
    assert disagree(5 - half, 5 + half + Fraction(1, 10**12))


@pytest.mark.parametrize(
    ("ratings", "disagreement", "classed"),
    [
        ([1, 1, 1, 1, 5, 9, 9, 9, 9], True, Class.UNCERTAIN),
        ([1, 1, 1, 9, 9, 9, 9], True, Class.UNCERTAIN),  # a median of 9, and still uncertain
        ([7, 8, 8, 9, 9], False, Class.SUPPORTED),
        ([1, 1, 2, 2, 3], False, Class.NOT_SUPPORTED),
        ([4, 5, 5, 5, 6], False, Class.UNCERTAIN),
    ],
)
def test_ratings_at_both_ends_are_disagreement(
    ratings: list[int], disagreement: bool, classed: Class
) -> None:
    """With disagreement nothing is supported, nor rejected, whatever the median."""
    figures = of(ratings)
    assert (figures.disagreement, figures.classed) == (disagreement, classed)


@pytest.mark.parametrize(
    ("ratings", "agreed"),
    [
        ([7] * 7 + [4] * 3, True),  # 70 % are enough
        ([7] * 69 + [4] * 31, False),
        ([7] * 17 + [1] * 3, False),  # 15 % are not under 15 %
        ([7] * 86 + [1] * 14, True),
        ([9] * 3, True),
        ([6] * 10, False),
    ],
)
def test_consensus_is_at_least_70_in_7_to_9_and_under_15_in_1_to_3(ratings: list[int], agreed: bool) -> None:
    """Both limits exactly, in whole numbers."""
    assert of(ratings).agreed is agreed


@given(some_ratings)
def test_consensus_is_always_support(ratings: list[int]) -> None:
    """The two rules never contradict each other, so "supported by consensus" can be said."""
    figures = of(ratings)
    assert not figures.agreed or figures.classed is Class.SUPPORTED


def test_an_item_nobody_rated_has_no_class_and_no_figures() -> None:
    """None, not zero and not uncertain: it was never rated."""
    (figures,) = rating.tally([(1, "CAP-01")], [], rules(), 10, ["UN"])
    assert (figures.ratings, figures.median, figures.classed, figures.high_share) == (0, None, None, None)
    assert (figures.disagreement, figures.agreed, figures.turnout, figures.outcome) == (False, False, 0, None)
    assert figures.by_constituency == {"UN": {"ratings": 0, "median": None}}
    assert rating.score(figures) is None


def test_importance_alone_is_an_answer_and_no_rating() -> None:
    """It is counted where it belongs, and gives no class."""
    figures = counted([({1: (0, 7)}, "UN"), ({1: (0, 4)}, "UN")])[0]
    assert (figures.ratings, figures.classed, figures.importance_median) == (0, None, 5.5)
    assert figures.importance_distribution == (0, 0, 0, 1, 0, 0, 1, 0, 0)
    assert of([5]).importance_median is None
    assert of([5]).importance_distribution is None


def test_the_quorum_is_held_against_papers_and_the_electorate_without_those_who_stood_aside() -> None:
    """Of six entitled two stand aside: half of the other four are two, half of all are three."""
    ballot: list[tuple[Answers, str]] = [({1: ASIDE, 2: (5, 0)}, "UN"), ({1: ASIDE, 3: (5, 0)}, "EU")]
    first, second, _ = counted(ballot, "50%", 6)
    assert (first.electorate, first.turnout, first.outcome) == (4, 2, None)
    assert (second.electorate, second.turnout, second.outcome) == (6, 2, Outcome.NO_QUORUM)
    assert second.median == 5  # figures are given all the same


@given(ballots, quorums)
def test_a_rating_is_never_carried_and_moves_nothing(ballot: list[tuple[Answers, str]], quorum: str) -> None:
    """Its only outcome is the missed quorum."""
    as_declared: Method[RatingFigures] = rating
    for figures in counted(ballot, quorum):
        assert figures.outcome in {None, Outcome.NO_QUORUM}
        assert as_declared.consequence(figures) is None


def test_stability_is_taken_over_by_position() -> None:
    """It comes from two rounds' papers, which a tally of one never sees."""
    steady = Stability(5, 0.8, None)
    figures = rating.tally(ITEMS, [], rules(), 9, GROUPS, Beside(stability={2: steady}))
    assert [one.stability for one in figures] == [None, steady, None]


@pytest.mark.parametrize(
    "paper",
    [
        '{"4":[5,0]}',  # no such item
        '{"0":[5,0]}',
        '{"1":[10,0]}',
        '{"1":[-1,0]}',
        '{"1":[0,0]}',
        '{"1":[5]}',
        '{"1":[5,0,0]}',
        '{"1":[5,3]}',  # importance that was not asked
        '{"1":[4.5,0]}',
        '{"1":["5",0]}',
        '{"1":[true,0]}',
        '{"1": [5,0]}',  # not spelled as papers are
        "[]",
        "",
        "for",
        '{"one":[5,0]}',
    ],
)
def test_a_paper_that_cannot_be_is_not_quietly_dropped(paper: str) -> None:
    """A recount that lost votes without a word would be worse than none."""
    with pytest.raises(ValueError):
        rating.tally(ITEMS, [(0, paper, "UN")], rules(), 10, GROUPS)


def test_a_vote_on_a_single_item_is_refused() -> None:
    """Whole papers stand under position 0."""
    with pytest.raises(ValueError, match="whole papers"):
        rating.tally(ITEMS, [(1, spell({1: (5, 0)}), "UN")], rules(), 10, GROUPS)


def test_a_paper_whose_only_item_was_taken_off_the_ballot_still_counts_as_submitted() -> None:
    """It could not be submitted like this, but its voter took part."""
    assert [one.turnout for one in counted([({}, "UN")])] == [1, 1, 1]


@given(papers)
def test_what_may_be_submitted_can_be_counted(paper: Answers) -> None:
    """One rule at the door and at the count."""
    rating.check(paper, POSITIONS, rules(importance=True))
    assert all(one.turnout == 1 for one in counted([(paper, "UN")]))


@pytest.mark.parametrize(
    "numbers",
    [(0, 0), (10, 0), (-1, 0), (4.5, 0), ("", 0), ("7", 0), (True, 0), (5,), (5, 0, 0), (5, 10), (None, 5)],
)
def test_a_rating_off_the_scale_cannot_be_submitted(numbers: Any) -> None:
    """0, 10, 4.5 and nothing are no ratings, and the sentence says what is one."""
    with pytest.raises(Invalid, match="from 1 to 9"):
        rating.check({1: numbers}, POSITIONS, rules(importance=True))


def test_a_paper_must_say_something_about_what_is_on_the_ballot() -> None:
    """Nothing at all, another ballot's item and importance unasked are refused; standing aside is enough."""
    with pytest.raises(Invalid, match="Nothing is rated yet"):
        rating.check({}, POSITIONS, rules())
    with pytest.raises(Invalid, match="not on the paper"):
        rating.check({4: (5, 0)}, POSITIONS, rules())
    with pytest.raises(Invalid, match="does not ask"):
        rating.check({1: (5, 5)}, POSITIONS, rules())
    rating.check({1: ASIDE}, POSITIONS, rules())


@pytest.mark.parametrize(
    ("taps", "paper"),
    [
        (["a7"], {1: (7, 0)}),
        (["a7", "a2"], {1: (2, 0)}),
        (["i3"], {1: (0, 3)}),
        (["a7", "i3"], {1: (7, 3)}),
        (["i3", "a7", "i0"], {1: (7, 0)}),
        (["a7", "i3", "a0"], {1: (0, 3)}),
        (["a7", "a0"], {}),
        (["a0"], {}),
        (["a7", "i3", "clear"], {}),
        (["a7", "aside"], {1: ASIDE}),
        (["aside", "back"], {}),
        (["aside", "a7"], {1: (7, 0)}),
        (["aside", "a0"], {1: ASIDE}),
    ],
)
def test_a_paper_is_filled_in_one_tap_at_a_time(taps: list[str], paper: Answers) -> None:
    """Each number can be given, changed and taken back by itself."""
    answers: Answers = {}
    for said in taps:
        answers = rating.changed(answers, 1, said, POSITIONS, rules(importance=True))
    assert answers == paper


def test_a_tap_leaves_the_other_items_and_the_old_paper_alone() -> None:
    """What was handed in is not changed under its owner's hands."""
    before = {2: (4, 0), 3: ASIDE}
    assert rating.changed(before, 1, "a9", POSITIONS, rules()) == {1: (9, 0), 2: (4, 0), 3: ASIDE}
    assert rating.changed(before, 2, "a0", POSITIONS, rules()) == {3: ASIDE}
    assert before == {2: (4, 0), 3: ASIDE}


@pytest.mark.parametrize("said", ["", "a", "a10", "a4.5", "a-1", "a٣", "7", "A7", "b7", "for", "a7\n", " a7"])
def test_what_is_no_rating_is_refused_with_the_scale(said: str) -> None:
    """Old screens and hand-made clicks get a sentence, not a failure."""
    with pytest.raises(Invalid, match="from 1 to 9"):
        rating.changed({}, 1, said, POSITIONS, rules(importance=True))


def test_importance_unasked_and_items_unknown_are_refused() -> None:
    """The sentence names which of the two it is."""
    with pytest.raises(Invalid, match="does not ask"):
        rating.changed({}, 1, "i5", POSITIONS, rules())
    for said in ("a5", "aside", "clear"):
        with pytest.raises(Invalid, match="not on the paper"):
            rating.changed({}, 4, said, POSITIONS, rules())


@pytest.mark.parametrize(
    ("paper", "importance", "done"),
    [
        ({}, False, False),
        ({1: (5, 0)}, False, True),
        ({1: (5, 0)}, True, False),
        ({1: (0, 5)}, True, False),
        ({1: (5, 5)}, True, True),
        ({1: ASIDE}, True, True),
    ],
)
def test_an_item_is_done_when_all_that_is_asked_is_given(
    paper: Answers, importance: bool, done: bool
) -> None:
    """Progress on the screen counts these."""
    assert rating.answered(paper, 1, rules(importance=importance)) is done


def test_the_published_record_names_items_by_reference() -> None:
    """Only what was given is in it."""
    references = dict(ITEMS)
    assert rating.published(spell({1: (8, 6), 2: (3, 0), 3: ASIDE}), references) == {
        "ratings": {"CAP-01": 8, "CAP-02": 3},
        "importance": {"CAP-01": 6},
        "aside": ["CAP-10"],
    }
    assert rating.published(spell({1: (0, 6)}), references) == {"ratings": {}, "importance": {"CAP-01": 6}}
    assert rating.published(spell({2: (5, 0)}), references) == {"ratings": {"CAP-02": 5}}


@given(ballots, quorums, st.none() | st.builds(Stability, st.integers(3, 9), st.just(0.75), st.just(1 / 3)))
def test_figures_survive_json_to_the_last_digit(
    ballot: list[tuple[Answers, str]], quorum: str, steady: Stability | None
) -> None:
    """A snapshot read back is the snapshot, and hashes to the same bytes."""
    for figures in (replace(one, stability=steady) for one in counted(ballot, quorum)):
        text = canonical(figures.to_json())
        assert rating.from_json(text) == figures
        assert RatingFigures.from_json(json.loads(text)) == figures
        assert canonical(rating.from_json(text).to_json()) == text


def test_no_figure_is_called_as_one_of_support() -> None:
    """Exports would take it for that."""
    assert not {"consensus", "contested", "wilson", "for", "against", "abstain"} & set(of([5]).to_json())


def spoilt(**fields: Any) -> dict[str, Any]:
    """Figures as JSON with some of them replaced."""
    return {**of([5, 7, 9]).to_json(), **fields}


@pytest.mark.parametrize(
    "document",
    [
        "{}",
        "[]",
        "null",
        "3",
        '"x"',
        "{",
        '{"outcome": "no_quorum"}',
        spoilt(ratings="3"),
        spoilt(ratings=None),
        spoilt(median="7"),
        spoilt(median=float("nan")),
        spoilt(median=float("inf")),
        spoilt(classed="excellent"),
        spoilt(outcome="maybe"),
        spoilt(distribution=[1] * 8),
        spoilt(distribution=[1] * 8 + [0.5]),
        spoilt(disagreement=None),
        spoilt(by_constituency={"UN": 3}),
        spoilt(by_constituency={"UN": {"ratings": 3}}),
        spoilt(by_constituency={"UN": {"ratings": 3, "median": 5.0, "mean": 5.0}}),
        spoilt(stability={"voters": 3}),
        spoilt(stability={"voters": 3, "unchanged": 1.0, "kappa": None, "p": 0.05}),
        spoilt(surprise=1),
        spoilt(reference={1, 2}),
    ],
)
def test_what_is_not_figures_is_refused_as_such(document: str | Mapping[str, Any]) -> None:
    """A damaged store ends in one kind of error."""
    with pytest.raises(ValueError):
        rating.from_json(document)


def figures_for(reference: str, **fields: Any) -> RatingFigures:
    """Figures made up for ordering only."""
    made_up = of([5])
    return replace(
        made_up,
        reference=reference,
        **{"classed": Class.SUPPORTED, "median": 7.0, "high_share": 0.6} | fields,
    )


def test_the_order_is_quorum_class_median_share_importance_reference() -> None:
    """Each criterion settles only what the one before left open."""
    best_first = [
        figures_for("CAP-20", median=8.0, high_share=0.5),
        figures_for("CAP-19", median=7.0, high_share=0.9),
        figures_for("CAP-18", importance_median=9.0),
        figures_for("CAP-17", importance_median=1.0),
        figures_for("CAP-99"),
        figures_for("CAP-100"),
        figures_for("CAP-16", classed=Class.UNCERTAIN, median=9.0),
        figures_for("CAP-15", classed=Class.UNCERTAIN, median=5.0),
        figures_for("CAP-14", classed=Class.NOT_SUPPORTED, median=3.0),
        figures_for("CAP-13", classed=None, median=None, high_share=None, importance_median=8.0),
        figures_for("CAP-12", classed=None, median=None, high_share=None),
        figures_for("CAP-11", outcome=Outcome.NO_QUORUM, median=9.0, high_share=1.0),
        figures_for("CAP-10", outcome=Outcome.NO_QUORUM, classed=Class.UNCERTAIN),
    ]
    ranked = in_order(rating, reversed(best_first))
    assert [one.figures.reference for one in ranked] == [one.reference for one in best_first]
    assert [one.rank for one in ranked] == list(range(1, len(best_first) + 1))
    assert rating.score(best_first[0]) == 8.0


TITLES = {"CAP-01": "Share {airlift}"}


@pytest.mark.parametrize(
    ("figures", "sentence", "verdict"),
    [
        (
            of([8] * 17),
            "supported by consensus, with a median of 8 from 17 ratings.",
            "Supported by consensus: median 8 from 17 ratings.",
        ),
        (
            of([6, 7]),
            "supported, with a median of 6.5 from 2 ratings.",
            "Supported: median 6.5 from 2 ratings.",
        ),
        (of([5]), "uncertain, with a median of 5 from 1 rating.", "Uncertain: median 5 from 1 rating."),
        (
            of([1, 1, 1, 9, 9, 9]),
            "uncertain, with disagreement and a median of 5 from 6 ratings.",
            "Uncertain, with disagreement: median 5 from 6 ratings.",
        ),
        (
            of([1, 2, 3]),
            "not supported, with a median of 2 from 3 ratings.",
            "Not supported: median 2 from 3 ratings.",
        ),
        (of([]), "nobody rated it.", "Not rated."),
        (
            of([8], "1/3"),
            "no result for want of a quorum, with 1 paper submitted where 34 were needed.",
            "No quorum: median 8 from 1 rating.",
        ),
        (
            of([], "5"),
            "no result for want of a quorum, with 0 papers submitted where 5 were needed.",
            "No quorum: no ratings.",
        ),
    ],
)
def test_the_result_can_be_read_out(figures: RatingFigures, sentence: str, verdict: str) -> None:
    """One whole sentence for each case, and braces in a title stay what they are."""
    quorum = "1/3" if figures.turnout else "5"
    (said,) = rating.sentences([figures], TITLES, {}, rules(quorum))
    assert str(said) == f"CAP-01, “Share {{airlift}}”: {sentence}"
    assert str(rating.verdict(figures)) == verdict


def test_totals_name_importance_where_it_was_given_and_no_outcome() -> None:
    """An open straw poll shows these."""
    figures = counted([({1: (8, 6)}, "UN"), ({1: (7, 0)}, "UN")])[0]
    assert str(rating.totals(figures)) == "median 7.5 from 2 ratings, importance 6"
    assert str(rating.totals(of([7, 8]))) == "median 7.5 from 2 ratings"
    assert str(rating.totals(of([]))) == "no ratings"


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        ([], "last round: nobody rated it"),
        ([5, 5, 7, 8, 8], "last round: median 7, half of the ratings between 5 and 8"),
        ([5, 6, 7, 8], "last round: median 6.5, half of the ratings between 5.75 and 7.25"),
        ([2, 7, 7, 7, 9], "last round: median 7, half of the ratings at 7"),
    ],
)
def test_the_next_round_is_told_median_and_spread(ratings: list[int], said: str) -> None:
    """So that voters can think again, and need no figure they cannot read."""
    assert str(rating.spread(of(ratings))) == said


def test_stability_is_said_in_voters_and_kappa() -> None:
    """Kappa is left out where it is not defined, the whole where nothing is known."""
    figures = of([7] * 12)
    assert rating.steadiness(figures) is None
    shown = replace(figures, stability=Stability(12, 10 / 12, 0.6149))
    assert str(rating.steadiness(shown)) == (
        "10 of 12 voters who rated it in both rounds stayed in the same third of the scale; "
        "weighted kappa 0.61"
    )
    shown = replace(figures, stability=Stability(3, 1.0, None))
    assert str(rating.steadiness(shown)) == (
        "3 of 3 voters who rated it in both rounds stayed in the same third of the scale"
    )


def test_every_class_has_its_word() -> None:
    """Cards and pictures say them."""
    assert {one: str(words) for one, words in CLASS_WORDS.items()} == {
        Class.SUPPORTED: "supported",
        Class.UNCERTAIN: "uncertain",
        Class.NOT_SUPPORTED: "not supported",
    }


def test_the_method_is_found_and_is_on_paper() -> None:
    """Nothing else has to be told about it."""
    assert METHODS["rating"] is rating
    as_declared: Method[RatingFigures] = rating
    assert method("rating") is as_declared
    assert isinstance(rating, PaperMethod)
    assert paper_method("rating") is rating
    assert (rating.place, rating.decides, rating.on_paper, rating.relative) == (2, False, True, False)


def test_ten_thousand_papers_come_out_as_a_count_by_hand_says() -> None:
    """A whole conference on fifty recommendations, against an independent count."""
    chance = random.Random(2014)
    items = [(position, f"CAP-{position:02d}") for position in range(1, 51)]
    stored: list[Vote] = [
        (
            0,
            spell(
                {
                    position: (chance.randint(1, 9), chance.randint(0, 9))
                    for position, _ in items
                    if (voter + position) % 7
                }
            ),
            GROUPS[voter % 3],
        )
        for voter in range(10_000)
    ]
    figures = rating.tally(items, stored, rules(importance=True), 10_000, GROUPS)
    by_hand: dict[int, list[int]] = {position: [] for position, _ in items}
    for _, text, _ in stored:
        for position, numbers in read(text).items():
            by_hand[position].append(numbers[0])
    for (position, _), one in zip(items, figures, strict=True):
        assert spelled_out(one.distribution) == sorted(by_hand[position])
        assert one.median == median(by_hand[position])
        assert one.turnout == 10_000
