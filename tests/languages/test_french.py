"""French as its readers meet it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import pytest
import pytest_asyncio

from bot.client import create_bot
from bot.i18n import Catalogues
from bot.settings import Settings
from rehearsal.simulation import Stage
from seminar.words import t, tn
from tests.chat import chat_room
from tests.chat.chat_room import TEXT, TITLE, Room, message_of, texts
from tests.languages.tongues import speak

french = Catalogues.load().speak("fr")


@pytest_asyncio.fixture
async def room(settings: Settings) -> AsyncIterator[Room]:
    """The Rome seminar, where everybody's Discord is set to French."""
    env = Stage(create_bot(settings), settle_timeout=30.0)
    await env.start()
    speak(env, "fr")
    room = Room(env, settings)
    await room.load()
    await room.open_event("ROM")
    yield room
    await chat_room.stop(env)


async def test_a_french_speaker_proposes_votes_and_is_refused_in_french(room: Room) -> None:
    """The language is that of one's own Discord, whatever the initiative speaks in public."""
    form = await room.ana.slash(room.lobby, "recommend", theme="CAP")
    assert form.modal is not None and form.modal["title"] == "Proposer une recommandation"
    told = await room.ana.submit_modal(
        form, {"title": TITLE, "text": TEXT, "rationale": "", "addressees": ""}
    )
    assert texts(told).startswith(f"«\u00a0{TITLE}\u00a0» est déposée sous la référence CAP-01.")
    ballot = await room.open_ballot()
    voted = await room.vote(room.ben, ballot, 1, "for")
    assert "Scrutin B1 · 1 sur 1" in texts(voted) and "Enregistré\u00a0: Pour" in texts(voted)
    late = await room.ben.slash(room.lobby, "withdraw", reference="CAP-01")
    assert message_of(late).content == "✋ Seul son auteur ou un facilitateur peut retirer CAP-01."


async def test_the_outcome_is_read_out_in_each_language_of_the_initiative(room: Room) -> None:
    """English first, as the initiative lists them, then French, in the same post."""
    await room.recommend(room.ana)
    ballot = await room.open_ballot()
    await room.vote(room.ben, ballot, 1, "for")
    await room.close_ballot(ballot)
    await room.env.advance_time(30)
    (post,) = [post for post in room.posts() if "is closed." in post]
    assert f"CAP-01, “{TITLE}”: carried, with 1 for, 0 against and 0 abstentions." in post
    assert (
        f"CAP-01, «\u00a0{TITLE}\u00a0»\u00a0: approuvée, avec 1 voix pour, 0 voix contre et 0 abstention."
        in post
    )


@pytest.mark.parametrize(
    ("moment", "shown"),
    [
        (date(2014, 10, 22), "22 octobre 2014"),
        (date(2014, 11, 1), "1er novembre 2014"),
        (datetime(2014, 12, 1, 9, 5, tzinfo=UTC), "1er décembre 2014 à 09:05 UTC"),
        (("ROM", "BER", "BRU"), "ROM, BER et BRU"),
    ],
)
def test_days_and_lists_are_written_as_in_french(moment: object, shown: str) -> None:
    """The first of a month is `1er`, and the time of day follows `à`."""
    assert french(t("{moment}", moment=moment)) == shown  # type: ignore[arg-type]


def test_none_and_one_are_singular() -> None:
    """Unlike in English, where none is plural."""
    counted = [french(tn("{count} participant", "{count} participants", number)) for number in (0, 1, 2)]
    assert counted == ["0 participant", "1 participant", "2 participants"]
