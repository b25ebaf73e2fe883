"""What people around a recommendation are told, said from what happened: one entry for each kind of news."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.cards.amendment_news import AMENDMENT_NEWS
from bot.cards.conference_news import CONFERENCE_NEWS
from bot.cards.decisions import DECISIONS
from bot.ui import one_line
from seminar.model import Stance
from seminar.terms import STANCE_WORDS
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


def _argument_recorded(reference: str, payload: Payload) -> Text:
    return t(
        "A facilitator has put words of yours on the record of {reference} (number {number}, {stance}): "
        "“{text}” If you do not stand by them, take them back with `/argument withdraw`.",
        reference=reference,
        stance=STANCE_WORDS[Stance(payload["stance"])],
        number=int(payload["number"]),
        text=one_line(str(payload["text"]), 900),
    )


def _argument_set_aside(reference: str, payload: Payload) -> Text:
    return t(
        "Your argument {number} on {reference} was set aside by a facilitator and no longer counts: {reason}",
        number=int(payload["number"]),
        reference=reference,
        reason=one_line(str(payload["reason"]), 900),
    )


NEWS: Mapping[str, Callable[[str, Payload], Text]] = MappingProxyType(
    {
        **AMENDMENT_NEWS,
        "amendment_conflicting": _amendment_conflicting,
        "argument_recorded": _argument_recorded,
        "argument_set_aside": _argument_set_aside,
        "voted_text_changed": _voted_text_changed,
        **DECISIONS,
        **CONFERENCE_NEWS,
    }
)
