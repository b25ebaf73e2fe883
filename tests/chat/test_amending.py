"""Amending in chat: the form, the difference in the discussion, decisions, conflicts, and the history."""

from __future__ import annotations

from typing import Any

from simcord.actors import MemberActor
from simcord.builders import ChannelHandle
from simcord.enums import ComponentType, InteractionType
from simcord.results import InteractionResult

from tests.chat.acts import (
    command,
    filled,
    interaction,
    mentions_allowed,
    modal_fields,
    press,
    refusal,
    resubmit,
    submit,
    text_size,
)
from tests.chat.chat_room import Room, control, controls, message_of, shown, texts
from tests.chat.voting_room import at_once, card, dms, here, post, propose, rows, value, wait

OLD = "Proposal number 1 on CAP, at some length and without a fuss."
AMENDED = "### ✏️ Amendment {} to CAP-01"


def discussion(room: Room) -> ChannelHandle:
    """The thread of CAP-01."""
    return next(thread for thread in room.rome.threads if str(thread.name).startswith("CAP-01"))


def message(room: Room, number: int = 1) -> Any:
    """The message of an amendment to CAP-01."""
    return post(room, AMENDED.format(number))


async def amend(room: Room, who: MemberActor, text: str, **fields: str) -> InteractionResult:
    """`/amend CAP-01`, with another text."""
    form = await who.slash(room.rome, "amend", reference="CAP-01")
    assert form.modal is not None, texts(form)
    return await who.submit_modal(form, {**filled(form), "text": text, **fields})


async def button(room: Room, who: MemberActor, act: str, number: int = 1) -> InteractionResult:
    """A press on a button of the amendment's message."""
    shown_now = message(room, number)
    (found,) = [one for one in controls(shown_now) if one.startswith(f"{act}:CAP-01:{number}")]
    return await who.click(shown_now, custom_id=found)


async def test_an_amendment_from_the_form_to_the_text(room: Room) -> None:
    """Hostile words are shown and not interpreted; card and message follow; nobody acts past their role."""
    await propose(room)
    since = len(room.env.http_requests)
    form = await room.ben.click(card(room, "CAP-01"), custom_id="amend:CAP-01")
    assert filled(form) == {
        "title": "Proposal number 1 on CAP",
        "text": OLD,
        "rationale": "",
        "addressees": "",
        "reason": "",
    }
    fields = modal_fields(form)
    assert (fields["text"]["min_length"], fields["text"]["max_length"]) == (20, 2000)
    hostile = "**and** @everyone <@1> [x](http://x.example) ~~with~~ a fuss."
    asked = {**filled(form), "text": OLD.replace("and without a fuss.", hostile), "reason": "> _Why_ not?"}
    answer = await room.ben.submit_modal(form, asked)
    assert message_of(answer).ephemeral and "Amendment 1 to CAP-01 is filed." in texts(answer)
    assert controls(message_of(answer)) == []
    told = shown(message(room))
    assert message(room).channel.id == discussion(room).id
    assert "asked for by Ben" in told and "**Reason** \\> \\_Why\\_ not?" in told
    assert "…1 on CAP, at some length" in told, told
    assert "@\u200beveryone" in told and "\\<@\u200b1>" in told and "**\u200b\\*\\*and\\*\\*" in told
    assert "\\](http:\\//x" in told, "no link that somebody hid behind a word"
    assert all(allowed.get("parse") == [] for allowed in mentions_allowed(room, since))
    assert "1 open amendment." in shown(card(room, "CAP-01"))
    (dm,) = dms(room, [room.ana])["Ana"]
    assert "Somebody asks to amend your CAP-01" in dm

    assert "It now has 1 second." in texts(await button(room, room.cleo, "amendment-second"))
    assert "1 person seconds it." in shown(message(room))
    again = button(room, room.cleo, "amendment-second")
    assert "already" in await refusal(room, again)
    for who, act, said in (
        (room.ben, "amendment-second", "your own"),
        (room.obs, "amendment-second", "Observers may discuss"),
        (room.obs, "amendment-accept", "or a facilitator"),
        (room.ben, "amendment-reject", "or a facilitator"),
        (room.stranger, "amendment-second", "Only participants can"),
    ):
        assert said in await refusal(room, button(room, who, act)), (who.name, act)
    for who in (room.obs, room.fay, room.stranger):
        await refusal(room, who.slash(room.rome, "amend", reference="CAP-01"))

    offered = await room.ana.autocomplete(room.rome, "amendment accept", "amendment", "", reference="cap1")
    assert offered == []
    offered = await room.ana.autocomplete(room.rome, "amendment accept", "amendment", "", reference="CAP-01")
    assert [(one["value"], one["name"]) for one in offered] == [(1, "1 · Ben · > _Why_ not?")]
    accept = "amendment-accept:CAP-01:1"
    first, second = await at_once(room, (room.ana, message(room), accept), (room.ana, message(room), accept))
    answers = sorted([texts(first), texts(second)])
    assert "Amendment 1 is the text of CAP-01 now, as version 2." in answers[0]
    assert "is accepted already" in answers[1]
    assert value(room, "SELECT count(*) FROM versions") == 2
    told = shown(message(room))
    assert "Accepted: it is in version 2." in told and controls(message(room)) == []
    assert "@\u200beveryone" in shown(card(room, "CAP-01"))
    (_, note) = (shown(one) for one in discussion(room).history()[-2:])
    assert "Amendment 1 to CAP-01 was accepted: the text is version 2 now." in note
    assert "was accepted" in dms(room, [room.ben])["Ben"][-1]
    listed = await room.obs.slash(room.rome, "amendment list", reference="CAP-01")
    assert "1 amendment to CAP-01" in texts(listed) and "accepted" in texts(listed)


