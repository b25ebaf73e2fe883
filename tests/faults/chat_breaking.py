"""Breaking Discord under a running bot: what it takes, what is there, what the bot may, whether it is there.

Everything happens in the simulated Discord, as people and outages do it; `mend` gives back what can be given
back: what was deleted stays deleted.
"""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

import discord
from simcord.actors import MemberActor
from simcord.backend import serializers

from tests.chat.chat_room import Room, shown

TROUBLES: Mapping[str, int] = {
    "refuse_posts": 4,
    "refuse_edits": 3,
    "refuse_answers": 4,
    "refuse_everything": 2,
    "expire": 3,
    "delete_message": 5,
    "delete_thread": 2,
    "delete_channel": 2,
    "forbid": 2,
    "take_role": 3,
    "delete_role": 1,
    "lose_server": 2,
    "hang_up": 3,
}
MEMBERS = discord.Permissions(view_channel=True, read_message_history=True, use_application_commands=True)
ANSWERS = ((403, 50013), (404, 0), (429, 0), (500, 0), (502, 0), (503, 0))


class ChatBreaking:
    """`voters` are those whose roles may be taken; `away` says that no act can reach the bot."""

    def __init__(self, room: Room, voters: tuple[MemberActor, ...]) -> None:
        self.room = room
        self.voters = voters
        self.away = False
        self.deleted: list[str] = []  # what the deleted messages said
        self.without_role: set[int] = set()  # accounts
        self._roles: list[tuple[int, int]] = []
        self._permissions: dict[int, int] = {}

    @property
    def backend(self) -> Any:
        return self.room.env.backend

    def _refuse(self, method: str, path: str, chance: Random) -> None:
        status, code = chance.choice(ANSWERS)
        self.room.env.inject_error(method, path, status=status, code=code, times=chance.randint(1, 4))

    async def refuse_posts(self, chance: Random) -> None:
        self._refuse("POST", "/channels/*", chance)

    async def refuse_edits(self, chance: Random) -> None:
        self._refuse("PATCH", "/channels/*", chance)

    async def refuse_answers(self, chance: Random) -> None:
        self._refuse("POST", "/interactions/*", chance)

    async def refuse_everything(self, chance: Random) -> None:
        self._refuse("*", "/*", chance)

    async def expire(self, chance: Random) -> None:
        """The next answer comes after Discord has forgotten what it answers."""
        self.room.env.inject_error("POST", "/interactions/*", status=404, code=10062)

    async def delete_message(self, chance: Random) -> None:
        """Somebody deletes one of the bot's own posts."""
        found = self.posts()
        if found:
            channel, message = chance.choice(found)
            self.deleted.append(shown(message))
            self.backend.delete_message(channel, message.id)

    async def delete_thread(self, chance: Random) -> None:
        threads = [thread for channel in self.room.guild.channels.values() for thread in channel.threads]
        if threads:
            self._delete_channel(chance.choice(threads).id)

    async def delete_channel(self, chance: Random) -> None:
        """That of the seminar, with everything in it."""
        for name, channel in list(self.room.guild.channels.items()):
            if name.startswith("rom-"):
                for thread in channel.threads:
                    self._delete_channel(thread.id)
                self._delete_channel(channel.id)

    def _delete_channel(self, number: int) -> None:
        self.deleted += [shown(message) for channel, message in self.posts() if channel == number]
        self.backend.delete_channel(number)

    async def forbid(self, chance: Random) -> None:
        """The bot may see, and nothing else any more; people may what they need."""
        for role in self.backend.get_guild(self.room.guild.id).roles.values():
            self._permissions.setdefault(role.id, role.permissions)
            role.permissions = 0 if role.managed else MEMBERS.value

    async def take_role(self, chance: Random) -> None:
        """Somebody is no participant any more, whatever they press."""
        who, role = chance.choice(self.voters), self.room.guild.roles["Expert"]
        if role.id in self.backend.get_member(self.room.guild.id, who.id).role_ids:
            self.backend.remove_member_role(self.room.guild.id, who.id, role.id)
            self._roles.append((who.id, role.id))
            self.without_role.add(who.id)

    async def delete_role(self, chance: Random) -> None:
        """The role of one constituency is gone for good; whoever is registered stays so."""
        roles = self.backend.get_guild(self.room.guild.id).roles
        for number, role in list(roles.items()):
            if role.name == "EU":
                self.backend.delete_role(self.room.guild.id, number)

    async def lose_server(self, chance: Random) -> None:
        """The server has an outage, or throws the bot out; it comes back with `mend`."""
        gone = {"id": str(self.room.guild.id)}
        if chance.random() < 0.5:
            gone["unavailable"] = True  # type: ignore[assignment]
        self.backend.emit("GUILD_DELETE", gone)
        await self.room.env.settle(idle=0.003)
        self.away = True

    async def hang_up(self, chance: Random) -> None:
        """The gateway drops the bot, which resumes later."""
        self.room.bot.dispatch("disconnect")
        await self.room.env.settle(idle=0.003)
        self.away = True

    async def mend(self) -> None:
        self.backend.faults.clear()
        guild = self.backend.get_guild(self.room.guild.id)
        for number, permissions in self._permissions.items():
            if number in guild.roles:
                guild.roles[number].permissions = permissions
        self._permissions.clear()
        for account, role in self._roles:
            self.backend.add_member_role(self.room.guild.id, account, role)
        self._roles.clear()
        self.without_role.clear()
        if self.away:
            self.away = False
            self.backend.emit("GUILD_CREATE", serializers.guild_create_payload(self.backend, guild))
            self.room.bot.dispatch("resumed")
            await self.room.env.settle(idle=0.003)

    def posts(self) -> list[tuple[int, Any]]:
        """Every public message of the bot, with its channel."""
        return [
            (number, message)
            for number, channel in list(self.backend.channels.items())
            if channel.guild_id == self.room.guild.id
            for message in self.backend.messages.get(number, {}).values()
            if message.visible_to(None) and message.author_id == self.backend.bot_user.id
        ]
