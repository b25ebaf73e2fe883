"""Ranking reports as they are read from the store."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import insert, update

from reports import FORMATS
from reports.models.ranking import RankingReport
from seminar.canonical import canonical
from seminar.errors import NotFound
from seminar.methods import METHODS, support
from seminar.model import BallotRules, Outcome, Purpose, Quorum, Reasons, Role, Secrecy, State, Threshold
from services.drafting.recommendations import RecView
from storage import ledger
from storage.schema import ballot_items, ballots, recommendations, tallies
from tests.services.every_method import ITEMS
from tests.services.polling_station import Station
from tests.services.small_seminar import GUILD, Seminar, actor
from tests.small_initiative import INITIATIVE

RULES = BallotRules("support", Threshold(Fraction(1, 2), True), Quorum(2), Secrecy.SECRET, Reasons.NONE, True)


async def decide(rome: Seminar, number: int, votes: list[tuple[RecView, tuple[int, int, int]]]) -> None:
    """A closed ballot with so many votes for, against and abstaining on each, all from UN."""
    items = [(position, rec.reference) for position, (rec, _) in enumerate(votes, start=1)]
    rows = [
        (position, choice, "UN")
        for position, (_, counts) in enumerate(votes, start=1)
        for choice, many in zip(("for", "against", "abstain"), counts, strict=True)
        for _ in range(many)
    ]
    figures = support.tally(items, rows, RULES, 10, ["UN"])
    person = await rome.participants.person(rome.facilitator)
    async with rome.db.write() as tx:
        made = await tx.execute(
            insert(ballots)
            .values(
                guild_id=GUILD,
                number=number,
                event="ROM",
                method="support",
                status="closed",
                threshold=">1/2",
                quorum="2",
                secrecy="secret",
                reasons="none",
                receipts=True,
                closes_in="3d",
                prepared_by=person.id,
                prepared_at=rome.clock(),
                closed_at=rome.clock(),
                electorate=10,
                voters=5,
            )
            .returning(ballots.c.id)
        )
        ballot_id = made.scalar_one()
        for (position, reference), (rec, _), figure in zip(items, votes, figures, strict=True):
            await tx.execute(
                insert(ballot_items).values(
                    ballot_id=ballot_id,
                    position=position,
                    recommendation_id=rec.id,
                    version=1,
                    reference=reference,
                )
            )
            await tx.execute(
                insert(tallies).values(
                    ballot_id=ballot_id,
                    position=position,
                    recommendation_id=rec.id,
                    reference=reference,
                    figures=canonical(figure.to_json()),
                    digest="0" * 64,
                )
            )
            await tx.execute(
                update(recommendations).where(recommendations.c.id == rec.id).values(last_ballot_id=ballot_id)
            )


def standing(report: RankingReport) -> list[tuple[int | None, str]]:
    """Rank and reference of every row, as they come."""
    return [(row.rank, row.reference) for row in report.recommendations]


async def test_recommendations_are_ranked_within_event_and_theme(rome: Seminar) -> None:
    """Events and themes in the initiative's order, best first, those without a ballot last."""
    trn = [await rome.propose(rome.ana, "TRN", f"Training {n}") for n in range(2)]
    cap = [await rome.propose(rome.ana, "CAP", f"Capability {n}") for n in range(4)]
    await rome.events.open(rome.organiser, "BER")
    await rome.propose(rome.ana, "TRN", "Berlin training", event="BER")
    await decide(rome, 1, [(cap[0], (2, 3, 0)), (cap[1], (5, 0, 0)), (cap[2], (0, 1, 0))])
    await decide(rome, 2, [(trn[1], (1, 1, 1))])
    report = await rome.results.report(GUILD)
    assert standing(report) == [
        (1, "CAP-02"),
        (2, "CAP-01"),
        (3, "CAP-03"),
        (None, "CAP-04"),
        (1, "TRN-02"),
        (None, "TRN-01"),
        (None, "TRN-03"),
    ]
    assert [(part.event.title, part.theme.title) for part in report.sections()] == [
        ("Rome seminar", "Military capabilities"),
        ("Rome seminar", "Training"),
        ("Berlin seminar", "Training"),
    ]


async def test_a_row_has_the_figures_of_the_latest_closed_ballot(rome: Seminar) -> None:
    """An earlier ballot on the same recommendation does not show."""
    rec = await rome.propose(rome.ana)
    await decide(rome, 1, [(rec, (0, 1, 0))])
    rome.clock.pass_(hours=2)
    await decide(rome, 2, [(rec, (4, 1, 2))])
    (row,) = (await rome.results.report(GUILD)).recommendations
    assert (row.for_, row.against, row.abstain, row.turnout, row.electorate) == (4, 1, 2, 7, 10)
    assert (row.outcome, row.contested, row.method, row.ballot) == (Outcome.CARRIED, False, "support", "B2")
    assert row.score == row.consensus == pytest.approx((4 + 1 + 1) / 9)
    assert row.wilson == pytest.approx(0.3755, abs=1e-4)
    assert row.by_constituency is not None
    assert row.by_constituency["UN"].total == 7
    assert row.closed_at == rome.clock()
    assert str(row.author) == "Ana"


