"""`docs/permissions.md` is true: every role tries every act there is, on one's own things and on others'.

What is allowed does what it says. What is refused ends in one private sentence and changes nothing.
"""

from __future__ import annotations

import random

import pytest
from simcord.results import InteractionResult

from tests.chat.chat_room import refused, texts
from tests.doors.driving import Driving
from tests.doors.permissions import NO, OTHERS, OWN, ROLES, YES, Row, acts, table
from tests.doors.prepared import MARK

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.sqlite("the store is put back as a file"),
]
SAMPLE = 7
"""In every run one cell in so many is tried; `thorough` tries them all."""


async def test_the_table_names_every_act_there_is_and_no_other(driving: Driving) -> None:
    """What the command tree and the router know, each once."""
    rows = table()
    named = [row.act for row in rows]
    assert len(set(named)) == len(named)
    assert set(named) == acts(driving.prepared.room.bot)
    assert {tuple(row.may) for row in rows} == {ROLES}
    assert {verdict for row in rows for verdict in row.may.values()} <= {YES, OWN, OTHERS, NO}


async def try_cell(driving: Driving, row: Row, role: str) -> int:
    """One act by one role; how often it was tried."""
    if role == "elsewhere":
        await try_from_elsewhere(driving, row)
        return 1
    verdict = row.may[role]
    await check(driving, row, role, None, allowed=verdict in (YES, OTHERS))
    if not driving.has_own(row.act, role):
        assert verdict in (YES, NO), (row.act, role)
        return 1
    await check(driving, row, role, role, allowed=verdict in (YES, OWN))
    return 2


async def check(driving: Driving, row: Row, role: str, mine: str | None, *, allowed: bool) -> None:
    """What becomes of it, and what is left of it."""
    result = await driving.do(row.act, role, mine)
    told = (row.act, role, mine, said(result))
    if allowed:
        assert acknowledged(result), told
        assert not said(result).startswith(("✋", "⚠️")), told
        if not driving.prepared.untouched():
            await driving.prepared.restore()
    else:
        assert_refused(result, told)
        assert driving.prepared.untouched() or driving.prepared.changes() == ([], []), told


async def try_from_elsewhere(driving: Driving, row: Row) -> None:
    """Nothing of this server is shown or touched, whatever the act does with what is theirs."""
    prepared, verdict = driving.prepared, row.may["elsewhere"]
    result = await driving.do(row.act, "elsewhere", None)
    told = (row.act, said(result))
    assert MARK not in said(result) and MARK not in str(result.modal), told
    assert not said(result).startswith("⚠️"), told
    lost, new = ([], []) if prepared.untouched() else prepared.changes()
    if verdict == NO:
        assert_refused(result, told)
        assert (lost, new) == ([], []), told
    else:
        assert verdict == OWN, told
        here = str(prepared.room.guild.id)
        assert [line for line in (*lost, *new) if here in line] == [], told
        if lost or new:
            await prepared.restore()


def assert_refused(result: InteractionResult, told: object) -> None:
    """In one private sentence, and with nothing else."""
    assert result.modal is None, told
    assert refused(result), told
    assert len(result.followups or [result.response]) == 1, told


def acknowledged(result: InteractionResult) -> bool:
    return result.modal is not None or result.acknowledged


def said(result: InteractionResult) -> str:
    return "" if result.modal is not None else texts(result)


def cells(rows: list[Row]) -> list[tuple[Row, str]]:
    """Acts that touch the least first, so that as little as possible has to be put back."""
    return [(row, role) for role in ROLES for row in rows]


@pytest.mark.thorough
@pytest.mark.parametrize("kind", ["command", "control", "form and menu"])
async def test_every_role_may_do_what_the_table_says_and_nothing_else(driving: Driving, kind: str) -> None:
    """Every cell of the tables; in both ways where something can be one's own or somebody else's."""
    rows = [row for row in table() if row.act[0] in kind.split()]
    tried = sum([await try_cell(driving, row, role) for row, role in cells(rows)])
    assert tried >= len(rows) * len(ROLES)


async def test_a_sample_of_the_table_holds(driving: Driving) -> None:
    """One cell in seven, of every kind and role."""
    chosen = random.Random(2014)
    for row, role in cells(table()):
        if chosen.randrange(SAMPLE) == 0:
            await try_cell(driving, row, role)


async def test_in_private_everything_is_refused(driving: Driving) -> None:
    """Even to an organiser."""
    for row in table():
        result = await driving.do_in_private(row.act)
        assert_refused(result, row.act)
        assert "in the seminar's server" in said(result), row.act
    assert driving.prepared.untouched() or driving.prepared.changes() == ([], [])