async def test_a_conflict_is_shown_compared_reworked_and_settled(room: Room) -> None:
    """Accepting one marks the other; a rejected one becomes a recommendation of its author's own."""
    await propose(room)
    await amend(room, room.ben, OLD.replace("without", "with"))
    await amend(room, room.cleo, OLD.replace("without", "lacking"), reason="Plainer.")
    await amend(room, room.cleo, OLD, title="Another title altogether")
    several = room.ana.slash(room.rome, "amendment accept", reference="CAP-01")
    assert "are open: 1, 2 and 3" in await refusal(room, several)
    await button(room, room.ana, "amendment-accept", 1)
    told = shown(message(room, 2))
    assert "touches words that have changed" in told and "amendment-accept:CAP-01:2" not in controls(
        message(room, 2)
    )
    assert "The text has changed elsewhere since" in shown(message(room, 3))
    assert "Amendment 2 to CAP-01 touches words" in dms(room, [room.cleo])["Cleo"][-1]
    forged = press(room, room.ana, message(room, 2), "amendment-accept:CAP-01:2")
    assert "once somebody has reworked it" in await refusal(room, forged)
    compared = texts(await button(room, room.obs, "amendment-compare", 2))
    assert "As it was: …" in compared and "**without**" in compared
    assert "As it is now: " in compared and "**with**" in compared and "**lacking**" in compared

    assert "author or a facilitator" in await refusal(room, button(room, room.ben, "amendment-rework", 2))
    form = await button(room, room.cleo, "amendment-rework", 2)
    assert filled(form)["text"] == OLD.replace("without", "lacking")
    assert filled(form)["reason"] == "Plainer."
    same = {**filled(form), "text": OLD.replace("without", "with")}
    mend = await room.cleo.submit_modal(form, same)
    assert "change something in it" in texts(mend)
    form = await room.cleo.click(message_of(mend), custom_id=control(mend, "amendment-rework-again:"))
    assert filled(form) == same
    done = await room.cleo.submit_modal(form, {**same, "text": OLD.replace("without", "with little of")})
    assert "can be accepted as it is" in texts(done)
    told = shown(message(room, 2))
    assert "asked for by Cleo, reworked since" in told and "little of" in told
    stale = press(room, room.ana, message(room, 2), "amendment-accept:CAP-01:2")
    assert "reworked since you looked" in await refusal(room, stale)
    assert "as version 3" in texts(await button(room, room.ana, "amendment-accept", 2))

    form = await button(room, room.fay, "amendment-reject", 3)
    await room.fay.submit_modal(form, {"reason": "It *has* a title."})
    assert "Rejected. Reason: It \\*has\\* a title." in shown(message(room, 3))
    assert "was rejected" in dms(room, [room.cleo])["Cleo"][-1]
    news = discussion(room).history()[-1]
    assert "amendment-derive:CAP-01:3" in controls(news)
    assert "Only its author" in await refusal(room, button(room, room.ben, "amendment-derive", 3))
    form = await room.cleo.click(news, custom_id="amendment-derive:CAP-01:3")
    assert filled(form)["title"] == "Another title altogether"
    made = await resubmit(room, room.cleo, form, **filled(form))
    assert "CAP-02 is on the table" in texts(made), texts(made)
    assert "Grew out of an amendment to CAP-01." in shown(card(room, "CAP-02"))
    assert "An amendment to it became CAP-02." in shown(card(room, "CAP-01"))
    assert "It has become CAP-02." in shown(message(room, 3)) and controls(message(room, 3)) == []
    late = press(room, room.cleo, news, "amendment-derive:CAP-01:3")
    assert "has become CAP-02 already" in await refusal(room, late)


