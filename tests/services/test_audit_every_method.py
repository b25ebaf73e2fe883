"""The audit tallies closed ballots of every method again, and names what was changed in them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from seminar.methods import METHODS
from tests import stores
from tests.services.polling_station import Station
from tests.services.test_audit import problems, tamper


async def test_ballots_of_every_method_are_tallied_again_and_pass(voted_on_all: Station) -> None:
    """Hands, people standing aside, items taken out, two rounds, silences, a straw poll, an open ballot."""
    report = await voted_on_all.audit.verify()
    assert report.problems == ()
    assert report.ballots == 10
    rows = await voted_on_all.rows(
        "SELECT method, count(*) FROM ballots WHERE status = 'closed' GROUP BY method"
    )
    assert {str(method): number for method, number in rows} == {
        "support": 2,
        "rating": 2,
        "ranked": 1,
        "points": 2,
        "shortlist": 1,
        "silence": 2,
    }
    assert {str(method) for method, _ in rows} == set(METHODS)


async def test_a_round_whose_votes_are_kept_for_the_next_one_passes(voted_on_all: Station) -> None:
    """They are neither lost nor left over; once the series has ended nothing may be left."""
    ballot = await voted_on_all.open(method="rating", references="CAP-15", rounds=2)
    await voted_on_all.papers.fill(voted_on_all.ana, ballot.id, 1, "a7")
    await voted_on_all.papers.submit(voted_on_all.ana, ballot.id)
    await voted_on_all.close(ballot)
    assert await voted_on_all.value("SELECT count(*) FROM votes") == 1
    assert (await voted_on_all.audit.verify()).problems == ()
    await voted_on_all.ballots.end_series(voted_on_all.facilitator, ballot.id)
    assert await voted_on_all.value("SELECT count(*) FROM votes") == 0
    assert (await voted_on_all.audit.verify()).problems == ()


def of_ballot(number: int) -> str:
    """A condition on rows of the ballot with that number."""
    return f"ballot_id = (SELECT id FROM ballots WHERE number = {number})"


def vote(number: int, change: str, row: str = "number = 1") -> str:
    """A change of one row of a ballot's cast-vote record."""
    return f"UPDATE cast_votes SET {change} WHERE {of_ballot(number)} AND {row}"


def figure(number: int, path: str, value: str, position: int = 1) -> str:
    """A change of one figure of a ballot's tally."""
    changed = stores.shelf().with_json("figures", path, value)
    return f"UPDATE tallies SET figures = {changed} WHERE {of_ballot(number)} AND position = {position}"


def entry(act: str, number: int, path: str, value: str) -> str:
    """A change of one thing that the ledger says of a ballot."""
    changed = stores.shelf().with_json("body", path, value)
    return f"UPDATE ledger SET body = {changed} WHERE act = 'ballot.{act}' AND subject = 'B{number}'"


# One field of one row each: what other methods and endings have that a plain ballot has not.
TAMPERINGS = [
    # The record: papers, objections and people who stand aside, their groups and receipts.
    (vote(2, """choice = '{"1":[9,6],"2":[9,0]}'"""), "cast_votes: ballot B2, row 1"),
    (vote(4, """choice = '{"1":[1],"2":[7]}'"""), "cast_votes: ballot B4, row 1"),
    (vote(5, """choice = '{"1":[99]}'"""), "cast_votes: ballot B5, row 1"),
    (vote(6, """choice = '{"1":[1],"2":[1],"3":[1]}'"""), "cast_votes: ballot B6, row 1"),
    (vote(6, "choice = 'no paper'"), "cast_votes: ballot B6, row 1"),
    (vote(1, "choice = 'for'", "choice = 'recused'"), "cast_votes: ballot B1, row"),
    (vote(8, "choice = 'for'"), "cast_votes: ballot B8, row 1"),
    (vote(3, "constituency = 'EU'"), "cast_votes: ballot B3, row 1"),
    (vote(4, "constituency = NULL"), "cast_votes: ballot B4, row 1"),
    (vote(8, "constituency = 'UN'"), "cast_votes: ballot B8, row 1"),
    (vote(5, "receipt = 'AAAAAAAAAA'"), "cast_votes: ballot B5, row 1"),
    (vote(8, "receipt = 'AAAAAAAAAA'"), "cast_votes: ballot B8, row 1"),
    (vote(4, "reference = 'CAP-06'"), "cast_votes: ballot B4, row 1"),
    (vote(6, "position = 1"), "cast_votes: ballot B6, row 1"),
    (vote(10, "voter = 'somebody'"), "cast_votes: ballot B10, row 1"),
    (vote(2, "voter = 'somebody'"), "cast_votes: ballot B2, row 1"),
    (f"DELETE FROM cast_votes WHERE {of_ballot(8)}", "cast_votes: ballot B8, row 1"),
    # The figures of each method.
    (figure(1, "room.for", "2"), "tallies: ballot B1, row 1"),
    (figure(1, "recused", "0", position=2), "tallies: ballot B1, row 2"),
    (figure(2, "median", "9.0"), "tallies: ballot B2, row 1"),
    (figure(2, "classed", '"supported"', position=2), "tallies: ballot B2, row 2"),
    (figure(3, "stability.kappa", "1.0", position=2), "tallies: ballot B3, row 2"),
    (figure(4, 'pairwise."CAP-07"', "4"), "tallies: ballot B4, row 1"),
    (figure(4, "rank", "1", position=2), "tallies: ballot B4, row 2"),
    (figure(5, "points", "8"), "tallies: ballot B5, row 1"),
    (figure(6, "seat", "1"), "tallies: ballot B6, row 1"),
    (figure(6, "elected_by", '"equal_shares"'), "tallies: ballot B6, row 1"),
    (figure(7, "notified", "99"), "tallies: ballot B7, row 1"),
    (figure(8, "outcome", '"carried"'), "tallies: ballot B8, row 1"),
    (f"UPDATE tallies SET position = 3 WHERE {of_ballot(1)} AND position = 2", "tallies: ballot B1, row 3"),
    # What the ledger says beside the votes: hands, stability, who was told, which items were left.
    (entry("closed", 1, "beside.room[1][2]", "2"), "ledger: row"),
    (entry("closed", 3, "beside.stability[0][2]", "0.5"), "ledger: row"),
    (entry("closed", 7, "beside.notified", "99"), "ledger: row"),
    (entry("closed", 1, "items", "[1,3]"), "ledger: row"),
    (entry("hands", 1, "for", "7"), "ledger: row"),
    (entry("item_removed", 4, "position", "1"), "ledger: row"),
    (entry("opened", 6, "options", '"{}"'), "ledger: row"),
    # The ballot's own row, its electorate, and votes that ought to be gone.
    ("""UPDATE ballots SET options = '{"seats":3}' WHERE number = 6""", "ballots: ballot B6: options"),
    ("""UPDATE ballots SET options = '{"rounds":2}' WHERE number = 3""", "ballots: ballot B3: options"),
    ("UPDATE ballots SET purpose = 'decisive' WHERE number = 9", "ballots: ballot B9: purpose"),
    ("UPDATE ballots SET results = 'live' WHERE number = 9", "ballots: ballot B9: results"),
    ("UPDATE ballots SET vote_by = 'delegation' WHERE number = 5", "ballots: ballot B5: vote_by"),
    ("UPDATE ballots SET method = 'points' WHERE number = 6", "ballots: ballot B6: method"),
    (
        f"UPDATE electorates SET voted = NOT voted WHERE {of_ballot(8)} AND voted",
        "electorates: ballot B8",
    ),
    (
        "INSERT INTO votes SELECT id, 'ghost', 0, '{\"1\":[8,0]}', NULL, NULL, NULL FROM ballots "
        "WHERE number = 2",
        "votes: ballot B2",
    ),
]


