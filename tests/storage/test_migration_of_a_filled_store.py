"""A store that the first release wrote, under this program: nothing is lost, and everything goes on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from seminar.errors import NotAllowed, Refused
from seminar.model import Actor, BallotStatus, Purpose, Role, Showing, VoteBy
from storage import migrate
from storage.engine import Database
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import StillClock, actor
from tests.small_initiative import INITIATIVE

pytestmark = pytest.mark.sqlite("it is a file; test_both_ways has the same rows on a server")

ROWS = Path(__file__).with_name("store_at_0001.sql")
KEY = "f9c2ba33b1d65af75b0122688ae36bf6"
KEY_BYTES = "e2ec6267cb16fe32e417166fb0751818e8710bc33ce73dfc998c803057929a00"
RENAMED = {("electorates", "person_id"): "elector"}

Rows = dict[str, dict[str, list[object]]]


def contents(path: Path) -> Rows:
    """Every value in the store, by table and column, rows in the order of their first columns."""
    with closing(sqlite3.connect(path)) as store:
        store.row_factory = sqlite3.Row
        found: Rows = {}
        tables = store.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            columns = [name for _, name, *_ in store.execute(f'PRAGMA table_info("{table}")')]
            rows = store.execute(f'SELECT * FROM "{table}" ORDER BY {", ".join(columns[:2])}').fetchall()
            found[table] = {name: [row[name] for row in rows] for name in columns}
        return found


@pytest.fixture(scope="module")
def first_release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store at revision 0001, as the first release left it, with the key of its open ballot beside it."""
    folder = tmp_path_factory.mktemp("first_release")
    path = folder / "rapporteur.db"
    config = Config()
    config.set_main_option("script_location", str(migrate.MIGRATIONS))
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    with closing(sqlite3.connect(path)) as store:
        store.executescript(ROWS.read_text())
        store.commit()
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []
    (folder / "keys").mkdir()
    (folder / "keys" / f"{KEY}.key").write_bytes(bytes.fromhex(KEY_BYTES))
    return folder


@pytest.fixture
async def station(first_release: Path, tmp_path: Path) -> AsyncIterator[Station]:
    """This program, over a copy of that store which it has just upgraded."""
    for file in first_release.rglob("*.*"):
        target = tmp_path / file.relative_to(first_release)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    url = f"sqlite:///{tmp_path / 'rapporteur.db'}"
    assert await migrate.upgrade(url)
    db = await Database.open(url)
    yield Station(db, StillClock(), key_dir=tmp_path / "keys")
    await db.close()


def voter(number: int) -> Actor:
    """One of the seven registered by the first release: four of the UN, then three of the EU."""
    return actor(1000 + number, Role.PARTICIPANT, constituencies=("UN" if number < 4 else "EU",))


async def test_every_value_is_kept(station: Station, first_release: Path, tmp_path: Path) -> None:
    """Table by table, column by column; a copy of the store as it was is beside it."""
    before, after = contents(first_release / "rapporteur.db"), contents(tmp_path / "rapporteur.db")
    assert before["alembic_version"] == {"version_num": ["0001"]}
    assert after.pop("alembic_version") == {"version_num": [migrate.HEAD]}
    kept = {
        (table, column): values
        for table, columns in before.items()
        if table not in ("alembic_version", "search_texts")  # searched by words since
        for column, values in columns.items()
    }
    assert sum(len(values) for values in kept.values()) > 1000
    for (table, column), values in kept.items():
        assert after[table][RENAMED.get((table, column), column)] == values, (table, column)
    copy = tmp_path / f"rapporteur.db.before-{migrate.HEAD}"
    assert contents(copy) == before


