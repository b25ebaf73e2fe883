"""After a secret ballot held in chat, nothing that is left anywhere links a voter to a vote."""

from __future__ import annotations

import io
import logging
import re
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from simcord.actors import MemberActor

from storage.backup import backup
from tests.chat.chat_room import Room, message_of, texts
from tests.chat.voting_room import propose, rows, said, store_file, tap, value, voters, wait

pytestmark = pytest.mark.usefixtures("nothing_failed")

FORMATS = ("csv", "json", "markdown", "xlsx")


@dataclass
class Known:
    """What only an insider could know while the ballot was open."""

    marks: list[str]
    key: bytes
    receipts: dict[str, str]  # by the voter's name
    identities: list[str]

    def secrets(self) -> list[bytes]:
        """What must be nowhere at all afterwards."""
        return [
            self.key,
            self.key.hex().encode(),
            *(mark.encode() for mark in self.marks),
            *(bytes.fromhex(mark) for mark in self.marks),
        ]


async def _vote(room: Room, ballot: str, people: list[MemberActor]) -> Known:
    """Everybody votes, some change their minds or take a vote back."""
    receipts = {}
    for number, who in enumerate(people):
        answer = await tap(room, who, ballot, "for" if number % 3 else "against")
        if answer.modal is not None:
            answer = await who.submit_modal(answer, {"reason": f"Doubts number {number}"})
        receipts[who.name] = re.findall(r"Receipt (\w{10})", texts(answer))[0]
        await tap(room, who, ballot, "abstain" if number % 2 else "for", "CAP-02", 2)
    await tap(room, people[1], ballot, "abstain")
    (key,) = room.settings.secrecy.key_dir.iterdir()
    identities = [
        str(cell) for row in rows(room, "SELECT id, user_id, pseudonym, name FROM people") for cell in row
    ]
    return Known(
        marks=[mark for (mark,) in rows(room, "SELECT DISTINCT voter FROM votes")],
        key=key.read_bytes(),
        receipts=receipts,
        identities=identities,
    )


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for file in folder.rglob("*"):
        if file.is_file():
            yield str(file.relative_to(folder)), file.read_bytes()


