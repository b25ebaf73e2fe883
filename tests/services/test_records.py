"""Cast-vote records as they are published, receipts, what is exported, and the ledger as it is read."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from reports import FORMATS
from reports.kinds import ARGUMENTS, CAST_VOTES, CONFERENCE_PAPER, FINAL_REPORT, FOLLOW_UP, KINDS, RANKING
from reports.models.cast_votes import BallotRecord, CastVotesReport
from seminar.errors import Invalid, NotAllowed, NotFound, Refused
from seminar.methods import METHODS
from seminar.model import Counts, Role
from services.record.exports import Exports, Wanted
from services.record.ledger_log import PAGE, LedgerLog
from services.record.receipts import OwnReceipt, Receipts
from services.record.records import FoundVote
from services.voting.polling import Polling
from tests import stores
from tests.services import every_method
from tests.services.every_method import ITEMS, NAMES, fill, records_of
from tests.services.polling_station import ABSTAIN, AGAINST, FOR, Station
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE


def exports_of(station: Station) -> Exports:
    """Everything that can be exported of the station's store."""
    return Exports(station.db, station.clock, station.initiatives)


def receipts_of(station: Station) -> Receipts:
    """Receipts, read with the keys that are there."""
    polling = Polling(station.db, station.initiatives, station.participants, station.writer, station.keys)
    return Receipts(station.db, station.participants, polling, records_of(station))


async def record(station: Station, label: str) -> BallotRecord:
    """The record of one ballot."""
    (found,) = (await records_of(station).report(GUILD, label)).ballots
    return found


@pytest.fixture
async def many(station: Station) -> Station:
    """The station with as many recommendations as every method needs."""
    for number in range(2, ITEMS):
        await station.propose(station.ana, title=f"Recommendation {number + 1}")
    return station


async def test_every_method_publishes_its_votes_in_its_own_words(voted_on_all: Station) -> None:
    """By reference, for closed ballots alone; what was taken out is in none of them."""
    report = await records_of(voted_on_all).report(GUILD)
    assert [ballot.label for ballot in report.ballots] == [f"B{number}" for number in range(1, 11)]
    assert {ballot.method for ballot in report.ballots} == set(METHODS)
    by_name = dict(zip(NAMES, report.ballots, strict=True))

    def votes(name: str) -> Counter[str]:
        return Counter(str(one.vote) for one in by_name[name].votes)

    assert votes("support") == {"for": 12, "against": 5, "recused": 1}
    assert {one.reference for one in by_name["support"].votes} == {"CAP-01", "CAP-02"}
    assert votes("rating")["{'ratings': {'CAP-04': 7, 'CAP-05': 1}, 'importance': {'CAP-04': 6}}"] == 1
    assert votes("rating")["{'ratings': {'CAP-05': 5}, 'aside': ['CAP-04']}"] == 1
    assert votes("ranked") == {
        "{'ranking': [['CAP-06'], ['CAP-07']]}": 3,
        "{'ranking': [['CAP-06', 'CAP-07']]}": 2,
        "{'ranking': [['CAP-07']]}": 2,
        "{'ranking': [['CAP-07']], 'aside': ['CAP-06']}": 1,
    }
    assert votes("points")["{'points': {'CAP-10': 4}, 'aside': ['CAP-09']}"] == 1
    assert votes("shortlist")["{'approve': ['CAP-11']}"] == 2
    assert (votes("kept"), votes("broken")) == ({}, {"break": 1})
    for ballot in report.ballots:
        on_paper = METHODS[ballot.method].on_paper
        assert all(
            (one.reference is None) is (on_paper or ballot.method == "silence") for one in ballot.votes
        )
        assert not {"CAP-03", "CAP-08"} & set(ballot.items)


async def test_a_record_says_what_the_ledger_and_the_rules_say(many: Station) -> None:
    """Checksum, turnout, options, hands in the groups they entered, and reasons apart from votes."""
    voters = await many.register(un=6, eu=6)
    await many.close(await every_method.support(many, voters))
    found = await record(many, "b 1")
    closing = json.loads(str(await many.value("SELECT body FROM ledger WHERE act = 'ballot.closed'")))
    assert found.checksum == closing["checksum"]
    assert (found.electorate, found.voters, found.set_aside) == (13, 9, 0)
    assert found.rules["secrecy"] == "secret" and found.rules["threshold"] == ">1/2"
    assert [(one.constituency, one.counts, one.asked) for one in found.room] == [
        (None, Counts(0, 0, 1), "everybody else"),
        ("EU", Counts(1, 1, 0), "the delegates of the EU"),
    ]
    assert {one.reference for one in found.room} == {"CAP-01"}
    told = {(one.reference, one.choice, one.text) for one in found.reasons}
    assert ("CAP-01", "for", "Only this one") in told and len(told) == 17
    assert "method" not in found.rules and "options" not in found.rules
    short = await every_method.shortlist(many, voters)
    await many.close(short)
    assert (await record(many, "B2")).rules["seats"] == 2


