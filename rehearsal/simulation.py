"""The simulated Discord, and every work-around it needs: nothing else knows simcord's inside.

Discord counts time from 2015, so an event of an earlier year is rehearsed in
the first later year in which its date falls on the same day of the week. Time
moves only by `advance`, and one act runs at a time.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

import discord
import simcord
from simcord.backend.access import can_access_channel
from simcord.components import walk_components
from simcord.preview import Preview

from seminar.errors import Refused

Message = discord.Message | simcord.ResponseMessage

_BUTTON, _STRING_SELECT, _TEXT = 2, 3, 10
_CATEGORY = 4
_BOT_NAME = "Rapporteur"
_SPOKEN = frozenset({0, 19, 20, 23})  # messages, replies and answers; not what Discord itself notes
_IDLE = 0.001  # seconds between two looks at whether the bot is done; simcord's own 0.05 makes acts slow
_DISCORD_FROM = 2015
_MORNING = time(9, 0)
_PLAIN = frozenset({str, int, bool, float, type(None)})


@dataclass(frozen=True, slots=True)
class Control:
    """A button or select as a person sees it."""

    custom_id: str
    label: str
    disabled: bool
    is_select: bool
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Post:
    """A message as it stands now; `private_to` is the one person who sees it."""

    message: simcord.ResponseMessage
    author_id: int
    channel_id: int
    private_to: int | None


def starting_time(day: date, zone: ZoneInfo) -> datetime:
    """Nine in the morning of `day` in `zone`, in a year that Discord can count (aware, UTC)."""
    if day.year >= _DISCORD_FROM:
        return datetime.combine(day, _MORNING, tzinfo=zone).astimezone(UTC)
    year = day.year
    while year < _DISCORD_FROM or _in_year(day, year).weekday() != day.weekday():
        year += 1
    return datetime.combine(_in_year(day, year), _MORNING, tzinfo=zone).astimezone(UTC)


def _in_year(day: date, year: int) -> date:
    return day.replace(year=year, day=min(day.day, 28) if day.month == 2 else day.day)


class Watch:
    """The clock handed to the bot before its world exists; it shows the world's time once that runs."""

    def __init__(self, start: datetime) -> None:
        self._start = start
        self._env: simcord.Env | None = None

    def __call__(self) -> datetime:
        return self._start if self._env is None else self._env.now()

    def wind(self, env: simcord.Env) -> None:
        """From now on show the time of `env`."""
        self._env = env


class Simulation:
    """A running bot and the world around it."""

    def __init__(self, env: simcord.Env, bot: discord.Client) -> None:
        self.env = env
        self.bot = bot
        self._seen = 0

    @property
    def bot_id(self) -> int:
        return int(self.env.backend.bot_user.id)

    def now(self) -> datetime:
        return self.env.now()

    async def advance(self, seconds: float) -> None:
        """Let `seconds` pass; whatever falls due in them happens."""
        await self.env.advance_time(seconds)

    async def close(self) -> None:
        """Let the bot end its work and close its store, as at any shutdown."""
        await self.bot.close()

    def faults(self) -> list[BaseException]:
        """What went wrong in the bot since the last look; refusals are answers, not faults."""
        fresh = [_unwrapped(error) for error in self.env.errors[self._seen :]]
        self._seen = self.env.error_cursor
        return [error for error in fresh if not isinstance(error, Refused)]

    def posts(self, after: int = 0) -> list[Post]:
        """Every message with an id above `after` anywhere in the world, oldest first."""
        backend = self.env.backend
        found = []
        for channel_id, messages in list(backend.messages.items()):
            for message_id, message in list(messages.items()):
                if message_id > after and message.type in _SPOKEN:
                    shown = simcord.ResponseMessage(self.env, message)
                    found.append(Post(shown, message.author_id, channel_id, _addressee(backend, message)))
        return sorted(found, key=lambda post: post.message.id)

    def has(self, message: Message) -> bool:
        """Whether a message is still there."""
        return message.id in self.env.backend.messages.get(channel_of(message), {})

    def stirrings(self) -> int:
        """A number that grows whenever anything happens in the world."""
        return len(self.env.backend.transcript)

    def sees(self, actor: simcord.MemberActor, channel: simcord.ChannelHandle) -> bool:
        """Whether a member may read a channel with its history."""
        return can_access_channel(self.env, channel.id, actor, history=True)

    def is_live(self, preview: Preview) -> bool:
        """Whether a chat page's server runs; its own menu can end it."""
        return self.env._preview is preview

    def categories(self) -> frozenset[int]:
        """The ids of channels that only hold others."""
        return frozenset(id for id, c in self.env.backend.channels.items() if c.type == _CATEGORY)

    def channel_names(self) -> dict[int, str]:
        """Names of channels and threads by id; a private conversation has none."""
        return {id: channel.name or "" for id, channel in self.env.backend.channels.items()}

    def content(self, attachment: discord.Attachment) -> bytes:
        """The bytes of a file that somebody posted."""
        blob = self.env.backend.cdn.get(attachment.url)
        if blob is None:
            raise FileNotFoundError(attachment.url)
        return bytes(blob)


def channel_of(message: Message) -> int:
    """The id of the channel or thread in which a message stands."""
    return message.channel_id if isinstance(message, simcord.ResponseMessage) else message.channel.id


