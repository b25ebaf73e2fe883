"""The server a rehearsal is played on: roles, people, and the state before step 1.

Everything the bot learns here it learns in chat: the owner loads the initiative
by command, with the file attached, and registers by command whoever holds a
participant role. The server has no Community, so events get text channels.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

import discord
import simcord

from rehearsal.script import Script, ScriptPerson
from rehearsal.simulation import Simulation
from seminar.initiative import Initiative

OWNER = "Secretariat"
_LOBBY = "welcome"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody on the server, with the actor that acts for them."""

    name: str
    actor: simcord.MemberActor
    roles: tuple[str, ...] = ()
    constituency: str | None = None
    organisation: str | None = None


@dataclass(slots=True)
class World:
    """`event_channels` fills as events are opened, by event code, in that order."""

    simulation: Simulation
    initiative: Initiative
    guild: simcord.GuildHandle
    lobby: simcord.ChannelHandle
    owner: Person
    people: dict[str, Person]
    event_channels: dict[str, simcord.ChannelHandle] = field(default_factory=dict)

    @property
    def everybody(self) -> tuple[Person, ...]:
        return (self.owner, *self.people.values())

    @property
    def participants(self) -> tuple[Person, ...]:
        """Who is registered before step 1: holders of a participant role, in the script's order."""
        named = set(self.initiative.roles.participant)
        return tuple(person for person in self.people.values() if named.intersection(person.roles))

    def channels(self) -> list[simcord.ChannelHandle]:
        """The server's channels, without threads and categories, in the order they were made."""
        categories = self.simulation.categories()
        found = [channel for channel in self.guild.channels.values() if not channel.is_thread]
        return sorted((c for c in found if c.id not in categories), key=lambda channel: channel.id)

    def find_channel(self, event: str) -> simcord.ChannelHandle | None:
        """The channel the bot made for an event: the one whose name begins with its code."""
        known = self.event_channels.get(event)
        if known is not None:
            return known
        beginning = event.lower()
        for channel in self.channels():
            if (channel.name or "").lower().split("-")[0] == beginning:
                self.event_channels[event] = channel
                return channel
        return None

    def theme_channel(self, theme: str) -> simcord.ChannelHandle | None:
        """The channel of the latest event seen that has the theme."""
        for event in reversed(self.event_channels):
            if theme in self.initiative.event(event).themes:
                return self.event_channels[event]
        return None

    def speaks_for(self, person: Person) -> str | None:
        """The constituency to register a person under: the script's word, or the only one by role."""
        if person.constituency is not None:
            return person.constituency
        held = [c.code for c in self.initiative.constituencies if set(c.roles).intersection(person.roles)]
        return held[0] if len(held) == 1 else None


def build_world(simulation: Simulation, script: Script, initiative: Initiative) -> World:
    """A server with the initiative's roles, the script's people, and an owner who is an organiser."""
    env = simulation.env
    name = next(name for name in _owners() if name not in {person.name for person in script.people})
    host = env.create_user(_account(name), global_name=name)
    guild = env.create_guild(initiative.head.title[:100], owner=host)
    roles = {
        name: guild.create_role(name, color=_colour(name, initiative).value)
        for name in _role_names(initiative, script)
    }
    lobby = guild.create_text_channel(_LOBBY, topic=initiative.head.title[:1024])
    organiser = initiative.roles.organiser[0]
    owner = Person(name, guild.add_member(host, roles=[roles[organiser]]), (organiser,))
    people = {person.name: _arrive(env, guild, roles, person) for person in script.people}
    return World(simulation, initiative, guild, lobby, owner, people)


def _owners() -> Iterator[str]:
    """Names for the server's owner, who must not be mistaken for somebody in the script."""
    yield OWNER
    yield from (f"{OWNER} {number}" for number in count(2))


def _arrive(
    env: simcord.Env, guild: simcord.GuildHandle, roles: dict[str, simcord.RoleHandle], person: ScriptPerson
) -> Person:
    user = env.create_user(_account(person.name), global_name=person.name)
    actor = guild.add_member(user, roles=[roles[role] for role in person.roles])
    return Person(person.name, actor, person.roles, person.constituency, person.organisation)


def _role_names(initiative: Initiative, script: Script) -> list[str]:
    parts = initiative.roles
    named = [*parts.organiser, *parts.facilitator, *parts.participant, *parts.observer]
    named += [role for constituency in initiative.constituencies for role in constituency.roles]
    named += [role for person in script.people for role in person.roles]
    return list(dict.fromkeys(named))


def _colour(name: str, initiative: Initiative) -> discord.Colour:
    parts = initiative.roles
    if name in parts.organiser:
        return discord.Colour.gold()
    if name in parts.facilitator:
        return discord.Colour.teal()
    return discord.Colour.greyple() if name in parts.observer else discord.Colour.default()


def _account(name: str) -> str:
    """A Discord user name: small ASCII letters and digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "".join(c for c in plain if c.isalnum() or c in "._") or "guest"
