"""Votes on cards by the short road: the same acts and words, and everything odd left to the ordinary one.

`test_voting_by_the_short_road.py` runs the tests of voting on cards once more, with the setting on.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from typing import Any

import pytest
from simcord.results import InteractionResult

from bot import fast_path
from bot.settings import Settings
from tests.chat.chat_room import Room, message_of, refused, texts
from tests.chat.voting_room import (
    at_once,
    card,
    press,
    propose,
    store_file,
    stored_votes,
    tap,
    voters,
)
from tests.shell.test_answers import BROKEN, NOTHING, Discord, talking

pytestmark = pytest.mark.usefixtures("nothing_failed")

SHORT, ORDINARY = True, False


@pytest.fixture(params=[SHORT], ids=["short road"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    """The settings of every test, with the fast path on; off where a test runs on both roads."""
    discord = settings.discord.model_copy(update={"fast_path": request.param})
    return settings.model_copy(update={"discord": discord})


both_roads = pytest.mark.parametrize("settings", [SHORT, ORDINARY], indirect=True, ids=["short", "ordinary"])


def taken(room: Room) -> int:
    """How many votes the fast path has taken."""
    return room.bot.fast_path.taken if room.bot.fast_path else 0


def behind_its_back(room: Room, sql: str) -> None:
    """Change the store as another process would, of which the bot's memory learns nothing."""
    with closing(sqlite3.connect(store_file(room))) as store, store:
        store.execute(sql)


async def until(is_so: Callable[[], bool]) -> None:
    """Wait for what comes over a real socket, a few seconds at most."""
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


async def test_the_second_vote_of_a_person_takes_the_short_road(room: Room) -> None:
    """The first registers them, on the ordinary one; another name or a vote already given changes no word."""
    await propose(room, 2)
    ballot = await room.open_ballot()
    first = texts(await tap(room, room.ben, ballot, "for"))
    assert taken(room) == 0
    receipt = re.search(r"Receipt (\w{10})\.", first)
    assert receipt
    again = texts(await tap(room, room.ben, ballot, "against"))
    assert again == f"Recorded: Against on CAP-01. 1 of 2 done. Receipt {receipt[1]}."
    assert taken(room) == 1
    other = await tap(room, room.ben, ballot, "abstain", "CAP-02", 2)
    assert re.fullmatch(r"Recorded: Abstain on CAP-02\. 2 of 2 done\. Receipt \w{10}\.", texts(other))
    assert message_of(other).ephemeral
    assert taken(room) == 2
    assert stored_votes(room) == [(1, "against"), (2, "abstain")]


@both_roads
async def test_a_right_that_is_gone_is_gone_at_the_next_click(room: Room) -> None:
    """A role taken away, a ballot closed or somebody forgotten elsewhere: memory lets none of it in."""
    await propose(room, 2)
    ballot = await room.open_ballot()
    for who in (room.ben, room.cleo, room.ana):
        assert "Recorded: For" in texts(await tap(room, who, ballot, "for"))
    before = stored_votes(room)

    room.env.backend.remove_member_role(room.guild.id, room.ben.id, room.guild.roles["Expert"].id)
    answer = await tap(room, room.ben, ballot, "against")
    assert refused(answer)
    assert "Only" in texts(answer)

    behind_its_back(
        room,
        "DELETE FROM registrations WHERE person_id = (SELECT id FROM people WHERE name = 'Cleo')",
    )
    answer = await tap(room, room.cleo, ballot, "against")
    assert refused(answer)
    assert "You are not registered here" in texts(answer)

    behind_its_back(
        room,
        "UPDATE registrations SET status = 'observer'"
        " WHERE person_id = (SELECT id FROM people WHERE name = 'Ana')",
    )
    answer = await tap(room, room.ana, ballot, "against")
    assert refused(answer)
    assert "Observers may discuss" in texts(answer)

    behind_its_back(room, "UPDATE registrations SET status = 'participant' WHERE status = 'observer'")
    behind_its_back(room, "UPDATE ballots SET status = 'closing'")
    answer = await tap(room, room.ana, ballot, "against")
    assert refused(answer)
    assert "This ballot is closed" in texts(answer)
    assert stored_votes(room) == before


@both_roads
async def test_who_clicks_first_is_answered_first(room: Room) -> None:
    """In a burst, answers go out in the order of the clicks, each person's own words to them."""
    people = voters(room, 30)
    await propose(room)
    ballot = await room.open_ballot()
    message = card(room, "CAP-01")
    pressing = [(who, message, f"vote:{ballot}:1:for") for who in people]
    await at_once(room, *pressing)
    since, before = len(room.env.http_requests), taken(room)
    pressing = [(who, message, f"vote:{ballot}:1:against") for who in people]
    answers = await at_once(room, *pressing)
    asked = [answer._interaction.id for answer in answers]
    answered = [
        int(path[2])
        for request in room.env.http_requests[since:]
        if (path := request.path.split("/"))[1] == "interactions"
    ]
    assert answered == asked
    assert all("Recorded: Against" in texts(answer) for answer in answers)
    assert len(stored_votes(room)) == len(people)
    assert taken(room) - before == (len(people) if room.bot.fast_path else 0)


