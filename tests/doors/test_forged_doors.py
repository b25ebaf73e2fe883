"""Forged and stale doors: whatever is sent in, one clear private sentence, nothing changed, no failure.

Everything is done by somebody who may do the act itself: what is forged is all that stands in the way.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.chat.chat_room import message_of, refused, texts
from tests.doors.driving import Driving
from tests.doors.forging import (
    Forged,
    forged_choices,
    forged_fields,
    forged_ids,
    forged_options,
    other_things,
)
from tests.doors.permissions import table
from tests.soaking import amount

pytestmark = [
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.sqlite("the store is put back as a file"),
]
KINDS: tuple[Callable[[Driving], Iterator[Forged]], ...] = (
    forged_ids,
    other_things,
    forged_options,
    forged_choices,
    forged_fields,
)
TYPED = {("command", "argue"), *(row.act for row in table() if row.act[0] == "form")}
KEPT = {"drafts"}
"""What was typed into a form that is refused is kept for its author."""


async def attempt(driving: Driving, one: Forged) -> None:
    """What becomes of it, and what is left of it."""
    prepared = driving.prepared
    if one.act[0] == "command":
        result = await driving.forge_command(one.act, one.role, one.given.options)
    else:
        result = await driving.give(one.act, one.role, one.given)
    told = (one.act, one.role, one.why, "a form" if result.modal is not None else texts(result))
    was_refused = False
    if result.modal is None:
        answer = message_of(result)
        assert answer.ephemeral and not answer.content.startswith("⚠️"), told
        was_refused = refused(result)
    assert was_refused or not one.strict, told
    if prepared.untouched():
        return
    lost, new = prepared.changes()
    changed = {line.split(" ", 1)[0] for line in (*lost, *new)}
    assert not was_refused or changed <= (KEPT if one.act in TYPED else set()), (told, changed)
    if changed:
        await prepared.restore()


@pytest.mark.thorough
async def test_whatever_is_forged_is_refused_in_a_sentence_and_changes_nothing(driving: Driving) -> None:
    """Ids, options, choices and fields of every act, one wrong at a time: all 7,700 when soaking."""
    await sample(driving, amount(20, 1))


async def test_a_sample_of_what_is_forged_is_refused(driving: Driving) -> None:
    """Of every kind."""
    await sample(driving, 80)


async def test_the_sign_that_is_none_reaches_no_store(driving: Driving) -> None:
    """PostgreSQL would refuse the whole statement."""
    act = ("form", "recommend")
    given = await driving.ready(act, "participant", None)
    fields = {**given.fields, "title": "A title\0with a hole"}
    result = await driving.give(act, "participant", replace(given, fields=fields))
    assert "is on the table" in texts(result)
    assert not [line for line in driving.prepared.dump() if "\\x00" in line and "with a hole" in line]
    result = await driving.forge_command(("command", "second"), "participant", {"reference": "CAP\0-01"})
    assert refused(result)


async def sample(driving: Driving, one_of: int) -> None:
    """Each kind, evenly."""
    chosen = random.Random(1325)
    for kind in KINDS:
        every = list(kind(driving))
        for one in chosen.sample(every, len(every) // one_of):
            await attempt(driving, one)
