"""Reports of an initiative, held against the store by queries of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import event

from reports import FORMATS
from reports.charts.activity import Activity
from reports.kinds import CONFERENCE_PAPER, FINAL_REPORT, RANKING, SEMINAR_REPORT
from reports.models.initiative import Entry, FinalReport, InitiativeReport
from seminar.errors import Invalid, NotFound
from seminar.model import Stance, State
from services.record.exports import Wanted
from tests.services.conference_hall import Hall
from tests.services.polling_station import FOR, Station
from tests.services.reported_hall import exports, initiative, propose, report
from tests.services.small_seminar import GUILD, Seminar

OUR_KINDS = (SEMINAR_REPORT, CONFERENCE_PAPER, FINAL_REPORT)


def references(entries: tuple[Entry, ...]) -> list[str]:
    """Which recommendations these are, in their order."""
    return [entry.reference for entry in entries]


def entry_of(made: InitiativeReport, reference: str) -> Entry:
    """The entry of one recommendation."""
    (found,) = [entry for entry in made.entries if entry.reference == reference]
    return found


async def test_a_seminar_report_tells_what_the_seminar_left(held: Hall) -> None:
    """In its own words and by its own ballots, whatever Brussels made of it; nothing is dropped."""
    made = await report(held, SEMINAR_REPORT)
    stored = {str(row[0]) for row in await held.rows("SELECT reference FROM recommendations")}
    assert set(references(made.entries)) | {other.reference for other in made.others} == stored
    assert [(o.reference, o.state) for o in made.others] == [
        ("CAP-07", State.WITHDRAWN),
        ("CAP-08", State.MERGED),
    ]
    assert "shall plan" not in entry_of(made, "CAP-02").ranked.text
    assert "finish together" not in entry_of(made, "CAP-03").ranked.text
    for entry in made.entries:
        assert {result.event for result in entry.results} <= {"ROM"}
    assert [ballot.label for ballot in made.ballots] == ["B1", "B2"]
    assert made.people.participants == await held.value("SELECT count(*) FROM registrations")
    assert [event.code for event in made.events] == ["ROM", "BER"]


async def test_ranks_and_votes_are_those_of_the_events_own_ballots(held: Hall) -> None:
    """Each figure is in the tally of the ballot it is said to be from, and ranks are those of the ranking."""
    tallies = {
        (f"B{number}", str(reference)): json.loads(str(figures))
        for number, reference, figures in await held.rows(
            "SELECT b.number, t.reference, t.figures FROM tallies t JOIN ballots b ON b.id = t.ballot_id "
            "WHERE b.status = 'closed'"
        )
    }
    final = await report(held, FINAL_REPORT)
    told = {(result.ballot, entry.reference) for entry in final.entries for result in entry.results}
    assert told == {key for key in tallies if key[1] in set(references(final.entries))}
    for entry in final.entries:
        for result in entry.results:
            assert result.row.figures.to_json() == tallies[result.ballot, entry.reference]
            assert result.version == await held.value(
                "SELECT i.version FROM ballot_items i JOIN ballots b ON b.id = i.ballot_id "
                f"WHERE b.number = {result.ballot[1:]} AND i.reference = '{entry.reference}'"
            )
    own = entry_of(final, "CAP-03")
    assert own.ranked.ballot == "B1", "the seminar's, though Brussels voted later"
    assert [(one.ballot, one.row.rank) for one in own.at("BRU")] == [("B3", 1)]
    seminar = await report(held, SEMINAR_REPORT)
    ranking = await report(held, RANKING, event="ROM")
    of_rome = {row.reference: row for row in ranking.recommendations if row.ballot == "B1"}
    untouched = [entry for entry in seminar.entries if entry.reference in of_rome and len(entry.results) == 1]
    order = [entry.reference for entry in untouched]
    assert order == sorted(order, key=lambda name: entry_of(seminar, name).ranked.rank or 99)
    assert {name: entry_of(seminar, name).ranked.counts for name in of_rome} == {
        name: row.counts for name, row in of_rome.items()
    }


async def test_a_final_report_has_every_text_that_came_to_the_conference(held: Hall) -> None:
    """Final ones by number and with what they rest on; those that nobody finalised are not dropped."""
    made: FinalReport = await report(held, FINAL_REPORT)
    items = await held.rows(
        "SELECT r.reference, c.number, c.final_version, c.basis, c.reason, c.rank FROM conference_items c "
        "JOIN recommendations r ON r.id = c.recommendation_id ORDER BY c.position"
    )
    assert references(made.entries) == [row[0] for row in items]
    for (_, number, version, basis, reason, rank), entry in zip(items, made.entries, strict=True):
        assert entry.final_name == (None if number is None else f"R{number}")
        assert entry.forwarding is not None
        assert entry.forwarding.rank == rank
        assert (entry.decision is None) == (basis is None)
        if entry.decision is not None:
            assert (entry.decision.basis, entry.decision.reason) == (basis, reason)
            assert entry.decision.final == (version is not None)
    assert [(one.final_name, one.reference) for one in made.final] == [("R1", "CAP-02"), ("R2", "CAP-03")]
    assert references(made.still_open) == ["CAP-04", "CAP-01"]
    assert references(made.unfinalised) == ["CAP-05"]
    edited, own = made.final
    assert edited.decision is not None
    assert [piece.text for piece in edited.decision.changes["text"] if piece.mark == "added"] == ["shall"]
    assert own.decision is not None
    assert (own.decision.ballot, own.decision.changes) == ("B3", {})
    assert {other.reference for other in made.others} == {"CAP-06", "CAP-07", "CAP-08", "CAP-09"}


async def test_an_entry_tells_its_arguments_history_and_silences(held: Hall) -> None:
    """What stands, and nothing that was taken back or set aside."""
    made = await report(held, SEMINAR_REPORT)
    entry = entry_of(made, "CAP-01")
    standing = await held.rows(
        "SELECT c.number, c.stance, c.text FROM contributions c JOIN recommendations r "
        "ON r.id = c.recommendation_id WHERE r.reference = 'CAP-01' AND c.withdrawn_at IS NULL "
        "AND c.set_aside_at IS NULL ORDER BY c.number"
    )
    assert [(one.number, one.stance, one.text) for one in entry.arguments] == standing
    assert Stance.RESERVATION in {one.stance for one in entry.arguments}
    assert [(kin.reference, kin.onwards) for kin in entry.lineage] == [("CAP-08", False)]
    assert (entry.versions, entry.seconds) == (2, 1)
    assert sum(entry_of(made, "CAP-02").amendments.values()) == await held.value(
        "SELECT count(*) FROM amendments a JOIN recommendations r ON r.id = a.recommendation_id "
        "WHERE r.reference = 'CAP-02'"
    )
    broken = entry_of(made, "CAP-09")
    assert [(one.ballot, one.text) for one in broken.objections] == [
        ("B2", "Not before the budget is known.")
    ]
    assert [one.text for one in broken.explanations] == ["We take it as a beginning."]
    addressed = [(one.name, one.code) for one in entry.addressees]
    assert addressed == [("DPKO", "DPKO"), ("CMPD", "CMPD"), ("Troop contributors", None)]


async def test_ballots_are_told_with_their_rules_room_and_checksum(held: Hall) -> None:
    """As the ballot's own row and the ledger have them."""
    made = await report(held, FINAL_REPORT)
    checksums = {
        str(subject): json.loads(str(body))["checksum"]
        for subject, body in await held.rows("SELECT subject, body FROM ledger WHERE act = 'ballot.closed'")
    }
    assert [ballot.label for ballot in made.ballots] == ["B1", "B3"]
    for ballot in made.ballots:
        assert ballot.checksum == checksums[ballot.label]
        ((electorate, voters, event),) = await held.rows(
            f"SELECT electorate, voters, event FROM ballots WHERE number = {ballot.label[1:]}"
        )
        assert (ballot.electorate, ballot.voters, ballot.event) == (electorate, voters, event)
    (hands,) = made.ballots[1].room
    assert (hands.reference, hands.constituency, hands.counts.for_, hands.asked) == (
        "CAP-03",
        "EU",
        2,
        "the EU delegates",
    )
    assert made.ledger_head == await held.value("SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1")


