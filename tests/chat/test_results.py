"""`/results` and `/export`: rankings for organisers, each within one theme of one event."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO, StringIO
from typing import Any

import discord
import openpyxl
import pytest
from simcord.results import InteractionResult

from bot.cards.results import PAGE, RATINGS_PICTURE, VOTES_PICTURE, results_card, results_pictures
from bot.delivery import file_name
from bot.i18n import Catalogues
from reports import FORMATS
from reports.charts.picture import ALT_LIMIT
from reports.kinds import CAST_VOTES, KINDS
from reports.models.ranking import EventSection, RankingRow, Section, ThemeSection
from seminar.methods.ranked import RankedFigures
from seminar.methods.support import SupportFigures
from seminar.model import Counts, Outcome, Purpose, State
from services.record.exports import Wanted
from services.record.sections import SectionHead, SectionView
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, shown, texts
from tests.chat.paper_room import on_paper, open_by
from tests.chat.voting_room import on_sheet, sheet

PICTURE_START = b"\x89PNG\r\n"
PROPOSALS = {
    "Plan missions together": "Analysts of both organisations assess each crisis side by side from day one.",
    "Share field hospitals": "Level-two hospitals are offered to whoever deploys next, under one agreement.",
    "Pool strategic airlift": "Transport aircraft are booked through a common calendar kept in Entebbe.",
}


def attached(room: Room, result: InteractionResult) -> tuple[str, bytes]:
    """The one file of an answer: its name and its bytes."""
    (file,) = message_of(result).attachments
    content = room.env.backend.cdn.get(file.url)
    assert content is not None
    return file.filename, bytes(content)


def gallery(result: InteractionResult) -> list[dict[str, Any]]:
    """The pictures of an answer as a layout carries them."""
    (container,) = message_of(result).components
    return [item for part in container["components"] if part["type"] == 12 for item in part["items"]]


async def voted(room: Room, theme: str = "CAP", label: str = "B1") -> None:
    """Three recommendations on the theme: two of them voted on, for each a clear result."""
    for title, text in list(PROPOSALS.items())[:2]:
        await room.recommend(room.ana, theme, f"{title} ({theme})", f"{text} {theme}")
    ballot = await room.open_ballot(theme)
    await room.vote(room.ana, ballot, 1, "against")
    for who in (room.ana, room.ben, room.cleo):
        await room.vote(who, ballot, 2, "for")
    await room.close_ballot(ballot, label)
    await room.recommend(room.ana, theme, "Pool strategic airlift", PROPOSALS["Pool strategic airlift"])


async def test_a_ranking_shows_picture_list_and_what_was_not_voted_on(room: Room) -> None:
    """Ranks, plain counts and outcome stand in words; the picture's alternative says the same."""
    await voted(room)
    result = await room.ola.slash(room.lobby, "results")
    told = plain(texts(result))
    assert message_of(result).ephemeral
    first, second, last = (told.index(f"**{rank}**") for rank in ("1. CAP-02", "2. CAP-01", "– CAP-03"))
    assert first < second < last
    assert "Carried: 3 for, 0 against, 0 abstaining." in told[first:second]
    assert "Not carried: 0 for, 1 against, 0 abstaining." in told[second:last]
    assert "under discussion" in told[last:]
    (picture,) = gallery(result)
    assert picture["media"]["url"].endswith("results.png")
    assert (
        "CAP-02 Share field hospitals (CAP): 3 for, 0 against, 0 abstaining; carried."
        in picture["description"]
    )
    name, content = attached(room, result)
    assert name == "results.png" and content.startswith(PICTURE_START)


