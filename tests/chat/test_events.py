"""`/event`: opening makes a channel with its panel, closing ends proposing there."""

from __future__ import annotations

import discord
import pytest

from tests.chat.acts import refusal, submit
from tests.chat.chat_room import TEXT, TITLE, Room, controls, message_of, shown, texts
from tests.chat.voting_room import value

HOUR = 3600.0

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_only_organisers_open_and_close_events(room: Room) -> None:
    """Neither experts nor facilitators, nor whoever manages the server."""
    for who in (room.ana, room.fay, room.owner, room.stranger):
        await refusal(room, who.slash(room.lobby, "event open", code="BER"))
        await refusal(room, who.slash(room.lobby, "event close", code="ROM"))


async def test_an_unknown_event_is_refused_with_the_known_ones(room: Room) -> None:
    """Whatever was typed."""
    for code in ("XXX", "", "ROM; DROP", "x" * 6000, "@everyone"):
        told = await refusal(room, room.ola.slash(room.lobby, "event open", code=code))
        assert "ROM" in told and len(told) <= 2000


async def test_an_open_event_is_not_opened_again(room: Room) -> None:
    """Its code may be written in small letters."""
    assert "ROM is open already" in await refusal(
        room, room.ola.slash(room.lobby, "event open", code=" rom ")
    )


async def test_opening_makes_a_text_channel_with_a_pinned_panel(room: Room) -> None:
    """Where Community is off; the panel has every way in."""
    panel = room.message("panel", "ROM")
    assert panel.channel.name == "rom-rome-seminar"
    assert [message.id for message in room.rome.pinned_messages()] == [panel.id]
    assert controls(panel) == ["propose", "browse", "vote-list", "my-page", "here", "register", "help"]


async def test_with_community_on_opening_makes_a_forum_with_a_tag_a_theme(
    community: list[str], empty_room: Room
) -> None:
    """Each recommendation is a post of its own there, tagged by its theme, with its card first."""
    await empty_room.load()
    await empty_room.open_event()
    backend = empty_room.env.backend
    forum = backend.get_channel(empty_room.rome.id)
    assert int(forum.type) == 15
    assert [tag["name"] for tag in forum.available_tags] == ["CAP", "TRN"]
    assert community == ["Start here"]
    await empty_room.recommend(empty_room.ana, "TRN")
    threads = {thread.name: thread for thread in empty_room.rome.threads}
    assert set(threads) == {"Start here", f"TRN-01 {TITLE}"}
    post = threads[f"TRN-01 {TITLE}"]
    assert "TRN-01" in shown(post.history()[0])
    tags = {int(tag["id"]): tag["name"] for tag in forum.available_tags}
    assert [tags[tag] for tag in backend.get_channel(post.id).applied_tags] == ["TRN"]
    in_post = await empty_room.ben.slash(post, "recommend")
    assert in_post.modal is not None, "a post belongs to its event's channel"


@pytest.mark.usefixtures("community")
async def test_a_theme_that_is_new_or_lost_its_tag_gets_one_with_its_next_post(empty_room: Room) -> None:
    """Whoever tidies a forum's tags, or adds a theme to an open event, needs to do nothing else."""
    await empty_room.load()
    await empty_room.open_event()
    channel = empty_room.bot.get_channel(empty_room.rome.id)
    assert isinstance(channel, discord.ForumChannel)
    await channel.edit(available_tags=[tag for tag in channel.available_tags if tag.name == "CAP"])
    await empty_room.recommend(empty_room.ana, "TRN")
    forum = empty_room.env.backend.get_channel(empty_room.rome.id)
    names = {int(tag["id"]): tag["name"] for tag in forum.available_tags}
    assert sorted(names.values()) == ["CAP", "TRN"]
    post = next(thread for thread in empty_room.rome.threads if thread.name.startswith("TRN-01"))
    applied = empty_room.env.backend.get_channel(post.id).applied_tags
    assert [names[tag] for tag in applied] == ["TRN"]


@pytest.mark.usefixtures("community")
async def test_what_does_not_fit_a_forum_card_stands_in_its_post(empty_room: Room) -> None:
    """The post is the thread."""
    await empty_room.load()
    await empty_room.open_event()
    await empty_room.recommend(empty_room.ana, text="_" * 1000 + "a" * 999 + ".", rationale="Because. " * 50)
    post = next(thread for thread in empty_room.rome.threads if thread.name != "Start here")
    assert "Because" in post.history()[-1].content


