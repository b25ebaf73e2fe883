"""The same click or form twice: at once, as a shaky line may deliver it, and again when it is long done."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.chat.chat_room import message_of, texts
from tests.doors.driving import Driving
from tests.doors.forging import by_whom
from tests.doors.permissions import Row, table

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.sqlite("the store is put back as a file"),
]
MORE_EACH_TIME = {"agenda-down", "amendment-derive", "ballot-again", "ballot-round", "codes-all"}
"""Acts that mean something again: one place further, a form of its own, one more preview, new codes."""
IN_EVERY_RUN = {
    ("form", "recommend"),
    ("form", "merge"),
    ("form", "silence-break"),
    ("form", "silence-explain"),
    ("form", "vote-reason"),
    ("control", "vote"),
    ("control", "paper-submit"),
    ("control", "ballot-open"),
    ("control", "ballot-close"),
    ("control", "import-apply"),
    ("control", "initiative-apply"),
    ("control", "propose-anyway"),
}


def rows(driving: Driving) -> Counter[str]:
    """How many rows each table has."""
    return Counter(line.split(" ", 1)[0] for line in driving.prepared.dump())


async def replay(driving: Driving, row: Row) -> None:
    """Done once and again; and in a seminar where it was not done yet, twice at once."""
    prepared, (role, mine) = driving.prepared, by_whom(row)
    given = await driving.ready(row.act, role, mine)
    result = await driving.give(row.act, role, given)
    told = (row.act, role)
    assert result.modal is not None or not texts(result).startswith(("✋", "⚠️")), (told, texts(result))
    done, once = prepared.dump(), rows(driving)
    again = await driving.give(row.act, role, given)
    if again.modal is None:
        answer = message_of(again)
        assert answer.ephemeral and not answer.content.startswith("⚠️"), (told, answer.content)
    if row.act[1] not in MORE_EACH_TIME:
        assert prepared.dump() == done, told
    if prepared.untouched():
        return
    await prepared.restore()
    given = await driving.ready(row.act, role, mine)
    await driving.give(row.act, role, given, times=2)
    if row.act[1] not in MORE_EACH_TIME:
        assert rows(driving) == once, told
    await prepared.restore()


@pytest.mark.thorough
async def test_the_same_click_or_form_twice_is_done_once(driving: Driving) -> None:
    """Every control and every form that there is."""
    for row in table():
        if row.act[0] in ("control", "form"):
            await replay(driving, row)


async def test_what_matters_most_is_done_once(driving: Driving) -> None:
    """Proposals, votes, openings, closings, lists and what breaks a silence."""
    rows_of = {row.act: row for row in table()}
    for act in sorted(IN_EVERY_RUN):
        await replay(driving, rows_of[act])
