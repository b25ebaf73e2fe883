"""Exports of arguments and of drafting: all that happened, nobody named whom attribution keeps, and no
slower as the store grows."""

from __future__ import annotations

import json
import re
import secrets
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from benchmarks.statements import counted
from reports import FORMATS
from reports.kinds import ARGUMENTS, DRAFTING, KINDS
from seminar.errors import Invalid, NotAllowed, NotFound
from seminar.model import Actor, Change, Role
from services.drafting.amendments import Amendments
from services.drafting.arguments import Arguments
from services.drafting.drafting_record import DraftingRecord
from services.drafting.regrouping import Regrouping
from services.drafting.regrouping_requests import MergeRequest
from services.record.exports import Exports, Wanted
from storage.engine import Database
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, StillClock
from tests.small_initiative import INITIATIVE

NAMES = ("Ana", "Ben", "Cem", "Obi", "Fay", "Hidden House")
TEXT = "Both sides should plan missions together from the first day on."


class Table:
    """The station's store, with what is done to texts before they are exported."""

    def __init__(self, station: Station) -> None:
        self.station = station
        people = (station.db, station.clock, station.initiatives, station.participants)
        self.amendments = Amendments(*people, station.silences)
        self.arguments = Arguments(*people)
        self.regrouping = Regrouping(station.db, station.clock, station.initiatives)
        self.record = DraftingRecord(station.db, station.clock, station.initiatives)
        self.exports = Exports(station.db, station.clock, station.initiatives)

    async def amend(self, who: Actor, text: str, reason: str = "", reference: str = "CAP-01") -> None:
        """Asks for another text than stands there now."""
        view = await self.station.recommendations.get(GUILD, reference)
        fields = {**view.wording.fields, "text": text}
        await self.amendments.propose(who, reference, view.version, fields, reason, secrets.token_hex(8))

    async def argue(self, who: Actor, text: str, stance: str = "for", reference: str = "CAP-01") -> None:
        link = "https://discord.com/channels/900100/7/8"
        await self.arguments.add(who, reference, stance, text, nonce=secrets.token_hex(8), link=link)

    async def files(self, kind: str) -> dict[str, bytes]:
        """The export in every format that can write it, workbooks unpacked."""
        report = await self.exports.report(GUILD, Wanted(kind))
        made = {name: FORMATS[name].render(report, str) for name in KINDS[kind].formats}
        with zipfile.ZipFile(BytesIO(made["xlsx"])) as book:
            made["xlsx"] = b"".join(book.read(name) for name in book.namelist())
        return made

    async def read(self, kind: str, **limits: Any) -> Any:
        """The JSON export through Python's own reader."""
        report = await self.exports.report(GUILD, Wanted(kind, **limits))
        return json.loads(FORMATS["json"].render(report, str))


async def drafted(station: Station, attribution: str) -> Table:
    """CAP-01 with versions, amendments, arguments, and a merge that was undone."""
    await station.load(INITIATIVE.replace('"named"', f'"{attribution}"'), by=station.owner)
    await station.events.open(station.organiser, "ROM")
    table = Table(station)
    ana, ben, cem, fay = station.ana, station.ben, station.cem, station.facilitator
    await station.propose(ana, title="Plan together", text=TEXT)
    await station.propose(ben, title="Learn together", text="Both sides should write one report after.")
    held = (frozenset({Role.PARTICIPANT}), ("EU",))
    await station.participants.set(station.organiser, 12, "Ben", held, organisation="Hidden House")
    await table.amend(ben, TEXT.replace("the first day", "the first week"), "A day is too early.")
    await table.amend(cem, TEXT.replace("the first day", "an early stage"))
    await table.amend(cem, f"{TEXT} <b>=1+1</b>")
    await table.amendments.second(ana, "CAP-01", 1)
    await table.amendments.accept(ana, "CAP-01", 1, change=Change.SUBSTANTIVE, reason="Yes.")
    await table.amendments.reject(ana, "CAP-01", 3, "Sums belong elsewhere.")
    await table.amend(ana, TEXT.replace("the first day on", "the first week"))
    await table.amendments.accept(fay, "CAP-01", 4, change=Change.EDITORIAL)
    asked = MergeRequest(("CAP-02",), "CAP-01", "Plan and learn together", TEXT, "", "")
    await table.regrouping.merge(fay, asked)
    await table.regrouping.undo(fay, "CAP-01")
    await table.argue(ben, "It is *cheaper*.")
    await table.argue(cem, "=1+1 is what it costs.", "against")
    await table.argue(ana, "I take this back.", "question")
    await table.argue(ben, "Buy our planes.", "evidence")
    await table.argue(cem, "Also there.", reference="CAP-02")
    await table.arguments.withdraw(ana, "CAP-01", 3)
    await table.arguments.set_aside(fay, "CAP-01", 4, "Advertising is no argument.")
    return table


