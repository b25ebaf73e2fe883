"""Days as people write them: the day first, or the year first, or the month in letters.

`03/04/2015` is the third of April, as everywhere in Europe. What is no day, or could be two, is refused in
one sentence, and nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from seminar.errors import Invalid
from seminar.sheets import Number
from seminar.texts import clean_line, echo, fold
from seminar.words import Text, t

EARLIEST: Final = date(1970, 1, 1)
LATEST: Final = date(2200, 12, 31)
_SHEET_BEGINS: Final = date(1899, 12, 30)
"""Day 0 of a spreadsheet, by which its days after February 1900 come out right."""
_MONTHS: Final = (
    ("january", "janvier"),
    ("february", "fevrier"),
    ("march", "mars"),
    ("april", "avril"),
    ("may", "mai"),
    ("june", "juin"),
    ("july", "juillet"),
    ("august", "aout"),
    ("september", "septembre"),
    ("october", "octobre"),
    ("november", "novembre"),
    ("december", "decembre"),
)
_SHORTEST: Final = 3
_MIDNIGHT = r"(?:[t ]00:00(?::00(?:\.0+)?)?z?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})([-./])(\d{{1,2}})\2(\d{{1,2}}){_MIDNIGHT}")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})([-./])(\d{{1,2}})\2(\d{{4}}){_MIDNIGHT}")
_WORDED = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er|\.)? ?(?:of )?([^\W\d_]{3,9})\.?,? (\d{4})")
_MONTH_BEFORE = re.compile(r"([^\W\d_]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_TWO_DIGITS = re.compile(r"\d{1,2}[-./ ]\d{1,2}[-./ ]\d{1,2}")
_SERIAL = re.compile(r"(\d{1,6})(?:\.\d*)?")


def _named_months() -> Mapping[str, int]:
    """Months by their names and by whatever part of one no other begins with."""
    found: dict[str, set[int]] = {}
    for number, names in enumerate(_MONTHS, start=1):
        for name in names:
            for end in range(_SHORTEST, len(name) + 1):
                found.setdefault(name[:end], set()).add(number)
    return {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}


_BY_NAME: Mapping[str, int] = MappingProxyType(_named_months())


def read_day(written: str) -> date:
    """The day that was written, from 1970 to 2200.

    A `Number` is a cell that a spreadsheet keeps as one, which counts its days from 1900.

    Raises:
        Invalid: it is no day, or it could be several.
    """
    if isinstance(written, Number):
        return _bounded(_of_serial(written), written)
    text = fold(clean_line(written))
    if found := _YEAR_FIRST.fullmatch(text):
        return _bounded(_day(found[1], found[3], found[4], written), written)
    if found := _DAY_FIRST.fullmatch(text):
        return _bounded(_day(found[4], found[3], found[1], written), written)
    if found := _WORDED.fullmatch(text):
        return _bounded(_day(found[3], _month(found[2], written), found[1], written), written)
    if found := _MONTH_BEFORE.fullmatch(text):
        return _bounded(_day(found[3], _month(found[1], written), found[2], written), written)
    if _TWO_DIGITS.fullmatch(text):
        raise Invalid(
            t("“{written}” could be several days; write the year in full: 2015-03-31.", written=echo(written))
        )
    raise Invalid(_none(written))


def only_month_first(written: str) -> bool:
    """Whether it is a day only if its month is read first, as in `03/31/2015`."""
    found = None if isinstance(written, Number) else _DAY_FIRST.fullmatch(fold(clean_line(written)))
    return found is not None and int(found[3]) > 12 >= int(found[1])


def either_first(written: str) -> bool:
    """Whether day and month could be exchanged, and the day would be another: `03/04/2015`."""
    found = None if isinstance(written, Number) else _DAY_FIRST.fullmatch(fold(clean_line(written)))
    return (
        found is not None and int(found[1]) <= 12 and int(found[3]) <= 12 and int(found[1]) != int(found[3])
    )


def _of_serial(written: str) -> date:
    found = _SERIAL.fullmatch(written.strip())
    if found is None:
        raise Invalid(_none(written))
    return _SHEET_BEGINS + timedelta(days=int(found[1]))


def _month(name: str, written: str) -> str:
    number = _BY_NAME.get(name)
    if number is None:
        raise Invalid(_none(written))
    return str(number)


def _day(year: str, month: str, day: str, written: str) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise Invalid(
            t(
                "There is no day “{written}”; the day comes before the month, as in 31/03/2015, or write "
                "2015-03-31.",
                written=echo(written),
            )
        ) from None


def _bounded(day: date, written: str) -> date:
    if not EARLIEST <= day <= LATEST:
        raise Invalid(
            t(
                "“{written}” would be in the year {year}; days from 1970 to 2200 are taken.",
                written=echo(written),
                year=str(day.year),
            )
        )
    return day


def _none(written: str) -> Text:
    return t(
        "“{written}” is no day; write it as 2015-03-31, 31/03/2015 or 31 March 2015.", written=echo(written)
    )
