"""`/argue`, `Add to the record`, `/argument`, and what the discussion shows of it all."""

from __future__ import annotations

from typing import Any

import pytest
from simcord.builders import ChannelHandle
from simcord.results import InteractionResult

from tests.chat.acts import (
    command,
    filled,
    mentions_allowed,
    modal_fields,
    press,
    publicly,
    refusal,
    resubmit,
    submit,
    text_size,
)
from tests.chat.chat_room import Room, control, controls, message_of, plain, shown, texts
from tests.chat.voting_room import card, dms, here, post, propose, rows, value

pytestmark = pytest.mark.usefixtures("nothing_failed")

WHY = "It lets planners on both sides start from one assessment."
SUMMARY = "## Arguments on record · CAP-01"


async def argue(room: Room, who: Any, text: str = WHY, stance: str = "for") -> InteractionResult:
    return await who.slash(room.rome, "argue", reference="CAP-01", stance=stance, text=text)


def discussion(room: Room) -> ChannelHandle:
    """The thread of CAP-01."""
    return next(thread for thread in room.rome.threads if thread.name.startswith("CAP-01"))


def on_record(room: Room) -> list[tuple[Any, ...]]:
    return rows(room, "SELECT number, stance, text, link, nonce IS NOT NULL FROM contributions ORDER BY id")


async def test_an_argument_is_put_on_record_withdrawn_and_set_aside(room: Room) -> None:
    """Card and summary follow each step; nothing of what was withdrawn is to be read any more."""
    await propose(room)
    assert not any(shown(m).startswith(SUMMARY) for m in discussion(room).history()), "not before the first"
    answer = await argue(room, room.ben)
    assert message_of(answer).ephemeral
    assert "On the record of CAP-01: argument for, number 1." in texts(answer)
    await argue(room, room.cleo, "**Who** pays? @everyone <@1> [x](http://x.example)", "question")
    await room.ana.click(card(room, "CAP-01"), custom_id="argue:CAP-01")
    summary = shown(post(room, SUMMARY))
    assert "**1 argument for**" in summary and f"- **1**, Ben: {WHY}" in summary
    assert "\\*\\*Who\\*\\* pays? @\u200beveryone" in summary and "\\[x\\](http" in summary
    assert "On record: 1 argument for and 1 question." in shown(card(room, "CAP-01"))
    assert all(allowed.get("parse") == [] for allowed in mentions_allowed(room, 0)[-6:])

    own = await room.cleo.autocomplete(room.rome, "argument withdraw", "number", "", reference="cap 1")
    assert [(choice["value"], choice["name"]) for choice in own] == [
        (2, "2 · question: **Who** pays? @everyone <@1> [x](http://x.example)")
    ]
    assert await room.ana.autocomplete(room.rome, "argument withdraw", "number", "", reference="CAP-01") == []
    all_ = await room.fay.autocomplete(room.rome, "argument set-aside", "number", "1", reference="CAP-01")
    assert [choice["value"] for choice in all_] == [1]

    gone = await room.cleo.slash(room.rome, "argument withdraw", reference="CAP-01", number=2)
    assert "is withdrawn" in texts(gone)
    aside = await room.fay.slash(
        room.rome, "argument set-aside", reference="CAP-01", number=1, reason="It is about *another* text."
    )
    assert "is set aside" in texts(aside)
    summary = shown(post(room, SUMMARY))
    assert "**1 was set aside**\n- **1**: It is about \\*another\\* text." in summary
    assert "1 was withdrawn." in summary and WHY not in summary and "pays" not in publicly(room)
    assert "On record" not in shown(card(room, "CAP-01"))
    (told,) = dms(room, [room.ben])["Ben"]
    assert "set aside by a facilitator" in told and "another" in told
    again = room.fay.slash(room.rome, "argument set-aside", reference="CAP-01", number=1, reason="Again.")
    assert "set aside already" in await refusal(room, again)
    assert len([m for m in discussion(room).history() if shown(m).startswith(SUMMARY)]) == 1


