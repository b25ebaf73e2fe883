"""One person floods, and nobody else notices: the bot itself, while the clock stands still."""

from __future__ import annotations

from typing import Any

import pytest

from bot.floods import ACTS, ANSWERS, COSTLY, Floods
from seminar.model import Actor, Role
from tests.chat.acts import command, press, submit
from tests.chat.chat_room import Room, message_of, refused, texts
from tests.chat.conftest import room
from tests.chat.voting_room import at_once, card, propose, stored_votes, tap, value, voters, wait

__all__ = ["room"]

MANY, OTHERS = 2000, 50
NOTED = 6  # Discord's number of an answer that shows nothing
pytestmark = pytest.mark.usefixtures("nothing_failed")


def with_cooldowns(room: Room) -> None:
    """As in a running bot; tests have none otherwise."""
    room.bot.floods = Floods(lambda: room.env.now().timestamp())


async def test_two_thousand_clicks_of_one_person_slow_nobody_else(room: Room) -> None:
    """All the others' votes are answered and stored; of the flood, as many as a person could have cast."""
    await propose(room)
    people = voters(room, OTHERS)
    for one in people:
        roles = frozenset({Role.PARTICIPANT})
        await room.bot.house.participants.enter(Actor(room.guild.id, one.id, one.name, roles, ("EU",)))
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "against")
    with_cooldowns(room)
    shown = card(room, "CAP-01")
    flood = [(room.ben, shown, f"vote:{ballot}:1:{'for' if n % 2 else 'against'}") for n in range(MANY)]
    votes = [(one, shown, f"vote:{ballot}:1:for") for one in people]
    requests = len(room.env.http_requests)
    results = await at_once(room, *flood, *votes)
    for result in results[MANY:]:
        assert "Recorded" in texts(result)
    assert sorted(stored_votes(room))[-OTHERS:] == [(1, "for")] * OTHERS
    assert len(stored_votes(room)) == OTHERS + 1
    answered = [result for result in results[:MANY] if result.response is not None]
    recorded = [result for result in answered if "Recorded" in texts(result)]
    assert len(recorded) == ACTS.capacity
    held_back = [result for result in answered if result not in recorded]
    assert len(held_back) == ANSWERS.capacity
    for result in held_back:
        assert refused(result) and "try again in 1 second" in texts(result)
    sent = len(room.env.http_requests) - requests
    assert sent <= OTHERS + ACTS.capacity + ANSWERS.capacity + 5
    await wait(room, 1)
    assert "Recorded" in texts(await tap(room, room.ben, ballot, "for"))


async def test_whoever_is_too_fast_is_told_once_and_then_gets_a_nod(room: Room) -> None:
    """On every road: clicks, forms, commands, suggestions; somebody else notices nothing."""
    await propose(room)
    panel = room.message("panel", "ROM")
    with_cooldowns(room)
    for _ in range(int(ACTS.capacity)):
        assert room.bot.floods.let_in(room.guild.id, room.ben.id) == 0
    before = value(room, "SELECT count(*) FROM ledger"), value(room, "SELECT count(*) FROM drafts")
    told = await press(room, room.ben, panel, "second:CAP-01")
    assert refused(told) and "try again in 1 second" in texts(told)
    nod = await press(room, room.ben, panel, "second:CAP-01")
    assert nod.acknowledged and room.env.http_requests[-1].json == {"type": NOTED}
    form: dict[str, Any] = {"title": "A title", "text": "A text that is long enough to be taken."}
    assert refused(await submit(room, room.ben, "recommend:CAP:abcdef:12", form))
    assert refused(await command(room, room.ben, room.lobby, "second", reference="CAP-01"))
    assert await room.ben.autocomplete(room.lobby, "second", "reference", "CAP") == []
    assert before == (value(room, "SELECT count(*) FROM ledger"), value(room, "SELECT count(*) FROM drafts"))
    assert "You second CAP-01" in texts(await press(room, room.cleo, panel, "second:CAP-01"))
    await wait(room, 1)
    assert len(await room.ben.autocomplete(room.lobby, "second", "reference", "CAP")) == 1
    assert "You second CAP-01" in texts(await press(room, room.ben, panel, "second:CAP-01"))


async def test_files_and_pictures_have_a_measure_of_their_own(room: Room) -> None:
    """The sentence says when the next one may be asked for; everything else goes on."""
    await propose(room)
    with_cooldowns(room)
    for _ in range(int(COSTLY.capacity)):
        with room.bot.floods.costly(room.guild.id, room.ola.id):
            pass
    for name, options in (("results", {}), ("export", {"format": "csv"}), ("audit verify", {})):
        told = await room.ola.slash(room.lobby, name, **options)
        assert refused(told) and "try again in 3 seconds" in texts(told), name
    assert message_of(await room.ola.slash(room.lobby, "audit log")).ephemeral
    await wait(room, 3)
    assert "All is well" in texts(await room.ola.slash(room.lobby, "audit verify"))
