"""Every language is whole: each sentence of the program is there, and each fits where it is shown.

Whoever adds a sentence runs `make messages` and writes its translations; until then these tests fail.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import discord
import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from discord import app_commands

from bot.client import COGS, Rapporteur, create_bot
from bot.i18n import LOCALES, SOURCE, Catalogues, CommandTranslator
from bot.settings import Settings
from locales.extract import LANGUAGES, template
from seminar.words import t
from tests.languages.source import Said, shown_to_people

NAME = re.compile(r"[-_\w]{1,32}")  # and no capital letters: Discord's own rule
FILE_FORMATS = {"csv", "docx", "html", "json", "markdown", "pdf", "xlsx"}  # the same in every language
NBSP = "\u00a0"
LONGEST = {"choice": "Abstention", "reference": "ABCDEFGH-99"}  # what a label's values may grow to

pytestmark = pytest.mark.parametrize("language", LANGUAGES)


def catalogue(language: str) -> Catalog:
    with (LOCALES / f"{language}.po").open("rb") as source:
        return read_po(source, locale=language)


def messages(language: str) -> dict[object, Message]:
    return {message.id: message for message in catalogue(language) if message.id}


def forms(message: Message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string or ())


def words(message: Message) -> list[str]:
    return [message.id] if isinstance(message.id, str) else list(message.id)


def placeholders(pattern: str) -> list[str]:
    return sorted(field for _, field, _, _ in Formatter().parse(pattern) if field is not None)


def test_every_sentence_of_the_program_is_in_the_catalogue_and_nothing_else(language: str) -> None:
    """What nobody says any more is taken out as well: `make messages` does both."""
    said = {message.id for message in template() if message.id}
    assert set(messages(language)) == said
    assert not catalogue(language).obsolete


def test_every_sentence_is_translated_in_all_its_plural_forms(language: str) -> None:
    """Nothing is empty, and nothing is a guess that somebody has still to look at."""
    known = catalogue(language)
    assert [m.id for m in messages(language).values() if m.fuzzy] == []
    for message in messages(language).values():
        assert len(forms(message)) == (1 if isinstance(message.id, str) else known.num_plurals), message.id
        assert all(form.strip() for form in forms(message)), message.id


def test_every_form_shows_the_same_values_as_the_sentence(language: str) -> None:
    """A missing or misspelt placeholder would lose a figure, or fail before people's eyes."""
    for message in messages(language).values():
        wanted = placeholders(words(message)[-1])
        for form in [*words(message), *forms(message)]:
            assert placeholders(form) == wanted, message.id


def test_formatting_and_code_survive_translation(language: str) -> None:
    """Bold words, emoji, line ends and what stands between backticks are as many as before."""
    for message in messages(language).values():
        for form in forms(message):
            for mark in ("**", "`", "\n", "🗳️", "✅", "🔒", "[["):
                assert form.count(mark) == words(message)[-1].count(mark), message.id
            assert form[:1].isspace() == words(message)[-1][:1].isspace(), message.id


def test_typography_is_that_of_official_documents(language: str) -> None:
    """French sets a space that does not break before high punctuation and inside its quotation marks."""
    if language != "fr":
        pytest.skip("the rules of French")
    for message in messages(language).values():
        for form in forms(message):
            assert not re.search(rf"[^{NBSP}][:;?!](?=\s|$)", form), form
            assert not re.search(rf"«[^{NBSP}]|[^{NBSP}]»", form), form
            assert not re.search(r"[“”]|(?<=[^\W\d_])'(?=[^\W\d_])|\.\.\.", form), form


@pytest.fixture
async def bot(settings: Settings) -> Rapporteur:
    """The bot with every cog, without a store and without Discord."""
    bot = create_bot(settings)
    for name in COGS:
        await bot.load_extension(name)
    return bot


Payload = dict[str, Any]


def nested(payload: Payload, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Payload]]:
    """A command with its subcommands, options and choices, each with the names above it."""
    here = (*path, str(payload["name"]))
    yield here, payload
    for key in ("options", "choices"):
        for below in payload.get(key) or ():
            yield from nested(below, here)


