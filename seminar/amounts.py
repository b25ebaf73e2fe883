"""Thresholds, quorums and closing times as people write them.

A rule of decision is never rounded: shares are exact fractions from the moment
they are read. What is not plainly one of the known spellings is refused with an
example, never guessed at.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo
from fractions import Fraction
from math import ceil

from seminar.errors import Invalid
from seminar.model import Outcome, Quorum, Threshold
from seminar.words import t

SHORTEST = timedelta(minutes=1)
LONGEST = timedelta(days=90)

_SHARE = r"(?:(?P<over>[0-9]{1,4})\s*/\s*(?P<under>[0-9]{1,4})|(?P<percent>[0-9]{1,3})\s*%)"
_THRESHOLD = re.compile(rf"(?P<sign>>=|≥|>)\s*{_SHARE}")
_QUORUM = re.compile(rf"(?P<number>[0-9]{{1,6}})|{_SHARE}")
_DURATION = re.compile(
    r"(?=[0-9])(?:(?P<days>[0-9]{1,4})\s*d\s*)?(?:(?P<hours>[0-9]{1,4})\s*h\s*)?(?:(?P<minutes>[0-9]{1,6})\s*m)?",
    re.IGNORECASE | re.ASCII,
)
_CLOCK = re.compile(r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})")


def parse_threshold(text: str) -> Threshold:
    """The share of for/(for+against) that carries: `>1/2`, `>=2/3`, `≥ 2/3`, `>50%`.

    Raises:
        Invalid: another spelling, or a share that everything or nothing would meet.
    """
    found = _THRESHOLD.fullmatch(text.strip())
    share = _share(found) if found else None
    if found is None or share is None:
        raise Invalid(t("A threshold is written like >1/2 (more than half) or >=2/3 (at least two thirds)."))
    strict = found["sign"] == ">"
    if not 0 < share <= 1 or (strict and share == 1):
        raise Invalid(
            t("A threshold lies between none and all of the votes; write for example >1/2 or >=2/3.")
        )
    return Threshold(share, strict)


def parse_quorum(text: str) -> Quorum:
    """How many must have voted: a number of persons (`5`), or a share of the electorate (`1/3`, `50%`).

    Raises:
        Invalid: another spelling, or a share of more than all.
    """
    found = _QUORUM.fullmatch(text.strip())
    if found and found["number"] is not None:
        return Quorum(number=int(found["number"]))
    share = _share(found) if found else None
    if share is None:
        raise Invalid(t("A quorum is a number such as 5, or a share such as 1/3 or 50%; 0 means none."))
    if share > 1:
        raise Invalid(t("A quorum cannot be more than everybody; write at most 100%."))
    return Quorum(share=share) if share else Quorum()


def quorum_count(quorum: Quorum, electorate: int) -> int:
    """The number of voters that meets the quorum; a share of the electorate is rounded up."""
    return quorum.number if quorum.share is None else ceil(quorum.share * electorate)


def want_of_quorum(quorum: Quorum, turnout: int, electorate: int) -> Outcome | None:
    """The outcome of an item that is ordered or rated, not decided: only a quorum can be missed."""
    return Outcome.NO_QUORUM if turnout < quorum_count(quorum, electorate) else None


def parse_closing(text: str, now: datetime, zone: tzinfo) -> datetime:
    """When a ballot closes, in UTC: `30m`, `2h`, `3d`, `1d12h` from `now`, or `12:30`,
    the next such time of day in `zone`.

    A time of day that the change to summer time leaves out is taken on the next
    day that has it; one that occurs twice is taken the next time it occurs.

    Raises:
        Invalid: another spelling, or less than a minute or more than 90 days away.
    """
    typed = text.strip()
    if clock := _CLOCK.fullmatch(typed):
        hour, minute = int(clock["hour"]), int(clock["minute"])
        if hour > 23 or minute > 59:
            raise Invalid(t("There is no such time of day; write it like 12:30, from 00:00 to 23:59."))
        closes_at = _next_occurrence(time(hour, minute), now, zone)
    elif duration := _DURATION.fullmatch(typed):
        closes_at = now.astimezone(UTC) + timedelta(
            **{unit: int(count) for unit, count in duration.groupdict(default="0").items()}
        )
    else:
        raise Invalid(t("A closing time is written like 30m, 2h, 3d, 1d12h or, as a time of day, 12:30."))
    if closes_at - now < SHORTEST:
        raise Invalid(t("A ballot stays open for at least one minute; choose a later closing time."))
    if closes_at - now > LONGEST:
        raise Invalid(t("A ballot stays open for at most 90 days; choose an earlier closing time."))
    return closes_at


def _share(found: re.Match[str]) -> Fraction | None:
    if found["percent"] is not None:
        return Fraction(int(found["percent"]), 100)
    over, under = int(found["over"]), int(found["under"])
    return Fraction(over, under) if under else None


def _next_occurrence(wanted: time, now: datetime, zone: tzinfo) -> datetime:
    today = now.astimezone(zone).date()
    # Two changes of the clock never fall on neighbouring days, so three days always hold an occurrence.
    for day in range(3):
        for fold in (0, 1):
            local = datetime.combine(today + timedelta(days=day), wanted, zone).replace(fold=fold)
            moment = local.astimezone(UTC)
            exists = moment.astimezone(zone).time() == wanted
            if exists and moment > now:
                return moment
    raise AssertionError(f"no {wanted} in {zone} after {now}")
