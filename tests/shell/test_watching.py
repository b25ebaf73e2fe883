"""The pages at which a bot is watched: on the loopback alone, off unless wanted, right when things break."""

from __future__ import annotations

import asyncio
import math
import socket
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot import watching
from bot.client import Rapporteur, create_bot
from bot.house import open_house
from bot.metrics import KINDS, LATE, Metrics
from bot.running import run
from bot.settings import Discord, SecrecySettings, Settings, SettingsError, Storage, WatchSettings
from seminar.errors import NotFound
from storage import outbox
from storage.voting_acts import HandedIn, TakeBack
from storage.watching import Figures, figures
from tests.shell.watched_room import free_port

NOW = datetime(2014, 10, 22, 12, tzinfo=UTC)


def settings(folder: Path, port: int) -> Settings:
    """A bot's settings in an empty folder."""
    return Settings(
        discord=Discord(token=SecretStr("wrong")),
        storage=Storage(url=f"sqlite:///{folder}/r.db"),
        secrecy=SecrecySettings(key_dir=folder / "keys"),
        watch=WatchSettings(port=port),
    )


@pytest.fixture
async def bot(tmp_path: Path) -> AsyncIterator[Rapporteur]:
    """A bot that is watched and has not signed in."""
    made = create_bot(settings(tmp_path, free_port()), lambda: NOW)
    assert made.metrics is not None
    async with watching.watched(made, made.metrics):
        yield made
    await made.close()


async def page(bot: Rapporteur, path: str) -> tuple[int, str]:
    """Status and text of a page of `bot`."""
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{bot.settings.watch.port}{path}") as response,
    ):
        return response.status, await response.text()


async def opened(bot: Rapporteur) -> None:
    """Open the bot's house, as signing in does."""
    assert bot.metrics is not None
    bot.house = await open_house(bot.settings, lambda: NOW, bot.catalogues, bot.metrics.batch)
    bot._opened = True


