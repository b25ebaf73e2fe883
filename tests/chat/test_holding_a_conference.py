"""The conference in chat: forwarded, on the agenda, presented, amended, voted on, final."""

from __future__ import annotations

import pytest

from tests.chat.acts import filled, refusal
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.conference_room import (
    adopted,
    brussels,
    conference,
    hanging,
    pressable,
    thread_of,
)
from tests.chat.voting_room import at_once, card, votes_on

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_from_the_seminar_to_the_final_text(empty_room: Room) -> None:
    """One road through everything, as an organiser, a facilitator and participants go it."""
    room = empty_room
    await adopted(room, "Plan together", "Train together", "Fly together")

    went = await conference(room, "forward", event="ROM", top=2)
    assert "2 recommendations forwarded to Brussels conference" in texts(went)
    assert "**CAP-01** (ROM CAP 1.) Plan together" in texts(went)
    assert "Adopted, and not forwarded" in texts(went)
    assert "forwarded already" in await refusal(room, conference(room, "forward", event="ROM", top=2))
    assert "Forwarded from Rome seminar to Brussels conference (rank 1 of its theme)." in shown(
        card(room, "CAP-01")
    )

    await room.ola.slash(room.lobby, "event open", code="BRU")
    editor = await conference(room, "agenda")
    agenda = hanging(brussels(room), "## Agenda of Brussels conference")
    assert "**1. CAP-01** Plan together\n-# CAP · still open" in shown(agenda)
    editor = await room.ola.select(message_of(editor), custom_id="agenda-item:BRU:0", values=["CAP-01"])
    editor = await room.ola.click(message_of(editor), custom_id="agenda-down:BRU:CAP-01")
    form = await room.ola.click(message_of(editor), custom_id="agenda-time:BRU:CAP-01")
    await room.ola.submit_modal(form, {"starts": "10:30", "ends": "11.00"})
    agenda = hanging(brussels(room), "## Agenda of Brussels conference")
    assert "**2. CAP-01** Plan together\n-# 10:30–11:00 · CAP · still open" in shown(agenda)

    presented = await conference(room, "present", reference="CAP-01")
    new = hanging(brussels(room), "## CAP-01 ")
    assert f"/{brussels(room).id}/{new.id}" in texts(presented)
    assert pressable(new, "amend:CAP-01")
    old = hanging(room.rome, "## CAP-01 ")
    assert not controls(old)
    assert str(new.id) in str([one.to_dict() for one in old.components])
    told = shown(hanging(brussels(room), "### CAP-01 "))
    assert "it comes from Rome seminar, as number 1 of its theme" in told
    assert "Ballot B1: Carried: 2 for, 0 against, 0 abstaining." in told
    assert "The text is the one that was decided on." in told
    posts = len(brussels(room).history())
    again = await conference(room, "present", reference="CAP-01")
    assert str(new.id) in texts(again)
    assert len(brussels(room).history()) == posts

    form = await room.ben.slash(room.lobby, "amend", reference="CAP-01")
    words = {**filled(form), "text": "The two sides plan together, from the first day on, always."}
    await room.ben.submit_modal(form, words)
    asked = hanging(thread_of(brussels(room), "CAP-01"), "### ✏️ Amendment 1 to CAP-01")
    await room.fay.click(asked, custom_id=control_of(asked, "amendment-accept"))
    accepted = await room.fay.slash(
        room.lobby, "amendment accept", reference="CAP-01", amendment=1, change="substantive"
    )
    assert not refused(accepted), texts(accepted)
    assert "needs a new decision" in await refusal(room, conference(room, "finalise", reference="CAP-01"))

    ballot = await room.open_ballot(theme="CAP")
    assert "under vote" in shown(hanging(brussels(room), "## Agenda"))
    assert votes_on(hanging(brussels(room), "## CAP-01 "))
    assert "CAP-02" in shown(hanging(brussels(room), "## 🗳️ Ballot B2"))
    for who in (room.ana, room.ben):
        await who.click(hanging(brussels(room), "## CAP-01 "), custom_id=f"vote:{ballot}:1:for")
    await room.close_ballot(ballot, "B2")
    assert any("Ballot B2 is closed" in text for text in room.posts(brussels(room)))

    seen = await conference(room, "finalise", reference="CAP-01")
    assert "Finalise CAP-01 as R1?" in texts(seen)
    assert "confirmed in ballot B2 here, 2 for, 0 against" in texts(seen)
    confirm = control(seen, "conference-finalise:")
    both = await at_once(room, *[(room.ola, message_of(seen), confirm)] * 2)
    assert [texts(one) for one in both] == [
        "CAP-01 is final, as text R1. The room and its author are told."
    ] * 2
    assert "Final text R1, as decided here in B2." in shown(hanging(brussels(room), "## CAP-01 "))
    assert "finalised as R1" in shown(hanging(brussels(room), "## Agenda"))
    told = [shown(one) for one in thread_of(brussels(room), "CAP-01").history()]
    assert sum("is final, as text R1" in one for one in told) == 1

    closed = await room.ola.slash(room.lobby, "event close", code="BRU")
    assert "1 text was not decided on and stays open: CAP-02." in texts(closed)
    assert any("stays open, and goes on" in text for text in room.posts(brussels(room)))
    assert "BRU is closed" in await refusal(room, conference(room, "finalise", reference="CAP-02"))


def control_of(message: object, name: str) -> str:
    return next(one for one in controls(message) if one.startswith(name))
