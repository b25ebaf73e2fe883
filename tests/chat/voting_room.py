"""What tests of voting need beyond the room itself: quick votes, forged controls, acts at the same moment.

Votes go through the buttons people press. Forged and simultaneous presses hand
the bot the very interaction Discord would, which simcord's own actors refuse to do.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeAlias

from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.backend.models import Interaction
from simcord.builders import ChannelHandle
from simcord.enums import ComponentType, InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult, ResponseMessage

from tests import stores
from tests.chat.chat_room import Room, control, controls, message_of, shown

Press: TypeAlias = tuple[MemberActor, Any, str]
HOUR = 3600.0
DAY = 24 * HOUR


async def propose(room: Room, number: int = 1, *, theme: str = "CAP") -> None:
    """So many recommendations by Ana, who says every time that it is none of the others."""
    for n in range(1, number + 1):
        title = f"Proposal number {n} on {theme}"
        answer = await room.recommend(room.ana, theme, title, f"{title}, at some length and without a fuss.")
        anyway = [identity for identity in controls(message_of(answer)) if "anyway" in identity]
        if anyway:
            await room.ana.click(message_of(answer), custom_id=anyway[0])


async def here(room: Room, *people: MemberActor) -> None:
    """These people press the button of the panel that registers them."""
    for who in people:
        await who.click(room.message("panel", "ROM"), custom_id="here")


def card(room: Room, reference: str) -> Any:
    """The newest card of a recommendation."""
    return post(room, f"## {reference} ")


def votes_on(message: Any) -> list[str]:
    """The controls of a message that vote or lead to a vote."""
    return [made for made in controls(message) if made.startswith(("vote:", "sheet:", "silence-"))]


def ballot_post(room: Room, label: str = "B1") -> Any:
    """The newest message of a ballot itself, open or over."""
    return post(room, f"## 🗳️ Ballot {label}\n")


def post(room: Room, beginning: str) -> Any:
    """The newest public post of the bot whose text begins like this."""
    for channel in reversed(room.guild.channels.values()):
        for place in (channel, *reversed(channel.threads)):
            for message in reversed(place.history()):
                if shown(message).startswith(beginning):
                    return message
    raise LookupError(f"no post begins with {beginning!r}")


async def tap(
    room: Room, who: MemberActor, ballot: str, choice: str, reference: str = "CAP-01", position: int = 1
) -> InteractionResult:
    """A press on For, Against or Abstain under a recommendation's card."""
    return await who.click(card(room, reference), custom_id=f"vote:{ballot}:{position}:{choice}")


async def sheet(room: Room, who: MemberActor, ballot: str, label: str = "B1") -> InteractionResult:
    """A press on Vote under the ballot's message."""
    return await who.click(ballot_post(room, label), custom_id=f"sheet:{ballot}")


async def on_sheet(who: MemberActor, drawn: InteractionResult, prefix: str) -> InteractionResult:
    """A press on the sheet that is drawn, on the control whose id begins like this."""
    return await who.click(message_of(drawn), custom_id=control(drawn, prefix))


def voters(room: Room, number: int, *roles: str) -> list[MemberActor]:
    """So many more experts, of the member states unless said otherwise."""
    return [room.person(f"Voter {n}", "Expert", *(roles or ("EU",))) for n in range(1, number + 1)]


async def at_once(room: Room, *presses: Press) -> list[InteractionResult]:
    """Presses that reach the bot in the same instant, as from two phones of one person.

    None of them is checked against the message: a control may be forged.
    """
    pressed = [press(*each) for each in presses]
    await room.env.settle(idle=0.003)
    return [InteractionResult(room.env, interaction) for interaction in pressed]


async def forge(room: Room, who: MemberActor, message: Any, custom_id: str) -> InteractionResult:
    """A press on a control that the message does not carry."""
    (result,) = await at_once(room, (who, message, custom_id))
    return result


def press(who: MemberActor, message: Any, custom_id: str) -> Interaction:
    """A press that nobody waits for."""
    backend = who._env.backend
    channel_id = message.channel_id if isinstance(message, ResponseMessage) else message.channel.id
    stored = backend.get_message(channel_id, message.id)
    record, payload = base_payload(
        backend,
        type=InteractionType.MESSAGE_COMPONENT,
        channel_id=channel_id,
        guild_id=who.guild.id,
        user_id=who.id,
        data={"custom_id": custom_id, "component_type": int(ComponentType.BUTTON)},
    )
    payload["message"] = dict(serializers.message_payload(backend, stored))
    record.source_message_id = stored.id
    backend.emit("INTERACTION_CREATE", payload)
    return record


def store_file(room: Room) -> Path:
    return Path(room.settings.storage.url.removeprefix("sqlite:///"))


def rows(room: Room, sql: str, *values: object) -> list[tuple[Any, ...]]:
    """What the store holds, read beside the bot."""
    return stores.shelf().rows(room.settings.storage.url, sql, *values)


def value(room: Room, sql: str, *values: object) -> Any:
    return rows(room, sql, *values)[0][0]


def stored_votes(room: Room) -> list[tuple[int, str]]:
    """Item and choice of every vote of open ballots; whose they are, a mark says to the key alone."""
    return rows(room, "SELECT position, choice FROM votes ORDER BY position, choice")


def said(room: Room, since: int = 0) -> list[str]:
    """Every text the bot has sent to Discord since that many requests: posts, answers and edits."""
    return [
        json.dumps(request.json, ensure_ascii=False)
        for request in room.env.http_requests[since:]
        if request.json is not None
    ]


def posted(room: Room, containing: str, channel: ChannelHandle | None = None) -> int:
    """How many posts in the event's channel contain this text."""
    return sum(containing in text for text in room.posts(channel))


async def wait(room: Room, seconds: float, *, step: float = DAY) -> None:
    """Let time pass, the bot doing what falls due on the way."""
    left = seconds
    while left > 0:
        await room.env.advance_time(min(left, step))
        left -= step


def dms(room: Room, people: Iterable[MemberActor]) -> dict[str, list[str]]:
    """What each person has been told in private messages by the bot."""
    backend = room.env.backend
    return {
        who.name: [
            message.content
            for message in backend.messages.get(backend.dm_channels.get(who.id, 0), {}).values()
        ]
        for who in people
    }
