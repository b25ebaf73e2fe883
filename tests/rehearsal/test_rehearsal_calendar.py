"""When a rehearsal takes place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st

from rehearsal.simulation import starting_time

BRUSSELS = ZoneInfo("Europe/Brussels")


def test_the_rome_seminar_is_rehearsed_on_a_wednesday_again() -> None:
    """2014 lies before Discord's time; 2025 is the next year with that weekday on that day."""
    assert starting_time(date(2014, 10, 22), BRUSSELS) == datetime(2025, 10, 22, 7, 0, tzinfo=UTC)


@example(date(2036, 2, 29))
@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2080, 12, 31)))
def test_a_rehearsal_starts_at_nine_on_the_same_weekday(day: date) -> None:
    """In a year Discord can count, and on the very day where that is one."""
    start = starting_time(day, BRUSSELS).astimezone(BRUSSELS)
    assert start.year >= 2015
    assert (start.hour, start.minute) == (9, 0)
    assert start.weekday() == day.weekday()
    if day.year >= 2015:
        assert start.date() == day