@pytest.fixture
def station(db: Database, clock: StillClock, tmp_path: Path) -> Station:
    """The services over an empty store."""
    return Station(db, clock, key_dir=tmp_path / "keys")


async def test_arguments_are_exported_with_what_became_of_them(station: Station) -> None:
    """What was withdrawn without its words, what was set aside with them and the reason."""
    table = await drafted(station, "named")
    read = await table.read(ARGUMENTS)
    assert list(read) == ["initiative", "generated_at", "ledger_head", "arguments"]
    lines = read["arguments"]
    assert [(one["reference"], one["number"], one["stance"], one["status"]) for one in lines] == [
        ("CAP-01", 1, "for", "stands"),
        ("CAP-01", 2, "against", "stands"),
        ("CAP-01", 3, "question", "withdrawn"),
        ("CAP-01", 4, "evidence", "set_aside"),
        ("CAP-02", 1, "for", "stands"),
    ]
    assert lines[0] == {
        "event": "ROM",
        "theme": "CAP",
        "reference": "CAP-01",
        "title": "Plan together",
        "number": 1,
        "stance": "for",
        "text": "It is *cheaper*.",
        "who": "Ben",
        "constituency": "EU",
        "status": "stands",
        "reason": None,
        "link": "https://discord.com/channels/900100/7/8",
        "at": "2014-10-22T09:00:00Z",
    }
    assert (lines[2]["text"], lines[2]["link"], lines[2]["who"]) == (None, None, "Ana")
    assert (lines[3]["text"], lines[3]["reason"]) == ("Buy our planes.", "Advertising is no argument.")
    for name, data in (await table.files(ARGUMENTS)).items():
        assert b"I take this back" not in data, name
    assert await table.exports.extent(station.organiser, Wanted(ARGUMENTS)) == 5


async def test_the_history_says_who_asked_for_what_and_why(station: Station) -> None:
    """Versions with their differences, amendments with what was decided, lineage with what was undone."""
    table = await drafted(station, "named")
    first, second = (await table.read(DRAFTING))["recommendations"]
    assert first["lineage"] == [
        {"kind": "merged", "direction": "from", "reference": "CAP-02", "undone": True}
    ]
    assert second["lineage"][0]["direction"] == "into" and second["amendments"] == []
    versions = first["versions"]
    assert [one["change"] for one in versions[:3]] == ["original", "substantive", "editorial"]
    assert versions[0]["difference"] == {} and versions[0]["who"] == "Ana"
    assert (versions[1]["who"], versions[1]["amendment"]) == ("Ben", 1)
    assert versions[1]["difference"] == {
        "text": [
            {"mark": "same", "text": "Both sides should plan missions together from the first "},
            {"mark": "removed", "text": "day"},
            {"mark": "added", "text": "week"},
            {"mark": "same", "text": " on."},
        ]
    }
    for one, before in zip(versions[1:], versions, strict=False):
        for name, pieces in one["difference"].items():
            old, new = (
                "".join(piece["text"] for piece in pieces if piece["mark"] != mark)
                for mark in ("added", "removed")
            )
            assert (old, new) == (before[name], one[name])
    amendments = {one["number"]: one for one in first["amendments"]}
    assert [one["status"] for one in amendments.values()] == ["accepted", "open", "rejected", "accepted"]
    assert (amendments[1]["reason"], amendments[1]["decision"]) == ("A day is too early.", "Yes.")
    assert (amendments[1]["seconds"], amendments[1]["version"]) == (1, 2)
    assert amendments[3]["decision"] == "Sums belong elsewhere." and amendments[3]["version"] is None
    assert amendments[2]["conflicting"] and amendments[2]["base_version"] == 1
    assert await table.exports.extent(station.organiser, Wanted(DRAFTING)) == 2


