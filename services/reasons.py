"""Reasons that people give for what they ask for or decide: kept as written, told to those it concerns."""

from __future__ import annotations

from typing import Final

from seminar.errors import Invalid
from seminar.texts import bounded, clean, seen
from seminar.words import Text, t

MOST_REASON: Final = 500
"""Characters, so that one message tells it in every language of an initiative."""

_REASON = t("Reason")


def reason_of(typed: str) -> str:
    """A reason that may be left out, as it is kept; "" where nothing can be read in it.

    Raises:
        Invalid: it is too long.
    """
    return bounded(clean(typed), _REASON, 0, MOST_REASON)


def required_reason(typed: str, missing: Text) -> str:
    """A reason that must be given, as it is kept.

    Raises:
        Invalid: there is none (`missing` says so), or it is too long.
    """
    reason = reason_of(typed)
    if not seen(reason):
        raise Invalid(missing)
    return reason
