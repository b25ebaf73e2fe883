"""The invitation asks for what the code's calls to Discord need: no less, and no more.

Every call of `bot/` and `cogs/` that could reach Discord's REST interface is found in the code. What each one
needs stands here, with the place in Discord's documentation that says so; a call that is not here fails, and
so does one that is no longer made.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Final

import discord
import pytest

from bot import doctor
from bot.client import create_bot
from bot.permissions import INVITE, NEEDED, OPTIONAL, WANTED, lacking
from bot.settings import TOKEN_VARIABLE, Settings

ROOT = Path(__file__).parents[2]
NOTHING: Final = frozenset[str]()
_SEE = "view_channel"

CALLS: Final = MappingProxyType(
    {
        # Of https://discord.com/developers/docs, …/guild#create-guild-channel: MANAGE_CHANNELS
        "guild.create_text_channel": {"manage_channels"},
        "guild.create_forum": {"manage_channels"},
        # …/channel#modify-channel: MANAGE_CHANNELS, in a channel that it sees
        "forum.edit(available_tags)": {"manage_channels", _SEE},
        # …/channel#start-thread-in-forum-or-media-channel: SEND_MESSAGES, there called creating posts
        "channel.create_thread(applied_tags)": {"send_messages", _SEE},
        # …/channel#start-thread-without-message: CREATE_PUBLIC_THREADS; -from-message: it must read that too
        "channel.create_thread(type)": {"create_public_threads", _SEE},
        "message.create_thread": {"create_public_threads", "read_message_history", _SEE},
        # …/message#create-message: SEND_MESSAGES, in threads SEND_MESSAGES_IN_THREADS; to mention a role that
        # not everybody may mention: MENTION_EVERYONE (…/permissions#permissions-bitwise-permission-flags)
        "channel.send(view)": {"send_messages", "mention_everyone", _SEE},
        "thread.send(view)": {"send_messages_in_threads", _SEE},
        "thread.send": {"send_messages_in_threads", _SEE},
        # …/message#edit-message: one's own messages may always be edited
        "message.edit(view)": {_SEE},
        # …/message#pin-message: PIN_MESSAGES
        "message.pin": {"pin_messages"},
        # …/channel#modify-channel, thread: MANAGE_THREADS, but for what a thread's own maker may do
        "post.thread.edit(pinned)": {"manage_threads"},
        "thread.edit(archived)": {"manage_threads", "send_messages_in_threads"},
        "thread.edit(applied_tags)": {"manage_threads"},
        # …/channel#add-thread-member: the ability to send messages in the thread
        "thread.add_user": {"send_messages_in_threads"},
        # …/channel#get-channel: what one can see
        "guild.fetch_channel": {_SEE},
        # …/guild-scheduled-event: CREATE_EVENTS; to modify them CREATE_EVENTS or MANAGE_EVENTS
        "guild.create_scheduled_event": {"create_events"},
        "guild.fetch_scheduled_event": NOTHING,
        "made.edit": {"create_events", "manage_events"},
        # …/interactions/receiving-and-responding: answers need no permission of the bot's but for their files
        # (app_permissions of an interaction: ATTACH_FILES)
        "self.interaction.followup.send": {"attach_files"},
        "self.interaction.response.send_message": {"attach_files"},
        "self.interaction.edit_original_response": {"attach_files"},
        "self.interaction.response.edit_message": {"attach_files"},
        "interaction.followup.send": NOTHING,
        "interaction.response.send_message": NOTHING,
        # …/user#create-dm, and what is sent there
        "self.bot.create_dm": NOTHING,
        "channel.send": NOTHING,
        # the doctor looks, with what every bot in a server may ask
        "client.fetch_guild": NOTHING,
        "asking.client.fetch_guilds": NOTHING,
        "guild.fetch_channels": NOTHING,
        "guild.fetch_member": NOTHING,
        "asking.client.application_info": NOTHING,
    }
)
_TELLING = ("available_tags", "archived", "applied_tags", "pinned", "view", "type")
"""Keywords on which it depends what a call needs."""
_MODELS = (
    *(
        discord.Guild,
        discord.TextChannel,
        discord.ForumChannel,
        discord.Thread,
        discord.Message,
        discord.Role,
    ),
    *(
        discord.PartialMessage,
        discord.PartialMessageable,
        discord.Member,
        discord.User,
        discord.ScheduledEvent,
    ),
    *(discord.DMChannel, discord.Webhook, discord.Interaction, discord.InteractionResponse, discord.Client),
)
_SIGNING = frozenset({"start", "login", "connect", "close", "setup_hook", "defer", "send_modal", "is_owner"})
"""Of the connection, and answers that carry nothing."""
_OURS = (
    "self.house",
    "self.leave",
    "text.",
    "house.",
    "self.bot.places",
    "self._answers",
    "self.floods",
    "self.answers",
    "moving",
    "asyncio",
)
_PLAIN = frozenset(
    {"join", "timeout", "cancel", "start", "end", "stop", "wait", "autocomplete"}
)  # of texts, clocks and tasks


def _requests() -> frozenset[str]:
    """The names of everything in discord.py's models that asks something of Discord."""
    names = {
        name
        for model in _MODELS
        for name, found in inspect.getmembers(model)
        if inspect.iscoroutinefunction(found) or inspect.isasyncgenfunction(found)
    } | {"fetch_guilds"}
    return frozenset(name for name in names if not name.startswith(("_", "on_", "wait_"))) - _SIGNING - _PLAIN


