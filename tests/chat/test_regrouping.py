"""`/moderate merge`, `split` and `undo`: forms filled in advance, refusals that lose nothing, a way back."""

from __future__ import annotations

import pytest
from simcord.results import InteractionResult

from tests.chat.acts import filled, mentions_allowed, modal_fields, press, refusal, resubmit, submit
from tests.chat.chat_room import Room, control, controls, message_of, refused, shown, texts
from tests.chat.voting_room import at_once, card, dms, rows, value

pytestmark = pytest.mark.usefixtures("nothing_failed")

PLAN, SHARE, TRAIN = "Plan missions together", "Share field hospitals", "Train police units"
TEXT = "Both sides plan missions together, and share field hospitals while they serve."


async def three(room: Room) -> None:
    """CAP-01 by Ana, CAP-02 by Ben, CAP-03 by Cleo, each with a discussion."""
    for who, title in ((room.ana, PLAN), (room.ben, SHARE), (room.cleo, TRAIN)):
        await room.recommend(who, "CAP", title, f"{title}, at some length.", "It saves time.", "DPKO")


async def sent(room: Room, form: InteractionResult, **changed: str) -> InteractionResult:
    """The form as it was offered, but for what is changed, submitted by Fay."""
    return await room.fay.submit_modal(form, {**filled(form), **changed})


def states(room: Room) -> list[str]:
    return [state for (state,) in rows(room, "SELECT state FROM recommendations ORDER BY id")]


def discussion(room: Room, reference: str) -> list[str]:
    thread = next(one for one in room.rome.threads if (one.name or "").startswith(reference))
    return [shown(message) for message in thread.history()]


async def test_two_are_merged_into_one_and_the_merge_is_undone_from_the_discussion(room: Room) -> None:
    """The form offers all texts; cards, discussions and authors show what was done and what was undone."""
    await three(room)
    await room.ana.slash(room.lobby, "second", reference="CAP-02")
    offered = await room.fay.autocomplete(room.rome, "moderate merge", "reference", "CAP-02, tra")
    assert [choice["value"] for choice in offered] == ["CAP-02, CAP-03"]
    form = await room.fay.slash(room.rome, "moderate merge", reference="cap 2, CAP-03", into="CAP-01")
    assert form.modal is not None and form.modal["title"] == "Merge into CAP-01"
    assert filled(form) == {
        "title": PLAN,
        "text": f"{PLAN}, at some length.\n\n{SHARE}, at some length.\n\n{TRAIN}, at some length.",
        "rationale": "It saves time.",
        "addressees": "DPKO",
        "reason": "",
    }
    done = await sent(room, form, text=TEXT, reason="All of *one* kind.")
    assert "CAP-02 and CAP-03 were merged into CAP-01, which is in version 2 now." in texts(done)
    assert message_of(done).ephemeral
    survivor = shown(card(room, "CAP-01"))
    assert TEXT in survivor and "proposed by Ana, with Ben and Cleo" in survivor
    assert "Takes in CAP-02 and CAP-03." in survivor
    assert "1 more person seconded what it came from." in survivor
    assert "Merged into CAP-01." in shown(card(room, "CAP-02"))
    assert not any(made.startswith("second") for made in controls(card(room, "CAP-02")))
    (told,) = [text for text in discussion(room, "CAP-01") if "were merged into" in text]
    assert "Reason: “All of \\*one\\* kind.”" in told and "Undo" in told
    assert any(
        "was merged into CAP-01, where the discussion goes on" in t for t in discussion(room, "CAP-02")
    )
    assert {
        name: len(found) for name, found in dms(room, [room.ana, room.ben, room.cleo, room.fay]).items()
    } == {
        "Ana": 1,
        "Ben": 1,
        "Cleo": 1,
        "Fay": 0,
    }
    assert all(allowed.get("parse") == [] for allowed in mentions_allowed(room)[-10:])
    for who, act in ((room.ben, "second"), (room.cleo, "withdraw")):
        told = await refusal(room, who.slash(room.rome, act, reference="CAP-03"))
        assert "It was merged into CAP-01." in told, act

    # The button stands where everybody sees it, and is a facilitator's alone; two presses are one.
    message = next(
        m
        for thread in room.rome.threads
        for m in thread.history()
        if any(made.startswith("regroup-undo") for made in controls(m))
    )
    (undo,) = controls(message)
    assert "Only facilitators" in await refusal(room, press(room, room.ana, message, undo))
    await room.restart()
    answers = await at_once(room, (room.fay, message, undo), (room.fay, message, undo))
    assert sorted(map(refused, answers)) == [False, True]
    assert any("The merge is undone: CAP-02 and CAP-03 stand for themselves" in texts(a) for a in answers)
    assert any("This was undone already." in texts(a) for a in answers)
    assert states(room) == ["admitted"] * 3
    survivor = shown(card(room, "CAP-01"))
    assert (
        f"{PLAN}, at some length." in survivor and "Takes in" not in survivor and "with Ben" not in survivor
    )
    assert "Merged into" not in shown(card(room, "CAP-02"))
    assert any("stands for itself again" in text for text in discussion(room, "CAP-02"))
    assert "Undone" not in await refusal(room, press(room, room.fay, message, "regroup-undo:99999"))


