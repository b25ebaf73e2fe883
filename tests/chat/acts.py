"""What tests of people's acts need beyond the room itself: refusals that store nothing, and forged input.

Forged input is handed to the bot as the very interaction Discord would send,
since simcord's own actors refuse to press, choose or fill in what is not offered.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Mapping, Sequence
from typing import Any

from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.builders import ChannelHandle
from simcord.enums import ComponentType, InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult, ResponseMessage

from tests import stores
from tests.chat.chat_room import Room, controls, message_of, refused, shown
from tests.chat.voting_room import rows

TEXT_DISPLAY = 10


def tables(room: Room) -> dict[str, int]:
    """How many rows each table holds."""
    names = stores.tables()
    counts = (f'SELECT count(*) FROM "{name}"' for name in names)
    found = stores.shelf().rows_of(room.settings.storage.url, *counts)
    return {name: count for name, ((count,),) in zip(names, found, strict=True)}


async def refusal(room: Room, act: Awaitable[InteractionResult], *, kept: Sequence[str] = ()) -> str:
    """The one private sentence `act` ends in; it stores nothing, except in the tables `kept`."""
    before = tables(room)
    result = await act
    after = tables(room)
    assert refused(result), message_of(result).content
    assert len(result.followups or [result.response]) == 1, "one sentence, and only one"
    changed = {name for name in after if before[name] != after[name]}
    assert changed <= set(kept), changed
    return message_of(result).content


def stored(room: Room, reference: str = "CAP-01") -> dict[str, Any]:
    """A recommendation as the store holds it."""
    ((title, text, rationale, addressees),) = rows(
        room,
        "SELECT v.title, v.text, v.rationale, v.addressees FROM recommendations r "
        "JOIN versions v ON v.recommendation_id = r.id WHERE r.reference = ?",
        reference,
    )
    return {"title": title, "text": text, "rationale": rationale, "addressees": json.loads(addressees)}


def references(room: Room) -> list[str]:
    return [reference for (reference,) in rows(room, "SELECT reference FROM recommendations ORDER BY id")]


def text_size(message: Any) -> int:
    """Characters over all texts of a layout, as Discord counts them against 4,000."""
    return sum(len(part["content"]) for part in _parts(_components(message)) if part["type"] == TEXT_DISPLAY)


def modal_fields(shown: InteractionResult) -> dict[str, dict[str, Any]]:
    """The inputs of an opened form by their id."""
    assert shown.modal is not None
    return {part["custom_id"]: part for part in _parts(shown.modal["components"]) if "custom_id" in part}


def filled(shown: InteractionResult) -> dict[str, str]:
    """What an opened form is filled with in advance."""
    found = {}
    for name, part in modal_fields(shown).items():
        if "options" in part:
            found[name] = next((o["value"] for o in part["options"] if o.get("default")), "")
        else:
            found[name] = part.get("value") or ""
    return found


async def submit(
    room: Room,
    who: MemberActor,
    custom_id: str,
    fields: Mapping[str, str | list[str]],
    channel: ChannelHandle | None = None,
    *,
    times: int = 1,
) -> InteractionResult:
    """A form sent in with whatever text, whether Discord would have let it through or not."""
    inputs: list[dict[str, Any]] = [
        {"type": int(ComponentType.STRING_SELECT), "custom_id": name, "values": value}
        if isinstance(value, list)
        else {"type": int(ComponentType.TEXT_INPUT), "custom_id": name, "value": value}
        for name, value in fields.items()
    ]
    components = [{"type": int(ComponentType.LABEL), "component": one} for one in inputs]
    return await interaction(
        room,
        who,
        InteractionType.MODAL_SUBMIT,
        {"custom_id": custom_id, "components": components},
        channel=channel,
        times=times,
    )


async def resubmit(
    room: Room, who: MemberActor, form: InteractionResult, **fields: str | list[str]
) -> InteractionResult:
    """The opened `form` sent in, past Discord's own checks and as often as one likes."""
    assert form.modal is not None
    return await submit(room, who, form.modal["custom_id"], fields)