async def test_a_text_that_moves_on_under_an_open_form_loses_nothing(room: Room) -> None:
    """Refused, mended, sent twice; filed over words that have changed; withdrawn meanwhile."""
    await propose(room)
    slow = await room.cleo.slash(room.rome, "amend", reference="CAP-01")
    await amend(room, room.ana, OLD.replace("some length", "great length"))
    own = await amend(room, room.ana, OLD.replace("Proposal number", "The proposal of number"))
    assert "amendment-accept:CAP-01:2" in controls(message_of(own)), "Make it the text now"
    await room.ana.click(message_of(own), custom_id="amendment-accept:CAP-01:2")
    await button(room, room.ana, "amendment-accept", 1)
    asked = {**filled(slow), "text": OLD.replace("some length", "no length")}
    answer = await resubmit(room, room.cleo, slow, **asked)
    assert "changed in the same words while you wrote" in texts(answer)
    assert {"amendment-compare:CAP-01:3", "amendment-rework:CAP-01:3"} == set(controls(message_of(answer)))
    again = await resubmit(room, room.cleo, slow, **asked)
    assert texts(again) == texts(answer) and value(room, "SELECT count(*) FROM amendments") == 3
    assert "is withdrawn" in texts(await room.cleo.slash(room.rome, "amendment withdraw", reference="CAP-01"))
    assert "Withdrawn by its author." in shown(message(room, 3))

    form = await room.ben.slash(room.rome, "amend", reference="CAP-01")
    for fields, said in (
        ({"text": ""}, "“Text” is empty"),
        ({"text": "x" * 2001}, "at most 2000"),
        ({}, "as it stands"),
        ({"reason": "Only a reason."}, "as it stands"),
    ):
        sent = resubmit(room, room.ben, form, **{**filled(form), **fields})
        assert said in await refusal(room, sent, kept=["drafts"]), fields
    kept = {**filled(form), "text": "x" * 1970 + " y" * 9, "reason": "Kept."}
    await room.ana.slash(room.rome, "withdraw", reference="CAP-01")
    mend = await resubmit(room, room.ben, form, **kept)
    assert "withdrawn" in texts(mend)
    identity = control(mend, "amend-again:")
    assert "no longer waiting" in await refusal(room, press(room, room.cleo, message_of(mend), identity))
    await refusal(room, press(room, room.ben, message_of(mend), identity))
    assert rows(room, "SELECT json_extract(fields, '$.text') FROM drafts") == [(kept["text"],)]


