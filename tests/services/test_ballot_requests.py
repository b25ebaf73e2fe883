"""The rules that a facilitator asks for: every option of every method, possible and impossible."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from seminar.errors import Invalid, Refused
from seminar.initiative import Initiative, read_initiative
from seminar.methods import METHODS
from seminar.model import BallotRules, Purpose, Reasons, Secrecy, Showing, VoteBy
from services.voting.ballot_requests import POINTS, SEATS, rules_for, with_seats
from services.voting.ballot_views import BallotRequest
from tests.services.polling_station import Station
from tests.small_initiative import INITIATIVE

OWN = {
    "points": {"points": 5, "most": 1},
    "shortlist": {"seats": 2},
    "rating": {"importance": True, "rounds": 2},
}
OPTIONS: dict[str, Any] = {name: value for own in OWN.values() for name, value in own.items()}


def asked(rules: str = "", **request: Any) -> BallotRules:
    """The rules of a request, in an initiative with these lines under [rules]."""
    return rules_for(initiative(rules), BallotRequest(theme="CAP", **request))


def initiative(rules: str = "") -> Initiative:
    return read_initiative((INITIATIVE + f"[rules]\n{rules}\n").encode())


@pytest.mark.parametrize("method", METHODS)
def test_a_method_alone_is_enough(method: str) -> None:
    """Everything else has a default, and a silence is held in the open."""
    rules = asked(method=f" {method.upper()} ")
    assert (rules.method, rules.purpose, rules.results) == (method, Purpose.DECISIVE, Showing.HIDDEN)
    assert (rules.reasons, rules.vote_by) == (Reasons.NONE, VoteBy.PERSON)
    assert (rules.secrecy, rules.receipts) == (
        (Secrecy.OPEN, False) if method == "silence" else (Secrecy.SECRET, True)
    )
    assert (rules.points, rules.most) == ((POINTS, POINTS) if method == "points" else (None, None))
    assert (rules.importance, rules.round, rules.rounds) == (False, 1, 1)


@pytest.mark.parametrize(("method", "name"), list(product(METHODS, OPTIONS)))
def test_an_option_belongs_to_its_method_alone(method: str, name: str) -> None:
    """Of another it is refused by name, and not passed over."""
    if name in OWN.get(method, {}):
        assert getattr(asked(method=method, **{name: OPTIONS[name]}), name) == OPTIONS[name]
    else:
        with pytest.raises(Invalid, match=f"by {method} has no {name}"):
            asked(method=method, **{name: OPTIONS[name]})


@pytest.mark.parametrize(("method", "name"), list(product(METHODS, ("points", "most", "seats", "rounds"))))
def test_nothing_is_no_number_of_anything(method: str, name: str) -> None:
    """Zero and less are refused whatever the method, and never taken for not asked."""
    for number in (0, -1, -(10**9)):
        with pytest.raises(Invalid):
            asked(method=method, **{name: number})


def test_points_have_a_most_and_a_cap_within_them() -> None:
    """A cap over the budget is refused, one equal to it is no cap."""
    assert (asked(method="points", points=3).points, asked(method="points", points=3).most) == (3, 3)
    assert asked(method="points", points=3, most=3).most == 3
    assert asked(method="points", most=4).most == 4, "of the ten that are the default"
    assert asked(method="points", points=1000, most=1).points == 1000
    for wrong in ({"points": 3, "most": 4}, {"most": 11}, {"points": 1001}):
        with pytest.raises(Invalid, match="whole number from 1 to"):
            asked(method="points", **wrong)


def test_a_short_list_has_no_more_seats_than_there_are_recommendations() -> None:
    """Three unless asked otherwise, and fewer where there are fewer."""
    plain = asked(method="shortlist")
    assert [with_seats(plain, items).seats for items in (1, 2, 3, 60)] == [1, 2, SEATS, SEATS]
    five = asked(method="shortlist", seats=5)
    assert with_seats(five, 5).seats == 5
    with pytest.raises(Invalid, match="short list of 5 cannot be chosen from 4"):
        with_seats(five, 4)
    with pytest.raises(Invalid):
        asked(method="shortlist", seats=61)
    others = asked(method="points")
    assert with_seats(others, 1) is others


async def test_more_seats_than_candidates_open_no_ballot(station: Station) -> None:
    """Refused when it is prepared, and nothing is kept."""
    with pytest.raises(Invalid, match="short list of 3 cannot be chosen from 2"):
        await station.open(method="shortlist", seats=3)
    assert await station.value("SELECT count(*) FROM ballots") == 0


@pytest.mark.parametrize(("method", "purpose"), list(product(METHODS, Purpose)))
def test_totals_are_live_only_in_a_sounding(method: str, purpose: Purpose) -> None:
    """And a silence is no sounding."""
    wanted = {"method": method, "purpose": purpose.value, "results": "live"}
    if purpose is Purpose.INDICATIVE and method != "silence":
        assert asked(**wanted).results is Showing.LIVE
    else:
        with pytest.raises(Invalid):
            asked(**wanted)


@pytest.mark.parametrize(("method", "reasons"), list(product(METHODS, Reasons)))
def test_reasons_are_asked_where_there_is_somebody_to_give_them(method: str, reasons: Reasons) -> None:
    """On paper nobody votes against; who breaks a silence gives a reason anyway."""
    if reasons is Reasons.AGAINST and METHODS[method].on_paper:
        with pytest.raises(Invalid, match="Nobody votes against"):
            asked(method=method, reasons=reasons.value)
    else:
        kept = Reasons.NONE if method == "silence" else reasons
        assert asked(method=method, reasons=reasons.value).reasons is kept


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("secrecy", "hidden"),
        ("secrecy", "secret,open"),
        ("results", "always"),
        ("reasons", "some"),
        ("purpose", "both"),
        ("purpose", "x" * 5000),
    ],
)
def test_a_word_that_is_not_known_is_answered_with_those_that_are(name: str, typed: str) -> None:
    """Cut to a length that can be shown."""
    with pytest.raises(Invalid, match="choose one of") as refused:
        asked(**{name: typed})
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("method", ["", "supports", "schulze", "base", "x" * 5000, "sup port"])
def test_a_method_that_is_not_known_is_answered_with_those_that_are(method: str) -> None:
    """No module that is none is taken for one."""
    with pytest.raises(Invalid, match="support"):
        asked(method=method)


@pytest.mark.parametrize("typed", [">1/2", ">=2/3", "≥ 2/3", ">50%", ">=100%", " > 1 / 2 "])
def test_a_threshold_with_its_sign_is_read(typed: str) -> None:
    """And kept as it is meant."""
    assert asked(threshold=typed).threshold.share > 0


@pytest.mark.parametrize(
    "typed",
    ["2/3", "0.66", "150%", "=>1/2", ">1", ">100%", ">=0", ">=0/5", ">=3/2", ">1/0", "half", ">½", "> 0.5"],
)
def test_a_threshold_that_could_be_misread_is_refused_with_an_example(typed: str) -> None:
    """`2/3` may mean at least or more than: whoever means one says so."""
    with pytest.raises(Invalid, match=">1/2"):
        asked(threshold=typed)


@pytest.mark.parametrize(
    ("typed", "kept"), [("5", "5"), ("0", "0"), ("1/3", "1/3"), ("2/6", "1/3"), ("50%", "1/2"), ("0%", "0")]
)
def test_a_quorum_is_a_number_or_a_share(typed: str, kept: str) -> None:
    """Written the same way whatever was typed."""
    assert str(asked(quorum=typed).quorum) == kept
    assert str(asked(method="rating", quorum=typed).quorum) == kept
    assert str(asked(method="silence", quorum=typed).quorum) == "0"


@pytest.mark.parametrize(
    "typed", ["-1", "0.66", "150%", "=>1/2", ">1/2", "2/1", "1/0", "many", "5 people", "1e3"]
)
def test_a_quorum_that_cannot_be_read_is_refused_with_an_example(typed: str) -> None:
    """More than everybody is no quorum either."""
    with pytest.raises(Invalid):
        asked(quorum=typed)


def test_what_is_not_asked_comes_from_the_initiative() -> None:
    """And what is asked comes before it."""
    rules = 'threshold = ">=2/3"\nquorum = "1/3"\nsecrecy = "open"\nvote_by = "delegation"\nreceipts = false'
    plain = asked(rules)
    assert (str(plain.threshold), str(plain.quorum), plain.secrecy) == (">=2/3", "1/3", Secrecy.OPEN)
    assert (plain.vote_by, plain.receipts) == (VoteBy.DELEGATION, False)
    other = asked(rules, threshold=">1/2", quorum="0", secrecy="secret")
    assert (str(other.threshold), str(other.quorum), other.secrecy) == (">1/2", "0", Secrecy.SECRET)
    assert (other.vote_by, other.receipts) == (VoteBy.DELEGATION, False)


@pytest.mark.parametrize(
    "request_",
    [
        {"theme": None},
        {"theme": " "},
        {"theme": None, "references": ""},
        {"theme": "XXX"},
        {"references": "CAP-01, CAP-99"},
        {"references": "CAP-01,, first"},
        {"theme": "TRN"},
        {"theme": "TRN", "references": "CAP-01"},
        {"closes_in": "soon"},
        {"closes_in": "0m"},
        {"closes_in": "91d"},
        {"closes_in": "25:00"},
    ],
)
async def test_a_ballot_on_nothing_or_until_never_is_refused(
    station: Station, request_: dict[str, Any]
) -> None:
    """By every method alike, and nothing is kept."""
    for method in METHODS:
        with pytest.raises(Refused):
            await station.open(method=method, **request_)
    assert await station.value("SELECT count(*) FROM ballots") == 0
    assert await station.states() == ["admitted", "admitted"]