async def test_the_form_offers_what_can_be_said_and_is_taken_once(room: Room) -> None:
    """From the card; while a ballot is open too; once it is adopted, with a reservation first."""
    await propose(room)
    form = await room.ben.click(card(room, "CAP-01"), custom_id="argue:CAP-01")
    fields = modal_fields(form)
    offered = [option["value"] for option in fields["stance"]["options"]]
    assert list(fields) == ["stance", "text"] and fields["text"]["max_length"] == 1000
    assert offered == ["for", "against", "question", "evidence"]
    first = await resubmit(room, room.ben, form, stance=["against"], text=WHY)
    second = await resubmit(room, room.ben, form, stance=["against"], text=WHY)
    assert texts(first) == texts(second) and len(on_record(room)) == 1

    ballot = await room.open_ballot(references="CAP-01")
    assert {f"vote:{ballot}:1:for", "argue:CAP-01"} <= set(controls(card(room, "CAP-01")))
    form = await room.ben.click(card(room, "CAP-01"), custom_id="argue:CAP-01")
    assert "number 2" in texts(await room.ben.submit_modal(form, {"stance": ["evidence"], "text": WHY}))
    await room.vote(room.ana, ballot, 1, "for")
    await room.close_ballot(ballot)

    assert "argue:CAP-01" not in controls(card(room, "CAP-01"))
    form = await room.cleo.click(card(room, "CAP-01"), custom_id="reserve:CAP-01")
    assert filled(form) == {"stance": "reservation", "text": ""}
    answer = await room.cleo.submit_modal(form, {"stance": ["reservation"], "text": "Not from our budget."})
    assert "reservation, number 3" in texts(answer)
    assert value(room, "SELECT constituency FROM contributions WHERE number = 3") == "EU"
    assert "1 reservation" in shown(card(room, "CAP-01")) and "**1 reservation**" in shown(
        post(room, SUMMARY)
    )
    listed = await room.obs.slash(room.rome, "argument list", reference="cap-1")
    assert "reservation by Cleo" in texts(listed) and "3 contributions on record" in texts(listed)


async def test_a_refused_form_is_kept_and_taken_when_mended(room: Room) -> None:
    """A forged stance, too much text, the same again, a role lost meanwhile: one sentence, nothing lost."""
    await propose(room)
    form = await room.ben.click(card(room, "CAP-01"), custom_id="argue:CAP-01")
    hostile: list[dict[str, Any]] = [
        {"stance": ["support"], "text": WHY},
        {"stance": [], "text": WHY},
        {"stance": ["reservation"], "text": WHY},
        {"stance": ["for"], "text": "x" * 4000},
        {"stance": ["for"], "text": "\u200b \n"},
    ]
    for fields in hostile:
        told = await refusal(room, resubmit(room, room.ben, form, **fields), kept=["drafts"])
        assert told.startswith("✋"), fields
    kept = await resubmit(room, room.ben, form, stance=["for"], text="x" * 1001)
    await room.restart()
    again = await room.ben.click(message_of(kept), custom_id=control(kept, "argue-again:"))
    assert filled(again) == {"stance": "for", "text": "x" * 999 + "…"}
    theirs = press(room, room.cleo, message_of(kept), control(kept, "argue-again:"))
    assert "no longer waiting" in await refusal(room, theirs)
    assert "number 1" in texts(await resubmit(room, room.ben, again, stance=["for"], text=WHY))
    assert value(room, "SELECT count(*) FROM drafts") == 0

    form = await room.ben.click(card(room, "CAP-01"), custom_id="argue:CAP-01")
    room.env.backend.edit_member(room.guild.id, room.ben.id, {"role_ids": [room.guild.roles["EU"].id]})
    lost = resubmit(room, room.ben, form, stance=["for"], text="Another thing.")
    assert "Only participants" in await refusal(room, lost)
    assert len(on_record(room)) == 1 and value(room, "SELECT count(*) FROM drafts") == 0


