"""The audit: whatever is changed behind the program's back is found and named by table and row."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from seminar.canonical import GENESIS, canonical, digest
from storage.engine import Database
from tests import stores
from tests.services.polling_station import AGAINST, FOR, Station
from tests.services.small_seminar import GUILD, StillClock, actor


async def hold_ballots(station: Station) -> None:
    """Two ballots closed, B1 secret on CAP-01 and CAP-02 with 24 votes, B2 open on CAP-03; B3 cancelled."""
    await station.set_up(items=4)
    voters = await station.register(un=6, eu=6)
    secret = await station.open(references="CAP-01, CAP-02", quorum="1/3", threshold=">=2/3")
    for number, voter in enumerate(voters):
        await station.vote(voter, secret, FOR, FOR if number % 2 else AGAINST)
    await station.close(secret)
    named = await station.open(references="CAP-03", secrecy="open")
    await station.vote(station.ana, named, FOR)
    await station.close(named)
    cancelled = await station.open(references="CAP-04")
    await station.vote(station.ana, cancelled, FOR)
    await station.ballots.extend(station.facilitator, cancelled.id, "1h")
    await station.ballots.cancel(station.facilitator, cancelled.id, "Wrong text")


@pytest.fixture(scope="module")
def held(empty_store: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with ballots that are over; tests copy it."""
    folder = tmp_path_factory.mktemp("held")

    async def hold(db: Database) -> None:
        await hold_ballots(Station(db, StillClock(), key_dir=folder / "keys"))

    return stores.filled(empty_store, folder / "held.db", hold)


@pytest.fixture
async def voted(held: str, tmp_path: Path) -> AsyncIterator[Station]:
    """The same ballots in a store of the test's own."""
    db = await Database.open(stores.shelf().copy(held, tmp_path / "voted.db"))
    yield Station(db, StillClock(), key_dir=tmp_path / "keys")
    await db.close()


def tamper(station: Station, *statements: str) -> bool:
    """Change the store by hand, as somebody would who holds it; False where it takes no such value."""
    return stores.shelf().change(station.db.url, *statements)


async def problems(station: Station) -> str:
    """What the audit of everything says, a line each."""
    return "\n".join((await station.audit.verify()).problems)


async def test_an_untouched_store_passes(voted: Station) -> None:
    """Every entry is read and every closed ballot tallied again."""
    report = await voted.audit.verify()
    assert report.problems == ()
    assert report.ballots == 2
    assert report.entries == await voted.value("SELECT count(*) FROM ledger")


async def test_a_server_without_a_ledger_passes(voted: Station) -> None:
    """A server that never did anything has nothing to hide."""
    report = await voted.audit.verify(guild_id=4711)
    assert (report.problems, report.entries, report.ballots) == ((), 0, 0)


async def test_an_open_ballot_passes_and_is_not_counted(voted: Station) -> None:
    """Only closed ones are tallied again."""
    await voted.vote(voted.ana, await voted.open(references="CAP-04"), FOR)
    report = await voted.audit.verify()
    assert (report.problems, report.ballots) == ((), 2)


CLOSED = "act = 'ballot.closed' AND subject = 'B1'"

