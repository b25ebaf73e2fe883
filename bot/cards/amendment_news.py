"""What is told of amendments: in the discussion, and to those whose text or whose amendment it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bot.ui import one_line
from seminar.model import Change
from seminar.words import Text, t

Payload = Mapping[str, Any]

_REASON = 600  # characters after escaping, at most


def _proposed(reference: str, payload: Payload) -> Text:
    return t(
        "Somebody asks to amend your {reference}, “{title}”: amendment {number} stands in its discussion, "
        "where you accept or reject it.",
        reference=reference,
        title=one_line(str(payload["title"]), 220),
        number=int(payload["amendment"]),
    )


def _accepted(reference: str, payload: Payload) -> Text:
    number, version = int(payload["amendment"]), int(payload["version"])
    if Change(payload["change"]) is Change.EDITORIAL:
        return t(
            "Amendment {number} to {reference} was accepted as a change of wording alone: the text is "
            "version {version} now.",
            number=number,
            reference=reference,
            version=version,
        )
    return t(
        "Amendment {number} to {reference} was accepted: the text is version {version} now.",
        number=number,
        reference=reference,
        version=version,
    )


def _rejected(reference: str, payload: Payload) -> Text:
    number, reason = int(payload["amendment"]), one_line(str(payload["reason"]), _REASON)
    if reason:
        return t(
            "Amendment {number} to {reference} was rejected. Its author can still propose it as a "
            "recommendation of its own, by the button under it. Reason: {reason}",
            number=number,
            reference=reference,
            reason=reason,
        )
    return t(
        "Amendment {number} to {reference} was rejected. Its author can still propose it as a "
        "recommendation of its own, by the button under it.",
        number=number,
        reference=reference,
    )


def _reworked(reference: str, payload: Payload) -> Text:
    number = int(payload["amendment"])
    if int(payload["seconds"]):
        return t(
            "Amendment {number} to {reference} was reworked; whoever has seconded it may want to read it "
            "again.",
            number=number,
            reference=reference,
        )
    return t("Amendment {number} to {reference} was reworked.", number=number, reference=reference)


AMENDMENT_NEWS: Mapping[str, Callable[[str, Payload], Text]] = MappingProxyType(
    {
        "amendment_proposed": _proposed,
        "amendment_accepted": _accepted,
        "amendment_rejected": _rejected,
        "amendment_reworked": _reworked,
    }
)
