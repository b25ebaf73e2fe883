"""Discord failing while a conference goes on: what was stored is shown later, and once."""

from __future__ import annotations

import pytest
from simcord.builders import ChannelHandle

from tests.chat.acts import filled
from tests.chat.chat_room import Room, control, controls, message_of, shown, texts
from tests.chat.conference_room import adopted, brussels, conference, finalise, hanging, thread_of
from tests.chat.voting_room import rows, value, wait

CHANNELS, POSTS, EDITS = "/guilds/*/channels", "/channels/*/messages", "/channels/*/messages/*"
THREADS = "/channels/*/messages/*/threads"


def beginning(place: ChannelHandle, words: str) -> int:
    """How many messages of a channel or thread begin like this."""
    return sum(shown(one).startswith(words) for one in place.history())


async def ask_to_amend(room: Room, text: str) -> None:
    form = await room.ben.slash(room.lobby, "amend", reference="CAP-01")
    await room.ben.submit_modal(form, {**filled(form), "text": text})


@pytest.mark.usefixtures("nothing_failed")
@pytest.mark.parametrize(("status", "restarted"), [(403, False), (500, True)])
async def test_what_discord_does_not_take_while_presenting_comes_later_and_once(
    empty_room: Room, status: int, restarted: bool
) -> None:
    """The channel, the card, its thread, what stands in it; asked for again meanwhile and after a restart."""
    room = empty_room
    await adopted(room, "Plan together", "Train together")
    await room.ben.slash(room.lobby, "argue", reference="CAP-01", stance="against", text="It costs a lot.")
    await ask_to_amend(room, "The two sides plan together, from the first day on, always.")
    await conference(room, "forward", event="ROM")
    code = 50013 if status == 403 else 0
    for method, path, times in (
        ("POST", CHANNELS, 1),
        ("POST", POSTS, 4),
        ("POST", THREADS, 2),
        ("PATCH", EDITS, 2),
    ):
        room.env.inject_error(method, path, status=status, code=code, times=times)
    for _ in range(2):
        said = texts(await conference(room, "present", reference="CAP-01"))
        assert "CAP-01 is presented, but Discord did not take its card yet" in said
    if restarted:
        await room.restart()
    await wait(room, 1800)
    again = texts(await conference(room, "present", reference="CAP-01"))
    await wait(room, 600)
    there = brussels(room)
    assert str(hanging(there, "## CAP-01 ").id) in again
    assert [one.name for one in there.threads] == ["CAP-01 Plan together"]
    assert beginning(there, "## CAP-01 ") == 1
    discussion = thread_of(there, "CAP-01")
    assert beginning(discussion, "### CAP-01 ") == 1
    assert beginning(discussion, "### ✏️ Amendment 1 to CAP-01") == 1
    assert sum("It costs a lot." in shown(one) for one in discussion.history()) == 1
    assert not controls(hanging(room.rome, "## CAP-01 "))
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'recommendation.presented'") == 1
    assert not rows(room, "SELECT kind, subject FROM outbox")


async def test_a_decision_that_nobody_could_be_told_is_taken_all_the_same(empty_room: Room) -> None:
    """Neither the organiser nor the room is answered; pressed again it says what is so, with one number."""
    room = empty_room
    await adopted(room, "Plan together", "Train together")
    await conference(room, "forward", event="ROM")
    await conference(room, "present", reference="CAP-01")
    await conference(room, "agenda")
    seen = await conference(room, "finalise", reference="CAP-01")
    confirm = control(seen, "conference-finalise:")
    room.env.inject_error("POST", "/interactions/*", status=500, times=2)
    room.env.inject_error("POST", POSTS, status=500, times=2)
    room.env.inject_error("PATCH", EDITS, status=500, times=3)
    await room.ola.click(message_of(seen), custom_id=confirm)
    await wait(room, 600)
    again = await room.ola.click(message_of(seen), custom_id=confirm)
    assert "CAP-01 is final, as text R1." in texts(again)
    await finalise(room, "CAP-02")
    assert rows(room, "SELECT number FROM conference_items ORDER BY position") == [(1,), (2,)]
    there = brussels(room)
    assert "finalised as R1" in shown(hanging(there, "## Agenda"))
    assert "Final text R1" in shown(hanging(there, "## CAP-01 "))
    told = [shown(one) for one in thread_of(there, "CAP-01").history()]
    assert sum("is final, as text R1" in one for one in told) == 1
