"""Controls and commands as nobody should use them: forged, stale, in private, too early."""

from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands
from simcord.enums import InteractionType

from tests.chat.acts import command, interaction, press, refusal, submit, tables
from tests.chat.chat_room import Room, control, message_of, shown, texts

NUMBERS = ("0", "-1", "x", "", "1.5", "٣", "9" * 30, str(2**63), "1e3", "None", "' OR 1=1")

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def everybody_here(room: Room) -> None:
    """Registered beforehand, so that a refused act can leave nothing at all behind."""
    for who in (room.ana, room.ben, room.obs):
        await who.click(room.message("panel", "ROM"), custom_id="here")
    for who in (room.fay, room.ola):
        await who.slash(room.lobby, "me show")


@pytest.mark.parametrize("loaded", [False, True])
async def test_no_forged_id_of_any_control_breaks_anything(empty_room: Room, loaded: bool) -> None:
    """Each of them, with too few, too many and impossible arguments, by an expert: one private answer."""
    room = empty_room
    page = await room.ana.slash(room.lobby, "help")
    if loaded:
        await room.load()
        await room.open_event()
        await everybody_here(room)
        await room.recommend(room.ana)
    forged = [
        (name, modal) for name in ("", ":", "no-such:1:2", "☃" * 40, "x" * 100) for modal in (False, True)
    ]
    endings = ("", "::::", ":9:9", ":9:9:for", ":CAP-99:x:y:z") if loaded else ("", ":9:9:for")
    for found in room.bot.router.controls:
        if found.name == "forget-me":  # whoever presses it is forgotten, wherever it is
            continue
        forged += [(found.name + ending, found.modal) for ending in endings]
    before = tables(room)
    for custom_id, modal in forged:
        fields = {"title": "t", "text": "short", "theme": ["CAP"]}
        if modal:
            result = await submit(room, room.ben, custom_id, fields)
        else:
            result = await press(room, room.ben, message_of(page), custom_id, ["a"] if loaded else None)
        assert result.modal is not None or message_of(result).ephemeral, custom_id
        if result.modal is None:
            assert not texts(result).startswith("⚠️"), (custom_id, texts(result))
    allowed = {"drafts"} if loaded else {"drafts", "people"}
    after = tables(room)
    assert {name for name in after if after[name] != before[name]} <= allowed


async def test_numbers_that_are_none_are_refused(room: Room) -> None:
    """In every control that carries one."""
    await everybody_here(room)
    panel = room.message("panel", "ROM")
    for number in NUMBERS:
        await refusal(room, press(room, room.ana, panel, f"sheet:{number}"))
        await refusal(room, press(room, room.ana, panel, f"vote:{number}:1:for"))
        await refusal(room, press(room, room.ana, panel, f"vote:1:{number}:for"))
        await refusal(room, press(room, room.fay, panel, f"ballot-open:{number}"))
        await refusal(room, press(room, room.fay, panel, f"ballot-close:{number}"))


async def test_a_control_that_nothing_handles_says_so(room: Room) -> None:
    """As after an update of the bot."""
    told = await refusal(room, press(room, room.ana, room.message("panel", "ROM"), "of-last-year:1"))
    assert "out of date" in told


async def test_resuming_goes_nowhere_it_should_not(room: Room) -> None:
    """The screens before an act carry what to go on with, which can be forged as well."""
    await everybody_here(room)
    panel = room.message("panel", "ROM")
    await press(room, room.ana, panel, "notice:here")
    for resume in ("no-such-control", "ballot-open:1", "initiative-apply:x", "recommend:CAP:a:b"):
        await refusal(room, press(room, room.ana, panel, f"notice:{resume}"))
    endless = await press(room, room.ana, panel, "notice:" * 12 + "here")
    assert "You are registered" in texts(endless)
    assert "Thank you" in texts(await press(room, room.ana, panel, "notice"))


async def test_values_that_were_not_offered_are_refused(room: Room) -> None:
    """A button pressed as if it were a select, and a select as if it were a button."""
    await everybody_here(room)
    await room.recommend(room.ana)
    panel = room.message("panel", "ROM")
    assert "second" in texts(await press(room, room.ben, panel, "second:CAP-01", ["x"]))
    await refusal(room, press(room, room.ben, panel, "browse-show"))
    await refusal(room, press(room, room.ben, panel, "constituency"))


async def test_what_somebody_else_was_shown_gives_nobody_more_rights(room: Room) -> None:
    """An expert with a facilitator's button, and an organiser's."""
    await everybody_here(room)
    await room.recommend(room.ana)
    preview = await room.fay.slash(room.rome, "ballot open", method="support", theme="CAP")
    panel = room.message("panel", "ROM")
    confirm = control(preview, "ballot-open:")
    for who in (room.ana, room.ola):
        await refusal(room, press(room, who, panel, confirm))
    assert "is open" in texts(await room.fay.click(message_of(preview), custom_id=confirm))


