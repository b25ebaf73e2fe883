"""What the store holds, read beside the program: with SQL, hashes and arithmetic of its own.

Nothing here imports what it checks, but for the table of legal moves and the words of states.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import resource
import sqlite3
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from seminar.lifecycle import AT_CONFERENCE, MOVES
from tests.faults.memory import ABSENT, Key, Memory

Rows: TypeAlias = list[tuple[Any, ...]]
GENESIS = "0" * 64
KINDS_SAID_ONCE = ("card.post", "ballot.outcome", "ballot.opened", "ballot.cancelled")
WHERE = {"proposal": "versions", "argument": "contributions", "amendment": "amendment_texts"}

QUERIES: Mapping[str, str] = {
    "people": "SELECT id, user_id, forgotten_at FROM people",
    "registrations": "SELECT person_id, status FROM registrations",
    "recommendations": "SELECT id, reference, state, seconds, author_id FROM recommendations",
    "proposals": "SELECT title FROM versions WHERE number = 1 AND title NOT LIKE '% part'",
    "arguments": "SELECT text FROM contributions",
    "amendments": "SELECT text FROM amendment_texts WHERE revision = 1",
    "statements": "SELECT text FROM statements WHERE text LIKE 'T%'",
    "seconds": "SELECT s.recommendation_id, p.user_id FROM seconds s JOIN people p ON p.id = s.person_id",
    "second_rows": "SELECT recommendation_id, count(*) FROM seconds GROUP BY recommendation_id",
    "ballots": (
        "SELECT id, number, method, status, secrecy, key_id, sealed_at, kept, electorate, voters, series_id "
        "FROM ballots ORDER BY id"
    ),
    "items": "SELECT ballot_id, position, recommendation_id, reference FROM ballot_items",
    "votes": "SELECT ballot_id, voter, position, choice FROM votes",
    "papers": "SELECT ballot_id, voter, content FROM papers",
    "live": "SELECT ballot_id, voter FROM live_changes",
    "cast_votes": "SELECT ballot_id, position, choice, receipt, voter FROM cast_votes",
    "tallies": "SELECT ballot_id, position, figures FROM tallies",
    "rooms": "SELECT ballot_id, position, for_votes, against, abstain FROM room_counts",
    "electorates": "SELECT ballot_id, elector, voted FROM electorates",
    "agenda": "SELECT r.reference, i.number FROM conference_items i "
    "JOIN recommendations r ON r.id = i.recommendation_id",
    "ledger": "SELECT guild_id, seq, at, actor, act, subject, body, previous, hash FROM ledger ORDER BY seq",
    "heads": "SELECT guild_id, seq, hash FROM ledger_heads",
    "outbox": "SELECT kind, subject FROM outbox",
    "deadlines": "SELECT kind, subject, done_at FROM deadlines",
}


@dataclass
class Look:
    """One moment of the store: its tables' rows, by the names of `QUERIES`, and the keys there are."""

    rows: Mapping[str, Rows]
    keys: Mapping[str, bytes]

    def by_ballot(self, name: str) -> dict[int, Rows]:
        found: dict[int, Rows] = {}
        for ballot, *rest in self.rows[name]:
            found.setdefault(ballot, []).append(tuple(rest))
        return found

    def ballots(self, *statuses: str) -> list[dict[str, Any]]:
        """The ballots in these statuses, or all, as mappings."""
        names = ("id", "number", "method", "status", "secrecy", "key_id", "sealed_at", "kept", "electorate")
        names += ("voters", "series_id")
        made = [dict(zip(names, row, strict=True)) for row in self.rows["ballots"]]
        return [one for one in made if not statuses or one["status"] in statuses]

    def accounts(self) -> dict[str, int]:
        """The accounts of people, by the person's id."""
        return {person: account for person, account, _ in self.rows["people"] if account is not None}

    def marks(self, ballot: Mapping[str, Any]) -> dict[str, int] | None:
        """Whose votes are kept under which mark in a ballot; None where its key is out of reach."""
        accounts = self.accounts()
        if ballot["secrecy"] != "secret":
            return accounts
        key = self.keys.get(ballot["key_id"] or "")
        if key is None:
            return None
        return {hmac.new(key, one.encode(), hashlib.sha256).hexdigest(): of for one, of in accounts.items()}

    def values(self) -> tuple[dict[Key, Hashable], frozenset[int]]:
        """Everything that a memory may remember, as it is now; and the ballots whose votes cannot be told
        apart now, as their key is out of reach.
        """
        found: dict[Key, Hashable] = {}
        for kind, column in (
            ("proposal", "proposals"),
            ("argument", "arguments"),
            ("statement", "statements"),
        ):
            for (text,), number in Counter(self.rows[column]).items():
                found["text", kind, text] = number
        for (text,) in self.rows["amendments"]:
            found["text", "amendment", text.rpartition(" ")[2]] = 1
        references = {identifier: reference for identifier, reference, *_ in self.rows["recommendations"]}
        for recommendation, account in self.rows["seconds"]:
            if account is not None:
                found["second", references[recommendation], account] = 1
        for reference, number in self.rows["agenda"]:
            found["agenda", reference] = 1
            if number is not None:
                found["final", reference] = number
        dark = set()
        votes = self.by_ballot("votes")
        for ballot in self.ballots():
            found["ballot", ballot["id"]] = ballot["status"]
            if ballot["status"] != "open":
                continue
            marks = self.marks(ballot)
            if marks is None:
                dark.add(ballot["id"])
                continue
            for voter, position, choice in votes.get(ballot["id"], ()):
                assert voter in marks, f"a vote of nobody known in ballot {ballot['id']}"
                key = ("vote", ballot["id"], marks[voter], position)
                found[key if position else ("paper", ballot["id"], marks[voter])] = choice
        return found, frozenset(dark)


