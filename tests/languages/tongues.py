"""Made-up languages that show where a sentence comes from.

A pseudo-language puts every message between its own brackets, so that words
outside them never went through a catalogue. Whatever the bot sends to Discord
is read from its requests, so that nothing it shows can be overlooked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from gettext import NullTranslations
from typing import Any

from simcord.env import Env

from bot.client import Rapporteur, create_bot
from bot.i18n import Catalogues, Translator
from bot.presenter import Presenter
from bot.settings import Settings

BRACKETS = {"en": ("⟦", "⟧"), "fr": ("⟪", "⟫")}
SHOWN = ("content", "label", "placeholder", "description", "title", "name", "topic")
_NEUTRAL = re.compile(
    r"<(?:[#@]|@&|t:)[^>]*>"  # mentions
    r"|https?://\S+"
    r"|\b[A-Z0-9]{2,8}-\d{2,}\b"  # references
    r"|\bB\d+\b"  # ballots
)
_WORD = re.compile(r"[^\W\d_]{2,}")


class Bracketed(NullTranslations):
    """Renders every message as it is, between brackets."""

    def __init__(self, brackets: tuple[str, str]) -> None:
        super().__init__()
        self._left, self._right = brackets

    def gettext(self, message: str) -> str:
        return self._left + message + self._right

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def bracketed(language: str) -> Translator:
    return Translator(language, Bracketed(BRACKETS[language]))


def made_up_bot(settings: Settings) -> Rapporteur:
    """The real bot, which speaks nothing but the pseudo-languages."""
    bot = create_bot(settings)
    bot.catalogues = Catalogues({language: bracketed(language) for language in BRACKETS})
    bot.presenter = Presenter(bot.catalogues)
    return bot


def speak(env: Env, locale: str) -> None:
    """From now on everybody's Discord is set to `locale`; the simulated one knows en-US only."""
    emit = env.backend.emit

    def emitted(event: str, payload: Mapping[str, Any]) -> None:
        emit(event, {**payload, "locale": locale} if event == "INTERACTION_CREATE" else payload)

    env.backend.emit = emitted  # type: ignore[method-assign]


@dataclass(frozen=True, slots=True)
class Text:
    """One text the bot sent; `personal` ones answer a person, others stand where all can read them."""

    text: str
    personal: bool
    where: str


def sent(env: Env, since: int = 0) -> Iterator[Text]:
    """Every text in every request to Discord since that many, but for the commands' own names."""
    for request in env.http_requests[since:]:
        if "/commands" in request.path:
            continue
        personal = request.path.startswith(("/interactions/", "/webhooks/"))
        for key, text in _texts(request.json):
            yield Text(text, personal, f"{request.method} {request.path[:30]} {key}")


def _texts(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key in SHOWN and isinstance(inner, str):
                yield key, inner
            elif key not in ("emoji", "attachments"):
                yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def outside(text: str, own: Iterable[str]) -> list[str]:
    """Words that stand outside all brackets and are nobody's own; an opened bracket may have been cut off."""
    for left, right in BRACKETS.values():
        inner = re.compile(rf"{left}[^{left}{right}]*(?:{right}|$)")
        while inner.search(text):
            text = inner.sub(" ", text)
    text = text.replace("\\", "")
    for words in sorted(own, key=len, reverse=True):
        text = text.replace(words, " ")
    return _WORD.findall(_NEUTRAL.sub(" ", text))
