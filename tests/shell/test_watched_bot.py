"""A real bot is watched while people act: its figures move, and neither they nor the log know who it was."""

from __future__ import annotations

import json
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.sides.common import vote_ids
from benchmarks.wire.http import Answer, Answered, Proceed, Request
from tests.shell.watched_room import SHAPE, Room, anything_of_people, prepare, watched_room

pytestmark = pytest.mark.thorough

TITLE = "Zeppelins over the marshes"
TEXT = "That zeppelins shall watch over the marshes, of which nobody else has ever written a word."


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, int]:
    """A folder with a store and its keys, and the id of the ballot that is open."""
    folder = tmp_path_factory.mktemp("prepared")
    return folder, prepare(folder)


async def everybody_votes(room: Room, ids: list[str]) -> None:
    """Everybody clicks once, and all are answered."""
    asks = [{"kind": "click", "who": who, "id": ids[who % len(ids)], "on": 0} for who in range(SHAPE.people)]
    told = await room.discord.controls.fire({"asks": asks, "cards": [{"ids": ids}]})
    assert None not in told["answered"]


async def propose(room: Room, title: str = TITLE) -> None:
    """Somebody sends in a recommendation."""
    fields = {"title": title, "text": TEXT}
    form = {"kind": "submit", "who": 3, "id": "recommend:T01::77", "fields": fields}
    await room.discord.controls.fire({"asks": [form]})


def nobody_in(text: str) -> None:
    """Nothing in `text` is somebody's."""
    assert [one for one in anything_of_people("eppelin", "marshes") if one in text] == []


async def test_figures_move_with_what_people_do_and_name_nobody(
    prepared: tuple[Path, int], tmp_path: Path
) -> None:
    """Votes, a command, forms, a Discord that fails, a bug: all are counted or logged, one object a line."""
    ids = vote_ids(prepared[1])
    async with watched_room(prepared[0], tmp_path / "bot") as room:
        await room.until(lambda status, _: status == 200)
        assert (await room.page("/ready"))[0] == 200
        before = await room.figures()
        assert before["rapporteur_ballots_open"] == 1
        assert before['rapporteur_shard_connected{shard="0"}'] == 1
        assert before["rapporteur_store_readable"] == 1

        await everybody_votes(room, ids)
        await propose(room)
        await room.discord.controls.fire(
            {"asks": [{"kind": "command", "who": 1, "id": "help", "options": {}}], "patience": 10}
        )
        after = await room.figures()

        def more(name: str) -> float:
            return after[name] - before[name]

        for kind, times in {"vote": SHAPE.people, "control": 1, "command": 1}.items():
            assert more(f'rapporteur_acknowledgement_seconds_count{{kind="{kind}"}}') == times, kind
            # The stand-in's ids are of another clock: what counts then is how long it took here.
            assert after[f'rapporteur_acknowledgement_seconds_bucket{{kind="{kind}",le="30.0"}}'] == times
        assert more("rapporteur_vote_batch_size_sum") == SHAPE.people
        assert 1 <= more("rapporteur_vote_batch_size_count") <= SHAPE.people
        assert more("rapporteur_vote_commit_seconds_sum") > 0
        assert more('rapporteur_rest_requests_total{status="2xx"}') >= SHAPE.people + 2
        assert more("rapporteur_ledger_entries") >= 1
        assert after["rapporteur_votes_waiting"] == 0

        async def not_just_now(request: Request, proceed: Proceed) -> Answered:
            if "messages" in request.parts and request.method in ("POST", "PATCH"):
                return Answer(503, b'{"message": "Zeppelins"}', b"Content-Type: application/json\r\n")
            return await proceed(request)

        room.discord.troubles.append(not_just_now)
        await propose(room, f"{TITLE} once more, and nothing alike")
        await room.until_more('rapporteur_rest_requests_total{status="5xx"}')
        await room.until_more("rapporteur_outbox_waiting")
        with closing(sqlite3.connect(room.store, timeout=20)) as other:
            other.execute("ALTER TABLE versions RENAME TO elsewhere")
        await propose(room, "What nobody could foresee of zeppelins")
        _, page = await room.page("/metrics")
        nobody_in(page)

        room.process.send_signal(signal.SIGTERM)
        assert await room.process.wait() == 0
        assert room.process.stderr is not None
        nobody_in((await room.process.stderr.read()).decode())
    log = (tmp_path / "bot" / "log").read_text(encoding="utf-8")
    records = [json.loads(line) for line in log.splitlines()]
    assert all({"time", "level", "logger", "message"} <= record.keys() for record in records)
    assert any("HTTP 503" in record["message"] for record in records)
    (incident,) = (record for record in records if "incident" in record)
    assert incident["message"] == f"incident {incident['incident']}"
    assert "sqlite_errorname SQLITE_ERROR" in incident["exception"]
    assert "recommendations.py" in incident["exception"]  # where it happened is told
    nobody_in(log)


async def test_health_says_which_part_is_wrong(prepared: tuple[Path, int], tmp_path: Path) -> None:
    """A gateway that is gone, then a store that somebody else holds; both come back by themselves."""
    async with watched_room(prepared[0], tmp_path / "bot") as room:
        await room.until(lambda status, _: status == 200)
        room.discord.gateway.resumable = False

        async def nobody_comes_in(request: Request, proceed: Proceed) -> Answered:
            return None if request.parts[1:] == ["gateway", "bot"] else await proceed(request)

        room.discord.troubles.append(nobody_comes_in)
        room.discord.gateway.drop(4000)
        await room.until(lambda status, parts: status == 503 and "not connected" in parts["gateway"])
        status, parts = await room.health()
        if status == 503:
            assert parts["store"] == parts["writer"] == "ok"
        room.discord.troubles.clear()
        await room.until(lambda status, _: status == 200, 60)

        with closing(sqlite3.connect(room.store, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            status, parts = await room.health()
            assert status == 503
            assert "cannot be written" in parts["store"]
            assert parts["gateway"] == "ok"
            assert (await room.page("/ready"))[0] == 200
            assert (await room.figures())["rapporteur_store_readable"] == 1
            other.execute("ROLLBACK")
        await room.until(lambda status, _: status == 200)
        nobody_in(room.log())
