"""Somebody does something: every act as Discord would deliver it, by whoever it is."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simcord.actors import MemberActor
from simcord.enums import InteractionType
from simcord.results import InteractionResult

from tests.chat.acts import interaction, press, submit
from tests.doors.inputs import OTHER, Input, of_command, of_route
from tests.doors.permissions import Act, commands, routes
from tests.doors.prepared import Prepared

_INSTEAD = {
    ("control", "constituency"): {"participant": "newcomer"},
    ("control", "register"): {"participant": "newcomer"},
    ("form", "register"): {"participant": "newcomer", "observer": "newly observing"},
}
"""Who stands for a role where its usual person has done the act for good already."""


class Driving:
    """The acts of one prepared seminar."""

    def __init__(self, prepared: Prepared) -> None:
        self.prepared = prepared

    def person(self, act: Act, role: str) -> MemberActor:
        return self.prepared.people[_INSTEAD.get(act, {}).get(role, role)]

    def given(self, act: Act, mine: str | None, fresh: str = "") -> Input:
        """What the act is given, on one's own things or on somebody else's."""
        fresh = fresh or secrets.token_urlsafe(6)
        bot = self.prepared.room.bot
        kind, _ = act
        if kind == "command":
            return of_command(commands(bot)[act], self.prepared, mine)
        return Input() if kind == "menu" else of_route(routes(bot)[act], self.prepared, mine, fresh)

    def has_own(self, act: Act, role: str) -> bool:
        """Whether the act on one's own things is another one than that on somebody else's."""
        if act[0] == "menu":
            return role in self.prepared.said
        if role == "elsewhere" or act in _INSTEAD:
            return False
        own, theirs = self.given(act, role, "fresh"), self.given(act, None, "fresh")
        return (own.options, own.custom_id) != (theirs.options, theirs.custom_id)

    async def do(self, act: Act, role: str, mine: str | None) -> InteractionResult:
        """The act by the person of that role, in the event's channel."""
        return await self.give(act, role, await self.ready(act, role, mine))

    async def ready(self, act: Act, role: str, mine: str | None) -> Input:
        """What the act is given by the person of that role, who did before what comes before it."""
        if act in (("control", "initiative-apply"), ("control", "initiative-drop")):
            await self.prepared.wait_for_initiative()
        given = self.given(act, mine)
        if act == ("form", "register") and role in ("participant", "observer"):
            given = replace(given, fields={"code": self.prepared.ids[f"code of {role}"]})
        if act[0] == "menu":
            given = replace(given, said="elsewhere" if role == "elsewhere" else mine or OTHER)
        return given

    async def give(self, act: Act, role: str, given: Input, *, times: int = 1) -> InteractionResult:
        """The act with whatever it is given, delivered so many times at once."""
        prepared, (kind, name), who = self.prepared, act, self.person(act, role)
        channel = prepared.lounge if role == "elsewhere" else prepared.room.rome
        if kind == "command":
            return await who.slash(channel, name, **given.options)
        if kind == "menu":
            return await who.context_menu(channel, name, prepared.said[given.said])
        if kind == "form":
            return await submit(prepared.room, who, given.custom_id, given.fields, channel, times=times)
        page = prepared.pages[who.id]  # a private message of the bot to them
        return await press(prepared.room, who, page, given.custom_id, given.values, times=times)

    async def forge_command(self, act: Act, role: str, options: Mapping[str, Any]) -> InteractionResult:
        """A command with options that Discord would not let through."""
        prepared, (_, name), who = self.prepared, act, self.person(act, role)
        root_name, *rest = name.split()
        root = prepared.room.env.backend.find_command(root_name, None, type=1)
        kinds = {str: 3, int: 4, bool: 5, float: 10}
        leaf: list[dict[str, Any]] = [
            {"name": one, "type": kinds[type(value)], "value": value} for one, value in options.items()
        ]
        if rest:
            leaf = [{"name": rest[0], "type": 1, "options": leaf}]
        data = {"id": root["id"], "name": root_name, "type": 1, "options": leaf}
        sort = InteractionType.APPLICATION_COMMAND
        return await interaction(prepared.room, who, sort, data, channel=prepared.room.rome)

    async def do_in_private(self, act: Act) -> InteractionResult:
        """The act by an organiser, in a private conversation, where Discord offers none of them."""
        prepared, (kind, name) = self.prepared, act
        who, backend = prepared.people["organiser"], prepared.room.env.backend
        if kind in ("command", "menu"):
            root = backend.find_command(
                name.split()[0] if kind == "command" else name, None, type=1 if kind == "command" else 3
            )
            data = {"id": root["id"], "name": root["name"], "type": root.get("type", 1)}
            if kind == "command" and " " in name:
                data["options"] = [{"name": name.split()[1], "type": 1, "options": []}]
            sort = InteractionType.APPLICATION_COMMAND
        else:
            given = self.given(act, None)
            data = {"custom_id": given.custom_id}
            if kind == "control":
                data |= {"component_type": 2}
            else:
                data |= {"components": []}
            sort = InteractionType.MESSAGE_COMPONENT if kind == "control" else InteractionType.MODAL_SUBMIT
        dm = who.user.dm_channel
        return await interaction(prepared.room, who, sort, data, channel=dm, in_server=False)
