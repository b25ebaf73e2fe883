"""`/moderate`: what waits to be admitted, and what facilitators decide about one recommendation."""

from __future__ import annotations

import discord
import pytest

from tests.chat.acts import mentions_allowed, press, refusal, submit, text_size
from tests.chat.chat_room import Room, controls, message_of, shown, texts
from tests.chat.voting_room import card, dms, here, post, rows, value

pytestmark = pytest.mark.usefixtures("nothing_failed")

BY_HAND = '[rules]\nadmission = "facilitator"\n'
TITLES = ("Plan missions together", "Share field hospitals", "Train police units", "Lend transport")


def discussion(room: Room, reference: str) -> list[str]:
    """What the thread of a recommendation shows."""
    thread = next(one for one in room.rome.threads if (one.name or "").startswith(reference))
    return [shown(message) for message in thread.history()]


def states(room: Room) -> list[str]:
    return [state for (state,) in rows(room, "SELECT state FROM recommendations ORDER BY id")]


async def test_the_queue_admits_returns_and_rejects_and_authors_learn_why(empty_room: Room) -> None:
    """By its buttons, page by page; each author is told in the discussion and in private."""
    room = empty_room
    await room.load(more=BY_HAND)
    await room.open_event()
    await room.proposals(*TITLES)
    await room.proposals("Map *all* mines", who=room.ben)
    assert "5 proposals wait to be admitted: `/moderate queue`" in texts(
        await room.fay.slash(room.lobby, "help")
    )
    assert "/moderate" not in texts(await room.ana.slash(room.lobby, "help"))
    queue = await room.fay.slash(room.lobby, "moderate queue")
    message = message_of(queue)
    assert message.ephemeral and "5 proposals wait" in texts(queue) and text_size(message) < 4000
    assert [c for c in controls(message) if c.startswith("queue-admit")] == [
        f"queue-admit:CAP-0{number}:0" for number in (1, 2, 3)
    ]
    turned = await room.fay.click(message, custom_id="queue:1")
    assert "CAP-05" in texts(turned) and "CAP-01" not in texts(turned)
    message = message_of(await room.fay.click(message_of(turned), custom_id="queue:0"))
    after = await room.fay.click(message, custom_id="queue-admit:CAP-01:0")
    assert "CAP-01 is under discussion now." in texts(after) and "4 proposals wait" in texts(after)
    assert "under discussion" in shown(card(room, "CAP-01"))
    form = await room.fay.click(message_of(after), custom_id="queue-return:CAP-02:0")
    after = await room.fay.submit_modal(form, {"reason": "Say _who_ pays. @everyone"})
    assert "CAP-02 is returned for rework now." in texts(after) and "3 proposals wait" in texts(after)
    form = await room.fay.click(message_of(after), custom_id="queue-reject:CAP-05:0")
    after = await room.fay.submit_modal(form, {"reason": "Others do it already."})
    assert "CAP-05 is rejected now." in texts(after)
    assert states(room) == ["admitted", "returned", "proposed", "proposed", "rejected"]

    (told,) = [text for text in discussion(room, "CAP-02") if "returned for rework" in text]
    assert "Reason: “Say \\_who\\_ pays. @\u200beveryone”" in told and "`/amend`" in told
    assert any("Reason: “Others do it already.”" in text for text in discussion(room, "CAP-05"))
    private = dms(room, [room.ana, room.ben])
    assert [
        next(part for part in ("was admitted", "returned for rework") if part in text)
        for text in private["Ana"]
    ] == ["was admitted", "returned for rework"]
    assert "CAP-05 “Map \\*all\\* mines” was rejected" in private["Ben"][0]
    assert all(allowed.get("parse") == [] for allowed in mentions_allowed(room)[-8:])
    # Under the card of what is not discussed nobody seconds.
    assert not any(made.startswith("second") for made in controls(card(room, "CAP-05")))


