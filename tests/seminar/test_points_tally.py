"""The `points` method: what may be given, while a paper is filled in and when it is counted."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.amounts import parse_quorum, parse_threshold
from seminar.canonical import canonical
from seminar.errors import Invalid
from seminar.methods import METHODS, paper_method, points
from seminar.methods.base import Method, PaperMethod, Vote, in_order
from seminar.methods.points import PointsFigures
from seminar.model import BallotRules, Outcome, Reasons, Secrecy
from seminar.paper import ASIDE, WHOLE, Answers, read, spell

GROUPS = ("EU", "MS", "UN")
ITEMS = ((1, "CAP-02"), (2, "CAP-10"), (3, "TRN-01"), (4, "CAP-01"))
POSITIONS = frozenset(position for position, _ in ITEMS)
BUDGET, CAP = 6, 4


def rules(budget: int | None = BUDGET, most: int | None = CAP, quorum: str = "0") -> BallotRules:
    """Rules of a ballot with points to spread."""
    return BallotRules(
        "points",
        parse_threshold(">1/2"),
        parse_quorum(quorum),
        Secrecy.SECRET,
        Reasons.NONE,
        True,
        points=budget,
        most=most,
    )


def paper_of(dots: Iterable[int], aside: Iterable[int]) -> str:
    """A paper with a point for each time its item is named, as far as the cap lets it."""
    answers: dict[int, tuple[int, ...]] = {
        position: (min(number, CAP),) for position, number in Counter(dots).items()
    }
    return spell({**answers, **dict.fromkeys(aside, ASIDE)})


positions = st.sampled_from(sorted(POSITIONS))
papers = st.builds(paper_of, st.lists(positions, max_size=BUDGET), st.sets(positions, max_size=2))
vote_lists = st.lists(st.tuples(st.just(WHOLE), papers, st.sampled_from(GROUPS)), max_size=30)
quorums = st.sampled_from(["0", "1", "5", "1/3", "50%", "100%"])
taps = st.tuples(
    positions,
    st.sampled_from(["+1", "+1", "-1", "0", "2", "3", "4", "5", "6", "7", "aside", "back", "clear"]),
)


def vote(answers: Answers, group: str | None = "UN") -> Vote:
    """A paper as the store hands it over."""
    return (WHOLE, spell(answers), group)


def tally(votes: Iterable[Vote], quorum: str = "0", electorate: int = 40) -> dict[str, PointsFigures]:
    """The figures by reference."""
    figures = points.tally(ITEMS, votes, rules(quorum=quorum), electorate, GROUPS)
    return {one.reference: one for one in figures}


@given(vote_lists, quorums, st.randoms(use_true_random=False))
def test_the_order_of_papers_items_and_groups_changes_nothing(
    votes: list[Vote], quorum: str, chance: random.Random
) -> None:
    """A tally is a function of the papers, not of how they arrived."""
    shuffled, items, groups = list(votes), list(ITEMS), list(GROUPS)
    for sequence in (shuffled, items, groups):
        chance.shuffle(sequence)
    first = points.tally(ITEMS, votes, rules(quorum=quorum), 40, GROUPS)
    again = points.tally(items, shuffled, rules(quorum=quorum), 40, groups)
    assert first == again
    assert [canonical(one.to_json()) for one in first] == [canonical(one.to_json()) for one in again]


@given(vote_lists)
def test_no_more_points_come_out_than_there_were_to_give(votes: list[Vote]) -> None:
    """Neither in all, nor on one item by the cap; and the groups add up to the totals."""
    figures = tally(votes).values()
    assert sum(one.points for one in figures) <= BUDGET * len(votes)
    for one in figures:
        assert one.points <= CAP * one.supporters
        assert one.supporters <= one.points
        assert one.supporters + one.recused <= one.turnout == len(votes)
        assert tuple(one.by_constituency) == GROUPS
        for name, total in (("points", one.points), ("supporters", one.supporters)):
            assert sum(part[name] for part in one.by_constituency.values()) == total


@given(vote_lists)
def test_every_paper_is_counted_once_for_what_it_gives(votes: list[Vote]) -> None:
    """The same as adding up by hand, paper by paper."""
    for (position, reference), one in zip(
        ITEMS, points.tally(ITEMS, votes, rules(), 40, GROUPS), strict=True
    ):
        given_ = [(group, read(text).get(position, (0,))) for _, text, group in votes]
        assert one.reference == reference
        assert one.points == sum(sum(numbers) for _, numbers in given_)
        assert one.supporters == sum(any(numbers) for _, numbers in given_)
        assert one.recused == sum(numbers == ASIDE for _, numbers in given_)
        assert one.electorate == 40 - one.recused
        for group in GROUPS:
            assert one.by_constituency[group] == {
                "points": sum(sum(numbers) for g, numbers in given_ if g == group),
                "supporters": sum(any(numbers) for g, numbers in given_ if g == group),
            }


@given(st.lists(taps, max_size=40))
def test_no_sequence_of_taps_overspends_or_breaks_the_cap(tapped: list[tuple[int, str]]) -> None:
    """What is refused changes nothing, and whatever is on the paper after any tap may be submitted."""
    answers: Answers = {}
    for position, said in tapped:
        before = dict(answers)
        with suppress(Invalid):
            answers = points.changed(answers, position, said, POSITIONS, rules())
        assert {**before, position: 0} == {**dict(answers), position: 0}  # the other items stay
        numbers = [given_[0] for given_ in answers.values() if given_ != ASIDE]
        assert all(1 <= number <= CAP for number in numbers)
        assert points.left(answers, rules()) == BUDGET - sum(numbers) >= 0
        if answers:
            points.check(answers, POSITIONS, rules())
            tally([vote(answers)])
        else:
            with pytest.raises(Invalid):
                points.check(answers, POSITIONS, rules())


@given(vote_lists, st.integers(0, 29), positions)
def test_a_point_more_never_lowers_a_place(votes: list[Vote], which: int, position: int) -> None:
    """Nobody harms a recommendation by giving it a point."""
    if not votes:
        return
    which %= len(votes)
    answers = read(votes[which][1])
    try:
        more = points.changed(answers, position, "+1", POSITIONS, rules())
    except Invalid:
        return
    after = [*votes[:which], vote(more, votes[which][2]), *votes[which + 1 :]]
    reference = dict(ITEMS)[position]
    assert place_of(reference, after) <= place_of(reference, votes)


def place_of(reference: str, votes: list[Vote]) -> int:
    """The rank of a recommendation after these papers."""
    ranked = in_order(points, tally(votes).values())
    return next(one.rank for one in ranked if one.figures.reference == reference)


def test_the_order_is_quorum_total_supporters_reference() -> None:
    """Each criterion settles only what the one before left open."""
    best_first = [
        figures_for("CAP-09", total=9, supporters=3),
        figures_for("CAP-08", total=8, supporters=5),
        figures_for("CAP-07", total=8, supporters=4),
        figures_for("CAP-99", total=8, supporters=3),
        figures_for("CAP-100", total=8, supporters=3),
        figures_for("CAP-06", total=0, supporters=0),
        figures_for("CAP-05", total=50, supporters=20, outcome=Outcome.NO_QUORUM),
    ]
    ranked = in_order(points, reversed(best_first))
    assert [one.figures for one in ranked] == best_first
    assert [one.rank for one in ranked] == [1, 2, 3, 4, 5, 6, 7]


def figures_for(reference: str, total: int, supporters: int, outcome: Outcome | None = None) -> PointsFigures:
    """Figures made up for ordering and wording only."""
    part = {"points": total, "supporters": supporters}
    return PointsFigures(reference, 40, 20, outcome, 0, total, supporters, {"UN": part})


def test_who_stands_aside_counts_in_nothing_of_that_item_but_the_papers() -> None:
    """The electorate of the item is one smaller; the neighbour's stays."""
    figures = tally([vote({1: ASIDE, 2: (2,)}), vote({1: (3,)}, "EU"), vote({1: ASIDE})])
    aside, neighbour = figures["CAP-02"], figures["CAP-10"]
    assert (aside.electorate, aside.recused, aside.turnout) == (38, 2, 3)
    assert (aside.points, aside.supporters) == (3, 1)
    assert aside.by_constituency["UN"] == {"points": 0, "supporters": 0}
    assert (neighbour.electorate, neighbour.recused, neighbour.points) == (40, 0, 2)