@dataclass
class Watcher:
    """Looks at a store again and again, and holds every look against the memory and the looks before.

    `url` is the store's address, `keys` the key folder.
    """

    url: str
    keys: Path
    memory: Memory
    keys_came_back: bool = False
    """Whether the key folder was away: a key whose ballot ended meanwhile goes at the next start only."""
    states: dict[str, str] = field(default_factory=dict)
    marks: dict[int, set[str]] = field(default_factory=dict)
    counted: set[int] = field(default_factory=set)

    async def look(self) -> Look:
        """The store now, and nothing held against anything."""
        keys = {file.stem: file.read_bytes() for file in self.keys.glob("*.key")}
        return Look(await reader(self.url)(QUERIES), keys)

    async def begin(self) -> None:
        """Take what is there already for acknowledged."""
        look = await self.look()
        for key, value in look.values()[0].items():
            self.memory.settle(key, value)
        await self.check()

    async def check(self, *, each_step: bool = True) -> Look:
        """Look, and hold everything against everything; `each_step` says that one step passed at most."""
        look = await self.look()
        self._closed(look)
        secrecy_kept(look, keys_came_back=self.keys_came_back)
        chain_holds(look)
        acts_and_rows_agree(look)
        if each_step:
            self._moved_legally(look)
        self.states = {reference: state for _, reference, state, *_ in look.rows["recommendations"]}
        for ballot in look.ballots("open"):
            self.marks.setdefault(ballot["id"], set()).update(look.marks(ballot) or ())
        self.memory.looked(self._remembered(look))
        return look

    def _remembered(self, look: Look) -> dict[Key, Hashable]:
        """Nothing acknowledged is lost, nothing refused is stored, and nothing is there of nobody's doing.

        The answer is every value as it is, or as it was where it cannot be told now.
        """
        values, dark = look.values()
        values.update(self._forgotten(look))
        by_itself = {
            json.loads(body)["ballot"]
            for _, _, _, actor, act, _, body, *_ in look.rows["ledger"]
            if act == "ballot.closed" and actor == "system"
        }
        over = {ballot["id"] for ballot in look.ballots("closed", "cancelled")}
        for key in sorted(self.memory.keys() | values.keys(), key=lambda key: key[0] != "forgotten"):
            possible = self.memory.possible(key)
            if key[0] in ("vote", "paper") and (key[1] in over or key[1] in dark):
                values[key] = self.memory.settled.get(key, ABSENT)
            elif key[0] == "ballot" and key[1] in by_itself and "open" in possible:
                self.memory.settled[key] = values[key]
            elif key[0] == "ballot" and values.get(key) in ("prepared", "discarded"):
                assert ABSENT in possible, f"{key} was opened, and is {values[key]}"
                values[key] = ABSENT
            elif key in self.memory.wished:
                self.memory.settle(key, values.get(key, ABSENT))
            elif key[0] in ("agenda", "final") and possible == {ABSENT}:
                self.memory.settled[key] = values[key]
            else:
                assert values.get(key) in possible, f"{key} is {values.get(key)!r}, and may be {possible}"
        return values

    def _forgotten(self, look: Look) -> dict[Key, Hashable]:
        """Who is forgotten, under the keys of those who asked for it."""
        asked = {key[1]: key for key in self.memory.keys() | self.memory.wished if key[0] == "forgotten"}
        gone = [person for person, _, at in look.rows["people"] if at is not None]
        assert asked.keys() >= set(gone), "somebody was forgotten who did not ask for it"
        return {asked[person]: 1 for person in gone}

    def _closed(self, look: Look) -> None:
        """What a closed ballot counted is what was cast in it; read once, when it is first seen closed."""
        cast, tallies = look.by_ballot("cast_votes"), look.by_ballot("tallies")
        rooms = look.by_ballot("rooms")
        for ballot in look.ballots("closed"):
            number = ballot["id"]
            record = cast.get(number, [])
            if ballot["method"] == "support":
                _tallied(record, tallies.get(number, []), rooms.get(number, []))
            if number in self.counted:
                continue
            self.counted.add(number)
            if ballot["method"] == "silence":
                continue
            given = self.memory.votes_in(number)
            sure = Counter(
                (key[3], next(iter(values))) if key[0] == "vote" else (0, "paper")
                for key, values in given.items()
                if len(values) == 1 and values != {ABSENT}
            )
            perhaps = sum(len(values) > 1 for values in given.values())
            recorded = Counter((position, choice if position else "paper") for position, choice, *_ in record)
            assert not sure - recorded, f"ballot {number} lost {sure - recorded}"
            assert (recorded - sure).total() <= perhaps, f"ballot {number} has too much: {recorded - sure}"

    def _moved_legally(self, look: Look) -> None:
        for _, reference, state, *_ in look.rows["recommendations"]:
            before = self.states.get(reference)
            if before is not None and before != state:
                assert state in _reachable(before), f"{reference} went from {before} to {state}"

    def no_mark_is_left(self, look: Look) -> None:
        """In no file stands a mark of a ballot that is sealed; of one whose votes are kept, none is yet."""
        contents = [file.read_bytes() for file in files_of(self.url) if file.exists()]
        kept = {one["series_id"] for one in look.ballots() if one["kept"]}
        for ballot in look.ballots("closed", "cancelled"):
            if ballot["sealed_at"] is None or ballot["secrecy"] != "secret" or ballot["series_id"] in kept:
                continue
            shared = ballot["series_id"] is not None  # the same key marks the votes of another round
            for mark in () if shared else self.marks.get(ballot["id"], ()):
                assert not any(mark.encode() in content for content in contents), "a mark is left"


