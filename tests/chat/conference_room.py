"""A conference's room for tests: what Rome adopted, in Brussels; and what hangs there."""

from __future__ import annotations

from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.chat.chat_room import Room, control, controls, message_of, shown
from tests.chat.voting_room import here

BRUSSELS = """
[[events]]
code = "BRU"
kind = "conference"
title = "Brussels conference"
city = "Brussels"
starts_on = 2034-12-03
ends_on = 2034-12-03
"""


async def adopted(room: Room, *titles: str) -> None:
    """Rome adopts recommendations of these titles, by Ana; Ana and Ben vote for each."""
    await room.load(more=BRUSSELS)
    await room.open_event("ROM")
    await room.proposals(*titles)
    await here(room, room.ana, room.ben)
    ballot = await room.open_ballot()
    for position, _ in enumerate(titles, start=1):
        for who in (room.ana, room.ben):
            await room.vote(who, ballot, position, "for")
    await room.close_ballot(ballot)


def brussels(room: Room) -> ChannelHandle:
    return room.guild.channels["bru-brussels-conference"]


def hanging(channel: ChannelHandle, beginning: str) -> Any:
    """The newest message of a channel, or of one of its threads, that begins like this."""
    for place in (channel, *channel.threads):
        for message in reversed(place.history()):
            if shown(message).startswith(beginning):
                return message
    raise LookupError(f"nothing begins with {beginning!r}")


def thread_of(channel: ChannelHandle, reference: str) -> ChannelHandle:
    """The discussion of a recommendation that belongs to this channel."""
    return next(one for one in channel.threads if one.name.startswith(f"{reference} "))


async def conference(
    room: Room, what: str, who: MemberActor | None = None, **options: Any
) -> InteractionResult:
    """A command of the group, by the organiser if nobody else is named."""
    return await (who or room.ola).slash(room.lobby, f"conference {what}", **options)


async def finalise(room: Room, reference: str, **options: Any) -> InteractionResult:
    """Seen and confirmed."""
    seen = await conference(room, "finalise", reference=reference, **options)
    return await room.ola.click(message_of(seen), custom_id=control(seen, "conference-finalise:"))


def pressable(message: Any, name: str) -> bool:
    """Whether a message carries a control of that name."""
    return any(one.startswith(name) for one in controls(message))