async def test_nobody_is_named_under_chatham_house_rules(station: Station) -> None:
    """Neither a name nor an organisation stands anywhere in a file, nor a constituency of too few."""
    table = await drafted(station, "chatham")
    for kind in (ARGUMENTS, DRAFTING):
        for form, data in (await table.files(kind)).items():
            for name in NAMES:
                assert not re.search(rb"\b" + name.encode() + rb"\b", data), (kind, form, name)
    lines = (await table.read(ARGUMENTS))["arguments"]
    assert {(one["who"], one["constituency"]) for one in lines} == {("a participant", None)}
    await station.register(eu=5)
    lines = (await table.read(ARGUMENTS))["arguments"]
    assert [one["constituency"] for one in lines] == ["EU", None, None, "EU", None]
    assert lines[0]["who"] == "EU institutions"
    (first, _) = (await table.read(DRAFTING))["recommendations"]
    assert [one["who"] for one in first["versions"][:2]] == ["a participant", "EU institutions"]


async def test_a_part_can_be_exported_and_nothing_at_all_too(station: Station) -> None:
    """By event and theme, in small letters too; an empty record is a table and a sentence, not an error."""
    table = await drafted(station, "named")
    await station.propose(station.ana, theme="TRN", title="Train together")
    assert len((await table.read(DRAFTING, theme="cap"))["recommendations"]) == 2
    assert len((await table.read(DRAFTING, event="rom"))["recommendations"]) == 3
    for kind in (ARGUMENTS, DRAFTING):
        wanted = Wanted(kind, event="BER")
        assert await table.exports.extent(station.organiser, wanted) == 0
        report = await table.exports.report(GUILD, wanted)
        for name in KINDS[kind].formats:
            assert FORMATS[name].render(report, str)
        with pytest.raises(Invalid, match="cannot be limited to a ballot"):
            await table.exports.report(GUILD, Wanted(kind, ballot="B1"))
        with pytest.raises(NotFound, match="no theme XX"):
            await table.exports.report(GUILD, Wanted(kind, theme="XX"))
        for who in (station.facilitator, station.ana, station.obi):
            with pytest.raises(NotAllowed):
                await table.exports.extent(who, wanted)
    (empty,) = (await table.read(ARGUMENTS, theme="TRN")).keys() & {"arguments"}
    assert (await table.read(ARGUMENTS, theme="TRN"))[empty] == []


async def test_reading_takes_no_more_statements_for_more_of_it(station: Station) -> None:
    """Some hundred recommendations are read at once, with everything that belongs to them."""
    table = await drafted(station, "named")
    sent = {}
    for kind in (ARGUMENTS, DRAFTING):
        with counted() as statements:
            await table.exports.report(GUILD, Wanted(kind))
        sent[kind] = len(statements)
    for number in range(30):
        await station.propose(station.ana, title=f"One more {number}", text=f"{number}: {TEXT}")
        reference = f"CAP-{number + 3:02}"
        await table.amend(station.ben, f"{number}: {TEXT} Indeed.", reference=reference)
        await table.argue(station.ben, "Yes.", reference=reference)
    for kind, few in sent.items():
        with counted() as statements:
            await table.exports.report(GUILD, Wanted(kind))
        assert len(statements) == few, kind
