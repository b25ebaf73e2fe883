"""The documents and the program name the same things.

Whatever a document shows as a command, a target, a variable or a file exists;
and whatever exists is named in some document. Only what stands in code
(between backticks or in a block) counts.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import discord
import pytest
import typer
from discord import app_commands

from bot.cli import app
from bot.client import COGS, create_bot
from bot.settings import Settings, variables
from bot.watching import PAGES
from seminar.initiative import Initiative

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("**/*.md"))]
PRESENT = [path for path in DOCUMENTS if path.exists()]
COMPLETE = (ROOT / "README.md").exists()
needs_readme = pytest.mark.skipif(not COMPLETE, reason="there is no README yet to name anything")


def code() -> Iterator[tuple[str, str]]:
    """Every (document, line or span of code)."""
    for path in PRESENT:
        text = path.read_text(encoding="utf-8")
        name = path.relative_to(ROOT).as_posix()
        blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
        yield from ((name, line.strip()) for block in blocks for line in block.splitlines())
        prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
        yield from ((name, span) for span in re.findall(r"`([^`\n]+)`", prose))


def make_targets() -> set[str]:
    """The targets a person may call."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):.*##", text, re.MULTILINE))


def shell_commands() -> dict[str, set[str]]:
    """Every command of the command line with its options, as `audit verify` → `--head`…"""
    found: dict[str, set[str]] = {}

    def walk(command: object, name: str) -> None:
        members = getattr(command, "commands", None)
        if members is None:
            params = getattr(command, "params", [])
            options = {option for param in params for option in (*param.opts, *param.secondary_opts)}
            found[name] = {option for option in options if option.startswith("--")} | {"--help"}
            return
        for member, inner in members.items():
            walk(inner, f"{name} {member}".strip())

    walk(typer.main.get_command(app), "")
    return found


async def slash_commands() -> dict[str, set[str]]:
    """Every command in the chat with its options; message commands have none."""
    bot = create_bot(Settings())
    try:
        for cog in COGS:
            await bot.load_extension(cog)
        found: dict[str, set[str]] = {}
        for command in bot.tree.walk_commands():
            if isinstance(command, app_commands.Command):
                found[command.qualified_name] = {parameter.display_name for parameter in command.parameters}
        for menu in bot.tree.walk_commands(type=discord.AppCommandType.message):
            found[menu.name] = set()
        return found
    finally:
        await bot.close()


def named_shell_commands() -> Iterator[tuple[str, str]]:
    """Every use of `rapporteur` or `python -m bot` in a document."""
    for document, line in code():
        for used in re.findall(r"(?:^|[\s/])(?:rapporteur|-m bot)((?: +[^\s`|&;#]+)+)", line):
            yield document, used.strip()


def test_every_make_target_named_exists() -> None:
    """Nobody types a target that is not there."""
    named = {(doc, target) for doc, line in code() for target in re.findall(r"\bmake ([a-z]+)\b", line)}
    assert {(doc, target) for doc, target in named if target not in make_targets()} == set()


def test_every_make_target_is_named() -> None:
    """In CONTRIBUTING, where developers look."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {target for target in make_targets() if f"`make {target}`" not in text} == set()


def test_every_command_line_named_exists_with_its_options() -> None:
    """`rapporteur …` in a document can be typed as it stands."""
    known = shell_commands()
    wrong = []
    for document, used in named_shell_commands():
        words = used.split()
        if not re.fullmatch(r"[a-z]+", words[0]):
            continue  # an option of the program itself, or the word in a sentence
        command = max((name for name in known if f"{used} ".startswith(f"{name} ")), key=len, default=None)
        options = {option.split("=")[0] for option in re.findall(r"--[a-z][a-z=-]*", used)}
        group = any(name.startswith(f"{words[0]} ") for name in known) and len(words) == 1
        if not group and (command is None or not options <= known[command]):
            wrong.append((document, used))
    assert wrong == []


@needs_readme
def test_every_command_line_is_named() -> None:
    """No command is left for people to find by chance."""
    text = "\n".join(line for _, line in code())
    assert {name for name in shell_commands() if name not in text} == set()


def test_every_variable_named_exists() -> None:
    """A variable in a document that the program refuses would be cruel."""
    named = {(doc, found) for doc, line in code() for found in re.findall(r"\bRAPPORTEUR_\w+", line)}
    assert {(doc, name) for doc, name in named if name not in variables()} == set()


@needs_readme
def test_every_setting_is_named() -> None:
    """In a document, besides the example."""
    text = "\n".join(line for _, line in code())
    assert {key for _, key in variables().values() if not re.search(rf"\b{key}\b", text.lower())} == set()


@needs_readme
def test_every_key_of_an_initiative_file_is_named() -> None:
    """Organisers write the file by hand, so they must be able to look every key up."""
    text = "\n".join(line for _, line in code())
    keys = {
        key
        for table in Initiative.model_json_schema()["$defs"].values()
        for key in table.get("properties", ())
    }
    assert {key for key in keys if not re.search(rf"\b{key}\b", text)} == set()


async def test_every_chat_command_named_exists_with_its_options() -> None:
    """`/ballot open method [theme]` in a document is what Discord offers."""
    known = await slash_commands()
    groups = {name.split()[0] for name in known}
    wrong = []
    for document, span in code():
        used = re.match(r"/([a-z][a-z-]*)(?: ([a-z][a-z-]*))?", span)
        if used is None or "." in span or span.count("/") > 1 or "|" in span or span in PAGES:
            continue  # a path, or several commands at once
        names = {f"{used[1]} {used[2]}", used[1]} & (set(known) | groups)
        if not names:
            wrong.append((document, span))
            continue
        options = set(re.findall(r"\[([a-z_]+)\]", span))
        options |= set(re.findall(r"\b([a-z_]+):", span))
        command = max(names, key=len)
        if not options <= known.get(command, set()):
            wrong.append((document, span))
    assert wrong == []


@needs_readme
async def test_every_chat_command_is_named() -> None:
    """With a slash, or by its name in the message menu."""
    text = "\n".join(line for _, line in code())
    missing = {
        name
        for name in await slash_commands()
        if f"/{name}" not in text and (name[0].islower() or name not in text)
    }
    assert missing == set()


@needs_readme
def test_every_file_named_exists() -> None:
    """A newcomer who is sent to a file finds it; a word in capitals stands for any name."""
    named = {
        (document, path)
        for document, span in code()
        for path in re.findall(
            r"^((?:bot|cogs|services|seminar|storage|reports|rehearsal|locales|tests|benchmarks|docs|deploy)/[\w./-]+)$",
            span,
        )
    }
    real = {
        (document, path)
        for document, path in named
        if not re.search(r"(?<![A-Za-z])[A-Z]+(?![A-Za-z])", path)
    }
    assert {(document, path) for document, path in real if not (ROOT / path).exists()} == set()
