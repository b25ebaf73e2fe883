"""What is counted of the running bot, for Prometheus.

One object with a registry of its own, made where somebody watches (`[watch] port`) and
handed in; where nobody does there is none, and the road of a click does not know of it.
Labels have a handful of values each: none names a person, a server or a text.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from types import SimpleNamespace
from typing import Final, Literal

import aiohttp
from discord.utils import DISCORD_EPOCH
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

from storage.watching import Figures

Kind = Literal["vote", "command", "control"]
KINDS: Final[tuple[Kind, ...]] = ("vote", "command", "control")
STATUSES: Final = ("2xx", "3xx", "4xx", "429", "5xx", "none")
SCOPES: Final = ("user", "global", "shared")
"""Whom a rate limit of Discord's is for: this bot, on one road or on all; or everybody in a channel."""

LATE: Final = 3.0
"""Seconds after which Discord takes no first answer any more; an edge of the buckets."""
_ANSWERS: Final = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 1.5, 2.0, LATE, 5.0, 10.0, 30.0)
_COMMITS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_BATCHES: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512)

_GIVEN_UP: Final = 60.0  # seconds without an answer, after which none is waited for
_MOST_OPEN: Final = 50_000  # interactions without an answer that are remembered
_PLAUSIBLE: Final = 900.0  # seconds; an interaction that is older is of another clock than ours


