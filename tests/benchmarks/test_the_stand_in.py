"""The stand-in for Discord and the sides that are measured against it; nothing here is timed."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.clicks import one_burst


@pytest.mark.parametrize("side", ["bare", "commit"])
def test_every_click_on_a_plain_bot_is_answered(side: str, tmp_path: Path) -> None:
    """A bot in its own process connects, gets the clicks and answers all; what it stores is stored."""
    burst = one_burst(side, tmp_path / "work", None, 1, clicks=20)
    assert len(burst.times) == 20
    assert burst.lost == 0