async def test_hands_that_were_set_aside_at_closing_are_not_in_the_record(station: Station) -> None:
    """The ledger says which were counted; who was asked stands beside those."""
    voters = await station.register(un=3)
    ballot = await station.open()
    for reference in ("CAP-01", "CAP-02"):
        counts = Counts(1 if reference == "CAP-01" else 4, 0, 0)
        await station.room.enter(station.facilitator, ballot.id, reference, counts, None, f"on {reference}")
    await station.vote(voters[0], ballot, FOR, FOR)
    await station.close(ballot)
    found = await record(station, "B1")
    assert [(one.reference, one.counts.for_, one.asked) for one in found.room] == [("CAP-01", 1, "on CAP-01")]


@pytest.mark.parametrize(
    ("attribution", "shown"),
    [("named", {"Person 1000", "Person 1001"}), ("organisation", {"EEAS", None}), ("chatham", {None})],
)
async def test_an_open_ballot_names_its_voters_as_attribution_allows(
    station: Station, attribution: str, shown: set[str | None]
) -> None:
    """By name, by organisation, or by nothing; a secret one names nobody whatever the rule."""
    one, two = await station.register(un=1, eu=1)
    await station.load(INITIATIVE.replace('"named"', f'"{attribution}"'))
    await station.participants.set(
        station.organiser, one.user_id, one.name, (one.roles, one.constituencies), organisation="EEAS"
    )
    for secrecy in ("open", "secret"):
        ballot = await station.open(method="points", references="CAP-01", secrecy=secrecy)
        for voter in (one, two):
            await fill(station, voter, ballot, (1, "2"))
        await station.close(ballot)
    openly, secretly = (await records_of(station).report(GUILD)).ballots
    assert {vote.voter for vote in openly.votes} == shown
    assert {vote.constituency for vote in openly.votes} == {"UN", "EU"}
    assert {(vote.voter, vote.constituency) for vote in secretly.votes} == {(None, "others")}


@pytest.mark.parametrize(
    ("attribution", "shown"), [("named", "EEAS"), ("organisation", "EEAS"), ("chatham", None)]
)
async def test_a_delegation_is_named_by_its_organisation(
    station: Station, attribution: str, shown: str | None
) -> None:
    """Never by the member who voted for it."""
    (one,) = await station.register(eu=1)
    rule = '\n[rules]\nvote_by = "delegation"\n'
    await station.load(INITIATIVE.replace('"named"', f'"{attribution}"') + rule)
    await station.participants.set(
        station.organiser, one.user_id, one.name, (one.roles, one.constituencies), organisation="EEAS"
    )
    ballot = await station.open(secrecy="open")
    await station.vote(one, ballot, FOR)
    await station.close(ballot)
    (vote,) = (await record(station, "B1")).votes
    assert vote.voter == shown


async def test_a_name_that_was_erased_is_nobodys(station: Station) -> None:
    """The pseudonym that is left leads to no name."""
    (one,) = await station.register(un=1)
    ballot = await station.open(secrecy="open")
    await station.vote(one, ballot, FOR)
    await station.close(ballot)
    async with station.db.write() as tx:
        await tx.exec_driver_sql("UPDATE people SET name = ''")
    (vote,) = (await record(station, "B1")).votes
    assert vote.voter is None


async def test_a_ballot_that_is_not_closed_has_no_record(station: Station) -> None:
    """Open, cancelled, unknown or no ballot at all: one sentence each."""
    records = records_of(station)
    assert await records.extent(GUILD) is None
    assert (await records.report(GUILD)).ballots == ()
    ballot = await station.open(references="CAP-01")
    await station.vote(station.ana, ballot, FOR)
    for asked in (records.report(GUILD, "B1"), records.extent(GUILD, "B1")):
        with pytest.raises(Refused, match="published when the ballot has closed"):
            await asked
    with pytest.raises(Refused, match="published when the ballot has closed"):
        await records.published(station.ana, ballot.id)
    assert (await records.report(GUILD)).ballots == ()
    await station.ballots.cancel(station.facilitator, ballot.id, "Wrong text")
    with pytest.raises(Refused, match="cancelled and has no record"):
        await records.report(GUILD, "B1")
    with pytest.raises(NotFound, match="no ballot B7"):
        await records.report(GUILD, "B7")
    with pytest.raises(Invalid, match="by its number"):
        await records.report(GUILD, "the last one")


