"""The order of recommendations within an event and theme, never across.

Every recommendation stands in it once, with the figures of its latest closed
ballot; one that has none has no rank and comes last.
"""

from __future__ import annotations

from collections.abc import Iterable
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


@dataclass(frozen=True, slots=True)
class Placed:
    """A standing with its rank within event and theme, from 1; None without a closed ballot."""

    rank: int | None
    standing: Standing


def rank(standings: Iterable[Standing]) -> tuple[Placed, ...]:
    """All standings, best first within each event and theme; events and themes as they first appear.

    Where ballots of several methods met in one theme, recommendations that were
    decided on come first, then those of the other methods by the method's name,
    since figures of different methods cannot be compared.
    """
    themes: dict[tuple[str, str], list[Standing]] = {}
    for standing in standings:
        themes.setdefault((standing.event, standing.theme), []).append(standing)
    return tuple(placed for members in themes.values() for placed in _within(members))


def _within(members: list[Standing]) -> list[Placed]:
    by_method: dict[str, dict[str, Standing]] = {}
    unplaced: list[Standing] = []
    for standing in members:
        if standing.method is None or standing.figures is None:
            unplaced.append(standing)
        else:
            by_method.setdefault(standing.method, {})[standing.reference] = standing
    placed: list[Placed] = []
    for method_name in sorted(by_method, key=lambda one: (not METHODS[one].decides, one)):
        before = len(placed)
        figures: list[Any] = [standing.figures for standing in by_method[method_name].values()]
        placed.extend(
            Placed(before + ranked.rank, by_method[method_name][ranked.figures.reference])
            for ranked in in_order(METHODS[method_name], figures)
        )
    unplaced.sort(key=lambda standing: references.sort_key(standing.reference))
    return placed + [Placed(None, standing) for standing in unplaced]
