"""`/recommend`, its form and its card; seconding and withdrawing."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import pytest
from simcord.results import InteractionResult

from tests.chat.acts import (
    anyway,
    command,
    filled,
    modal_fields,
    references,
    refusal,
    resubmit,
    stored,
    submit,
)
from tests.chat.chat_room import TEXT, TITLE, Room, control, message_of, plain, shown, texts
from tests.chat.voting_room import at_once, card, posted, value

FIELDS: dict[str, Any] = {
    "title": TITLE,
    "text": TEXT,
    "rationale": "Because it saves time.",
    "addressees": "",
}

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def form(room: Room, theme: str | None = "CAP") -> InteractionResult:
    """Ana's form, opened and not yet sent."""
    return await room.ana.slash(room.lobby, "recommend", **({"theme": theme} if theme else {}))


async def test_the_form_bounds_its_fields_as_promised(room: Room) -> None:
    """Discord itself keeps people within them."""
    fields = modal_fields(await form(room))
    bounds = {name: (part.get("min_length"), part.get("max_length")) for name, part in fields.items()}
    assert bounds["title"] == (1, 100) and bounds["text"] == (20, 2000)
    assert bounds["rationale"][1] == 1000 and bounds["addressees"][1] == 300
    assert not fields["rationale"]["required"] and not fields["addressees"]["required"]


async def test_fields_at_their_limits_are_taken_whole(room: Room) -> None:
    """And stored as they were sent."""
    limits = [("title", 1), ("title", 100), ("text", 20), ("text", 2000), ("rationale", 1000)]
    for number, (field, length) in enumerate(limits, start=1):
        typed = (f"{number}b {number}" * 1000)[: length - 1] + "c"
        fields = {**FIELDS, "title": f"Number {number}", "text": f"{number} of the texts. " * 3, field: typed}
        await anyway(room, room.ana, await resubmit(room, room.ana, await form(room), **fields))
        assert stored(room, f"CAP-{number:02}")[field] == typed


PAST_LIMITS = [
    ("title", "x" * 101),
    ("title", ""),
    ("title", "   \n "),
    ("title", "\u200b\u2060"),
    ("text", "x" * 19),
    ("text", "x" * 2001),
    ("text", " " * 30),
    ("text", "ab" + "\u200b" * 30),
    ("rationale", "x" * 1001),
    ("addressees", "x" * 301),
]


async def test_fields_past_their_limits_are_refused_and_what_was_typed_is_kept(room: Room) -> None:
    """The field is named, and the form comes again as it was."""
    for field, typed in PAST_LIMITS:
        fields = {**FIELDS, field: typed}
        opened = await form(room)
        answer, told = await answered(room, resubmit(room, room.ana, opened, **fields))
        assert f"“{field.capitalize()}”" in told
        again = await room.ana.click(message_of(answer), custom_id=control(answer, "propose-again:"))
        others = {name: text for name, text in fields.items() if name != field and text}
        assert {**others, "theme": "CAP"}.items() <= filled(again).items()
    assert references(room) == []


async def answered(room: Room, act: Awaitable[InteractionResult]) -> tuple[InteractionResult, str]:
    """A refusal that keeps a draft: what answered, and its sentence."""
    result: list[InteractionResult] = []

    async def doing() -> InteractionResult:
        result.append(await act)
        return result[0]

    told = await refusal(room, doing(), kept=["drafts"])
    return result[0], told


async def test_a_refused_form_outlives_a_restart_and_is_taken_when_mended(room: Room) -> None:
    """Then nothing is kept of the draft."""
    fields = {**FIELDS, "title": ""}
    answer, _ = await answered(room, resubmit(room, room.ana, await form(room), **fields))
    await room.restart()
    again = await room.ana.click(message_of(answer), custom_id=control(answer, "propose-again:"))
    assert filled(again)["rationale"] == FIELDS["rationale"]
    mended = await resubmit(room, room.ana, again, **FIELDS, theme=["TRN"])
    assert "TRN-01 is on the table" in texts(mended)
    assert value(room, "SELECT count(*) FROM drafts") == 0


async def test_the_theme_is_chosen_where_it_is_not_given(room: Room) -> None:
    """Among those of the open event."""
    opened = await form(room, None)
    options = modal_fields(opened)["theme"]["options"]
    assert [option["value"] for option in options] == ["CAP", "TRN"]
    result = await room.ana.submit_modal(opened, {"title": TITLE, "text": TEXT, "theme": ["TRN"]})
    assert "TRN-01 is on the table" in texts(result)