async def test_anybody_of_the_seminar_may_have_the_record_and_no_stranger(station: Station) -> None:
    """Observers too; it belongs to its own server."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR, AGAINST)
    await station.close(ballot)
    records = records_of(station)
    for who in (station.ana, station.obi, station.facilitator, station.organiser):
        assert await records.published(who, ballot.id) == ("B1", 2)
    with pytest.raises(NotAllowed):
        await records.published(actor(99), ballot.id)
    await station.load(by=actor(6, guild_id=77, may_manage_server=True))
    with pytest.raises(NotFound):
        await records.published(actor(7, Role.ORGANISER, guild_id=77), ballot.id)


async def test_a_ledger_that_was_tampered_with_leaves_the_record_without_a_checksum(station: Station) -> None:
    """What does not fit is the audit's affair; the record can still be read."""
    ballot = await station.open()
    await station.vote(station.ana, ballot, FOR)
    await station.close(ballot)
    for body in ("not json", "[]", '{"checksum": 7, "beside": {"room": "none"}}'):
        stores.shelf().change(
            station.db.url, f"UPDATE ledger SET body = '{body}' WHERE act = 'ballot.closed'"
        )
        found = await record(station, "B1")
        assert (found.checksum, found.room, len(found.votes)) == (None, (), 1)
        assert (await station.results.report(GUILD)).ballots[0].checksum is None


async def test_a_receipt_leads_to_its_vote_once_the_ballot_has_closed(many: Station) -> None:
    """And to nothing before, but for one's own; capitals and spaces make no difference."""
    voters = await many.register(un=3, eu=3)
    receipts, records = receipts_of(many), records_of(many)
    ballot = await many.open(references="CAP-01, CAP-02")
    paper = await many.open(method="ranked", references="CAP-04, CAP-05")
    cast = await many.voting.cast(voters[0], ballot.id, 2, AGAINST)
    sheet = await fill(many, voters[0], paper, (2, "next"), (1, "next"))
    assert cast.receipt and sheet.receipt
    assert await receipts.own(voters[0]) == (
        OwnReceipt("B1", "CAP-02", cast.receipt),
        OwnReceipt("B2", None, sheet.receipt),
    )
    assert await receipts.own(voters[1]) == ()
    assert await receipts.find(voters[1], cast.receipt) is None
    assert await receipts.find(voters[0], cast.receipt.lower()) == OwnReceipt("B1", "CAP-02", cast.receipt)
    await many.close(ballot)
    await many.close(paper)
    assert await receipts.own(voters[0]) == ()
    found = await receipts.find(voters[1], f" {cast.receipt[:5]} {cast.receipt[5:].lower()} ")
    assert found == FoundVote("B1", "support", "CAP-02", "against")
    assert await receipts.find(voters[1], sheet.receipt) == FoundVote(
        "B2", "ranked", None, {"ranking": [["CAP-05"], ["CAP-04"]]}
    )
    for nothing in ("", "   ", "AAAAAAAAAA", "%", "ABCDE'--"):
        assert await receipts.find(voters[0], nothing) is None
    assert await records.find(77, cast.receipt) is None, "another server's"


async def test_receipts_follow_the_ballots_rules(station: Station) -> None:
    """None where the initiative switched them off, none for who never voted or stands in no delegation."""
    receipts = receipts_of(station)
    await station.load(INITIATIVE + "\n[rules]\nreceipts = false\n")
    without = await station.open(references="CAP-01")
    await station.vote(station.ana, without, FOR)
    assert await receipts.own(station.ana) == ()
    assert await receipts.own(actor(99)) == ()
    await station.load(INITIATIVE + '\n[rules]\nvote_by = "delegation"\n')
    for who in (station.ana, station.ben):
        await station.participants.set(
            station.organiser, who.user_id, who.name, (who.roles, who.constituencies), organisation="EEAS"
        )
    ballot = await station.open(references="CAP-02")
    cast = await station.voting.cast(station.ana, ballot.id, 1, ABSTAIN)
    assert await receipts.own(station.ben) == (OwnReceipt("B2", "CAP-02", str(cast.receipt)),)
    assert await receipts.own(station.cem) == ()