@pytest.mark.parametrize(("quorum", "met"), [("3", True), ("4", False), ("1/3", True), ("2/5", False)])
def test_a_quorum_is_held_against_the_papers_submitted(quorum: str, met: bool) -> None:
    """Whatever they gave to this item; the figures are given all the same."""
    votes = [vote({1: (1,)}), vote({1: (1,)}), vote({2: (1,)})]
    for one in tally(votes, quorum, electorate=9).values():
        assert one.outcome is (None if met else Outcome.NO_QUORUM)
    assert tally(votes, quorum, electorate=9)["CAP-02"].points == 2


def test_standing_aside_can_give_one_item_a_quorum_its_neighbour_lacks() -> None:
    """Half of nine is five, half of eight is four; and what lacks it is put last, whatever its points."""
    votes = [vote({1: ASIDE, 2: (4,)}), *[vote({1: (1,), 2: (4,)})] * 3]
    figures = tally(votes, "50%", electorate=9)
    assert figures["CAP-02"].outcome is None
    assert figures["CAP-10"].outcome is Outcome.NO_QUORUM
    assert in_order(points, figures.values())[0].figures.reference == "CAP-02"


def test_without_constituencies_everybody_is_one_group() -> None:
    """And groups nobody told the tally of are not lost."""
    (one,) = points.tally([(1, "CAP-01")], [vote({1: (2,)}, None)], rules(), 5, ())
    assert one.by_constituency == {"all": {"points": 2, "supporters": 1}}


