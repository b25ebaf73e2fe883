"""`silence`: adopted unless somebody objects; what an objection means for a package, and how it is said."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.canonical import canonical
from seminar.lifecycle import Act
from seminar.methods import METHODS, silence
from seminar.methods.base import NOTHING_BESIDE, Beside, Method, PaperMethod, in_order
from seminar.methods.silence import BREAK, SilenceFigures
from seminar.model import BallotRules, Outcome, Quorum, Reasons, Secrecy, Threshold
from seminar.paper import WHOLE

RULES = BallotRules(
    "silence",
    Threshold(Fraction(1, 2), strict=True),
    Quorum(),
    Secrecy.OPEN,
    Reasons.NONE,
    receipts=False,
)
ITEMS = [(2, "CAP-02"), (1, "CAP-01")]
GROUPS = {"UN": "United Nations", "EU": "EU institutions"}
TITLES = {"CAP-01": "Plan together", "CAP-02": "Train together"}


def tally(*groups: str | None, notified: int | None = 9, items: Any = ITEMS) -> tuple[SilenceFigures, ...]:
    """The figures after objections raised for these groups."""
    votes = [(WHOLE, BREAK, group) for group in groups]
    return silence.tally(items, votes, RULES, 12, (), Beside(notified=notified))


def test_it_is_a_method_that_decides_item_by_item() -> None:
    """Third in every list, after support and rating."""
    assert isinstance(silence, Method)
    assert not isinstance(silence, PaperMethod)
    assert (silence.decides, silence.on_paper, silence.relative) == (True, False, False)
    assert list(METHODS)[:3] == ["support", "rating", "silence"]


def test_what_nobody_objects_to_is_carried() -> None:
    """All of a package, in the order of its places."""
    one, two = tally()
    assert (one.reference, two.reference) == ("CAP-01", "CAP-02")
    for figures in (one, two):
        assert (figures.outcome, figures.turnout, figures.electorate) == (Outcome.CARRIED, 0, 12)
        assert (figures.notified, figures.by_constituency) == (9, {})
        assert silence.consequence(figures) is Act.CARRY


def test_one_objection_breaks_the_whole_package() -> None:
    """For whom it was raised is shown under each part of it."""
    for figures in tally("EU"):
        assert (figures.outcome, figures.turnout) == (Outcome.NOT_CARRIED, 1)
        assert figures.by_constituency == {"EU": {"objections": 1}}
        assert silence.consequence(figures) is Act.BREAK_SILENCE


def test_objections_are_counted_by_constituency() -> None:
    """Those whose constituency may not be told are together."""
    one, _ = tally("UN", None, "EU", "UN", None)
    assert one.turnout == 5
    assert list(one.by_constituency.items()) == [
        ("EU", {"objections": 1}),
        ("UN", {"objections": 2}),
        ("all", {"objections": 2}),
    ]


@given(groups=st.lists(st.sampled_from(["UN", "EU", None]), max_size=6), data=st.data())
def test_the_order_of_objections_and_items_changes_nothing(
    groups: list[str | None], data: st.DataObject
) -> None:
    """Nor do groups in which nobody objected."""
    votes = [(WHOLE, BREAK, group) for group in data.draw(st.permutations(groups))]
    items = data.draw(st.permutations(ITEMS))
    again = silence.tally(
        items, votes, RULES, 12, data.draw(st.permutations(["UN", "XX"])), Beside(notified=9)
    )
    assert again == tally(*groups)


@pytest.mark.parametrize(
    "vote",
    [(1, BREAK, "UN"), (WHOLE, "for", "UN"), (WHOLE, "", None), (WHOLE, "{}", None), (-1, BREAK, None)],
)
def test_anything_else_than_an_objection_cannot_be_counted(vote: tuple[int, str, str | None]) -> None:
    """Nobody votes on a silence, and nobody objects to a part of it."""
    with pytest.raises(ValueError, match="only objections"):
        silence.tally(ITEMS, [vote], RULES, 12, ())


def test_without_anything_beside_it_nobody_knows_how_many_were_notified() -> None:
    """A recount of an entry that does not say so."""
    (figures,) = silence.tally([(1, "CAP-01")], [], RULES, 12, (), NOTHING_BESIDE)
    assert figures.notified is None
    assert Beside.from_json(Beside(notified=0).to_json()).notified == 0


@given(
    groups=st.lists(st.sampled_from(["UN", "EU", None]), max_size=4),
    notified=st.one_of(st.none(), st.integers(0, 10**6)),
)
def test_figures_come_back_from_json_as_they_were(groups: list[str | None], notified: int | None) -> None:
    """As an object and as its text."""
    for figures in tally(*groups, notified=notified):
        document = figures.to_json()
        assert silence.from_json(document) == figures
        assert silence.from_json(canonical(document)) == figures
        assert silence.from_json(json.dumps(document)) == figures


@pytest.mark.parametrize(
    "document",
    [
        "",
        "[]",
        "{}",
        "null",
        "4",
        {"reference": "CAP-01"},
        {**tally()[0].to_json(), "outcome": "adopted"},
        {**tally()[0].to_json(), "by_constituency": []},
        {**tally()[0].to_json(), "by_constituency": {"UN": {}}},
        {**tally()[0].to_json(), "by_constituency": {"UN": 3}},
    ],
)
def test_other_documents_are_no_figures_of_a_silence(document: Any) -> None:
    """Whatever they are."""
    with pytest.raises(ValueError):
        silence.from_json(document)


def test_the_kept_come_before_the_broken_and_then_by_reference() -> None:
    """There is no number by which one silence would be better than another."""
    kept, broken = tally(), tally("UN")
    items = [(1, "CAP-10"), (2, "CAP-09")]
    more = tally("EU", "EU", items=items)
    ordered = [one.figures for one in in_order(silence, (*broken, *more, *kept))]
    assert [(one.outcome, one.reference) for one in ordered] == [
        (Outcome.CARRIED, "CAP-01"),
        (Outcome.CARRIED, "CAP-02"),
        (Outcome.NOT_CARRIED, "CAP-01"),
        (Outcome.NOT_CARRIED, "CAP-02"),
        (Outcome.NOT_CARRIED, "CAP-09"),
        (Outcome.NOT_CARRIED, "CAP-10"),
    ]
    assert {silence.score(one) for one in ordered} == {None}


def test_the_outcome_is_said_in_plain_words() -> None:
    """With the constituency where it may be told, and without where not."""
    kept, broken, anonymous = tally()[0], tally("EU", "UN", "EU")[0], tally(None)[0]
    sentences = [str(one) for one in silence.sentences((kept, broken, anonymous), TITLES, GROUPS, RULES)]
    assert sentences == [
        "CAP-01, “Plan together”: adopted by silence, since nobody objected.",
        "CAP-01, “Plan together”: the silence was broken by EU institutions and United Nations; "
        "it goes back to the discussion.",
        "CAP-01, “Plan together”: the silence was broken; it goes back to the discussion.",
    ]
    assert str(silence.verdict(kept)) == "Adopted by silence: nobody objected."
    assert str(silence.verdict(broken)) == "Silence broken by 3 objections."
    assert str(silence.verdict(anonymous)) == "Silence broken by 1 objection."
    assert [str(silence.totals(one)) for one in (kept, anonymous, broken)] == [
        "0 objections",
        "1 objection",
        "3 objections",
    ]


def test_a_constituency_that_is_declared_no_more_is_named_by_its_code() -> None:
    """Rather than by nothing."""
    (sentence, _) = silence.sentences(tally("XX"), TITLES, GROUPS, RULES)
    assert "broken by XX;" in str(sentence)


def test_the_record_shows_an_objection_as_it_is() -> None:
    """There is no paper to take apart."""
    assert silence.published(BREAK, {1: "CAP-01"}) == "break"