def _tallied(record: Rows, tallies: Rows, rooms: Rows) -> None:
    counts: Counter[tuple[int, str]] = Counter((position, choice) for position, choice, *_ in record)
    for position, for_votes, against, abstain in rooms:
        counts.update({(position, "for"): for_votes, (position, "against"): against})
        counts[position, "abstain"] += abstain
    for position, text in tallies:
        figures = json.loads(text)
        for choice in ("for", "against", "abstain"):
            assert figures[choice] == counts[position, choice], (position, choice, figures)


def secrecy_kept(look: Look, *, keys_came_back: bool = False) -> None:
    """A ballot that is over holds no votes under marks, a sealed one no key, and no record names a voter."""
    held = {name: look.by_ballot(name) for name in ("votes", "papers", "live")}
    named = look.by_ballot("cast_votes")
    in_use = {one["key_id"] for one in look.ballots() if one["kept"] or one["status"] in ("open", "prepared")}
    for ballot in look.ballots("closed", "cancelled"):
        number = ballot["id"]
        if not ballot["kept"]:
            assert not held["votes"].get(number), f"votes of ballot {number} are left"
        assert not held["papers"].get(number), f"papers of ballot {number} are left"
        assert not held["live"].get(number), f"changes of ballot {number} are left"
        if ballot["sealed_at"] is not None and ballot["key_id"] not in in_use and not keys_came_back:
            assert ballot["key_id"] not in look.keys, f"the key of ballot {number} is left"
        if ballot["secrecy"] == "secret":
            assert all(row[-1] is None for row in named.get(number, ())), f"ballot {number} names a voter"
        receipts = [row[2] for row in named.get(number, ()) if row[2]]
        assert len(receipts) == len(set(receipts)), "two votes have one receipt"


