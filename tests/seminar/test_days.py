"""Days as people write them: the day first, and nothing guessed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seminar.days import EARLIEST, LATEST, either_first, only_month_first, read_day
from seminar.errors import Invalid
from seminar.sheets import Number

ENGLISH = [
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
]
FRENCH = [
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
]
DAYS = st.dates(EARLIEST, LATEST)


@given(DAYS)
def test_a_day_is_read_however_it_is_written(day: date) -> None:
    """In figures, in English and French words, and as a spreadsheet counts it."""
    english, french = ENGLISH[day.month - 1], FRENCH[day.month - 1]
    for written in (
        day.isoformat(),
        f"{day.day}.{day.month}.{day.year}",
        f"{day.day:02}/{day.month:02}/{day.year}",
        f"{day.day:02}-{day.month:02}-{day.year}",
        f"{day.isoformat()} 00:00:00",
        f" {day.day} {english} {day.year} ",
        f"{day.day} {english[:3]}. {day.year}",
        f"{day.day} {french.upper()} {day.year}",
        f"{english} {day.day}, {day.year}",
        Number((day - date(1899, 12, 30)).days),
        Number(f"{(day - date(1899, 12, 30)).days}.0"),
    ):
        assert read_day(written) == day, written


@given(DAYS)
def test_the_day_always_comes_first(day: date) -> None:
    """The other way round it is another day, or none; which lists have to mind is known."""
    written = f"{day.month:02}/{day.day:02}/{day.year}"
    assert only_month_first(written) == (day.day > 12)
    assert either_first(written) == (day.day <= 12 and day.day != day.month)
    if day.day > 12:
        with pytest.raises(Invalid, match="the day comes before the month"):
            read_day(written)
    else:
        assert read_day(written) == date(day.year, day.day, day.month)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("31/3/15", "could be several days"),
        ("1 2 15", "could be several days"),
        ("2015-02-30", "There is no day"),
        ("29 février 2015", "There is no day"),
        ("1969-12-31", "in the year 1969"),
        ("2201-01-01", "in the year 2201"),
        (Number("2015"), "in the year 1905"),
        (Number("-3"), "is no day"),
        (Number("1e9"), "is no day"),
        ("42094", "is no day"),
        ("31 jui 2015", "is no day"),
        ("31 mar", "is no day"),
        ("tomorrow", "is no day"),
        ("", "is no day"),
    ],
)
def test_what_is_no_day_or_could_be_two_is_refused_in_one_sentence(written: str, said: str) -> None:
    """And says how to write it."""
    with pytest.raises(Invalid) as told:
        read_day(written)
    assert said in str(told.value) and "\n" not in str(told.value)


@given(st.text(max_size=40), st.booleans())
def test_any_text_is_a_day_or_one_refusal(written: str, number: bool) -> None:
    """Nothing else ever comes of it."""
    try:
        found = read_day(Number(written) if number else written)
    except Invalid as refused:
        assert "\n" not in str(refused)
    else:
        assert EARLIEST <= found <= LATEST
    only_month_first(written)
    either_first(written)


def test_a_spreadsheet_counts_from_1900() -> None:
    """Day 1 is long ago, and the last that is taken is in 2200."""
    assert read_day(Number(str((LATEST - date(1899, 12, 30)).days))) == LATEST
    with pytest.raises(Invalid):
        read_day(Number(str((LATEST + timedelta(days=1) - date(1899, 12, 30)).days)))
