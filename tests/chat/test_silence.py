"""Silence procedures: adopted unless somebody objects in time, and who may do so, when and how."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from simcord.actors import MemberActor
from simcord.backend import serializers
from simcord.enums import ComponentType, InteractionType
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from tests.chat.acts import command, interaction, modal_fields, press, refusal, resubmit, submit
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, shown, texts
from tests.chat.voting_room import DAY, HOUR, card, dms, post, posted, propose, rows, value, votes_on, wait

pytestmark = pytest.mark.usefixtures("nothing_failed")

REASON = "It binds us to a *timetable*\nthat nobody can keep. @everyone"


async def everybody_here(room: Room) -> None:
    for who in (room.ben, room.cleo, room.obs):
        await who.click(room.message("panel", "ROM"), custom_id="here")


async def prepare(room: Room, reference: str = "CAP-01", **options: Any) -> InteractionResult:
    return await room.fay.slash(room.rome, "silence start", reference=reference, **options)


async def start(room: Room, reference: str = "CAP-01", **options: Any) -> str:
    """A silence procedure, confirmed; its id, as its controls carry it."""
    shown_ = await prepare(room, reference, **options)
    button = control(shown_, "ballot-open:")
    await room.fay.click(message_of(shown_), custom_id=button)
    return button.partition(":")[2]


def own_post(room: Room, label: str = "B1") -> Any:
    """The message of the procedure itself."""
    return post(room, f"## 🤫 Silence procedure {label}\n")


async def asked(room: Room, who: MemberActor, ballot: str, act: str = "break") -> InteractionResult:
    """The form behind a button of the procedure's message."""
    return await who.click(own_post(room, "B1"), custom_id=f"silence-{act}:{ballot}")


async def break_it(room: Room, who: MemberActor, ballot: str, reason: str = REASON) -> InteractionResult:
    return await who.submit_modal(await asked(room, who, ballot), {"reason": reason})


def states(room: Room) -> list[str]:
    return [state for (state,) in rows(room, "SELECT state FROM recommendations ORDER BY id")]


def closes_at(room: Room) -> datetime:
    return datetime.fromisoformat(value(room, "SELECT closes_at FROM ballots ORDER BY id DESC"))


async def test_the_whole_road_of_a_silence_that_is_broken(room: Room) -> None:
    """Previewed, announced, commented on, extended, broken once; the room reads by whom and why."""
    await propose(room, 3)
    await everybody_here(room)
    before = room.posts()
    preview = await prepare(room, "cap-1, CAP-02")
    for part in (
        "Start this silence procedure?",
        "CAP-01",
        "CAP-02",
        "3 people will be notified.",
        "It ends on",
    ):
        assert part in texts(preview)
    assert "Carried" not in texts(preview) and "quorum" not in texts(preview)
    assert room.posts() == before and states(room) == ["admitted"] * 3

    ballot = control(preview, "ballot-open:").partition(":")[2]
    opened = await room.fay.click(message_of(preview), custom_id=f"ballot-open:{ballot}")
    assert "Silence procedure B1 has begun, and 3 people are notified." in texts(opened)
    message = own_post(room)
    assert [role.name for role in message.role_mentions] == ["Expert"]
    assert controls(message) == [f"silence-break:{ballot}", f"silence-explain:{ballot}"]
    assert "3 people were notified." in shown(message) and "adopted unless somebody" in shown(message)
    assert states(room) == ["voting", "voting", "admitted"]
    assert f"silence-break:{ballot}" in controls(card(room, "CAP-02"))
    assert closes_at(room) - room.env.now() == timedelta(hours=72)

    form = await asked(room, room.cleo, ballot, "explain")
    assert modal_fields(form)["text"]["required"]
    await room.cleo.submit_modal(form, {"text": "We *can* live with it."})
    assert "Explanation by EU institutions: We \\*can\\* live with it." in shown(own_post(room))
    status = await room.fay.slash(room.rome, "ballot status", ballot="B1")
    assert "3 people were notified." in texts(status) and "unless somebody objects" in texts(status)
    for act, said in (("close", "A silence ends at its time"), ("extend", "now ends on")):
        by = {"by": "1d"} if act == "extend" else {}
        assert said in texts(await room.fay.slash(room.rome, f"ballot {act}", ballot="B1", **by))
    assert posted(room, "Silence procedure B1 now ends on") == 1

    form = await asked(room, room.ben, ballot)
    assert modal_fields(form)["reason"]["max_length"] == 1000
    answer = await room.ben.submit_modal(form, {"reason": REASON})
    assert "You have broken the silence" in texts(answer) and "CAP-01 and CAP-02" in texts(answer)
    outcome = post(room, "Silence procedure B1 is broken.")
    said = shown(outcome)
    for part in (
        "3 people were notified.",
        "CAP-02, “Proposal number 2 on CAP”: the silence was broken by EU institutions",
        "Objection by EU institutions: It binds us to a \\*timetable\\*",
        "Explanation by EU institutions: We \\*can\\* live with it.",
    ):
        assert part in said
    assert said.count("timetable") == 1, "people's words are said once, not once a language"
    assert not outcome.mention_everyone and "Ben" not in plain("\n".join(room.posts()))
    assert controls(outcome) == [f"record:{ballot}"]
    assert "The silence was broken." in shown(own_post(room)) and controls(own_post(room)) == []
    assert states(room) == ["admitted"] * 3 and votes_on(card(room, "CAP-01")) == []
    late = await refusal(room, press(room, room.cleo, message, f"silence-break:{ballot}"))
    assert "broken already" in late
    acts = [act for (act,) in rows(room, "SELECT act FROM ledger WHERE subject = 'B1' ORDER BY seq")]
    assert acts == [
        "ballot.opened",
        "silence.explained",
        "ballot.extended",
        "silence.broken",
        "ballot.closed",
        "ballot.sealed",
    ]