class Metrics:
    """Everything that is counted. The methods of a click's road are cheap, and raise nothing."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        PlatformCollector(registry=registry)
        GCCollector(registry=registry)
        Gauge("rapporteur_info", "The program's version.", ("version",), registry=registry).labels(
            _version()
        ).set(1)
        answers = Histogram(
            "rapporteur_acknowledgement_seconds",
            "From an interaction's birth in Discord (by its id) to when Discord had the first answer.",
            ("kind",),
            buckets=_ANSWERS,
            registry=registry,
        )
        self._answers: Mapping[Kind, Histogram] = {kind: answers.labels(kind) for kind in KINDS}
        unanswered = Counter(
            "rapporteur_unanswered",
            f"Interactions that Discord had no answer to after {_GIVEN_UP:.0f} seconds.",
            ("kind",),
            registry=registry,
        )
        self._unanswered: Mapping[Kind, Counter] = {kind: unanswered.labels(kind) for kind in KINDS}
        self._open: dict[int, tuple[Kind, float]] = {}

        self._batch_size = Histogram(
            "rapporteur_vote_batch_size",
            "Votes written in one transaction.",
            buckets=_BATCHES,
            registry=registry,
        )
        self._batch_time = Histogram(
            "rapporteur_vote_commit_seconds",
            "Seconds in which a batch of votes became durable, waiting for the store included.",
            buckets=_COMMITS,
            registry=registry,
        )
        self._refused = Counter(
            "rapporteur_votes_refused_by_store",
            "Votes that were not stored, since the store could not be written.",
            registry=registry,
        )

        requests = Counter(
            "rapporteur_rest_requests",
            "Requests to Discord by how they ended: a class of statuses, 429, or none without an answer.",
            ("status",),
            registry=registry,
        )
        self._requests = {status: requests.labels(status) for status in STATUSES}
        limits = Counter(
            "rapporteur_rate_limits", "Rate limits of Discord's that were met.", ("scope",), registry=registry
        )
        self._limits = {scope: limits.labels(scope) for scope in SCOPES}

        self._readable = self._gauge("store_readable", "1 while the store answers, else 0.")
        self._waiting = self._gauge("outbox_waiting", "Messages that are due in Discord and not said yet.")
        self._oldest = self._gauge("outbox_oldest_seconds", "How long the oldest of them has waited.")
        self._overdue = self._gauge("deadlines_overdue", "Deadlines over for a minute and not dealt with.")
        self._ledger = self._gauge("ledger_entries", "Entries of the ledger, of all servers together.")
        self._ballots = self._gauge("ballots_open", "Ballots that take votes.")
        self._shards = Gauge(
            "rapporteur_shard_connected",
            "1 while this process's shard is connected to Discord, else 0.",
            ("shard",),
            registry=registry,
        )

    def _gauge(self, name: str, meaning: str) -> Gauge:
        return Gauge(f"rapporteur_{name}", meaning, registry=self.registry)

    def shows(self, name: str, meaning: str, figure: Callable[[], float]) -> None:
        """Ask `figure` whenever somebody looks."""
        self._gauge(name, meaning).set_function(figure)

    # --- the road of a click -------------------------------------------------------------------

    def arrived(self, interaction_id: int, kind: Kind) -> None:
        """Somebody did something, and waits for an answer."""
        self._open[interaction_id] = (kind, time.monotonic())
        if len(self._open) > _MOST_OPEN:
            self._give_up(next(iter(self._open)))

    def replied(self, interaction_id: int, status: int) -> None:
        """An answer was sent beside discord.py, and this HTTP status came back; 0 for none."""
        self._count(status)
        if 200 <= status < 300:
            self._answered(interaction_id)

    def batch(self, size: int, seconds: float, stored: bool) -> None:
        """A batch of votes was written, or refused by the store; for `storage.votes.VoteWriter`."""
        self._batch_size.observe(size)
        self._batch_time.observe(seconds)
        if not stored:
            self._refused.inc(size)

    # --- what Discord is asked -----------------------------------------------------------------

    def trace(self) -> aiohttp.TraceConfig:
        """What has every request to Discord counted; for `discord.Client(http_trace=…)`."""
        traced = aiohttp.TraceConfig()
        traced.on_request_end.append(self._ended)
        traced.on_request_exception.append(self._failed)
        return traced

    async def _ended(
        self, _session: aiohttp.ClientSession, _context: SimpleNamespace, ended: aiohttp.TraceRequestEndParams
    ) -> None:
        status = ended.response.status
        self._count(status)
        if status == 429:
            scope = ended.response.headers.get("X-RateLimit-Scope", "user")
            self._limits.get(scope, self._limits["user"]).inc()
        elif 200 <= status < 300 and (interaction_id := _answers(ended.url.path)) is not None:
            self._answered(interaction_id)

    async def _failed(
        self,
        _session: aiohttp.ClientSession,
        _context: SimpleNamespace,
        _failed: aiohttp.TraceRequestExceptionParams,
    ) -> None:
        self._count(0)

    def _count(self, status: int) -> None:
        if status == 0:
            self._requests["none"].inc()
        elif status == 429:
            self._requests["429"].inc()
        elif 200 <= status < 600:  # less is a gateway's connection
            self._requests[f"{status // 100}xx"].inc()

    def _answered(self, interaction_id: int) -> None:
        if (open_one := self._open.pop(interaction_id, None)) is not None:
            kind, arrived = open_one
            seconds = time.monotonic() - arrived
            # Discord's clock counts: an interaction may have waited before it was read. Where the clocks
            # differ by more than is possible, ours has to do.
            age = time.time() - ((interaction_id >> 22) + DISCORD_EPOCH) / 1000
            self._answers[kind].observe(max(seconds, age) if age <= _PLAUSIBLE else seconds)

    def _give_up(self, interaction_id: int) -> None:
        kind, _ = self._open.pop(interaction_id)
        self._unanswered[kind].inc()

    # --- what is looked up when somebody asks ----------------------------------------------------

    def stands(self, figures: Figures | None, now: datetime) -> None:
        """What the store says; None: it does not answer, and what it said last is no longer shown."""
        self._readable.set(figures is not None)
        nothing = float("nan")
        self._waiting.set(nothing if figures is None else figures.waiting)
        self._overdue.set(nothing if figures is None else figures.overdue)
        self._ledger.set(nothing if figures is None else figures.ledger)
        self._ballots.set(nothing if figures is None else figures.open_ballots)
        if figures is None:
            self._oldest.set(nothing)
        else:
            self._oldest.set(max(0.0, (now - figures.oldest).total_seconds()) if figures.oldest else 0.0)

    def connected(self, shards: Mapping[int, bool]) -> None:
        """Which shards of this process are connected; others it does not have."""
        self._shards.clear()
        for shard, is_connected in shards.items():
            self._shards.labels(str(shard)).set(is_connected)

    def page(self) -> bytes:
        """Everything, as Prometheus reads it."""
        before = time.monotonic() - _GIVEN_UP
        for late in [one for one, (_, arrived) in self._open.items() if arrived < before]:
            self._give_up(late)
        return generate_latest(self.registry)


def _answers(path: str) -> int | None:
    """…/interactions/ID/TOKEN/callback is an answer to the interaction ID; nothing else is."""
    *_, road, identity, _token, last = ("", "", "", *path.split("/"))
    found = road == "interactions" and last == "callback" and identity.isdigit()
    return int(identity) if found else None


def _version() -> str:
    try:
        return version("rapporteur")
    except PackageNotFoundError:
        return "unknown"