def chain_holds(look: Look) -> None:
    """Every entry follows the one before it, and the head names the last."""
    last: dict[int, tuple[int, str]] = {}
    for guild, seq, at, actor, act, subject, body, previous, hashed in look.rows["ledger"]:
        before, end = last.get(guild, (0, GENESIS))
        assert (seq, previous) == (before + 1, end), f"entry {seq} does not follow"
        parts = [previous, guild, seq, at, actor, act, subject, body]
        text = json.dumps(parts, separators=(",", ":"), ensure_ascii=False)
        assert hashed == hashlib.sha256(text.encode()).hexdigest(), f"entry {seq} was changed"
        last[guild] = seq, hashed
    heads = {guild: (seq, hashed) for guild, seq, hashed in look.rows["heads"] if seq}
    assert heads == last


def acts_and_rows_agree(look: Look) -> None:
    """What the ledger says was done is done, once; what must be said of it waits to be said, or was."""
    acts = Counter((act, subject) for *_, act, subject, _, _, _ in look.rows["ledger"])
    for ballot in look.ballots("open", "closed", "cancelled"):
        label = f"B{ballot['number']}"
        said = {act: acts[f"ballot.{act}", label] for act in ("opened", "closed", "cancelled", "sealed")}
        assert said["opened"] == 1
        assert said["closed"] == (ballot["status"] == "closed")
        assert said["cancelled"] == (ballot["status"] == "cancelled")
        assert said["sealed"] == (ballot["sealed_at"] is not None)
    numbers = [ballot["number"] for ballot in look.ballots() if ballot["number"] is not None]
    assert sorted(numbers) == list(range(1, len(numbers) + 1)), "a ballot's number is missing or twice"
    stored = dict(look.rows["second_rows"])
    for identifier, reference, _, seconds, _ in look.rows["recommendations"]:
        assert seconds == stored.get(identifier, 0) == acts["recommendation.seconded", reference]
    final = [number for _, number in look.rows["agenda"] if number is not None]
    assert sorted(final) == list(range(1, len(final) + 1)), "a final number is missing or twice"
    for kind, number in Counter(look.rows["outbox"]).items():
        if kind[0] in KINDS_SAID_ONCE:
            assert number == 1, f"{kind} is to be said {number} times"


def everything_is_over(look: Look) -> None:
    """Nothing that should have come to its end is left half done."""
    for ballot in look.ballots("closed", "cancelled"):
        assert ballot["sealed_at"] is not None, f"ballot {ballot['id']} was never sealed"
    assert not look.ballots("open"), "a ballot's time is long up, and it is open"
    assert look.rows["votes"] == look.rows["papers"] == []


@cache
def _reachable(state: str) -> frozenset[str]:
    """Where one step leads, which may have a deadline in its train: up to two moves of the table."""
    found = {state}
    for _ in range(2):
        for (before, _act), after in (*MOVES.items(), *AT_CONFERENCE.items()):
            if before.value in found:
                found.add(after.value)
        if found & {"merged", "split"}:
            found |= {"proposed", "admitted", "returned"}  # undone: back to where it was merged from
    return frozenset(found)


Reader: TypeAlias = Callable[[Mapping[str, str]], Awaitable[dict[str, Rows]]]
"""Gives the rows of each query by its name."""


def reader(url: str) -> Reader:
    """Reads a store, with a connection of its own each time."""
    path = path_of(url)

    async def read(queries: Mapping[str, str]) -> dict[str, Rows]:
        if path is None:
            import asyncpg

            connection = await asyncpg.connect(url)
            try:
                async with connection.transaction(isolation="repeatable_read", readonly=True):
                    return {name: [*map(tuple, await connection.fetch(sql))] for name, sql in queries.items()}
            finally:
                await connection.close()
        with _unlimited(), closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as store:
            store.execute("BEGIN")
            return {name: store.execute(sql).fetchall() for name, sql in queries.items()}

    return read


@contextmanager
def _unlimited() -> Iterator[None]:
    """Reads what is there although this process may be kept from writing (`breaking.fail_writes`)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def path_of(url: str) -> Path | None:
    """The file of a SQLite store; None for one on a server."""
    return Path(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else None


def sound(url: str) -> None:
    """SQLite finds nothing wrong with its file, and no row points nowhere; a server knows by itself."""
    path = path_of(url)
    if path is None:
        return
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as store:
        assert store.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert store.execute("PRAGMA foreign_key_check").fetchall() == []


def files_of(url: str) -> Sequence[Path]:
    """The files of a SQLite store; those of a server are out of reach."""
    path = path_of(url)
    return [] if path is None else [path, *(path.with_name(path.name + end) for end in ("-wal", "-shm"))]