async def test_a_silence_that_nobody_breaks_adopts_at_its_time(room: Room) -> None:
    """Everybody is told a day before and an hour before, and of the outcome; each once."""
    await propose(room, 2)
    await everybody_here(room)
    await start(room, "CAP-01, CAP-02")
    await wait(room, 2.1 * DAY)
    told = dms(room, (room.ana, room.ben, room.cleo, room.obs))
    assert [len(messages) for messages in told.values()] == [1, 1, 1, 0]
    assert "CAP-01 and CAP-02 will be adopted by silence (B1) on" in told["Ben"][0]
    assert "unless somebody objects." in told["Ben"][0] and "voted" not in told["Ben"][0]
    again = await room.fay.slash(room.rome, "ballot remind", ballot="B1")
    assert "nobody left to remind" in texts(again)
    await wait(room, 0.87 * DAY)
    call = post(room, "Last call in silence procedure B1: CAP-01 and CAP-02 will be adopted on")
    assert [identity.partition(":")[0] for identity in controls(call)] == ["silence-break", "silence-explain"]
    assert "voted" not in shown(call)
    await wait(room, HOUR)
    outcome = shown(post(room, "Silence procedure B1 has ended: nobody objected."))
    assert "3 people were notified." in outcome and "adopted by silence, since nobody objected" in outcome
    assert "sealed" not in outcome
    assert "Adopted by silence: nobody objected." in shown(own_post(room))
    assert states(room) == ["adopted", "adopted"]
    await wait(room, DAY)
    assert posted(room, "Last call") == posted(room, "Silence procedure B1 has ended") == 1


