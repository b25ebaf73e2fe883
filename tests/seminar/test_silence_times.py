"""How long a silence lasts, and the warning that it ends when nobody looks."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from seminar.amounts import LONGEST, parse_closing
from seminar.errors import Invalid
from seminar.silence_times import LONGEST_HOURS, closes_in, within_working_hours

BRUSSELS = ZoneInfo("Europe/Brussels")
NOW = datetime(2014, 10, 22, 9, tzinfo=UTC)


def test_a_silence_lasts_72_hours_unless_it_is_said() -> None:
    """Also where the time until which it lasts is only spaces."""
    for hours, until in ((None, None), (None, "  "), (72.0, None)):
        ends = parse_closing(closes_in(hours, until), NOW, BRUSSELS)
        assert ends - NOW == timedelta(hours=72)


@pytest.mark.parametrize(
    ("hours", "minutes"), [(1 / 60, 1), (0.0167, 1), (0.25, 15), (0.5, 30), (1, 60), (2160, 129_600)]
)
def test_hours_may_be_fractions_and_count_to_the_minute(hours: float, minutes: int) -> None:
    """From a minute, for a room that is asked whether anybody objects, to 90 days."""
    assert parse_closing(closes_in(hours, None), NOW, BRUSSELS) - NOW == timedelta(minutes=minutes)


@pytest.mark.parametrize("hours", [0, -1, 0.008, 2160.01, 1e300, math.inf, -math.inf, math.nan])
def test_hours_that_are_none_are_refused(hours: float) -> None:
    """Whatever a changed client sends."""
    with pytest.raises(Invalid, match="from one minute to 90 days"):
        closes_in(hours, None)


def test_the_longest_silence_is_the_longest_ballot() -> None:
    """No hours that are taken here are refused there."""
    assert timedelta(hours=LONGEST_HOURS) == LONGEST


def test_hours_and_a_time_of_day_together_are_refused() -> None:
    """They could say different things."""
    with pytest.raises(Invalid, match="not both"):
        closes_in(24, "12:30")
    assert closes_in(None, " 12:30 ") == "12:30"


@pytest.mark.parametrize(
    ("moment", "at_work"),
    [
        ("2014-10-20T09:00", True),  # a Monday
        ("2014-10-20T08:59", False),
        ("2014-10-24T18:00", True),  # a Friday
        ("2014-10-24T18:00:59", True),  # shown as 18:00
        ("2014-10-24T18:01", False),
        ("2014-10-25T12:00", False),
        ("2014-10-26T12:00", False),
        ("2014-10-22T00:00", False),
    ],
)
def test_working_hours_are_nine_to_six_on_weekdays(moment: str, at_work: bool) -> None:
    """Both ends included, to the minute that people are shown."""
    assert within_working_hours(datetime.fromisoformat(moment).replace(tzinfo=BRUSSELS)) is at_work


def test_working_hours_are_those_of_the_moments_own_zone() -> None:
    """The same moment is working time in Rome and night in New York."""
    moment = datetime(2014, 10, 22, 7, 30, tzinfo=UTC)
    assert within_working_hours(moment.astimezone(BRUSSELS))
    assert not within_working_hours(moment.astimezone(ZoneInfo("America/New_York")))
