"""No sentence reaches a person but through the catalogues.

Twice over: the source is read for plain strings on their way to people, and a
whole small seminar is played in made-up languages that bracket every message.
"""

from __future__ import annotations

import ast
from dataclasses import replace
from io import BytesIO

import openpyxl
import pytest
import pytest_asyncio

from rehearsal.simulation import Stage
from reports import FORMATS
from tests.chat import chat_room
from tests.chat.chat_room import Room
from tests.languages.conftest import settings_in
from tests.languages.small_seminar import OWN, play
from tests.languages.source import shown_by, shown_to_people, unreadable_messages
from tests.languages.tongues import Text, bracketed, made_up_bot, outside, sent, speak
from tests.reports.report_sample import VOTED, report


def test_no_plain_string_is_handed_to_people() -> None:
    """Whatever a button, a form, a card, an answer or a refusal says is a message."""
    assert [said for said in shown_to_people() if said.raw] == []


@pytest.mark.parametrize(
    "escaping",
    [
        'await exchange.say("Done.")',
        'card(f"**Votes:** {number}")',
        'raise Refused("Not now.")',
        'Button("Vote" if open_ else tr(t("Closed")), "x")',
        'discord.SelectOption(label=cut("Theme " + code, 100))',
        'card("\\n".join(f"by {name}" for name in names))',
    ],
)
def test_a_plain_string_would_be_found(escaping: str) -> None:
    """The reading of the source finds what it is there for."""
    assert any(said.raw for said in shown_by(ast.parse(f"async def f():\n    {escaping}"), "here"))


def test_every_message_is_written_out_where_it_is_named() -> None:
    """A message made up at run time is in no catalogue."""
    assert list(unreadable_messages()) == []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def everything(tmp_path_factory: pytest.TempPathFactory) -> list[Text]:
    """All that is said in a small seminar of French speakers by a bot that brackets its messages."""
    settings = settings_in(tmp_path_factory.mktemp("seminar"))
    env = Stage(made_up_bot(settings), settle_timeout=30.0)
    await env.start()
    speak(env, "fr")
    await play(Room(env, settings))
    said = list(sent(env))
    await chat_room.stop(env)
    return said


async def test_in_a_whole_seminar_no_word_stands_outside_the_catalogues(everything: list[Text]) -> None:
    """Everything the bot shows, in public, in private and in direct messages, but for people's own words."""
    assert len(everything) > 800, "hardly anything happened"
    escaped = [(text.where, words, text.text) for text in everything if (words := outside(text.text, OWN))]
    assert escaped == []


async def test_people_are_answered_in_their_language_and_the_room_in_the_initiatives(
    everything: list[Text],
) -> None:
    """Everybody here reads French; the initiative speaks English first, and outcomes are read out in both."""
    answers = [text.text for text in everything if text.personal]
    posts = [text.text for text in everything if not text.personal]
    assert [text for text in answers if "⟦" in text] == []
    for sentence in (
        " entitled to vote did so.",
        "; contested by",
        "Last call",
        "now closes on",
        "is cancelled.",
    ):
        english = [text for text in posts if sentence in text and "⟦" in text]
        french = [text for text in posts if sentence in text and "⟪" in text]
        assert english and len(english) == len(french), sentence


SAMPLE = (
    *(VOTED.title, VOTED.text, VOTED.rationale, VOTED.reference, "DPKO", "CMPD", "CAP", "UN", "ROM"),
    *("Rome seminar", "Military capabilities", "EU-UN Peacekeeping Partnerships Initiative"),
    *("Europe/Brussels", "ab" * 32, "B3", "support", '=""'),
)


def test_a_document_says_nothing_but_messages() -> None:
    """Headings, figures in words and notes of the export in Markdown."""
    contested = replace(VOTED, contested=True, contested_by=("UN",))
    made = FORMATS["markdown"].render(report(contested), bracketed("fr")).decode()
    assert outside(made, SAMPLE) == []


def test_a_workbook_says_nothing_but_messages() -> None:
    """Its columns, notes and states; the sheets of themes are called by their codes."""
    made = FORMATS["xlsx"].render(report(VOTED), bracketed("fr"))
    book = openpyxl.load_workbook(BytesIO(made))
    cells = [cell.value for sheet in book for row in sheet.iter_rows() for cell in row]
    said = [*book.sheetnames, *(value for value in cells if isinstance(value, str))]
    assert [words for text in said if (words := outside(text, SAMPLE))] == []