def test_a_ballot_on_which_nobody_submits_has_nothing_but_zeros() -> None:
    """No paper is no failure."""
    for one in tally([]).values():
        assert (one.points, one.supporters, one.turnout, points.score(one)) == (0, 0, 0, 0.0)
        assert set(one.by_constituency) == set(GROUPS)


BAD_PAPERS: list[tuple[Answers, str]] = [
    ({1: (-1,)}, "Each recommendation is given one whole number of points, 0 or more."),
    ({1: (1, 2)}, "Each recommendation is given one whole number of points, 0 or more."),
    ({1: (5,)}, "At most 4 points may go to one recommendation; give fewer."),
    (
        {1: (4,), 2: (3,)},
        "The paper gives 7 points, but there are only 6 to spread; take some back.",
    ),
    ({1: (4,), 2: (3,), 3: (-1,)}, "Each recommendation is given one whole number of points, 0 or more."),
    ({9: (1,)}, "This recommendation is not on the paper; open the paper again to see what is."),
    ({9: ASIDE}, "This recommendation is not on the paper; open the paper again to see what is."),
]


@pytest.mark.parametrize(("answers", "why"), BAD_PAPERS)
def test_a_paper_against_the_rules_is_neither_submitted_nor_counted(answers: Answers, why: str) -> None:
    """The same rule twice: a sentence for the voter, a failure for the recount."""
    with pytest.raises(Invalid) as refusal:
        points.check(answers, POSITIONS, rules())
    assert str(refusal.value.text) == why
    with pytest.raises(ValueError, match="not a paper of this ballot"):
        tally([vote({1: (1,)}), vote(answers)])


@pytest.mark.parametrize(
    "row",
    [
        (WHOLE, "3", "UN"),
        (WHOLE, "", None),
        (WHOLE, "recused", "UN"),
        (WHOLE, '{"1":3}', "UN"),
        (WHOLE, '{"1":[1.0]}', "UN"),
        (WHOLE, '{"1":[true]}', "UN"),
        (WHOLE, '{ "1":[1]}', "UN"),
        (WHOLE, '{"0":[1]}', "UN"),
        (1, '{"1":[1]}', "UN"),
        (9, "for", "UN"),
    ],
)
def test_what_is_no_paper_is_not_quietly_dropped(row: Vote) -> None:
    """A recount that lost votes without a word would be worse than none."""
    with pytest.raises(ValueError):
        tally([row])