async def test_a_silence_of_minutes_calls_nobody_and_ends_in_the_room(room: Room) -> None:
    """“No objection?” needs no reminder; it may be broken up to its last second and not at its end."""
    await propose(room)
    await everybody_here(room)
    ballot = await start(room, hours=0.25)
    assert closes_at(room) - room.env.now() == timedelta(minutes=15)
    form = await asked(room, room.ben, ballot)
    other = await asked(room, room.cleo, ballot)
    room.env.backend.advance_clock((closes_at(room) - room.env.now()).total_seconds() - 0.001)
    assert "You have broken the silence" in texts(
        await room.ben.submit_modal(form, {"reason": "Not so fast."})
    )
    assert refused(await room.cleo.submit_modal(other, {"reason": "Nor I."}))
    assert states(room) == ["admitted"]

    await start(room, hours=0.25)
    late = await room.cleo.click(own_post(room, "B2"), custom_id="silence-break:2")
    room.env.backend.advance_clock((closes_at(room) - room.env.now()).total_seconds())
    told = await room.cleo.submit_modal(late, {"reason": "Too late."})
    assert refused(told) and "The time of this silence is up" in texts(told)
    await wait(room, 10)
    assert states(room) == ["adopted"]
    assert posted(room, "Last call") == 0
    assert all(messages == [] for messages in dms(room, (room.ana, room.ben)).values())


async def test_two_objections_at_once_break_it_once(room: Room) -> None:
    """Both forms arrive in the same instant: one objection is on record, the other is told so."""
    await propose(room)
    await everybody_here(room)
    ballot = await start(room)
    forms = [(who, await asked(room, who, ballot)) for who in (room.ben, room.cleo)]
    answers = await _submitted_at_once(room, forms)
    assert sorted(refused(answer) for answer in answers) == [False, True]
    assert "broken already" in "".join(texts(answer) for answer in answers if refused(answer))
    await wait(room, 5)
    assert posted(room, "Silence procedure B1 is broken.") == 1
    assert value(room, "SELECT count(*) FROM statements WHERE kind = 'objection'") == 1
    assert value(room, "SELECT count(*) FROM ledger WHERE act = 'ballot.closed'") == 1


async def _submitted_at_once(
    room: Room, forms: list[tuple[MemberActor, InteractionResult]]
) -> list[InteractionResult]:
    backend, records = room.env.backend, []
    for who, form in forms:
        assert form.modal is not None
        field = {
            "type": int(ComponentType.TEXT_INPUT),
            "custom_id": "reason",
            "value": f"No, says {who.name}",
        }
        record, payload = base_payload(
            backend,
            type=InteractionType.MODAL_SUBMIT,
            channel_id=room.rome.id,
            guild_id=who.guild.id,
            user_id=who.id,
            data={
                "custom_id": form.modal["custom_id"],
                "components": [{"type": int(ComponentType.LABEL), "component": field}],
            },
        )
        source = backend.get_message(room.rome.id, own_post(room).id)
        payload["message"] = dict(serializers.message_payload(backend, source))
        backend.emit("INTERACTION_CREATE", payload)
        records.append(record)
    await room.env.settle(idle=0.003)
    return [InteractionResult(room.env, record) for record in records]


async def test_who_may_not_break_a_silence_and_what_is_no_reason(room: Room) -> None:
    """An observer is refused before any form; a forged id, an empty reason and a long one store nothing."""
    await propose(room)
    await everybody_here(room)
    ballot = await start(room)
    message = own_post(room)
    assert "observers may discuss but not vote" in await refusal(
        room, press(room, room.obs, message, f"silence-break:{ballot}")
    )
    for who in (room.obs, room.fay, room.ola, room.stranger):
        for act in ("break", "explain"):
            told = await refusal(room, press(room, who, message, f"silence-{act}:{ballot}"), kept=("people",))
            assert told
            sent = submit(room, who, f"silence-{act}:{ballot}:abcdef", {"reason": "No", "text": "No"})
            await refusal(room, sent, kept=("people",))
    form = await asked(room, room.ben, ballot)
    for empty in ("", "   ", "\u200b\u2060\u3164", "\n\t\x00"):
        assert "Say why" in await refusal(room, resubmit(room, room.ben, form, reason=empty))
    assert "1000 characters" in await refusal(room, resubmit(room, room.ben, form, reason="x" * 1001))
    assert "explanation of position" in await refusal(
        room, submit(room, room.ben, f"silence-explain:{ballot}:abcdef", {"text": " \u200b"})
    )
    for forged in ("silence-break:999", "silence-break:-1", "silence-break:x", "silence-explain:999"):
        await refusal(room, press(room, room.ben, message, forged))
        await refusal(room, submit(room, room.ben, f"{forged}:abcdef", {"reason": "No", "text": "No"}))
    assert states(room) == ["voting"]

    elsewhere = Room(room.env, room.settings)
    await elsewhere.load()
    await elsewhere.open_event()
    await elsewhere.ben.click(elsewhere.message("panel", "ROM"), custom_id="here")
    panel = elsewhere.message("panel", "ROM")
    assert refused(await press(elsewhere, elsewhere.ben, panel, f"silence-break:{ballot}"))
    foreign = submit(elsewhere, elsewhere.ben, f"silence-break:{ballot}:abcdef", {"reason": "No"})
    assert refused(await foreign)
    assert refused(await press(elsewhere, elsewhere.fay, panel, f"ballot-open:{ballot}"))
    assert states(room)[0] == "voting"


