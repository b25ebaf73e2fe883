"""The conference where things go wrong: the wrong people, what was deleted, restarts, forged controls."""

from __future__ import annotations

import pytest

from bot.permissions import INVITE
from tests.chat.acts import command, filled, press, refusal, submit
from tests.chat.chat_room import Room, control, controls, message_of, shown, texts
from tests.chat.conference_room import BRUSSELS, adopted, brussels, conference, hanging, thread_of
from tests.chat.voting_room import at_once, rows, value

pytestmark = pytest.mark.usefixtures("nothing_failed")

HOSTILE = "**@everyone** [x](https://example.org) `'; DROP TABLE`"


async def test_only_organisers_lead_the_conference(empty_room: Room) -> None:
    """Everybody else is refused by one sentence, also past what Discord shows them; nothing is stored."""
    room = empty_room
    await adopted(room, "Plan together")
    await conference(room, "forward", event="ROM")
    editor = await conference(room, "agenda")
    seen = await conference(room, "finalise", reference="CAP-01")
    confirm = control(seen, "conference-finalise:")
    for who in (room.ana, room.fay, room.obs, room.stranger):
        for what, options in (
            ("forward", {"event": "ROM"}),
            ("agenda", {}),
            ("present", {"reference": "CAP-01"}),
            ("finalise", {"reference": "CAP-01"}),
            ("reopen", {"reference": "CAP-01", "reason": "So."}),
        ):
            said = await refusal(room, conference(room, what, who, **options), kept=("people",))
            assert "organiser" in said.lower()
        await refusal(room, who.slash(room.lobby, "event schedule", code="BRU"), kept=("people",))
        for identity in (confirm, "agenda-up:BRU:CAP-01", "agenda-time:BRU:CAP-01", "agenda-page:BRU:0"):
            await refusal(room, press(room, who, message_of(editor), identity), kept=("people",))
        chosen = press(room, who, message_of(editor), "agenda-item:BRU:0", ["CAP-01"])
        await refusal(room, chosen, kept=("people",))
        times = {"starts": "10:00", "ends": "11:00"}
        await refusal(room, submit(room, who, "agenda-time:BRU:CAP-01:x", times), kept=("people",))
    assert rows(room, "SELECT state FROM recommendations") == [("forwarded",)]


async def test_forged_and_mistyped_input_ends_in_a_sentence(empty_room: Room) -> None:
    """Whatever stands in the options and ids."""
    room = empty_room
    await adopted(room, "Plan together", "Train together")
    for event in ("XXX", HOSTILE, "BRU2", ""):
        await refusal(room, command(room, room.ola, room.lobby, "conference forward", event=event))
    for top in (0, -1):
        await refusal(room, conference(room, "forward", event="ROM", top=top))
    await conference(room, "forward", event="ROM")
    for name in ("present", "finalise", "reopen"):
        for reference in ("CAP-99", HOSTILE):
            options = {"reference": reference, **({"reason": "So."} if name == "reopen" else {})}
            await refusal(room, command(room, room.ola, room.lobby, f"conference {name}", **options))
    outcome = {"reference": "CAP-01", "outcome": "carried"}
    assert "choose one of" in await refusal(
        room, command(room, room.ola, room.lobby, "conference finalise", **outcome)
    )
    outcome["outcome"] = "not finalised"
    assert "Say why" in await refusal(
        room, command(room, room.ola, room.lobby, "conference finalise", **outcome)
    )
    editor = message_of(await conference(room, "agenda"))
    for identity in (
        "agenda-up:BRU:CAP-99",
        "agenda-up:ROM:CAP-01",
        "agenda-up:BRU",
        "agenda-up:BRU:",
        "agenda-page:BRU:x",
        "conference-finalise:CAP-01:1:carried:",
        "conference-finalise:CAP-01:99:finalised:",
        "conference-finalise:CAP-01:1:not finalised:nothing",
    ):
        await refusal(room, press(room, room.ola, editor, identity))
    for starts, ends in (("noon", ""), (HOSTILE, ""), ("11:00", "10:00"), ("", "10:00")):
        times = {"starts": starts, "ends": ends}
        await refusal(room, submit(room, room.ola, "agenda-time:BRU:CAP-01:x", times))
    form = await press(room, room.ola, editor, "agenda-time:BRU:CAP-02")
    assert form.modal is not None
    await submit(room, room.ola, "agenda-time:BRU:CAP-01:x", {"starts": "10:00", "ends": "11:00"})
    met = await submit(room, room.ola, "agenda-time:BRU:CAP-02:x", {"starts": "10:30", "ends": ""})
    assert "At the same time: CAP-01 and CAP-02." in texts(met)