async def test_another_discord_py_is_left_alone(
    room: Room, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bot says so when it starts, and votes go the ordinary road; also where a parser is missing."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    connection: Any = room.bot._connection
    with monkeypatch.context() as patch:
        patch.setattr(fast_path, "KNOWN", "2.0.0")
        assert fast_path.install(room.bot) is None
        assert "knows discord.py 2.0.0" in caplog.text
    caplog.clear()
    assert fast_path.install(room.bot) is None  # there is a fast path in its place already
    assert "does not read interactions where it should" in caplog.text
    connection.parsers["INTERACTION_CREATE"] = connection.parse_interaction_create
    assert "Recorded: Against" in texts(await tap(room, room.ben, ballot, "against"))
    assert taken(room) == 0
    del connection.parsers["INTERACTION_CREATE"]
    assert fast_path.install(room.bot) is None
    del room.bot._connection
    assert fast_path.install(room.bot) is None
    room.bot._connection = connection
    connection.parsers["INTERACTION_CREATE"] = connection.parse_interaction_create
    warnings = [record for record in caplog.records if record.name == fast_path.__name__]
    assert all(record.levelno == logging.WARNING for record in warnings)
    assert len(warnings) == 3


async def test_what_is_odd_or_fails_goes_the_ordinary_road(
    room: Room, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever is odd about a payload the person is answered; of its own failures one warning tells."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    parsers: Any = room.bot._connection.parsers
    parse = parsers["INTERACTION_CREATE"]
    odd: list[Callable[[Any], object]] = []

    def changed(payload: Any) -> None:
        odd.pop()(payload)
        parse(payload)

    changes: tuple[tuple[str, Callable[[Any], object]], ...] = (
        ("against", lambda payload: payload["data"].update(component_type="2")),
        ("abstain", lambda payload: payload["member"].update(nick="B. of Rome")),
    )
    with monkeypatch.context() as patch:
        patch.setitem(parsers, "INTERACTION_CREATE", changed)
        for choice, change in changes:
            odd.append(change)
            assert texts(await tap(room, room.ben, ballot, choice))
    assert stored_votes(room) == [(1, "abstain")]
    assert taken(room) == 0

    def broken(custom_id: str) -> None:
        raise ZeroDivisionError

    await tap(room, room.ben, ballot, "abstain")  # who is called otherwise again is stored so first
    caplog.clear()
    with monkeypatch.context() as patch:
        patch.setattr(fast_path, "_vote", broken)
        for choice in ("for", "against"):
            assert f"Recorded: {choice.title()}" in texts(await tap(room, room.ben, ballot, choice))
    assert taken(room) == 0
    assert caplog.text.count("the fast path failed, and votes go the ordinary road: ZeroDivisionError") == 1
    assert "Recorded: Abstain" in texts(await tap(room, room.ben, ballot, "abstain"))
    assert taken(room) == 1


@both_roads
async def test_an_answer_that_discord_does_not_take_loses_no_vote(room: Room) -> None:
    """The vote stands before anything is said; what a fault swallowed is said by discord.py, once."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    faulty = Discord(lambda request: BROKEN)
    async with talking(faulty) as answers:
        room.bot.answers = answers
        for choice in ("against", "abstain"):
            answer = await tap(room, room.ben, ballot, choice)
            await until(partial(getattr, answer, "acknowledged"))
            assert f"Recorded: {choice.title()}" in texts(answer)
            assert stored_votes(room) == [(1, choice)]
            faulty.answer = lambda request: None
        faulty.answer = lambda request: NOTHING
        answer = await tap(room, room.ben, ballot, "for")
        await until(lambda: b"Recorded: For" in faulty.asked[-1])
        assert not answer.acknowledged  # it went to the other server, which took it
        room.bot.answers = None
    assert stored_votes(room) == [(1, "for")]
    assert sum(b"Recorded" in asked for asked in faulty.asked) == 4  # a connection that was cut is tried anew


@both_roads
async def test_at_the_end_votes_under_way_are_answered_and_later_ones_told(room: Room) -> None:
    """Closing waits for those handed in; whoever clicks then is told that nothing was saved."""
    await propose(room)
    ballot = await room.open_ballot()
    await tap(room, room.ben, ballot, "for")
    await tap(room, room.cleo, ballot, "for")
    message = card(room, "CAP-01")
    async with room.bot.house.db.write():  # the store is busy with something else
        under_way = press(room.ben, message, f"vote:{ballot}:1:against")
        await asyncio.sleep(0.05)
        closing = asyncio.create_task(room.bot.close())
        await asyncio.sleep(0.05)
        late = press(room.cleo, message, f"vote:{ballot}:1:against")
        await asyncio.sleep(0.05)
        assert not closing.done()
    await closing
    assert "Recorded: Against" in texts(InteractionResult(room.env, under_way))
    assert "nothing was saved" in texts(InteractionResult(room.env, late))
    assert stored_votes(room) == [(1, "against"), (1, "for")]
    assert taken(room) == (1 if room.bot.fast_path else 0)