# One field of one row each: every column of `ledger`, `cast_votes` and `tallies`, and more.
TAMPERINGS = [
    ("UPDATE ledger SET guild_id = 1 WHERE {closed}", "ledger: row"),
    ("UPDATE ledger SET seq = seq + 100 WHERE seq = (SELECT max(seq) FROM ledger)", "ledger: row"),
    ("UPDATE ledger SET at = '2014-10-22T09:00:00.000001Z' WHERE seq = 3", f"ledger: row {GUILD}/3"),
    ("UPDATE ledger SET at = 'yesterday' WHERE seq = 3", f"ledger: row {GUILD}/3"),
    ("UPDATE ledger SET actor = 'somebody' WHERE seq = 3", f"ledger: row {GUILD}/3"),
    ("UPDATE ledger SET act = 'ballot.cancelled' WHERE {closed}", "ledger: row"),
    ("UPDATE ledger SET subject = 'B9' WHERE {closed}", "ledger: row"),
    (
        "UPDATE ledger SET body = replace(body, '\"set_aside\":0', '\"set_aside\":1') WHERE {closed}",
        "ledger: row",
    ),
    ("UPDATE ledger SET body = body || ' ' WHERE seq = 4", f"ledger: row {GUILD}/4"),
    ("UPDATE ledger SET body = 'not json' WHERE {closed}", "ledger: row"),
    ("UPDATE ledger SET body = '[]' WHERE {closed}", "ledger: row"),
    ("UPDATE ledger SET previous = hash WHERE seq = 5", f"ledger: row {GUILD}/5"),
    ("UPDATE ledger SET hash = previous WHERE seq = 5", f"ledger: row {GUILD}/5"),
    ("DELETE FROM ledger WHERE seq = 2", f"ledger: row {GUILD}/2"),
    ("DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)", "ledger_heads: row"),
    (
        "UPDATE cast_votes SET ballot_id = 2 WHERE ballot_id = 1 AND number = 7",
        "cast_votes: ballot B1, row 7",
    ),
    (
        "UPDATE cast_votes SET ballot_id = 77 WHERE ballot_id = 1 AND number = 7",
        "cast_votes: ballot B1, row 7",
    ),
    ("UPDATE cast_votes SET number = 99 WHERE ballot_id = 1 AND number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET position = 3 - position WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET position = 'x' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET reference = 'CAP-09' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET choice = 'abstain' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET choice = 'maybe' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET choice = x'00ff' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET receipt = 'AAAAAAAAAA' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET receipt = NULL WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET constituency = 'others' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET constituency = NULL WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET constituency = x'00' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET voter = 'somebody' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("UPDATE cast_votes SET voter = 'somebody' WHERE ballot_id = 2", "cast_votes: ballot B2, row 1"),
    ("UPDATE cast_votes SET digest = '{zeros}' WHERE number = 7", "cast_votes: ballot B1, row 7"),
    ("DELETE FROM cast_votes WHERE number = 24", "cast_votes: ballot B1, row 24"),
    ("DELETE FROM cast_votes", "cast_votes: ballot B1, row 1"),
    (
        "INSERT INTO cast_votes SELECT ballot_id, 25, position, reference, choice, receipt, constituency, "
        "voter, digest FROM cast_votes WHERE number = 7",
        "cast_votes: ballot B1, row 25",
    ),
    ("UPDATE tallies SET ballot_id = 2 WHERE ballot_id = 1 AND position = 2", "tallies: ballot B1, row 2"),
    ("UPDATE tallies SET position = 3 WHERE ballot_id = 1 AND position = 2", "tallies: ballot B1, row 2"),
    ("UPDATE tallies SET recommendation_id = 3 WHERE position = 2", "tallies: ballot B1, row 2"),
    ("UPDATE tallies SET reference = 'CAP-03' WHERE position = 2", "tallies: ballot B1, row 2"),
    (
        "UPDATE tallies SET figures = replace(figures, '\"for\":6', '\"for\":7') WHERE position = 2",
        "tallies: ballot B1, row 2",
    ),
    ("UPDATE tallies SET figures = '{{}}' WHERE position = 2", "tallies: ballot B1, row 2"),
    ("UPDATE tallies SET digest = '{zeros}' WHERE position = 2", "tallies: ballot B1, row 2"),
    ("DELETE FROM tallies WHERE position = 2", "tallies: ballot B1, row 2"),
    ("UPDATE ballots SET threshold = '>1/2' WHERE id = 1", "ballots: ballot B1: threshold"),
    ("UPDATE ballots SET electorate = 12 WHERE id = 1", "ballots: ballot B1: electorate"),
    ("UPDATE ballots SET status = 'cancelled' WHERE id = 1", "ballots: ballot B1: status"),
    ("UPDATE electorates SET voted = NOT voted WHERE ballot_id = 2", "electorates: ballot B2"),
    ("INSERT INTO votes VALUES (1, 'ghost', 1, 'for', NULL, NULL, NULL)", "votes: ballot B1"),
    ("UPDATE ledger_texts SET text = text || '!'", "ledger_texts: row"),
    ("UPDATE ledger_heads SET seq = 1", "ledger_heads: row"),
]


@pytest.mark.parametrize(("statement", "named"), TAMPERINGS)
async def test_a_single_changed_field_is_named(voted: Station, statement: str, named: str) -> None:
    """By its table and its row."""
    statement = statement.format(closed=CLOSED, zeros="0" * 64)
    if tamper(voted, statement):
        assert named in await problems(voted)


async def test_a_forged_vote_with_a_fitting_digest_is_found_by_the_checksum(voted: Station) -> None:
    """Whoever changes a row and its digest alike has still not changed the ledger."""
    ((position, reference, receipt, group),) = await voted.rows(
        "SELECT position, reference, receipt, constituency FROM cast_votes WHERE ballot_id = 1 AND number = 7"
    )
    forged = {
        "ballot_id": 1,
        "number": 7,
        "position": position,
        "reference": reference,
        "choice": "abstain",
        "receipt": receipt,
        "constituency": group,
        "voter": None,
    }
    tamper(
        voted,
        f"UPDATE cast_votes SET choice = 'abstain', digest = '{digest(canonical(forged))}' "
        "WHERE ballot_id = 1 AND number = 7",
    )
    found = await problems(voted)
    assert "cast_votes: ballot B1: the rows together do not match" in found
    assert f"tallies: ballot B1, row {position}: the cast votes give other figures" in found


async def test_a_forged_tally_with_a_fitting_digest_is_named_by_its_row(voted: Station) -> None:
    """The ledger keeps each tally's digest, and the votes give other figures."""
    ((stored,),) = await voted.rows("SELECT figures FROM tallies WHERE ballot_id = 1 AND position = 2")
    figures = canonical({**json.loads(str(stored)), "outcome": "carried"})
    row = {"ballot_id": 1, "position": 2, "recommendation_id": 2, "reference": "CAP-02", "figures": figures}
    tamper(
        voted,
        f"UPDATE tallies SET figures = '{figures}', digest = '{digest(canonical(row))}' "
        "WHERE ballot_id = 1 AND position = 2",
    )
    found = await problems(voted)
    assert "tallies: ballot B1, row 2: does not match the digest in the ledger" in found
    assert "tallies: ballot B1, row 2: the cast votes give other figures" in found


async def test_a_cut_tail_is_found_by_a_head_known_from_outside(voted: Station) -> None:
    """Entries and head removed together leave a chain that is whole in itself."""
    last = str(await voted.value("SELECT hash FROM ledger ORDER BY seq DESC LIMIT 1"))
    assert (await voted.audit.verify(expected_head=last)).problems == ()
    tamper(
        voted,
        "DELETE FROM ledger WHERE seq = (SELECT max(seq) FROM ledger)",
        "UPDATE ledger_heads SET (seq, hash) = (SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1)",
    )
    assert (await voted.audit.verify()).problems == ()
    (problem,) = (await voted.audit.verify(expected_head=last.upper())).problems
    assert "tail was cut" in problem


async def test_an_earlier_head_is_found_in_a_chain_that_has_grown(voted: Station) -> None:
    """What was posted at a closing stays true."""
    earlier = str(
        await voted.value("SELECT hash FROM ledger WHERE act = 'ballot.closed' ORDER BY seq LIMIT 1")
    )
    assert (await voted.audit.verify(expected_head=earlier)).problems == ()
    assert (await voted.audit.verify(expected_head=GENESIS)).problems == ()
    assert (await voted.audit.verify(expected_head="f" * 64)).problems != ()


async def test_one_server_is_verified_without_the_others(voted: Station) -> None:
    """What is wrong elsewhere is not its affair, and its own head is not found elsewhere."""
    await voted.load(by=actor(6, guild_id=77, may_manage_server=True))
    tamper(voted, "UPDATE cast_votes SET choice = 'abstain' WHERE number = 7")
    assert (await voted.audit.verify(guild_id=77)).problems == ()
    assert (await voted.audit.verify(guild_id=GUILD)).problems != ()
    head = str(await voted.value(f"SELECT hash FROM ledger_heads WHERE guild_id = {GUILD}"))
    assert (await voted.audit.verify(guild_id=77, expected_head=head)).problems != ()


async def test_a_ballot_the_ledger_never_closed_is_named_row_by_row(voted: Station) -> None:
    """Invented results have no entry to stand on."""
    tamper(
        voted,
        "INSERT INTO ballots SELECT 99, guild_id, 99, event, theme, method, status, threshold, quorum, "
        "secrecy, reasons, receipts, closes_in, key_id, prepared_by, prepared_at, opened_at, closes_at, "
        "closed_at, sealed_at, entitled_at_opening, electorate, voters, set_aside, purpose, results, "
        "vote_by, options, series_id, seen_at, notified, kept, live FROM ballots WHERE id = 2",
        "INSERT INTO tallies SELECT 99, position, recommendation_id, reference, figures, digest "
        "FROM tallies WHERE ballot_id = 2",
    )
    assert "tallies: ballot 99, row 1: the ledger knows of no such closed ballot." in await problems(voted)