async def payloads(bot: Rapporteur, translator: app_commands.Translator) -> list[Payload]:
    """Every command as Discord is told of it."""
    await bot.tree.set_translator(translator)
    return [
        dict(await command.get_translated_payload(bot.tree, translator))
        for kind in (discord.AppCommandType.chat_input, discord.AppCommandType.message)
        for command in bot.tree.get_commands(type=kind)
    ]


def is_choice(payload: Payload) -> bool:
    return "value" in payload


def own(payload: Payload, key: str, language: str) -> str:
    """A name or description as Discord shows it to people of this language."""
    return str((payload.get(f"{key}_localizations") or {}).get(language, payload[key]))


async def test_commands_are_called_what_discord_allows(language: str, bot: Rapporteur) -> None:
    """Lower case and at most 32 characters, descriptions at most 100, and no two alike among siblings."""
    commands = await payloads(bot, CommandTranslator(Catalogues.load()))
    for command in commands:
        for path, payload in nested(command):
            name = own(payload, "name", language)
            if is_choice(payload):
                assert len(name) <= 100, path
            elif payload.get("type", 1) == discord.AppCommandType.message.value and len(path) == 1:
                assert len(name) <= 32, path
            else:
                assert NAME.fullmatch(name) and name == name.lower(), path
                assert 1 <= len(own(payload, "description", language)) <= 100, path
            for key in ("options", "choices"):
                names = [own(below, "name", language) for below in payload.get(key) or ()]
                assert len(names) == len(set(names)), path
    names = [own(command, "name", language) for command in commands]
    assert len(names) == len(set(names)) and names != [command["name"] for command in commands]


class Echo(app_commands.Translator):
    """Answers everything it is asked, which shows what it is never asked."""

    async def translate(self, string: Any, locale: Any, context: Any) -> str:
        return f"{string.message}…"


async def test_every_name_and_description_of_a_command_can_be_translated(
    language: str, bot: Rapporteur
) -> None:
    """None is a plain string that the translator never sees."""
    known = {word for message in messages(language).values() for word in words(message)}
    for command in await payloads(bot, Echo()):
        for path, payload in nested(command):
            if is_choice(payload) and payload["name"] in FILE_FORMATS:
                continue
            for key in ("name", "description"):
                if payload.get(key):
                    assert language in (payload.get(f"{key}_localizations") or {}), (path, key)
                    assert payload[key] in known, (path, key)


async def test_sentences_name_commands_as_their_readers_see_them(language: str, bot: Rapporteur) -> None:
    """`/ballot open` is `/scrutin ouvrir` for whoever reads French, in sentences as in the menu."""
    names: dict[str, str] = {}
    for command in await payloads(bot, CommandTranslator(Catalogues.load())):
        names[command["name"]] = own(command, "name", language)
        for below in command.get("options") or ():
            if below["type"] == discord.AppCommandOptionType.subcommand.value:
                path = f"{command['name']} {below['name']}"
                names[path] = f"{names[command['name']]} {own(below, 'name', language)}"
    for message in messages(language).values():
        for form in forms(message):
            wanted = [names[path] for path in _commands(words(message)[-1], names)]
            assert _commands(form, names.values()) == wanted, message.id


def _commands(text: str, names: Any) -> list[str]:
    """The commands a sentence names, the longest name that fits each."""
    longest = sorted(names, key=len, reverse=True)
    return re.findall(rf"(?<![\w/])/({'|'.join(map(re.escape, longest))})\b", text)


def test_labels_fit_where_discord_shows_them(language: str) -> None:
    """Cut labels are no labels: 80 characters on a button, 45 over a field of a form."""
    speak = Catalogues.load()
    for said in _labels():
        for code in (SOURCE, language):
            values = {name: LONGEST.get(name, "12") for name in placeholders(said.message)}
            label = speak.speak(code)(t(said.message, **values))
            assert len(label) <= said.limit, (said.where, label)


def _labels() -> list[Said]:
    found = [said for said in shown_to_people() if said.limit]
    assert len(found) > 40, "the sinks have been renamed"
    return found
