"""What is told of what a conference does with a text.

Kept short enough that one message says it in four languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.cards.decisions import titled, with_reason
from bot.ui import one_line
from seminar.words import Text, Value, t

Payload = Mapping[str, Any]

_TITLE = 120  # characters after escaping, at most


def _forwarded(reference: str, payload: Payload) -> Text:
    values: dict[str, Value] = {"named": titled(reference, payload), "conference": _conference(payload)}
    if payload["rank"] is None:
        return t("{named} was forwarded to {conference}, where the final decision is taken.", **values)
    return t(
        "{named} was forwarded to {conference}, as number {rank} of its theme; the final decision is taken "
        "there.",
        rank=int(payload["rank"]),
        **values,
    )


def _presented(reference: str, payload: Payload) -> Text:
    return t(
        "{named} was presented at {conference}. Its discussion goes on there.",
        named=titled(reference, payload),
        conference=_conference(payload),
    )


def _finalised(reference: str, payload: Payload) -> Text:
    said = t(
        "{named} is final, as text {number}.", named=titled(reference, payload), number=str(payload["number"])
    )
    return with_reason(said, payload)


def _not_finalised(reference: str, payload: Payload) -> Text:
    said = t("{named} gets no final text. It stays on record.", named=titled(reference, payload))
    return with_reason(said, payload)


def _taken_up(reference: str, payload: Payload) -> Text:
    said = t("{named} was taken up again and is open for a decision.", named=titled(reference, payload))
    return with_reason(said, payload)


def _amendment_not_taken_up(reference: str, payload: Payload) -> Text:
    return t(
        "Amendment {number} to {named} was not taken up before the conference decided on the text. Its "
        "author can propose it as a recommendation of its own.",
        number=int(payload["amendment"]),
        named=titled(reference, payload),
    )


CONFERENCE_NEWS: Mapping[str, Callable[[str, Payload], Text]] = MappingProxyType(
    {
        "forwarded": _forwarded,
        "presented": _presented,
        "finalised": _finalised,
        "not_finalised": _not_finalised,
        "taken_up": _taken_up,
        "amendment_not_taken_up": _amendment_not_taken_up,
    }
)


def _conference(payload: Payload) -> str:
    return one_line(str(payload["conference"]), _TITLE)
