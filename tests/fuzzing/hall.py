"""A seminar with something of everything on the table, in which anybody may send anything."""

from __future__ import annotations

import logging
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from discord import app_commands
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.backend.models import Interaction
from simcord.backend.models.interaction import ResponseKind
from simcord.enums import InteractionType
from simcord.interactions import base_payload, command_leaves
from sqlalchemy import event

from bot.settings import Settings
from seminar.errors import Refused
from services.record.audit import Audit
from tests.chat import chat_room
from tests.chat.chat_room import Room
from tests.chat.conference_room import BRUSSELS
from tests.chat.paper_room import open_by, seed
from tests.fuzzing.limits import problems_of

METHODS = ("rating", "ranked", "points", "shortlist")
KEPT = 300  # controls and forms that were shown, the latest of them
_MENTION = re.compile(r"@(everyone|here)|(?<!\\)<(@|#|/|id:|:)")
_IN_PLACE = (ResponseKind.UPDATE, ResponseKind.DEFERRED_UPDATE)
# What simcord takes for failures, and the presenter has answered in a sentence.
_ANSWERED = (
    Refused,
    app_commands.TransformerError,
    app_commands.CheckFailure,
    app_commands.CommandNotFound,
    app_commands.CommandSignatureMismatch,
)
_LINK = re.compile(r"(?<!\\)\]\(https://x")


@dataclass(frozen=True, slots=True)
class Shown:
    """A control that somebody was shown, and where: `values` are what a list offers."""

    who: MemberActor
    custom_id: str
    kind: int
    values: tuple[str, ...]
    message: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Form:
    """A form that somebody was shown, with the ids of its fields."""

    who: MemberActor
    custom_id: str
    fields: tuple[str, ...]


