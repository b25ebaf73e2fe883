"""What tests of papers need beyond the room: ballots of every method, and taps on their sheets."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from simcord.actors import MemberActor
from simcord.results import InteractionResult

from seminar.model import Actor, Role
from services.drafting.rec_views import Draft
from tests.chat.acts import press
from tests.chat.chat_room import Room, control, message_of
from tests.chat.voting_room import on_sheet, rows, sheet

STRING_SELECT = 3


async def seed(room: Room, number: int) -> None:
    """So many recommendations by Ana on CAP, made without walking through the form for each of them."""
    ana = Actor(room.guild.id, room.ana.id, "Ana", frozenset({Role.PARTICIPANT}), ("UN",))
    for n in range(1, number + 1):
        draft = Draft("CAP", "ROM", f"Proposal number {n}", f"Proposal number {n}, at some length.")
        await room.bot.house.recommendations.propose(ana, draft, str(n))
    await room.bot.errands.run()


async def open_by(room: Room, method: str, **options: Any) -> str:
    """`/ballot open`, on all of CAP unless said otherwise, and its confirmation; the ballot's id."""
    scope = {} if "references" in options else {"theme": "CAP"}
    asked = await room.fay.slash(room.rome, "ballot open", method=method, **{**scope, **options})
    return await _confirm(room, asked)


async def next_round(room: Room, ballot: str) -> str:
    """The next round of a series, prepared and opened; its id."""
    return await _confirm(room, await press(room, room.fay, room.rome.last_message, f"ballot-round:{ballot}"))


async def _confirm(room: Room, preview: InteractionResult) -> str:
    button = control(preview, "ballot-open:")
    await room.fay.click(message_of(preview), custom_id=button)
    return button.partition(":")[2]


async def on_paper(
    who: MemberActor, drawn: InteractionResult, ballot: str, *taps: tuple[int, str]
) -> InteractionResult:
    """Taps on the page that is drawn: by its buttons and lists, as far as it offers them."""
    for position, said in taps:
        message = message_of(drawn)
        listed = [
            part["custom_id"]
            for part in parts(message)
            if part.get("custom_id", "").startswith(f"paper-pick:{ballot}:{position}:")
            and said in [option["value"] for option in part["options"]]
        ]
        if listed:
            drawn = await who.select(message, [said], custom_id=listed[0])
        else:
            drawn = await who.click(message, custom_id=control(drawn, f"paper:{ballot}:{position}:{said}:"))
    return drawn


async def fill(room: Room, who: MemberActor, ballot: str, *taps: tuple[int, str], label: str = "B1") -> None:
    """A paper filled in and submitted."""
    drawn = await on_paper(who, await sheet(room, who, ballot, label), ballot, *taps)
    await on_sheet(who, drawn, f"paper-submit:{ballot}:")


def parts(message: Any) -> Sequence[dict[str, Any]]:
    """Every component of a message, however deep."""
    found: list[dict[str, Any]] = []
    waiting = [c if isinstance(c, dict) else c.to_dict() for c in message.components]
    while waiting:
        part = waiting.pop(0)
        found.append(part)
        waiting = [*part.get("components", ()), *waiting]
    return found


def chosen(drawn: InteractionResult) -> dict[str, str]:
    """What stands as chosen in the lists of a sheet, by the list's id."""
    return {
        part["custom_id"]: option["value"]
        for part in parts(message_of(drawn))
        if part["type"] == STRING_SELECT
        for option in part["options"]
        if option.get("default")
    }


def disabled(drawn: InteractionResult) -> list[str]:
    """The ids of the buttons of a sheet that cannot be pressed."""
    return [part["custom_id"] for part in parts(message_of(drawn)) if part.get("disabled")]


def filled(room: Room) -> list[dict[str, list[int]]]:
    """Every paper that is being filled in, as stored."""
    return [json.loads(content) for (content,) in rows(room, "SELECT content FROM papers ORDER BY content")]


def submitted(room: Room) -> list[dict[str, list[int]]]:
    """Every paper that counts, as stored."""
    found = rows(room, "SELECT choice FROM votes WHERE position = 0 ORDER BY choice")
    return [json.loads(choice) for (choice,) in found]
