"""What a step back needs: to say what an older schema cannot hold, before it is lost.

What the older program would make anew by itself is no loss. What stands in the ledger stays there
in any case; that of acts which the older program does not know too.
"""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
from alembic import op

from seminar.errors import Refused
from seminar.words import t

LOSE_DATA = "lose_data"
"""Whether the operator said that data may be lost, among the options of the migration's context."""


def require_nothing_lost(revision: str, held: Mapping[str, str]) -> None:
    """Refuse to go back to `revision` while there is anything that it cannot hold.

    `held` has a condition on the rows of a table, by the table's name, with a column's behind it where
    only that is lost; an empty one means all of them.

    Raises:
        Refused: some rows would be lost, and the operator did not say that they may.
    """
    if op.get_context().opts.get(LOSE_DATA):
        return
    found: list[str] = []
    for name, condition in held.items():
        table = name.partition(".")[0]
        rows = op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {table} WHERE {condition or '1 = 1'}"))  # noqa: S608
        if rows:
            found.append(f"{name} ({rows})")
    if found:
        raise Refused(
            t(
                "A store at {revision} cannot hold {what}; nothing was changed. Add --lose-data to lose it.",
                revision=revision,
                what=", ".join(found),
            )
        )


def execute(*statements: str) -> None:
    """Execute statements that need no parameters."""
    for statement in statements:
        op.execute(sa.text(statement))