async def test_a_refused_merge_keeps_what_was_typed_and_a_form_sent_twice_merges_once(room: Room) -> None:
    """What changed while it was written is not overwritten; a role lost in between stops it."""
    await three(room)
    form = await room.fay.slash(room.rome, "moderate merge", reference="CAP-02", into="CAP-01")
    other = await room.fay.slash(room.rome, "moderate merge", reference="CAP-03", into="CAP-01")
    await sent(room, other)
    late = await resubmit(
        room, room.fay, form, title="Plan it all", text=TEXT, rationale="", addressees="X, Y"
    )
    assert refused(late) and "The text of CAP-01 has changed since this form was opened" in texts(late)
    room.env.backend.edit_member(room.guild.id, room.fay.id, {"role_ids": []})
    denied = await press(room, room.fay, message_of(late), control(late, "merge-again:"))
    assert refused(denied) and "Only facilitators" in texts(denied)
    role = room.guild.roles["Facilitator"].id
    room.env.backend.edit_member(room.guild.id, room.fay.id, {"role_ids": [role]})
    await room.restart()
    again = await room.fay.click(message_of(late), custom_id=control(late, "merge-again:"))
    assert filled(again) == {
        "title": "Plan it all",
        "text": TEXT,
        "rationale": "",
        "addressees": "X, Y",
        "reason": "",
    }
    typed = filled(again)
    short = await resubmit(room, room.fay, again, **{**typed, "text": "Too short."})
    assert refused(short) and "at least 20" in texts(short)
    again = await room.fay.click(message_of(short), custom_id=control(short, "merge-again:"))
    assert filled(again)["text"] == "Too short."
    room.env.backend.edit_member(room.guild.id, room.fay.id, {"role_ids": []})
    lost = await resubmit(room, room.fay, again, **typed)
    assert refused(lost) and "Only facilitators" in texts(lost) and states(room)[1] == "admitted"
    room.env.backend.edit_member(room.guild.id, room.fay.id, {"role_ids": [role]})
    first = await resubmit(room, room.fay, again, **typed)
    second = await resubmit(room, room.fay, again, **typed)
    assert texts(first) == texts(second) and "CAP-02 was merged into CAP-01" in texts(first)
    assert value(room, "SELECT count(*) FROM regroupings") == 2
    assert rows(room, "SELECT addressees FROM versions ORDER BY recommendation_id, number DESC")[0] == (
        '["X", "Y"]',
    )
    assert value(room, "SELECT count(*) FROM drafts") == 0
    # The text moved on with the second merge: the first is no longer undone before it.
    (one, two) = [number for (number,) in rows(room, "SELECT id FROM regroupings ORDER BY id")]
    panel = room.message("panel", "ROM")
    told = await refusal(room, press(room, room.fay, panel, f"regroup-undo:{one}"))
    assert "has changed since the merge" in told
    await room.env.advance_time(3601)
    for which in (one, two):
        assert "within an hour" in await refusal(room, press(room, room.fay, panel, f"regroup-undo:{which}"))
    late_undo = room.fay.slash(room.lobby, "moderate undo", reference="CAP-03")
    assert "within an hour" in await refusal(room, late_undo)


async def test_what_cannot_be_merged_is_refused_before_anything_is_written(room: Room) -> None:
    """Itself, one that is gone, a ring, one under vote; forged forms and other people's drafts."""
    await three(room)
    for reference, into, why in (
        ("CAP-01", "cap-1", "cannot be merged into itself"),
        ("CAP-02, cap-2", "CAP-01", "is named twice"),
        ("CAP-02, CAP-77", "CAP-01", "There is no recommendation CAP-77"),
        (",", "CAP-01", "Name at least one"),
    ):
        act = room.fay.slash(room.rome, "moderate merge", reference=reference, into=into)
        assert why in await refusal(room, act)
    assert "Only facilitators" in await refusal(
        room, room.ana.slash(room.rome, "moderate merge", reference="CAP-02", into="CAP-01")
    )
    form = await room.fay.slash(room.rome, "moderate merge", reference="CAP-02", into="CAP-01")
    await sent(room, form)
    ring = room.fay.slash(room.rome, "moderate merge", reference="CAP-01", into="CAP-02")
    assert "It was merged into CAP-01." in await refusal(room, ring)
    await room.cleo.slash(room.rome, "withdraw", reference="CAP-03")
    gone = room.fay.slash(room.rome, "moderate merge", reference="CAP-01", into="CAP-03")
    assert "CAP-03: This recommendation is withdrawn" in await refusal(room, gone)
    await room.proposals("Map all mines")
    form = await room.fay.slash(room.rome, "moderate merge", reference="CAP-04", into="CAP-01")
    split = await room.fay.slash(room.rome, "moderate split", reference="CAP-04")
    await room.open_ballot(references="CAP-04")
    for name, options in (
        ("merge", {"reference": "CAP-04", "into": "CAP-01"}),
        ("merge", {"reference": "CAP-01", "into": "CAP-04"}),
        ("split", {"reference": "CAP-04"}),
    ):
        act = room.fay.slash(room.rome, f"moderate {name}", **options)
        assert "A ballot on this recommendation is open" in await refusal(room, act)
    for opened in (form, split):
        late = await resubmit(room, room.fay, opened, **filled(opened))
        assert refused(late), texts(late)
    assert states(room) == ["admitted", "merged", "withdrawn", "voting"]
    assert form.modal is not None
    theirs = form.modal["custom_id"]
    for made in (theirs, "merge:nothing:n", "merge:x", "split:CAP-01:1:nothing", "split:CAP-01:x:d:n"):
        await refusal(room, submit(room, room.ola, made, {"text": TEXT, "into": "CAP-01"}), kept=["drafts"])
    await refusal(
        room, press(room, room.fay, room.message("panel", "ROM"), "split-again:" + theirs.split(":")[1])
    )
    kept = submit(
        room, room.fay, theirs, {"text": TEXT, "title": PLAN, "into": "CAP-03", "references": "CAP-01"}
    )
    assert "CAP-04: A ballot on this recommendation is open" in await refusal(room, kept)