async def test_organisations_are_delegations_however_they_were_spelled(station: Station) -> None:
    """Three people of two organisations; the others are in none."""
    rows = await station.rows(
        "SELECT p.user_id, d.name FROM registrations JOIN delegations d ON d.id = delegation_id "
        "JOIN people p ON p.id = person_id ORDER BY p.user_id"
    )
    assert [user_id for user_id, _ in rows] == [1000, 1001, 1002]
    first, second, third = [str(name) for _, name in rows]
    assert first == second in ("Ministère de la Défense", "MINISTERE DE LA DEFENSE")
    assert third == "EEAS"
    assert await station.value("SELECT count(*) FROM delegations") == 2
    assert await station.value("SELECT count(*) FROM registrations WHERE delegation_id IS NULL") == 5
    ids = await station.rows("SELECT id, pseudonym FROM delegations")
    assert len({value for row in ids for value in row}) == 4
    person = await station.participants.enter(voter(1), to_vote=True)
    assert person.organisation == "MINISTERE DE LA DEFENSE"
    assert await station.participants.delegation_names(station.guild_id, person.delegation or "") == {
        (await station.participants.enter(voter(number))).id: f"Person 100{number}" for number in (0, 1)
    }


async def test_its_ballots_were_decisive_hidden_and_of_people(station: Station) -> None:
    """The only kind that there was."""
    statuses = {"B1": "closed", "B2": "closed", "B3": "cancelled", "B4": "open", "B5": "open"}
    for label, status in statuses.items():
        ballot = await station.ballots.find(station.guild_id, label)
        assert (ballot.status, ballot.rules.purpose) == (BallotStatus(status), Purpose.DECISIVE)
        assert (ballot.rules.results, ballot.rules.vote_by) == (Showing.HIDDEN, VoteBy.PERSON)
        assert (ballot.rules.round, ballot.rules.rounds, ballot.kept, ballot.series) == (1, 1, False, None)
    (prepared,) = await station.ballots.all_prepared(station.guild_id)
    assert [item.reference for item in prepared.items] == ["CAP-04"]


async def test_what_it_closed_passes_the_audit(station: Station) -> None:
    """Its ledger says neither purposes nor positions, and is counted again all the same."""
    rows = await station.rows("SELECT body FROM ledger WHERE act IN ('ballot.opened', 'ballot.closed')")
    bodies = [json.loads(str(body)) for (body,) in rows]
    assert len(bodies) == 7
    assert not any({"purpose", "options", "beside", "room_set_aside"} & body.keys() for body in bodies)
    report = await station.audit.verify()
    assert (report.problems, report.entries, report.ballots) == ((), 31, 2)


async def test_a_changed_row_of_what_it_closed_is_still_found(station: Station, tmp_path: Path) -> None:
    """The digests are over the same columns as ever."""
    with closing(sqlite3.connect(tmp_path / "rapporteur.db")) as store, store:
        store.execute("UPDATE cast_votes SET choice = 'abstain' WHERE ballot_id = 1 AND number = 7")
        store.execute("UPDATE tallies SET figures = replace(figures, '1', '2') WHERE ballot_id = 2")
        store.execute("UPDATE ballots SET purpose = 'indicative' WHERE id = 2")
    found = "\n".join((await station.audit.verify()).problems)
    for named in (
        "cast_votes: ballot B1, row 7",
        "tallies: ballot B2, row 1",
        "ballots: ballot B2: purpose is not what the ledger says",
    ):
        assert named in found


async def test_its_results_are_shown_as_they_were(station: Station) -> None:
    """In the ballot's result and in the ranking."""
    result = await station.ballots.result(station.guild_id, 1)
    one, two = result.figures
    assert (one.for_, one.against, one.room.total, one.recused) == (6, 1, 0, 0)
    assert (two.against, two.abstain, two.turnout) == (1, 3, 4)
    assert (result.electorate, result.voters, result.set_aside, result.sealed) == (8, 7, 0, True)
    report = await station.results.report(station.guild_id)
    rows = {row.reference: row for row in report.recommendations}
    assert (rows["CAP-01"].rank, rows["CAP-01"].for_, rows["CAP-01"].ballot) == (1, 6, "B1")
    assert await station.states() == ["adopted", "not_adopted", "adopted", "admitted", "voting", "voting"]