async def test_between_two_rounds_the_bot_shows_no_receipt(station: Station) -> None:
    """The round has closed, though its votes are kept: its record is published, and says them."""
    ballot = await station.open(method="rating", rounds=2)
    sheet = await fill(station, station.ana, ballot, (1, "a7"))
    await station.close(ballot)
    receipts = receipts_of(station)
    assert await receipts.own(station.ana) == ()
    found = await receipts.find(station.ana, str(sheet.receipt))
    assert found == FoundVote("B1", "rating", None, {"ratings": {"CAP-01": 7}})


async def test_each_kind_of_export_is_written_in_each_of_its_formats(voted_on_all: Station) -> None:
    """From the same report, whoever asks."""
    many, exports = voted_on_all, exports_of(voted_on_all)
    for kind in KINDS.values():
        if kind.name in (CONFERENCE_PAPER, FINAL_REPORT, FOLLOW_UP):  # nothing was forwarded or finalised
            continue
        wanted = Wanted(kind.name)
        report: Any = await exports.report(GUILD, wanted)
        assert isinstance(report, kind.report)
        assert await exports.extent(many.organiser, wanted) > 0 or kind.name == ARGUMENTS
        for name in kind.formats:
            assert FORMATS[name].render(report, str)
    assert await exports.extent(many.organiser, Wanted(RANKING)) == ITEMS
    report = await exports.report(GUILD, Wanted(CAST_VOTES))
    assert isinstance(report, CastVotesReport)
    votes = sum(len(ballot.votes) for ballot in report.ballots)
    assert await exports.extent(many.organiser, Wanted(CAST_VOTES)) == votes
    assert await exports.extent(many.organiser, Wanted(CAST_VOTES, ballot="B7")) == 0, "nobody objected"
    one = await exports.report(GUILD, Wanted(CAST_VOTES, ballot="B7"))
    assert [ballot.votes for ballot in one.ballots] == [()]


async def test_an_export_that_cannot_be_is_one_sentence(station: Station) -> None:
    """Nobody but an organiser, no such kind, no such part, nothing there."""
    exports = exports_of(station)
    with pytest.raises(NotAllowed):
        await exports.extent(station.facilitator, Wanted())
    with pytest.raises(Invalid, match="there is ranking, seminar-report, "):
        await exports.extent(station.organiser, Wanted("minutes"))
    with pytest.raises(Invalid, match="cast-votes cannot be limited to a theme, but to a ballot"):
        await exports.extent(station.organiser, Wanted(CAST_VOTES, theme="CAP"))
    with pytest.raises(Invalid, match="ranking cannot be limited to a ballot, but to an event and a theme"):
        await exports.report(GUILD, Wanted(ballot="B1"))
    with pytest.raises(NotFound, match="No ballot has closed yet"):
        await exports.extent(station.organiser, Wanted(CAST_VOTES))
    with pytest.raises(NotFound, match="nothing to export"):
        await exports.extent(station.organiser, Wanted(theme="TRN"))


async def test_an_export_before_anything_is_loaded_says_what_to_do(bare: Seminar, station: Station) -> None:
    """Before asking who somebody is."""
    elsewhere = actor(2, Role.ORGANISER, guild_id=4711)
    with pytest.raises(NotFound, match="/initiative load"):
        await exports_of(station).extent(elsewhere, Wanted())


async def test_the_ledger_is_read_page_by_page_the_latest_first(station: Station) -> None:
    """For organisers; every entry once, on the initiative's clock, and a page too far is the last one."""
    ballot = await station.open()
    for _ in range(20):
        await station.ballots.extend(station.facilitator, ballot.id, "1h")
    log = LedgerLog(station.db, station.initiatives, station.audit)
    first = await log.page(station.organiser)
    pages = [await log.page(station.organiser, number) for number in range(first.pages)]
    seen = [entry.seq for page in pages for entry in page.entries]
    assert seen == list(range(int(str(await station.value("SELECT max(seq) FROM ledger"))), 0, -1))
    assert len(first.entries) == PAGE and first.pages == -(-len(seen) // PAGE)
    assert (first.entries[0].act, first.entries[0].subject) == ("ballot.extended", "B1")
    assert first.entries[0].at.hour == 11, "nine in UTC is eleven in Brussels in October"
    assert first.head == await station.value("SELECT hash FROM ledger_heads")
    assert await log.page(station.organiser, 999) == pages[-1]
    assert await log.page(station.organiser, -3) == first
    for asked in (log.page(station.facilitator), log.verify(station.facilitator)):
        with pytest.raises(NotAllowed):
            await asked
    report = await log.verify(station.organiser)
    assert (report.problems, report.entries) == ((), len(seen))