async def test_who_may_not_argue_is_refused_on_every_road(room: Room) -> None:
    """And nothing goes on the record of what is not here, is withdrawn, or was never there."""
    await propose(room, 2)
    await here(room, room.ben)
    here_ = card(room, "CAP-01")
    for who in (room.obs, room.stranger, room.fay, room.ola):
        await refusal(room, argue(room, who))
        await refusal(room, press(room, who, here_, "argue:CAP-01"))
        await refusal(room, press(room, who, here_, "reserve:CAP-01"))
        await refusal(room, submit(room, who, "argue:CAP-01:draft1:n", {"stance": ["for"], "text": WHY}))
    forged = room.ben, room.rome, "argue"
    for options in (
        {"reference": "CAP-99", "stance": "for", "text": WHY},
        {"reference": "x" * 6000, "stance": "for", "text": WHY},
        {"reference": "CAP-01", "stance": "no-stance", "text": WHY},
        {"reference": "CAP-01", "stance": "for", "text": "x" * 6000},
        {"reference": "CAP-01", "stance": "reservation", "text": WHY},
    ):
        await refusal(room, command(*(room, *forged), **options), kept=["drafts"])
    await room.ana.slash(room.rome, "withdraw", reference="CAP-02")
    gone = room.ben.slash(room.rome, "argue", reference="CAP-02", stance="for", text=WHY)
    assert "This recommendation is withdrawn" in await refusal(room, gone, kept=["drafts"])
    assert "argue:CAP-02" not in controls(card(room, "CAP-02"))
    for identity in ("argue-again:nothing", "argue-anyway:nothing", "argument-page:CAP-99:0", "argue:CAP-99"):
        await refusal(room, press(room, room.ben, here_, identity))
    for name in ("argument withdraw", "argument set-aside"):
        reason = {"reason": "Because."} if name.endswith("aside") else {}
        who = room.fay if reason else room.ben
        missing = who.slash(room.rome, name, reference="CAP-01", number=7, **reason)
        assert "There is no argument 7" in await refusal(room, missing)
    assert on_record(room) == []


async def test_a_message_goes_on_the_record_with_its_link(room: Room) -> None:
    """In the discussion it is known which recommendation; elsewhere the form asks. One's own, or by a
    facilitator, who tells the author."""
    await propose(room)
    await here(room, room.ben, room.cleo)
    thread = discussion(room)
    said = await room.ben.send(thread, "Who pays for the **readiness**?\nNot us. " + "x" * 1200)
    form = await room.ben.context_menu(thread, "Add to the record", said)
    assert list(modal_fields(form)) == ["stance", "text"] and len(filled(form)["text"]) == 1000
    assert "Cut after 1000 characters" in str(form.modal)
    link = f"https://discord.com/channels/{room.guild.id}/{thread.id}/{said.id}"
    await resubmit(room, room.ben, form, stance=["question"], text="Who pays for the readiness?")
    assert on_record(room) == [(1, "question", "Who pays for the readiness?", link, 1)]
    assert f"[message]({link})" in shown(post(room, SUMMARY))

    other = await room.cleo.send(thread, "The budget of the mission does.")
    mine = room.ben.context_menu(thread, "Add to the record", other)
    assert "ask a facilitator" in await refusal(room, mine)
    form = await room.fay.context_menu(thread, "Add to the record", other)
    answer = await resubmit(room, room.fay, form, stance=["evidence"], text="The budget of the mission does.")
    assert "Whoever wrote it is told" in texts(answer)
    (told,) = dms(room, [room.cleo])["Cleo"]
    assert "put words of yours on the record of CAP-01" in told and "/argument withdraw" in told
    assert "- **2**, Cleo: The budget" in shown(post(room, SUMMARY))
    assert "withdrawn" in texts(
        await room.cleo.slash(room.rome, "argument withdraw", reference="CAP-01", number=2)
    )

    elsewhere = await room.ben.send(room.lobby, "I saw it fail in 2009.")
    form = await room.ben.context_menu(room.lobby, "Add to the record", elsewhere)
    assert list(modal_fields(form)) == ["stance", "text", "reference"]
    assert [option["value"] for option in modal_fields(form)["stance"]["options"]][-1] == "reservation"
    typed: dict[str, Any] = {
        "stance": ["evidence"],
        "text": "I saw it fail in 2009.",
        "reference": "nonsense",
    }
    kept = await resubmit(room, room.ben, form, **typed)
    again = await room.ben.click(message_of(kept), custom_id=control(kept, "argue-again:"))
    assert filled(again) == {**typed, "stance": "evidence"}
    await resubmit(room, room.ben, again, **{**typed, "reference": "cap 1"})
    assert (
        on_record(room)[-1][3]
        == f"https://discord.com/channels/{room.guild.id}/{room.lobby.id}/{elsewhere.id}"
    )


