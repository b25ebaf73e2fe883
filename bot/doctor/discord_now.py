"""What Discord says: asked over its REST interface alone, without signing in as the bot.

Everything asked is a GET, so that a bot that is running meanwhile notices nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import SimpleNamespace
from typing import Any, TypeVar

import aiohttp
import discord
from discord import app_commands

from bot.client import COGS, create_bot
from bot.doctor.finding import Finding
from bot.doctor.store_now import Held
from bot.permissions import WANTED, invitation, lacking
from bot.settings import TOKEN_VARIABLE, Settings
from seminar.model import EventStatus, Role
from seminar.texts import clean_line

PATIENCE = 20.0
"""Seconds that one question may take, tries again included."""
_LONGEST_NAME = 60

T = TypeVar("T")

_FLAGS = {
    "Presence": ("gateway_presence", "gateway_presence_limited"),
    "Server Members": ("gateway_guild_members", "gateway_guild_members_limited"),
    "Message Content": ("gateway_message_content", "gateway_message_content_limited"),
}
"""Privileged intents as the developer portal calls them, and the flags that say they are on."""


class _NoAnswer(Exception):
    """Discord did not say; `finding` tells why."""

    def __init__(self, sentence: str, advice: str) -> None:
        super().__init__(sentence)
        self.finding = Finding("error", sentence, advice)


@dataclass(slots=True)
class _Asking:
    """Asks, each question within `PATIENCE`, and knows what the last answer was."""

    status: int = 0
    client: discord.Client = field(init=False)

    def __post_init__(self) -> None:
        traced = aiohttp.TraceConfig()
        traced.on_request_end.append(self._ended)
        self.client = discord.Client(
            intents=discord.Intents(guilds=True), http_trace=traced, max_ratelimit_timeout=30.0
        )

    async def _ended(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        self.status = ended.response.status

    async def answer(self, question: Awaitable[T]) -> T:
        """What Discord answers.

        Raises:
            _NoAnswer: nothing, or not in time, or that it is asked too much.
            discord.LoginFailure, discord.Forbidden, discord.NotFound: as discord.py does.
        """
        try:
            async with asyncio.timeout(PATIENCE):
                return await question
        except (discord.LoginFailure, discord.Forbidden, discord.NotFound):
            raise
        except TimeoutError:
            if self.status == 429:
                raise _too_much() from None
            raise _silent(
                f"HTTP {self.status}" if self.status >= 500 else f"nothing within {PATIENCE:.0f} seconds"
            ) from None
        except discord.RateLimited:
            raise _too_much() from None
        except discord.HTTPException as failed:
            raise (_too_much() if failed.status == 429 else _silent(f"HTTP {failed.status}")) from None
        except (aiohttp.ClientError, OSError) as failed:
            raise _silent(type(failed).__name__) from None


def _too_much() -> _NoAnswer:
    return _NoAnswer(
        "Discord limits the rate at which this token may ask, so not everything could be looked at.",
        "Try again in some minutes. If it goes on, look for another program with the same token.",
    )


def _silent(why: str) -> _NoAnswer:
    return _NoAnswer(
        f"Discord does not answer: {why}.",
        "Can this machine reach https://discord.com? Is there trouble at https://discordstatus.com?",
    )


async def examine_discord(settings: Settings, held: Mapping[int, Held]) -> list[Finding]:
    """Ask about the token, the application, the commands, and each server that the store holds something of.

    Nothing without a token: that has been told.
    """
    if settings.discord.token is None:
        return []
    asking = _Asking()
    findings: list[Finding] = []
    try:
        await asking.answer(asking.client.login(settings.discord.token.get_secret_value()))
        findings += await _application(asking)
        findings += await _servers(asking, held)
    except discord.LoginFailure:
        findings.append(
            Finding(
                "error",
                "Discord does not accept the token.",
                f"Copy it again from the developer portal, page Bot, into {TOKEN_VARIABLE}.",
            )
        )
    except _NoAnswer as nothing:
        findings.append(nothing.finding)
    finally:
        await asking.client.close()
    return findings


async def _application(asking: _Asking) -> list[Finding]:
    application = await asking.answer(asking.client.application_info())
    found = [Finding("ok", f"Discord accepts the token, which is that of “{_name(application.name)}”.")]
    if application.interactions_endpoint_url:
        found.append(
            Finding(
                "error",
                "The application has an Interactions Endpoint URL, so Discord sends every click there and "
                "none to the bot.",
                "Remove it in the developer portal, page General Information.",
            )
        )
    on = [name for name, flags in _FLAGS.items() if any(getattr(application.flags, flag) for flag in flags)]
    if on:
        found.append(
            Finding(
                "warning",
                f"The application has privileged intents that the bot does not use: {', '.join(on)}.",
                "Switch them off in the developer portal, page Bot.",
            )
        )
    else:
        found.append(Finding("ok", "No privileged intent is switched on, and none is needed."))
    ours = await _own_commands()
    theirs = _named(await asking.answer(app_commands.CommandTree(asking.client).fetch_commands()))
    if ours == theirs:
        found.append(Finding("ok", f"Discord has all {len(ours)} commands."))
    else:
        found.append(
            Finding(
                "warning",
                f"Discord has other commands than this version: {len(ours - theirs)} are missing there, "
                f"{len(theirs - ours)} are too many.",
                "The next start of the bot tells Discord; then reload Discord (Ctrl+R).",
            )
        )
    return found


async def _own_commands() -> set[str]:
    bot = create_bot(Settings())
    try:
        for cog in COGS:
            await import_module(cog).setup(bot)
        return {
            command.qualified_name
            for kind in (discord.AppCommandType.chat_input, discord.AppCommandType.message)
            for command in bot.tree.walk_commands(type=kind)
            if not isinstance(command, app_commands.Group)
        }
    finally:
        await bot.close()


def _named(commands: list[app_commands.AppCommand]) -> set[str]:
    def walk(name: str, options: list[Any]) -> Iterator[str]:
        groups = [one for one in options if isinstance(one, app_commands.AppCommandGroup)]
        if not groups:
            yield name
        for group in groups:
            yield from walk(f"{name} {group.name}", group.options)

    return {name for command in commands for name in walk(command.name, command.options)}


async def _servers(asking: _Asking, held: Mapping[int, Held]) -> list[Finding]:
    async def all_of_them() -> dict[int, str]:
        return {one.id: one.name async for one in asking.client.fetch_guilds(limit=None, with_counts=False)}

    present = await asking.answer(all_of_them())
    names = ", ".join(f"“{_name(name)}”" for name in present.values()) or "none"
    servers = "server" if len(present) == 1 else "servers"
    invite = f"Whoever manages a server adds it at {invitation(asking.client.application_id or 0)}"
    found = [
        Finding(
            "ok" if present else "warning",
            f"The bot is in {len(present)} {servers}: {names}.",
            "" if present else invite,
        )
    ]
    found += [
        Finding(
            "ok",
            f"No initiative is loaded in “{_name(name)}” yet.",
            "Whoever manages the server loads one there with /initiative load.",
        )
        for guild, name in present.items()
        if guild not in held
    ]
    for guild, holding in held.items():
        if guild not in present:
            found.append(
                Finding(
                    "error",
                    f"The bot is not in the server of “{_name(holding.initiative.head.title)}” ({guild}).",
                    invite,
                )
            )
        else:
            found += await _server(asking, guild, holding)
    return found


async def _server(asking: _Asking, guild_id: int, holding: Held) -> list[Finding]:
    client = asking.client
    try:
        guild = await asking.answer(client.fetch_guild(guild_id, with_counts=False))
        channels = {channel.id: channel for channel in await asking.answer(guild.fetch_channels())}
        me = await asking.answer(guild.fetch_member(client.user.id if client.user else 0))
    except (discord.Forbidden, discord.NotFound) as refused:
        title = _name(holding.initiative.head.title)
        return [
            Finding(
                "error",
                f"Discord does not let the bot look at the server of “{title}”: HTTP {refused.status}.",
                "Was it removed just now? Add it again.",
            )
        ]
    name = _name(guild.name)
    missing = lacking(me.guild_permissions)
    found = [
        Finding("error", f"In “{name}” the bot lacks: {', '.join(missing)}.", "Give its role what it lacks.")
        if missing
        else Finding("ok", f"In “{name}” the bot has every permission that it needs.")
    ]
    if more := [use.called for use in WANTED if not getattr(me.guild_permissions, use.name)]:
        found.append(
            Finding("ok", f"In “{name}” the bot may not: {', '.join(more)}. Without, everything else works.")
        )
    found += _roles(name, {text for role in guild.roles for text in (role.name, str(role.id))}, holding)
    for code, event in sorted(holding.events.items()):
        if event.channel_id is None or event.status is not EventStatus.OPEN:
            continue
        channel = channels.get(event.channel_id)
        if channel is None:
            found.append(
                Finding(
                    "warning",
                    f"In “{name}” the channel of the event {code} is gone.",
                    "The bot makes another with the next post there; what was posted in the old one is lost.",
                )
            )
        elif less := [one for one in lacking(channel.permissions_for(me)) if one not in missing]:
            found.append(
                Finding(
                    "error",
                    f"In the channel of the event {code} in “{name}” the bot lacks: {', '.join(less)}.",
                    "Look at the channel's own permissions for the bot's role, and for everyone.",
                )
            )
        else:
            found.append(Finding("ok", f"The channel of the event {code} in “{name}” is there."))
    return found


def _roles(name: str, there: set[str], holding: Held) -> Iterator[Finding]:
    advice = "Make the role in Discord, or name another in the initiative file and load it again."
    whole = True
    for kind in Role:
        wanted: tuple[str, ...] = getattr(holding.initiative.roles, kind)
        if gone := [role for role in wanted if role not in there]:
            whole = False
            nobody = len(gone) == len(wanted)
            yield Finding(
                "error" if nobody and kind is not Role.OBSERVER else "warning",
                f"In “{name}” there is no role {_list(gone)}"
                + (f", so nobody is {_article(kind)}." if nobody else f", named for {kind}s."),
                advice,
            )
    for constituency in holding.initiative.constituencies:
        if gone := [role for role in constituency.roles if role not in there]:
            whole = False
            yield Finding(
                "warning",
                f"In “{name}” there is no role {_list(gone)} for the constituency {constituency.code}.",
                f"{advice} Its members can choose it themselves meanwhile, if they may.",
            )
    if whole:
        yield Finding("ok", f"Every role that the initiative names is there in “{name}”.")


def _article(kind: Role) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _list(names: list[str]) -> str:
    return ", ".join(f"“{_name(name)}”" for name in names)


def _name(name: str) -> str:
    """What somebody else called something, fit for a terminal."""
    return clean_line(name[:_LONGEST_NAME])
