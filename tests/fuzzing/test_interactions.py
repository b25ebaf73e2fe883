"""Whatever Discord delivers, the bot answers once, in private, within every limit, and goes on."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest
from hypothesis import strategies as st

from storage import migrate
from tests.fuzzing import inputs
from tests.fuzzing.driving import fuzzed
from tests.fuzzing.hall import Hall
from tests.fuzzing.sending import Plan, Sender
from tests.soaking import SOAKING, amount

PLANS = st.builds(Plan, st.integers(0, 2**40), st.lists(inputs.texts(), min_size=1, max_size=4))
INTERACTIONS = amount(160, 5_000)
A_SEMINAR = 250  # acts, after which another one begins
MOST_STATEMENTS = 400
"""Of the store, by one act: what grows with the seminar comes in pages."""


@pytest.mark.parametrize("part", range(amount(1, 4)))
@pytest.mark.timeout(600)
def test_every_interaction_gets_one_answer(part: int, tmp_path: Path) -> None:
    """Commands, buttons, lists, forms and suggestions, forged and mutated, in a seminar they change."""
    with asyncio.Runner() as runner:
        empty = tmp_path / "empty.db"
        runner.run(migrate.upgrade(f"sqlite:///{empty}"))
        halls: list[tuple[Hall, Sender]] = []
        sent = slowest = most = refused = answered = 0.0

        def end() -> None:
            nonlocal refused, answered
            while halls:
                hall, _ = halls.pop()
                refused, answered = refused + hall.refused, answered + hall.answered
                runner.run(hall.close())

        def renew() -> None:
            end()
            hall = runner.run(Hall.prepare(tmp_path / "seminar", empty))
            halls.append((hall, Sender(hall)))

        def look(plan: Plan) -> None:
            nonlocal sent, slowest, most
            if sent % A_SEMINAR == 0 or not halls:
                renew()
            sent += 1
            hall, sender = halls[0]
            began = time.perf_counter()
            runner.run(sender.send(plan))
            slowest = max(slowest, time.perf_counter() - began)
            most = max(most, hall.statements)
            assert hall.statements <= MOST_STATEMENTS, (plan, hall.statements)

        try:
            fuzzed(PLANS, INTERACTIONS, look, smaller=False, part=part)
        finally:
            end()
        print(f"{sent:.0f} interactions: {answered:.0f} answered, of which {refused:.0f} refused;")
        print(f"the slowest took {slowest * 1000:.0f} ms, the dearest {most:.0f} statements")
        assert answered - refused > answered / 5, "too few get through to be worth it"
        if not SOAKING:
            assert sent >= INTERACTIONS
