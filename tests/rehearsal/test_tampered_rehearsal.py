"""Whatever is changed in the store of a rehearsal by hand, `rapporteur audit verify` finds and names."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.cli import main
from seminar.methods import METHODS

pytestmark = pytest.mark.thorough

FALSE = "0" * 64


@pytest.fixture
def store(rome: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the rehearsal's store, in a folder without settings."""
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copy(rome / "rapporteur.db", tmp_path / "copy.db"))


def verify(store: Path) -> int:
    """The audit on the command line; its exit status."""
    return main(["audit", "verify", "--database", f"sqlite:///{store}"])


def tamper(store: Path, statement: str) -> int:
    """Change the store as somebody would who holds the file; how many rows that was."""
    with closing(sqlite3.connect(store)) as held, held:
        for (trigger,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            held.execute(f"DROP TRIGGER {trigger}")
        return held.execute(statement).rowcount


def ballot(store: Path, method: str) -> tuple[int, str]:
    """The last closed ballot by a method: its id and its label."""
    with closing(sqlite3.connect(store)) as held:
        found = held.execute(
            "SELECT id, number FROM ballots WHERE method = ? AND status = 'closed' AND voters > 0 "
            "ORDER BY id DESC LIMIT 1",
            (method,),
        ).fetchone()
    return int(found[0]), f"B{found[1]}"


def test_the_store_of_a_rehearsal_passes(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every ballot of every method is tallied again and fits what was published."""
    assert verify(store) == 0
    with closing(sqlite3.connect(store)) as held:
        methods = {name for (name,) in held.execute("SELECT method FROM ballots WHERE status = 'closed'")}
        number = held.execute("SELECT count(*) FROM ballots WHERE status = 'closed'").fetchone()[0]
    assert methods == set(METHODS)
    assert f"{number} closed ballots verified" in capsys.readouterr().out


CLOSING = "seq = (SELECT max(seq) FROM ledger WHERE act = 'ballot.closed' AND subject = '{label}')"
LEDGER = [
    ("guild_id", "UPDATE ledger SET guild_id = 1 WHERE " + CLOSING),
    ("seq", "UPDATE ledger SET seq = seq + 1000 WHERE " + CLOSING),
    ("at", "UPDATE ledger SET at = '2014-10-22T09:00:00.000001Z' WHERE " + CLOSING),
    ("actor", "UPDATE ledger SET actor = 'somebody else' WHERE " + CLOSING),
    ("act", "UPDATE ledger SET act = 'ballot.cancelled' WHERE " + CLOSING),
    ("subject", "UPDATE ledger SET subject = 'B999' WHERE " + CLOSING),
    ("body", "UPDATE ledger SET body = replace(body, '\"set_aside\":0', '\"set_aside\":1') WHERE " + CLOSING),
    ("previous", f"UPDATE ledger SET previous = '{FALSE}' WHERE " + CLOSING),
    ("hash", f"UPDATE ledger SET hash = '{FALSE}' WHERE " + CLOSING),
]
# Of the papers below none was handed in in the rehearsal: the rows stand in random order.
ONE_VOTE = "WHERE ballot_id = {id} AND number = (SELECT min(number) FROM cast_votes WHERE ballot_id = {id})"
CAST_VOTES = [
    ("ballot_id", "support", "UPDATE cast_votes SET ballot_id = 9999 " + ONE_VOTE),
    ("ballot_id", "points", "UPDATE cast_votes SET ballot_id = 9999 " + ONE_VOTE),
    ("number", "rating", "UPDATE cast_votes SET number = 999 " + ONE_VOTE),
    ("position", "ranked", "UPDATE cast_votes SET position = 1 " + ONE_VOTE),
    ("reference", "points", "UPDATE cast_votes SET reference = 'SSR-01' " + ONE_VOTE),
    ("choice", "support", "UPDATE cast_votes SET choice = 'recused' " + ONE_VOTE),
    ("choice", "rating", """UPDATE cast_votes SET choice = '{{"1":[1,1]}}' """ + ONE_VOTE),
    ("choice", "ranked", """UPDATE cast_votes SET choice = '{{"2":[1],"3":[1]}}' """ + ONE_VOTE),
    ("choice", "points", """UPDATE cast_votes SET choice = '{{"1":[1]}}' """ + ONE_VOTE),
    ("choice", "shortlist", """UPDATE cast_votes SET choice = '{{"5":[1]}}' """ + ONE_VOTE),
    ("choice", "silence", "UPDATE cast_votes SET choice = 'kept' " + ONE_VOTE),
    ("receipt", "shortlist", "UPDATE cast_votes SET receipt = 'AAAAAAAAAA' " + ONE_VOTE),
    ("constituency", "rating", "UPDATE cast_votes SET constituency = 'XX' " + ONE_VOTE),
    ("constituency", "silence", "UPDATE cast_votes SET constituency = 'UN' " + ONE_VOTE),
    ("voter", "ranked", "UPDATE cast_votes SET voter = 'somebody' " + ONE_VOTE),
    ("voter", "silence", "UPDATE cast_votes SET voter = 'somebody' " + ONE_VOTE),
    ("digest", "points", f"UPDATE cast_votes SET digest = '{FALSE}' " + ONE_VOTE),
]
FIRST_ITEM = "WHERE ballot_id = {id} AND position = 1"
TALLIES = [
    ("ballot_id", "rating", "UPDATE tallies SET ballot_id = 9999 " + FIRST_ITEM),
    ("position", "ranked", "UPDATE tallies SET position = 99 " + FIRST_ITEM),
    ("recommendation_id", "points", "UPDATE tallies SET recommendation_id = 1 " + FIRST_ITEM),
    ("reference", "shortlist", "UPDATE tallies SET reference = 'CAP-99' " + FIRST_ITEM),
    ("digest", "silence", f"UPDATE tallies SET digest = '{FALSE}' " + FIRST_ITEM),
    *(
        (
            "figures",
            method,
            "UPDATE tallies SET figures = replace(figures, '\"turnout\":', '\"turnout\":1') " + FIRST_ITEM,
        )
        for method in METHODS
    ),
]
BALLOTS = [
    ("threshold", "support", "UPDATE ballots SET threshold = '>1/3' WHERE id = {id}"),
    ("quorum", "rating", "UPDATE ballots SET quorum = '1' WHERE id = {id}"),
    ("options", "points", "UPDATE ballots SET options = replace(options, '10', '11') WHERE id = {id}"),
    ("secrecy", "ranked", "UPDATE ballots SET secrecy = 'open' WHERE id = {id}"),
    ("purpose", "shortlist", "UPDATE ballots SET purpose = 'indicative' WHERE id = {id}"),
    ("electorate", "silence", "UPDATE ballots SET electorate = electorate + 1 WHERE id = {id}"),
    ("voters", "points", "UPDATE ballots SET voters = voters + 1 WHERE id = {id}"),
    ("set_aside", "rating", "UPDATE ballots SET set_aside = 1 WHERE id = {id}"),
]


@pytest.mark.parametrize(("column", "statement"), LEDGER)
def test_a_changed_field_of_the_ledger_is_named(
    store: Path, column: str, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its row, which is the server and the number of the entry."""
    _, label = ballot(store, "support")
    with closing(sqlite3.connect(store)) as held:
        row = "{}/{}".format(
            *held.execute(f"SELECT guild_id, seq FROM ledger WHERE {CLOSING.format(label=label)}").fetchone()
        )
    assert tamper(store, statement.format(label=label)) == 1
    assert verify(store) == 1
    assert f"ledger: row {row}" in capsys.readouterr().err


@pytest.mark.parametrize(("column", "method", "statement"), CAST_VOTES)
def test_a_changed_field_of_the_record_of_votes_is_named(
    store: Path, column: str, method: str, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its ballot and row, whatever the method."""
    number, label = ballot(store, method)
    assert tamper(store, statement.format(id=number)) == 1
    assert verify(store) == 1
    assert f"cast_votes: ballot {label}, row 1" in capsys.readouterr().err


@pytest.mark.parametrize(("column", "method", "statement"), TALLIES)
def test_a_changed_field_of_the_tallies_is_named(
    store: Path, column: str, method: str, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """By its ballot and the position of the item."""
    number, label = ballot(store, method)
    assert tamper(store, statement.format(id=number)) == 1
    assert verify(store) == 1
    assert f"tallies: ballot {label}, row 1" in capsys.readouterr().err


@pytest.mark.parametrize(("column", "method", "statement"), BALLOTS)
def test_a_changed_rule_or_turnout_is_named(
    store: Path, column: str, method: str, statement: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger knows by which rules a ballot was opened, and how many there were at its closing."""
    number, label = ballot(store, method)
    assert tamper(store, statement.format(id=number)) == 1
    assert verify(store) == 1
    assert f"ballots: ballot {label}: {column} is not what the ledger says" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("table", "cases"),
    [
        ("ledger", [case[0] for case in LEDGER]),
        ("cast_votes", [case[0] for case in CAST_VOTES]),
        ("tallies", [case[0] for case in TALLIES]),
    ],
)
def test_no_column_is_left_out(store: Path, table: str, cases: list[str]) -> None:
    """A new column of these tables needs its tampering here."""
    with closing(sqlite3.connect(store)) as held:
        columns = {row[1] for row in held.execute(f"PRAGMA table_info({table})")}
    assert columns == set(cases)
