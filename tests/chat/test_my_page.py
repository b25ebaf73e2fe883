"""One's own page: what is known of oneself here, for oneself alone."""

from __future__ import annotations

import pytest

from tests.chat.acts import refusal, text_size
from tests.chat.chat_room import Room, control, controls, message_of, texts
from tests.small_initiative import INITIATIVE

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_who_is_not_registered_is_told_how_to_begin(room: Room) -> None:
    """Looking at it registers nobody."""
    result = await room.ana.slash(room.lobby, "me show")
    assert message_of(result).ephemeral
    assert "You are not registered yet" in texts(result) and "None yet." in texts(result)


async def test_it_shows_registration_and_own_recommendations(room: Room) -> None:
    """One's own, not other people's; from the panel the same."""
    await room.recommend(room.ana)
    await room.recommend(
        room.ben, "TRN", "Joint courses for planners", "Planners of both houses train together."
    )
    page = texts(await room.ana.slash(room.lobby, "me show"))
    assert "speak for United Nations" in page
    assert "CAP-01" in page and "TRN-01" not in page
    assert texts(await room.ana.click(room.message("panel", "ROM"), custom_id="my-page")) == page


async def test_an_observers_page_says_so(room: Room) -> None:
    """After the first act as one."""
    await room.obs.click(room.message("panel", "ROM"), custom_id="here")
    assert "as an observer" in texts(await room.obs.slash(room.lobby, "me show"))


async def test_a_withdrawn_recommendation_stays_on_the_page(room: Room) -> None:
    """With its state."""
    await room.recommend(room.ana)
    await room.ana.slash(room.lobby, "withdraw", reference="CAP-01")
    assert "withdrawn" in texts(await room.ana.slash(room.lobby, "me show"))


async def test_a_long_page_fits(room: Room) -> None:
    """The newest ten with the longest titles, and how many more there are."""
    for number in range(12):
        title = f"{number:02}" + chr(97 + number) * 3 + "_" * 95
        await room.recommend(room.ana, "CAP", title, f"{chr(97 + number) * 4} " * 10)
    result = await room.ana.slash(room.lobby, "me show")
    assert "CAP-12" in texts(result) and "CAP-02" not in texts(result).split("and 2 more")[0]
    assert "and 2 more" in texts(result)
    assert text_size(message_of(result)) <= 4000


async def test_its_buttons_lead_on(room: Room) -> None:
    """To what can be voted on, and to help."""
    result = await room.ana.slash(room.lobby, "me show")
    assert controls(message_of(result)) == ["vote-list", "help"]
    for button in controls(message_of(result)):
        assert message_of(await room.ana.click(message_of(result), custom_id=button)).ephemeral


async def test_a_constituency_that_is_gone_from_the_initiative_does_not_break_the_page(room: Room) -> None:
    """One is registered, and is asked again when it comes to voting."""
    await room.recommend(room.ben)
    block = '[[constituencies]]\ncode = "EU"\ntitle = "EU institutions"\nroles = ["EU"]\n'
    assert block in INITIATIVE
    shown = await room.load_bytes(INITIATIVE.replace(block, "").encode(), room.ola)
    await room.ola.click(message_of(shown), custom_id=control(shown, "initiative-apply:"))
    page = texts(await room.ben.slash(room.lobby, "me show"))
    assert "You are registered as a participant." in page and "CAP-01" in page
    assert "CAP-01" in texts(await room.ana.slash(room.lobby, "recommendation", reference="CAP-01"))


async def test_before_an_initiative_is_loaded_there_is_no_page(empty_room: Room) -> None:
    """One sentence says so."""
    assert "no initiative yet" in await refusal(empty_room, empty_room.ana.slash(empty_room.lobby, "me show"))
