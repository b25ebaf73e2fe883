"""A large export is written by a process beside the bot, and reads the same."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any

import pytest

from bot import exporting
from reports.kinds import KINDS
from tests.chat.chat_room import Room, message_of, refused, texts
from tests.chat.voting_room import propose

pytestmark = pytest.mark.usefixtures("nothing_failed")


async def exported(room: Room, **options: str) -> bytes:
    """What `/export format:csv` attaches."""
    answer = message_of(await room.ola.slash(room.lobby, "export", format="csv", **options))
    (file,) = answer.attachments
    return bytes(room.env.backend.cdn.get(file.url) or b"")


async def test_a_large_export_is_the_same_as_a_small_one(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether the bot writes it or a process beside it; one theme alone too."""
    await propose(room, 3)
    here = await exported(room), await exported(room, event="ROM", theme="CAP")
    monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    assert (await exported(room), await exported(room, event="ROM", theme="CAP")) == here
    rows = list(csv.DictReader(io.StringIO(here[0].decode())))
    assert [row["reference"] for row in rows] == ["CAP-01", "CAP-02", "CAP-03"]


async def test_cast_votes_too_are_written_by_a_process_when_there_are_many(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of them, and one ballot's; how much is large is known of every kind."""
    assert set(exporting.LARGE) == set(KINDS)
    await propose(room, 2)
    for label in ("B1", "B2"):
        ballot = await room.open_ballot(references=f"CAP-0{label[1]}")
        await room.vote(room.ana, ballot, 1, "for")
        await room.close_ballot(ballot, label)
    here = await exported(room, kind="cast-votes"), await exported(room, kind="cast-votes", ballot="b2")
    monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    beside = await exported(room, kind="cast-votes"), await exported(room, kind="cast-votes", ballot="b2")
    assert beside == here
    assert [row["ballot"] for row in csv.DictReader(io.StringIO(here[1].decode()))] == ["B2"]


async def test_a_process_that_fails_is_one_sentence(
    room: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The person is given an incident to quote; its cause is in the log alone."""
    await propose(room, 1)
    monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    monkeypatch.setattr(exporting.sys, "executable", "/bin/false")
    said = texts(await room.ola.slash(room.lobby, "export", format="csv"))
    assert "incident" in said and "/bin" not in said
    assert "ExportFailed" in caplog.text
    assert len(room.env.errors) == 1
    caplog.clear()


async def test_a_process_that_is_killed_is_told_as_what_it_most_likely_was(
    room: Room, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """For want of memory: one sentence with what to do, and the log has it too."""
    await propose(room, 1)
    monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    dying = tmp_path / "dying"
    dying.write_text("#!/bin/sh\nkill -9 $$\n")
    dying.chmod(0o755)
    monkeypatch.setattr(exporting.sys, "executable", str(dying))
    answer = await room.ola.slash(room.lobby, "export", format="csv")
    assert refused(answer) and "too little memory" in texts(answer)
    assert "was killed" in caplog.text
    caplog.clear()


async def test_only_an_organiser_starts_a_process(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The refusal comes before anything is written."""
    await propose(room, 1)
    monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    assert refused(await room.ana.slash(room.lobby, "export", format="csv"))


async def test_the_stores_address_is_on_no_command_line(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may hold a password, and every user of the machine sees the arguments of a process."""
    await propose(room, 1)
    monkeypatch.setattr(exporting, "LARGE", dict.fromkeys(KINDS, 1))
    started = []
    start = asyncio.create_subprocess_exec

    async def watched(*arguments: str, **options: Any) -> asyncio.subprocess.Process:
        started.append(arguments)
        return await start(*arguments, **options)

    monkeypatch.setattr(exporting.asyncio, "create_subprocess_exec", watched)
    assert b"CAP-01" in await exported(room)
    (arguments,) = started
    assert not any(room.settings.storage.url in argument for argument in arguments)