async def test_by_command_one_is_returned_reopened_and_moved_and_others_are_kept_out(room: Room) -> None:
    """The command is everybody's in Discord's menu; the house lets facilitators alone pass."""
    await room.proposals(*TITLES[:2])
    back = await room.fay.slash(room.lobby, "moderate return", reference="cap 1", reason="Shorter.")
    assert "CAP-01 is returned for rework now. The room and its author are told." in texts(back)
    taken = await room.fay.slash(room.lobby, "moderate admit", reference="CAP-01")
    assert "CAP-01 is under discussion now." in texts(taken)
    await room.fay.slash(room.lobby, "moderate reject", reference="CAP-01", reason="No.")
    again = await room.fay.slash(room.lobby, "moderate reopen", reference="CAP-01", reason="New facts.")
    assert "CAP-01 is proposed now." in texts(again)
    await room.fay.slash(room.lobby, "moderate admit", reference="CAP-01")
    moved = await room.fay.slash(room.lobby, "moderate retheme", reference="CAP-01", theme="trn")
    assert "CAP-01 belongs to the theme TRN now." in texts(moved)
    assert "-# Training · under discussion" in shown(card(room, "CAP-01"))
    assert any("belongs to the theme TRN, “Training”, now" in text for text in discussion(room, "CAP-01"))

    for who in (room.ana, room.ola, room.obs, room.stranger):
        for name, options in (
            ("queue", {}),
            ("admit", {"reference": "CAP-01"}),
            ("return", {"reference": "CAP-01", "reason": "No."}),
            ("reject", {"reference": "CAP-01", "reason": "No."}),
            ("reopen", {"reference": "CAP-01", "reason": "No."}),
            ("retheme", {"reference": "CAP-01", "theme": "CAP"}),
            ("undo", {"reference": "CAP-01"}),
        ):
            act = who.slash(room.lobby, f"moderate {name}", **options)
            assert "Only facilitators" in await refusal(room, act)
    panel = room.message("panel", "ROM")
    for forged in ("queue:0", "queue-admit:CAP-01:0", "queue-return:CAP-01:0", "queue-reject:CAP-01:0"):
        assert "Only facilitators" in await refusal(room, press(room, room.ana, panel, forged))
    for forged in ("queue-return:CAP-01:0:n", "queue-reject:CAP-01:0:n"):
        sent = submit(room, room.ana, forged, {"reason": "Because."})
        assert "Only facilitators" in await refusal(room, sent)
        sent = submit(room, room.fay, forged, {"reason": " \u200b"})
        await refusal(room, sent)
    ballot = await room.open_ballot(theme="CAP")
    assert ballot
    for name in ("return", "reject"):
        act = room.fay.slash(room.lobby, f"moderate {name}", reference="CAP-02", reason="No.")
        assert "A ballot on this recommendation is open" in await refusal(room, act)
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'recommendation.returned'") == 1


async def test_an_author_who_is_gone_or_takes_no_messages_changes_nothing(room: Room) -> None:
    """The discussion is told, also when its thread was deleted or archived; it is made again."""
    await room.proposals(*TITLES[:2])
    await here(room, room.ana)
    threads = {(thread.name or "")[:6]: thread for thread in room.rome.threads}
    room.env.backend.delete_channel(threads["CAP-01"].id)
    thread = await room.bot.fetch_channel(threads["CAP-02"].id)
    assert isinstance(thread, discord.Thread)
    await thread.edit(archived=True)
    room.env.inject_error(
        "POST", "/users/@me/channels", status=403, code=50007, message="Cannot send messages"
    )
    for reference in ("CAP-01", "CAP-02"):
        done = await room.fay.slash(room.lobby, "moderate return", reference=reference, reason="Shorter.")
        assert f"{reference} is returned for rework now." in texts(done)
    await room.env.advance_time(60)
    for reference in ("CAP-01", "CAP-02"):
        told = [text for text in discussion(room, reference) if "was returned for rework" in text]
        assert len(told) == 1, reference


@pytest.mark.usefixtures("community")
async def test_in_a_forum_the_tag_follows_the_theme_and_peoples_own_tags_stay(empty_room: Room) -> None:
    """Also where the theme's tag was removed from the forum, and where the bot may not tag at all."""
    room = empty_room
    await room.load()
    await room.open_event()
    await room.proposals(TITLES[0])
    channel = room.bot.get_channel(room.rome.id)
    assert isinstance(channel, discord.ForumChannel)
    kept = [tag for tag in channel.available_tags if tag.name == "CAP"]
    await channel.edit(available_tags=[*kept, discord.ForumTag(name="urgent")])

    def tags() -> list[str]:
        forum = room.env.backend.get_channel(room.rome.id)
        names = {int(tag["id"]): tag["name"] for tag in forum.available_tags}
        post = next(one for one in room.rome.threads if (one.name or "").startswith("CAP-01"))
        return [names[tag] for tag in room.env.backend.get_channel(post.id).applied_tags]

    channel = room.bot.get_channel(room.rome.id)
    assert isinstance(channel, discord.ForumChannel)
    thread = next(thread for thread in channel.threads if thread.name.startswith("CAP-01"))
    await thread.edit(applied_tags=channel.available_tags)
    await room.fay.slash(room.lobby, "moderate retheme", reference="CAP-01", theme="TRN")
    assert tags() == ["TRN", "urgent"]
    since = len(room.env.http_requests)
    await room.ben.slash(room.lobby, "second", reference="CAP-01")
    edits = [r for r in room.env.http_requests[since:] if r.method == "PATCH" and "/messages/" not in r.path]
    assert edits == [], "a card that is drawn again leaves the right tags alone"
    room.env.inject_error(
        "PATCH", f"/channels/{thread.id}", status=403, code=50013, message="Missing Permissions"
    )
    done = await room.fay.slash(room.lobby, "moderate retheme", reference="CAP-01", theme="CAP")
    assert "CAP-01 belongs to the theme CAP now." in texts(done)
    assert "-# Military capabilities" in shown(post(room, "## CAP-01 "))
    assert value(room, "SELECT count(*) FROM outbox") == 0, "nothing is tried for ever"
