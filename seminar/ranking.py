"""The order of recommendations within an event and theme, never across.

Every recommendation stands in it once, with the figures of its latest closed
ballot; one that has none has no rank and comes last.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from seminar import references
from seminar.methods import METHODS
from seminar.methods.base import Figures, in_order


@dataclass(frozen=True, slots=True)
class Standing:
    """One recommendation: where it belongs, and how its latest closed ballot ended, if there was one."""

    event: str
    theme: str
    reference: str
    method: str | None = None
    figures: Figures | None = None
    ballot: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A standing with its rank within event and theme, from 1; None without a closed ballot."""

    rank: int | None
    standing: Standing


def rank(standings: Iterable[Standing]) -> tuple[Placed, ...]:
    """All standings, best first within each event and theme; events and themes as they first appear.

    Where ballots of several methods met in one theme, recommendations that were
    decided on come first, then those of the other methods in the order of `METHODS`,
    since figures of different methods cannot be compared. Neither can those of two
    ballots where they are relative to the ballot: there the later ballot comes first.
    """
    themes: dict[tuple[str, str], list[Standing]] = {}
    for standing in standings:
        themes.setdefault((standing.event, standing.theme), []).append(standing)
    return tuple(placed for members in themes.values() for placed in _within(members))


def _within(members: list[Standing]) -> list[Placed]:
    comparable: dict[tuple[str, int], dict[str, Standing]] = {}
    unplaced: list[Standing] = []
    for standing in members:
        if standing.method is None or standing.figures is None:
            unplaced.append(standing)
        else:
            ballot = standing.ballot if METHODS[standing.method].relative else 0
            comparable.setdefault((standing.method, ballot), {})[standing.reference] = standing
    placed: list[Placed] = []
    for key in sorted(comparable, key=_first):
        before, together = len(placed), comparable[key]
        figures: list[Any] = [standing.figures for standing in together.values()]
        ordered = in_order(METHODS[key[0]], figures)
        placed.extend(
            Placed(before + rank, together[ranked.figures.reference])
            for rank, ranked in zip(_closed_up([one.rank for one in ordered]), ordered, strict=True)
        )
    unplaced.sort(key=lambda standing: references.sort_key(standing.reference))
    return placed + [Placed(None, standing) for standing in unplaced]


def _closed_up(ranks: Sequence[int]) -> list[int]:
    """Ranks in a ballot as ranks among those that are left of it, in the order they stand in.

    Where some have moved on to a later ballot, the others move up; equals stay equal, and one that
    stands behind a lower rank, for want of a quorum, has the rank of its place.
    """
    closed: list[int] = []
    for place, rank in enumerate(ranks, start=1):
        before = ranks[place - 2] if closed else 0
        closed.append(closed[-1] if rank == before else place if rank < before else min(rank, place))
    return closed


def _first(key: tuple[str, int]) -> tuple[bool, int, int]:
    name, ballot = key
    return (not METHODS[name].decides, METHODS[name].place, -ballot)
