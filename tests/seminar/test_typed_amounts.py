"""Thresholds, quorums, closing times and references as people type them, and as nobody should."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.amounts import parse_closing, parse_quorum, parse_threshold, quorum_count
from seminar.errors import Invalid
from seminar.model import Quorum, Threshold
from seminar.references import make, of_amendment, parse, parse_amendment, parse_list, sort_key

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2014, 10, 22, 9, 0, tzinfo=UTC)  # 11:00 in Brussels
# Bounds of a strategy have no zone; it adds its own.
YEAR_2014, YEAR_2030 = (datetime(year, 1, 1) for year in (2014, 2030))  # noqa: DTZ001
HOSTILE = [
    "", " ", "=>1/2", "> =1/2", "0.66", ">0.66", "150%", ">150%", ">=101%", "1/0", ">1/0", ">=0/0", "½", ">½",
    "２/３", ">=２/３", ">1/٢", ">=99999/100000", ">" + "9" * 5000 + "/1", "9" * 5000, "-1", "-5%", ">-1/2",
    "1e3", "0x10", ">1/2; DROP", "1/2/3", "most", "two thirds", "@everyone", "{name}", "\u202e5", "5\u200b",
    ">1 /2 3",
]  # fmt: skip


def refusal(error: pytest.ExceptionInfo[Invalid]) -> str:
    """The sentence, checked for being one."""
    sentence = str(error.value.text)
    assert sentence.endswith(".")
    assert sentence[0].isupper() or sentence[0] == "“"
    assert len(sentence) < 200
    return sentence


@pytest.mark.parametrize(
    "text", [*HOSTILE, "1/2", "50%", ">1", ">0/5", ">=0%", ">1/1", ">100%", ">=3/2", "<1/2"]
)
def test_what_is_not_a_threshold_is_refused_with_an_example(text: str) -> None:
    """A rule of decision is never guessed at."""
    with pytest.raises(Invalid) as error:
        parse_threshold(text)
    assert ">=2/3" in refusal(error)


@pytest.mark.parametrize(
    ("text", "share", "strict"),
    [
        (">1/2", Fraction(1, 2), True),
        (">=2/3", Fraction(2, 3), False),
        ("≥ 2/3", Fraction(2, 3), False),
        (" >50% ", Fraction(1, 2), True),
        (">= 4 / 6", Fraction(2, 3), False),
        (">=100%", Fraction(1), False),
    ],
)
def test_a_threshold_is_read_exactly(text: str, share: Fraction, strict: bool) -> None:
    """Two thirds are two thirds, not 0.67."""
    assert parse_threshold(text) == Threshold(share, strict)


@given(st.integers(1, 9999), st.integers(1, 9999), st.booleans())
def test_a_threshold_reads_back_what_it_writes(over: int, under: int, strict: bool) -> None:
    """The store keeps the spelling, and it fits its column."""
    if over > under or (over == under and strict):
        return
    threshold = Threshold(Fraction(over, under), strict)
    assert parse_threshold(str(threshold)) == threshold
    assert len(str(threshold)) <= 16


@pytest.mark.parametrize("text", [*HOSTILE, ">1/2", "3/2", "1000000", "5.0", "5 persons"])
def test_what_is_not_a_quorum_is_refused(text: str) -> None:
    """Neither is a quorum."""
    with pytest.raises(Invalid) as error:
        parse_quorum(text)
    refusal(error)


@pytest.mark.parametrize(
    ("text", "quorum"),
    [
        ("5", Quorum(5)),
        (" 0 ", Quorum(0)),
        ("0%", Quorum(0)),
        ("1/3", Quorum(share=Fraction(1, 3))),
        ("50 %", Quorum(share=Fraction(1, 2))),
        ("100%", Quorum(share=Fraction(1))),
    ],
)
def test_a_quorum_is_a_number_or_a_share(text: str, quorum: Quorum) -> None:
    """As the facilitator writes it, and back again."""
    assert parse_quorum(text) == quorum
    assert parse_quorum(str(quorum)) == quorum


@given(st.integers(1, 99), st.integers(1, 99), st.integers(0, 100_000))
def test_a_share_of_the_electorate_is_rounded_up(over: int, under: int, electorate: int) -> None:
    """The smallest whole number that is at least the share."""
    if over > under:
        return
    needed = quorum_count(Quorum(share=Fraction(over, under)), electorate)
    assert needed * under >= over * electorate > (needed - 1) * under
    assert quorum_count(Quorum(7), electorate) == 7


@pytest.mark.parametrize(
    ("text", "later"),
    [
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("1d12h", timedelta(days=1, hours=12)),
        (" 1D 2h 3M ", timedelta(days=1, hours=2, minutes=3)),
        ("90d", timedelta(days=90)),
        ("1m", timedelta(minutes=1)),
        ("12:30", timedelta(hours=1, minutes=30)),
        ("11:01", timedelta(minutes=1)),
        ("11:00", timedelta(days=1)),
        ("9:05", timedelta(hours=22, minutes=5)),
        ("00:00", timedelta(hours=13)),
    ],
)
def test_closing_times_are_spans_or_the_next_such_time_of_day(text: str, later: timedelta) -> None:
    """Seen from eleven in the morning in Brussels."""
    closes_at = parse_closing(text, NOW, BRUSSELS)
    assert closes_at == NOW + later
    assert closes_at.tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [*HOSTILE, "0m", "0d", "91d", "9999h", "999999m", "3", "d", "h", "1h1d", "24:00", "12:60", "12:3",
     "12h30", "１２:30", "tomorrow", "1w", "-1h", "1.5h", "99:99"],
)  # fmt: skip
def test_what_is_not_a_closing_time_is_refused(text: str) -> None:
    """At least a minute, at most ninety days, and in a spelling that is known."""
    with pytest.raises(Invalid) as error:
        parse_closing(text, NOW, BRUSSELS)
    refusal(error)


def test_a_time_of_day_less_than_a_minute_away_is_refused() -> None:
    """Rather than meaning tomorrow without saying so."""
    with pytest.raises(Invalid, match="at least one minute"):
        parse_closing("11:01", NOW + timedelta(seconds=1), BRUSSELS)


def test_a_time_left_out_by_summer_time_is_taken_on_the_next_day() -> None:
    """On 30 March 2014 there was no half past two in Brussels."""
    before = datetime(2014, 3, 30, 0, 0, tzinfo=UTC)
    assert parse_closing("02:30", before, BRUSSELS) == datetime(2014, 3, 31, 0, 30, tzinfo=UTC)


def test_a_time_that_occurs_twice_is_the_next_of_the_two() -> None:
    """On 26 October 2014 there were two half past twos in Brussels."""
    first, second = datetime(2014, 10, 26, 0, 30, tzinfo=UTC), datetime(2014, 10, 26, 1, 30, tzinfo=UTC)
    assert parse_closing("02:30", first - timedelta(hours=1), BRUSSELS) == first
    assert parse_closing("02:30", first, BRUSSELS) == second


@given(
    st.datetimes(YEAR_2014, YEAR_2030, timezones=st.just(UTC)),
    st.integers(0, 23),
    st.integers(0, 59),
    st.sampled_from(["Europe/Brussels", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]),
)
def test_a_time_of_day_is_that_time_within_two_days(now: datetime, hour: int, minute: int, zone: str) -> None:
    """In whatever zone, and across changes of the clock."""
    try:
        closes_at = parse_closing(f"{hour}:{minute:02d}", now, ZoneInfo(zone))
    except Invalid as error:
        assert "at least one minute" in str(error.text)
        return
    local = closes_at.astimezone(ZoneInfo(zone))
    assert (local.hour, local.minute) == (hour, minute)
    assert timedelta(minutes=1) <= closes_at - now <= timedelta(hours=49)


@pytest.mark.parametrize(
    "typed", ["TRN-07", " trn-7", "trn-007", "Trn – 7", "TRN 7", "trn_7", "TRN\u201107", "\tTRN-7\n"]
)
def test_a_reference_is_read_generously(typed: str) -> None:
    """What a person plainly means is what they get."""
    assert parse(typed) == "TRN-07"


@pytest.mark.parametrize(
    "typed",
    ["", "   ", "TRN", "TRN7", "7", "TRN-", "TRN-0", "TRN-00", "T-1", "TOOLONGCODE-1", "TRN-7a", "TRN-７",
     "ＴＲＮ-7",     "TRN-٧", "TRN-1234567", "TRN--7", "ﬀ-1", "ıı-1", "\u017fSR-1",
     "TRN-07, CAP-01", "<@123>", "TRN-" + "9" * 5000, "CAP-1\u200b"],
)  # fmt: skip
def test_what_is_not_a_reference_is_refused(typed: str) -> None:
    """With the form a reference has, and without echoing a whole page."""
    with pytest.raises(Invalid) as error:
        parse(typed)
    assert "CAP-01" in refusal(error)


@given(st.from_regex(r"[A-Z0-9]{2,8}", fullmatch=True), st.integers(1, 999_999))
def test_a_reference_reads_back_what_it_writes(theme: str, number: int) -> None:
    """Whatever the theme's code, in whatever case."""
    assert parse(make(theme, number)) == make(theme, number)
    assert parse(f" {make(theme, number).lower()} ") == make(theme, number)
    assert sort_key(make(theme, number)) == (theme, number)
    assert len(make(theme, number)) <= 16
    assert parse_amendment(of_amendment(make(theme, number), number)) == (make(theme, number), number)


