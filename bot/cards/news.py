"""What people around a recommendation are told, said from what happened: one entry for each kind of news."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.ui import one_line
from seminar.words import Text, t

Payload = Mapping[str, Any]


def news_text(reference: str, payload: Payload) -> Text:
    """The news in one or two sentences; `payload["what"]` says which."""
    return NEWS[str(payload["what"])](reference, payload)


def _amendment_conflicting(reference: str, payload: Payload) -> Text:
    return t(
        "Amendment {number} to {reference} touches words that have changed since; it can be reworked.",
        number=int(payload["amendment"]),
        reference=reference,
    )


def _voted_text_changed(reference: str, payload: Payload) -> Text:
    return t(
        "{reference}, “{title}”, has changed in substance since ballot {ballot}. What was decided there was "
        "another text; this one needs a new vote.",
        reference=reference,
        title=one_line(str(payload["title"]), 220),
        ballot=f"B{int(payload['ballot'])}",
    )


NEWS: Mapping[str, Callable[[str, Payload], Text]] = MappingProxyType(
    {
        "amendment_conflicting": _amendment_conflicting,
        "voted_text_changed": _voted_text_changed,
    }
)