def _calls() -> Iterator[str]:
    """Every such call in the code: on what, which, and with which telling keywords."""
    requests = _requests()
    for room in ("bot", "cogs"):
        for file in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                    continue
                said = ast.unparse(node.func)
                if node.func.attr not in requests or said.startswith(_OURS):
                    continue
                given = [one.arg for one in node.keywords if one.arg in _TELLING]
                yield f"{said}({given[0]})" if given else said


def test_every_call_to_discord_is_known_with_what_it_needs() -> None:
    """And none is kept here that the code no longer makes."""
    assert set(_calls()) == set(CALLS)


def test_the_invitation_asks_for_what_these_calls_need_and_for_nothing_else() -> None:
    """What only the calendar needs may be granted besides."""
    needed = frozenset[str]().union(*CALLS.values())
    invited = {use.name for use in NEEDED}
    assert needed == invited | {use.name for use in WANTED}
    for uses, asked in ((NEEDED, INVITE), (WANTED, OPTIONAL)):
        wanted = discord.Permissions(**{use.name: True for use in uses})
        assert wanted == asked
    calendar = [needs for call, needs in CALLS.items() if "scheduled" in call or call == "made.edit"]
    assert set().union(*calendar) == {use.name for use in WANTED}


async def test_no_privileged_intent_is_asked_for() -> None:
    """Servers, and nothing that is sent in them."""
    intents = create_bot(Settings()).intents
    assert [name for name, on in intents if on] == ["guilds"]


def test_what_is_lacking_is_named_as_discord_names_it() -> None:
    """An administrator lacks nothing."""
    assert lacking(discord.Permissions(administrator=True)) == ()
    assert lacking(INVITE) == ()
    assert lacking(INVITE | OPTIONAL) == ()
    for use in NEEDED:
        rest = discord.Permissions(**{one.name: True for one in NEEDED if one is not use})
        assert lacking(rest) == (use.called,)


async def test_the_doctor_says_what_each_permission_is_for(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Before anybody is asked to grant them."""
    monkeypatch.setenv(
        TOKEN_VARIABLE, "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"
    )
    monkeypatch.chdir(tmp_path)
    found = "\n".join(map(str, await doctor.examine(None, None, None)))
    for use in (*NEEDED, *WANTED):
        assert f"{use.called}: {use.what_for}" in found