class _Log(logging.Handler):
    """What was logged as an error; and, with `warned`, that an id would have been too long."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.said: list[str] = []
        self.warned = False

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.said.append(logging.Formatter().format(record))
        self.warned |= "too long" in record.getMessage()


@dataclass
class Hall:
    """The room; what was shown to whom; and how much the last act has asked of the store."""

    room: Room
    people: tuple[MemberActor, ...]
    controls: list[Shown] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    statements: int = 0
    answered: int = 0
    refused: int = 0
    unreadable: int = 0
    _raised: int = 0
    _log: _Log = field(default_factory=_Log)

    @classmethod
    async def prepare(cls, folder: Path, empty_store: Path) -> Hall:
        """A new server, on a copy of an empty store in `folder`."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copyfile(empty_store, folder / "rapporteur.db")
        settings = Settings.model_validate(
            {
                "discord": {"cooldowns": False},
                "storage": {"url": f"sqlite:///{folder / 'rapporteur.db'}"},
                "secrecy": {"key_dir": folder / "keys"},
            }
        )
        env = await chat_room.start(settings)
        room = Room(env, settings)
        everybody = (room.ana, room.ben, room.cleo, room.obs, room.fay, room.ola, room.stranger, room.owner)
        hall = cls(room, everybody)
        await hall._furnish()
        logging.getLogger().addHandler(hall._log)
        for engine in (room.bot.house.db._writer, room.bot.house.db._readers):
            event.listen(engine.sync_engine, "before_cursor_execute", hall._count)
        return hall

    async def close(self) -> None:
        """End the bot, after its ledger, tallies and texts have been found as they should be."""
        logging.getLogger().removeHandler(self._log)
        report = await Audit(self.room.bot.house.db).verify()
        _ = self.room.env.errors  # looked at after every act
        await chat_room.stop(self.room.env)
        assert not report.problems, report.problems

    async def _furnish(self) -> None:
        room = self.room
        await room.load(more=BRUSSELS.replace("2034", "2014"))
        await room.open_event("ROM")
        for who in (room.ana, room.ben, room.cleo):
            await who.click(room.message("panel", "ROM"), custom_id="here")
        await seed(room, 6)
        await room.recommend(
            room.ben, "TRN", "Joint courses", "Planners of both houses train together.", "", "DPKO"
        )
        await open_by(room, "support", references="CAP-01, CAP-02")
        for method in METHODS:
            await open_by(room, method, references="CAP-03, CAP-04", purpose="indicative")
        for message in self._messages():
            self._remember(room.ana, message)

    def _count(self, *_: object) -> None:
        self.statements += 1

    def commands(self) -> list[tuple[dict[str, Any], list[str], dict[str, Any]]]:
        """Every command as Discord has it: its root, the way to it, and its own options."""
        roots = [one for one in self.room.env.backend.commands[None].values() if one.get("type", 1) == 1]
        return [(root, path, leaf) for root in roots for path, leaf in command_leaves(root)]

    def menus(self) -> list[dict[str, Any]]:
        """The commands of a message's menu."""
        return [one for one in self.room.env.backend.commands[None].values() if one.get("type") == 3]

    def _messages(self) -> Iterator[Any]:
        for channel, one in list(self.room.env.backend.channels.items()):
            if one.guild_id != self.room.guild.id:
                continue
            yield from self.room.env.backend.messages.get(channel, {}).values()

    def newest(self) -> list[tuple[int, int]]:
        """The latest messages of all, private ones among them, by channel and id."""
        return [(one.channel_id, one.id) for one in sorted(self._messages(), key=lambda one: one.id)][-40:]

    async def send(
        self,
        who: MemberActor,
        kind: InteractionType,
        data: Any,
        message: tuple[int, int] | None = None,
        *,
        in_server: bool = True,
        genuine: bool = False,
    ) -> Interaction | None:
        """Hand the bot an interaction as Discord would; None where discord.py itself cannot read it.

        Whatever is wrong with what came of it fails. What is `genuine` was shown to that person like this.
        """
        room = self.room
        backend = room.env.backend
        channel_id = message[0] if message is not None and in_server else room.rome.id
        record, payload = base_payload(
            backend,
            type=int(kind),
            channel_id=channel_id,
            guild_id=room.guild.id if in_server else None,
            user_id=who.id,
            data=data,
        )
        if message is not None and in_server and message[1] in backend.messages.get(message[0], {}):
            source = backend.get_message(*message)
            payload["message"] = dict(serializers.message_payload(backend, source))
            record.source_message_id = source.id
        self._log.warned = False
        before, self.statements = len(room.env.http_requests), 0
        try:
            backend.emit("INTERACTION_CREATE", payload)
        except (KeyError, TypeError, ValueError, AttributeError):
            self.unreadable += (
                1  # discord.py itself could make no interaction of it, so the bot hears of none
            )
            return None
        await room.env.settle(idle=0.001)
        act = (who.name, kind.name, data, (payload.get("message") or {}).get("content"))
        self._check(record, room.env.http_requests[before:], act)
        assert not (genuine and self._log.warned), ("an id that was shown leads to none", act)
        self._learn(who, record)
        return record

    def _check(self, record: Interaction, requests: Sequence[Any], act: tuple[object, ...]) -> None:
        assert not self._log.said, (self._log.said, act)
        raised = [getattr(error, "original", error) for error in self.room.env.errors]
        fresh = raised[self._raised :]
        assert all(isinstance(one, _ANSWERED) for one in fresh), (fresh, act)
        self._raised = len(raised)
        assert record.responded, ("no answer", act)
        if record.response_kind is ResponseKind.AUTOCOMPLETE:
            choices = record.autocomplete_choices or []
            assert len(choices) <= 25
            assert all(0 < len(one["name"]) <= 100 and 0 < len(str(one["value"])) <= 100 for one in choices)
            return
        assert not record.loading, ("promised an answer and gave none", act)
        if record.response_kind is ResponseKind.DEFERRED_UPDATE:
            assert any("/webhooks/" in request.path for request in requests), ("noted, and left so", act)
        self.answered += 1
        answers = [self._message(record.channel_id, one) for one in (record.message_id, *record.followup_ids)]
        for answer in answers:
            if answer is not None and record.response_kind not in _IN_PLACE:
                assert answer.is_ephemeral, ("everybody sees the answer", act)
        assert len(record.followup_ids) <= 1 or all(one is None or one.attachments for one in answers), act
        self.refused += any(one is not None and one.content.startswith("✋") for one in answers)
        for request in requests:
            self._check_request(request)

    def _message(self, channel_id: int, message_id: int | None) -> Any:
        return self.room.env.backend.messages.get(channel_id, {}).get(message_id or 0)

    def _check_request(self, request: Any) -> None:
        body = request.json
        if not isinstance(body, dict):
            return
        answering = request.path.endswith("/callback")
        said = body.get("data") or {} if answering else body
        found = problems_of(said, form=answering and body.get("type") == 9)
        assert not found, (found, said)
        if not (answering or "/webhooks/" in request.path):
            return  # a ballot calls its participants in public, and tests/chat holds it to that
        for text in _read_as_markdown(said):
            assert not _MENTION.search(_without_own(text)) and not _LINK.search(text), text
        if body.get("type") not in (5, 6, 9) and ("content" in said or "components" in said):
            allowed = said.get("allowed_mentions")
            assert allowed is not None and allowed.get("parse") == [], said

    def _learn(self, who: MemberActor, record: Interaction) -> None:
        """Keep what was shown, so that it can be pressed."""
        if record.modal is not None:
            names = tuple(
                part["custom_id"] for part in _parts(record.modal["components"]) if "custom_id" in part
            )
            self.forms.append(Form(who, record.modal["custom_id"], names))
        for one in (record.message_id, *record.followup_ids):
            message = self._message(record.channel_id, one)
            if message is not None:
                self._remember(who, message)
        del self.controls[:-KEPT], self.forms[:-KEPT]

    def _remember(self, who: MemberActor, message: Any) -> None:
        for part in _parts(message.components):
            if part.get("type") in (2, 3) and "custom_id" in part and not part.get("disabled"):
                offered = tuple(option["value"] for option in part.get("options", ()))
                self.controls.append(
                    Shown(who, part["custom_id"], part["type"], offered, (message.channel_id, message.id))
                )


def _parts(components: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for component in components:
        yield component
        yield from _parts(component.get("components", ()))
        for key in ("component", "accessory"):
            if isinstance(component.get(key), dict):
                yield from _parts([component[key]])


def _read_as_markdown(said: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(said.get("content"), str):
        yield said["content"]
    for part in _parts(said.get("components") or ()):
        if part.get("type") == 10:
            yield str(part["content"])


def _without_own(text: str) -> str:
    """Without what the bot itself writes: moments, and commands and channels it links to."""
    return re.sub(r"<(t:-?\d+(:[a-zA-Z])?|#\d+|@!?\d+)>", "", text)