def _leaves(room: Room) -> list[app_commands.Command[Any, ..., Any]]:
    return [one for one in room.bot.tree.walk_commands() if isinstance(one, app_commands.Command)]


def _options(one: app_commands.Command[Any, ..., Any], room: Room) -> dict[str, Any]:
    """Something for each option a command needs."""
    values: dict[discord.AppCommandOptionType, Any] = {
        discord.AppCommandOptionType.user: room.ben,
        discord.AppCommandOptionType.integer: 1,
        discord.AppCommandOptionType.attachment: ("initiative.toml", b"x"),
    }
    return {
        parameter.display_name: parameter.choices[0].value
        if parameter.choices
        else values.get(parameter.type, "B1" if parameter.name == "ballot" else "CAP-01")
        for parameter in one.parameters
        if parameter.required
    }


async def test_before_an_initiative_is_loaded_every_command_says_so(empty_room: Room) -> None:
    """The whole command tree, by an expert; only help has an answer."""
    room = empty_room
    walked = []
    for one in _leaves(room):
        name = one.qualified_name
        act = room.ana.slash(room.lobby, name, **_options(one, room))
        if name == "help":
            assert "no initiative yet" in texts(await act)
            continue
        told = await refusal(room, act)
        assert "initiative" in told, name
        walked.append(name)
    assert {
        "recommend",
        "second",
        "ballot open",
        "event open",
        "results",
        "me show",
        "initiative load",
    } <= set(walked)
    message = await room.ben.send(room.lobby, "We should share field hospitals.")
    for menu in ("Recommend this", "Add to the record"):
        told = await refusal(room, room.ana.context_menu(room.lobby, menu, message))
        assert "no initiative yet" in told


async def test_before_an_initiative_is_loaded_nothing_of_it_is_suggested(empty_room: Room) -> None:
    """Every option that suggests, of every command: an empty list. Languages are the bot's own."""
    room = empty_room
    asked = 0
    for one in _leaves(room):
        for parameter in one.parameters:
            if parameter.autocomplete and parameter.name != "language":
                asked += 1
                offered = await room.ana.autocomplete(room.lobby, one.qualified_name, parameter.name, "a")
                assert offered == [], (one.qualified_name, parameter.name)
    assert asked >= 8


async def test_with_an_initiative_every_suggestion_answers(room: Room) -> None:
    """Whatever is typed, to anybody."""
    await room.recommend(room.ana)
    for one in _leaves(room):
        for parameter in one.parameters:
            for typed in ("", "cap", "%_", "☃" * 100) if parameter.autocomplete else ():
                who = room.stranger if typed else room.fay
                offered = await who.autocomplete(room.lobby, one.qualified_name, parameter.name, typed)
                assert len(offered) <= 25 and all(len(choice["name"]) <= 100 for choice in offered)


async def test_in_a_private_conversation_everything_is_refused(room: Room) -> None:
    """Discord hides the commands there; a changed client, or an old button, may come all the same."""
    dm = room.ana.user.dm_channel
    for one in _leaves(room):
        options = {p.name: "CAP-01" for p in one.parameters if p.required and p.type.value == 3}
        told = await refusal(
            room, command(room, room.ana, dm, one.qualified_name, in_server=False, **options)
        )
        assert "in the seminar's server" in told, one.qualified_name
    for custom_id in ("propose", "here", "vote:1:1:for", "no-such-control"):
        data = {"custom_id": custom_id, "component_type": 2}
        pressed = interaction(
            room, room.ana, InteractionType.MESSAGE_COMPONENT, data, channel=dm, in_server=False
        )
        assert "in the seminar's server" in await refusal(room, pressed)


async def test_a_public_message_is_never_drawn_over(room: Room) -> None:
    """A control that turns pages in private, forged onto the panel, answers in private."""
    await room.recommend(room.ana)
    panel = room.message("panel", "ROM")
    before = shown(panel)
    result = await press(room, room.ben, panel, "browsed:0::::a:")
    assert message_of(result).ephemeral and "CAP-01" in texts(result)
    assert shown(room.message("panel", "ROM")) == before


async def test_a_member_who_left_is_refused_like_a_stranger(room: Room) -> None:
    """Their roles went with them."""
    await everybody_here(room)
    await room.recommend(room.ana)
    room.env.backend.edit_member(room.guild.id, room.ben.id, {"role_ids": []})
    for custom_id in ("here", "propose", "second:CAP-01", "notice:here"):
        result = press(room, room.ben, room.message("panel", "ROM"), custom_id)
        await refusal(room, result)
