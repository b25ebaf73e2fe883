"""`/export` where the file is too large, where Discord does not take it, and where names stand in it."""

from __future__ import annotations

import csv
import io
import random
import zipfile
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import aiohttp
import discord
import pytest
from simcord.actors import MemberActor
from simcord.results import InteractionResult

from bot.parcels import Parcel, messages
from tests.chat.acts import refusal
from tests.chat.chat_room import Room, message_of, refused, texts

pytestmark = pytest.mark.usefixtures("nothing_failed")

ALL = {"ranking-ROM-CAP.csv.zip": ["CAP-01", "CAP-02"], "ranking-ROM-TRN.csv": ["TRN-01"]} | {
    "ranking-BER-all.csv": ["SSR-01"]
}


def attached(room: Room, result: InteractionResult) -> list[dict[str, bytes]]:
    """The files of each message of an answer, by their names."""
    answers = [answer for answer in (result.response, *result.followups) if answer is not None]
    assert all(answer.ephemeral for answer in answers)
    return [
        {file.filename: bytes(room.env.backend.cdn.get(file.url) or b"") for file in answer.attachments}
        for answer in answers
        if answer.attachments
    ]


def references(name: str, data: bytes) -> list[str]:
    """The recommendations in a file, which may be packed."""
    if name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            assert archive.namelist() == [name.removesuffix(".zip")]
            data = archive.read(name.removesuffix(".zip"))
    return [row["reference"] for row in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))]


async def exported(room: Room, who: MemberActor | None = None, **options: Any) -> InteractionResult:
    return await (who or room.ola).slash(room.lobby, "export", **{"format": "csv", **options})


@pytest.fixture
async def full(room: Room) -> Room:
    """Four long texts that no archive makes much shorter, in three themes of two events."""
    await room.open_event("BER")
    dice = random.Random(2014)
    for place, theme in enumerate(("CAP", "CAP", "TRN", "SSR")):
        where = room.rome if theme != "SSR" else room.lobby
        words = " ".join(f"{dice.getrandbits(60):x}" for _ in range(118))
        form = await room.ana.slash(where, "recommend", theme=theme)
        await room.ana.submit_modal(form, {"title": f"Title {place}", "text": words, "addressees": ""})
    return room


async def test_a_file_that_is_too_large_is_packed_and_then_comes_in_parts(
    full: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By event, then by theme, each whole and named for what it is, in as many messages as it takes."""
    (whole,) = attached(full, await exported(full))
    size = len(whole["ranking.csv"])
    monkeypatch.setattr(discord.Guild, "filesize_limit", size - 1)
    packed = await exported(full)
    assert "4 recommendations" in texts(packed) and "It is packed" in texts(packed)
    ((name, data),) = attached(full, packed)[0].items()
    assert name == "ranking.csv.zip"
    assert references(name, data) == references("ranking.csv", whole["ranking.csv"])

    monkeypatch.setattr(discord.Guild, "filesize_limit", 3_400)
    answer = await exported(full)
    assert "in 3 files" in texts(answer) and texts(answer).count("in 3 files") == 1
    sent = attached(full, answer)
    assert all(sum(map(len, message.values())) <= 3_400 for message in sent) and len(sent) > 1
    assert {name: references(name, data) for one in sent for name, data in one.items()} == ALL

    monkeypatch.setattr(discord.Guild, "filesize_limit", 1_000)
    said = await refusal(full, exported(full))
    assert "csv.zip has 1 MiB" in said and "Export one event" in said and "`rapporteur export`" in said


async def test_what_discord_does_not_take_is_named_and_can_be_repeated(
    full: Room, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """None of it, or half of it; with a status, or with silence; nothing is stored, and nothing lost."""
    for status, code in ((413, 40005), (500, 0), (503, 0)):
        full.env.inject_error("POST", "/webhooks/*", status=status, code=code, times=1)
        said = await refusal(full, exported(full))
        assert "Discord did not take ranking.csv. Nothing is lost" in said
    monkeypatch.setattr(discord.Guild, "filesize_limit", 3_400)
    send = discord.Webhook.send
    too_large = discord.HTTPException(
        SimpleNamespace(status=413, reason="Payload Too Large"),
        {"code": 40005, "message": "Request entity too large"},
    )
    for failure in (TimeoutError(), aiohttp.ClientOSError(104, "reset"), too_large):
        turns = iter((None, failure, None))

        async def halfway(
            self: discord.Webhook, *args: Any, turns: Iterator[Exception | None] = turns, **options: Any
        ) -> Any:
            if (failed := next(turns)) is not None:
                raise failed
            return await send(self, *args, **options)

        monkeypatch.setattr(discord.Webhook, "send", halfway)
        answer = await exported(full)
        assert refused(answer)
        said = message_of(answer).content
        arrived = [name for message in attached(full, answer) for name in message]
        assert 0 < len(arrived) < 3
        took, missed = said.split("but not")
        assert [name for name in ALL if name in took] == [name for name in ALL if name in arrived]
        assert [name for name in ALL if name in missed] == [name for name in ALL if name not in arrived]
    monkeypatch.setattr(discord.Webhook, "send", send)
    assert {name for message in attached(full, await exported(full)) for name in message} == set(ALL)
    assert "Discord did not take" in caplog.text


async def test_a_record_that_is_too_large_comes_ballot_by_ballot(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each ballot whole, in a file of its own."""
    await room.proposals("Plan missions together", "Share field hospitals")
    for label in ("B1", "B2"):
        ballot = await room.open_ballot(references=f"CAP-0{label[1]}")
        for who in (room.ana, room.ben, room.cleo):
            await room.vote(who, ballot, 1, "for")
        await room.close_ballot(ballot, label)
    ((_, one),) = attached(room, await exported(room, kind="cast-votes", ballot="B1"))[0].items()
    monkeypatch.setattr(discord.Guild, "filesize_limit", len(one))
    sent = attached(room, await exported(room, kind="cast-votes"))
    assert {name for message in sent for name in message} == {"cast-votes-B1.csv", "cast-votes-B2.csv"}


def test_messages_hold_ten_files_and_no_more_bytes_than_are_taken() -> None:
    """In their order; what is larger than that is alone, and nothing is left out."""
    small = [Parcel(f"{number}", bytes(3)) for number in range(23)]
    assert [len(message) for message in messages(small, 100)] == [10, 10, 3]
    assert [len(message) for message in messages(small, 10)] == [3] * 7 + [2]
    mixed = [Parcel("a", bytes(6)), Parcel("b", bytes(20)), Parcel("c", bytes(4)), Parcel("d", bytes(6))]
    assert [[one.name for one in message] for message in messages(mixed, 10)] == [["a"], ["b"], ["c", "d"]]
    assert messages([], 10) == []
