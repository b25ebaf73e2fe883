"""The `support` method: what votes come to, whoever counts them and in whatever order."""

from __future__ import annotations

import json
import random
from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.amounts import parse_quorum, parse_threshold
from seminar.canonical import canonical
from seminar.lifecycle import Act
from seminar.methods import METHODS, method, support
from seminar.methods.base import Method, Vote, in_order
from seminar.methods.support import SupportFigures
from seminar.model import BallotRules, Choice, Counts, Outcome, Reasons, Secrecy

GROUPS = ("EU", "MS", "TT", "UN")
ITEMS = ((1, "CAP-01"), (2, "CAP-02"), (3, "CAP-10"))

counts = st.builds(Counts, st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
thresholds = st.sampled_from([">1/2", ">=1/2", ">=2/3", ">2/3", ">=3/4", ">=1/1", ">1/10", ">=1/3"])
quorums = st.sampled_from(["0", "1", "5", "40", "1/3", "50%", "100%"])
vote_lists = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(list(Choice)), st.sampled_from(GROUPS)), max_size=80
)


def rules(threshold: str = ">1/2", quorum: str = "0") -> BallotRules:
    """Rules of a ballot, as a facilitator would write them."""
    return BallotRules(
        "support", parse_threshold(threshold), parse_quorum(quorum), Secrecy.SECRET, Reasons.NONE, True
    )


def rows(position: int, votes: Counts, group: str | None) -> list[Vote]:
    """Single votes that come to these counts."""
    numbers = ((Choice.FOR, votes.for_), (Choice.AGAINST, votes.against), (Choice.ABSTAIN, votes.abstain))
    return [(position, choice, group) for choice, number in numbers for _ in range(number)]


def one(
    by_group: dict[str | None, Counts], threshold: str = ">1/2", quorum: str = "0", electorate: int = 100
) -> SupportFigures:
    """The figures of a ballot with one item."""
    votes = [row for group, part in by_group.items() for row in rows(1, part, group)]
    groups = [group for group in by_group if group is not None]
    (figures,) = support.tally([(1, "CAP-01")], votes, rules(threshold, quorum), electorate, groups)
    return figures


@given(vote_lists, thresholds, quorums, st.randoms(use_true_random=False))
def test_the_order_of_votes_items_and_groups_changes_nothing(
    votes: list[Vote], threshold: str, quorum: str, chance: random.Random
) -> None:
    """A tally is a function of the votes, not of how they arrived."""
    shuffled, items, groups = list(votes), list(ITEMS), list(GROUPS)
    for sequence in (shuffled, items, groups):
        chance.shuffle(sequence)
    first = support.tally(ITEMS, votes, rules(threshold, quorum), 80, GROUPS)
    again = support.tally(items, shuffled, rules(threshold, quorum), 80, groups)
    assert first == again
    assert [canonical(figures.to_json()) for figures in first] == [
        canonical(figures.to_json()) for figures in again
    ]


@given(vote_lists, thresholds, quorums)
def test_every_vote_is_counted_once_and_the_figures_agree_with_each_other(
    votes: list[Vote], threshold: str, quorum: str
) -> None:
    """Totals, groups and turnout tell one story."""
    plain = Counter((position, choice.value) for position, choice, _ in votes)  # type: ignore[attr-defined]
    for (position, reference), figures in zip(
        ITEMS, support.tally(ITEMS, votes, rules(threshold, quorum), 80, GROUPS), strict=True
    ):
        assert figures.reference == reference
        assert (figures.for_, figures.against, figures.abstain) == tuple(
            plain[position, choice] for choice in ("for", "against", "abstain")
        )
        assert figures.turnout == sum(number for (where, _), number in plain.items() if where == position)
        assert sum(figures.by_constituency.values(), start=Counts()) == figures.counts
        assert tuple(figures.by_constituency) == GROUPS


@given(counts, st.integers(1, 50), thresholds, quorums)
def test_abstentions_decide_nothing_except_through_the_quorum(
    votes: Counts, more: int, threshold: str, quorum: str
) -> None:
    """Where the quorum is met anyway, more abstentions leave the outcome as it was."""
    before = support.decide(votes, rules(threshold, quorum), 60)
    after = support.decide(votes + Counts(abstain=more), rules(threshold, quorum), 60)
    assert after is before or before is Outcome.NO_QUORUM