async def test_what_was_deleted_by_hand_is_made_again(empty_room: Room) -> None:
    """The card, the agenda, the whole channel; presented before the conference has opened."""
    room = empty_room
    await adopted(room, "Plan together")
    await conference(room, "forward", event="ROM")
    await room.ben.slash(room.lobby, "argue", reference="CAP-01", stance="against", text="It costs a lot.")
    await room.ana.slash(
        room.lobby, "argue", reference="CAP-01", stance="reservation", text="My ministry objects."
    )
    await conference(room, "present", reference="CAP-01")
    await conference(room, "agenda")
    channel = brussels(room)
    assert "1 reservation is on record." in shown(hanging(channel, "### CAP-01 "))
    assert any("It costs a lot." in shown(one) for one in thread_of(channel, "CAP-01").history())
    before = [one for one in thread_of(room.rome, "CAP-01").history() if "It costs a lot." in shown(one)]
    assert before and not any(controls(one) for one in before), "the old summary is read, and not pressed"

    for beginning in ("## CAP-01 ", "## Agenda"):
        room.env.backend.delete_message(channel.id, hanging(channel, beginning).id)
    again = await conference(room, "present", reference="CAP-01")
    await conference(room, "agenda")
    assert str(hanging(channel, "## CAP-01 ").id) in texts(again)
    assert hanging(channel, "## Agenda")

    for gone in (*channel.threads, channel):  # Discord takes the threads with their channel
        room.env.backend.delete_channel(gone.id)
    again = await conference(room, "present", reference="CAP-01")
    made = brussels(room)
    assert made.id != channel.id
    assert str(hanging(made, "## CAP-01 ").id) in texts(again)
    assert hanging(made, "### CAP-01 ")
    assert not controls(hanging(room.rome, "## CAP-01 "))


async def test_a_preview_survives_a_restart_and_not_a_change(empty_room: Room) -> None:
    """The reason is kept with it; pressed twice it is decided once, and confirmed twice."""
    room = empty_room
    await adopted(room, "Plan together", "Train together")
    await conference(room, "forward", event="ROM")
    options = {"outcome": "not finalised", "reason": HOSTILE}
    seen = await conference(room, "finalise", reference="CAP-01", **options)
    other = await conference(room, "finalise", reference="CAP-02")
    await room.restart()
    pressed = (room.ola, message_of(seen), control(seen, "conference-finalise:"))
    both = await at_once(room, pressed, pressed)
    assert ["gets no final text" in texts(one) for one in both] == [True, True]
    late = await room.ola.click(message_of(seen), custom_id=pressed[2])
    assert "gets no final text" in texts(late)
    assert value(room, "SELECT reason FROM conference_items WHERE reason <> ''") == HOSTILE
    assert not rows(room, "SELECT id FROM drafts")
    card = shown(hanging(room.rome, "## CAP-01 "))
    assert "Without a final text: " in card
    assert "@everyone" not in card

    await conference(room, "reopen", reference="CAP-01", reason="A slip")
    assert rows(room, "SELECT reason, basis FROM conference_items WHERE position = 1") == [("", None)]
    await room.ola.click(message_of(other), custom_id=control(other, "conference-finalise:"))
    assert value(room, "SELECT number FROM conference_items WHERE position = 2") == 1
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'recommendation.not_finalised'") == 1
    listed = await room.ana.slash(room.lobby, "recommendations", event="BRU")
    assert "2 recommendations" in texts(listed)
    assert not (await room.bot.house.audit.verify()).problems


