"""The `shortlist` method and the rule behind it: who is represented, and by how much arithmetic."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain, combinations
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.amounts import parse_quorum, parse_threshold
from seminar.canonical import canonical
from seminar.equal_shares import Elected, Rule, elect
from seminar.errors import Invalid
from seminar.methods import METHODS, paper_method, shortlist
from seminar.methods.base import Method, PaperMethod, Vote, in_order
from seminar.methods.shortlist import ShortlistFigures
from seminar.model import BallotRules, Outcome, Reasons, Secrecy
from seminar.paper import ASIDE, WHOLE, Answers, read, spell

GROUPS = ("EU", "MS", "UN")
# By reference, their order is 4, 1, 2, 3, 5.
ITEMS = ((1, "CAP-02"), (2, "CAP-10"), (3, "TRN-01"), (4, "CAP-01"), (5, "TRN-02"))
POSITIONS = frozenset(position for position, _ in ITEMS)
CANDIDATES = range(5)

approval_sets = st.frozensets(st.sampled_from(CANDIDATES), max_size=5)
voter_lists = st.lists(approval_sets, max_size=9)
seat_numbers = st.integers(1, 6)


def rules(seats: int | None = 2, quorum: str = "0") -> BallotRules:
    """Rules of a ballot with seats to fill."""
    return BallotRules(
        "shortlist",
        parse_threshold(">1/2"),
        parse_quorum(quorum),
        Secrecy.SECRET,
        Reasons.NONE,
        True,
        seats=seats,
    )


def paper_of(approved: Iterable[int], aside: Iterable[int] = ()) -> str:
    """A paper that approves these items and stands aside on those."""
    answers: dict[int, tuple[int, ...]] = {**dict.fromkeys(approved, (1,)), **dict.fromkeys(aside, ASIDE)}
    return spell(answers)


positions = st.sampled_from(sorted(POSITIONS))
papers = st.builds(paper_of, st.sets(positions), st.sets(positions, max_size=2))
vote_lists = st.lists(st.tuples(st.just(WHOLE), papers, st.sampled_from(GROUPS)), max_size=25)
quorums = st.sampled_from(["0", "1", "5", "1/3", "50%", "100%"])


def vote(approved: Iterable[int], group: str | None = "UN", aside: Iterable[int] = ()) -> Vote:
    """A paper as the store hands it over."""
    return (WHOLE, paper_of(approved, aside), group)


def tally(
    votes: Iterable[Vote], seats: int = 2, quorum: str = "0", electorate: int = 40
) -> dict[str, ShortlistFigures]:
    """The figures by reference."""
    figures = shortlist.tally(ITEMS, votes, rules(seats, quorum), electorate, GROUPS)
    return {one.reference: one for one in figures}


def elected_among(voters: Sequence[frozenset[int]], seats: int) -> list[int]:
    """Whom the rule elects, in the order of election, equals by number."""
    return [one.candidate for one in elect(Counter(voters), seats, CANDIDATES)]


def by_the_book(voters: Sequence[frozenset[int]], seats: int, order: Sequence[int]) -> list[Elected]:
    """Equal Shares and sequential Phragmén once more, voter by voter, as the papers define them."""
    taking_part = [approved for approved in voters if approved]
    money = [Fraction(seats, len(taking_part)) for _ in taking_part]
    elected: list[Elected] = []
    while len(elected) < seats:
        best: tuple[Fraction, int] | None = None
        for candidate in order:
            if candidate in [one.candidate for one in elected]:
                continue
            payers = sorted(money[v] for v, approved in enumerate(taking_part) if candidate in approved)
            if sum(payers) < 1:
                continue
            rate = next(
                rate
                for able in range(len(payers), 0, -1)
                if (rate := (Fraction(1) - sum(payers[:-able])) / able) <= payers[-able]
            )
            assert sum(min(held, rate) for held in payers) == 1
            if best is None or rate < best[0]:
                best = (rate, candidate)
        if best is None:
            break
        for v, approved in enumerate(taking_part):
            if best[1] in approved:
                money[v] -= min(money[v], best[0])
        elected.append(Elected(best[1], Rule.EQUAL_SHARES))
    loads = [-held for held in money]
    while len(elected) < seats:
        heaviest: dict[int, Fraction] = {}
        for candidate in order:
            backing = [loads[v] for v, approved in enumerate(taking_part) if candidate in approved]
            if backing and candidate not in [one.candidate for one in elected]:
                heaviest[candidate] = (1 + sum(backing)) / Fraction(len(backing))
        if not heaviest:
            break
        least = min(heaviest, key=lambda candidate: heaviest[candidate])  # the first of equals
        for v, approved in enumerate(taking_part):
            if least in approved:
                loads[v] = heaviest[least]
        elected.append(Elected(least, Rule.PHRAGMEN))
    return elected


@given(voter_lists, seat_numbers, st.permutations(list(CANDIDATES)))
def test_the_rule_is_the_one_of_the_book(voters: list[frozenset[int]], seats: int, order: list[int]) -> None:
    """Grouping voters, whole units and lazy prices change nothing: same choices, order and phases."""
    assert list(elect(Counter(voters), seats, order)) == by_the_book(voters, seats, order)


@pytest.mark.parametrize("seed", range(20))
def test_the_rule_is_the_one_of_the_book_for_a_larger_room_too(seed: int) -> None:
    """Sixty voters, twelve candidates, and prices with long fractions."""
    chance = random.Random(seed)
    voters = [
        frozenset(c for c in range(12) if chance.random() < chance.choice((0.1, 0.3, 0.6))) for _ in range(60)
    ]
    for seats in (1, 5, 11, 12):
        assert list(elect(Counter(voters), seats, range(12))) == by_the_book(voters, seats, range(12))


A, B, C, D, E, F, G = range(7)


@pytest.mark.parametrize(
    ("profile", "seats", "expected"),
    [
        (
            {"AB": 3, "AC": 3, "AD": 2, "BCF": 1, "E": 1, "F": 1, "G": 1},
            4,
            [(A, Rule.EQUAL_SHARES), (B, Rule.PHRAGMEN), (C, Rule.PHRAGMEN), (D, Rule.PHRAGMEN)],
        ),
        (
            {"CD": 3, "AB": 2, "AC": 2, "BD": 1},
            3,
            [(C, Rule.EQUAL_SHARES), (A, Rule.EQUAL_SHARES), (D, Rule.PHRAGMEN)],
        ),
    ],
)
def test_published_examples_come_out_as_published(
    profile: dict[str, int], seats: int, expected: list[tuple[int, Rule]]
) -> None:
    """Lackner and Skowron, "Multi-Winner Voting with Approval Preferences" (2023), examples 2.11 and 2.12.

    The phases are worked out by hand: in the first, 8 voters pay 1/8 each for A, after which the four
    supporters of B have 3·5/24 + 1/3 = 23/24 left, those of C the same, and no seat can be bought.
    """
    approvals = {frozenset("ABCDEFG".index(c) for c in names): number for names, number in profile.items()}
    assert [(one.candidate, one.by) for one in elect(approvals, seats, range(7))] == expected


@given(voter_lists, seat_numbers)
def test_every_cohesive_group_has_a_seat_some_of_it_approve(voters: list[frozenset[int]], seats: int) -> None:
    """Justified representation: n/k voters with a common candidate never go without one."""
    taking_part = [approved for approved in voters if approved]
    elected = set(elected_among(voters, seats))
    for candidate in CANDIDATES:
        unheard = sum(candidate in approved and not approved & elected for approved in taking_part)
        assert unheard == 0 or unheard * seats < len(taking_part)


@given(voter_lists, seat_numbers)
def test_a_group_with_more_in_common_has_a_member_with_as_many_seats(
    voters: list[frozenset[int]], seats: int
) -> None:
    """Extended justified representation, over every set of candidates a group could have in common.

    Of l·n/k voters who jointly approve l candidates, one approves at least l of the elected (Peters
    and Skowron 2020, theorem on Rule X; the completion takes nobody's seat away).
    """
    taking_part = [approved for approved in voters if approved]
    elected = set(elected_among(voters, seats))
    for size in range(1, len(CANDIDATES) + 1):
        for common in map(set, combinations(CANDIDATES, size)):
            short = sum(common <= approved and len(approved & elected) < size for approved in taking_part)
            assert short == 0 or short * seats < size * len(taking_part)


@given(voter_lists, seat_numbers)
def test_as_many_are_elected_as_there_are_seats_and_approved_candidates(
    voters: list[frozenset[int]], seats: int
) -> None:
    """Nobody twice, nobody whom no voter approves; first those of Equal Shares, then the completion."""
    elected = elect(Counter(voters), seats, CANDIDATES)
    approved = frozenset(chain.from_iterable(voters))
    assert len(elected) == min(seats, len(approved))
    assert {one.candidate for one in elected} <= approved
    assert len({one.candidate for one in elected}) == len(elected)
    phases = [one.by for one in elected]
    assert phases == sorted(phases, key=[Rule.EQUAL_SHARES, Rule.PHRAGMEN].index)


@given(voter_lists)
def test_a_single_seat_goes_to_the_most_approved(voters: list[frozenset[int]]) -> None:
    """With one seat the rule is approval voting, and so nobody harms a candidate by approving it."""
    approvals = Counter(chain.from_iterable(voters))
    expected = sorted(approvals, key=lambda candidate: (-approvals[candidate], candidate))[:1]
    assert elected_among(voters, 1) == expected


@given(st.lists(st.integers(0, 6), min_size=2, max_size=4), st.integers(1, 8))
def test_camps_that_share_no_candidate_have_their_part_of_the_seats(camps: list[int], seats: int) -> None:
    """At least seats·members/n rounded down, where a camp has candidates enough: no camp is swallowed."""
    n = sum(camps)
    slates = [frozenset(range(10 * camp, 10 * camp + seats)) for camp in range(len(camps))]
    approvals = dict(zip(slates, camps, strict=True))
    elected = elect(approvals, seats, [candidate for slate in slates for candidate in sorted(slate)])
    for slate, members in approvals.items():
        won = sum(one.candidate in slate for one in elected)
        assert n == 0 or won >= floor(Fraction(seats * members, n))


@given(voter_lists, seat_numbers, st.integers(2, 5))
def test_what_counts_is_the_share_of_voters_not_their_number(
    voters: list[frozenset[int]], seats: int, times: int
) -> None:
    """Everybody several times over elects the same, in the same order."""
    approvals = Counter(voters)
    many = {approved: number * times for approved, number in approvals.items()}
    assert elect(many, seats, CANDIDATES) == elect(approvals, seats, CANDIDATES)


@given(voter_lists, seat_numbers, st.integers(1, 9))
def test_who_approves_nobody_takes_no_part(voters: list[frozenset[int]], seats: int, empty: int) -> None:
    """Empty approvals leave the others' money as it was."""
    filled = Counter(approved for approved in voters if approved)
    assert elect(filled + Counter({frozenset[int](): empty}), seats, CANDIDATES) == elect(
        filled, seats, CANDIDATES
    )


def test_differences_too_small_for_floating_point_still_decide() -> None:
    """Of n = 2·10^17 + 1 voters with two seats, a camp of 10^17 has (n-1)/n of a price: not enough."""
    camp = 10**17
    assert 2.0 * camp / (2 * camp + 1) == 1.0
    elected = elect({frozenset({0}): camp, frozenset({1}): camp + 1}, 2, CANDIDATES)
    assert elected == (Elected(1, Rule.EQUAL_SHARES), Elected(0, Rule.PHRAGMEN))


def test_what_cannot_be_an_election_is_refused() -> None:
    """No seats, or approvals for what is not up for election."""
    for seats in (0, -1):
        with pytest.raises(ValueError, match="no seat"):
            elect({frozenset({0}): 1}, seats, CANDIDATES)
    with pytest.raises(ValueError, match="no candidate"):
        elect({frozenset({7}): 1}, 1, CANDIDATES)
    assert elect({}, 3, CANDIDATES) == ()
    assert elect({frozenset(): 4}, 3, CANDIDATES) == ()


@given(vote_lists, seat_numbers, quorums, st.randoms(use_true_random=False))
def test_the_order_of_papers_items_and_groups_changes_nothing(
    votes: list[Vote], seats: int, quorum: str, chance: random.Random
) -> None:
    """A tally is a function of the papers, not of how they arrived."""
    shuffled, items, groups = list(votes), list(ITEMS), list(GROUPS)
    for sequence in (shuffled, items, groups):
        chance.shuffle(sequence)
    first = shortlist.tally(ITEMS, votes, rules(seats, quorum), 40, GROUPS)
    again = shortlist.tally(items, shuffled, rules(seats, quorum), 40, groups)
    assert first == again
    assert [canonical(one.to_json()) for one in first] == [canonical(one.to_json()) for one in again]


@given(vote_lists, seat_numbers)
def test_the_figures_are_what_a_count_by_hand_says(votes: list[Vote], seats: int) -> None:
    """Approvals, those aside, groups, seats and whom the list covers, paper by paper."""
    sheets = [(group, read(text)) for _, text, group in votes]
    approved = [frozenset(p for p, given_ in sheet.items() if given_) for _, sheet in sheets]
    chosen = by_the_book(approved, seats, [4, 1, 2, 3, 5])
    seat_of = {one.candidate: seat for seat, one in enumerate(chosen, start=1)}
    for (position, reference), one in zip(
        ITEMS, shortlist.tally(ITEMS, votes, rules(seats), 40, GROUPS), strict=True
    ):
        assert (one.reference, one.turnout) == (reference, len(votes))
        assert one.approvals == sum(position in some for some in approved)
        assert one.recused == sum(sheet.get(position) == ASIDE for _, sheet in sheets)
        assert (one.electorate, one.papers) == (40 - one.recused, len(votes) - one.recused)
        assert tuple(one.by_constituency) == GROUPS
        for group in GROUPS:
            own = [sheet for of, sheet in sheets if of == group and sheet.get(position) != ASIDE]
            assert one.by_constituency[group] == {
                "approvals": sum(position in sheet for sheet in own),
                "papers": len(own),
            }
        assert one.seat == seat_of.get(position)
        if one.seat is None:
            assert (one.elected_by, one.covered) == (None, None)
            continue
        so_far = {each.candidate for each in chosen[: one.seat]}
        assert one.elected_by is chosen[one.seat - 1].by
        assert one.covered == sum(bool(some & so_far) for some in approved)


@given(vote_lists, st.integers(1, 3))
def test_every_cohesive_group_of_papers_is_covered(votes: list[Vote], seats: int) -> None:
    """The promise of the method, held against the published figures."""
    figures = tally(votes, seats).values()
    elected = {one.reference for one in figures if one.seat is not None}
    listed = {position for position, reference in ITEMS if reference in elected}
    approved = [frozenset(p for p, given_ in read(text).items() if given_) for _, text, _ in votes]
    taking_part = [some for some in approved if some]
    for position in POSITIONS:
        unheard = sum(position in some and not some & listed for some in taking_part)
        assert unheard == 0 or unheard * seats < len(taking_part)
    covered = [one.covered for one in sorted(figures, key=shortlist.sort_key) if one.covered is not None]
    assert covered == sorted(covered)


def test_equals_are_taken_in_the_order_of_their_references() -> None:
    """Not by their place on the ballot: CAP-01 stands fourth there."""
    figures = tally([vote({1, 2, 3, 4})], 3)
    assert {reference: one.seat for reference, one in figures.items()} == {
        "CAP-02": 2, "CAP-10": 3, "TRN-01": None, "CAP-01": 1, "TRN-02": None,
    }  # fmt: skip


def test_what_nobody_approves_gets_no_seat() -> None:
    """Nor do more seats than items make a difference: all that somebody approves is elected."""
    figures = tally([vote({1, 2}), vote({3})], 9)
    assert sorted(one.seat for one in figures.values() if one.seat) == [1, 2, 3]
    assert [figures[reference].seat for reference in ("CAP-01", "TRN-02")] == [None, None]


def test_one_item_and_one_paper_make_a_list() -> None:
    """The smallest ballot there can be."""
    (one,) = shortlist.tally([(1, "CAP-01")], [vote({1}, None)], rules(1), 5, ())
    assert (one.seat, one.elected_by, one.approvals, one.covered) == (1, Rule.EQUAL_SHARES, 1, 1)
    assert one.by_constituency == {"all": {"approvals": 1, "papers": 1}}


def test_who_stands_aside_does_not_approve_but_is_a_voter_by_other_approvals() -> None:
    """Three voters share two seats, though one of them stands aside on what the others approve."""
    votes = [vote({1}), vote({1}, "EU"), vote({2}, aside={1})]
    figures = tally(votes)
    aside = figures["CAP-02"]
    assert (aside.electorate, aside.recused, aside.turnout, aside.papers) == (39, 1, 3, 2)
    assert aside.by_constituency == {
        "EU": {"approvals": 1, "papers": 1},
        "MS": {"approvals": 0, "papers": 0},
        "UN": {"approvals": 1, "papers": 1},
    }
    assert (aside.seat, aside.elected_by, aside.covered) == (1, Rule.EQUAL_SHARES, 2)
    # Two thirds of a seat are not enough to buy one: n is 3.
    assert (figures["CAP-10"].seat, figures["CAP-10"].elected_by) == (2, Rule.PHRAGMEN)
    assert figures["CAP-10"].covered == 3


def test_a_paper_that_only_stands_aside_is_submitted_but_buys_nothing() -> None:
    """It is in the turnout, and leaves the others' part of the seats as it was."""
    figures = tally([vote({1}), vote({2}), vote((), aside={3})])
    assert [figures[reference].elected_by for reference in ("CAP-02", "CAP-10")] == [Rule.EQUAL_SHARES] * 2
    assert figures["TRN-01"].turnout == 3
    assert (figures["TRN-01"].papers, figures["TRN-01"].electorate) == (2, 39)


@pytest.mark.parametrize(("quorum", "met"), [("3", True), ("4", False), ("1/3", True), ("2/5", False)])
def test_a_quorum_is_held_against_the_papers_submitted(quorum: str, met: bool) -> None:
    """The figures are given all the same."""
    votes = [vote({1}), vote({1, 2}), vote((), aside={3})]
    figures = tally(votes, quorum=quorum, electorate=8)
    for reference in ("CAP-01", "CAP-02", "CAP-10"):
        assert figures[reference].outcome is (None if met else Outcome.NO_QUORUM)
    assert (figures["CAP-02"].seat, figures["CAP-02"].approvals) == (1, 2)


def test_standing_aside_can_give_one_item_a_quorum_its_neighbour_lacks() -> None:
    """Half of nine is five, half of eight is four; and what lacks it is put last, whatever its seat."""
    votes = [vote({2}, aside={1}), *[vote({2})] * 3]
    figures = tally(votes, quorum="50%", electorate=9)
    assert figures["CAP-02"].outcome is None
    assert (figures["CAP-10"].outcome, figures["CAP-10"].seat) == (Outcome.NO_QUORUM, 1)
    assert in_order(shortlist, figures.values())[0].figures.reference == "CAP-02"


@pytest.mark.parametrize(
    ("answers", "why"),
    [
        ({1: (2,)}, "A recommendation is approved or not; answer yes or no."),
        ({1: (0,)}, "A recommendation is approved or not; answer yes or no."),
        ({1: (-1,)}, "A recommendation is approved or not; answer yes or no."),
        ({1: (1, 1)}, "A recommendation is approved or not; answer yes or no."),
        ({9: (1,)}, "This recommendation is not on the paper; open the paper again to see what is."),
        (
            {1: (1,), 9: ASIDE},
            "This recommendation is not on the paper; open the paper again to see what is.",
        ),
    ],
)
def test_a_paper_against_the_rules_is_neither_submitted_nor_counted(answers: Answers, why: str) -> None:
    """The same rule twice: a sentence for the voter, a failure for the recount."""
    with pytest.raises(Invalid) as refusal:
        shortlist.check(answers, POSITIONS, rules())
    assert str(refusal.value.text) == why
    with pytest.raises(ValueError, match="not a paper of this ballot"):
        tally([vote({1}), (WHOLE, spell(answers), "UN")])


@pytest.mark.parametrize(
    "row",
    [
        (WHOLE, "yes", "UN"),
        (WHOLE, "", None),
        (WHOLE, "recused", "UN"),
        (WHOLE, "[1]", "UN"),
        (WHOLE, '{"1":1}', "UN"),
        (WHOLE, '{"1":[true]}', "UN"),
        (WHOLE, '{"1":[1.0]}', "UN"),
        (WHOLE, '{"2":[1],"1":[1]}', "UN"),
        (WHOLE, '{"-1":[1]}', "UN"),
        (1, '{"1":[1]}', "UN"),
        (1, "for", None),
    ],
)
def test_what_is_no_paper_is_not_quietly_dropped(row: Vote) -> None:
    """A recount that lost votes without a word would be worse than none."""
    with pytest.raises(ValueError):
        tally([row])


def test_an_empty_paper_is_not_submitted() -> None:
    """But one that was emptied by taking its item off the ballot still counts as submitted."""
    with pytest.raises(Invalid, match="Approve at least one"):
        shortlist.check({}, POSITIONS, rules())
    assert tally([vote(()), vote({1})])["CAP-02"].turnout == 2


@pytest.mark.parametrize("answers", [{1: (1,)}, dict.fromkeys(POSITIONS, (1,)), {3: ASIDE}])
def test_any_number_may_be_approved(answers: Answers) -> None:
    """More than there are seats, too; and who stands aside on something has answered."""
    shortlist.check(answers, POSITIONS, rules())


@pytest.mark.parametrize("seats", [None, 0, -2])
def test_a_ballot_without_seats_is_no_shortlist(seats: int | None) -> None:
    """A fault of the program, not of the voter."""
    with pytest.raises(ValueError, match=r"number of seats|no seat"):
        shortlist.tally(ITEMS, [vote({1})], rules(seats), 9, GROUPS)


@pytest.mark.parametrize(
    ("answers", "said", "then"),
    [
        ({}, "yes", {3: (1,)}),
        ({3: (1,)}, "yes", {3: (1,)}),
        ({1: (1,), 3: (1,)}, "no", {1: (1,)}),
        ({1: (1,)}, "no", {1: (1,)}),
        ({1: (1,), 3: (1,)}, "clear", {1: (1,)}),
        ({3: (1,)}, "aside", {3: ASIDE}),
        ({3: ASIDE}, "back", {}),
        ({3: ASIDE}, "yes", {3: (1,)}),
        ({3: ASIDE}, "no", {3: ASIDE}),
    ],
)
def test_a_tap_changes_its_own_item(answers: Answers, said: str, then: Answers) -> None:
    """Approving takes the place of standing aside; not approving does not."""
    assert shortlist.changed(answers, 3, said, POSITIONS, rules()) == then


@pytest.mark.parametrize("said", ["", "Yes", "1", "+1", "approve", "for"])
def test_a_tap_in_other_words_is_refused(said: str) -> None:
    """No answer is guessed at."""
    with pytest.raises(Invalid, match="approved or not"):
        shortlist.changed({}, 3, said, POSITIONS, rules())


@pytest.mark.parametrize("said", ["yes", "no", "aside", "back", "clear"])
def test_a_tap_on_an_item_that_is_not_on_the_ballot_is_refused(said: str) -> None:
    """Whatever it says: the item may have been taken off meanwhile."""
    with pytest.raises(Invalid, match="not on the paper"):
        shortlist.changed({1: (1,)}, 9, said, POSITIONS, rules())


@given(st.lists(st.tuples(positions, st.sampled_from(["yes", "no", "aside", "back", "clear"])), max_size=30))
def test_whatever_is_on_the_paper_may_be_submitted(tapped: list[tuple[int, str]]) -> None:
    """Only the empty paper may not."""
    answers: Answers = {}
    for position, said_ in tapped:
        answers = shortlist.changed(answers, position, said_, POSITIONS, rules())
        assert shortlist.answered(answers, position, rules()) == (position in answers)
        if answers:
            shortlist.check(answers, POSITIONS, rules())
            tally([(WHOLE, spell(answers), None)])


@pytest.mark.parametrize(
    ("choice", "record"),
    [
        (paper_of({4, 1}), {"approve": ["CAP-02", "CAP-01"]}),
        (paper_of({2}, {3, 1}), {"approve": ["CAP-10"], "aside": ["CAP-02", "TRN-01"]}),
        (paper_of((), {3}), {"approve": [], "aside": ["TRN-01"]}),
        (paper_of(()), {"approve": []}),
    ],
)
def test_the_published_record_names_references(choice: str, record: Mapping[str, object]) -> None:
    """One shape always; aside only where somebody stands aside."""
    assert shortlist.published(choice, dict(ITEMS)) == record


def figures_for(
    reference: str,
    seat: int | None = None,
    approvals: int = 5,
    outcome: Outcome | None = None,
    by: Rule = Rule.EQUAL_SHARES,
) -> ShortlistFigures:
    """Figures made up for ordering and wording only."""
    parts = {"UN": {"approvals": approvals, "papers": 20}}
    elected_by, covered = (None, None) if seat is None else (by, 17)
    return ShortlistFigures(reference, 40, 20, outcome, 0, seat, elected_by, approvals, covered, parts)


def test_the_order_is_quorum_seat_approvals_reference() -> None:
    """Each criterion settles only what the one before left open."""
    best_first = [
        figures_for("CAP-09", seat=1, approvals=3),
        figures_for("CAP-08", seat=2, approvals=9),
        figures_for("CAP-07", approvals=8),
        figures_for("CAP-99"),
        figures_for("CAP-100"),
        figures_for("CAP-06", approvals=0),
        figures_for("CAP-05", seat=3, outcome=Outcome.NO_QUORUM),
        figures_for("CAP-04", approvals=9, outcome=Outcome.NO_QUORUM),
    ]
    ranked = in_order(shortlist, reversed(best_first))
    assert [one.figures for one in ranked] == best_first
    assert [one.rank for one in ranked] == list(range(1, 9))


@given(vote_lists, seat_numbers, quorums)
def test_figures_survive_json(votes: list[Vote], seats: int, quorum: str) -> None:
    """A snapshot read back is the snapshot, and hashes to the same bytes."""
    for one in tally(votes, seats, quorum).values():
        text = canonical(one.to_json())
        assert ShortlistFigures.from_json(json.loads(text)) == one
        assert shortlist.from_json(text) == one
        assert canonical(shortlist.from_json(text).to_json()) == text


GOOD = figures_for("CAP-01", 1).to_json()


@pytest.mark.parametrize(
    "document",
    [
        "{}", "[]", "null", "3", '"x"', "{", '{"outcome": null}',
        *(canonical({key: value for key, value in GOOD.items() if key != left_out}) for left_out in GOOD),
        canonical({**GOOD, "more": 1}),
        canonical({**GOOD, "seat": "1"}),
        canonical({**GOOD, "seat": True}),
        canonical({**GOOD, "approvals": 0.5}),
        canonical({**GOOD, "elected_by": "coin"}),
        canonical({**GOOD, "outcome": "won"}),
        canonical({**GOOD, "by_constituency": {"UN": {"approvals": 3}}}),
        canonical({**GOOD, "by_constituency": []}),
    ],
)  # fmt: skip
def test_what_is_not_figures_is_refused_as_such(document: str) -> None:
    """A damaged store ends in one kind of error."""
    with pytest.raises(ValueError, match="not the figures of a shortlist ballot"):
        shortlist.from_json(document)


def test_published_names_are_kept() -> None:
    """None of them can be taken for a figure of `support`."""
    assert set(GOOD) == {
        "reference", "electorate", "turnout", "outcome", "recused", "seat", "elected_by", "approvals",
        "covered", "by_constituency",
    }  # fmt: skip


def said(votes: list[Vote], seats: int = 2, quorum: str = "0") -> list[str]:
    """The English sentences on all items."""
    titles = {reference: f"Title {{{reference}}}" for _, reference in ITEMS}
    figures = shortlist.tally(ITEMS, votes, rules(seats, quorum), 12, GROUPS)
    words = {"UN": "United Nations", "EU": "EU institutions"}
    return [str(one) for one in shortlist.sentences(figures, titles, words, rules(seats, quorum))]


def test_the_outcome_can_be_read_out() -> None:
    """Who is represented by which choice, and by which rule the seat was given."""
    votes = [*[vote({1})] * 3, *[vote({1, 2}, "EU")] * 2, vote({2}, "EU", aside={3}), vote({5}, "others")]
    assert said(votes) == [
        "CAP-02, “Title {CAP-02}”: seat 1 by the Method of Equal Shares, approved by 5 of 7 "
        "(EU institutions 2 of 3, United Nations 3 of 3 and other constituencies 0 of 1); "
        "so far 5 of 7 have at least one of their choices on the list.",
        "CAP-10, “Title {CAP-10}”: seat 2 by sequential Phragmén, which completes the list, approved by "
        "3 of 7 (EU institutions 3 of 3, United Nations 0 of 3 and other constituencies 0 of 1); "
        "so far 6 of 7 have at least one of their choices on the list.",
        "TRN-01, “Title {TRN-01}”: no seat, approved by 0 of 6 "
        "(EU institutions 0 of 2, United Nations 0 of 3 and other constituencies 0 of 1).",
        "CAP-01, “Title {CAP-01}”: no seat, approved by 0 of 7 "
        "(EU institutions 0 of 3, United Nations 0 of 3 and other constituencies 0 of 1).",
        "TRN-02, “Title {TRN-02}”: no seat, approved by 1 of 7 "
        "(EU institutions 0 of 3, United Nations 0 of 3 and other constituencies 1 of 1).",
    ]
    assert said([vote({1}, None)])[0] == (
        "CAP-02, “Title {CAP-02}”: seat 1 by the Method of Equal Shares, approved by 1 of 1; "
        "so far 1 of 1 have at least one of their choices on the list."
    )
    assert said([vote({1})], quorum="50%")[0] == (
        "CAP-02, “Title {CAP-02}”: approved by 1 of 1 (United Nations 1 of 1); "
        "no quorum, with 1 paper submitted where 6 were needed."
    )
    assert said([])[0] == "CAP-02, “Title {CAP-02}”: no seat, since nobody submitted a paper."


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        (figures_for("CAP-01", 1), "Seat 1 by the Method of Equal Shares: approved by 5 of 20."),
        (
            figures_for("CAP-01", 2, by=Rule.PHRAGMEN),
            "Seat 2 by sequential Phragmén, which completes the list: approved by 5 of 20.",
        ),
        (figures_for("CAP-01"), "No seat: approved by 5 of 20."),
        (figures_for("CAP-01", 1, outcome=Outcome.NO_QUORUM), "No quorum: approved by 5 of 20."),
    ],
)
def test_the_verdict_names_the_rule_that_gave_the_seat(figures: ShortlistFigures, verdict: str) -> None:
    """The totals, without an outcome, do not."""
    assert str(shortlist.verdict(figures)) == verdict
    assert str(shortlist.totals(figures)) == "approved by 5 of 20"