def test_a_list_of_references_keeps_its_order_and_names_each_once() -> None:
    """Commas, semicolons or lines; a trailing one is no harm."""
    assert parse_list("CAP-02, cap-1;TRN 7\ncap-2,") == ("CAP-02", "CAP-01", "TRN-07")


@pytest.mark.parametrize("typed", ["", " , ;\n", "CAP-01, what", "CAP-01 CAP-02"])
def test_a_list_with_anything_else_in_it_is_refused_whole(typed: str) -> None:
    """Nobody wants a ballot on half of what they named."""
    with pytest.raises(Invalid) as error:
        parse_list(typed)
    refusal(error)


@pytest.mark.parametrize(
    "typed", ["", "CAP-01", "CAP-01/", "CAP-01/x", "CAP-01/²", "CAP-01/-1", "/1", "CAP/1"]
)
def test_what_names_no_amendment_is_refused(typed: str) -> None:
    """A recommendation, a stroke and a number, and nothing else."""
    with pytest.raises(Invalid) as error:
        parse_amendment(typed)
    refusal(error)


@given(st.text(max_size=60))
def test_no_text_makes_reading_fail_in_another_way(text: str) -> None:
    """A value or one clear refusal: there is no third way."""
    for read in (
        parse,
        parse_list,
        parse_amendment,
        parse_threshold,
        parse_quorum,
        lambda one: parse_closing(one, NOW, BRUSSELS),
    ):
        try:
            read(text)
        except Invalid as error:
            assert str(error.text)