async def test_activity_and_contributions_count_what_the_store_has(held: Hall) -> None:
    """Every act once, on its day."""
    made = await report(held, SEMINAR_REPORT)
    totals = Activity()
    for _, counted in made.activity:
        totals = totals.plus(counted)
    votes = await held.value(
        "SELECT count(*) FROM cast_votes v JOIN ballots b ON b.id = v.ballot_id WHERE b.event = 'ROM'"
    )
    assert totals == Activity(
        proposals=int(str(await held.value("SELECT count(*) FROM recommendations"))),
        seconds=int(str(await held.value("SELECT count(*) FROM seconds"))),
        amendments=int(str(await held.value("SELECT count(*) FROM amendments"))),
        arguments=int(str(await held.value("SELECT count(*) FROM contributions"))),
        votes=int(str(votes)),
    )
    taken_back = await held.value("SELECT count(*) FROM contributions WHERE withdrawn_at IS NOT NULL")
    assert made.contributions == totals.proposals + totals.amendments + totals.arguments - int(
        str(taken_back)
    )


async def test_receipts_stand_in_an_annex_where_they_are_asked_for(held: Hall) -> None:
    """All that were published, each with its vote and nothing that leads to anybody."""
    assert (await report(held, FINAL_REPORT)).receipts is None
    annex = (await report(held, FINAL_REPORT, receipts=True)).receipts
    for ballot in annex:
        published = await held.rows(
            "SELECT v.receipt, v.reference, v.choice FROM cast_votes v JOIN ballots b "
            f"ON b.id = v.ballot_id WHERE b.number = {ballot.ballot[1:]} ORDER BY v.number"
        )
        assert [(row.receipt, row.reference, row.vote) for row in ballot.receipts] == published
    assert [ballot.ballot for ballot in annex] == ["B1", "B3"]


