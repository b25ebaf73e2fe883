"""What the fault suite found broken and was mended, each by itself."""

from __future__ import annotations

import aiohttp
import pytest

from bot.presenter import Presenter
from seminar.errors import Refused
from tests.faults.desk import catalogues
from tests.faults.seminar_acts import OLA
from tests.services.conftest import bare, clock, db, empty_store, house, rome
from tests.services.small_seminar import Seminar

__all__ = ["bare", "clock", "db", "empty_store", "house", "rome"]


@pytest.mark.parametrize(
    "broken", [aiohttp.ServerDisconnectedError(), aiohttp.ClientPayloadError(), ConnectionResetError()]
)
def test_where_the_line_breaks_nobody_is_told_that_their_act_was_not_done(broken: Exception) -> None:
    """It may well be: what failed is the answer, which comes after the act is stored."""
    said = Presenter(catalogues()).sentence(catalogues().speak("en"), broken)
    assert said is not None
    assert "not done" not in said
    assert "Discord did not take the bot's answer" in said


async def test_the_channel_of_an_open_event_that_is_gone_is_made_again_on_request(rome: Seminar) -> None:
    """Opening it once more is refused only as long as the channel is there; nothing new is on record."""
    await rome.events.placed(rome.guild_id, "ROM", 77, False)
    with pytest.raises(Refused, match="open already"):
        await rome.events.open(OLA, "ROM", there=lambda channel: channel == 77)
    async with rome.db.write() as tx:
        await tx.exec_driver_sql("DELETE FROM outbox")
    await rome.events.open(OLA, "ROM", there=lambda channel: False)
    async with rome.db.read() as tx:
        assert [tuple(row) for row in await tx.exec_driver_sql("SELECT kind, subject FROM outbox")] == [
            ("event.opened", "ROM")
        ]
        acts = await tx.exec_driver_sql("SELECT count(*) FROM ledger WHERE act = 'event.opened'")
        assert acts.scalar_one() == 1