async def press(
    room: Room,
    who: MemberActor,
    message: Any,
    custom_id: str,
    values: Sequence[str] | None = None,
    *,
    times: int = 1,
) -> InteractionResult:
    """A press on a control that the message may not carry; with `values`, a choice in a select."""
    kind = ComponentType.BUTTON if values is None else ComponentType.STRING_SELECT
    data: dict[str, Any] = {"custom_id": custom_id, "component_type": int(kind)}
    if values is not None:
        data["values"] = list(values)
    return await interaction(room, who, InteractionType.MESSAGE_COMPONENT, data, message=message, times=times)


async def command(
    room: Room,
    who: MemberActor,
    channel: ChannelHandle,
    name: str,
    /,
    *,
    in_server: bool = True,
    **options: str,
) -> InteractionResult:
    """A command sent as a changed client would: with any text, and anywhere."""
    root_name, *rest = name.split()
    root = room.env.backend.find_command(root_name, None, type=1)
    leaf: list[dict[str, Any]] = [{"name": n, "type": 3, "value": value} for n, value in options.items()]
    if rest:
        leaf = [{"name": rest[0], "type": 1, "options": leaf}]
    data = {"id": root["id"], "name": root_name, "type": 1, "options": leaf}
    return await interaction(
        room, who, InteractionType.APPLICATION_COMMAND, data, channel=channel, in_server=in_server
    )


async def interaction(
    room: Room,
    who: MemberActor,
    kind: InteractionType,
    data: dict[str, Any],
    *,
    message: Any = None,
    channel: ChannelHandle | None = None,
    in_server: bool = True,
    times: int = 1,
) -> InteractionResult:
    """Any interaction at all, as Discord would deliver it; `times` says how often it delivers the same."""
    backend = room.env.backend
    channel_id = (channel or room.lobby).id
    if message is not None:
        channel_id = message.channel_id if isinstance(message, ResponseMessage) else message.channel.id
    record, payload = base_payload(
        backend,
        type=kind,
        channel_id=channel_id,
        guild_id=who.guild.id if in_server else None,
        user_id=who.id,
        data=data,
    )
    if message is not None:
        source = backend.get_message(channel_id, message.id)
        payload["message"] = dict(serializers.message_payload(backend, source))
        record.source_message_id = source.id
    for _ in range(times):
        backend.emit("INTERACTION_CREATE", payload)
    await room.env.settle(idle=0.003)
    return InteractionResult(room.env, record)


async def anyway(room: Room, who: MemberActor, answer: InteractionResult) -> InteractionResult:
    """`Propose anyway`, where the bot asks whether it is on the table already."""
    again = [identity for identity in controls(message_of(answer)) if identity.startswith("propose-anyway:")]
    return await who.click(message_of(answer), custom_id=again[0]) if again else answer


def publicly(room: Room) -> str:
    """Everything that everybody can read in the server, with the names of its channels and threads."""
    backend = room.env.backend
    found: list[str] = []
    for channel in backend.channels.values():
        found.append(channel.name or "")
        for message in backend.messages.get(channel.id, {}).values():
            if message.visible_to(None):
                found.append(shown(message))
    return "\n".join(found)


def mentions_allowed(room: Room, since: int = 0) -> list[dict[str, Any]]:
    """What the bot let each message mention that it sent since that many requests."""
    found = []
    for request in room.env.http_requests[since:]:
        body = request.json
        if not isinstance(body, dict):
            continue
        said = body.get("data") if request.path.endswith("/callback") else body
        if isinstance(said, dict) and ({"content", "embeds"} & said.keys() or said.get("components")):
            if body.get("type") == 9:  # a form mentions nobody
                continue
            found.append(said.get("allowed_mentions") or {"parse": None})
    return found


def _components(message: Any) -> list[dict[str, Any]]:
    return [c if isinstance(c, dict) else c.to_dict() for c in message.components]


def _parts(components: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for component in components:
        found.append(component)
        found += _parts(component.get("components", ()))
        if isinstance(component.get("component"), dict):
            found += _parts([component["component"]])
    return found
