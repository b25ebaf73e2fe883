"""How long a tally of ten thousand papers over fifty recommendations takes, beside libraries by others.

Each side counts the same file of papers in a process of its own, and the sides take turns within a
round. The peers live in `.venv-oracles`, which `make oracles` builds; without it only our own times are
told. A peer that names another outcome than ours is told too: a fast wrong answer is no measure.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final, TypeAlias

from benchmarks import drawn
from benchmarks.drawn import OPTIONS, PAPERS, SEATS, Case
from benchmarks.report import Measure, at_least
from benchmarks.wire.processes import ROOT, SideFailed

PEERS_PYTHON: Final = ROOT / ".venv-oracles" / "bin" / "python"
AT_LEAST: Final = 1.0

Outcome: TypeAlias = "list[int | None]"


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer: its name in `benchmarks.sides.peers` and in the table, and whether it must be the slower."""

    name: str
    title: str
    held_to: bool
    same: Callable[[Outcome, Outcome], bool]


def _winner(ours: Outcome, theirs: Outcome) -> bool:
    return ours[theirs.index(1)] == 1


def _elected(ours: Outcome, theirs: Outcome) -> bool:
    return [seat is not None for seat in ours] == [seat is not None for seat in theirs]


def _ranks(ours: Outcome, theirs: Outcome) -> bool:
    return ours == theirs


PEERS: Final[Mapping[Case, tuple[Peer, ...]]] = {
    drawn.RANKED_LOOSELY: (
        Peer("pref-voting-ties", "pref-voting {}, all ranks", held_to=False, same=_ranks),
    ),
    drawn.RANKED_IN_PART: (Peer("votekit", "votekit {} (margins), winner", held_to=True, same=_winner),),
    drawn.RANKED_IN_FULL: (
        Peer("pref-voting-orders", "pref-voting {} with NumPy, all ranks", held_to=False, same=_ranks),
        Peer("votekit", "votekit {} (margins), winner", held_to=True, same=_winner),
    ),
    drawn.SHORTLIST: (
        Peer("abcvoting-exact", "abcvoting {}, exact by gmpy2", held_to=True, same=_elected),
        Peer("abcvoting-default", "abcvoting {}, its default, in floats", held_to=True, same=_elected),
    ),
}

Progress = Callable[[str], None]


@dataclass(slots=True)
class _Seen:
    """Seconds of each round, the version, and whether the outcome was ours each time."""

    took: list[float] = field(default_factory=list)
    version: str = ""
    same: bool = True


def measure(
    rounds: int, progress: Progress, papers: int = PAPERS, peers_python: Path = PEERS_PYTHON
) -> list[Measure]:
    """Every kind of paper by our tally and by its peers, in turn, `rounds` times."""
    measures: list[Measure] = []
    for case in drawn.CASES:
        progress(f"drawing papers: {case.title}")
        given = {
            "title": case.title,
            "options": OPTIONS,
            "seats": SEATS,
            "papers": drawn.draw(case, papers, OPTIONS),
        }
        peers = PEERS.get(case, ()) if peers_python.exists() else ()
        ours, theirs = _Seen(), [_Seen() for _ in peers]
        with tempfile.TemporaryDirectory(prefix="rapporteur-bench-") as name:
            file = Path(name) / "papers.json"
            file.write_text(json.dumps(given))
            for number in range(1, rounds + 1):
                progress(f"round {number} of {rounds}: {case.title}")
                mine = _side(Path(sys.executable), "benchmarks.sides.tally", str(file))
                ours.took.append(mine["took"])
                for peer, seen in zip(peers, theirs, strict=True):
                    progress(f"round {number} of {rounds}: {case.title}, {peer.name}")
                    told = _side(peers_python, "benchmarks.sides.peers", peer.name, str(file))
                    seen.took.append(told["took"])
                    seen.version = told["version"]
                    seen.same = seen.same and peer.same(mine["outcome"], told["outcome"])
        measures.append(Measure(case.title.capitalize(), f"{median(ours.took):.2f} s"))
        measures += [_held(case, peer, ours, seen) for peer, seen in zip(peers, theirs, strict=True)]
    if not peers_python.exists():
        measures.append(Measure("Peers", "not installed: `make oracles` builds .venv-oracles"))
    return measures


def _side(python: Path, module: str, *arguments: str) -> dict[str, Any]:
    """What a side tells at its end.

    Raises:
        SideFailed: it failed; its last words are in the message.
    """
    done = subprocess.run(
        [python, "-m", module, *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise SideFailed(f"{module} {' '.join(arguments)} failed:\n{done.stderr[-2000:]}")
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _held(case: Case, peer: Peer, ours: _Seen, theirs: _Seen) -> Measure:
    """How many times our time the peer takes, each ratio within its round."""
    ratios = [other / own for own, other in zip(ours.took, theirs.took, strict=True)]
    name = f"{case.method}: {peer.title.format(theirs.version)}, its time to ours"
    detail = f" ({median(theirs.took):.2f} s{'' if theirs.same else '; ANOTHER OUTCOME'})"
    held = at_least(name, median(ratios), AT_LEAST, detail) if peer.held_to else None
    if not theirs.same:
        return Measure(name, f"{median(ratios):.2f}{detail}", "our outcome", met=False)
    return held or Measure(name, f"{median(ratios):.2f}{detail}")