async def test_its_open_secret_ballot_goes_on_with_its_votes_and_closes(station: Station) -> None:
    """Voters find their votes and receipts by the same key, change them, and others join them."""
    ballot = await station.ballots.find(station.guild_id, "B4")
    assert ballot.voted == 5
    (item,) = (await station.voting.sheet(voter(0), ballot.id)).items
    assert (item.choice, item.receipt) == (
        FOR,
        await station.value("SELECT receipt FROM votes WHERE reason = 'In short'"),
    )
    changed = await station.voting.cast(voter(3), ballot.id, 1, FOR)
    assert changed.receipt in {"6E7N6XGYTO", "JK2ZHZTFK3"}
    assert await station.ballots.non_voters(ballot.id) == (11, 1005, 1006)
    await station.vote(voter(5), ballot, AGAINST)
    result = await station.close(ballot)
    (figures,) = result.figures
    assert (figures.for_, figures.against, result.voters, result.sealed) == (4, 2, 6, True)
    assert list(station.key_dir.iterdir()) == []
    reasons = await station.rows("SELECT choice, text FROM vote_reasons WHERE ballot_id = 4")
    assert reasons == [("for", "In short")]
    assert (await station.states())[4] == "adopted"
    report = await station.audit.verify()
    assert (report.problems, report.ballots) == ((), 3)


async def test_its_open_ballots_close_at_their_time(station: Station) -> None:
    """By the deadlines that it set; the last call and the reminder come before."""
    station.ballots.outages.came_up()
    for hours, kinds in ((48, ["ballot.reminder"] * 10), (23, ["ballot.last_call"] * 2)):
        station.clock.pass_(hours=hours)
        await station.deadlines.run_due()
        assert await station.said() == kinds
        await station.hush()
    station.clock.pass_(hours=1)
    await station.deadlines.run_due()
    for label, voters in (("B4", 5), ("B5", 1)):
        ballot = await station.ballots.find(station.guild_id, label)
        assert (ballot.status, ballot.voted, ballot.sealed) == (BallotStatus.CLOSED, voters, True)
    assert (await station.states())[4:] == ["adopted", "not_adopted"]
    assert list(station.key_dir.iterdir()) == []
    assert (await station.audit.verify()).problems == ()


async def test_what_it_had_prepared_opens(station: Station) -> None:
    """With the next number, beside a ballot of a method that it did not know."""
    (prepared,) = await station.ballots.all_prepared(station.guild_id)
    rating = await station.open(method="rating", references="CAP-04")
    assert rating.label == "B6"
    with pytest.raises(Refused, match="already under vote in ballot B6"):
        await station.ballots.open(station.facilitator, prepared.id)
    await station.papers.fill(voter(6), rating.id, 1, "a9")
    await station.papers.submit(voter(6), rating.id)
    await station.close(rating)
    opened = await station.ballots.open(station.facilitator, prepared.id)
    assert (opened.label, opened.entitled) == ("B7", 8)
    await station.vote(voter(6), opened, FOR)
    await station.close(opened)
    assert (await station.audit.verify()).problems == ()


async def test_its_people_vote_by_delegation_when_the_initiative_says_so(station: Station) -> None:
    """On the next ballot; those that are open stay votes of people."""
    await station.load(INITIATIVE + '[rules]\nvote_by = "delegation"\n')
    ballot = await station.open(references="CAP-04")
    assert ballot.entitled == 2
    await station.vote(voter(0), ballot, FOR)
    recorded = await station.voting.cast(voter(1), ballot.id, 1, AGAINST)
    assert recorded.replaced == "Person 1000"
    with pytest.raises(NotAllowed, match="entered in none"):
        await station.vote(voter(6), ballot, FOR)
    await station.vote(voter(6), await station.ballots.find(station.guild_id, "B4"), FOR)
    result = await station.close(ballot)
    assert (result.electorate, result.voters, result.figures[0].against) == (2, 1, 1)
    assert (await station.audit.verify()).problems == ()
