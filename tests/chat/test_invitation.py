"""The invitation asks for the permissions the bot needs; the doctor and the README say the same."""

from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.backend import serializers
from simcord.env import Env

from bot import doctor
from bot.permissions import INVITE, invitation
from bot.settings import TOKEN_VARIABLE, Settings
from tests.chat.chat_room import Room, refused, texts

ROOT = Path(__file__).parents[2]
MEMBERS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, use_application_commands=True
)
# As Discord's own settings call them.
NAMES = {
    "read_messages": "View Channels",
    "manage_channels": "Manage Channels",
    "send_messages": "Send Messages and Create Posts",
    "create_public_threads": "Create Public Threads",
    "send_messages_in_threads": "Send Messages in Threads and Posts",
    "manage_threads": "Manage Threads and Posts",
    "read_message_history": "Read Message History",
    "attach_files": "Attach Files",
    "pin_messages": "Pin Messages",
    "mention_everyone": "Mention @everyone, @here and All Roles",
}
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"


def invited(env: Env, settings: Settings, permissions: discord.Permissions) -> Room:
    """A server where people may do what they need, and the bot only what it was given."""
    room = Room(env, settings)
    guild = env.backend.guilds[room.guild.id]
    for role in guild.roles.values():
        role.permissions = permissions.value if role.managed else MEMBERS.value
    guild.roles[guild.id].permissions = 0  # @everyone, whose permissions the bot would have too
    return room


async def unsaid(room: Room) -> list[str]:
    """The kinds of post that Discord has not taken."""
    async with room.bot.house.db.read() as tx:
        return [row[0] for row in await tx.exec_driver_sql("SELECT kind FROM outbox")]


async def play(room: Room) -> str:
    """From the first file to an export; everything the organiser was answered."""
    answers = [await room.load(), await room.open_event("ROM")]
    await room.recommend(room.ana)
    ballot = await room.open_ballot()
    for person in (room.ana, room.ben, room.cleo):
        await room.vote(person, ballot, 1, "for")
    await room.close_ballot(ballot)
    await room.env.advance_time(30)
    answers.append(await room.ola.slash(room.lobby, "export", format="xlsx"))
    answers.append(await room.ola.slash(room.lobby, "results"))
    assert not any(refused(answer) for answer in answers)
    return "\n".join(texts(answer) for answer in answers)


@pytest.mark.usefixtures("nothing_failed")
async def test_a_seminar_needs_no_more_than_the_invitation_asks_for(env: Env, settings: Settings) -> None:
    """From the initiative file to the export, in a text channel."""
    room = invited(env, settings, INVITE)
    assert "did not let the bot" not in await play(room)
    assert await unsaid(room) == []


@pytest.mark.usefixtures("nothing_failed")
async def test_a_forum_needs_no_more_either(
    env: Env, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The simulator pins no forum posts, so pinning stops here."""
    payload, edit = serializers.guild_create_payload, discord.Thread.edit

    def with_community(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return {**payload(*args, **kwargs), "features": ["COMMUNITY"]}

    async def without_pinning(self: discord.Thread, **options: Any) -> discord.Thread:
        options.pop("pinned", None)
        return await edit(self, **options) if options else self

    monkeypatch.setattr(serializers, "guild_create_payload", with_community)
    monkeypatch.setattr(discord.Thread, "edit", without_pinning)
    room = invited(env, settings, INVITE)
    await room.load()
    assert "did not let the bot" not in texts(await room.open_event("ROM"))
    await room.recommend(room.ana)
    assert await unsaid(room) == []


@pytest.mark.parametrize(
    "lacking",
    ["view_channel", "manage_channels", "send_messages", "create_public_threads", "read_message_history"],
)
async def test_without_a_permission_something_stays_unsaid(
    env: Env, settings: Settings, lacking: str
) -> None:
    """So that it is not asked for in vain."""
    given = discord.Permissions(INVITE.value & ~getattr(discord.Permissions, lacking).flag)
    room = invited(env, settings, given)
    await room.load()
    await room.open_event("ROM")
    await room.recommend(room.ana)
    assert await unsaid(room) != []


def test_the_invitation_asks_for_nothing_that_rules_a_server() -> None:
    """A leaked token must not be able to ban people or to give roles."""
    for power in ("administrator", "manage_guild", "manage_roles", "ban_members", "kick_members"):
        assert not getattr(INVITE, power)


async def test_the_doctor_says_how_to_invite_the_bot(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """With the bot's own id, which its token begins with."""
    monkeypatch.setenv(TOKEN_VARIABLE, TOKEN)
    monkeypatch.chdir(tmp_path)
    found = await doctor.examine(None, None, None)
    assert any(invitation("123456789012345678") in finding.advice for finding in found)


def test_the_readme_names_the_same_permissions() -> None:
    """Its link can be used as it stands, and its table has one line for each."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert invitation("APPLICATION_ID") in text
    for name in NAMES.values():
        assert f"\n| {name} |" in text
    assert set(NAMES) == {name for name, given in INVITE if given}