async def test_ids_that_somebody_forged_end_in_one_sentence(room: Room) -> None:
    """Other numbers, other servers' references, stale versions, nonsense: nothing is stored."""
    await propose(room)
    await here(room, room.cleo, room.ben)
    await amend(room, room.ben, OLD.replace("some", "great"))
    under = message(room)
    for identity in (
        "amendment-accept:CAP-01:2",
        "amendment-accept:CAP-77:1",
        "amendment-accept:CAP-01:1:x",
        "amendment-accept:CAP-01:1:1:1",
        "amendment-accept-as:CAP-01:1:1:1:original",
        "amendment-accept-as:CAP-01:1:9:1:editorial",
        "amendment-accept:CAP-01:-1",
        "amendment-accept:CAP-01:99999999999999999999",
        "amendment-second:CAP-01:9",
        "amendment-reject:nonsense:1",
        "amendment-compare:CAP-01:9",
        "amendment-whole:CAP-01:9",
        "amendment-rework:CAP-01:9",
        "amendment-derive:CAP-01:9",
        "amend-anyway:CAP-01:1:nodraft:0",
        "amend:CAP-01:1",
        "amend:CAP-99",
        "history:CAP-01:x",
        "history:CAP-01:0:1:99",
        "history:CAP-01:0:a:b",
        "history-whole:CAP-01:7:8",
    ):
        await refusal(room, press(room, room.ana, under, identity))
    for values in ([], ["x"], ["99"], ["1", "1"]):
        await refusal(room, press(room, room.ana, under, "history-to:CAP-01:0:1", values))
    fields = {"title": "T", "text": OLD, "rationale": "", "addressees": "", "reason": ""}
    for identity in ("amend:CAP-01:9:draft:n", "amend:CAP-01:0:draft:n", "amend:CAP-77:1:draft:n"):
        await refusal(room, submit(room, room.cleo, identity, fields), kept=["drafts"])
    await refusal(
        room, command(room, room.ana, room.rome, "amendment accept", reference="CAP-01", change="?")
    )
    elsewhere = room.env.create_guild("Elsewhere")
    there = elsewhere.create_text_channel("there")
    eve = elsewhere.add_member(room.env.create_user("Eve"), roles=[elsewhere.create_role("Expert")])
    for identity in ("amendment-accept:CAP-01:1", "amendment-whole:CAP-01:1", "history:CAP-01:0"):
        data = {"custom_id": identity, "component_type": int(ComponentType.BUTTON)}
        pressed = interaction(room, eve, InteractionType.MESSAGE_COMPONENT, data, channel=there)
        await refusal(room, pressed)


async def test_an_adopted_text_is_changed_as_it_is_said(room: Room) -> None:
    """Asked privately; wording by a facilitator keeps it adopted, substance reopens it and tells voters."""
    await propose(room)
    await here(room, room.ana, room.ben, room.cleo)
    ballot = await room.open_ballot(references="CAP-01")
    assert "amend:CAP-01" not in controls(card(room, "CAP-01"))
    frozen = room.cleo.slash(room.rome, "amend", reference="CAP-01")
    assert "ballot on this recommendation is open" in await refusal(room, frozen)
    await room.vote(room.ana, ballot, 1, "for")
    await room.close_ballot(ballot)
    assert "amend:CAP-01" in controls(card(room, "CAP-01"))
    await amend(room, room.cleo, OLD.replace("a fuss", "any fuss"))
    await amend(room, room.cleo, OLD.replace("some length", "length"))
    asked = await button(room, room.ana, "amendment-accept", 1)
    assert "needs a new vote" in texts(asked)
    assert controls(message_of(asked)) == ["amendment-accept-as:CAP-01:1:1:1:substantive"]
    forged = press(room, room.ana, message_of(asked), "amendment-accept-as:CAP-01:1:1:1:editorial")
    assert "only a facilitator" in await refusal(room, forged)
    asked = await room.fay.slash(room.rome, "amendment accept", reference="CAP-01", amendment=1)
    wording = "amendment-accept-as:CAP-01:1:1:1:editorial"
    await room.fay.click(message_of(asked), custom_id=wording)
    assert "adopted" in shown(card(room, "CAP-01")).splitlines()[1]
    old = press(room, room.ana, message(room, 2), "amendment-accept-as:CAP-01:2:1:1:substantive")
    assert "changed since you looked" in await refusal(room, old)
    await room.fay.slash(room.rome, "amendment accept", reference="CAP-01", amendment=2, change="substantive")
    assert "under discussion" in shown(card(room, "CAP-01")).splitlines()[1]
    assert "has changed in substance since ballot B1" in "\n".join(dms(room, [room.ana])["Ana"])


