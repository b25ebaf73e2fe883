"""`/follow-up` in chat: entering, looking, workbooks out and back, reminders, and everybody else refused."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import discord
import openpyxl
import pytest
from PIL import Image

from bot.cards.follow_up import (
    PAGE,
    PICTURE,
    history_card,
    overview_card,
    overview_picture,
    rows_card,
)
from bot.cards.follow_up_import import preview_card, preview_file
from bot.i18n import Catalogues
from reports.charts.picture import ALT_LIMIT
from seminar.follow_up import SOURCE_WORDS, Acceptance, Content, Implementation, Source
from seminar.follow_up_list import Entry
from seminar.follow_up_overview import Overview
from seminar.sheets import RowRefused
from seminar.words import t
from services.tracking.following import Standings
from services.tracking.planning import Plan, Planned, Workbook
from services.tracking.returning import Preview
from services.tracking.views import FollowUpPage, FollowUpView, History, HistoryEntry
from tests.chat.acts import press, refusal
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, shown, texts
from tests.chat.voting_room import dms, rows, wait
from tests.services.follow_up_desk import filled

HOSTILE = "**@everyone** <@1> `x` [a](https://evil.example) \u202e"


def attached(room: Room, result: Any, place: int = 0) -> tuple[str, bytes]:
    """Name and content of a file that an answer carries."""
    messages = [
        message for message in (result.response, *result.followups) if message and message.attachments
    ]
    file = messages[place].attachments[0]
    content = room.env.backend.cdn.get(file.url)
    assert content is not None
    return file.filename, bytes(content)


async def adopted(room: Room, *addressees: str) -> None:
    """Recommendations CAP-01, CAP-02, … that are adopted, each addressed to whom is given."""
    for number, named in enumerate(addressees):
        words = " ".join(f"{chr(97 + number) * 5}{part}" for part in range(8))
        await room.recommend(
            room.ana, "CAP", f"{words} {HOSTILE if not number else ''}"[:100], words, "", named
        )
    ballot = await room.open_ballot()
    for position in range(1, len(addressees) + 1):
        await room.vote(room.ana, ballot, position, "for")
    await room.close_ballot(ballot)


async def test_a_year_of_follow_up_in_chat(room: Room, nothing_failed: None) -> None:
    """What an organiser enters is shown to everybody who takes part; a workbook goes out, comes back after a
    restart, and is applied once; what is due is told privately.
    """
    await adopted(room, "DPKO, CMPD", "")
    for who in (room.fay, room.ana, room.obs, room.stranger):
        said = await refusal(
            room, who.slash(room.lobby, "follow-up set", reference="CAP-01", entity="DPKO", note="x")
        )
        assert "Only organisers" in said
        await refusal(room, who.slash(room.lobby, "follow-up export"))
    await refusal(room, room.stranger.slash(room.lobby, "follow-up list"))
    empty = await room.obs.slash(room.lobby, "follow-up list")
    assert "Nothing is followed up yet." in texts(empty)
    assert "nothing to export" in texts(await room.ola.slash(room.lobby, "follow-up export"))

    due = (room.bot.house.clock() + timedelta(days=40)).date()
    entered = await room.ola.slash(
        room.rome,
        "follow-up set",
        reference="CAP-01",
        entity="dpko",
        acceptance="accepted",
        action=f"Name a focal point {HOSTILE}",
        implementation="in progress",
        due=f"{due:%d/%m/%Y}",
        **{"as-of": "1/11/2014"},
    )
    told = texts(entered)
    assert message_of(entered).ephemeral
    assert "Acceptance: pending → accepted" in told and f"due {due}" in told
    assert "@everyone" not in told and "<@1>" not in told and "\u202e" not in told
    history = await room.ola.click(message_of(entered), custom_id=control(entered, "follow-up-states:1:0"))
    assert "Ola" in texts(history)
    await room.ola.slash(room.rome, "follow-up set", reference="CAP-02", entity="CMPD", acceptance="noted")
    said = await refusal(
        room, room.ola.slash(room.rome, "follow-up set", reference="CAP-02", entity="CMPD", due="03/31/2015")
    )
    assert "the day comes before the month" in said

    overview = await room.ana.slash(room.lobby, "follow-up list")
    assert [file.filename for file in message_of(overview).attachments] == [PICTURE]
    drawn = Image.open(BytesIO(attached(room, overview)[1]))
    assert drawn.width == 1000
    assert "DPKO" in texts(overview) and "1 in progress" in texts(overview)
    listed = await room.ana.click(message_of(overview), custom_id=control(overview, "follow-up-rows:0"))
    assert "CAP-01" in shown(message_of(listed)) and "noted · not started" in shown(message_of(listed))
    assert message_of(listed).attachments == []
    only = await room.ana.slash(room.lobby, "follow-up list", entity="CMPD")
    assert "CAP-02" in texts(only) and "CAP-01" not in texts(only)
    chosen = await room.ana.select(message_of(listed), ["1"], custom_id="follow-up-history")
    assert "entered in chat" in texts(chosen)
    assert refused(await press(room, room.ana, message_of(listed), "follow-up-history", ["1e9"]))
    old = await room.ana.slash(room.lobby, "follow-up history", reference="CAP-01", entity="DPKO")
    assert "Owner" not in texts(old) and "Implementation: not started → in progress" in texts(old)

    out = await room.ola.slash(room.lobby, "follow-up export", entity="dpko")
    name, data = attached(room, out)
    assert name == "follow-up-DPKO.xlsx"
    back = filled(data, {(2, "Acceptance"): "Partially accepted", (2, "Evidence"): "https://example.org/x"})
    looked = await room.ola.slash(room.lobby, "follow-up import", file=("back.xlsx", back))
    assert "1 row will be changed." in texts(looked)
    assert "Acceptance: accepted → partially accepted" in plain(texts(looked))
    assert attached(room, looked)[0] == "follow-up-preview.csv"
    await room.restart()
    answer = message_of(looked)
    apply = control(looked, "follow-up-apply")
    assert refused(await press(room, room.ana, answer, apply))
    done = await room.ola.click(answer, custom_id=apply)
    assert "1 row was changed." in texts(done) or "1 row was changed." in shown(answer)
    assert refused(await press(room, room.ola, answer, apply)), "confirmed twice"
    assert rows(room, "SELECT acceptance, revision FROM follow_ups WHERE id = 1") == [
        ("partially accepted", 2)
    ]

    await room.ola.slash(room.rome, "follow-up set", reference="CAP-01", entity="DPKO", note="Meanwhile.")
    stale = await room.ola.slash(
        room.lobby, "follow-up import", file=("back.xlsx", filled(data, {(2, "Owner"): "Mr B"}))
    )
    assert "Changed here since it was handed out" in texts(stale)
    assert not any(one.startswith("follow-up-apply") for one in controls(message_of(stale)))
    await room.ola.click(message_of(stale), custom_id=control(stale, "follow-up-overwrite"))
    assert rows(room, "SELECT owner, note FROM follow_ups WHERE id = 1") == [("Mr B", "Meanwhile.")]
    dropped = await room.ola.slash(
        room.lobby, "follow-up import", file=("back.csv", b"reference,entity,note\nCAP-01,CMPD,x\n")
    )
    await room.ola.click(message_of(dropped), custom_id=control(dropped, "follow-up-discard"))
    assert rows(room, "SELECT count(*) FROM imports") == [(0,)]

    archive = await room.ola.slash(room.lobby, "follow-up export")
    assert attached(room, archive)[0] == "follow-up.zip" and "2 addressees" in texts(archive)
    await wait(room, 60 * 24 * 3600)
    assert any(f"is due on {due.day} {due:%B %Y}" in said for said in dms(room, [room.ola])["Ola"])
    late = await room.obs.slash(room.lobby, "follow-up list", overdue=True)
    assert "CAP-01" in texts(late) and "overdue" in texts(late)


async def test_names_that_attribution_hides_are_looked_at_before_a_workbook_goes_out(
    empty_room: Room,
) -> None:
    """Under the Chatham House rule somebody's name in a note waits for a confirmation."""
    await empty_room.load(attribution="chatham")
    await empty_room.open_event("ROM")
    await empty_room.ana.click(empty_room.message("panel", ""), custom_id="here")
    await adopted(empty_room, "DPKO")
    await empty_room.ola.slash(
        empty_room.rome, "follow-up set", reference="CAP-01", entity="DPKO", note="Ana calls them."
    )
    asked = await empty_room.ola.slash(empty_room.lobby, "follow-up export", entity="DPKO")
    assert "Ana" in texts(asked) and message_of(asked).attachments == []
    sent = await empty_room.ola.click(message_of(asked), custom_id=control(asked, "follow-up-named"))
    _, data = attached(empty_room, sent)
    cells = openpyxl.load_workbook(BytesIO(data)).worksheets[0].iter_rows(values_only=True)
    assert any("Ana calls them." in map(str, row) for row in cells)
    history = await empty_room.ana.slash(
        empty_room.lobby, "follow-up history", reference="CAP-01", entity="DPKO"
    )
    assert "Ola" not in texts(history)