async def test_one_is_split_in_two_and_made_whole_again(room: Room) -> None:
    """The parts have their own cards and discussions; undone, they lead to the whole."""
    await three(room)
    form = await room.fay.slash(room.rome, "moderate split", reference="CAP-01")
    assert list(modal_fields(form)) == ["first_title", "first_text", "second_title", "second_text", "reason"]
    whole = f"{PLAN}, at some length."
    assert filled(form) == {
        "first_title": PLAN,
        "first_text": whole,
        "second_title": PLAN,
        "second_text": whole,
        "reason": "",
    }
    same = await sent(room, form)
    assert refused(same) and "Two parts say the same" in texts(same)
    again = await room.fay.click(message_of(same), custom_id=control(same, "split-again:"))
    done = await sent(room, again, second_title="Learn together", reason="Two subjects.")
    assert "CAP-01 was split into CAP-04 and CAP-05." in texts(done)
    assert "Split into CAP-04 and CAP-05." in shown(card(room, "CAP-01"))
    part = shown(card(room, "CAP-05"))
    assert (
        "Learn together" in part and "Part of CAP-01, which was split." in part and "proposed by Ana" in part
    )
    assert "It saves time." in part and "UN Department of Peacekeeping Operations" in part
    assert "second:CAP-05" in controls(card(room, "CAP-05"))
    assert {(thread.name or "")[:6] for thread in room.rome.threads} >= {"CAP-04", "CAP-05"}
    assert any("was split into CAP-04 and CAP-05" in text for text in discussion(room, "CAP-01"))
    assert ["was split into" in told for told in dms(room, [room.ana])["Ana"]] == [True]
    await room.ben.click(card(room, "CAP-05"), custom_id="second:CAP-05")
    undone = await room.fay.click(message_of(done), custom_id=control(done, "regroup-undo:"))
    assert "The split is undone: CAP-01 stands again, and CAP-04 and CAP-05 lead to it." in texts(undone)
    assert states(room) == ["admitted"] * 3 + ["merged"] * 2
    whole_card = shown(card(room, "CAP-01"))
    assert "Has its parts CAP-04 and CAP-05 back." in whole_card
    assert "1 more person seconded what it came from." in whole_card
    assert "Back in CAP-01, of which it was a part." in shown(card(room, "CAP-05"))
    told = await refusal(room, room.cleo.slash(room.rome, "second", reference="CAP-05"))
    assert "It was merged into CAP-01." in told
    nothing = room.fay.slash(room.lobby, "moderate undo", reference="CAP-01")
    assert "neither merged nor split" in await refusal(room, nothing)


async def test_texts_that_are_too_long_together_are_offered_alone_and_say_so(room: Room) -> None:
    """Of 2,000 characters with marks that combine, which fit the form exactly."""
    long = ("e\u0301 " * 1000)[:1999] + "."
    await room.recommend(room.ana, "CAP", PLAN, long)
    await room.recommend(room.ben, "CAP", SHARE, f"{SHARE}, at some length.")
    form = await room.fay.slash(room.rome, "moderate merge", reference="CAP-02", into="CAP-01")
    assert filled(form)["text"] == long
    assert form.modal is not None and "Of CAP-01 alone: all together are too long." in str(form.modal)
    done = await sent(room, form)
    assert "which is in version 1 now" in texts(done), "its own words are no new version"
    split = await room.fay.slash(room.rome, "moderate split", reference="CAP-01")
    done = await sent(room, split, second_title=SHARE)
    assert "CAP-01 was split into CAP-03 and CAP-04." in texts(done)
