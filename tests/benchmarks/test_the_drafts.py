"""The store that drafting is measured on holds what its questions ask for; nothing here is timed."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from benchmarks import drafted
from benchmarks.drafted import CHANGES, EMPTY, EVERYWHERE, FULL, VERSIONS, Drafts
from benchmarks.shapes import EPOCH
from benchmarks.sides import rapporteur
from benchmarks.wire import payloads

pytestmark = pytest.mark.thorough


def test_the_full_store_is_as_full_as_is_said() -> None:
    """5,000 recommendations, 20,000 versions, 50,000 arguments."""
    assert (FULL.recommendations, FULL.versions, FULL.arguments) == (5_000, 20_000, 50_000)


async def test_every_question_has_an_answer_in_a_small_store_too(tmp_path: Path) -> None:
    """A whole page for each search, a copy that is found in any order of words, and changes to tell of."""
    drafts = Drafts(CHANGES)
    await asyncio.to_thread(drafted.fill, tmp_path, drafts)  # it runs a loop of its own
    with sqlite3.connect(tmp_path / "rapporteur.db") as store:
        for table, number in (("versions", drafts.versions), ("contributions", drafts.arguments)):
            assert store.execute(f"SELECT count(*) FROM {table}").fetchone() == (number,)
        (until,) = store.execute("SELECT seq FROM ledger_heads").fetchone()
    guild = payloads.GUILD
    async with rapporteur.house_of(tmp_path) as house:
        for text in (EVERYWHERE, drafted.common(2)):
            assert (await house.finding.browse(guild, text=text)).total >= 6
        for title, text in ((drafted.title(0), drafted.text(0)), ("Something else", drafted.reworded(0))):
            (found,) = await house.finding.similar(guild, "T01", title, text)
            assert (found.reference, found.version) == ("T01-01", VERSIONS)
        assert await house.finding.similar(guild, "T01", drafted.title(99_999), drafted.text(99_999)) == []
        digest = await house.digests.content(guild, "E01", until - CHANGES, until, EPOCH)
        assert digest is not None and sum(digest.numbers.values()) == CHANGES
    assert EMPTY.recommendations >= 12