async def test_a_draft_is_one_while_its_event_is_not_closed(held: Hall) -> None:
    """Unless it is said otherwise; the cover has what the initiative wants on it."""
    more = '[documents]\nstatus = "Nothing binds."\nforeword = "Welcome."\noutcome = "endorsed"\n'
    assert (await report(held, FINAL_REPORT)).covering.draft
    assert not (await report(held, SEMINAR_REPORT, event="ROM")).covering.draft
    assert (await report(held, SEMINAR_REPORT, event="ROM", draft=True)).covering.draft
    assert (await report(held, SEMINAR_REPORT)).covering.draft, "Berlin has not even begun"
    assert not (await report(held, FINAL_REPORT, draft=False)).covering.draft
    assert not (await report(held, RANKING, event="ROM")).covering.draft
    await held.load(initiative("named", more))
    cover = (await report(held, FINAL_REPORT)).covering
    assert (cover.status, cover.foreword, cover.outcome) == (
        "Nothing binds.",
        "Welcome.",
        "endorsed",
    )
    await held.events.close(held.organiser, "BRU")
    assert not (await report(held, FINAL_REPORT)).covering.draft


async def test_a_report_can_be_of_one_event_or_theme(held: Hall) -> None:
    """And says in a sentence what it cannot be of."""
    await held.events.open(held.organiser, "BER")
    await propose(held, held.ana, "Train together", theme="TRN", event="BER")
    assert references((await report(held, SEMINAR_REPORT, event="ber")).entries) == ["TRN-01"]
    assert references((await report(held, SEMINAR_REPORT, theme="TRN")).entries) == ["TRN-01"]
    assert (await report(held, FINAL_REPORT, theme="TRN")).entries == ()
    with pytest.raises(Invalid, match="BRU is a conference; a seminar report is about a seminar"):
        await report(held, SEMINAR_REPORT, event="BRU")
    for kind in (CONFERENCE_PAPER, FINAL_REPORT):
        with pytest.raises(Invalid, match="ROM is a seminar; this report is about a conference"):
            await report(held, kind, event="ROM")
        with pytest.raises(NotFound, match="Nothing was forwarded"):
            await exports(held).extent(held.organiser, Wanted(kind, theme="TRN"))
        assert await exports(held).extent(held.organiser, Wanted(kind)) == 5
    assert await exports(held).extent(held.organiser, Wanted(SEMINAR_REPORT, event="ROM")) == 9


async def test_nothing_to_report_is_one_sentence(rome: Seminar) -> None:
    """Nothing proposed; no conference in the file."""
    nothing = exports(rome)
    with pytest.raises(NotFound, match="Nothing was proposed there yet"):
        await nothing.extent(rome.organiser, Wanted(SEMINAR_REPORT))
    for kind in (CONFERENCE_PAPER, FINAL_REPORT):
        with pytest.raises(NotFound, match="names no conference"):
            await nothing.extent(rome.organiser, Wanted(kind))


async def test_nothing_forwarded_is_one_sentence_and_one_recommendation_a_report(hall: Hall) -> None:
    """The smallest of each, in every format."""
    await hall.prepare(items=1)
    for kind in (CONFERENCE_PAPER, FINAL_REPORT):
        with pytest.raises(NotFound, match="Nothing was forwarded to a conference yet"):
            await exports(hall).extent(hall.organiser, Wanted(kind))
    await hall.adopt("CAP-01")
    await hall.conference.forward(hall.organiser, "ROM")
    for kind in OUR_KINDS:
        made = await report(hall, kind)
        assert references(made.entries) == ["CAP-01"]
        for format in FORMATS.values():
            if type(made) in format.renderers:
                assert format.render(made, str)


async def test_every_method_is_reported(voted_on_all: Station) -> None:
    """With the notes that its figures need, and figures as they were published."""
    made: Any = await exports(voted_on_all).report(GUILD, Wanted(SEMINAR_REPORT))
    assert {ballot.rules.method for ballot in made.ballots} == {
        str(row[0]) for row in await voted_on_all.rows("SELECT method FROM ballots WHERE status = 'closed'")
    }
    assert len(made.ballots) == await voted_on_all.value(
        "SELECT count(*) FROM ballots WHERE status = 'closed'"
    )


async def test_statements_grow_with_pieces_and_not_with_recommendations(hall: Hall) -> None:
    """Twenty recommendations are read in as many statements as one."""
    await hall.prepare(items=1)

    async def statements() -> int:
        counted = 0

        def count(*_: object) -> None:
            nonlocal counted
            counted += 1

        engine = hall.db._readers.sync_engine
        event.listen(engine, "before_cursor_execute", count)
        try:
            await report(hall, SEMINAR_REPORT)
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return counted

    await hall.ballot("CAP-01", FOR)
    one = await statements()
    for number in range(20):
        await propose(hall, hall.ana, f"More {number}")
    assert await statements() == one