def _rows_of(store: Path) -> Iterator[tuple[str, str]]:
    """Every row of every table, as text."""
    with closing(sqlite3.connect(store)) as opened:
        for (table,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in opened.execute(f'SELECT * FROM "{table}"'):  # the store's own table names
                yield table, " ".join(str(cell) for cell in row)


async def _exports(room: Room) -> list[bytes]:
    """What `/export` gives in each format, workbooks unpacked."""
    made = []
    for kind in FORMATS:
        answer = await room.ola.slash(room.rome, "export", format=kind)
        (attachment,) = message_of(answer).attachments
        data = room.env.backend.cdn.get(attachment.url)
        assert data
        if zipfile.is_zipfile(io.BytesIO(data)):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                data = b"\n".join(packed.read(name) for name in packed.namelist())
        made.append(data)
    return made


async def test_after_closing_no_byte_links_a_voter_to_a_vote(
    empty_room: Room, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Store, log, key folder, exports, the program's log, and backups from before and after."""
    room = empty_room
    caplog.set_level(logging.INFO)
    await room.load(attribution="chatham")
    await room.open_event()
    await propose(room, 2)
    people = voters(room, 5) + [room.person(f"Una {n}", "Expert", "UN") for n in range(4)]
    ballot = await room.open_ballot(reasons="against")
    known = await _vote(room, ballot, people)
    assert len(known.marks) == len(people)
    url, before, after = room.settings.storage.url, tmp_path / "before.db", tmp_path / "after.db"
    await backup(url, before)
    await room.close_ballot(ballot)
    await backup(url, after)
    exports = await _exports(room)

    assert value(room, "SELECT sealed_at IS NOT NULL FROM ballots") == 1
    assert list(room.settings.secrecy.key_dir.iterdir()) == []
    for name, content in _files(tmp_path):
        found = [secret for secret in known.secrets() if secret in content]
        # A backup from before holds marks: without the key, which no file holds, they say nothing.
        assert found == [] if name != "before.db" else known.key not in content, name
    for export in exports:
        assert not any(secret in export for secret in known.secrets())
        assert not any(
            person.name.encode() in export or str(person.id).encode() in export for person in people
        )

    for store in (store_file(room), before, after):
        for table, row in _rows_of(store):
            named = any(identity in row for identity in known.identities)
            votes = [receipt for receipt in known.receipts.values() if receipt in row]
            assert not (named and votes), table
            assert table != "reasons" or not (named or votes)
    published = {receipt for (receipt,) in rows(room, "SELECT receipt FROM cast_votes")}
    assert set(known.receipts.values()) <= published
    assert len(published) == 2 * len(people)
    log = "\n".join(record.getMessage() for record in caplog.records)
    for secret in (*known.marks, *known.receipts.values(), *(person.name for person in people)):
        assert secret not in log


async def test_nobody_learns_in_public_who_voted(room: Room) -> None:
    """Posts and edits name counts; answers about a vote are private."""
    await propose(room, 2)
    people = voters(room, 4)
    ballot = await room.open_ballot(reasons="against")
    since = len(room.env.http_requests)
    known = await _vote(room, ballot, people)
    await wait(room, 10)
    await room.close_ballot(ballot)
    public = [
        text
        for text, request in zip(
            said(room, since), (r for r in room.env.http_requests[since:] if r.json), strict=True
        )
        if request.path.startswith("/channels/")
    ]
    assert public
    for text in (*public, *room.posts()):
        assert not any(person.name in text or str(person.id) in text for person in people)
        assert not any(receipt in text for receipt in known.receipts.values())


async def test_a_cancelled_ballot_leaves_no_vote_and_no_mark(room: Room, tmp_path: Path) -> None:
    """Neither choices nor receipts nor reasons are left in any file."""
    await propose(room, 2)
    people = voters(room, 3)
    ballot = await room.open_ballot(reasons="against")
    known = await _vote(room, ballot, people)
    await room.fay.slash(room.rome, "ballot cancel", ballot="B1", reason="wrong text")
    gone = [*known.secrets(), *(r.encode() for r in known.receipts.values()), b"Doubts number"]
    for name, content in _files(tmp_path):
        assert not [secret for secret in gone if secret in content], name


async def test_a_reader_in_the_way_delays_the_outcome_until_the_log_is_empty(
    room: Room, tmp_path: Path
) -> None:
    """The outcome says that the votes are sealed, so it waits until that is true."""
    await propose(room, 2)
    ballot = await room.open_ballot()
    known = await _vote(room, ballot, voters(room, 3))
    with closing(sqlite3.connect(store_file(room), isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM votes").fetchone()
        await room.close_ballot(ballot)
        assert not any("are sealed" in text for text in room.posts())
        reader.execute("ROLLBACK")
    await wait(room, 90)
    assert any("The votes are sealed" in text for text in room.posts())
    for name, content in _files(tmp_path):
        assert not [secret for secret in known.secrets() if secret in content], name


async def test_an_open_ballot_says_so_before_the_first_vote(room: Room) -> None:
    """On its message and on the sheet; and then names its voters in the record."""
    await propose(room)
    ballot = await room.open_ballot(secrecy="open")
    assert list(room.settings.secrecy.key_dir.glob("*")) == []
    drawn = await room.ben.slash(room.rome, "vote")
    assert "everybody will be able to see who voted how" in texts(drawn)
    assert any("everybody will be able to see who voted how" in text for text in room.posts())
    await tap(room, room.ben, ballot, "for")
    await room.close_ballot(ballot)
    assert value(room, "SELECT count(*) FROM cast_votes") == 1
