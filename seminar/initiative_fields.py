"""The kinds of value an initiative file holds, each with what it must look like."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from seminar.amounts import parse_quorum, parse_threshold
from seminar.errors import Invalid
from seminar.initiative_problems import Problem
from seminar.words import t


def _one_line(text: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in text):
        raise Problem(t("This must be on one line, without control characters."))
    return text


def _many_lines(text: str) -> str:
    for allowed in ("\r\n", "\n", "\t"):
        text = text.replace(allowed, "\n")
    if any(unicodedata.category(character) == "Cc" for character in text.replace("\n", "")):
        raise Problem(t("This must not contain control characters."))
    return text


def _written_id(value: object) -> object:
    """A role may be named by its Discord id, which people write without quotes."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _calendar_date(value: object) -> object:
    # pydantic would take a bare number for seconds since 1970
    if isinstance(value, int | float):
        raise Problem(t("This must be a date such as 2014-10-22."))
    return value


def _zone_name(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # OSError: the name of a folder of zones, such as "Europe"
        text = t("There is no time zone “{name}”; write one such as “Europe/Brussels”.", name=name[:100])
        raise Problem(text) from None
    return name


def _threshold(text: str) -> str:
    try:
        return str(parse_threshold(text))
    except Invalid as refusal:
        raise Problem(refusal.text) from None


def _quorum(text: str) -> str:
    try:
        return str(parse_quorum(text))
    except Invalid as refusal:
        raise Problem(refusal.text) from None


def _hour(text: str) -> str:
    if text and not re.fullmatch("([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise Problem(t("Write an hour such as “18:00”, or nothing for no digest."))
    return text


def _written_hour(value: object) -> object:
    """An hour without quotes is a time of its own in TOML, there with seconds."""
    if isinstance(value, time) and not (value.second or value.microsecond):
        return f"{value:%H:%M}"
    return value


def _written_number(value: object) -> object:
    """A quorum of five is as often written `5` as `"5"`."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


Code = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2,8}$")]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=100), AfterValidator(_one_line)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100), AfterValidator(_one_line)
]
Paragraphs = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=2000), AfterValidator(_many_lines)
]
Foreword = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=10_000), AfterValidator(_many_lines)
]
RoleName = Annotated[Title, BeforeValidator(_written_id)]
Day = Annotated[date, BeforeValidator(_calendar_date)]
ZoneName = Annotated[str, AfterValidator(_zone_name)]
ThresholdText = Annotated[str, AfterValidator(_threshold)]
HourText = Annotated[
    str, StringConstraints(strip_whitespace=True), AfterValidator(_hour), BeforeValidator(_written_hour)
]
QuorumText = Annotated[str, AfterValidator(_quorum), BeforeValidator(_written_number)]
