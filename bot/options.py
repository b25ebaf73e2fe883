"""The options of a command as they arrive: whether each is what the command was registered for.

Discord holds what people type to the kinds, bounds and choices of the command as it was registered, and sends
beside it whomever and whatever is meant; discord.py checks none of it again. Should it ever be otherwise, a
handler would be given what it does not expect; so that is found out here, once for all commands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import discord
from discord import AppCommandOptionType as Kind
from discord import app_commands

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
    """Whether every option of a command is of the kind it says, within its bounds and among its choices."""
    data = _data(interaction)
    resolved = data.get("resolved") or {}
    if not (isinstance(resolved, Mapping) and _all_fit(data.get("options") or (), resolved)):
        return False
    command = interaction.command
    if not isinstance(command, app_commands.Command):
        return True  # a message's menu; or unknown, of which discord.py tells
    given = {option["name"]: option["value"] for option in _leaves(data.get("options") or ())}
    return all(
        _allowed(one, given[one.display_name]) for one in command.parameters if one.display_name in given
    )


def _data(interaction: discord.Interaction[Any]) -> Mapping[str, Any]:
    return cast("Mapping[str, Any]", interaction.data or {})


def _leaves(options: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
    """The options of the command itself, inside of its group."""
    while options and options[0].get("type") in _GROUPS:
        options = options[0].get("options") or ()
    return options


def _allowed(parameter: app_commands.Parameter, value: Any) -> bool:
    if parameter.choices and all(choice.value != value for choice in parameter.choices):
        return False
    least, most = parameter.min_value, parameter.max_value
    if least is None and most is None:
        return True
    size = len(value) if isinstance(value, str) else value
    return (least is None or size >= least) and (most is None or size <= most)


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
    if kind in _PLAIN:
        return isinstance(value, _PLAIN[kind]) and (kind == Kind.boolean.value) is isinstance(value, bool)
    return kind in _BESIDE and any(value in (resolved.get(table) or {}) for table in _BESIDE[kind])