@pytest.mark.parametrize("answers", [{}, {1: (0,)}])
def test_a_paper_that_gives_nothing_is_not_submitted(answers: Answers) -> None:
    """But one that was emptied by taking its item off the ballot still counts as submitted."""
    with pytest.raises(Invalid, match="at least one point"):
        points.check(answers, POSITIONS, rules())
    figures = tally([vote(answers), vote({1: (2,)})])["CAP-02"]
    assert (figures.turnout, figures.points, figures.supporters) == (2, 2, 1)


@pytest.mark.parametrize("answers", [{1: (1,)}, {1: (4,), 2: (2,)}, {3: ASIDE}, {1: (0,), 2: ASIDE}])
def test_points_may_be_left_unspent(answers: Answers) -> None:
    """And who stands aside on something has answered."""
    points.check(answers, POSITIONS, rules())


@pytest.mark.parametrize(
    ("answers", "said", "why"),
    [
        ({1: (4,), 2: (2,)}, "+1", "No points are left; take some back from another recommendation first."),
        (
            {1: (3,), 2: (2,)},
            "2",
            "Only 1 point is left; give fewer here, or take some back from another recommendation.",
        ),
        (
            {1: (4,)},
            "3",
            "Only 2 points are left; give fewer here, or take some back from another recommendation.",
        ),
        ({3: (4,)}, "+1", "At most 4 points may go to one recommendation; give fewer."),
        ({}, "5", "At most 4 points may go to one recommendation; give fewer."),
        ({}, "-2", "Points cannot be negative; give 0 or more."),
        ({3: (2,)}, "-2", "Points cannot be negative; give 0 or more."),
        *(
            ({}, said, "Points are given as a whole number, such as 3.")
            for said in ("", "+2", "1.5", "three", "²", "٣", "9" * 30, "1e3", "--1", "yes")
        ),
    ],
)
def test_a_tap_that_is_not_possible_says_why(answers: Answers, said: str, why: str) -> None:
    """How many points are left, or what the cap is: the voter need not count."""
    with pytest.raises(Invalid) as refusal:
        points.changed(answers, 3, said, POSITIONS, rules())
    assert str(refusal.value.text) == why


def test_a_cap_of_one_is_said_in_the_singular() -> None:
    """One dot for each recommendation is a usual rule."""
    with pytest.raises(Invalid, match="At most 1 point may"):
        points.changed({1: (1,)}, 1, "+1", POSITIONS, rules(3, 1))
    with pytest.raises(Invalid, match="there is only 1 to spread"):
        points.check({1: (1,), 2: (1,)}, POSITIONS, rules(1, None))


def test_without_a_cap_everything_may_go_to_one() -> None:
    """The default of the cap is the budget."""
    assert points.changed({}, 1, "6", POSITIONS, rules(6, None)) == {1: (6,)}
    with pytest.raises(Invalid, match="At most 6 points"):
        points.changed({}, 1, "7", POSITIONS, rules(6, None))


@pytest.mark.parametrize(
    ("answers", "said", "then"),
    [
        ({}, "+1", {3: (1,)}),
        ({3: (1,)}, "+1", {3: (2,)}),
        ({3: (2,)}, "-1", {3: (1,)}),
        ({3: (1,)}, "-1", {}),
        ({}, "-1", {}),
        ({3: (4,)}, " 2 ", {3: (2,)}),
        ({1: (4,), 3: (2,)}, "2", {1: (4,), 3: (2,)}),
        ({3: (4,)}, "0", {}),
        ({3: (4,)}, "clear", {}),
        ({1: (1,), 3: (4,)}, "aside", {1: (1,), 3: ASIDE}),
        ({3: ASIDE}, "back", {}),
        ({3: ASIDE}, "+1", {3: (1,)}),
        ({3: ASIDE}, "-1", {3: ASIDE}),
        ({3: ASIDE}, "0", {3: ASIDE}),
    ],
)
def test_a_tap_changes_its_own_item(answers: Answers, said: str, then: Answers) -> None:
    """Nothing is left of zeros, and points take the place of standing aside; no points do not."""
    assert points.changed(answers, 3, said, POSITIONS, rules()) == then


