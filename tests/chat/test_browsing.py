"""`/recommendations` in pages and `/recommendation` as one card; references as people type them."""

from __future__ import annotations

import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.chat.acts import anyway, command, press, refusal, text_size
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, shown, texts
from tests.chat.voting_room import value

WORDS = [f"{first}{second * 4}" for second in "aeiou" for first in "bdfghjkl"]

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def browse(room: Room, who: MemberActor | None = None, **filters: str) -> InteractionResult:
    return await (who or room.ana).slash(room.lobby, "recommendations", **filters)


async def fill(room: Room, number: int, theme: str = "CAP") -> None:
    """So many recommendations with nothing in common."""
    for n in range(number):
        await room.recommend(room.ana, theme, WORDS[n].title(), " ".join([WORDS[n]] * 6))


async def turn(room: Room, page: InteractionResult, number: int) -> InteractionResult:
    return await room.ana.click(message_of(page), custom_id=control(page, f"browsed:{number}:"))


async def test_pages_are_turned_in_place_to_the_last(room: Room) -> None:
    """32 recommendations in pages of six; what stands at the ends cannot be pressed."""
    await fill(room, 32)
    page = await browse(room)
    assert texts(page).startswith("## 32 recommendations") and "Page 1 of 6" in texts(page)
    assert not any(c.startswith("browsed:-1") for c in controls(message_of(page)))
    seen = texts(page)
    for number in range(1, 6):
        page = await turn(room, page, number)
        assert f"Page {number + 1} of 6" in texts(page)
        seen += texts(page)
    assert all(f"**CAP-{number:02}**" in seen for number in range(1, 33))
    assert not any(c.startswith("browsed:6") for c in controls(message_of(page)))
    offered = await room.ana.autocomplete(room.lobby, "recommendation", "reference", "cap")
    assert len(offered) == 25, "as many as Discord takes"
    await room.restart()
    assert "Page 5 of 6" in texts(await turn(room, page, 4)), "the pages outlive a restart"


async def test_a_page_that_is_no_longer_there_is_the_last_one(room: Room) -> None:
    """Whatever number was forged."""
    await fill(room, 8)
    page = message_of(await browse(room))
    for number in ("7", "999999999999999999", "-5", str(2**63 - 1)):
        result = await press(room, room.ana, page, f"browsed:{number}::::a:")
        assert "of 2" in texts(result), number


async def test_nothing_found_says_what_to_do(room: Room) -> None:
    """In private."""
    result = await browse(room)
    assert message_of(result).ephemeral and "No recommendation fits" in texts(result)


async def test_filters_narrow_the_list_and_stay_while_turning(room: Room) -> None:
    """Theme, state and words together."""
    await fill(room, 8, "TRN")
    await room.recommend(
        room.ben, "CAP", "Amber alerts for both", "Both houses warn each other in good time."
    )
    await room.ben.slash(room.lobby, "withdraw", reference="CAP-01")
    page = await browse(room, theme=" trn ", state="admitted")
    assert "8 recommendations" in texts(page)
    page = await turn(room, page, 1)
    assert "TRN-08" in texts(page) and "CAP-01" not in texts(page)
    found = texts(await browse(room, state="withdrawn", text="ÀMBER"))
    assert "1 recommendation" in found and "CAP-01" in found
    assert "8 recommendations" in texts(await browse(room, theme="TRN", event=" rom "))
    assert "No recommendation fits" in texts(await browse(room, event="BER"))
    assert "There is no theme XX" in await refusal(room, browse(room, theme="XX"))
    assert "There is no event XX" in await refusal(room, browse(room, event="XX"))


async def test_what_needs_ones_vote_and_what_is_ones_own(room: Room) -> None:
    """Each for the person who asks, by a command or a tap; voting takes it off the list."""
    await fill(room, 2)
    await room.recommend(room.ben, "CAP", "Amber alerts", "Both houses warn each other in good time.")
    nothing = await browse(room, room.ben, show="vote")
    assert "Nothing here needs your vote" in texts(nothing)
    ballot = await room.open_ballot()
    await room.vote(room.ben, ballot, 2, "for")
    waiting = await room.ben.click(message_of(nothing), custom_id=control(nothing, "browsed:0::::a:"))
    waiting = await room.ben.click(message_of(waiting), custom_id=control(waiting, "browsed:0::::v:"))
    assert "2 recommendations need your vote" in texts(waiting) and "CAP-02" not in texts(waiting)
    assert "3 recommendations need your vote" in texts(await browse(room, show="vote"))
    mine = await room.ben.click(message_of(waiting), custom_id=control(waiting, "browsed:0::::m:"))
    assert "1 recommendation of yours" in texts(mine) and "CAP-03" in texts(mine)
    for who in (room.obs, room.stranger):
        assert "Nothing here needs your vote" in texts(await browse(room, who, show="vote"))
    await room.close_ballot(ballot)
    assert "Nothing here needs your vote" in texts(await browse(room, show="vote"))


async def test_signs_in_a_search_stand_for_themselves(room: Room) -> None:
    """Percent and underscore find percent and underscore."""
    await room.recommend(
        room.ana, "CAP", "Spend 5% on exercises", "Five in a hundred of the budget for exercises."
    )
    await room.recommend(
        room.ana, "CAP", "Rename the file plan_b", "It is hard to find under its present name."
    )
    for text, found in (("%", "CAP-01"), ("5%", "CAP-01"), ("_", "CAP-02"), ("plan_b", "CAP-02")):
        result = texts(await browse(room, text=text))
        assert result.startswith("## 1 recommendation") and found in result, text
    for text in ("\\", "%%", "*", "?", "'; DROP TABLE people; --"):
        assert "No recommendation fits" in texts(await browse(room, text=text)), text