async def test_an_event_without_its_channel_is_open_all_the_same(empty_room: Room) -> None:
    """Where Discord forbids the channel, the organiser is told which permission; it comes later by itself."""
    room = empty_room
    await room.load()
    room.env.inject_error("POST", "/guilds/*/channels", status=403, code=50013, message="Missing Permissions")
    told = texts(await room.open_event())
    assert "did not let the bot make its channel" in told and "Manage Channels" in told
    assert "rom-rome-seminar" not in room.guild.channels
    await room.env.advance_time(HOUR)
    assert controls(room.message("panel", "ROM")), "its channel came later, with the panel"


async def test_what_was_proposed_without_a_channel_is_posted_when_there_is_one(empty_room: Room) -> None:
    """Nothing of it is lost."""
    room = empty_room
    await room.load()
    room.env.inject_error("POST", "/guilds/*/channels", status=403, code=50013, times=3)
    await room.open_event()
    await room.recommend(room.ana)
    assert value(room, "SELECT count(*) FROM recommendations") == 1
    await room.env.advance_time(2 * HOUR)
    assert "CAP-01" in shown(room.message("card", "CAP-01"))


async def test_a_closed_event_takes_no_proposals(room: Room) -> None:
    """Its panel says so, and its button is off; a form opened before is refused and kept."""
    form = await room.ana.slash(room.rome, "recommend", theme="CAP")
    assert form.modal is not None
    await room.recommend(room.ben, "TRN")
    result = await room.ola.slash(room.lobby, "event close", code="ROM")
    assert texts(result).startswith("Rome seminar is closed.") and message_of(result).ephemeral
    (panel,) = room.rome.pinned_messages()
    assert "This event is closed" in shown(panel) and "propose" not in controls(panel)
    assert {"browse", "my-page"} <= set(controls(panel))
    assert "No event is open" in await refusal(room, room.ana.slash(room.rome, "recommend"))
    fields = {"title": TITLE, "text": TEXT, "rationale": "", "addressees": ""}
    late = submit(room, room.ana, form.modal["custom_id"], fields)
    assert "No event is open" in await refusal(room, late, kept=["drafts"])
    await refusal(room, room.ana.slash(room.rome, "second", reference="TRN-01"))


async def test_a_closed_event_can_be_read_and_opened_again(room: Room) -> None:
    """In the channel it had."""
    await room.recommend(room.ana)
    await room.ola.slash(room.lobby, "event close", code="ROM")
    assert "CAP-01" in texts(await room.ana.slash(room.lobby, "recommendation", reference="CAP-01"))
    channels = set(room.guild.channels)
    await room.open_event()
    assert set(room.guild.channels) == channels
    assert "propose" in controls(next(iter(room.rome.pinned_messages())))


async def test_an_event_that_is_not_open_is_not_closed(room: Room) -> None:
    """Neither one that was never open nor one that was closed before."""
    assert "BER is not open" in await refusal(room, room.ola.slash(room.lobby, "event close", code="BER"))
    await room.ola.slash(room.lobby, "event close", code="ROM")
    assert "ROM is not open" in await refusal(room, room.ola.slash(room.lobby, "event close", code="ROM"))


async def test_an_event_with_an_open_ballot_is_not_closed(room: Room) -> None:
    """The ballot is named."""
    await room.recommend(room.ana)
    await room.open_ballot()
    told = await refusal(room, room.ola.slash(room.lobby, "event close", code="ROM"))
    assert "B1" in told and "close or cancel it first" in told


async def test_every_button_of_the_panel_answers(room: Room) -> None:
    """In private, to whoever presses it, after a restart too."""
    await room.restart()
    panel = room.message("panel", "ROM")
    for button in controls(panel):
        result = await room.ana.click(panel, custom_id=button)
        assert result.modal is not None or message_of(result).ephemeral
        assert not texts(result).startswith("⚠️"), button


async def test_the_events_channel_is_made_again_when_it_was_deleted(room: Room) -> None:
    """Together with the card that is due; the next proposal finds its place."""
    room.env.backend.delete_channel(room.rome.id)
    await room.env.settle()
    answer = await room.recommend(room.ana)
    assert "CAP-01 is on the table" in texts(answer)
    assert "CAP-01" in shown(room.message("card", "CAP-01"))


async def test_codes_of_events_are_suggested(room: Room) -> None:
    """By code or title."""
    offered = await room.ola.autocomplete(room.lobby, "event open", "code", "berl")
    assert [choice["value"] for choice in offered] == ["BER"]