async def test_a_recommendation_without_a_ballot_has_no_figures(rome: Seminar) -> None:
    """It is there all the same, whatever became of it."""
    rec = await rome.propose(rome.ana)
    await rome.recommendations.withdraw(rome.ana, rec.reference)
    (row,) = (await rome.results.report(GUILD)).recommendations
    assert row.state is State.WITHDRAWN
    assert (row.rank, row.method, row.for_, row.outcome, row.score, row.ballot) == (None,) * 6


async def test_a_report_can_be_limited_to_an_event_and_a_theme(rome: Seminar) -> None:
    """With the same ranks as in the whole one; codes may be typed in small letters."""
    cap = [await rome.propose(rome.ana, "CAP", f"Capability {n}") for n in range(2)]
    await rome.propose(rome.ana, "TRN")
    await decide(rome, 1, [(cap[0], (2, 3, 0)), (cap[1], (5, 0, 0))])
    assert standing(await rome.results.report(GUILD, "rom", "cap")) == [(1, "CAP-02"), (2, "CAP-01")]
    assert standing(await rome.results.report(GUILD, theme="TRN")) == [(None, "TRN-01")]
    berlin = await rome.results.report(GUILD, event="BER")
    assert (standing(berlin), [event.code for event in berlin.events]) == ([], ["BER"])


async def test_an_unknown_event_or_theme_is_answered_with_those_there_are(rome: Seminar) -> None:
    """As everywhere."""
    with pytest.raises(NotFound, match="ROM and BER"):
        await rome.results.report(GUILD, event="PAR")
    with pytest.raises(NotFound, match="CAP, TRN and SSR"):
        await rome.results.report(GUILD, theme="XYZ")


async def test_a_theme_that_its_event_has_lost_keeps_its_section(rome: Seminar) -> None:
    """With its title, after the themes the event still has."""
    await rome.propose(rome.ana, "CAP")
    await rome.load(INITIATIVE.replace('themes = ["CAP", "TRN"]', 'themes = ["TRN"]'))
    (section,) = (await rome.results.report(GUILD)).sections()
    assert section.theme.title == "Military capabilities"


async def test_a_report_names_its_moment_and_the_end_of_the_ledger(rome: Seminar) -> None:
    """So that it can be checked against the chain later."""
    moment = datetime(2015, 1, 1, tzinfo=UTC)
    report = await rome.results.report(GUILD, at=moment)
    async with rome.db.read() as tx:
        head = await ledger.head(tx, GUILD)
    assert (report.generated_at, report.ledger_head) == (moment, head.hash)
    assert report.initiative == "EU-UN Peacekeeping Partnerships Initiative"
    assert report.time_zone == "Europe/Brussels"
    assert (await rome.results.report(GUILD)).generated_at == rome.clock()


async def test_authors_stay_hidden_under_the_chatham_house_rule(rome: Seminar) -> None:
    """No row of a report names anybody."""
    await rome.load(INITIATIVE.replace('"named"', '"chatham"'))
    await rome.propose(rome.ana)
    (row,) = (await rome.results.report(GUILD)).recommendations
    assert str(row.author) == "a participant"


async def test_the_number_of_statements_does_not_grow_with_the_store(rome: Seminar) -> None:
    """One statement reads all rows, however many there are."""
    statements: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sql_event.listen(rome.db._readers.sync_engine, "before_cursor_execute", heard)
    counts = []
    for n in range(2):
        recs = [await rome.propose(rome.ana, "CAP", f"Round {n}, proposal {m}") for m in range(3 + 20 * n)]
        await decide(rome, n + 1, [(rec, (3, 1, 0)) for rec in recs])
        for act in (rome.results.report(GUILD), rome.finding.browse(GUILD, size=25)):
            statements.clear()
            await act
            counts.append(len(statements))
    assert counts[:2] == counts[2:]


async def test_a_report_shows_one_moment_although_people_go_on(rome: Seminar) -> None:
    """What is proposed while it is read is either in it, with its ledger entry, or not."""
    for n in range(120):
        await rome.propose(rome.ana, title=f"Proposal {n}")

    async def busy() -> None:
        for n in range(10):
            await rome.propose(rome.ben, title=f"Meanwhile {n}")

    reports = (rome.results.report(GUILD, at=rome.clock() + timedelta(hours=n)) for n in range(5))
    _, *read = await asyncio.gather(busy(), *reports)
    async with rome.db.read() as tx:
        entries = await ledger.entries(tx, GUILD, limit=1000)
    for report in read:
        until = next(place for place, entry in enumerate(entries) if entry.hash == report.ledger_head)
        proposed = sum(entry.act == "recommendation.proposed" for entry in entries[: until + 1])
        assert len(report.recommendations) == proposed


