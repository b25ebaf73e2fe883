"""Four roads, one presenter: whatever breaks, a person reads one private sentence and the log has its id."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from simcord.results import InteractionResult

from tests.chat.chat_room import Room, control, message_of, shown
from tests.chat.voting_room import HOUR, card, posted, propose, tap, wait

INSIDE = "an inner detail: SELECT * FROM votes"
Log = pytest.LogCaptureFixture


async def _broken(*_arguments: Any, **_options: Any) -> Any:
    raise RuntimeError(INSIDE)


def _presented(answer: InteractionResult, log: Log) -> None:
    """One private sentence, with the id under which the failure is logged once."""
    messages = [message for message in (answer.response, *answer.followups) if message and message.content]
    assert len(messages) == 1
    assert messages[0].ephemeral
    text = messages[0].content
    assert text.startswith("⚠️ ")
    assert "inner detail" not in text
    incident = re.search(r"incident ([0-9a-f]{8})", text)
    assert incident
    logged = [record for record in log.records if incident[1] in record.getMessage()]
    assert len(logged) == 1
    assert logged[0].exc_info
    assert len([record for record in log.records if record.exc_info]) == 1


async def test_a_command_that_breaks(room: Room, monkeypatch: pytest.MonkeyPatch, caplog: Log) -> None:
    """Answered at once, or after the bot had asked for time."""
    await propose(room)
    await room.open_ballot()
    monkeypatch.setattr(room.bot.house.ballots, "find", _broken)
    for act, options in (("status", {}), ("cancel", {"reason": "no"})):
        caplog.clear()
        _presented(await room.fay.slash(room.rome, f"ballot {act}", ballot="B1", **options), caplog)
    assert len(room.env.errors) == 2


async def test_a_button_that_breaks_answers_with_one_sentence(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: Log
) -> None:
    """One that votes, one that goes on after a question, and one that had asked for time."""
    await propose(room)
    dora = room.person("Dora", "Expert")
    ballot = await room.open_ballot()
    asked = await tap(room, dora, ballot, "for")
    preview = await room.fay.slash(room.rome, "ballot close", ballot="B1")
    monkeypatch.setattr(room.bot.house.voting, "cast", _broken)
    monkeypatch.setattr(room.bot.house.ballots, "close", _broken)
    acts: tuple[Callable[[], Awaitable[InteractionResult]], ...] = (
        lambda: tap(room, room.ben, ballot, "for"),
        lambda: dora.select(message_of(asked), ["UN"], custom_id=control(asked, "constituency:")),
        lambda: room.fay.click(message_of(preview), custom_id=f"ballot-close:{ballot}"),
    )
    for act in acts:
        caplog.clear()
        _presented(await act(), caplog)


async def test_a_form_that_breaks_answers_with_one_sentence(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: Log
) -> None:
    """What was typed is not acknowledged."""
    await propose(room)
    ballot = await room.open_ballot(reasons="all")
    form = await tap(room, room.ben, ballot, "for")
    monkeypatch.setattr(room.bot.house.voting, "cast", _broken)
    _presented(await room.ben.submit_modal(form, {"reason": "because"}), caplog)


async def test_when_who_acts_cannot_be_read_one_sentence_says_so(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: Log
) -> None:
    """The door itself breaks, before any handler: on commands and on buttons alike."""
    await propose(room)
    ballot = await room.open_ballot()
    monkeypatch.setattr(room.bot.access, "actor", _broken)
    _presented(await tap(room, room.ben, ballot, "for"), caplog)
    caplog.clear()
    _presented(await room.ben.slash(room.rome, "vote"), caplog)


async def test_suggestions_that_break_are_logged(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: Log
) -> None:
    """Discord has no place for a sentence there: the person goes on typing without suggestions."""
    monkeypatch.setattr(room.bot.house.ballots, "all_open", _broken)
    assert await room.fay.autocomplete(room.rome, "ballot close", "ballot", "B") == []
    assert len([record for record in caplog.records if record.exc_info]) == 1


async def test_an_errand_that_breaks_is_tried_again(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: Log
) -> None:
    """A deadline that cannot be kept and a post that cannot be made: logged, then done."""
    await propose(room)
    ballot = await room.open_ballot(closes_in="1h")
    await tap(room, room.ben, ballot, "for")
    with monkeypatch.context() as broken:
        broken.setattr(room.bot.house.ballots, "close", _broken)
        broken.setattr(room.bot.house.ballots, "result", _broken)
        await wait(room, HOUR + 30)
        assert posted(room, "Ballot B1 is closed.") == 0
    failed = [record for record in caplog.records if record.exc_info]
    assert [record.getMessage() for record in failed] == [
        f"deadline ballot.close of {ballot} failed and will be tried again"
    ]
    caplog.clear()
    with monkeypatch.context() as broken:
        broken.setattr(room.bot.house.ballots, "result", _broken)
        await wait(room, 60)
        assert posted(room, "Ballot B1 is closed.") == 0
        assert "Carried: 1 for" in shown(card(room, "CAP-01"))  # one post holds up no other
    assert "ballot.outcome is put off" in [
        record.getMessage() for record in caplog.records if record.exc_info
    ]
    await wait(room, 300)
    assert posted(room, "Ballot B1 is closed.") == 1
