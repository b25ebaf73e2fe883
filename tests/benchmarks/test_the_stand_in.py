"""The stand-in for Discord and the sides that are measured against it; nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import shapes, stock
from benchmarks.clicks import BARE, CARD, COMMIT, SHEET, one_burst
from benchmarks.sides import rapporteur

pytestmark = pytest.mark.thorough


@pytest.mark.parametrize("side", [BARE, COMMIT])
def test_every_click_on_a_plain_bot_is_answered(side: str, tmp_path: Path) -> None:
    """A bot in its own process connects, gets the clicks and answers all; what it stores is stored."""
    burst = one_burst(side, tmp_path / "work", None, 1, clicks=20)
    assert len(burst.times) == 20
    assert burst.lost == 0


@pytest.mark.parametrize("side", [CARD, SHEET])
def test_every_click_on_rapporteur_is_answered_and_outlives_the_process(side: str, tmp_path: Path) -> None:
    """What was answered is in the store of a bot that was killed right after, on cards and on the sheet."""
    store = tmp_path / "store"
    store.mkdir()
    stock.fill(store, shapes.SMALL)
    ballot = rapporteur.prepare(store, shapes.open_references(shapes.SMALL))
    burst = one_burst(side, tmp_path / "work", store, ballot, clicks=20)
    assert len(burst.times) == 20
    assert burst.lost == 0