async def test_an_amendment_that_breaks_a_silence_says_so_first(room: Room) -> None:
    """The form tells it; who opened it before the silence began is asked; then all is one act."""
    await propose(room, 2)
    await here(room, room.ana, room.ben, room.cleo)
    early = await room.ben.slash(room.rome, "amend", reference="CAP-01")
    prepared = await room.fay.slash(room.rome, "silence start", reference="CAP-01, CAP-02", hours=24.0)
    await room.fay.click(message_of(prepared), custom_id=control(prepared, "ballot-open:"))
    asked = {**filled(early), "text": OLD.replace("some length", "length"), "reason": "Too long."}
    answer = await resubmit(room, room.ben, early, **asked)
    assert "breaks it at once" in texts(answer) and message_of(answer).ephemeral
    assert value(room, "SELECT count(*) FROM amendments") == 0
    edit = await room.ben.click(message_of(answer), custom_id=control(answer, "amend-again:"))
    assert edit.modal is not None and edit.modal["title"] == "Break the silence on CAP-01"
    hint = str(edit.modal)
    assert "breaks B1 at once" in hint and filled(edit) == asked
    done = await room.ben.click(message_of(answer), custom_id=control(answer, "amend-anyway:"))
    assert "You have broken the silence. Amendment 1 to CAP-01 is filed" in texts(done)
    assert "✋ Objection by EU institutions: Too long." in "\n".join(room.posts())
    assert "− “some”" in "\n".join(room.posts())
    assert rows(room, "SELECT state FROM recommendations") == [("admitted",), ("admitted",)]
    assert "Reason" in shown(message(room)) and "amendment-accept:CAP-01:1" in controls(message(room))


async def test_discord_may_archive_lock_or_delete_and_people_may_leave(room: Room) -> None:
    """What was asked for is shown later, in a discussion that is opened again; the decision stands."""
    await propose(room)
    room.env.inject_error("POST", "/channels/*/messages", status=400, code=50083)
    await amend(room, room.ben, OLD.replace("some", "great"))
    assert "great" in shown(message(room)), "an archived thread is woken"
    room.env.inject_error("PATCH", "/channels/*/messages/*", status=400, code=50083, times=2)
    await button(room, room.cleo, "amendment-second")
    await wait(room, 60)
    assert "1 person seconds it." in shown(message(room))
    room.env.inject_error("POST", "/channels/*/messages", status=403, code=160005, times=2)
    await amend(room, room.cleo, OLD.replace("fuss", "noise"))
    await wait(room, 120)
    assert "noise" in shown(message(room, 2)), "a locked one takes it once it is open"
    room.env.backend.delete_channel(discussion(room).id)
    await room.ana.slash(room.rome, "amendment accept", reference="CAP-01", amendment=2)
    await wait(room, 60)
    assert "Accepted: it is in version 2." in shown(message(room, 2))
    assert message(room, 2).channel.id == discussion(room).id
    room.guild.remove_member(room.ben)
    room.env.inject_error("POST", "/users/@me/channels", status=403, code=50007, times=5)
    form = await room.fay.slash(room.rome, "amendment reject", reference="CAP-01", reason="Not now.")
    assert "Amendment 1 to CAP-01 is rejected." in texts(form)
    await room.owner.delete(message(room, 2))
    await room.fay.slash(room.rome, "recommendation", reference="CAP-01")
    assert value(room, "SELECT status FROM amendments WHERE number = 1") == "rejected"