async def test_a_recommendation_carried_against_a_constituency_is_shown_as_contested_by_it(
    room: Room,
) -> None:
    """Named by its title, as in the outcome that was read out."""
    await room.recommend(room.ana)
    ballot = await room.open_ballot()
    for number in range(3):
        await room.vote(room.person(f"State {number}", "Expert", "EU"), ballot, 1, "against")
    for number in range(4):
        await room.vote(room.person(f"Agency {number}", "Expert", "UN"), ballot, 1, "for")
    await room.close_ballot(ballot)
    told = plain(texts(await room.ola.slash(room.lobby, "results")))
    assert "Carried: 4 for, 3 against, 0 abstaining. Contested by EU institutions." in told


async def test_themes_are_shown_one_at_a_time_also_after_a_restart(room: Room) -> None:
    """A select leads from one ranking to another; nothing is ranked across, and nothing is remembered."""
    await voted(room)
    await room.recommend(room.ana, "TRN", "Train trainers", "Courses for trainers are run twice a year.")
    result = await room.ola.slash(room.lobby, "results")
    assert "TRN-01" not in texts(result)
    await room.restart()
    select = control(result, "results-section:ROM")
    await room.ola.select(message_of(result), ["TRN"], custom_id=select)
    told = shown(message_of(result))
    assert "TRN-01" in told and "CAP-0" not in told
    assert "has been voted on yet" in told
    assert message_of(result).attachments == [] and gallery(result) == []
    await room.ola.select(message_of(result), ["CAP"], custom_id=select)
    assert "1. CAP-02" in plain(shown(message_of(result)))
    assert len(message_of(result).attachments) == 1


async def test_what_is_asked_for_is_shown_and_every_event_can_be_reached(room: Room) -> None:
    """Codes may be small; another event opens on its own first ranking."""
    await room.recommend(room.ana, "CAP", "Plan missions together", PROPOSALS["Plan missions together"])
    await room.open_event("BER")
    await room.recommend(room.ben, "SSR", "Map reform projects", "Donors list their projects in one place.")
    result = await room.ola.slash(room.lobby, "results", event="ber", theme="ssr")
    assert "SSR-01" in texts(result) and "CAP-01" not in texts(result)
    await room.ola.select(message_of(result), ["ROM"], custom_id=control(result, "results-event"))
    assert "CAP-01" in shown(message_of(result)) and "SSR-01" not in shown(message_of(result))


async def test_a_long_ranking_is_turned_page_by_page(room: Room) -> None:
    """Ten a page, in the order of the whole ranking."""
    for number in range(11):
        await room.recommend(
            room.ana, "CAP", f"{chr(65 + number) * 9} number {number}", f"{chr(97 + number) * 12} " * 4
        )
    result = await room.ola.slash(room.lobby, "results")
    assert "CAP-10" in texts(result) and "CAP-11" not in texts(result)
    await room.ola.click(message_of(result), custom_id=control(result, "results-page:ROM:CAP:1"))
    told = shown(message_of(result))
    assert "CAP-11" in told and "CAP-10" not in told
    assert control(result, "results-page:ROM:CAP:0") in controls(message_of(result))


@pytest.mark.parametrize("command", ["results", "export"])
async def test_only_organisers_see_rankings(room: Room, command: str) -> None:
    """Facilitators, participants and strangers get one sentence and no file."""
    for who in (room.fay, room.ana, room.stranger):
        for options in ({"format": "csv"}, {"format": "csv", "kind": CAST_VOTES})[
            : 1 + (command == "export")
        ]:
            result = await who.slash(room.lobby, command, **(options if command == "export" else {}))
            assert refused(result) and "Only organisers" in texts(result)
            assert message_of(result).attachments == []


async def test_nothing_proposed_is_said_in_a_sentence(room: Room) -> None:
    """Neither an empty table nor an empty file."""
    for command, options in (("results", {}), ("export", {"format": "csv"}), ("results", {"theme": "TRN"})):
        result = await room.ola.slash(room.lobby, command, **options)
        assert refused(result) and "no recommendations there yet" in texts(result)


