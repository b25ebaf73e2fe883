"""What is told of a facilitator's decisions: moderation, merging, splitting, and undoing either.

Kept short enough that one message says it in four languages.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import discord

from bot.cards.amendment import derive_button
from bot.i18n import Translator
from bot.router import custom_id
from bot.ui import Button, one_line
from seminar.model import State
from seminar.words import Text, Value, t, tn

Payload = Mapping[str, Any]

_TITLE, _REASON = 120, 600  # characters after escaping, at most


def undo_button(regrouping: int, tr: Translator) -> Button:
    """Takes a merge or a split back; the house refuses whoever may not, and when it is too late."""
    return Button(tr(t("Undo")), custom_id("regroup-undo", regrouping), emoji="↩️")


def news_buttons(payload: Payload, tr: Translator) -> list[discord.ui.Button[Any]]:
    """What can be done about the news, beside them."""
    if "derive" in payload:
        return [derive_button(str(payload["derive"]), int(payload["amendment"]), tr)]
    return [undo_button(int(payload["undo"]), tr)] if "undo" in payload else []


def _admitted(reference: str, payload: Payload) -> Text:
    return t(
        "{named} was admitted: it is under discussion now, and can be put to the vote.",
        named=titled(reference, payload),
    )


def _returned(reference: str, payload: Payload) -> Text:
    said = t(
        "{named} was returned for rework. Its author goes on with `/amend`: accepting one's own change "
        "submits it again.",
        named=titled(reference, payload),
    )
    return with_reason(said, payload)


def _rejected(reference: str, payload: Payload) -> Text:
    said = t("{named} was rejected. It stays on record as rejected.", named=titled(reference, payload))
    return with_reason(said, payload)


def _reopened(reference: str, payload: Payload) -> Text:
    named = titled(reference, payload)
    if State(payload["state"]) is State.PROPOSED:
        said = t("{named} was reopened, and waits to be admitted.", named=named)
    else:
        said = t("{named} was reopened, and is under discussion again.", named=named)
    return with_reason(said, payload)


def _rethemed(reference: str, payload: Payload) -> Text:
    return t(
        "{named} belongs to the theme {theme}, “{title}”, now. Its reference stays.",
        named=titled(reference, payload),
        theme=str(payload["theme"]),
        title=one_line(str(payload["theme_title"]), _TITLE),
    )


def _merged(reference: str, payload: Payload) -> Text:
    said = t(
        "{named} was merged into {into}, where the discussion goes on. Those who seconded it are counted "
        "there as having seconded what it came from.",
        named=titled(reference, payload),
        into=str(payload["into"]),
    )
    return with_reason(said, payload)


def _merged_into(reference: str, payload: Payload) -> Text:
    others = _listed(payload["others"])
    said = tn(
        "{references} was merged into {named}, which is in version {version} now.",
        "{references} were merged into {named}, which is in version {version} now.",
        len(others),
        references=others,
        named=titled(reference, payload),
        version=int(payload["version"]),
    )
    return with_reason(said, payload)


def _split(reference: str, payload: Payload) -> Text:
    said = t(
        "{named} was split into {references}, by the same author.",
        named=titled(reference, payload),
        references=_listed(payload["parts"]),
    )
    return with_reason(said, payload)


def _merge_undone(reference: str, payload: Payload) -> Text:
    return t(
        "The merge into {into} was undone: {named} stands for itself again, where it stood before.",
        into=str(payload["into"]),
        named=titled(reference, payload),
    )


def _merge_into_undone(reference: str, payload: Payload) -> Text:
    return t(
        "The merge of {references} into {named} was undone. It is in version {version} now.",
        references=_listed(payload["others"]),
        named=titled(reference, payload),
        version=int(payload["version"]),
    )


def _reunited(reference: str, payload: Payload) -> Text:
    return t(
        "The splitting of {into} was undone: {named} is back in it.",
        into=str(payload["into"]),
        named=titled(reference, payload),
    )


def _split_undone(reference: str, payload: Payload) -> Text:
    return t(
        "The splitting of {named} was undone; its parts {references} lead to it.",
        named=titled(reference, payload),
        references=_listed(payload["parts"]),
    )


DECISIONS: Mapping[str, Callable[[str, Payload], Text]] = MappingProxyType(
    {
        "admitted": _admitted,
        "returned": _returned,
        "rejected": _rejected,
        "reopened": _reopened,
        "rethemed": _rethemed,
        "merged": _merged,
        "merged_into": _merged_into,
        "split": _split,
        "merge_undone": _merge_undone,
        "merge_into_undone": _merge_into_undone,
        "reunited": _reunited,
        "split_undone": _split_undone,
    }
)


def titled(reference: str, payload: Payload) -> Text:
    """Reference and title."""
    title = one_line(str(payload["title"]), _TITLE)
    return t("{reference} “{title}”", reference=reference, title=title)


def _listed(references: Any) -> tuple[Value, ...]:
    return tuple(map(str, references))


def with_reason(said: Text, payload: Payload) -> Text:
    """The news, and the reason where one was given."""
    reason = one_line(str(payload["reason"]), _REASON)
    return t("{news} Reason: “{reason}”", news=said, reason=reason) if reason else said
