"""The agenda: its order, its times, and who may change them."""

from __future__ import annotations

import asyncio

import pytest

from seminar.conference import Slot
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.model import EventStatus, State
from tests.services.conference_hall import Hall


async def test_things_move_up_and_down_and_stop_at_the_ends(hall: Hall) -> None:
    """Each move is one act; past an end nothing happens and nothing is recorded."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02", "CAP-03")
    move, ola = hall.conference.move, hall.organiser
    first, *_ = await hall.order()
    await move(ola, "BRU", first, -1)
    assert await hall.acts("agenda.moved") == []
    view = await move(ola, "bru", first, 1)
    assert [one.reference for one in view.items] == ["CAP-02", "CAP-01", "CAP-03"]
    await move(ola, "BRU", first, 1)
    await move(ola, "BRU", first, 1)
    assert await hall.order() == ["CAP-02", "CAP-03", "CAP-01"]
    assert await hall.acts("agenda.moved") == [
        ("CAP-01", {"event": "BRU", "from": 1, "to": 2}),
        ("CAP-01", {"event": "BRU", "from": 2, "to": 3}),
    ]
    assert (await hall.said()).count("agenda.refresh") == 1, "drawn once for all of them"


async def test_moves_at_the_same_moment_lose_none(hall: Hall) -> None:
    """Whatever their order, every item has one place."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02", "CAP-03")
    moves = [("CAP-01", 1), ("CAP-03", -1), ("CAP-02", -1), ("CAP-02", 1)]
    await asyncio.gather(*(hall.conference.move(hall.organiser, "BRU", one, by) for one, by in moves))
    assert sorted(await hall.order()) == ["CAP-01", "CAP-02", "CAP-03"]
    assert await hall.rows("SELECT position FROM conference_items ORDER BY position") == [(1,), (2,), (3,)]


async def test_times_are_set_taken_away_and_may_meet(hall: Hall) -> None:
    """What meets is named and refused by nobody."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    set_time, ola = hall.conference.set_time, hall.organiser
    view = await set_time(ola, "BRU", "CAP-01", " 9:30", "10h15 ")
    assert (view.items[0].slot, view.meeting) == (Slot("09:30", "10:15"), ())
    view = await set_time(ola, "BRU", "CAP-02", "10:00", "")
    assert view.meeting == (("CAP-01", "CAP-02"),)
    view = await set_time(ola, "BRU", "CAP-01", "", " ")
    assert view.items[0].slot is None
    assert [body for _, body in await hall.acts("agenda.timed")] == [
        {"event": "BRU", "starts": "09:30", "ends": "10:15"},
        {"event": "BRU", "starts": "10:00", "ends": None},
        {"event": "BRU", "starts": None, "ends": None},
    ]
    for starts, ends, why in (
        ("25:00", "", "no time of day"),
        ("noon", "", "no time of day"),
        ("٩:٠٠", "", "no time of day"),
        ("10:00", "10:00", "the end comes after"),
        ("", "10:00", "when it begins as well"),
        ("1" * 500, "", "no time of day"),
    ):
        with pytest.raises(Invalid, match=why):
            await set_time(ola, "BRU", "CAP-01", starts, ends)


async def test_the_agenda_says_where_everything_stands(hall: Hall) -> None:
    """With the final number of what has one; closed, it can be read and not changed."""
    await hall.prepare()
    await hall.at_brussels("CAP-01", "CAP-02")
    await hall.finalise("CAP-02")
    view = await hall.conference.agenda(hall.guild_id)
    assert [(one.state, one.number) for one in view.items] == [
        (State.FORWARDED, None),
        (State.FINALISED, "R1"),
    ]
    await hall.events.close(hall.organiser, "BRU")
    assert (await hall.conference.agenda(hall.guild_id)).status is EventStatus.CLOSED
    for act in (
        hall.conference.move(hall.organiser, "BRU", "CAP-01", 1),
        hall.conference.set_time(hall.organiser, "BRU", "CAP-01", "10:00", ""),
        hall.conference.show(hall.organiser),
    ):
        with pytest.raises(Refused, match="BRU is closed"):
            await act


async def test_only_organisers_change_it_and_only_what_is_on_it(hall: Hall) -> None:
    """A seminar has none; nothing forwarded, nothing shown."""
    await hall.prepare()
    with pytest.raises(Refused, match="Nothing has been forwarded to BRU yet"):
        await hall.conference.show(hall.organiser)
    await hall.at_brussels("CAP-01")
    for who in (hall.ana, hall.facilitator, hall.obi):
        for act in (
            hall.conference.show(who),
            hall.conference.edited(who),
            hall.conference.move(who, "BRU", "CAP-01", 1),
            hall.conference.set_time(who, "BRU", "CAP-01", "10:00", ""),
        ):
            with pytest.raises(NotAllowed):
                await act
    for reference in ("CAP-02", "CAP-99"):
        with pytest.raises(NotFound, match="not on the agenda of BRU"):
            await hall.conference.move(hall.organiser, "BRU", reference, 1)
    with pytest.raises(Refused, match="ROM is a seminar"):
        await hall.conference.agenda(hall.guild_id, "ROM")