@given(counts, thresholds, quorums)
def test_one_more_vote_for_never_makes_the_outcome_worse(votes: Counts, threshold: str, quorum: str) -> None:
    """Support is monotone: nobody defeats a recommendation by voting for it."""
    better = [Outcome.NO_QUORUM, Outcome.NOT_CARRIED, Outcome.CARRIED]
    before, after = (
        support.decide(some, rules(threshold, quorum), 60) for some in (votes, votes + Counts(for_=1))
    )
    assert better.index(after) >= better.index(before)


@given(st.dictionaries(st.sampled_from(GROUPS), counts, min_size=1), st.sampled_from(GROUPS))
def test_one_more_vote_for_never_lowers_index_wilson_or_place(
    by_group: dict[str | None, Counts], group: str
) -> None:
    """Given that the group voted already, another vote for in it only helps."""
    if not by_group.get(group, Counts()).total:
        by_group[group] = Counts(for_=1)
    before, after = one(by_group), one({**by_group, group: by_group[group] + Counts(for_=1)})
    assert before.consensus is not None
    assert after.consensus is not None
    assert after.consensus > before.consensus
    assert after.wilson >= before.wilson
    assert support.sort_key(after) < support.sort_key(before)


@pytest.mark.parametrize(
    ("for_", "against", "threshold", "outcome"),
    [
        (6, 3, ">=2/3", Outcome.CARRIED),
        (6, 3, ">2/3", Outcome.NOT_CARRIED),
        (66, 34, ">=2/3", Outcome.NOT_CARRIED),
        (67, 33, ">=2/3", Outcome.CARRIED),
        (5, 5, ">1/2", Outcome.NOT_CARRIED),
        (5, 5, ">=50%", Outcome.CARRIED),
        (1, 0, ">=100%", Outcome.CARRIED),
        (0, 0, ">1/2", Outcome.NOT_CARRIED),
        (1, 2, ">=1/3", Outcome.CARRIED),
    ],
)
def test_thresholds_are_exact_fractions(for_: int, against: int, threshold: str, outcome: Outcome) -> None:
    """6 of 9 meets two thirds, and no rounding helps 66 of 100."""
    assert support.decide(Counts(for_, against, 7), rules(threshold), 200) is outcome


@given(counts, st.fractions(0, 1).filter(lambda share: 0 < share < 1 and share.denominator < 9999))
def test_a_threshold_holds_exactly_when_whole_numbers_say_so(votes: Counts, share: Fraction) -> None:
    """Cross-multiplied by hand, without any fraction."""
    text = f"{share.numerator}/{share.denominator}"
    left, right = votes.for_ * share.denominator, share.numerator * votes.decided
    assert support.meets(votes, parse_threshold(f">={text}")) == (votes.decided > 0 and left >= right)
    assert support.meets(votes, parse_threshold(f">{text}")) == (votes.decided > 0 and left > right)


@pytest.mark.parametrize(
    ("quorum", "electorate", "votes", "met"),
    [
        ("1/3", 10, 3, False),
        ("1/3", 10, 4, True),
        ("50%", 9, 4, False),
        ("5", 100, 5, True),
        ("0", 9, 1, True),
    ],
)
def test_a_quorum_counts_the_votes_on_the_item_abstentions_included(
    quorum: str, electorate: int, votes: int, met: bool
) -> None:
    """A share of the electorate is rounded up: a third of ten is four."""
    figures = one({"UN": Counts(1, 0, votes - 1)}, quorum=quorum, electorate=electorate)
    assert (figures.outcome is not Outcome.NO_QUORUM) == met


def test_quorum_is_held_item_by_item() -> None:
    """A full house on one recommendation lends nothing to its neighbour."""
    votes = rows(1, Counts(5, 0, 0), "UN") + rows(2, Counts(2, 0, 0), "UN")
    first, second, third = support.tally(ITEMS, votes, rules(quorum="3"), 10, ["UN"])
    assert (first.outcome, second.outcome, third.outcome) == (
        Outcome.CARRIED,
        Outcome.NO_QUORUM,
        Outcome.NO_QUORUM,
    )


@pytest.mark.parametrize(
    ("think_tanks", "contested"),
    [
        (Counts(1, 2, 0), True),
        (Counts(0, 2, 0), False),
        (Counts(0, 1, 2), True),
        (Counts(2, 2, 0), False),
        (Counts(0, 0, 5), False),
    ],
)
def test_a_group_of_three_with_more_against_than_for_contests_what_is_carried(
    think_tanks: Counts, contested: bool
) -> None:
    """Abstentions make up the three votes, but not the majority."""
    figures = one({"UN": Counts(20, 1, 0), "TT": think_tanks})
    assert figures.outcome is Outcome.CARRIED
    assert (figures.contested, figures.contested_by) == (contested, ("TT",) if contested else ())