def test_a_tap_on_an_item_that_is_not_on_the_ballot_is_refused() -> None:
    """Whatever it says: the item may have been taken off meanwhile."""
    for said in ("+1", "3", "aside", "back", "clear"):
        with pytest.raises(Invalid, match="not on the paper"):
            points.changed({}, 9, said, POSITIONS, rules())


def test_an_overspent_paper_can_be_mended() -> None:
    """Taking away is never refused, however the paper came to hold too much."""
    answers = points.changed({1: (9,), 2: (3,)}, 1, "-1", POSITIONS, rules())
    assert answers == {1: (8,), 2: (3,)}
    assert points.changed(answers, 1, "3", POSITIONS, rules()) == {1: (3,), 2: (3,)}


def test_an_item_is_answered_when_nothing_is_left_to_do_on_it() -> None:
    """With points, or without them once they are spent, or aside."""
    answers: Answers = {1: (4,), 2: ASIDE}
    assert [points.answered(answers, position, rules()) for position in (1, 2, 3)] == [True, True, False]
    assert points.answered({1: (4,), 2: (2,)}, 3, rules())


def test_a_ballot_without_a_budget_is_no_points_ballot() -> None:
    """A fault of the program, not of the voter."""
    with pytest.raises(ValueError, match="without a number of points"):
        points.tally(ITEMS, [vote({1: (1,)})], rules(None, None), 9, GROUPS)


@pytest.mark.parametrize(
    ("answers", "record"),
    [
        ({1: (3,), 4: (1,)}, {"points": {"CAP-02": 3, "CAP-01": 1}}),
        ({1: (3,), 2: (0,)}, {"points": {"CAP-02": 3}}),
        ({3: ASIDE, 1: ASIDE}, {"points": {}, "aside": ["CAP-02", "TRN-01"]}),
        ({}, {"points": {}}),
    ],
)
def test_the_published_record_names_references(answers: Answers, record: Mapping[str, object]) -> None:
    """One shape always; aside only where somebody stands aside."""
    assert points.published(spell(answers), dict(ITEMS)) == record


@given(vote_lists, quorums)
def test_figures_survive_json(votes: list[Vote], quorum: str) -> None:
    """A snapshot read back is the snapshot, and hashes to the same bytes."""
    for one in tally(votes, quorum).values():
        text = canonical(one.to_json())
        assert PointsFigures.from_json(json.loads(text)) == one
        assert points.from_json(text) == one
        assert canonical(points.from_json(text).to_json()) == text


GOOD = figures_for("CAP-01", 3, 1).to_json()


@pytest.mark.parametrize(
    "document",
    [
        "{}", "[]", "null", "3", '"x"', "{", '{"outcome": null}',
        *(canonical({key: value for key, value in GOOD.items() if key != left_out}) for left_out in GOOD),
        canonical({**GOOD, "more": 1}),
        canonical({**GOOD, "points": "3"}),
        canonical({**GOOD, "points": True}),
        canonical({**GOOD, "points": 3.5}),
        canonical({**GOOD, "outcome": "won"}),
        canonical({**GOOD, "by_constituency": {"UN": {"points": 3}}}),
        canonical({**GOOD, "by_constituency": {"UN": 3}}),
        canonical({**GOOD, "by_constituency": []}),
    ],
)  # fmt: skip
def test_what_is_not_figures_is_refused_as_such(document: str) -> None:
    """A damaged store ends in one kind of error."""
    with pytest.raises(ValueError, match="not the figures of a points ballot"):
        points.from_json(document)