async def test_the_longest_search_fits_its_page_buttons(room: Room) -> None:
    """Colons in it, too, with all other filters beside it."""
    searches = (":" * 50, "a:b" * 16 + "zz", "😀" * 50, "é" * 50)
    for number in range(7):
        text = f"{' '.join([WORDS[number] * 3] * 20)} {' '.join(searches)}"
        await anyway(room, room.ana, await room.recommend(room.ana, "CAP", WORDS[number], text))
    for search in searches:
        page = await browse(room, theme="CAP", state="admitted", event="ROM", show="mine", text=search)
        assert "7 recommendations of yours" in texts(page), search
        assert "CAP-07" in texts(await turn(room, page, 1))
        assert all(len(identity) <= 100 for identity in controls(message_of(page)))


async def test_one_of_the_page_is_read_by_choosing_it(room: Room) -> None:
    """Its card in private, with a way to its discussion."""
    await fill(room, 3)
    page = await browse(room)
    result = await room.ana.select(message_of(page), ["CAP-02"], custom_id="browse-show")
    assert message_of(result).ephemeral and "## CAP-02 · Daaaa" in texts(result)
    assert "Go to the discussion" in texts(result)


async def test_a_forged_choice_or_state_is_refused(room: Room) -> None:
    """One sentence each."""
    await fill(room, 1)
    page = message_of(await browse(room))
    for values in ([], ["CAP-01", "CAP-01"], ["CAP-99"], [""]):
        await refusal(room, press(room, room.ana, page, "browse-show", values))
    for forged in ("0::no-state::a:", "0:XX:::a:", "0:::XX:a:", "0::::x:", "0::::", "x::::a:"):
        await refusal(room, press(room, room.ana, page, f"browsed:{forged}"))
    await refusal(room, command(room, room.ana, room.lobby, "recommendations", state="no-state"))
    await refusal(room, command(room, room.ana, room.lobby, "recommendations", show="no-show"))


async def test_a_reference_is_understood_however_it_is_spelled(room: Room) -> None:
    """As people type on phones."""
    await room.recommend(room.ana)
    for typed in ("cap 1", "CAP-1", " cap-01 ", "CAP–01", "cap-001"):
        result = await room.ben.slash(room.lobby, "recommendation", reference=typed)
        assert texts(result).startswith("## CAP-01 ·"), typed


async def test_observers_and_strangers_may_look(room: Room) -> None:
    """Browsing is for everybody in the server, and registers nobody."""
    await room.recommend(room.ana)
    people = value(room, "SELECT count(*) FROM people")
    for who in (room.obs, room.stranger):
        assert "CAP-01" in texts(await browse(room, who))
        result = await who.slash(room.lobby, "recommendation", reference="CAP-01")
        assert not refused(result)
    assert value(room, "SELECT count(*) FROM people") == people


async def test_a_card_whose_post_is_gone_can_be_read_all_the_same(room: Room) -> None:
    """It comes from the store."""
    await room.recommend(room.ana)
    room.env.backend.delete_channel(room.rome.id)
    await room.env.settle()
    assert "CAP-01" in texts(await room.ben.slash(room.lobby, "recommendation", reference="CAP-01"))


async def test_references_are_suggested_while_typing(room: Room) -> None:
    """By reference or by words of the title."""
    await fill(room, 8)
    for typed, first in (("cap-0", "CAP-01"), ("cap 3", "CAP-03"), (WORDS[7], "CAP-08"), ("", "CAP-01")):
        offered = await room.ana.autocomplete(room.lobby, "recommendation", "reference", typed)
        assert offered[0]["value"] == first, typed
    assert await room.ana.autocomplete(room.lobby, "recommendation", "reference", "%") == []


async def test_another_servers_recommendations_are_not_found(room: Room) -> None:
    """Two servers with an initiative each, in one store: neither sees the other's."""
    await room.recommend(room.ana)
    other = Room(room.env, room.settings)
    await other.load()
    await other.open_event()
    await other.recommend(other.ben, "TRN", "Joint courses", "Planners of both houses train together.")
    assert "TRN-01" in shown(other.message("card", "TRN-01"))
    for act in ("recommendation", "second", "withdraw"):
        told = await refusal(other, other.ben.slash(other.lobby, act, reference="CAP-01"))
        assert "There is no recommendation CAP-01 here" in told
    assert "CAP-01" not in texts(await browse(other, other.ben))
    assert await other.ben.autocomplete(other.lobby, "recommendation", "reference", "CAP") == []
    card = room.message("card", "CAP-01")
    await refusal(room, press(room, room.ana, card, "second:TRN-01"))
    assert "CAP-01" in plain(texts(await browse(room)))


async def test_the_longest_page_fits(room: Room) -> None:
    """Six titles of a hundred characters that all need escaping."""
    for number in range(6):
        letter = chr(97 + number)
        await room.recommend(room.ana, "CAP", letter * 4 + "_" * 96, f"{letter * 3} " * 20)
    page = message_of(await browse(room))
    assert text_size(page) <= 4000 and "CAP-06" in shown(page)