@given(st.dictionaries(st.sampled_from(GROUPS), counts), thresholds, quorums)
def test_only_what_is_carried_is_contested(
    by_group: dict[str | None, Counts], threshold: str, quorum: str
) -> None:
    """`contested` is a flag on a carried outcome, and says by whom."""
    figures = one(by_group, threshold, quorum, 120)
    assert figures.contested == bool(figures.contested_by)
    assert not figures.contested or figures.outcome is Outcome.CARRIED
    for group in figures.contested_by:
        part = figures.by_constituency[group]
        assert part.total >= 3
        assert part.against > part.for_


def test_without_constituencies_everybody_is_one_group() -> None:
    """The index of one group is its plain smoothed share."""
    figures = one({None: Counts(3, 1, 2)})
    assert figures.by_constituency == {"all": Counts(3, 1, 2)}
    assert figures.consensus == pytest.approx(5 / 8)


def test_an_item_nobody_voted_on_has_no_index_and_is_not_carried() -> None:
    """None, not zero: it was never asked how far its support reaches."""
    figures = one({"UN": Counts()})
    assert (figures.outcome, figures.consensus, figures.wilson, figures.turnout) == (
        Outcome.NOT_CARRIED,
        None,
        0.0,
        0,
    )


@pytest.mark.parametrize("vote", [(4, "for", "UN"), (0, "for", "UN"), (1, "yes", "UN"), (1, "", None)])
def test_a_vote_that_belongs_nowhere_is_not_quietly_dropped(vote: Vote) -> None:
    """A recount that lost votes without a word would be worse than none."""
    with pytest.raises(ValueError, match="not"):
        support.tally(ITEMS, [vote], rules(), 10, GROUPS)


@given(st.dictionaries(st.sampled_from([*GROUPS, "others"]), counts), thresholds, quorums)
def test_figures_survive_json_to_the_last_digit(
    by_group: dict[str | None, Counts], threshold: str, quorum: str
) -> None:
    """A snapshot read back is the snapshot, and hashes to the same bytes."""
    figures = one(by_group, threshold, quorum)
    text = canonical(figures.to_json())
    assert SupportFigures.from_json(json.loads(text)) == figures
    assert support.from_json(text) == figures
    assert canonical(support.from_json(text).to_json()) == text


def test_published_names_are_the_contract() -> None:
    """Scripts rely on these keys."""
    assert set(one({"UN": Counts(1, 0, 0)}).to_json()) == {
        "reference", "electorate", "turnout", "for", "against", "abstain", "outcome", "contested",
        "contested_by", "consensus", "wilson", "by_constituency",
    }  # fmt: skip


@pytest.mark.parametrize("document", ["{}", "[]", "null", "3", '"x"', "{", '{"outcome": "carried"}'])
def test_what_is_not_figures_is_refused_as_such(document: str) -> None:
    """A damaged store ends in one kind of error."""
    with pytest.raises(ValueError):
        support.from_json(document)


def figures_for(
    reference: str,
    outcome: Outcome = Outcome.CARRIED,
    consensus: float | None = 0.5,
    wilson: float = 0.5,
    for_: int = 10,
) -> SupportFigures:
    """Figures made up for ordering only."""
    return SupportFigures(
        reference, 100, for_, for_, 0, 0, outcome, False, (), consensus, wilson, {"UN": Counts(for_)}
    )


def test_the_order_is_outcome_index_wilson_for_reference() -> None:
    """Each criterion settles only what the one before left open."""
    best_first = [
        figures_for("CAP-09", consensus=0.9),
        figures_for("CAP-08", consensus=0.6, wilson=0.1),
        figures_for("CAP-07", wilson=0.7, for_=1),
        figures_for("CAP-06", for_=12),
        figures_for("CAP-05"),
        figures_for("CAP-10"),
        figures_for("CAP-99", consensus=0.4),
        figures_for("CAP-100", consensus=0.4),
        figures_for("CAP-04", Outcome.NOT_CARRIED, consensus=0.99),
        figures_for("CAP-03", Outcome.NOT_CARRIED, consensus=None),
        figures_for("CAP-02", Outcome.NO_QUORUM, consensus=0.99),
        figures_for("CAP-01", Outcome.NO_QUORUM, consensus=None),
    ]
    ranked = support.order(reversed(best_first))
    assert [one.figures.reference for one in ranked] == [one.reference for one in best_first]


def test_differences_after_the_twelfth_decimal_order_nothing() -> None:
    """Noise of floating point must not decide between two recommendations."""
    noisy = figures_for("CAP-02", consensus=0.5 + 1e-14, wilson=0.5 + 1e-14)
    ranked = support.order([noisy, figures_for("CAP-01")])
    assert [one.figures.reference for one in ranked] == ["CAP-01", "CAP-02"]


