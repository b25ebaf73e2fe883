"""What a person, a changed client or somebody with bad intentions could have Discord deliver to the bot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.backend.models import Interaction
from simcord.enums import InteractionType

from bot.router import Route
from tests.fuzzing.hall import Hall
from tests.small_initiative import INITIATIVE

_LIKELY = (
    *(
        "CAP-01",
        "CAP-02",
        "CAP-03",
        "CAP-05",
        "TRN-01",
        "CAP-99",
        "CAP",
        "TRN",
        "ROM",
        "BRU",
        "DPKO",
        "UN",
        "EU",
    ),
    *(
        "B1",
        "B2",
        "B3",
        "CAP-01/1",
        "for",
        "against",
        "abstain",
        "recused",
        "none",
        "all",
        "own",
        "0",
        "1",
        "2",
    ),
    *(
        "support",
        "silence",
        "rating",
        "secret",
        "csv",
        "ranking",
        "here",
        "propose",
        "sheet:1",
        "",
        "finalised",
    ),
)
_NUMBERS = (*range(-2, 8), 10, 60, 1000, 2**31, 2**53 - 1, 2**63 - 1, -(2**63))
_WRONG: tuple[Any, ...] = (None, True, 0, -1, 1.5, [], {}, [None], {"a": 1}, "", "x" * 200, ["a", 1])
_FILES = (
    ("initiative.toml", INITIATIVE.encode()),
    ("initiative.toml", INITIATIVE.replace("Military", "Other").encode()),
    ("people.csv", b"name,constituency\nNora,UN\n@everyone,EU\n=1+1,XX\n"),
    ("answers.csv", b"reference,addressee,acceptance,implementation\nCAP-01,DPKO,accepted,in progress\n"),
    ("logo.png", b"\x89PNG\r\n\x1a\n"),
    ("a" * 200, b"\x00" * 50),
    ("empty.xlsx", b"PK\x03\x04"),
)
# Whoever presses one of these leaves, or brings an export of many files: seldom, so that there is a seminar.
_SELDOM = ("forget-me", "export", "initiative-apply")


@dataclass(frozen=True, slots=True)
class Plan:
    """One act, before it meets the seminar: the same plan in the same seminar is the same act."""

    seed: int
    texts: Sequence[str]


class Sender:
    """Carries plans out in a hall."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._routes: list[Route] = list(hall.room.bot.router._routes.values())

    async def send(self, plan: Plan) -> Interaction | None:
        """One interaction, whatever comes of it; None where Discord's library could not read it."""
        chance = Random(plan.seed)
        who = chance.choice(self._hall.people)
        act = chance.choices(
            (self._shown, self._component, self._form, self._modal, self._command, self._typing, self._menu),
            (42, 16, 14, 8, 22, 5, 2),
        )[0]
        return await act(chance, who, list(plan.texts))

    async def _shown(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """A control that was shown, by whom it was shown or by somebody else."""
        if not self._hall.controls:
            return None
        shown = chance.choice(self._hall.controls[-60:] if chance.random() < 0.6 else self._hall.controls)
        if shown.custom_id.startswith(_SELDOM) and chance.random() < 0.9:
            return None
        who = shown.who if chance.random() < 0.8 else who
        genuine = who is shown.who
        data: dict[str, Any] = {"custom_id": shown.custom_id, "component_type": shown.kind}
        if shown.kind == 3:
            offered = chance.random() < 0.9
            data["values"] = [chance.choice(shown.values) if offered else self._word(chance, texts)]
            genuine = genuine and offered
        if chance.random() < 0.1:
            genuine = False
            data["custom_id"] = self._spoiled(chance, shown.custom_id, texts)
        return await self._hall.send(
            who, InteractionType.MESSAGE_COMPONENT, data, shown.message, genuine=genuine
        )

    async def _component(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """Any control at all, by the grammar of custom ids."""
        made = self._identity(chance, texts, modal=False)
        if made.startswith(_SELDOM) and chance.random() < 0.9:
            return None
        data: dict[str, Any] = {
            "custom_id": made,
            "component_type": chance.choice((2, 2, 2, 3, 3, 5, 6, 8, 99)),
        }
        if data["component_type"] != 2 or chance.random() < 0.1:
            data["values"] = [self._word(chance, texts) for _ in range(chance.choice((0, 1, 1, 1, 2, 30)))]
        data = self._mistaken(chance, data)
        message = chance.choice(self._hall.newest()) if chance.random() < 0.9 else None
        return await self._hall.send(
            who, InteractionType.MESSAGE_COMPONENT, data, message, in_server=chance.random() < 0.97
        )

    async def _form(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """A form that was shown, filled in."""
        if not self._hall.forms:
            return await self._modal(chance, who, texts)
        form = chance.choice(self._hall.forms[-30:])
        who = form.who if chance.random() < 0.85 else who
        return await self._submit(chance, who, form.custom_id, form.fields, texts)

    async def _modal(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """Any form at all."""
        names = (
            "title",
            "text",
            "rationale",
            "addressees",
            "reason",
            "number",
            "starts",
            "ends",
            "theme",
            "stance",
        )
        fields = chance.sample(names, chance.randint(0, 6))
        return await self._submit(chance, who, self._identity(chance, texts, modal=True), fields, texts)

    async def _submit(
        self, chance: Random, who: MemberActor, made: str, fields: Sequence[str], texts: list[str]
    ) -> Interaction | None:
        inputs: list[Any] = []
        for name in fields:
            if chance.random() < 0.05:
                continue
            text = self._long(chance, texts)
            one: dict[str, Any] = {"type": 4, "custom_id": name, "value": text}
            if name in ("theme", "stance") or chance.random() < 0.05:
                one = {"type": 3, "custom_id": name, "values": [self._word(chance, texts)]}
            if chance.random() < 0.05:
                one = self._mistaken(chance, one)
            inputs.append(
                {"type": 18, "component": one} if chance.random() < 0.9 else {"type": 1, "components": [one]}
            )
        data: dict[str, Any] = {"custom_id": made, "components": inputs}
        if chance.random() < 0.05:
            data = self._mistaken(chance, data)
        message = chance.choice(self._hall.newest()) if chance.random() < 0.5 else None
        return await self._hall.send(who, InteractionType.MODAL_SUBMIT, data, message)

    async def _command(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """A command with any options, of the right kinds or not."""
        root, path, leaf = chance.choice(self._hall.commands())
        if chance.random() < 0.6:
            who = chance.choice((self._hall.room.fay, self._hall.room.ola, self._hall.room.ana))
        resolved: dict[str, Any] = {}
        options = [
            self._option(chance, one, texts, resolved)
            for one in leaf.get("options") or ()
            if (one.get("required") and chance.random() < 0.97) or chance.random() < 0.4
        ]
        if chance.random() < 0.03:
            options.append({"name": "unheard-of", "type": 3, "value": "x"})
        data = self._nested(root, path, options)
        if resolved:
            data["resolved"] = resolved
        in_server = chance.random() < 0.98
        return await self._hall.send(who, InteractionType.APPLICATION_COMMAND, data, in_server=in_server)

    async def _typing(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """Somebody types into an option that suggests."""
        suggesting = [
            (root, path, one)
            for root, path, leaf in self._hall.commands()
            for one in leaf.get("options") or ()
            if one.get("autocomplete")
        ]
        root, path, one = chance.choice(suggesting)
        typed = self._word(chance, texts).encode("utf-8", "replace").decode()
        options = [{"name": one["name"], "type": one["type"], "value": typed, "focused": True}]
        return await self._hall.send(
            who, InteractionType.APPLICATION_COMMAND_AUTOCOMPLETE, self._nested(root, path, options)
        )

    async def _menu(self, chance: Random, who: MemberActor, texts: list[str]) -> Interaction | None:
        """A command of a message's menu, on any message."""
        menu = chance.choice(self._hall.menus())
        backend = self._hall.room.env.backend
        channel_id, message_id = chance.choice(self._hall.newest())
        source = backend.get_message(channel_id, message_id)
        payload = dict(serializers.message_payload(backend, source))
        payload["content"] = self._long(chance, texts)
        data = {
            "id": menu["id"],
            "name": menu["name"],
            "type": 3,
            "target_id": str(message_id),
            "resolved": {"messages": {str(message_id): payload}},
        }
        return await self._hall.send(who, InteractionType.APPLICATION_COMMAND, data)

    def _nested(self, root: dict[str, Any], path: list[str], options: list[dict[str, Any]]) -> dict[str, Any]:
        for depth, name in enumerate(reversed(path[1:])):
            kind = 2 if depth and depth == len(path) - 2 and len(path) > 2 else 1
            options = [{"name": name, "type": kind, "options": options}]
        return {"id": root["id"], "name": root["name"], "type": 1, "options": options}

    def _option(
        self, chance: Random, one: dict[str, Any], texts: list[str], resolved: dict[str, Any]
    ) -> dict[str, Any]:
        made: dict[str, Any] = {"name": one["name"], "type": one["type"]}
        match one["type"]:
            case 3:
                chosen = [choice["value"] for choice in one.get("choices") or ()]
                made["value"] = (
                    chance.choice(chosen) if chosen and chance.random() < 0.8 else self._word(chance, texts)
                )
            case 4:
                made["value"] = chance.choice(_NUMBERS)
            case 5:
                made["value"] = chance.random() < 0.5
            case 10:
                made["value"] = chance.choice((*_NUMBERS, 0.5, 1e300, -0.0))
            case 11:
                made["value"] = self._file(chance, resolved)
            case _:
                made["value"] = self._somebody(chance, resolved)
        if one["type"] in (3, 4, 5) and chance.random() < 0.02:
            made["value"] = chance.choice(_WRONG)
        return made

    def _file(self, chance: Random, resolved: dict[str, Any]) -> str:
        name, data = chance.choice(_FILES)
        backend = self._hall.room.env.backend
        number = backend.snowflake()
        file = backend.cdn.store_attachment(number, self._hall.room.lobby.id, name, data, None)
        if chance.random() < 0.1:
            file["size"] = 2**40
        if chance.random() < 0.9:
            resolved.setdefault("attachments", {})[str(number)] = file
        return str(number)

    def _somebody(self, chance: Random, resolved: dict[str, Any]) -> str:
        who = chance.choice(self._hall.people)
        backend = self._hall.room.env.backend
        known = chance.random()
        if known < 0.9:
            resolved.setdefault("users", {})[str(who.id)] = dict(
                serializers.user_payload(backend.get_user(who.id))
            )
        if known < 0.8:
            guild = backend.get_guild(self._hall.room.guild.id)
            member = serializers.member_payload(backend, guild, guild.members[who.id], with_user=False)
            resolved.setdefault("members", {})[str(who.id)] = dict(member)
        return str(who.id)

    def _identity(self, chance: Random, texts: list[str], *, modal: bool) -> str:
        route = chance.choice([one for one in self._routes if one.control.modal is modal])
        extra = chance.randint(0, 3) if route.rest else chance.choices((0, 1, -1), (90, 5, 5))[0]
        parts = [self._argument(chance, texts) for _ in range(max(0, len(route.arguments) + extra))]
        # As the handler's annotation wants it, most of the time: a number or one of a few words.
        for place, adapter in enumerate(route.arguments[: len(parts)]):
            schema = adapter.json_schema()
            if schema.get("type") == "integer" and chance.random() < 0.9:
                parts[place] = str(chance.choice(_NUMBERS[:10]))
            elif words := _words_of(schema):
                parts[place] = chance.choice(words) if chance.random() < 0.9 else parts[place]
        made = ":".join((route.control.name, *parts))
        return made if chance.random() < 0.93 else self._spoiled(chance, made, texts)

    def _argument(self, chance: Random, texts: list[str]) -> str:
        return chance.choice(_LIKELY) if chance.random() < 0.75 else self._word(chance, texts)[:40]

    def _word(self, chance: Random, texts: list[str]) -> str:
        return chance.choice(_LIKELY) if chance.random() < 0.5 or not texts else chance.choice(texts)

    def _long(self, chance: Random, texts: list[str]) -> str:
        """What fills a field: mostly enough of it to be taken."""
        text = chance.choice(texts) if texts else ""
        match chance.randint(0, 5):
            case 0:
                return text
            case 1:
                return self._word(chance, texts)
            case 2:
                return (text * (4000 // max(1, len(text))))[:4000]
            case _:
                return f"{chance.random()} with some words of its own about {chance.choice(_LIKELY)}: {text}"

    def _spoiled(self, chance: Random, made: str, texts: list[str]) -> str:
        at = chance.randint(0, len(made))
        put = self._word(chance, texts)
        return made[:at] + put[: chance.choice((1, 3, 90))] + made[at + chance.randint(0, 3) :]

    def _mistaken(self, chance: Random, data: dict[str, Any]) -> dict[str, Any]:
        """With a key that is missing, None or of another kind, now and then."""
        if chance.random() < 0.75 or not data:
            return data
        key = chance.choice(sorted(data))
        if chance.random() < 0.3:
            return {name: value for name, value in data.items() if name != key}
        return {**data, key: chance.choice(_WRONG)}


def _words_of(schema: dict[str, Any]) -> list[str]:
    if "enum" in schema:
        return [str(word) for word in schema["enum"]]
    if "const" in schema:
        return [str(schema["const"])]
    inner = [*schema.get("anyOf", ()), *schema.get("$defs", {}).values()]
    return [word for one in inner for word in _words_of(one)]
