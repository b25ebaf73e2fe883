"""Pictures of what was done and when: what is in the file, and what the text alternative says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.charts import ALT_LIMIT, Activity, Drawing, activity_drawing
from reports.charts.activity import COLUMNS
from reports.neutral import utf16_units
from tests.reports.report_sample import size

FIRST = date(2014, 5, 1)  # a Thursday


def over(days: int, step: int = 1) -> list[tuple[date, Activity]]:
    """One proposal and two votes every `step` days, for so many days."""
    return [(FIRST + timedelta(days=n), Activity(proposals=1, votes=2)) for n in range(0, days, step)]


def counts(drawing: Drawing, row: int) -> list[int]:
    """The columns of a row, by its place."""
    shown = drawing.data["rows"]
    assert isinstance(shown, list)
    found: list[int] = shown[row]["counts"]
    return found


def test_the_text_alternative_tells_totals_and_peaks() -> None:
    """Whoever does not see the columns learns how much there was, and when most."""
    days = [
        (FIRST, Activity(proposals=3, seconds=1)),
        (FIRST + timedelta(days=3), Activity(seconds=4, arguments=2)),
        (FIRST, Activity(proposals=1)),
    ]
    drawing = activity_drawing(days, str, heading="Rome")
    assert drawing.alt.split("\n") == [
        "Rome",
        "From 2014-05-01 to 2014-05-04. Each column is a day.",
        "proposals: 4; most in the column of 2014-05-01: 4.",
        "seconds: 5; most in the column of 2014-05-04: 4.",
        "amendments: none.",
        "arguments: 2; most in the column of 2014-05-04: 2.",
        "votes: none.",
    ]
    assert counts(drawing, 0) == [4, 0, 0, 0]
    assert size(drawing)[0] == 1000


@pytest.mark.parametrize(
    ("days", "columns", "first", "said"),
    [
        (1, 1, "2014-05-01", "a day"),
        (COLUMNS, COLUMNS, "2014-05-01", "a day"),
        (COLUMNS + 1, 10, "2014-04-28", "a week"),
        (365, 53, "2014-04-28", "a week"),
        (900, 30, "2014-05-01", "a month"),
        (3000, 9, "2014-01-01", "a year"),
    ],
)
def test_a_long_time_is_shown_in_wider_columns(days: int, columns: int, first: str, said: str) -> None:
    """Never more than fit, and nothing is lost between them."""
    drawing = activity_drawing(over(days), str)
    axis = drawing.data["axis"]
    assert isinstance(axis, list)
    assert (len(axis), axis[0]) == (columns, first)
    assert f"Each column is {said}" in str(drawing.data["note"])
    assert (sum(counts(drawing, 0)), sum(counts(drawing, 4))) == (days, 2 * days)


def test_nothing_is_told_as_nothing() -> None:
    """A discussion that has not begun has no columns."""
    drawing = activity_drawing([], str)
    assert drawing.alt == "What was done, and when\nNothing has happened yet."
    assert size(drawing)[0] == 1000


@settings(max_examples=15, deadline=None)
@given(
    st.text(max_size=200),
    st.lists(
        st.tuples(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.builds(Activity, st.integers(0, 10**6))),
        max_size=20,
    ),
)
def test_any_days_can_be_drawn_and_none_is_lost(heading: str, days: list[tuple[date, Activity]]) -> None:
    """Whatever their order, and however far apart."""
    drawing = activity_drawing(days, str, heading=heading)
    assert size(drawing)[0] == 1000
    assert utf16_units(drawing.alt) <= ALT_LIMIT
    if days:
        assert sum(counts(drawing, 0)) == sum(one.proposals for _, one in days)