async def test_an_unknown_theme_or_one_of_no_open_event_is_refused(room: Room) -> None:
    """Before a form is opened; in small letters a known one does."""
    await form(room)
    for theme in ("XXX", "SSR", "x" * 6000, "a:b:c", "**CAP**"):
        assert "CAP" in await refusal(room, form(room, theme))
    assert (await form(room, " cap ")).modal is not None


async def test_a_theme_that_was_not_offered_is_refused(room: Room) -> None:
    """However it came into the form; none at all, too."""
    opened = await form(room, None)
    for theme in ("SSR", "XXX", ""):
        _, told = await answered(room, resubmit(room, room.ana, opened, **FIELDS, theme=[theme]))
        assert "theme" in told


async def test_of_several_open_events_the_channel_decides(room: Room) -> None:
    """In another channel a theme of both is asked about; one of a single event is clear anywhere."""
    await room.open_event("BER")
    berlin = room.guild.channels["ber-berlin-seminar"]
    await form(room)
    told = await refusal(room, form(room, "TRN"))
    assert "Rome seminar (ROM)" in told and "Berlin seminar (BER)" in told
    for channel, event in ((berlin, "BER"), (room.rome, "ROM")):
        opened = await room.ana.slash(channel, "recommend", theme="TRN")
        fields = {
            **FIELDS,
            "title": f"Courses for {event}",
            "text": f"Courses that {event} alone would hold.",
        }
        await anyway(room, room.ana, await submit(room, room.ana, opened.modal["custom_id"], fields, channel))  # type: ignore[index]
        assert value(room, "SELECT event FROM recommendations ORDER BY id DESC LIMIT 1") == event
    assert (await form(room, "SSR")).modal is not None
    offered = modal_fields(await form(room, None))["theme"]["options"]
    assert [option["value"] for option in offered] == ["CAP", "TRN", "SSR"]


async def test_addressees_are_entities_by_code_or_title_or_anybody_else(room: Room) -> None:
    """Each once, the entities by their code; on the card they stand by title."""
    addressees = "dpko; UN Department of Peacekeeping Operations, Their ministries\nTheir ministries"
    await room.recommend(room.ana, addressees=addressees)
    assert stored(room)["addressees"] == ["DPKO", "Their ministries"]
    text = plain(shown(card(room, "CAP-01")))
    assert "UN Department of Peacekeeping Operations; Their ministries" in text


async def test_the_same_form_sent_twice_is_stored_once(room: Room) -> None:
    """Both are answered with the same reference, and one card is posted."""
    opened = await form(room)
    for _ in range(2):
        assert "CAP-01 is on the table" in texts(await resubmit(room, room.ana, opened, **FIELDS))
    assert references(room) == ["CAP-01"] and posted(room, "## CAP-01") == 1
    assert value(room, "SELECT count(*) FROM drafts") == 0


async def test_propose_anyway_pressed_twice_at_once_is_stored_once(room: Room) -> None:
    """As from two phones."""
    await room.recommend(room.ben)
    asked = await resubmit(room, room.ana, await form(room), **FIELDS)
    press = (room.ana, message_of(asked), control(asked, "propose-anyway:"))
    await at_once(room, press, press)
    assert references(room) == ["CAP-01", "CAP-02"]


async def test_a_chat_message_becomes_a_proposal(room: Room) -> None:
    """Its first line is the title, the whole of it the text; nothing is stored before the form is sent."""
    message = await room.ben.send(room.lobby, "Share field hospitals\nWhoever deploys next may use them.")
    opened = await room.ana.context_menu(room.lobby, "Recommend this", message)
    assert filled(opened)["title"] == "Share field hospitals"
    assert filled(opened)["text"] == "Share field hospitals\nWhoever deploys next may use them."
    assert references(room) == []


async def test_an_empty_chat_message_opens_an_empty_form(room: Room) -> None:
    """A picture alone has no words."""
    message = await room.ben.send(room.lobby, attachments=[("plan.png", b"png")])
    opened = await room.ana.context_menu(room.lobby, "Recommend this", message)
    assert filled(opened)["title"] == "" and filled(opened)["text"] == ""


