"""The options of a command as they arrive: whether each is of the kind that it says it is.

Discord holds what people type to the command as it was registered, and sends beside it whomever and
whatever is meant; discord.py checks none of it again. Bounds and choices belong to whoever is asked; but were
a text a number, or a file not there, no handler could say so. That is found out here, once for all commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import discord
from discord import AppCommandOptionType as Kind

_GROUPS = frozenset({Kind.subcommand.value, Kind.subcommand_group.value})
_PLAIN: Mapping[int, tuple[type, ...]] = {
    Kind.string.value: (str,),
    Kind.integer.value: (int,),
    Kind.boolean.value: (bool,),
    Kind.number.value: (int, float),
}
_BESIDE: Mapping[int, tuple[str, ...]] = {
    Kind.user.value: ("users",),
    Kind.channel.value: ("channels",),
    Kind.role.value: ("roles",),
    Kind.mentionable.value: ("users", "roles"),
    Kind.attachment.value: ("attachments",),
}


def fit(interaction: discord.Interaction[Any]) -> bool:
    """Whether every option of a command's payload is what it says it is."""
    data = _data(interaction)
    resolved = data.get("resolved") or {}
    return isinstance(resolved, Mapping) and _all_fit(data.get("options") or (), resolved)


def _data(interaction: discord.Interaction[Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", interaction.data or {})


def _all_fit(options: object, resolved: Mapping[str, Any]) -> bool:
    return isinstance(options, list | tuple) and all(_fits(option, resolved) for option in options)


def _fits(option: object, resolved: Mapping[str, Any]) -> bool:
    if not isinstance(option, Mapping) or not isinstance(option.get("name"), str):
        return False
    kind, value = option.get("type"), option.get("value")
    if not isinstance(kind, int):
        return False
    if kind in _GROUPS:
        return _all_fit(option.get("options") or (), resolved)
    if isinstance(value, str) and not value.isascii() and any("\ud800" <= sign <= "\udfff" for sign in value):
        return False  # half of a character, which no store can hold
    if isinstance(value, str) and "\0" in value:
        return False  # nor this one, in PostgreSQL
    if kind in _PLAIN:
        return isinstance(value, _PLAIN[kind]) and (kind == Kind.boolean.value) is isinstance(value, bool)
    return kind in _BESIDE and any(value in (resolved.get(table) or {}) for table in _BESIDE[kind])