async def test_a_text_rewritten_wholly_is_cut_and_handed_out_whole(room: Room) -> None:
    """2,000 characters of letters with marks, and of markdown: within Discord's limits, in each screen."""
    await propose(room)
    for text in ("e\u0301" * 1000, "*_~|" * 500, "\n".join("# > - x"[:7] for _ in range(250))[:2000]):
        answer = await amend(room, room.ana, text, rationale="`" * 1000, reason="[" * 500)
        number = value(room, "SELECT count(*) FROM amendments")
        made = message(room, number)
        assert 2500 < text_size(made) <= 4000 and "Shortened" in shown(made)
        whole = await button(room, room.obs, "amendment-whole", number)
        (file,) = message_of(whole).attachments
        assert file.filename == f"CAP-01-amendment-{number}.md"
        await room.ana.click(message_of(answer), custom_id=control(answer, "amendment-accept:"))
    await amend(room, room.ben, "u\u0308" * 1000)
    await amend(room, room.cleo, "o\u0308" * 1000)
    await button(room, room.ana, "amendment-accept", 4)
    compared = await button(room, room.obs, "amendment-compare", 5)
    (file,) = message_of(compared).attachments
    assert file.filename == "CAP-01-amendment-5-conflict.md"
    opened = await room.obs.slash(room.rome, "recommendation", reference="CAP-01")
    history = await room.obs.click(message_of(opened), custom_id="history:CAP-01:0")
    assert text_size(message_of(history)) <= 4000
    whole = await room.obs.click(message_of(history), custom_id="history-whole:CAP-01:4:5")
    assert message_of(whole).attachments[0].filename == "CAP-01-4-5.md"


async def test_the_history_shows_any_two_versions(room: Room) -> None:
    """Newest first, in pages, each against the one before until others are chosen."""
    await propose(room)
    opened = await room.cleo.slash(room.rome, "recommendation", reference="CAP-01")
    alone = await room.cleo.click(message_of(opened), custom_id="history:CAP-01:0")
    assert "1 version" in texts(alone) and controls(message_of(alone)) == []
    text = OLD
    for number in range(2, 8):
        text = text.replace("fuss", f"fuss {number},", 1)
        asked = await amend(room, room.ana, text, reason=f"_Reason_ {number}")
        await room.ana.click(message_of(asked), custom_id=control(asked, "amendment-accept:"))
    opened = await room.obs.slash(room.rome, "recommendation", reference="CAP-01")
    first = await room.obs.click(message_of(opened), custom_id="history:CAP-01:0")
    told = texts(first)
    assert "7 versions" in told and "From version 6 to version 7" in told and "**7" in told
    assert "amendment 6, accepted by the author" in told and "\\_Reason\\_ 7" in told
    assert "**2** · " not in told and "substantive change" in told
    second = await room.obs.click(message_of(first), custom_id="history:CAP-01:1:6:7")
    assert "**1** · " in texts(second) and "as proposed" in texts(second)
    chosen = await room.obs.select(message_of(second), ["1"], custom_id="history-from:CAP-01:1:7")
    told = texts(chosen)
    assert "From version 1 to version 7" in told and "**7, 6, 5, 4, 3, 2,\u200b**" in told.replace(
        "\u200b** **", " "
    ).replace("** **", " ")
    turned = await room.obs.select(message_of(chosen), ["2"], custom_id="history-to:CAP-01:1:1")
    assert "From version 1 to version 2" in texts(turned)
    same = await room.obs.select(message_of(turned), ["1"], custom_id="history-to:CAP-01:1:1")
    assert "Both say the same." in texts(same)