async def test_one_who_has_not_taken_part_yet_breaks_it_after_being_asked_whom_they_speak_for(
    room: Room,
) -> None:
    """The gate goes on to the form by itself."""
    await propose(room)
    ballot = await start(room)
    both = room.person("Dan", "Expert", "UN", "EU")
    gate = await both.click(own_post(room), custom_id=f"silence-break:{ballot}")
    chosen = await both.select(
        message_of(gate), ["EU"], custom_id=control(gate, f"constituency:silence-break:{ballot}")
    )
    assert chosen.modal is not None
    await both.submit_modal(chosen, {"reason": "Not yet."})
    assert "by EU institutions: Not yet." in shown(post(room, "Silence procedure B1 is broken."))


async def test_under_chatham_a_small_constituency_is_not_named(empty_room: Room) -> None:
    """Neither in the message nor in the outcome: a participant objected, and a participant explained."""
    room = empty_room
    await room.load(attribution="chatham")
    await room.open_event()
    await propose(room)
    await everybody_here(room)
    ballot = await start(room)
    await room.cleo.submit_modal(await asked(room, room.cleo, ballot, "explain"), {"text": "Fine with us."})
    assert "Explanation by a participant: Fine with us." in shown(own_post(room))
    await break_it(room, room.ben, ballot)
    outcome = shown(post(room, "Silence procedure B1 is broken."))
    assert "Objection by a participant:" in outcome and "the silence was broken; it goes back" in outcome
    assert "EU institutions" not in outcome and "EU institutions" not in shown(own_post(room))


UNMET: tuple[tuple[dict[str, Any], str], ...] = (
    ({"reference": "CAP-99"}, "Not found here: CAP-99"),
    ({"reference": "nonsense"}, "is not a reference"),
    ({"reference": " , "}, "at least one recommendation"),
    ({"hours": 24, "until": "12:30"}, "not both"),
    ({"until": "soon"}, "written like 30m"),
    ({"until": "91d"}, "90 days"),
    ({"until": "25:00"}, "no such time of day"),
)


async def test_a_silence_that_cannot_be_held_is_refused_in_one_sentence(room: Room) -> None:
    """By its words, its times, its state and its role; and nothing is prepared."""
    await propose(room, 2)
    await room.fay.slash(room.lobby, "me show")
    for options, why in UNMET:
        told = await refusal(room, prepare(room, **{"reference": "CAP-01", **options}))
        assert why in plain(told)
    for hours in (0, -3, 2160.1, 1e300):
        options = [
            {"name": "reference", "type": 3, "value": "CAP-01"},
            {"name": "hours", "type": 10, "value": hours},
        ]
        assert "from one minute to 90 days" in await refusal(room, _forged(room, "silence", "start", options))
    for who in (room.ana, room.obs, room.ola, room.stranger):
        asked_ = command(room, who, room.rome, "silence start", reference="CAP-01")
        assert "Only facilitators" in await refusal(room, asked_)
    await room.open_ballot(references="CAP-01")
    assert "under vote in ballot B1" in await refusal(room, prepare(room, "CAP-02, CAP-01"))
    await start(room, "CAP-02")
    ballot = room.fay.slash(room.rome, "ballot open", method="rating", references="CAP-02")
    assert "under vote in ballot B2" in await refusal(room, ballot)
    assert value(room, "SELECT count(*) FROM ballots") == 2