async def test_every_method_stands_in_the_ranking_with_its_own_figures(voted_on_all: Station) -> None:
    """What was decided first; figures, score and purpose are those of the latest closed ballot on it."""
    report = await voted_on_all.results.report(GUILD)
    rows = {row.reference: row for row in report.recommendations}
    shown = {reference: (row.method, row.ballot, row.score) for reference, row in rows.items()}
    assert shown["CAP-01"] == ("support", "B1", pytest.approx(0.79, abs=0.01))
    assert shown["CAP-03"] == (None, None, None), "it was taken out of its ballot"
    assert (shown["CAP-04"], shown["CAP-05"]) == (("rating", "B3", 8), ("rating", "B3", 5))
    assert (shown["CAP-06"], shown["CAP-07"]) == (("ranked", "B4", 1), ("points", "B10", 4))
    assert (shown["CAP-09"], shown["CAP-10"]) == (("shortlist", "B6", 2), ("shortlist", "B6", None))
    assert (shown["CAP-12"], shown["CAP-14"]) == (("silence", "B7", None), ("silence", "B8", None))
    assert all(not isinstance(row.score, float) or row.method == "support" for row in rows.values())
    assert rows["CAP-11"].purpose is Purpose.INDICATIVE and rows["CAP-11"].outcome is Outcome.NO_QUORUM
    assert rows["CAP-12"].purpose is Purpose.DECISIVE and rows["CAP-12"].outcome is Outcome.CARRIED
    assert rows["CAP-09"].by_constituency == {"others": {"approvals": 3, "papers": 7}}
    assert all(row.outcome is None for row in rows.values() if row.method in ("rating", "ranked", "points"))
    for row in rows.values():
        assert (row.figures is None) is (row.method is None)
        assert row.method is None or METHODS[row.method].from_json(row.figures.to_json()) == row.figures
    methods = [row.method for row in report.recommendations]
    assert methods == sorted(
        methods, key=["support", "silence", "rating", "ranked", "points", "shortlist", None].index
    )


async def test_a_report_lists_every_closed_ballot_on_its_recommendations(voted_on_all: Station) -> None:
    """Earlier ones too, so that a matrix is whole; with the checksum that the ledger keeps."""
    report = await voted_on_all.results.report(GUILD, "ROM", "CAP")
    assert [ballot.label for ballot in report.ballots] == [f"B{number}" for number in range(1, 11)]
    by_label = {ballot.label: ballot for ballot in report.ballots}
    ranked = by_label["B4"]
    assert (ranked.method, ranked.items, ranked.electorate, ranked.voters) == (
        "ranked",
        ("CAP-06", "CAP-07"),
        13,
        8,
    )
    assert ranked.pairwise == {"CAP-06": {"CAP-07": 3}, "CAP-07": {"CAP-06": 2}}
    assert [ballot.label for ballot in report.ballots if ballot.pairwise is not None] == ["B4"]
    closings = await voted_on_all.rows("SELECT subject, body FROM ledger WHERE act = 'ballot.closed'")
    assert {label: ballot.checksum for label, ballot in by_label.items()} == {
        str(label): json.loads(str(body))["checksum"] for label, body in closings
    }
    assert (await voted_on_all.results.report(GUILD, theme="TRN")).ballots == ()
    assert (await voted_on_all.results.report(GUILD, event="BER")).ballots == ()


async def test_a_screen_of_results_asks_the_ledger_nothing(voted_on_all: Station) -> None:
    """It would take the longer the more was ever done."""
    statements: list[str] = []

    def heard(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        statements.append(statement)

    sql_event.listen(voted_on_all.db._readers.sync_engine, "before_cursor_execute", heard)
    view = await voted_on_all.results.section(voted_on_all.organiser)
    assert view is not None and len(view.section.rows) == ITEMS
    assert statements and not any("FROM ledger " in statement for statement in statements)


async def test_a_real_report_is_written_in_every_format(voted_on_all: Station) -> None:
    """And reads back with every recommendation in it."""
    report = await voted_on_all.results.report(GUILD)
    for name in ("csv", "json", "markdown", "xlsx"):
        assert FORMATS[name].render(report, str)
    read = json.loads(FORMATS["json"].render(report, str))
    assert [row["reference"] for row in read["recommendations"]] == [
        row.reference for row in report.recommendations
    ]
    assert len(read["ballots"]) == 10


async def test_a_server_without_an_initiative_has_no_results(bare: Seminar) -> None:
    """The sentence says what to do."""
    with pytest.raises(NotFound, match="/initiative load"):
        await bare.results.report(GUILD)


async def test_a_report_holds_nothing_of_another_server(rome: Seminar) -> None:
    """Even where themes have the same codes."""
    await rome.propose(rome.ana)
    elsewhere = GUILD + 1
    await rome.initiatives.load(
        actor(1, Role.ORGANISER, guild_id=elsewhere, may_manage_server=True), INITIATIVE.encode()
    )
    assert (await rome.results.report(elsewhere)).recommendations == ()
