"""From messages to somebody's language.

The catalogue is gettext's: the English wording is the key, `locales/CODE.po`
holds the others and is read as it stands, so that no compiled file can go
stale. A language without a catalogue is simply not offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from pathlib import Path

import discord
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from discord import app_commands

from seminar.words import Text, Value

SOURCE = "en"
_DATES = {"en": "en_GB"}  # day before month: the readers are Europeans
_AT = {"fr": " à "}  # between a day and a time of day
LOCALES = Path(__file__).resolve().parent.parent / "locales"


class Translator:
    """Renders messages in one language; calling it is the whole use of it."""

    def __init__(self, language: str, catalogue: NullTranslations) -> None:
        self.language = language
        self._locale = _DATES.get(language, language)
        self._catalogue = catalogue

    def __call__(self, text: Text | str) -> str:
        """`text` in this language; a plain string is somebody's own words and stays as it is."""
        if isinstance(text, str):
            return text
        if text.count is None or text.plural is None:
            pattern = self._catalogue.gettext(text.singular)
        else:
            pattern = self._catalogue.ngettext(text.singular, text.plural, text.count)
        return pattern.format_map({name: self._value(value) for name, value in text.values.items()})

    def _value(self, value: Value) -> str:
        if isinstance(value, Text | str):
            return self(value)
        if isinstance(value, tuple):
            return format_list([self._value(part) for part in value], locale=self._locale)
        if isinstance(value, datetime):
            moment = f"{self._day(value)}{_AT.get(self.language, ', ')}{value:%H:%M}"
            return f"{moment} {value.tzname() or ''}".rstrip()
        if isinstance(value, date):
            return self._day(value)
        return str(value)

    def _day(self, value: date) -> str:
        day = format_date(value, "long", locale=self._locale)
        # French counts the first of a month and numbers the others.
        return f"1er{day[1:]}" if self.language == "fr" and value.day == 1 else day


class Catalogues:
    """Every language the house speaks."""

    def __init__(self, translators: Mapping[str, Translator]) -> None:
        self._translators = dict(translators)

    @classmethod
    def load(cls, folder: Path = LOCALES) -> Catalogues:
        """Read every catalogue in `folder`; English needs none."""
        translators = {SOURCE: Translator(SOURCE, NullTranslations())}
        for path in sorted(folder.glob("*.po")):
            translators[path.stem] = Translator(path.stem, _read(path, path.stat().st_mtime_ns))
        return cls(translators)

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(self._translators)

    def speak(self, language: str) -> Translator:
        """The translator for `language`, or the English one."""
        return self._translators.get(language, self._translators[SOURCE])

    def among(self, languages: Iterable[str]) -> tuple[Translator, ...]:
        """Translators for those of `languages` that have a catalogue, in their order; at least English."""
        known = tuple(self._translators[code] for code in languages if code in self._translators)
        return known or (self._translators[SOURCE],)

    def first(self, languages: Iterable[str]) -> Translator:
        """The translator for what stands in a room once: the first of `languages` that is spoken."""
        return self.among(languages)[0]

    def pick(self, wanted: str, fallback: Iterable[str]) -> Translator:
        """The reader's own language where it is spoken, else the first of `fallback` that is."""
        code = wanted.partition("-")[0]
        return self._translators[code] if code in self._translators else self.first(fallback)


@lru_cache(maxsize=16)
def _read(path: Path, changed: int) -> GNUTranslations:
    """The catalogue in a file, read once a process as long as `changed`, its time of change, is the same."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.stem)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)


class CommandTranslator(app_commands.Translator):
    """Names and descriptions of commands for Discord's own menus."""

    def __init__(self, catalogues: Catalogues) -> None:
        # Discord has dozens of languages and asks for every name in each of them; few are spoken here.
        spoken = {code: catalogues.speak(code) for code in catalogues.languages if code != SOURCE}
        by_locale = ((locale, spoken.get(locale.value.partition("-")[0])) for locale in discord.Locale)
        self._translators = {locale: speak for locale, speak in by_locale if speak is not None}

    async def translate(
        self,
        string: app_commands.locale_str,
        locale: discord.Locale,
        context: app_commands.TranslationContextTypes,
    ) -> str | None:
        speak = self._translators.get(locale)
        if speak is None:
            return None
        translated = speak(Text(string.message))
        return None if translated == string.message else translated
