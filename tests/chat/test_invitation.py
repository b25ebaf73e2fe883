"""The invitation asks for the permissions the bot needs; the doctor and the README say the same."""

from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.backend import serializers
from simcord.env import Env

from bot import doctor
from bot.permissions import INVITE, NEEDED, Use, invitation
from bot.settings import TOKEN_VARIABLE, Settings
from tests.chat.chat_room import Room, control, controls, message_of, refused, texts

ROOT = Path(__file__).parents[2]
MEMBERS = discord.Permissions(
    view_channel=True, send_messages=True, read_message_history=True, use_application_commands=True
)
POSTED_WITH = (
    "view_channel",
    "manage_channels",
    "send_messages",
    "create_public_threads",
    "read_message_history",
)
"""Without one of these something cannot be posted."""
EVERY_DAY = ("manage_channels", "read_message_history", "attach_files")
TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.abcdefghijklmnopqrstuvwxyz0123456789ab"


def invited(env: Env, settings: Settings, permissions: discord.Permissions) -> Room:
    """A server where people may do what they need, and the bot only what it was given."""
    room = Room(env, settings)
    guild = env.backend.guilds[room.guild.id]
    for role in list(guild.roles.values()):
        held = permissions.value if role.managed else MEMBERS.value
        if role.id == guild.id:  # @everyone, whose permissions the bot would have too
            held = 0
        env.backend.edit_role(guild.id, role.id, {"permissions": held})
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


@pytest.mark.usefixtures("nothing_failed")
@pytest.mark.parametrize(
    "use",
    [
        pytest.param(use, id=use.name, marks=() if use.name in EVERY_DAY else pytest.mark.thorough)
        for use in NEEDED
    ],
)
async def test_the_one_permission_that_is_taken_away_is_named_and_nothing_is_lost(
    env: Env, settings: Settings, use: Use
) -> None:
    """In one sentence, once; votes are taken all the same, and what waits is posted when it is given back."""
    given = discord.Permissions(INVITE.value & ~getattr(discord.Permissions, use.name).flag)
    room = invited(env, settings, given)
    said = [texts(await room.load()), texts(await room.open_event("ROM"))]
    said.append(texts(await room.recommend(room.ana)))
    preview = await room.fay.slash(room.lobby, "ballot open", method="support", theme="CAP")
    said.append(texts(preview))
    confirm = next(made for made in controls(preview.response) if made.startswith("ballot-open:"))
    await room.fay.click(preview.response, custom_id=confirm)
    for who in (room.ana, room.ben):
        sheet = await who.slash(room.lobby, "vote")
        await who.click(message_of(sheet), custom_id=control(sheet, f"sheet-vote:{confirm[12:]}:1:for"))
    said.append(texts(await room.ola.slash(room.lobby, "export", format="csv")))
    told = [text for text in said if "The bot lacks 1 permission in this server" in text]
    assert len(told) == 1 and told[0].count(use.called) >= 1
    if use.name in POSTED_WITH:
        assert await unsaid(room) != [], "so that it is not asked for in vain"
    guild = env.backend.guilds[room.guild.id]
    for role in guild.roles.values():
        if role.managed:
            env.backend.edit_role(guild.id, role.id, {"permissions": INVITE.value})
    await env.advance_time(2 * 3600)
    assert await unsaid(room) == []
    posts = "\n".join(room.posts())
    assert "2 of 2 have voted" in posts and posts.count("\n## ") + posts.startswith("## ") == 3, posts


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
    for use in NEEDED:
        assert f"\n| {use.called} | {use.what_for} |" in text
