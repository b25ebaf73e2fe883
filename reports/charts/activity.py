"""What was done in a discussion and when, as columns over one axis of time; see `reports.charts.picture`.

Each kind of act has a row and a scale of its own, since a seminar has many more votes than amendments:
the highest column of a row says how many it stands for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

from reports import fonts
from reports.charts import palette
from reports.charts.picture import Drawing, alternative, breakable, missing_from
from reports.format import Words
from reports.neutral import one_line
from seminar.words import Text, t

COLUMNS = 62
"""The most columns in a row: two months by day, longer by week, by month or by year."""

NOTHING = t("Nothing has happened yet.")

_TEMPLATE = "activity.typ"


@dataclass(frozen=True, slots=True)
class Activity:
    """How many acts of each kind there were."""

    proposals: int = 0
    seconds: int = 0
    amendments: int = 0
    arguments: int = 0
    votes: int = 0

    def plus(self, other: Activity) -> Activity:
        """Both together."""
        return Activity(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


KINDS: tuple[tuple[str, Text], ...] = (
    ("proposals", t("proposals")),
    ("seconds", t("seconds")),
    ("amendments", t("amendments")),
    ("arguments", t("arguments")),
    ("votes", t("votes")),
)
"""The rows of the chart: which count, and what it is called."""

_BY_WEEK, _BY_MONTH, _BY_YEAR = "week", "month", "year"
_SPAN_WORDS = {
    "day": t("Each column is a day."),
    _BY_WEEK: t("Each column is a week, from Monday."),
    _BY_MONTH: t("Each column is a month."),
    _BY_YEAR: t("Each column is a year."),
}


def activity_drawing(
    days: Sequence[tuple[date, Activity]], words: Words, *, heading: str | Text = ""
) -> Drawing:
    """What was done on each of `days`, in any order; days without anything may be left out.

    A time too long for `COLUMNS` days is shown by week, by month or by year.
    """
    span, columns = _columns(days)
    title = one_line(words(heading))
    missing = missing_from([title])
    rows = [(name, [getattr(counts, kind) for _, counts in columns]) for kind, name in KINDS]
    notes = [words(_SPAN_WORDS[span]) if columns else words(NOTHING)]
    data = {
        "colour": palette.FOR,
        "heading": breakable(title),
        "heading_rtl": fonts.reads_right_to_left(title),
        "axis": [f"{first:%Y-%m-%d}" for first, _ in columns],
        "rows": [
            {"name": fonts.drawable(words(name)), "counts": counts, "total": str(sum(counts))}
            for name, counts in rows
            if columns
        ],
        "note": fonts.drawable(" ".join(notes)),
    }
    opening = title or words(t("What was done, and when"))
    return Drawing(_TEMPLATE, data, alternative(opening, _versions(rows, columns, span, words)), missing)


def _columns(days: Sequence[tuple[date, Activity]]) -> tuple[str, list[tuple[date, Activity]]]:
    """The first days of the columns with what was done in them, without a gap, and what a column spans."""
    if not days:
        return "day", []
    found: dict[date, Activity] = {}
    for day, counts in days:
        found[day] = found.get(day, Activity()).plus(counts)
    first, last = min(found), max(found)
    for span in ("day", _BY_WEEK, _BY_MONTH, _BY_YEAR):
        starts = [_start(first, span)]
        while (following := _after(starts[-1], span)) <= last and len(starts) <= COLUMNS:
            starts.append(following)
        if len(starts) <= COLUMNS:
            break
    columns = dict.fromkeys(starts, Activity())
    for day, counts in found.items():
        start = _start(day, span)
        columns[start] = columns.get(start, Activity()).plus(counts)
    return span, sorted(columns.items(), key=lambda column: column[0])


def _start(day: date, span: str) -> date:
    if span == _BY_WEEK:
        return day - timedelta(days=day.weekday())
    if span == _BY_MONTH:
        return day.replace(day=1)
    return day.replace(month=1, day=1) if span == _BY_YEAR else day


def _after(start: date, span: str) -> date:
    days = {"day": 1, _BY_WEEK: 7, _BY_MONTH: 31, _BY_YEAR: 366}[span]
    return _start(start + timedelta(days=days), span)


def _versions(
    rows: Sequence[tuple[Text, list[int]]],
    columns: Sequence[tuple[date, Activity]],
    span: str,
    words: Words,
) -> Iterator[list[str]]:
    if not columns:
        yield [words(NOTHING)]
        return
    dates = [f"{first:%Y-%m-%d}" for first, _ in columns]
    told = [_told(words(name), counts, dates, words) for name, counts in rows]
    yield [
        words(t("From {first} to {last}.", first=dates[0], last=dates[-1])) + " " + words(_SPAN_WORDS[span]),
        *told,
    ]
    yield told


def _told(name: str, counts: Sequence[int], dates: Sequence[str], words: Words) -> str:
    """`proposals: 12; most from 2014-10-20: 7.`"""
    total = sum(counts)
    if not total:
        return words(t("{name}: none.", name=name))
    most = max(counts)
    return words(
        t(
            "{name}: {total}; most in the column of {date}: {most}.",
            name=name,
            total=total,
            date=dates[counts.index(most)],
            most=most,
        )
    )
