"""What the posts of drafting show: never more than Discord takes, nor an act that would be refused."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest

from bot.cards.amendment import amendment_card
from bot.cards.background import background_lines
from bot.cards.recommendation import recommendation_card
from bot.i18n import Catalogues
from bot.ui import CARD_TEXT_LIMIT
from seminar.model import Change, Kinship, Stance
from services.drafting.rec_views import Background, Kin
from storage.engine import Database
from tests import stores
from tests.services.drafting_table import DraftingTable
from tests.services.polling_station import AGAINST, FOR
from tests.services.small_seminar import GUILD, StillClock

LANGUAGES = ("en", "fr")
CHANGED = "The UN and the EU should plan missions together from the last day on."


@pytest.fixture
async def table(store_of_rome: str, clock: StillClock, tmp_path: Path) -> AsyncIterator[DraftingTable]:
    """Everything that is done with texts, over CAP-01 and CAP-02 by Ana."""
    database = await Database.open(stores.shelf().copy(store_of_rome, tmp_path / "seminar.db"))
    yield DraftingTable(database, clock, key_dir=tmp_path / "keys")
    await database.close()


def size(view: discord.ui.LayoutView) -> int:
    """Characters over all its texts."""
    return sum(len(item.content) for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


async def offered(table: DraftingTable, reference: str) -> list[str]:
    """What the buttons under its first amendment do."""
    view = amendment_card(await table.amendments.view(GUILD, reference, 1), Catalogues.load().speak("en"))
    buttons: list[discord.ui.Button[Any]] = [
        item for item in view.walk_children() if isinstance(item, discord.ui.Button)
    ]
    return [button.label or "" for button in buttons if not button.disabled]


async def background(table: DraftingTable, reference: str) -> Background:
    found = (await table.recommendations.get(GUILD, reference)).background
    assert found is not None
    return found


async def redrawn(table: DraftingTable) -> list[object]:
    """The amendments whose messages wait to be drawn again; they are drawn."""
    found = await table.rows("SELECT subject FROM outbox WHERE kind = 'amendment.refresh' ORDER BY id")
    await table.hush()
    return [subject for (subject,) in found]


async def amended(table: DraftingTable, reference: str) -> None:
    view = await table.recommendations.get(GUILD, reference)
    await table.amend(table.ben, reference, view.version, view.wording, CHANGED)
    await table.hush()


async def test_an_amendment_offers_nothing_that_is_refused_where_its_recommendation_has_ended(
    table: DraftingTable,
) -> None:
    """It is drawn again when that is withdrawn, rejected, merged or split, and when it comes back."""
    everything = ["Second", "Accept", "Reject"]
    await amended(table, "CAP-01")
    assert await offered(table, "CAP-01") == everything
    await table.moderate(table.facilitator, "reject", "CAP-01")
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], ["Reject"])
    await table.moderate(table.facilitator, "reopen", "CAP-01")
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], everything)
    survivor = await table.recommendations.get(GUILD, "CAP-02")
    await table.merge(table.facilitator, ["CAP-01"], "CAP-02", survivor.wording, survivor.text)
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], ["Reject"])
    await table.undo(table.facilitator, "CAP-01")
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], everything)
    await table.split(table.facilitator, "CAP-01", 1, survivor.wording)
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], ["Reject"])
    await table.undo(table.facilitator, "CAP-01")
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], everything)
    await table.recommendations.withdraw(table.ana, "CAP-01")
    assert (await redrawn(table), await offered(table, "CAP-01")) == (["CAP-01/1"], ["Reject"])
    await table.reject(table.facilitator, "CAP-01", 1)
    assert await offered(table, "CAP-01") == ["Propose it as its own"]


async def test_while_a_vote_passes_an_amendment_goes_on_offering_what_it_will_take_again(
    table: DraftingTable,
) -> None:
    """Its message is not drawn anew, unless the vote ends what could be amended."""
    everything = ["Second", "Accept", "Reject"]
    await amended(table, "CAP-01")
    await amended(table, "CAP-02")
    ballot = await table.open()
    assert await offered(table, "CAP-01") == everything
    await table.vote(table.ana, ballot, AGAINST, FOR)
    await table.close(ballot)
    assert await redrawn(table) == ["CAP-01/1"]
    assert (await offered(table, "CAP-01"), await offered(table, "CAP-02")) == (["Reject"], everything)


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_card_with_everything_that_can_stand_on_it_fits_a_message(
    table: DraftingTable, language: str
) -> None:
    """The longest title, names and addressees, all kinds of kin, a result, and every length of text."""
    ballot = await table.open()
    await table.vote(table.ana, ballot, FOR, FOR)
    await table.close(ballot)
    initiative = await table.initiatives.current(GUILD)
    voted_on = await table.recommendations.get(GUILD, "CAP-01")
    kin = tuple(Kin(kind, f"ABCDEFGH-{number}") for kind in Kinship for number in range(9000, 9012))
    background = Background(
        predecessors=kin,
        successors=kin,
        carried_seconds=2000,
        open_amendments=300,
        arguments=dict.fromkeys(Stance, 1000),
        voted_version=1,
        others=tuple(f"{number}" * 60 for number in range(9)),
        lives_on=tuple(f"ABCDEFGH-{number}" for number in range(9000, 9012)),
    )
    for text, rationale in ((2000, 0), (2000, 1000), (1500, 600), (1100, 1000), (20, 0)):
        rec = dataclasses.replace(
            voted_on,
            reference="ABCDEFGH-9999",
            title="_" * 100,
            text="x" * text,
            rationale="y" * rationale,
            addressees=("a" * 58,) * 5,
            author_shown="a" * 100,
            seconds=1000,
            version=300,
            background=background,
        )
        view = recommendation_card(rec, Catalogues.load().speak(language), initiative)
        assert size(view) <= CARD_TEXT_LIMIT, (text, rationale)
        assert rec.text in [
            item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)
        ]


async def test_a_card_tells_everything_of_a_text_that_took_in_ten_others(table: DraftingTable) -> None:
    """With two addressees and names of a usual length nothing has to be left out but references."""
    initiative = await table.initiatives.current(GUILD)
    kin = tuple(Kin(Kinship.MERGED, f"CAP-{number}") for number in range(10, 20))
    rec = dataclasses.replace(
        await table.recommendations.get(GUILD, "CAP-01"),
        title="Structured instead of ad hoc co-operation in the planning of missions and operations",
        text="x" * 2000,
        addressees=("DPKO", "CMPD"),
        seconds=12,
        background=Background(
            predecessors=kin,
            successors=(Kin(Kinship.DERIVED, "CAP-31"),),
            carried_seconds=20,
            open_amendments=3,
            arguments=dict.fromkeys(Stance, 10),
            others=tuple(f"Somebody Called Number {number}" for number in range(9)),
        ),
    )
    view = recommendation_card(rec, Catalogues.load().speak("fr"), initiative)
    said = "\n".join(
        item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)
    )
    assert size(view) <= CARD_TEXT_LIMIT
    for told in ("CAP-17", "CAP-31", "10 questions", "10 réserves"):
        assert told in said, told


async def test_a_reference_leads_to_where_its_words_are_however_often_they_were_merged(
    table: DraftingTable,
) -> None:
    """Its card says so, is drawn again when that changes, and says so no more when it was undone."""
    await table.propose(table.ben, title="Third", text="Train police units in the same schools.")
    fay = table.facilitator
    wordings = {one: (await table.recommendations.get(GUILD, one)).wording for one in ("CAP-02", "CAP-03")}

    async def said() -> tuple[str, ...]:
        return (await background(table, "CAP-01")).lives_on

    await table.merge(fay, ["CAP-01"], "CAP-02", wordings["CAP-02"], CHANGED)
    assert await said() == (), "its successor is where it lives on"
    await table.hush()
    await table.merge(fay, ["CAP-02"], "CAP-03", wordings["CAP-03"], f"{CHANGED} Train police units.")
    assert await said() == ("CAP-03",)
    drawn = "SELECT count(*) FROM outbox WHERE kind = 'card.refresh' AND subject = 'CAP-01'"
    assert await table.value(drawn) == 1
    lines = background_lines(await table.recommendations.get(GUILD, "CAP-01"))
    assert "It lives on in CAP-03." in map(str, lines)
    await table.hush()
    await table.undo(fay, "CAP-03")
    assert (await said(), await table.value(drawn)) == ((), 1)


async def test_words_that_were_given_back_are_the_words_that_were_voted_on(table: DraftingTable) -> None:
    """The card says no more that they have changed; who voted is told when they change again."""
    ballot = await table.open(method="rating")
    await table.close(ballot)
    shown = (await table.recommendations.get(GUILD, "CAP-02")).wording
    news = "CAST(payload AS text)"
    changed = f"SELECT count(*) FROM outbox WHERE kind = 'news' AND {news} LIKE '%voted_text_changed%'"
    await table.merge(table.facilitator, ["CAP-01"], "CAP-02", shown, CHANGED)
    assert ((await background(table, "CAP-02")).voted_version, await table.value(changed)) == (1, 1)
    await table.undo(table.facilitator, "CAP-02")
    assert ((await background(table, "CAP-02")).voted_version, await table.value(changed)) == (3, 1)
    await table.amend(table.ben, "CAP-02", 3, shown, CHANGED)
    await table.accept(table.ana, "CAP-02", None, Change.SUBSTANTIVE)
    assert ((await background(table, "CAP-02")).voted_version, await table.value(changed)) == (1, 2)
