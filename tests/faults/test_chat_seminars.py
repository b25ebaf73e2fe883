"""Random seminars in chat, while Discord refuses, forgets, loses and repeats, and the store breaks beside it.

The whole bot on a simulated Discord. What people were told is held against the store after every step, and at
the end everything has been said that had to be, each outcome once.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import discord
import pytest
from simcord.env import Env

from bot.client import create_bot
from bot.settings import Settings
from rehearsal.simulation import Stage
from storage.errors import StoreUnavailable
from tests import stores
from tests.chat.chat_room import Room, refused, shown
from tests.chat.conference_room import BRUSSELS
from tests.chat.voting_room import here, rows
from tests.faults import chat_breaking, plan
from tests.faults.breaking import Breaking
from tests.faults.chat_acts import ChatActing, said
from tests.faults.chat_breaking import ChatBreaking
from tests.faults.desk import settings_of, verified
from tests.faults.look import Watcher, everything_is_over, sound
from tests.faults.memory import Memory
from tests.faults.plan import Step

pytestmark = pytest.mark.sqlite("its rows are read beside the bot; the services' seminars run on both")

LENGTH = 40
OF_STORE = {"lock": 2, "fill_disk": 1, "fail_writes": 1, "interrupt": 2, "forbid_writes": 1}
OTHERS = {"mend": 6, "twice": 3, "restart": 2, "clock_on": 2, "clock_back": 1}
MOST_ACTS = 4  # that one trouble lasts
AT_THE_END = (7_200, 86_400, 86_400, 5 * 86_400, 40 * 86_400)  # seconds, after which everything is over
QUIET = (discord.HTTPException, StoreUnavailable)  # what may be logged as a failure while something is broken


class ChatSeminar:
    """One seminar in one room, played step by step while Discord and the store break."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self.settings = settings
        self.path = path
        self.skew = timedelta(0)
        self.at = 0
        self._left = 0
        self.env: Env
        self.room: Room
        self.discord: ChatBreaking
        self.store: Breaking
        self.acting: ChatActing

    def _clock(self) -> datetime:
        return discord.utils.utcnow() + self.skew

    async def start(self) -> None:
        self.env = Stage(create_bot(self.settings, self._clock), settle_timeout=30.0, check_errors=False)
        await self.env.start()
        self.room = room = Room(self.env, self.settings)
        more = [room.person(f"Voter {number}", "Expert", ("UN", "EU")[number % 2]) for number in range(2)]
        voters = (room.ana, room.ben, room.cleo, *more)
        await room.load(more=BRUSSELS)
        await room.open_event("ROM")
        await room.proposals("One", "Another")
        await here(room, *voters)
        self.discord = ChatBreaking(room, voters)
        memory = Memory(frozenset(voter.id for voter in voters))
        self.watcher = Watcher(self.settings.storage.url, self.settings.secrecy.key_dir, memory)
        self.acting = ChatActing(room, self.watcher, voters)
        await self._running()
        await self.watcher.begin()

    async def _running(self) -> None:
        self.room.bot.errands.longest_sleep = 86_400.0  # or most of the time goes in looking at the clock
        self.store = Breaking(self.room.bot.house.db, self.path, self.settings.secrecy.key_dir)
        await self.store.prepare()

    async def play(self, steps: Sequence[Step]) -> None:
        await self.start()
        try:
            for step in steps:
                self.at = step.number
                await self._step(step, Random(str(step)))
                await self.watcher.check()
            await self._end()
        finally:
            await self._mend()
            await self.room.bot.close()
            await self.env.shutdown()
        sound(self.settings.storage.url)

    async def _mend(self) -> None:
        await self.store.mend()
        await self.discord.mend()

    async def _step(self, step: Step, chance: Random) -> None:
        everybody = self.acting.memory.entitled
        if step.does in plan.ACTS:
            if self.discord.away and step.does != "wait":
                await self.room.env.advance_time(60)  # nobody can reach the bot
            else:
                self.acting.memory.entitled = everybody - self.discord.without_role
                await self.acting.play(step)
                self.acting.memory.entitled = everybody
            self._left -= 1
            if self._left == 0:
                await self._mend()
            return
        match step.does:
            case "mend":
                await self._mend()
            case "twice":
                self.acting.times = 2
            case "restart":
                await self._mend()
                await self.room.bot.close()
                self.env.backend.advance_clock((0, 600, 20_000)[step.how % 3])
                await self.env.restart_bot(create_bot(self.settings, self._clock))
                await self._running()
            case "clock_on":
                self.skew += timedelta(minutes=(5, 90, 1_500)[step.how % 3])
            case "clock_back":
                self.skew -= timedelta(minutes=(5, 90)[step.how % 2])
            case trouble:
                broken = self.store if trouble in OF_STORE else self.discord
                await getattr(broken, trouble)(chance)
                self._left = 1 + step.how % MOST_ACTS

    async def _end(self) -> None:
        """Everything is mended and time passes: all is over, all is said, and the bot answers."""
        await self._mend()
        for seconds in AT_THE_END:
            await self.env.advance_time(seconds)
        look = await self.watcher.check(each_step=False)
        everything_is_over(look)
        self.watcher.no_mark_is_left(look)
        assert [kind for kind, *_ in look.rows["outbox"]] == [], "something was never said"
        await verified(self.room.bot.house)
        self._said_once()
        answered = await self.room.ana.slash(self.room.lobby, "help")
        assert said(answered) and not refused(answered)
        if "rom-rome-seminar" not in self.room.guild.channels:  # nothing has needed it since
            assert "is open in" in said(await self.room.open_event("ROM"))
        before = self.acting.answers["done"]
        for number, does in enumerate(("propose", "open", "vote", "close"), start=1):
            await self.acting.play(Step(900 + number, does, 3, -1, 0))
            assert self.acting.answers["done"] == before + number, f"{does} is not possible any more"
        await self.watcher.check(each_step=False)

    def _said_once(self) -> None:
        """The outcome of every ballot is posted once; where somebody deleted it, it may be there no more."""
        posts = [shown(message) for _, message in self.discord.posts()]
        for number, status, method in rows(
            self.room, "SELECT number, status, method FROM ballots WHERE status IN ('closed', 'cancelled')"
        ):
            if method == "silence":
                continue
            begins = (
                f"Ballot B{number} is closed." if status == "closed" else f"Ballot B{number} is cancelled."
            )
            there = sum(begins in text for text in posts)
            gone = sum(begins in text for text in self.discord.deleted)
            assert there == 1 or (there == 0 and gone), f"{begins} {there} times, {gone} deleted"