async def test_what_nobody_here_wrote_does_not_go_on_the_record(room: Room) -> None:
    """A program's message, a stranger's; one with a picture alone asks for the words."""
    await propose(room)
    await here(room, room.ben)
    thread = discussion(room)
    by_program = room.ben.context_menu(room.rome, "Add to the record", card(room, "CAP-01"))
    assert "by a program" in await refusal(room, by_program)
    unknown = await room.stranger.send(thread, "Hear, hear!")
    for who in (room.fay, room.ben, room.stranger):
        await refusal(room, who.context_menu(thread, "Add to the record", unknown))
    picture = await room.ben.send(thread, "", attachments=[("bridge.png", b"\x89PNG")])
    form = await room.ben.context_menu(thread, "Add to the record", picture)
    assert filled(form)["text"] == "" and "say in words what it shows" in str(form.modal)
    await refusal(room, resubmit(room, room.ben, form, stance=["evidence"], text=""), kept=["drafts"])
    assert "number 1" in texts(await resubmit(room, room.ben, form, stance=["evidence"], text="A bridge."))
    room_, message = room.stranger, f"quote:CAP-01:{thread.id}:{unknown.id}:{room.stranger.id}:d1:n"
    await refusal(room, submit(room, room_, message, {"stance": ["for"], "text": WHY}), kept=["drafts"])
    for forged in ("quote:CAP-01:x:1:2:d1:n", "quote:CAP-01", "quote:CAP-99:1:2:3:d2:n", "argue:-:d3:n"):
        await refusal(room, submit(room, room.ben, forged, {"stance": ["for"], "text": WHY}), kept=["drafts"])


async def test_the_summary_fits_its_message_and_comes_back(room: Room) -> None:
    """Measured after escaping, the newest kept; deleted by hand, or with its thread, it is made again."""
    await propose(room)
    for number in range(1, 26):
        stance = ("for", "against", "question", "evidence")[number % 4]
        await argue(room, room.ben, f"{number}: " + "*_~|`<[" * 60, stance)
    summary = post(room, SUMMARY)
    assert 3000 < text_size(summary) <= 4000
    said = shown(summary)
    assert "**25**, Ben" in said and "**22**, Ben" in said and "**1**, Ben" not in said
    assert said.count("and ") >= 4 and "**7 arguments against**" in said
    page = await room.obs.click(summary, custom_id="argument-page:CAP-01:0")
    assert message_of(page).ephemeral and text_size(message_of(page)) <= 4000
    assert "Page 1 of 7" in texts(page)
    turned = await room.obs.click(message_of(page), custom_id="argument-page:CAP-01:1")
    assert "Page 2 of 7" in texts(turned) and "**5** ·" in texts(turned)
    assert "Page 7 of 7" in texts(await press(room, room.obs, summary, f"argument-page:CAP-01:{2**63 - 1}"))
    for longest in ("y" * 1000, "z" * 1000, "short"):
        await argue(room, room.cleo, longest)
    last = texts(await room.obs.slash(room.rome, "argument list", reference="CAP-01"))
    assert "28 contributions" in last

    room.env.backend.delete_message(summary.channel.id, summary.id)
    await argue(room, room.cleo, "After it was deleted.")
    assert "After it was deleted." in shown(post(room, SUMMARY))
    room.env.backend.delete_channel(discussion(room).id)
    await argue(room, room.cleo, "After the thread went.")
    await room.env.advance_time(10)
    assert "After the thread went." in shown(post(room, SUMMARY))
    assert plain(shown(post(room, SUMMARY))).count(SUMMARY) == 1


async def test_under_chatham_house_rules_nobody_is_named(empty_room: Room) -> None:
    """Neither in public nor in the list; and what must be settled first loses no words."""
    room = empty_room
    await room.load(attribution="chatham")
    await room.open_event("ROM")
    await propose(room)
    member = room.person("Dora", "Expert", "UN", "EU")
    asked = await member.slash(room.rome, "argue", reference="CAP-01", stance="against", text=WHY)
    assert "Whom do you speak for?" in texts(asked)
    resumed = await member.select(
        message_of(asked), custom_id=control(asked, "constituency:argue-anyway:"), values=["EU"]
    )
    assert "argument against, number 1" in texts(resumed)
    assert f"- **1**, a participant: {WHY}" in shown(post(room, SUMMARY))
    listed = texts(await room.obs.slash(room.rome, "argument list", reference="CAP-01"))
    assert "argument against by a participant" in listed
    assert "Dora" not in publicly(room) + listed
