"""How long a silence lasts, and whether it ends when people are at work.

A silence adopts by doing nothing, so its end must not pass unnoticed: whoever starts
one is warned where it would end in the evening, at night or on a weekend.
"""

from __future__ import annotations

from datetime import datetime, time
from typing import Final

from seminar.errors import Invalid
from seminar.words import t

DEFAULT: Final = "72h"
LONGEST_HOURS: Final = 2160.0  # as any ballot, 90 days
SHORTEST_HOURS: Final = 1 / 60

_MINUTES_AN_HOUR = 60
_SATURDAY = 5
_FROM, _TO = time(9), time(18)


def closes_in(hours: float | None, until: str | None) -> str:
    """When a silence ends, as `seminar.amounts.parse_closing` reads it; 72 hours unless it is said.

    `hours` may be a fraction and are taken to the minute; `until` is what somebody typed instead.

    Raises:
        Invalid: both are given, or the hours are less than a minute or more than 90 days.
    """
    typed = (until or "").strip()
    if hours is None:
        return typed or DEFAULT
    if typed:
        raise Invalid(t("Give either hours or a time until which the silence lasts, not both."))
    # Held to the bounds before it is multiplied: a number may be so large that it has no minutes.
    minutes = round(hours * _MINUTES_AN_HOUR) if 0 < hours <= 2 * LONGEST_HOURS else 0
    if not 1 <= minutes <= LONGEST_HOURS * _MINUTES_AN_HOUR:
        raise Invalid(t("A silence lasts from one minute to 90 days; give its hours, such as 0.5, 24 or 72."))
    return f"{minutes}m"


def within_working_hours(moment: datetime) -> bool:
    """Whether people are at work then: Monday to Friday, 09:00 to 18:00, by the clock of its own zone."""
    shown = moment.time().replace(second=0, microsecond=0)
    return moment.weekday() < _SATURDAY and _FROM <= shown <= _TO