async def played(seed: int, settings: Settings, path: Path) -> ChatSeminar:
    """A seed's seminar; where it fails, its plan is part of what is said."""
    steps = plan.plan(seed, LENGTH, {**chat_breaking.TROUBLES, **OF_STORE, **OTHERS}, share=0.35)
    seminar = ChatSeminar(settings, path)
    try:
        await seminar.play(steps)
    except BaseException as failed:
        failed.add_note(f"at step {seminar.at}; {plan.written(seed, steps)}")
        raise
    return seminar


@pytest.fixture
def seminar_settings(tmp_path: Path, empty_store: str) -> tuple[Settings, Path]:
    """Settings of a bot that keeps everything in the test's own folder."""
    url = stores.shelf().copy(empty_store, tmp_path / "rapporteur.db")
    return settings_of(url, tmp_path / "keys"), tmp_path / "rapporteur.db"


@pytest.mark.parametrize("seed", plan.seeds(3, 12, 150))
@pytest.mark.usefixtures("impatient")
async def test_a_seminar_in_chat_survives_a_discord_that_breaks(
    seed: int, seminar_settings: tuple[Settings, Path], caplog: pytest.LogCaptureFixture
) -> None:
    """Whatever Discord does not take, forgets or repeats, nothing that people were told is lost."""
    seminar = await played(seed, *seminar_settings)
    assert seminar.acting.answers["done"]
    for record in caplog.records:
        if record.levelno >= logging.ERROR and record.exc_info:
            assert isinstance(record.exc_info[1], QUIET), f"seed {seed}: {record.getMessage()}"