@given(vote_lists, thresholds, quorums)
def test_ranks_are_one_to_n_and_stay_when_the_input_is_turned_round(
    votes: list[Vote], threshold: str, quorum: str
) -> None:
    """The reference settles every tie, so no rank is shared or skipped."""
    figures = support.tally(ITEMS, votes, rules(threshold, quorum), 80, GROUPS)
    ranked = support.order(figures)
    assert [one.rank for one in ranked] == [1, 2, 3]
    assert {one.figures.reference for one in ranked} == {reference for _, reference in ITEMS}
    assert support.order(reversed(figures)) == ranked
    assert in_order(support, figures) == ranked


def test_ten_thousand_voters_come_out_as_a_count_by_hand_says() -> None:
    """A whole conference on fifty recommendations, against an independent count."""
    chance = random.Random(2014)
    items = [(position, f"CAP-{position:02d}") for position in range(1, 51)]
    votes: list[Vote] = [
        (position, chance.choice(("for", "for", "against", "abstain")), GROUPS[voter % 4])
        for voter in range(10_000)
        for position, _ in items
        if (voter + position) % 7
    ]
    figures = support.tally(items, votes, rules(">=2/3", "1/3"), 10_000, GROUPS)
    by_hand = Counter((position, choice) for position, choice, _ in votes)
    for (position, _), one_item in zip(items, figures, strict=True):
        for_, against = by_hand[position, "for"], by_hand[position, "against"]
        assert (one_item.for_, one_item.against) == (for_, against)
        assert one_item.abstain == by_hand[position, "abstain"]
        assert (one_item.outcome is Outcome.CARRIED) == (3 * for_ >= 2 * (for_ + against))
    assert [one_item.rank for one_item in support.order(figures)] == list(range(1, 51))


def said(figures: SupportFigures, quorum: str = "0") -> str:
    """The English sentence on one recommendation."""
    (sentence,) = support.sentences(
        [figures],
        {"CAP-01": "Share {airlift}"},
        {"TT": "think tanks", "UN": "United Nations"},
        rules(quorum=quorum),
    )
    return str(sentence)


@pytest.mark.parametrize(
    ("by_group", "quorum", "sentence"),
    [
        ({"UN": Counts(18, 3, 2)}, "0", "carried, with 18 for, 3 against and 2 abstentions."),
        ({"UN": Counts(18, 3, 1)}, "0", "carried, with 18 for, 3 against and 1 abstention."),
        (
            {"UN": Counts(18, 0, 0), "TT": Counts(0, 3, 2)},
            "0",
            "carried, with 18 for, 3 against and 2 abstentions; contested by think tanks.",
        ),
        (
            {"UN": Counts(18, 0, 0), "others": Counts(0, 3, 1)},
            "0",
            "carried, with 18 for, 3 against and 1 abstention; contested by other constituencies.",
        ),
        ({"UN": Counts(3, 3, 0)}, "0", "not carried, with 3 for, 3 against and 0 abstentions."),
        ({"UN": Counts(0, 0, 1)}, "0", "not carried, with 0 for, 0 against and 1 abstention."),
        ({"UN": Counts()}, "0", "not carried, since nobody voted."),
        ({"UN": Counts()}, "5", "no decision for want of a quorum, since nobody voted."),
        (
            {"UN": Counts(4)},
            "1/3",
            "no decision for want of a quorum, with 4 of 100 entitled voting where 34 were needed.",
        ),
    ],
)
def test_the_outcome_can_be_read_out(by_group: dict[str | None, Counts], quorum: str, sentence: str) -> None:
    """One whole sentence for each case, and braces in a title stay what they are."""
    assert said(one(by_group, quorum=quorum), quorum) == f"CAP-01, “Share {{airlift}}”: {sentence}"


def test_what_closing_does_follows_from_the_outcome() -> None:
    """Carried is adopted, not carried is not, and without a quorum it stays open."""
    assert [support.consequence(figures_for("CAP-01", outcome)) for outcome in Outcome] == [
        Act.CARRY,
        Act.FAIL,
        Act.NO_QUORUM,
    ]


def test_every_method_is_found_under_its_own_name() -> None:
    """A file in the package is a method; nothing else has to be told about it."""
    assert METHODS["support"] is support
    as_declared: Method[SupportFigures] = support
    assert method("support") is as_declared
    assert all(isinstance(found, Method) and found.name == name for name, found in METHODS.items())