async def test_a_chat_message_that_is_too_long_is_cut_and_says_so(room: Room) -> None:
    """Subscribers to Discord write up to 4,000 characters."""
    long = await room.ben.send(room.lobby, "long words")
    room.env.backend.get_message(room.lobby.id, long.id).content = "long words " * 350
    opened = await room.ana.context_menu(room.lobby, "Recommend this", long)
    assert len(filled(opened)["text"]) <= 2000 and len(filled(opened)["title"]) <= 100
    assert "Cut after 2000 characters" in str(opened.modal)


async def test_mentions_in_a_chat_message_read_as_people_saw_them(room: Room) -> None:
    """Not as numbers."""
    message = await room.ben.send(room.lobby, f"As {room.ana.mention} said, share the field hospitals.")
    opened = await room.cleo.context_menu(room.lobby, "Recommend this", message)
    assert filled(opened)["text"] == "As @Ana said, share the field hospitals."


async def test_only_participants_propose(room: Room) -> None:
    """By no road: command, panel, chat message or a form of somebody else's."""
    custom_id = (await form(room)).modal["custom_id"]  # type: ignore[index]
    message = await room.ben.send(room.lobby, "Share field hospitals between missions.")
    for person in (room.obs, room.stranger, room.fay, room.ola):
        await refusal(room, person.slash(room.lobby, "recommend"))
        await refusal(room, person.click(room.message("panel", "ROM"), custom_id="propose"))
        await refusal(room, person.context_menu(room.lobby, "Recommend this", message))
        sent = submit(room, person, custom_id + person.name, FIELDS)
        await refusal(room, sent, kept=["drafts"])
    assert references(room) == []


async def test_others_second_and_the_card_counts(room: Room) -> None:
    """By command or by the card's button, each once; never one's own."""
    await room.recommend(room.ana)
    assert "It now has 1 second." in texts(await room.ben.slash(room.lobby, "second", reference=" cap 1 "))
    assert "It now has 2 seconds." in texts(
        await room.cleo.click(card(room, "CAP-01"), custom_id="second:CAP-01")
    )
    assert "Seconded by 2 people." in shown(card(room, "CAP-01"))
    assert "already" in await refusal(room, room.ben.slash(room.lobby, "second", reference="CAP-01"))
    assert "your own" in await refusal(room, room.ana.slash(room.lobby, "second", reference="CAP-01"))
    for who in (room.obs, room.stranger, room.fay):
        await refusal(room, who.slash(room.lobby, "second", reference="CAP-01"))


async def test_a_reference_that_is_none_is_refused(room: Room) -> None:
    """With what to do, whatever was typed."""
    await room.recommend(room.ana)
    for act in ("second", "withdraw", "recommendation"):
        for reference in (
            "CAP-99",
            "nonsense",
            "CAP-01; --",
            "☃" * 200,
            "x" * 6000,
            "A:B:C",
            "CAP-" + "9" * 30,
        ):
            told = await refusal(room, command(room, room.ana, room.lobby, act, reference=reference))
            assert len(told) < 600


async def test_only_its_author_or_a_facilitator_withdraws(room: Room) -> None:
    """It stays on record, and can neither be seconded nor withdrawn again."""
    await room.ben.click(room.message("panel", "ROM"), custom_id="here")
    await room.proposals("Plan missions together", "Share field hospitals")
    assert "Only its author" in await refusal(
        room, room.ben.slash(room.lobby, "withdraw", reference="CAP-01")
    )
    assert "is withdrawn" in texts(await room.ana.slash(room.lobby, "withdraw", reference="CAP-01"))
    assert "is withdrawn" in texts(await room.fay.slash(room.lobby, "withdraw", reference="CAP-02"))
    assert "withdrawn" in shown(card(room, "CAP-01"))
    await refusal(room, room.ana.slash(room.lobby, "withdraw", reference="CAP-01"))
    await refusal(room, room.ben.slash(room.lobby, "second", reference="CAP-01"))
    await room.recommend(room.ana)
    assert references(room)[-1] == "CAP-03", "a reference is never given again"


async def test_what_is_voted_on_is_neither_withdrawn_nor_seconded(room: Room) -> None:
    """Not by its author either."""
    await room.ben.click(room.message("panel", "ROM"), custom_id="here")
    await room.recommend(room.ana)
    await room.open_ballot()
    await refusal(room, room.ana.slash(room.lobby, "withdraw", reference="CAP-01"))
    await refusal(room, room.ben.slash(room.lobby, "second", reference="CAP-01"))