LONG = "#>[](*_~`" * 200
CONTENT = Content(
    action=LONG[:500],
    acceptance=Acceptance.UNDER_CONSIDERATION,
    implementation=Implementation.PARTIALLY_IMPLEMENTED,
    owner=LONG[:100],
    note=LONG[:1000],
    evidence="https://example.org/" + "a" * 400,
)
CALLED = t("{entity} ({former} until succeeded)", entity=LONG[:300], former=LONG[:300])
WHEN = datetime(2015, 1, 1, tzinfo=UTC)
VIEW = FollowUpView(1, "CAPABLE1-1001", LONG[:100], 1, LONG[:300], CALLED, 50, CONTENT, True, 9, WHEN)


def texts_of(view: discord.ui.LayoutView) -> int:
    """Characters over all texts of a layout."""
    return sum(len(item.content) for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay))


@pytest.mark.parametrize("language", Catalogues.load().languages)
async def test_the_longest_follow_up_fits_into_what_discord_takes(language: str) -> None:
    """Markdown in everything, the longest names, many rows: every card is one layout."""
    tr = Catalogues.load().speak(language)
    many = Standings(
        tuple(
            Overview(
                f"{number}{LONG[:290]}",
                LONG[:200],
                (LONG[:300],),
                200,
                {},
                dict.fromkeys(Implementation, 50),
                9,
                9,
            )
            for number in range(40)
        ),
        99,
    )
    drawing = await asyncio.to_thread(overview_picture, many, tr, 1)
    assert drawing is not None and len(drawing.alt.encode("utf-16-le")) <= 2 * ALT_LIMIT
    assert await asyncio.to_thread(drawing.png)
    assert texts_of(overview_card(many, tr, 1, drawing)) <= 4000
    page = FollowUpPage((VIEW,) * PAGE, 900, 3)
    assert texts_of(rows_card(page, tr, "0" * 12, "CAPABLE1-1001", overdue=True, named=LONG[:300])) <= 4000
    entries = tuple(
        HistoryEntry(
            number,
            CONTENT,
            Content(),
            WHEN,
            SOURCE_WORDS[Source.WORKBOOK],
            LONG[:100],
        )
        for number in range(9)
    )
    assert texts_of(history_card(History(VIEW, entries), tr, 1)) <= 4000
    planned = Planned(
        Entry(9, None, "", "", None, {}), "CAPABLE1-1001", LONG[:300], CALLED, 50, None, 1, CONTENT
    )
    clash = Planned(
        Entry(9, None, "", "", None, {}), "CAPABLE1-1001", LONG[:300], CALLED, 50, None, 1, CONTENT, True
    )
    why = t("“{written}” is no day; write it as 2015-03-31, 31/03/2015 or 31 March 2015.", written=LONG[:40])
    preview = Preview(
        "x" * 22,
        Plan((planned, clash) * 300, (), 7, Workbook(None, frozenset())),
        (RowRefused(9, LONG[:200], why),) * 300,
        (LONG[:100],) * 20,
    )
    assert texts_of(preview_card(preview, tr)) <= 4000
    assert preview_file(preview, tr) is not None