def test_published_names_are_kept() -> None:
    """None of them can be taken for a figure of `support`."""
    assert set(GOOD) == {
        "reference", "electorate", "turnout", "outcome", "recused", "points", "supporters", "by_constituency",
    }  # fmt: skip


def said(votes: list[Vote], quorum: str = "0") -> list[str]:
    """The English sentences on all items."""
    titles = {reference: f"Title of {reference} {{x}}" for _, reference in ITEMS}
    figures = points.tally(ITEMS, votes, rules(quorum=quorum), 12, GROUPS)
    return [
        str(one) for one in points.sentences(figures, titles, {"UN": "United Nations"}, rules(quorum=quorum))
    ]


def test_the_outcome_can_be_read_out() -> None:
    """Points and supporters, in all and by constituency; braces in a title stay what they are."""
    votes = [vote({1: (3,), 2: (1,)}), vote({1: (2,)}), vote({1: (4,)}, "others"), vote({4: (1,)}, "EU")]
    assert said(votes) == [
        "CAP-02, “Title of CAP-02 {x}”: 9 points from 3 supporters "
        "(United Nations 5 from 2 and other constituencies 4 from 1).",
        "CAP-10, “Title of CAP-10 {x}”: 1 point from 1 supporter (United Nations 1 from 1).",
        "TRN-01, “Title of TRN-01 {x}”: 0 points from 0 supporters.",
        "CAP-01, “Title of CAP-01 {x}”: 1 point from 1 supporter (EU 1 from 1).",
    ]
    assert said([vote({1: (2,)}, None)])[0] == ("CAP-02, “Title of CAP-02 {x}”: 2 points from 1 supporter.")
    assert said(votes, "50%")[1] == (
        "CAP-10, “Title of CAP-10 {x}”: 1 point from 1 supporter (United Nations 1 from 1); "
        "no quorum, with 4 papers submitted where 6 were needed."
    )
    assert said([])[0] == "CAP-02, “Title of CAP-02 {x}”: no points, since nobody submitted a paper."


def test_verdict_and_totals_are_plain_figures() -> None:
    """The verdict alone speaks of the quorum."""
    reached, missed = figures_for("CAP-01", 3, 1), figures_for("CAP-01", 1, 1, Outcome.NO_QUORUM)
    assert str(points.verdict(reached)) == "3 points from 1 supporter."
    assert str(points.totals(reached)) == "3 points from 1 supporter"
    assert str(points.verdict(missed)) == "No quorum: 1 point from 1 supporter."
    assert str(points.totals(missed)) == "1 point from 1 supporter"


def test_the_total_stands_for_it_in_exports_and_nothing_follows() -> None:
    """Points order; they decide nothing, quorum or not."""
    for outcome in (None, Outcome.NO_QUORUM):
        one = figures_for("CAP-01", 7, 2, outcome)
        assert points.score(one) == 7.0
        assert points.consequence(one) is None


def test_it_is_found_as_a_method_on_paper() -> None:
    """It stands under “more”, and two of its ballots cannot be ranked together."""
    as_declared: Method[PointsFigures] = points
    on_paper: PaperMethod = points
    assert METHODS["points"] is as_declared is paper_method("points") is on_paper
    assert (points.place, points.relative, points.decides) == (12, True, False)


def test_ten_thousand_papers_come_out_as_a_count_by_hand_says() -> None:
    """A whole conference on fifty recommendations, against an independent count."""
    chance = random.Random(2014)
    items = [(position, f"CAP-{position:02d}") for position in range(1, 51)]
    sheets = [
        {position: (chance.randint(1, 4),) for position in chance.sample(range(1, 51), 7)}
        for _ in range(10_000)
    ]
    votes = [vote(sheet, GROUPS[number % 3]) for number, sheet in enumerate(sheets)]
    figures = points.tally(items, votes, rules(28, 4), 12_000, GROUPS)
    by_hand = Counter[int]()
    for sheet in sheets:
        for position, (number,) in sheet.items():
            by_hand[position] += number
    assert [one.points for one in figures] == [by_hand[position] for position, _ in items]
    assert sum(one.supporters for one in figures) == 70_000
