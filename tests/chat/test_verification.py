"""How people check what was counted: records, receipts, the audit and the ledger, in chat."""

from __future__ import annotations

import csv
import json
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import discord
import pytest
from simcord.results import InteractionResult

from bot.cards.audit import ACT_WORDS, PROBLEMS_SHOWN, log_card, verified_card
from bot.cards.receipts import own_card, vote_words
from bot.i18n import Catalogues
from reports.kinds import CAST_VOTES
from seminar.methods import METHODS
from services.record.audit import AuditReport
from services.record.ledger_log import PAGE, LogEntry, LogPage
from services.record.receipts import OwnReceipt
from services.voting.closing import CLOSE, LAST_CALL, PULSE, REMINDER
from services.voting.sealing import SEAL
from tests.chat.acts import press
from tests.chat.chat_room import Room, control, controls, message_of, plain, refused, shown, texts
from tests.chat.paper_room import fill, open_by
from tests.chat.voting_room import ballot_post, forge, propose, rows, store_file, value

pytestmark = pytest.mark.usefixtures("nothing_failed")

ROOT = Path(__file__).parents[2]
RECEIPT = re.compile(r"`([A-Z2-7]{10})`")


def attached(room: Room, result: InteractionResult) -> tuple[str, str]:
    """The one file of an answer: its name and its text."""
    (file,) = message_of(result).attachments
    return file.filename, bytes(room.env.backend.cdn.get(file.url) or b"").decode()


async def test_a_receipt_is_shown_until_closing_and_found_in_the_record_afterwards(room: Room) -> None:
    """From one's own page to the published row, for votes and for papers; nobody else's is ever shown."""
    await propose(room, 3)
    ballot = await room.open_ballot(references="CAP-01")
    await room.vote(room.ana, ballot, 1, "against")
    order = await open_by(room, "ranked", references="CAP-02, CAP-03")
    await fill(room, room.ana, order, (2, "next"), (1, "next"), label="B2")

    mine = await room.ana.slash(room.lobby, "me receipts")
    assert message_of(mine).ephemeral
    told = plain(texts(mine))
    assert "Ballot B1" in told and "CAP-01" in told and "Ballot B2" in told and "your paper" in told
    assert "After closing the bot no longer knows which receipt is yours: note them." in told
    vote, paper = RECEIPT.findall(told)
    others = plain(texts(await room.ben.slash(room.lobby, "me receipts")))
    assert "no receipt of a ballot that is open" in others and vote not in others
    for who, said in ((room.ben, "stands in no closed ballot"), (room.ana, "your own receipt in ballot B1")):
        assert said in texts(await who.slash(room.lobby, "me receipts", receipt=vote.lower()))

    refusal = await forge(room, room.ben, ballot_post(room, "B1"), f"record:{ballot}")
    assert refused(refusal) and "published when the ballot has closed" in texts(refusal)
    await room.close_ballot(ballot, "B1")
    await room.close_ballot(order, "B2")
    assert "no receipt of a ballot that is open" in texts(await room.ana.slash(room.lobby, "me receipts"))
    for who in (room.ana, room.ben, room.obs):
        found = plain(texts(await who.slash(room.lobby, "me receipts", receipt=vote)))
        assert "Ballot B1 · CAP-01" in found.replace("*", "") and "Against" in found
    found = plain(texts(await room.ben.slash(room.lobby, "me receipts", receipt=paper)))
    assert "Ballot B2" in found and "Order: CAP-03 > CAP-02" in found
    assert "no closed ballot" in texts(await room.ana.slash(room.lobby, "me receipts", receipt="AAAAAAAAAA"))

    post = next(
        message
        for message in room.rome.history()
        if f"record:{order}" in controls(message) and "B2" in shown(message)
    )
    for who in (room.ben, room.obs, room.fay, room.ola):
        result = await who.click(post, custom_id=f"record:{order}")
        assert message_of(result).ephemeral
        name, text = attached(room, result)
        (row,) = csv.DictReader(StringIO(text))
        assert name == "cast-votes-B2.csv"
        assert (row["receipt"], row["voter"], row["reference"]) == (paper, "", "")
        assert json.loads(row["vote"]) == {"ranking": [["CAP-03"], ["CAP-02"]]}
    stranger = await room.stranger.click(post, custom_id=f"record:{order}")
    assert refused(stranger) and message_of(stranger).attachments == []