def _addressee(backend: Any, message: Any) -> int | None:
    for user_id, channel_id in backend.dm_channels.items():
        if channel_id == message.channel_id:
            return int(user_id)
    if not message.is_ephemeral:
        return None
    user = (message.interaction_metadata or {}).get("user") or {}
    return int(user.get("id", 0))


def _unwrapped(error: BaseException) -> BaseException:
    inner = getattr(error, "original", None)
    return _unwrapped(inner) if isinstance(inner, BaseException) else error


class Stage(simcord.Env):
    """An environment in which the bot's pauses end by `advance` alone.

    simcord lets them end on the wall clock too, and waits for short ones after
    every act; while it is advancing it does neither, so here it always is.
    """

    @property
    def _advancing(self) -> bool:
        return True

    @_advancing.setter
    def _advancing(self, value: bool) -> None:
        """Stays as it is."""


@asynccontextmanager
async def simulate(bot: discord.Client, start: datetime) -> AsyncIterator[Simulation]:
    """Run `bot` in a new simulated Discord whose clock stands at `start`, until the block ends."""
    env = Stage(bot, check_errors=False, settle_timeout=30.0)
    _set_scene(env, start)
    _settle_quickly()
    copy_quickly()
    await env.start()
    try:
        with env.time_context():
            yield Simulation(env, bot)
    finally:
        await env.shutdown()


def _set_scene(env: simcord.Env, start: datetime) -> None:
    """simcord starts every world in 2026 with a “TestBot”; it has no public way to do otherwise."""
    with suppress(ImportError, AttributeError, TypeError):
        from simcord._clock import Clock
        from simcord.backend import Backend

        clock = Clock()
        clock._epoch = start
        env.backend = Backend(clock=clock)
        env.backend.bot_user.name = _BOT_NAME


def _settle_quickly() -> None:
    with suppress(AttributeError, TypeError):
        defaults = simcord.Env._settle_internal.__kwdefaults__
        if defaults is not None and "idle" in defaults:
            defaults["idle"] = _IDLE


def copy_quickly() -> None:
    """Let simcord copy what is sent, some of it five times over, as the plain JSON that it is.

    Its `copy.deepcopy`, which looks for cycles and for classes, takes a twentieth of all the time.
    """
    with suppress(ImportError, AttributeError):
        from simcord import components, gateway, results
        from simcord.http import router

        by_name: tuple[Any, ...] = (results, components)
        for module in by_name:
            if module.deepcopy is deepcopy:
                module.deepcopy = _copied
        by_module: tuple[Any, ...] = (gateway, router)
        for module in by_module:
            if module.copy.deepcopy is deepcopy:
                module.copy = SimpleNamespace(deepcopy=_copied)


def _copied(value: Any) -> Any:
    kind = type(value)
    if kind is dict:
        return {key: _copied(part) for key, part in value.items()}
    if kind is list:
        return [_copied(part) for part in value]
    return value if kind in _PLAIN else deepcopy(value)


def components(message: Message) -> Iterator[dict[str, Any]]:
    """Every component of a message, however deep."""
    raw = message.components
    roots = [part if isinstance(part, dict) else part.to_dict() for part in raw]
    return iter(walk_components(roots))


def controls(message: Message) -> list[Control]:
    """The buttons and selects of a message, in reading order."""
    found = []
    for part in components(message):
        if part.get("type") in (_BUTTON, _STRING_SELECT) and part.get("custom_id"):
            found.append(
                Control(
                    custom_id=part["custom_id"],
                    label=part.get("label") or part.get("placeholder") or "",
                    disabled=bool(part.get("disabled")),
                    is_select=part["type"] == _STRING_SELECT,
                    options=tuple(option["value"] for option in part.get("options") or ()),
                )
            )
    return found


def form_fields(form: simcord.InteractionResult) -> frozenset[str]:
    """The ids of the inputs of a form, however deep they are nested."""
    modal = form.modal or {}
    return frozenset(
        str(part["custom_id"]) for part in walk_components(modal.get("components", [])) if "custom_id" in part
    )


def form_choices(form: simcord.InteractionResult) -> frozenset[str]:
    """The ids of the fields of a form that are chosen from and not written."""
    parts = walk_components((form.modal or {}).get("components", []))
    return frozenset(str(part["custom_id"]) for part in parts if "options" in part and "custom_id" in part)


def form_values(form: simcord.InteractionResult) -> dict[str, str]:
    """What the inputs of a form hold when it opens: texts, and choices made in advance."""
    held: dict[str, str] = {}
    for part in walk_components((form.modal or {}).get("components", [])):
        if "custom_id" in part:
            chosen = [str(option["value"]) for option in part.get("options", ()) if option.get("default")]
            value = part.get("value") or (chosen[0] if chosen else "")
            if value:
                held[str(part["custom_id"])] = str(value)
    return held


def words_of(message: Message) -> str:
    """All that a message says, as running text."""
    said = [message.content] if message.content else []
    for embed in message.embeds:
        said += [part for part in (embed.title, embed.description) if part]
        said += [f"{field.name}: {field.value}" for field in embed.fields]
    said += [str(part["content"]) for part in components(message) if part.get("type") == _TEXT]
    said += [f"📎 {attachment.filename}" for attachment in message.attachments]
    return "\n".join(said)