async def _forged(room: Room, name: str, below: str, options: list[dict[str, Any]]) -> InteractionResult:
    """A command by the facilitator with values that Discord would not have let through."""
    root = room.env.backend.find_command(name, None, type=1)
    data = {
        "id": root["id"],
        "name": name,
        "type": 1,
        "options": [{"name": below, "type": 1, "options": options}],
    }
    return await interaction(room, room.fay, InteractionType.APPLICATION_COMMAND, data, channel=room.rome)


async def test_a_deadline_outside_working_hours_is_warned_of(room: Room) -> None:
    """In the initiative's own time, before anything starts; one within them is not."""
    await propose(room)
    at_night = await prepare(room, until="23:15")
    assert "23:15" in texts(at_night) and "outside working hours" in texts(at_night)
    here = room.env.now().astimezone(ZoneInfo("Europe/Brussels"))
    noon = here.replace(hour=12, minute=0) + timedelta(days=7 - here.weekday())  # the Monday that comes
    at_work = await prepare(room, until=f"{int((noon - here).total_seconds() // 60)}m")
    assert "outside working hours" not in texts(at_work)


async def test_a_silence_that_would_end_while_the_bot_is_down_gives_the_time_back(room: Room) -> None:
    """Nobody could object meanwhile: it ends as much later, the room reads why, and forms go on."""
    await propose(room)
    await everybody_here(room)
    ballot = await start(room, hours=2)
    form = await asked(room, room.ben, ballot)
    await wait(room, 1.5 * HOUR)
    await room.restart(after=3 * HOUR)
    assert states(room) == ["voting"]
    told = [text for text in room.posts() if "The bot was away for about" in text]
    assert len(told) == 1 and "so silence procedure B1 now ends on" in told[0]
    left = closes_at(room) - room.env.now()
    assert timedelta(minutes=25) < left < timedelta(minutes=35)
    assert "You have broken the silence" in texts(await room.ben.submit_modal(form, {"reason": "In time."}))

    await start(room, hours=2)
    await wait(room, 0.5 * HOUR)
    await room.restart(after=0.25 * HOUR)  # not near its end: nothing is given back
    assert closes_at(room) - room.env.now() == timedelta(hours=1.25)
    await wait(room, 1.3 * HOUR)
    assert posted(room, "Silence procedure B2 has ended") == 1 and states(room) == ["adopted"]


async def test_a_silence_that_is_called_off_adopts_nothing(room: Room) -> None:
    """The reason is posted, the items are back under discussion, and nobody can break it any more."""
    await propose(room)
    await everybody_here(room)
    ballot = await start(room)
    message = own_post(room)
    form = await asked(room, room.ben, ballot)
    answer = await room.fay.slash(room.rome, "ballot cancel", ballot="B1", reason="Wrong text")
    assert "Silence procedure B1 is called off; nothing was adopted." in texts(answer)
    assert "Reason: Wrong text" in shown(post(room, "Silence procedure B1 is called off."))
    assert "Called off. Nothing was adopted." in shown(own_post(room)) and controls(own_post(room)) == []
    assert "called off" in await refusal(room, room.ben.submit_modal(form, {"reason": "No"}))
    assert "called off" in await refusal(room, press(room, room.ben, message, f"silence-explain:{ballot}"))
    assert states(room) == ["admitted"]


async def test_one_of_a_package_is_taken_out_of_a_silence(room: Room) -> None:
    """Nothing is said of votes, since there are none; the rest is adopted at its time."""
    await propose(room, 2)
    await start(room, "CAP-01, CAP-02", hours=24.0)
    answer = await room.fay.slash(
        room.rome, "ballot remove", ballot="B1", reference="CAP-01", reason="A word is missing"
    )
    told = post(room, "CAP-01, “Proposal number 1 on CAP”, is taken out of silence procedure B1")
    for said in (texts(answer), shown(told)):
        assert "silence procedure B1, which goes on for the rest." in said and "votes" not in said
    await wait(room, DAY + 60)
    assert states(room) == ["admitted", "adopted"]