async def test_cast_votes_are_exported_for_one_ballot_or_for_all(room: Room) -> None:
    """As csv and json; what cannot be asked for is one sentence, and so is a ballot that is still open."""
    await propose(room, 2)
    assert "No ballot has closed yet" in texts(
        await room.ola.slash(room.lobby, "export", format="csv", kind=CAST_VOTES)
    )
    ballot = await room.open_ballot(references="CAP-01")
    await room.vote(room.ana, ballot, 1, "for")
    points = await open_by(room, "points", references="CAP-02", points=3)
    await fill(room, room.ben, points, (1, "+1"), label="B2")
    await room.close_ballot(ballot, "B1")

    async def export(**options: str) -> InteractionResult:
        return await room.ola.slash(room.lobby, "export", **{"kind": CAST_VOTES, **options})

    open_yet = await export(format="json", ballot="B2")
    assert refused(open_yet) and "published when the ballot has closed" in texts(open_yet)
    await room.close_ballot(points, "B2")
    name, text = attached(room, await export(format="csv"))
    assert name == "cast-votes.csv"
    assert [(row["ballot"], row["vote"]) for row in csv.DictReader(StringIO(text))] == [
        ("B1", "for"),
        ("B2", '{"points":{"CAP-02":1}}'),
    ]
    result = await export(format="json", ballot="2")
    assert "1 vote or paper" in texts(result)
    name, text = attached(room, result)
    (read,) = json.loads(text)["ballots"]
    assert name == "cast-votes-B2.json" and read["ballot"] == "B2"
    assert (
        read["checksum"]
        == json.loads(value(room, "SELECT body FROM ledger WHERE act = 'ballot.closed' AND subject = 'B2'"))[
            "checksum"
        ]
    )
    for options, said in (
        ({"format": "xlsx"}, "its formats are csv and json"),
        ({"format": "csv", "theme": "CAP"}, "cannot be limited to a theme"),
        ({"format": "csv", "ballot": "B9"}, "There is no ballot B9 here"),
        ({"format": "csv", "ballot": "the last"}, "by its number"),
        ({"format": "csv", "kind": "ranking", "ballot": "B1"}, "cannot be limited to a ballot"),
    ):
        result = await export(**options)
        assert refused(result) and said in texts(result), options
        assert message_of(result).attachments == []


async def test_an_organiser_verifies_the_store_and_is_told_what_does_not_fit(room: Room) -> None:
    """How much was verified, or the first problems by table and row; nobody else may ask."""
    await propose(room, 1)
    ballot = await room.open_ballot()
    for who in (room.ana, room.ben):
        await room.vote(who, ballot, 1, "for")
    await room.close_ballot(ballot)
    for command in ("audit verify", "audit log"):
        for who in (room.fay, room.ana, room.stranger):
            result = await who.slash(room.lobby, command)
            assert refused(result) and "Only organisers" in texts(result)
    result = await room.ola.slash(room.lobby, "audit verify")
    entries = value(room, "SELECT count(*) FROM ledger")
    assert message_of(result).ephemeral
    assert f"All is well. {entries} ledger entries and 1 closed ballot were verified." in texts(result)
    with closing(sqlite3.connect(store_file(room))) as store, store:
        store.execute("UPDATE cast_votes SET choice = 'against' WHERE number = 2")
        for number in range(12):
            store.execute(
                "INSERT INTO cast_votes SELECT ballot_id, ?, position, reference, choice, receipt, "
                "constituency, voter, digest FROM cast_votes WHERE number = 1",
                (100 + number,),
            )
    told = plain(texts(await room.ola.slash(room.lobby, "audit verify")))
    assert "All is well" not in told and "problems were found" in told
    assert "cast_votes: ballot B1, row 2" in told
    assert told.count("\n- ") == PROBLEMS_SHOWN and "`rapporteur audit verify` lists them all" in told