async def test_an_unknown_event_or_theme_is_refused_with_those_there_are(room: Room) -> None:
    """One sentence that names what could have been meant."""
    assert "the events are ROM and BER" in texts(await room.ola.slash(room.lobby, "results", event="OSL"))
    assert "the themes are CAP, TRN and SSR" in texts(
        await room.ola.slash(room.lobby, "export", format="csv", theme="XYZ")
    )


async def test_every_format_is_exported_and_read_back(room: Room) -> None:
    """The file is named for what it holds, and its own reader finds the recommendation in it."""
    await voted(room)
    found = {}
    for name in KINDS["ranking"].formats:
        result = await room.ola.slash(room.lobby, "export", format=name)
        assert message_of(result).ephemeral and "3 recommendations" in texts(result)
        file, content = attached(room, result)
        assert file == f"ranking.{FORMATS[name].extension}"
        found[name] = content
    records = list(csv.DictReader(StringIO(found["csv"].decode("utf-8-sig"))))
    assert [(record["rank"], record["reference"]) for record in records] == [
        ("1", "CAP-02"),
        ("2", "CAP-01"),
        ("", "CAP-03"),
    ]
    assert [one["reference"] for one in json.loads(found["json"])["recommendations"]] == [
        record["reference"] for record in records
    ]
    assert "Share field hospitals" in found["markdown"].decode()
    assert len(openpyxl.load_workbook(BytesIO(found["xlsx"])).sheetnames) >= 2


async def test_a_part_is_exported_alone_and_named_for_it(room: Room) -> None:
    """The other theme is not in the file."""
    await room.recommend(room.ana, "CAP", "Plan missions together", PROPOSALS["Plan missions together"])
    await room.recommend(room.ana, "TRN", "Train trainers", "Courses for trainers are run twice a year.")
    result = await room.ola.slash(room.lobby, "export", format="csv", event="rom", theme="trn")
    name, content = attached(room, result)
    assert name == "ranking-ROM-TRN.csv"
    assert b"TRN-01" in content and b"CAP-01" not in content


async def test_a_page_with_votes_and_ratings_has_a_picture_of_each(room: Room) -> None:
    """What was decided above what was rated, each with its own verdict and nothing of the other's."""
    await voted(room)
    for label, method, tap in (("B2", "rating", "a8"), ("B3", "ranked", "next")):
        ballot = await open_by(room, method, references="CAP-03", purpose="indicative")
        for who in (room.ana, room.ben):
            drawn = await on_paper(who, await sheet(room, who, ballot, label), ballot, (1, tap))
            await on_sheet(who, drawn, f"paper-submit:{ballot}:")
        await room.close_ballot(ballot, label)
        result = await room.ola.slash(room.lobby, "results")
        told = plain(texts(result))
        files = [file.filename for file in message_of(result).attachments]
        if method == "rating":
            assert "Supported by consensus: median 8 from 2 ratings. Indicative." in told
            assert files == [VOTES_PICTURE, RATINGS_PICTURE]
            votes, ratings = gallery(result)
            assert votes["media"]["url"].endswith(VOTES_PICTURE)
            assert ratings["media"]["url"].endswith(RATINGS_PICTURE)
            assert "CAP-03 Pool strategic airlift: supported, consensus" in ratings["description"]
            assert "CAP-03" not in votes["description"]
    assert "alone on the ballot" in told and files == [VOTES_PICTURE]