@pytest.mark.parametrize(("statement", "named"), TAMPERINGS)
async def test_a_single_changed_field_is_named(voted_on_all: Station, statement: str, named: str) -> None:
    """By its table and its row, whatever the method."""
    if tamper(voted_on_all, statement):
        assert named in await problems(voted_on_all)


@pytest.mark.sqlite("the statements are the same there")
async def test_every_tampering_changes_something(voted_on_all: Station) -> None:
    """A statement that finds no row, or writes what is there already, proves nothing."""
    with closing(sqlite3.connect(voted_on_all.db.url.removeprefix("sqlite:///"))) as store:
        for (trigger,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {trigger}")
        before = "\n".join(store.iterdump())
        for statement, _ in TAMPERINGS:
            assert store.execute(statement).rowcount >= 1, statement
            assert "\n".join(store.iterdump()) != before, statement
            store.rollback()


@pytest.mark.parametrize(
    ("number", "column", "value"),
    [
        (1, "opened_at", "'2000-01-01T00:00:00.000000Z'"),
        (1, "closed_at", "'2000-01-01T00:00:00.000000Z'"),
        (1, "closed_at", "'yesterday'"),
        (1, "entitled_at_opening", "99"),
        (7, "notified", "99"),
        (1, "receipts", "'perhaps'"),
        (1, "kept", "true"),
    ],
)
async def test_what_a_ballots_own_row_says_is_held_against_the_ledger(
    voted_on_all: Station, number: int, column: str, value: str
) -> None:
    """Moments and numbers that exports show are those of the entries, whatever somebody made of them."""
    if not tamper(voted_on_all, f"UPDATE ballots SET {column} = {value} WHERE number = {number}"):
        return
    named = f"ballots: ballot B{number}: {column} is not what the ledger says."
    assert await problems(voted_on_all) == named


@pytest.mark.parametrize(
    "change",
    [
        "reference = 'CAP-99'",
        "version = 9",
        "recommendation_id = 15",
        "removed_at = '2014-10-22T09:00:00.000000Z'",
        "position = 9",
    ],
)
async def test_what_a_ballot_was_about_is_held_against_the_ledger(voted_on_all: Station, change: str) -> None:
    """Papers name items by their places alone: whoever changed one would change what papers say."""
    tamper(
        voted_on_all,
        f"UPDATE ballot_items SET {change} WHERE {of_ballot(4)} AND position = 1",
    )
    assert "ballot_items: ballot B4, row 1: is not what the ledger says." in await problems(voted_on_all)


async def test_an_item_put_back_after_closing_is_named(voted_on_all: Station) -> None:
    """It was taken out while the ballot was open, and nobody's vote on it was counted."""
    tamper(voted_on_all, f"UPDATE ballot_items SET removed_at = NULL WHERE {of_ballot(4)}")
    assert await problems(voted_on_all) == "ballot_items: ballot B4, row 3: is not what the ledger says."


async def test_a_vote_nested_too_deep_to_be_read_is_named(voted_on_all: Station) -> None:
    """The audit finds it and goes on to the other ballots."""
    tamper(voted_on_all, vote(2, f"choice = '{'[' * 100_000}'"), vote(5, "choice = '{}'"))
    found = (await problems(voted_on_all)).splitlines()
    assert "cast_votes: ballot B2, row 1: does not match its digest." in found
    assert any(one.startswith("cast_votes: ballot B2: cannot be tallied again") for one in found)
    assert "cast_votes: ballot B5, row 1: does not match its digest." in found