async def test_an_event_stands_in_the_servers_calendar_once(empty_room: Room) -> None:
    """Asked for again it is changed; deleted by hand it is made anew; what is past is refused."""
    room = empty_room
    await room.load(more=BRUSSELS)
    guild = room.env.backend.get_guild(room.guild.id)
    first = await room.ola.slash(room.lobby, "event schedule", code="BRU")
    assert "is in the server's calendar: https://discord.com/events/" in texts(first)
    ((event_id, event),) = guild.scheduled_events.items()
    assert (event.name, event.entity_metadata) == ("Brussels conference", {"location": "Brussels"})
    assert str(event.scheduled_start_time).startswith("2034-12-03T09:00:00+01:00")
    again = await room.ola.slash(room.lobby, "event schedule", code="bru")
    assert "was changed in the calendar" in texts(again)
    assert list(guild.scheduled_events) == [event_id]
    room.env.backend.delete_scheduled_event(room.guild.id, event_id)
    await room.ola.slash(room.lobby, "event schedule", code="BRU")
    assert len(guild.scheduled_events) == 1
    past = await refusal(room, room.ola.slash(room.lobby, "event schedule", code="ROM"))
    assert "takes only what is still to come" in past
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'event.scheduled'") == 3


async def test_without_the_permission_for_a_calendar_one_sentence_says_so(empty_room: Room) -> None:
    """It is the one thing that does not work then; nothing is recorded."""
    room = empty_room
    await room.load(more=BRUSSELS)
    for role in room.env.backend.get_guild(room.guild.id).roles.values():
        if role.managed:
            role.permissions = INVITE.value
    said = texts(await room.ola.slash(room.lobby, "event schedule", code="BRU"))
    assert "Give it the permissions Create Events and Manage Events" in said
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'event.scheduled'") == 0
    assert "is open in" in texts(await room.open_event("BRU"))


@pytest.mark.usefixtures("community")
async def test_in_forums_a_text_gets_a_post_of_its_own_at_the_conference(empty_room: Room) -> None:
    """With what was asked for and argued; the old post is read, and leads there."""
    room = empty_room
    await room.load(more=BRUSSELS)
    await room.open_event("ROM")
    await room.proposals("Plan together")
    old = next(one for one in room.rome.threads if one.name.startswith("CAP-01 "))
    await here_in(room, room.ana, room.ben)
    ballot = await room.open_ballot()
    for who in (room.ana, room.ben):
        await who.click(old.history()[0], custom_id=f"vote:{ballot}:1:for")
    await room.close_ballot(ballot)
    await conference(room, "forward", event="ROM")
    await room.open_event("BRU")
    form = await room.ben.slash(room.lobby, "amend", reference="CAP-01")
    words = {**filled(form), "text": "The two sides plan together, from the first day on, always."}
    await room.ben.submit_modal(form, words)
    await conference(room, "agenda")
    await conference(room, "present", reference="CAP-01")
    names = [one.name for one in brussels(room).threads]
    assert {"Agenda", "CAP-01 Plan together"} <= set(names)
    new = thread_of(brussels(room), "CAP-01")
    told = [shown(one).partition("\n")[0] for one in new.history()]
    assert told[0].startswith("## CAP-01 ")
    assert any("Amendment 1 to CAP-01" in one for one in told)
    assert any(one.startswith("### CAP-01 ") for one in told)
    assert not any(controls(one) for one in old.history())
    accept = next(c for one in new.history() for c in controls(one) if c.startswith("amendment-accept"))
    message = next(one for one in new.history() if accept in controls(one))
    asked = await room.fay.click(message, custom_id=accept)
    assert "CAP-01 is before the conference." in texts(asked)
    editorial = next(c for c in controls(message_of(asked)) if c.endswith(":editorial"))
    await room.fay.click(message_of(asked), custom_id=editorial)
    assert value(room, "SELECT version FROM recommendations") == 2
    assert not any(controls(one) for one in old.history())


async def here_in(room: Room, *people: object) -> None:
    """These register by the start panel of a forum."""
    panel = next(one for one in room.rome.threads if "CAP" not in one.name).history()[0]
    for who in people:
        await who.click(panel, custom_id="here")  # type: ignore[attr-defined]