@pytest.mark.thorough
def test_nobody_watches_unless_it_is_wanted() -> None:
    """No port is open, and what it takes is not even loaded."""
    code = (
        "import sys, bot.running; from bot.client import create_bot; from bot.settings import Settings;"
        "made = create_bot(Settings()); assert made.metrics is None;"
        "assert not {'prometheus_client', 'bot.metrics', 'bot.watching'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])


async def test_only_this_machine_can_watch(bot: Rapporteur) -> None:
    """The pages are at 127.0.0.1, not at whatever other addresses the machine has."""
    assert (await page(bot, "/metrics"))[0] == 200
    with socket.socket() as probe:
        # Every address of 127.0.0.0/8 is this machine's too; a bot that listened everywhere would be there.
        assert probe.connect_ex(("127.0.0.2", bot.settings.watch.port)) != 0
    assert (await page(bot, "/"))[0] == 404
    assert watching.HOST == "127.0.0.1"


async def test_a_port_that_is_taken_is_one_sentence_and_no_start(tmp_path: Path) -> None:
    """A bot that nobody can watch though somebody wants to would be found out too late."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError) as error:
            await run(settings(tmp_path, port))
    assert f"The port {port} of 127.0.0.1" in str(error.value)
    assert "[watch]" in str(error.value)
    assert not (tmp_path / "r.db").exists()
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_health_says_what_is_not_well(bot: Rapporteur, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the store is open; with it open and nobody reached; with it locked by another program."""
    status, text = await page(bot, "/health")
    assert (status, "not opened yet" in text, "not connected to Discord yet" in text) == (503, True, True)
    await opened(bot)
    status, text = await page(bot, "/health")
    assert (status, '"store": "ok"' in text, "shard 0" in text) == (503, True, True)
    bot.house.ballots.outages.came_up(0)
    assert (await page(bot, "/health"))[0] == (await page(bot, "/ready"))[0] == 200

    monkeypatch.setattr(watching, "PATIENCE", 0.2)
    monkeypatch.setattr(watching, "STUCK", 0.1)
    with closing(sqlite3.connect(Path(str(bot.settings.secrecy.key_dir)).parent / "r.db")) as other:
        other.execute("BEGIN IMMEDIATE")
        voting = asyncio.create_task(bot.house.writer.hand_in(HandedIn(1, "a", "a", "a", "a", TakeBack())))
        await asyncio.sleep(0.2)
        status, text = await page(bot, "/health")
        assert (status, "cannot be written: no answer" in text) == (503, True)
        assert "a batch of votes has been under way" in text
        waiting = (await page(bot, "/metrics"))[1]
        assert "rapporteur_votes_waiting 0.0" in waiting  # it is in the batch
        assert "rapporteur_vote_batch_running_seconds 0.0\n" not in waiting
    with pytest.raises(NotFound):
        await voting
    async with asyncio.timeout(5):
        while (await page(bot, "/health"))[0] != 200:  # noqa: ASYNC110 -- the other's lock has no event
            await asyncio.sleep(0.05)
    bot.house.ballots.outages.went_down(0)
    assert (await page(bot, "/ready"))[0] == 503

    await bot.house.db.close()
    status, text = await page(bot, "/health")
    assert (status, "cannot be read" in text) == (503, True)
    status, text = await page(bot, "/metrics")
    assert (status, "rapporteur_store_readable 0.0" in text) == (200, True)
    assert "rapporteur_outbox_waiting NaN" in text


async def test_a_stand_by_is_well_and_not_ready(bot: Rapporteur) -> None:
    """It waits for what another process serves: to start it again would change nothing."""
    await opened(bot)
    bot.leases.standing_by = True
    status, text = await page(bot, "/health")
    assert (status, "standing by" in text) == (200, True)
    assert (await page(bot, "/ready"))[0] == 503


async def test_the_store_tells_what_waits(bot: Rapporteur) -> None:
    """A message for later does not wait; one that was put off does, and is as old as it is."""
    await opened(bot)
    hour = timedelta(hours=1)
    async with bot.house.db.write() as tx:
        await outbox.put(tx, 1, "card.post", "TRN-01", NOW - hour, due_at=NOW + hour)
        assert await figures(tx, NOW) == Figures(0, None, 0, 0, 0)
        late = await outbox.put(tx, 1, "card.post", "TRN-02", NOW - hour, due_at=NOW - hour / 2)
        assert await figures(tx, NOW) == Figures(1, NOW - hour / 2, 0, 0, 0)
        await outbox.postpone(tx, late, NOW + hour)
        assert await figures(tx, NOW) == Figures(1, NOW - hour, 0, 0, 0)
    text = (await page(bot, "/metrics"))[1]
    assert "rapporteur_outbox_waiting 1.0" in text
    assert "rapporteur_outbox_oldest_seconds 3600.0" in text


def figure(metrics: Metrics, name: str, **labels: str) -> float:
    """A figure as it stands."""
    return metrics.registry.get_sample_value(name, labels) or 0.0


def test_discords_limit_is_an_edge_of_what_is_measured() -> None:
    """How many answers came too late can be told, not only guessed between two edges."""
    metrics = Metrics()
    metrics.arrived(1, "vote")
    metrics.replied(1, 204)
    assert figure(metrics, "rapporteur_acknowledgement_seconds_bucket", kind="vote", le=str(LATE)) == 1
    metrics.replied(1, 204)  # answered once is answered
    assert figure(metrics, "rapporteur_acknowledgement_seconds_count", kind="vote") == 1
    assert figure(metrics, "rapporteur_rest_requests_total", status="2xx") == 2


def test_an_interaction_is_as_old_as_its_number_says_unless_that_cannot_be() -> None:
    """Waiting before it was read counts; a clock that is hours off does not."""
    metrics = Metrics()
    now = datetime.now(UTC).timestamp() * 1000 - 1_420_070_400_000
    for seconds in (4.0, 7200.0, -7200.0):
        number = int(now - seconds * 1000) << 22
        metrics.arrived(number, "control")
        metrics.replied(number, 200)
    edges = {
        edge: figure(metrics, "rapporteur_acknowledgement_seconds_bucket", kind="control", le=edge)
        for edge in ("3.0", "5.0")
    }
    assert edges == {"3.0": 2, "5.0": 3}


def test_what_discord_refuses_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """It goes on waiting, and after a minute counts as never answered."""
    metrics = Metrics()
    metrics.arrived(1, "command")
    for status in (429, 503, 0, 101):
        metrics.replied(1, status)
    assert figure(metrics, "rapporteur_acknowledgement_seconds_count", kind="command") == 0
    assert [
        figure(metrics, "rapporteur_rest_requests_total", status=status) for status in ("429", "5xx", "none")
    ] == [1, 1, 1]
    monkeypatch.setattr("time.monotonic", lambda: math.inf)
    metrics.page()
    assert figure(metrics, "rapporteur_unanswered_total", kind="command") == 1


def test_labels_have_few_values_that_stand_in_the_program() -> None:
    """Whatever happens, nothing of it becomes a label."""
    metrics = Metrics()
    metrics.arrived(1, "vote")
    metrics.stands(None, NOW)
    metrics.connected({0: True, 1: False})
    labels = {
        (name, value)
        for metric in metrics.registry.collect()
        if metric.name.startswith("rapporteur")
        for sample in metric.samples
        for name, value in sample.labels.items()
        if name not in ("le", "version")
    }
    assert labels == (
        {("kind", kind) for kind in KINDS}
        | {("status", status) for status in ("2xx", "3xx", "4xx", "429", "5xx", "none")}
        | {("scope", scope) for scope in ("user", "global", "shared")}
        | {("shard", "0"), ("shard", "1")}
    )