async def test_the_ledger_is_read_in_pages_that_go_on_working_after_a_restart(room: Room) -> None:
    """Number, local time, act and subject, the latest first; nothing of what the entries say."""
    await propose(room, 16)
    ballot = await room.open_ballot(references="CAP-01", reasons="all")
    await room.close_ballot(ballot)
    result = await room.ola.slash(room.lobby, "audit log")
    told = plain(texts(result))
    last = value(room, "SELECT max(seq) FROM ledger")
    numbers = [int(number) for number in re.findall(r"\*\*(\d+)\*\* \d{4}-\d\d-\d\d \d\d:\d\d", told)]
    assert numbers == list(range(last, last - PAGE, -1))
    assert "ballot sealed · B1 · system" in told and "recommendation proposed · CAP-16" in told
    pseudonyms = [
        actor for (actor,) in rows(room, "SELECT DISTINCT actor FROM ledger WHERE actor != 'system'")
    ]
    assert not any(pseudonym in told for pseudonym in pseudonyms)
    assert not any(body in told for (body,) in rows(room, "SELECT body FROM ledger WHERE body != '{}'"))
    await room.restart()
    await room.ola.click(message_of(result), custom_id=control(result, "audit-page:1"))
    older = plain(shown(message_of(result)))
    assert f"**{last - PAGE}**" in older and "initiative loaded" in older
    again = await press(room, room.fay, message_of(result), "audit-page:0")
    assert refused(again)
    far = plain(texts(await room.ola.slash(room.lobby, "audit log", page=1000)))
    assert "**1** " in far


def test_every_act_of_the_ledger_has_a_name() -> None:
    """An act without one would be shown as it is recorded, in no language."""
    written = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "services").rglob("*.py")))
    said = "\n".join(file.read_text("utf-8") for file in sorted((ROOT / "cogs").rglob("*.py")))
    dotted = set(
        re.findall(
            r'"((?:initiative|event|participants?|codes|person|notice|recommendation|regrouping|amendment|argument'
            r'|ballot|silence|agenda|follow_up)\.[a-z_]+)"',
            written,
        )
    )
    posts = set(re.findall(r'@on_post\("([a-z_.]+)"', said))
    acts = dotted - posts - {CLOSE, LAST_CALL, REMINDER, PULSE, SEAL}
    assert acts and acts <= set(ACT_WORDS)
    assert set(ACT_WORDS) <= dotted


@pytest.mark.parametrize("language", Catalogues.load().languages)
def test_the_longest_page_of_the_ledger_and_the_worst_audit_fit_into_a_layout(language: str) -> None:
    """In every language."""
    tr = Catalogues.load().speak(language)
    moment = datetime(2014, 10, 24, 15, 30, tzinfo=UTC)
    page = LogPage(
        tuple(LogEntry(10**6 + n, moment, "_" * 22, "ballot.item_removed", "_" * 64) for n in range(PAGE)),
        5,
        9_999,
        "f" * 64,
    )
    worst = AuditReport(("*" * 500,) * 5_000, 10**6, 10**4)
    many = [OwnReceipt(f"B{n // 60}", f"CAPABLE1-{n}", "ABCDEFGHIJ") for n in range(900)]
    for view in (log_card(page, tr), verified_card(worst, tr), own_card(many, tr)):
        texts_of = [item.content for item in view.walk_children() if isinstance(item, discord.ui.TextDisplay)]
        assert sum(map(len, texts_of)) <= 4000


def test_a_vote_is_said_in_words_by_every_method() -> None:
    """What each publishes, and that somebody stands aside."""
    said = {
        "support": ("recused", ["Standing aside"]),
        "silence": ("break", ["break"]),
        "rating": (
            {"ratings": {"CAP-01": 8}, "importance": {"CAP-01": 6}, "aside": ["CAP-02"]},
            ["Agreement: CAP-01 8", "Importance: CAP-01 6", "Standing aside: CAP-02"],
        ),
        "ranked": (
            {"ranking": [["CAP-02"], ["CAP-01", "CAP-03"]]},
            ["Order: CAP-02 > CAP-01 = CAP-03"],
        ),
        "points": ({"points": {"CAP-01": 3, "CAP-02": 1}}, ["Points: CAP-01 3, CAP-02 1"]),
        "shortlist": ({"approve": ["CAP-01", "CAP-02"]}, ["Approved: CAP-01, CAP-02"]),
    }
    assert said.keys() == METHODS.keys()
    for method, (vote, words) in said.items():
        assert [str(text) for text in vote_words(method, vote)] == words
    assert "taken out" in str(vote_words("points", {"points": {}})[0])
