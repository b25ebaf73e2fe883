"""Start the stand-in and a side, each in its own process, and give orders to them from a plain script."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parents[2]


class SideFailed(Exception):
    """A process of the measurement ended or fell silent; its own words are in the message."""


@dataclass(slots=True)
class Child:
    """A process that tells one line of JSON when it is up, and ends with its stdin."""

    process: subprocess.Popen[str]
    told: dict[str, Any]
    up_after: float = 0.0  # seconds from its birth to that line

    def processor_time(self) -> float:
        """Seconds of processor time it has used so far, in all its threads."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> int:
        """Bytes of it in memory now."""
        pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def kill(self) -> None:
        """End it at once, as a power cut would, with nothing flushed or closed."""
        self.process.kill()
        self.process.wait(10)

    def end(self) -> None:
        """Let it end by itself; kill it when it takes more than ten seconds."""
        assert self.process.stdin is not None
        if self.process.poll() is None:
            self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def child(module: str, *arguments: str, log: Path) -> Iterator[Child]:
    """Run `python -m module arguments` until the block ends; its stderr goes to `log`.

    Raises:
        SideFailed: it ended before it was up.
    """
    born = time.perf_counter()
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
        )
    assert process.stdout is not None
    started = Child(process, {})
    try:
        line = process.stdout.readline()
        if not line:
            raise SideFailed(f"{module} did not start:\n{log.read_text()[-2000:]}")
        started.told = json.loads(line)
        started.up_after = time.perf_counter() - born
        yield started
    finally:
        started.end()


@dataclass(frozen=True, slots=True)
class StandInAt:
    """The controls of a stand-in process."""

    port: int

    def _ask(self, path: str, order: dict[str, Any] | None = None, patience: float = 400.0) -> dict[str, Any]:
        data = None if order is None else json.dumps(order).encode()
        request = Request(f"http://127.0.0.1:{self.port}/measure/{path}", data=data)
        try:
            with urlopen(request, timeout=patience) as response:
                answer: dict[str, Any] = json.load(response)
        except OSError as failed:
            raise SideFailed(f"the stand-in did not {path}: {failed}") from failed
        return answer

    def ask(self, asks: Sequence[Any], cards: Sequence[Any] = (), **order: Any) -> dict[str, Any]:
        """See `Controls.fire`."""
        return self._ask("fire", {"asks": asks, "cards": cards, **order})

    def fire(
        self,
        custom_ids: Sequence[str],
        clicks: int,
        *,
        first_user: int = 0,
        private: bool = False,
        **order: Any,
    ) -> dict[str, Any]:
        """So many people, from `first_user` on, click the buttons of one message in turn."""
        asks = [
            {"kind": "click", "who": first_user + place, "id": custom_ids[place % len(custom_ids)], "on": 0}
            for place in range(clicks)
        ]
        return self.ask(asks, [{"ids": custom_ids, "private": private}], **order)

    def keep(self, custom_ids: Sequence[str], patience: float, **order: Any) -> dict[str, Any]:
        """See `Controls.keep`; it may take `patience` seconds."""
        return self._ask("keep", {"ids": custom_ids, **order}, patience)

    def call(self, name: str, options: dict[str, str], times: int, *, file: bool = False) -> list[float]:
        """Seconds to each answer of a slash command, each of which must come with a file if `file`.

        Raises:
            SideFailed: it was not answered within two minutes, or not with a file.
        """
        answer = self._ask("call", {"name": name, "options": options, "times": times})
        if None in answer["answered"]:
            raise SideFailed(f"/{name} was not answered")
        if file and answer["files"] < times:
            raise SideFailed(f"/{name} was answered without the file it should bring")
        return [float(took) for took in answer["answered"]]

    def press(self, who: int, controls: Sequence[tuple[str, str | None]]) -> list[float]:
        """Seconds to the answer of each control that a person presses, one after the other.

        A control is its custom id, and what is chosen from it where it is a list.

        Raises:
            SideFailed: one was not answered within two minutes.
        """
        answer = self._ask("press", {"who": who, "controls": controls})
        if None in answer["answered"]:
            raise SideFailed("a control was not answered")
        return [float(took) for took in answer["answered"]]

    def submit(self, who: int, forms: Sequence[tuple[str, Mapping[str, str]]]) -> list[float]:
        """Seconds to the answer of each form that a person sends in, one after the other.

        A form is its custom id, and what is filled in.

        Raises:
            SideFailed: one was not answered within two minutes.
        """
        answer = self._ask("submit", {"who": who, "forms": forms})
        if None in answer["answered"]:
            raise SideFailed("a form was not answered")
        return [float(took) for took in answer["answered"]]

    def kept(self) -> int:
        """How many votes were answered that `keep` has asked for."""
        return int(self._ask("kept")["answered"])

    def counts(self) -> dict[str, dict[str, int]]:
        """See `Controls._counts`."""
        return self._ask("counts")

    def messages(self, text: str) -> list[dict[str, Any]]:
        """The messages of the server that say `text`, as people see them now, the oldest first."""
        found: dict[str, Any] = self._ask("message", {"text": text})["messages"]
        return [found[key] for key in sorted(found, key=int)]

    def spend(self, method: str, path: str, times: int, every: float | None = None) -> None:
        """Somebody else uses up so many of the requests that a route allows, or (`every`) goes on with it."""
        self._ask("spend", {"method": method, "path": path, "times": times, "every": every})

    def drop(self, code: int | None = None) -> None:
        """End the connections of the gateway, with a close code or without a word."""
        self._ask("drop", {"code": code})


@contextmanager
def standin(folder: Path, round_trip: float = 0.0, *, limited: bool = True) -> Iterator[StandInAt]:
    """A stand-in process; `round_trip` in seconds delays each REST answer. See `StandIn`."""
    arguments = [str(round_trip), *([] if limited else ["--unlimited"])]
    with child("benchmarks.wire.standin", *arguments, log=folder / "standin.log") as process:
        yield StandInAt(process.told["port"])
