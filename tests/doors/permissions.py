"""Every act there is: as `docs/permissions.md` says who may do it, and as the running bot knows it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import discord
from discord import app_commands

from bot.client import Rapporteur
from bot.router import Route

TABLE = Path(__file__).parents[2] / "docs" / "permissions.md"
HEADINGS = {
    "Commands": "command",
    "In the menu of a message": "menu",
    "Buttons and lists": "control",
    "Forms": "form",
}
ROLES = ("stranger", "gone", "observer", "participant", "facilitator", "organiser", "elsewhere")
YES, OWN, OTHERS, NO = "yes", "own", "others", "no"
Act: TypeAlias = tuple[str, str]
"""Kind and name."""


@dataclass(frozen=True, slots=True)
class Row:
    """What the table says of one act, by role."""

    act: Act
    may: dict[str, str]


def table() -> list[Row]:
    """The rows of the document's tables, in order."""
    rows, kind, columns = [], None, []
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            kind, columns = HEADINGS.get(line[3:].strip()), []
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if kind is None or not line.startswith("|") or set(line) <= set("|- "):
            continue
        if not columns:
            columns = cells
            continue
        name = re.fullmatch(r"`/?([^`]+)`", cells[0])
        assert name is not None, line
        rows.append(Row((kind, name[1]), dict(zip(columns[2:], cells[2:], strict=True))))
    return rows


def commands(bot: Rapporteur) -> dict[Act, app_commands.Command[Any, ..., Any]]:
    """Every slash command that can be called."""
    walked = bot.tree.walk_commands()
    return {("command", one.qualified_name): one for one in walked if isinstance(one, app_commands.Command)}


def routes(bot: Rapporteur) -> dict[Act, Route]:
    """Every button, list and form that the router knows."""
    return {("form" if one.control.modal else "control", one.control.name): one for one in bot.router.routes}


def menus(bot: Rapporteur) -> set[Act]:
    """Every act in the menu of a message or of a person."""
    kinds = (discord.AppCommandType.message, discord.AppCommandType.user)
    return {("menu", one.name) for kind in kinds for one in bot.tree.walk_commands(type=kind)}


def acts(bot: Rapporteur) -> set[Act]:
    """Everything that anybody can ask the bot to do."""
    return {*commands(bot), *menus(bot), *routes(bot)}
