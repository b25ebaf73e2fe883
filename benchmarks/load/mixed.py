"""An evening at its busiest: a thousand acts a second of every kind, and an export of everything meanwhile.

Most of it are votes; beside them papers are filled in and submitted, recommendations proposed, and lists,
cards and histories looked at. Now and then somebody else uses up the edits that Discord allows in the
channel, so that the bot's refreshes of the ballot's message are refused. Afterwards every vote, paper and
proposal that was answered must be in the store, and the message must show everybody.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any, Final

import orjson

from benchmarks import drafted, shapes
from benchmarks.load.bursts import LATE, OURS, WARM_UP, Prepared, running, settle
from benchmarks.shapes import Shape
from benchmarks.sides import rapporteur
from benchmarks.sides.common import CHOICES, POSITIONS, clicked, vote_ids
from benchmarks.stores import rows
from benchmarks.wire import limits, payloads
from benchmarks.wire.processes import SideFailed, StandInAt
from seminar.paper import WHOLE

RATE: Final = 1000.0  # acts a second
ITEMS: Final = 20  # of a paper
PER_PAGE: Final = 5  # items that the sheet of `rating` shows at once
SHAPE: Final = Shape(events=4, themes=20, people=2_150, waiting=POSITIONS + ITEMS, forwarded=2_000)
SHARES: Final = {"vote": 0.85, "paper": 0.08, "browse": 0.0685, "propose": 0.0015}
EXPORT: Final = ["export", {"format": "xlsx"}]
EDITS: Final = f"/api/channels/{payloads.CHANNEL}/messages/0"
CROWDED: Final = 5.5  # seconds after which somebody else uses up the edits again
DRAWN_WITHIN: Final = 30.0  # seconds after the last answer

Ask = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Evening:
    """What came of one; times in seconds from an act to its answer."""

    asks: int
    times: tuple[float, ...]  # of the answered ones, in order of length
    exports: tuple[float, ...]  # to each file
    missing: int  # votes, papers and proposals that were answered as taken, and are not in the store
    votes: int
    papers: int
    proposals: int
    refused: int  # requests that got 429
    drawn: bool  # the ballot's message showed everybody who voted in the end

    @property
    def late(self) -> int:
        return self.asks - sum(took <= LATE for took in self.times)

    def quantile(self, share: float) -> float:
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)] if self.times else 0.0


def prepare(folder: Path) -> tuple[Prepared, int]:
    """Open both ballots in the store of `folder`, filled with `SHAPE`: for the votes, and for the papers."""
    references = shapes.open_references(SHAPE)
    ballot = rapporteur.prepare(folder, references[:POSITIONS])
    papers = rapporteur.prepare(folder, references[POSITIONS:], "rating")
    settle(folder)
    return Prepared(folder, ballot), papers


def one_evening(work: Path, prepared: Prepared, papers: int, seconds: float) -> Evening:
    """So many seconds of it, on a fresh copy of the store."""
    ids = vote_ids(prepared.ballot)
    asks = list(islice(_acts(prepared.ballot, papers, int(RATE * seconds)), int(RATE * seconds)))
    cards = [{"ids": ids}, {"ids": [f"sheet:{papers}"], "private": True}]
    with running(OURS, work, prepared) as (discord, bot):
        discord.fire(ids, WARM_UP, rate=200, first_user=SHAPE.people - WARM_UP)
        discord.spend("PATCH", EDITS, limits.EDITS[0], CROWDED)
        result = discord.ask(asks, cards, rate=RATE, command=EXPORT, patience=60.0)
        voters = {ask["who"] for ask in asks if ask["id"].startswith("vote:")}
        voters |= set(range(SHAPE.people - WARM_UP, SHAPE.people))
        drawn = _drawn(discord, len(voters))
        refused = sum(discord.counts()["refused"].values())
        bot.kill()
    taken = [
        ask
        for ask, took, recorded in zip(asks, result["answered"], result["recorded"], strict=True)
        if took is not None and (recorded or not ask["id"].startswith("vote:"))
    ]
    votes = {(ask["who"], *clicked(ask["id"])) for ask in taken if ask["id"].startswith("vote:")}
    submitted = {ask["who"] for ask in taken if ask["id"].startswith("paper-submit:")}
    proposed = {ask["fields"]["title"] for ask in taken if ask["kind"] == "submit"}
    missing = (
        len(votes - rapporteur.stored(work, None, prepared.ballot))
        + len(submitted - _papers_of(work, papers))
        + len(proposed - _titles(work))
    )
    return Evening(
        asks=len(asks),
        times=tuple(sorted(took for took in result["answered"] if took is not None)),
        exports=tuple(result["reports"]),
        missing=missing,
        votes=len(votes),
        papers=len(submitted),
        proposals=len(proposed),
        refused=refused,
        drawn=drawn,
    )


def _acts(ballot: int, papers: int, count: int) -> Iterator[Ask]:
    """Acts without end, drawn by their shares, each stream in its own order."""
    fillers = max(1, int(count * SHARES["paper"] * 0.8 / (ITEMS + 2)))  # so that all come to the end
    streams = {
        "vote": _votes(ballot),
        "paper": _papers(papers, fillers),
        "browse": _looks(),
        "propose": _proposals(),
    }
    kinds, weights = list(SHARES), list(SHARES.values())
    dice = random.Random(7)
    while True:
        yield next(streams[dice.choices(kinds, weights)[0]])


def _votes(ballot: int) -> Iterator[Ask]:
    """Everybody votes on the first item, then everybody on the next; after the last, again otherwise."""
    for turn in range(1_000):
        for who in range(SHAPE.people):
            choice = CHOICES[(who + turn + turn // POSITIONS) % len(CHOICES)]
            yield {
                "kind": "click",
                "who": who,
                "id": f"vote:{ballot}:{turn % POSITIONS + 1}:{choice}",
                "on": 0,
            }


def _papers(ballot: int, people: int) -> Iterator[Ask]:
    """So many people open their paper and fill it in side by side, an answer each in turn, and submit it."""
    for first in range(0, SHAPE.people, people):
        at_work = range(first, min(first + people, SHAPE.people))
        for who in at_work:
            yield {"kind": "click", "who": who, "id": f"sheet:{ballot}", "on": 0}
        for position in range(1, ITEMS + 1):
            for who in at_work:
                pick = f"paper-pick:{ballot}:{position}:{(position - 1) // PER_PAGE}:a"
                chosen = f"a{1 + (position + who) % 9}"
                yield {"kind": "click", "who": who, "id": pick, "on": 1, "chosen": chosen}
        for who in at_work:
            submit = f"paper-submit:{ballot}:{(ITEMS - 1) // PER_PAGE}"
            yield {"kind": "click", "who": who, "id": submit, "on": 1}


def _looks() -> Iterator[Ask]:
    """Lists, cards and histories, by one person after the other."""
    references = cycle(shapes.reference(theme, 1 + theme) for theme in range(1, SHAPE.themes + 1))
    for who in cycle(range(SHAPE.people)):
        reference = next(references)
        yield {"kind": "command", "who": who, "id": "recommendations", "options": {"theme": reference[:3]}}
        yield {"kind": "command", "who": who, "id": "recommendation", "options": {"reference": reference}}
        yield {"kind": "command", "who": who, "id": "recommendations", "options": {"text": "proposal 2"}}
        yield {"kind": "click", "who": who, "id": f"history:{reference}:0", "on": 0}


def _proposals() -> Iterator[Ask]:
    """Everybody has one of their own, like no other."""
    for who in range(SHAPE.people):
        fields = {
            "title": f"{drafted.title(who)} {who}",
            "text": drafted.text(who),
            "rationale": "",
            "addressees": "DPKO",
        }
        form = f"recommend:T{1 + who % SHAPE.themes:02}:proposal{who:014}:{who}"
        yield {"kind": "submit", "who": who, "id": form, "fields": fields}


_TURNOUT: Final = re.compile(rb"(\d[\d,. ]*) of (\d[\d,. ]*) have voted")


def _drawn(discord: StandInAt, voters: int) -> bool:
    """Whether a message says, soon enough, that so many have voted."""
    end = time.monotonic() + DRAWN_WITHIN
    while time.monotonic() < end:
        for message in discord.messages("have voted"):
            found = _TURNOUT.findall(orjson.dumps(message))
            if any(re.sub(rb"\D", b"", voted) == b"%d" % voters for voted, _ in found):
                return True
        time.sleep(0.5)
    return False


def _papers_of(work: Path, ballot: int) -> set[int]:
    """Who has submitted a paper: the people by their numbers."""
    return {who for who, position, _ in rapporteur.stored(work, None, ballot) if position == WHOLE}


def _titles(work: Path) -> set[str]:
    return {title for (title,) in rows(shapes.store_url(work), "SELECT title FROM versions")}


def checked(evening: Evening) -> Evening:
    """The same.

    Raises:
        SideFailed: something of the mixture did not happen, so that it was not what it is said to be.
    """
    if not (evening.votes and evening.papers and evening.proposals and evening.exports):
        raise SideFailed(f"the mixed load was not mixed: {evening}")
    return evening
