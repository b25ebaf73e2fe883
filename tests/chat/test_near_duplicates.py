"""What reads much like a recommendation that is there: shown before posting, decided by a person."""

from __future__ import annotations

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.chat.acts import filled, press, references, refusal, resubmit, stored, submit, text_size
from tests.chat.chat_room import TEXT, TITLE, Room, control, controls, message_of, texts
from tests.chat.voting_room import rows, value

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def asked(room: Room, who: MemberActor | None = None) -> InteractionResult:
    """The question that follows a proposal Ben has made before."""
    if not references(room):
        await room.recommend(room.ben)
    answer = await room.recommend(who or room.ana, rationale="It saves time.", addressees="DPKO")
    assert "Is this already on the table?" in texts(answer)
    return answer


async def test_the_likest_are_shown_before_anything_is_posted(room: Room) -> None:
    """In private, with three ways on; so far nothing is on the table."""
    answer = await asked(room)
    assert message_of(answer).ephemeral and "CAP-01" in texts(answer)
    names = [identity.partition(":")[0] for identity in controls(message_of(answer))]
    assert names == ["second-instead", "propose-anyway", "propose-again"]
    assert references(room) == ["CAP-01"]


async def test_propose_anyway_puts_it_on_the_table_whole(room: Room) -> None:
    """With every field; also after a restart."""
    answer = await asked(room)
    await room.restart()
    done = await room.ana.click(message_of(answer), custom_id=control(answer, "propose-anyway:"))
    assert "CAP-02 is on the table" in texts(done)
    assert stored(room, "CAP-02") == {
        "title": TITLE,
        "text": TEXT,
        "rationale": "It saves time.",
        "addressees": ["DPKO"],
    }
    again = room.ana.click(message_of(answer), custom_id=control(answer, "propose-anyway:"))
    assert "no longer waiting" in await refusal(room, again)


async def test_the_other_one_can_be_seconded_instead(room: Room) -> None:
    """Then one's own is not kept."""
    answer = await asked(room)
    done = await room.ana.click(message_of(answer), custom_id=control(answer, "second-instead:CAP-01:"))
    assert "You second CAP-01. It now has 1 second." in texts(done)
    assert references(room) == ["CAP-01"] and value(room, "SELECT count(*) FROM drafts") == 0


async def test_ones_own_earlier_one_cannot_be_seconded_instead(room: Room) -> None:
    """And the draft is still there to be proposed."""
    answer = await asked(room, room.ben)
    second = room.ben.click(message_of(answer), custom_id=control(answer, "second-instead:CAP-01:"))
    assert "your own" in await refusal(room, second)
    done = await room.ben.click(message_of(answer), custom_id=control(answer, "propose-anyway:"))
    assert "CAP-02 is on the table" in texts(done)


async def test_it_can_be_edited_first(room: Room) -> None:
    """The form comes with everything typed; different enough, it is taken without a question."""
    answer = await asked(room)
    again = await room.ana.click(message_of(answer), custom_id=control(answer, "propose-again:"))
    typed = filled(again)
    assert typed == {
        "title": TITLE,
        "text": TEXT,
        "rationale": "It saves time.",
        "theme": "CAP",
        "addressees": "DPKO",
    }
    fields = {**typed, "title": "Share field hospitals", "text": "Whoever deploys next may use them."}
    done = await resubmit(room, room.ana, again, **{**fields, "theme": ["CAP"]})
    assert "CAP-02 is on the table" in texts(done)


async def test_what_was_refused_after_the_question_can_be_mended(room: Room) -> None:
    """The event was closed in between: the draft waits until it is open again."""
    answer = await asked(room)
    await room.ola.slash(room.lobby, "event close", code="ROM")
    pressed: list[InteractionResult] = []

    async def press_anyway() -> InteractionResult:
        button = control(answer, "propose-anyway:")
        pressed.append(await room.ana.click(message_of(answer), custom_id=button))
        return pressed[0]

    assert "No event is open" in await refusal(room, press_anyway())
    await room.open_event()
    again = await room.ana.click(message_of(pressed[0]), custom_id=control(pressed[0], "propose-again:"))
    assert filled(again)["title"] == TITLE


async def test_somebody_elses_draft_is_not_found(room: Room) -> None:
    """By no control, even with its id; and its author still has it."""
    answer = await asked(room)
    draft = control(answer, "propose-anyway:").partition(":")[2]
    panel = room.message("panel", "ROM")
    for act in ("propose-anyway", "propose-again"):
        assert "no longer waiting" in await refusal(room, press(room, room.cleo, panel, f"{act}:{draft}"))
    await press(room, room.cleo, panel, f"second-instead:CAP-01:{draft}")
    fields = {
        "title": "Mine now",
        "text": "This is written over Ana's draft.",
        "rationale": "",
        "addressees": "",
    }
    theirs = submit(room, room.cleo, f"recommend:CAP:{draft}:x", fields)
    assert "no longer waiting" in await refusal(room, theirs)
    done = await room.ana.click(message_of(answer), custom_id=control(answer, "propose-anyway:"))
    assert f"CAP-02 is on the table: “{TITLE}”" in texts(done)


async def test_drafts_wait_for_a_week(room: Room) -> None:
    """Then they go with the next form that is sent."""
    answer = await asked(room)
    await room.env.advance_time(8 * 24 * 3600)
    await room.recommend(room.cleo, "TRN")
    assert rows(room, "SELECT count(*) FROM drafts") == [(0,)]
    late = room.ana.click(message_of(answer), custom_id=control(answer, "propose-anyway:"))
    assert "no longer waiting" in await refusal(room, late)


async def test_withdrawn_ones_and_other_themes_are_no_duplicates(room: Room) -> None:
    """They are not in the way."""
    await room.recommend(room.ben)
    assert "TRN-01 is on the table" in texts(await room.recommend(room.ana, "TRN"))
    await room.ben.slash(room.lobby, "withdraw", reference="CAP-01")
    assert "CAP-02 is on the table" in texts(await room.recommend(room.ana))


async def test_three_long_ones_fit_the_question(room: Room) -> None:
    """With titles and texts that all need escaping."""
    title, text = "_" * 94, "*under_scored* " * 130
    for number in range(4):
        answer = await room.recommend(room.ben, "CAP", f"{title} {number}", text)
        anyway = [c for c in controls(message_of(answer)) if c.startswith("propose-anyway")]
        assert number == 0 or text_size(message_of(answer)) <= 4000
        for button in anyway:
            await room.ben.click(message_of(answer), custom_id=button)
    assert len(references(room)) == 4
