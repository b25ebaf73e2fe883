"""What fuzzing has found in what Discord could deliver, each by itself: a refusal, and no incident."""

from __future__ import annotations

import pytest
from simcord.enums import InteractionType

from tests.chat.acts import interaction, press, refusal
from tests.chat.chat_room import Room, message_of, texts

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def test_what_is_of_another_kind_than_it_says_is_refused(room: Room) -> None:
    """Values that are no list, fields that are none, half of a character, an id that leads on to none."""
    panel = room.message("panel", "ROM")
    for values in (0, None, "x", {"a": 1}, [None, 1]):
        data = {"custom_id": "browse-show", "component_type": 3, "values": values}
        await refusal(
            room, interaction(room, room.ana, InteractionType.MESSAGE_COMPONENT, data, message=panel)
        )
    for components in (None, 1, [None], [{"component": 7}], [{"custom_id": [], "value": None}]):
        form = {"custom_id": "split:CAP-01:1:back\ud800:x", "components": components}
        answer = await interaction(room, room.fay, InteractionType.MODAL_SUBMIT, form)
        assert message_of(answer).content.startswith("✋ ")
    long = {"custom_id": f"argue:CAP-01:{'x' * 80}:n", "components": []}
    told = await interaction(room, room.ana, InteractionType.MODAL_SUBMIT, long)
    assert texts(told).startswith("✋ ")


async def test_options_of_another_kind_than_they_say_are_refused(room: Room) -> None:
    """A number that is a text, a file that is not there, half of a character, a status that is none."""
    options = (
        ("import", {"name": "file", "type": 11, "value": "123"}),
        ("set", {"name": "name", "type": 3, "value": 5}),
        ("set", {"name": "name", "type": 3, "value": "\ud800"}),
        ("set", {"name": "status", "type": 3, "value": "king"}),
    )
    root = room.env.backend.find_command("participants", None, type=1)
    for name, option in options:
        leaf = [{"name": name, "type": 1, "options": [option]}]
        data = {"id": root["id"], "name": "participants", "type": 1, "options": leaf}
        await refusal(room, interaction(room, room.ola, InteractionType.APPLICATION_COMMAND, data))


async def test_a_card_does_not_take_the_place_of_a_sentence(room: Room) -> None:
    """A control that draws a card, pressed on a private sentence: the card is an answer of its own."""
    sentence = await room.ana.slash(room.lobby, "event open", code="ROM")
    assert texts(sentence).startswith("✋ ")
    answer = await press(room, room.ana, message_of(sentence), "browsed:0::::a:")
    assert message_of(answer).id != message_of(sentence).id and message_of(answer).ephemeral