async def test_a_file_that_discord_would_not_take_is_refused_in_a_sentence(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The sentence says how much too large and what to do; nothing is sent."""
    await room.recommend(room.ana)
    monkeypatch.setattr(discord.Guild, "filesize_limit", 100)
    result = await room.ola.slash(room.lobby, "export", format="csv")
    assert refused(result) and "Export one event, one theme or one ballot" in texts(result)
    assert message_of(result).attachments == []


def test_a_file_is_named_for_the_part_that_was_asked_for() -> None:
    """Everything needs no name; a part says which."""
    assert file_name(Wanted(), "csv") == "ranking.csv"
    assert file_name(Wanted(event="rom"), "csv") == "ranking-ROM-all.csv"
    assert file_name(Wanted(theme="TRN"), "xlsx") == "ranking-all-TRN.xlsx"
    assert file_name(Wanted(event="ROM", theme="CAP"), "md") == "ranking-ROM-CAP.md"
    assert file_name(Wanted(CAST_VOTES), "json") == "cast-votes.json"
    for typed in ("B3", "b3", " 3 ", "B 3"):
        assert file_name(Wanted(CAST_VOTES, ballot=typed), "csv") == "cast-votes-B3.csv"


ROW = RankingRow(
    rank=1,
    reference="CAPABLE1-1001",
    title="*_~`" * 25,
    text="",
    rationale="",
    theme="CAPABLE1",
    event="ROMEROME",
    state=State.ADOPTED,
    author=None,
    method="support",
    electorate=100_000,
    turnout=99_999,
    for_=55_555,
    against=33_333,
    abstain=11_111,
    outcome=Outcome.CARRIED,
    contested=True,
    contested_by=tuple(f"GROUP{number}" for number in range(25)),
    ballot="B1001",
    closed_at=datetime(2014, 10, 24, tzinfo=UTC),
    purpose=Purpose.INDICATIVE,
    figures=SupportFigures(
        reference="CAPABLE1-1001",
        electorate=100_000,
        turnout=99_999,
        for_=55_555,
        against=33_333,
        abstain=11_111,
        outcome=Outcome.CARRIED,
        contested=True,
        contested_by=tuple(f"GROUP{number}" for number in range(25)),
        consensus=0.5,
        wilson=0.5,
        by_constituency={"UN": Counts()},
    ),
)
OTHERS = {f"CAPABLE1-{number}": 99_999 for number in range(1002, 1061)}
TIED = replace(
    ROW,
    method="ranked",
    for_=None,
    against=None,
    abstain=None,
    outcome=None,
    contested=None,
    contested_by=(),
    figures=RankedFigures(
        reference="CAPABLE1-1001",
        electorate=100_000,
        turnout=99_999,
        outcome=None,
        recused=0,
        rank=2,
        beats=1,
        beaten_by=57,
        tied_with=tuple(OTHERS)[:58],
        pairwise=OTHERS,
        by_constituency={"UN": {"papers": 1, "ranked": 1}},
    ),
)


@pytest.mark.parametrize("row", [ROW, TIED], ids=["contested", "tied"])
@pytest.mark.parametrize("language", Catalogues.load().languages)
def test_the_longest_ranking_fits_into_what_discord_takes(language: str, row: RankingRow) -> None:
    """Markdown in every title, every group contesting or 60 tied, 25 events and 20 themes: one layout."""
    tr = Catalogues.load().speak(language)
    long = "#>[](" * 20
    view = SectionView(
        section=Section(
            EventSection("ROMEROME", long),
            ThemeSection("CAPABLE1", long),
            tuple(replace(row, rank=place, reference=f"CAPABLE1-{place}") for place in range(1, 2 * PAGE)),
        ),
        heads=tuple(
            SectionHead(event, long, f"THEME{number:03}", long, voted=True)
            for event in ("ROMEROME", *(f"EVENT{number:03}" for number in range(24)))
            for number in range(20)
        ),
        group_titles={f"GROUP{number}": long for number in range(25)},
    )
    pictures = results_pictures(view, tr, 0)
    assert list(pictures) == ([VOTES_PICTURE] if row is ROW else [])
    assert all(len(picture.alt.encode("utf-16-le")) <= 2 * ALT_LIMIT for picture in pictures.values())
    screen = results_card(view, tr, 0, pictures)
    assert (
        sum(len(item.content) for item in screen.walk_children() if isinstance(item, discord.ui.TextDisplay))
        <= 4000
    )
    selects = [item for item in screen.walk_children() if isinstance(item, discord.ui.Select)]
    assert [len(select.options) for select in selects] == [20, 25]
