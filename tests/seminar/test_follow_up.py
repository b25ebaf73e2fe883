"""The rules of the follow-up: states, words, what is overdue, who and what is meant, how things stand."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.errors import Invalid, NotFound, Refused
from seminar.follow_up import (
    FIELD_WORDS,
    SOON,
    Acceptance,
    Content,
    Implementation,
    changed_fields,
    closed,
    following_reminder,
    next_reminder,
    overdue,
    read_acceptance,
    read_evidence,
    read_field,
    read_implementation,
    updated,
)
from seminar.follow_up_overview import Standing, overviews
from seminar.follow_up_rows import MOST_ACTIONS, Numbered, chosen, meant, parts
from seminar.initiative import read_initiative
from seminar.texts import clean_line, fold
from tests.small_initiative import INITIATIVE

DAYS = st.dates(date(1970, 1, 1), date(2200, 12, 31))
SMALL = read_initiative(INITIATIVE.encode())
CHAIN = read_initiative(
    INITIATIVE.replace(
        'title = "UN Department of Peacekeeping Operations"',
        'title = "UN Department of Peacekeeping Operations"\nsuccessor = "DPO"\n'
        '[[entities]]\ncode = "DPO"\ntitle = "UN Department of Peace Operations"',
    ).encode()
)
CONTENTS = st.builds(
    Content,
    action=st.text(max_size=5),
    acceptance=st.sampled_from(Acceptance),
    implementation=st.sampled_from(Implementation),
    verified=st.booleans(),
    owner=st.text(max_size=5),
    due_on=st.none() | DAYS,
    as_of=st.none() | DAYS,
    note=st.text(max_size=5),
    evidence=st.text(max_size=5),
)


def test_from_implemented_on_nothing_is_due() -> None:
    """What is half done is not closed."""
    assert {state for state in Implementation if closed(state)} == {
        Implementation.IMPLEMENTED,
        Implementation.CLOSED,
        Implementation.SUPERSEDED,
        Implementation.NOT_APPLICABLE,
    }


@given(DAYS, st.sampled_from(Implementation), DAYS)
def test_overdue_is_what_was_due_before_today_and_is_not_closed(
    due: date, state: Implementation, today: date
) -> None:
    """On the day itself it is not late yet."""
    assert overdue(due, state, today) == (due < today and not closed(state))
    assert not overdue(None, state, today)


@given(
    st.sampled_from(Acceptance), st.sampled_from(Implementation), st.sampled_from([str.upper, str.title, str])
)
def test_states_are_read_in_any_case_and_with_underscores(
    acceptance: Acceptance, implementation: Implementation, write: type[str]
) -> None:
    """As they are spelled, and as a program would."""
    for spelled in (" ", "_", "-", "  "):
        assert read_acceptance(write(acceptance.value.replace(" ", spelled))) is acceptance
        assert read_implementation(f" {write(implementation.value.replace(' ', spelled))}.") is implementation


@given(st.text(max_size=30))
def test_any_word_is_a_state_or_one_refusal(word: str) -> None:
    """With the words that are taken."""
    for read in (read_acceptance, read_implementation):
        try:
            read(word)
        except Invalid as refused:
            assert "it is one of" in str(refused) and "\n" not in str(refused)


@given(CONTENTS)
def test_what_a_row_says_is_stored_and_read_again(content: Content) -> None:
    """Field by field."""
    assert Content.of_json(content.to_json()) == content
    assert tuple(content.to_json()) == tuple(FIELD_WORDS)


@given(CONTENTS, CONTENTS, st.sets(st.sampled_from(sorted(FIELD_WORDS))), DAYS)
def test_only_what_is_given_changes(before: Content, other: Content, names: set[str], today: date) -> None:
    """But a new state is as of today and not verified yet, unless that is given too."""
    after = updated(before, {name: getattr(other, name) for name in names}, today)
    assert all(getattr(after, name) == getattr(other, name) for name in names)
    moved = bool({"acceptance", "implementation"} & set(changed_fields(before, after)))
    for name in set(changed_fields(before, after)) - names:
        assert moved and name in ("as_of", "verified")
    if moved:
        assert "as_of" in names or after.as_of == today
        assert "verified" in names or not after.verified


@pytest.mark.parametrize(
    "address",
    ["https://un.org", "http://un.org/a?b=c&d=é#e", "HTTPS://[::1]:8080/x", "https://example.org/a(b)_c"],
)
def test_evidence_is_a_web_address(address: str) -> None:
    """As it was typed."""
    assert read_evidence(f"  {address} ") == address


@pytest.mark.parametrize(
    "address",
    ["un.org", "ftp://un.org", "javascript:alert(1)", "https://", "https:///path", "https://a b", "http://a@b.c",
     "https://a<b>", "https://a.b/`c", "file:///etc/passwd", "https://a.b " + "x" * 600],
)  # fmt: skip
def test_what_leads_elsewhere_is_no_evidence(address: str) -> None:
    """Refused in one sentence."""
    with pytest.raises(Invalid):
        read_evidence(address)


def test_a_dash_takes_away() -> None:
    """Where something may be empty."""
    assert [read_field(name, "–") for name in ("owner", "note", "evidence", "due_on", "as_of")] == [
        *("", "", ""),
        None,
        None,
    ]


ZONES = st.sampled_from(["Europe/Brussels", "America/New_York", "Pacific/Kiritimati", "UTC"])


@given(DAYS, st.datetimes(datetime(1975, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC)), ZONES)  # noqa: DTZ001
def test_reminders_come_before_the_day_ends_and_never_in_the_past(
    due: date, now: datetime, zone_name: str
) -> None:
    """Two weeks before, at once, or on the day; then on the day; then never."""
    zone = ZoneInfo(zone_name)
    first = next_reminder(due, zone, now)
    today = now.astimezone(zone).date()
    if first is None:
        assert today > due
        return
    assert first >= now and first.astimezone(zone).date() <= due
    if today < due - SOON:
        local = first.astimezone(zone)
        assert (local.date(), local.hour) == (due - SOON, 9)
    second = following_reminder(due, zone, first)
    if second is not None:
        assert second > first and second.astimezone(zone).date() == due
        assert following_reminder(due, zone, second) is None
    assert following_reminder(due, zone, now + timedelta(days=4000)) is None or due > today


@given(st.lists(st.text(max_size=10)))
def test_a_composite_recommendation_is_opened_once_for_each_addressee(names: list[str]) -> None:
    """Whatever case and accents they are written in."""
    found = parts(names)
    assert len({fold(name) for name in found}) == len(found)
    assert {fold(name) for name in found} <= {fold(clean_line(name)) for name in names}


@pytest.mark.parametrize(
    ("typed", "addressees", "followed", "found"),
    [
        ("dpko", (), (), "DPKO"),
        ("DPO", ("DPKO",), (), "DPKO"),
        ("dpko", ("DPO",), (), "DPO"),
        ("dpko", ("DPO", "DPKO"), (), "DPKO"),
        ("un department of peace operations", (), ("DPKO",), "DPKO"),
        ("ministère", ("Ministere",), (), "Ministere"),
        ("gone", (), ("GONE",), "GONE"),
    ],
)
def test_whose_name_is_typed_is_known(
    typed: str, addressees: tuple[str, ...], followed: tuple[str, ...], found: str
) -> None:
    """By code, title or name, and by the name of whoever came before or after."""
    assert meant(typed, addressees, followed, CHAIN) == found


def test_nobody_known_is_refused_with_those_there_are() -> None:
    """Or with why there are none."""
    with pytest.raises(NotFound, match="there are Ministries, DPKO and CMPD"):
        meant("x", ("Ministries",), (), SMALL)
    with pytest.raises(NotFound, match="the initiative names no entities"):
        meant("x", (), (), read_initiative(INITIATIVE.split("[[entities]]")[0].encode()))


ACTIONS = st.lists(st.sampled_from(["", "a", "B", "c"]), max_size=4)


@given(ACTIONS, st.none() | st.integers(1, 5), st.none() | st.sampled_from(["a", "b", "d"]))
def test_which_action_is_meant_is_never_guessed(
    actions: list[str], number: int | None, action: str | None
) -> None:
    """A number names it, an action finds or fills or adds one, and without either there is no choice."""
    rows = [Numbered(place, text) for place, text in enumerate(actions, start=1)]
    try:
        found = chosen(rows, number, action)
    except NotFound:
        assert number is not None and number > len(rows)
    except Refused:
        assert number is None and action is None and len(rows) > 1
    else:
        if number is not None:
            assert found == number
        elif found is None:
            assert action is None or all(text and fold(text) != action for text in actions)
        elif action is not None:
            assert fold(actions[found - 1]) in (action, "")


def test_actions_have_an_end() -> None:
    """Beyond it nothing is added."""
    rows = [Numbered(place, f"a{place}") for place in range(1, MOST_ACTIONS + 1)]
    with pytest.raises(Refused, match="no more can be followed up"):
        chosen(rows, None, "another")


@given(
    st.lists(
        st.builds(
            Standing,
            st.sampled_from(["DPKO", "DPO", "CMPD", "Ministry", "ministry"]),
            st.sampled_from(Acceptance),
            st.sampled_from(Implementation),
            st.booleans(),
            st.booleans(),
            st.integers(1, 5),
        )
    )
)
def test_every_row_stands_under_whoever_answers_today(standings: list[Standing]) -> None:
    """Each once, in the initiative's order, and no row is lost."""
    found = overviews(standings, CHAIN)
    assert sum(one.rows for one in found) == sum(one.count for one in standings)
    assert [one.entity for one in found if one.entity in ("DPO", "CMPD")] == [
        code for code in ("DPO", "CMPD") if any(CHAIN.present_entity(one.entity) == code for one in standings)
    ]
    assert "DPKO" not in {one.entity for one in found}
    counted: Counter[Implementation] = Counter()
    for one in found:
        counted.update(one.implementation)
        assert sum(one.implementation.values()) == sum(one.acceptance.values()) == one.rows
        assert one.open == sum(number for state, number in one.implementation.items() if not closed(state))
    assert counted == Counter(
        {state: number for state in Implementation if (number := _count(standings, state))}
    )


def _count(standings: list[Standing], state: Implementation) -> int:
    return sum(one.count for one in standings if one.implementation is state)
