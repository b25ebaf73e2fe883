"""Does drafting grow slower as texts pile up? An empty store beside one with years of drafts in it.

Two bots run at once, one on each store, and are asked the same in turn, so that a machine that is busy for
a moment is busy for both; a ratio is taken for each pair of answers. The empty store has the two pages of
recommendations that are asked about, and nothing else: an answer is as long there as in the full one. For
the digest it has what the digest tells of, and nothing else.
"""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import drafted
from benchmarks.drafted import CHANGED, CHANGES, EMPTY, EVERYWHERE, FULL, Drafts
from benchmarks.report import Measure, at_most
from benchmarks.shapes import EPOCH
from benchmarks.sides import rapporteur
from benchmarks.statements import counted
from benchmarks.wire import payloads
from benchmarks.wire.processes import SideFailed, StandInAt, child, standin
from bot.cards.digest import digest_card
from bot.house import House
from storage import initiatives, ledger

AT_MOST: Final = 1.5
ALIKE_AT_MOST: Final = 2.0
TIMES: Final = 25  # of each question in a round; the first five are not counted
UNCOUNTED: Final = 5
MOST_STATEMENTS: Final = 15  # of a digest, however much it tells

Progress = Callable[[str], None]
Ask = Callable[[StandInAt, int], list[float]]


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, how, and how much longer the full store may take for it."""

    title: str
    ask: Ask
    most: float = AT_MOST


def measure(rounds: int, progress: Progress, full: Drafts = FULL) -> list[Measure]:
    """Every question to both stores in turn, `rounds` times; then the digest."""
    pairs: dict[str, list[tuple[float, float]]] = {one.title: [] for one in QUESTIONS}
    with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
        folder = Path(name)
        for side, drafts in (("empty", EMPTY), ("changed", CHANGED), ("full", full)):
            progress(
                f"filling a store with {drafts.recommendations:,} recommendations, "
                f"{drafts.versions:,} versions, {drafts.arguments:,} arguments"
            )
            (folder / side).mkdir()
            drafted.fill(folder / side, drafts)
        for number in range(1, rounds + 1):
            progress(f"round {number} of {rounds}: questions")
            _round(folder, full, pairs)
        progress("digests")
        digests = asyncio.run(_digests(folder, rounds))
    measures = [_compare(one.title, pairs[one.title], one.most) for one in QUESTIONS]
    return [*measures, *digests]


def _round(folder: Path, full_drafts: Drafts, pairs: dict[str, list[tuple[float, float]]]) -> None:
    with ExitStack() as stack:
        empty = stack.enter_context(_bot(folder / "empty", folder / "work-empty"))
        full = stack.enter_context(_bot(folder / "full", folder / "work-full"))
        for question in QUESTIONS:
            for turn in range(TIMES):
                sides = (empty, full) if turn % 2 else (full, empty)
                first, second = (sum(question.ask(side, turn)) for side in sides)
                if turn >= UNCOUNTED:
                    pairs[question.title].append((first, second) if turn % 2 else (second, first))
    for work, drafts in ((folder / "work-empty", EMPTY), (folder / "work-full", full_drafts)):
        with sqlite3.connect(work / "rapporteur.db") as database:
            (stored,) = database.execute("SELECT count(*) FROM recommendations").fetchone()
        if stored != drafts.recommendations:
            raise SideFailed("a copy was put on the table without asking whether it is the same")


@contextmanager
def _bot(store: Path, work: Path) -> Iterator[StandInAt]:
    """A bot on a fresh copy of a store, and the stand-in it talks to."""
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(store, work)
    with (
        standin(work) as discord,
        child(
            "benchmarks.sides.rapporteur",
            str(discord.port),
            str(work),
            "--no-cooldowns",
            log=work / "side.log",
        ),
    ):
        yield discord


def _command(name: str, **options: str) -> Ask:
    return lambda discord, _turn: discord.call(name, options, 1)


def _press(control: str) -> Ask:
    return lambda discord, _turn: discord.press(1, [(control, None)])


def _propose(mark: str, title: str, text: str) -> Ask:
    """Send in a form; each has a draft of its own, whose name begins with `mark`."""

    def ask(discord: StandInAt, turn: int) -> list[float]:
        form = f"recommend:T01:{mark}{turn:012}:{turn}"
        fields = {"title": title, "text": text, "rationale": "", "addressees": ""}
        return discord.submit(1, [(form, fields)])

    return ask


_RARE: Final = next(
    word for word in drafted.text(0).split() if len(word) > 7 and word.isalpha() and word.islower()
)
_FIRST: Final = "T01-01"
QUESTIONS: Final = (
    Question("/recommendations", _command("recommendations")),
    Question("/recommendations text=… (in every text)", _command("recommendations", text=EVERYWHERE)),
    Question(
        "/recommendations text=… (two common words)", _command("recommendations", text=drafted.common(2))
    ),
    Question("/recommendations text=… (a rarer word)", _command("recommendations", text=_RARE)),
    Question("/recommendations show=mine", _command("recommendations", show="mine")),
    Question("/recommendation: the card", _command("recommendation", reference=_FIRST)),
    Question("History of a recommendation", _press(f"history:{_FIRST}:0")),
    Question(
        "Proposing a copy: asked whether it is the same",
        _propose("copied", drafted.title(0), drafted.text(0)),
        ALIKE_AT_MOST,
    ),
    Question(
        "Proposing it reworded: asked whether it is the same",
        _propose("reworded", "Something else", drafted.reworded(0)),
        ALIKE_AT_MOST,
    ),
)


async def _digests(folder: Path, rounds: int) -> list[Measure]:
    """The digest, read and drawn in turn on a store that has nothing else and on the full one."""
    pairs: list[tuple[float, float]] = []
    statements = {}
    async with AsyncExitStack() as stack:
        houses = {
            side: await stack.enter_async_context(rapporteur.house_of(folder / side))
            for side in ("changed", "full")
        }
        for turn in range(UNCOUNTED + rounds * (TIMES - UNCOUNTED)):
            took = {}
            for side in sorted(houses, reverse=bool(turn % 2)):
                with counted() as sent:
                    took[side] = await _digest(houses[side])
                statements[side] = len(sent)
            if turn >= UNCOUNTED:
                pairs.append((took["changed"], took["full"]))
    most = max(statements.values())
    return [
        _compare(f"Digest of {CHANGES} changes, read and drawn", pairs, AT_MOST),
        Measure("Its statements", f"{most}", f"≤ {MOST_STATEMENTS}", most <= MOST_STATEMENTS),
    ]


async def _digest(house: House) -> float:
    """Seconds until the digest of the first event stands as it would be posted."""
    async with house.db.read() as tx:
        after = await initiatives.told_until(tx, payloads.GUILD)
        until = (await ledger.head(tx, payloads.GUILD)).seq
    initiative = await house.initiatives.current(payloads.GUILD)
    start = time.perf_counter()
    digest = await house.digests.content(payloads.GUILD, "E01", after, until, EPOCH)
    assert digest is not None and sum(digest.numbers.values()) == CHANGES
    digest_card(digest, initiative.event("E01"), payloads.GUILD, house.catalogues.first(("en",)))
    return time.perf_counter() - start


def _compare(name: str, pairs: list[tuple[float, float]], most: float) -> Measure:
    ratio = median(full / empty for empty, full in pairs)
    before, after = (median(side) * 1000 for side in zip(*pairs, strict=True))
    return at_most(name, ratio, most, f" ({before:.1f} → {after:.1f} ms)")