def test_the_seat_stands_for_it_in_exports_and_nothing_follows() -> None:
    """Null without one; a short list orders and decides nothing."""
    assert [shortlist.score(figures_for("CAP-01", seat)) for seat in (3, None)] == [3.0, None]
    assert shortlist.consequence(figures_for("CAP-01", 1)) is None


def test_it_is_found_as_a_method_on_paper() -> None:
    """It stands under “more”, and two of its ballots cannot be ranked together."""
    as_declared: Method[ShortlistFigures] = shortlist
    on_paper: PaperMethod = shortlist
    assert METHODS["shortlist"] is as_declared is paper_method("shortlist") is on_paper
    assert (shortlist.place, shortlist.relative, shortlist.decides) == (13, True, False)


def test_ten_thousand_papers_come_out_as_a_count_by_hand_says() -> None:
    """A whole conference on fifty recommendations, against an independent count of figures."""
    chance = random.Random(2014)
    items = [(position, f"CAP-{position:02d}") for position in range(1, 51)]
    sheets = [frozenset(chance.sample(range(1, 51), chance.randint(1, 12))) for _ in range(10_000)]
    votes = [vote(sheet, GROUPS[number % 3]) for number, sheet in enumerate(sheets)]
    figures = shortlist.tally(items, votes, rules(10), 12_000, GROUPS)
    by_hand = Counter(chain.from_iterable(sheets))
    assert [one.approvals for one in figures] == [by_hand[position] for position, _ in items]
    listed = {position for (position, _), one in zip(items, figures, strict=True) if one.seat}
    assert len(listed) == 10
    assert max(one.covered or 0 for one in figures) == sum(bool(sheet & listed) for sheet in sheets)
