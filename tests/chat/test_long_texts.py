"""A text that is too long for its card, and changes."""

from __future__ import annotations

from tests.chat.acts import filled
from tests.chat.chat_room import Room, shown


async def test_what_does_not_fit_the_card_stands_in_the_discussion_in_each_version(room: Room) -> None:
    """Once for each, and only where text or rationale is another one."""
    await room.recommend(room.ana, "CAP", "Long", "Some plain words here. " * 80, "Because of this. " * 50)
    form = await room.ben.slash(room.rome, "amend", reference="CAP-01")
    await room.ben.submit_modal(form, {**filled(form), "rationale": "Because of that. " * 50})
    await room.ana.slash(room.rome, "amendment accept", reference="CAP-01")
    form = await room.ana.slash(room.rome, "amend", reference="CAP-01")
    await room.ana.submit_modal(form, {**filled(form), "title": "Longer"})
    await room.ana.slash(room.rome, "amendment accept", reference="CAP-01")
    await room.ben.slash(room.rome, "second", reference="CAP-01")
    (thread,) = room.rome.threads
    said = [shown(message) for message in thread.history()]
    whole = [text for text in said if text.startswith("**Rationale**\n")]
    assert [text.count("Because of this.") for text in whole] == [50, 0]
    assert [text.count("Because of that.") for text in whole] == [0, 50]
