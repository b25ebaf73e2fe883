"""Writing rows by the thousand, as closing a ballot and importing a list of participants do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

from sqlalchemy import Executable, Table, insert
from sqlalchemy.ext.asyncio import AsyncConnection

_PIECE = 2_000
R = TypeVar("R", bound=Any)


async def put(tx: AsyncConnection, table: Table, kind: type[R], rows: Sequence[R]) -> None:
    """Insert rows as the driver wants them: their columns are plain texts and numbers.

    The write lock is held meanwhile, and a large ballot has a hundred thousand rows, on which
    SQLAlchemy's own handling of parameters would take most of the time. In pieces, between
    which the program answers others.
    """
    statement = insert(table).compile(dialect=tx.dialect, column_keys=kind.__slots__)
    columns = attrgetter(*(statement.positiontup or ()))
    for start in range(0, len(rows), _PIECE):
        await tx.exec_driver_sql(statement.string, [columns(row) for row in rows[start : start + _PIECE]])


async def in_pieces(tx: AsyncConnection, statement: Executable, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute a statement for each of `rows`, many at a time; none without rows."""
    for start in range(0, len(rows), _PIECE):
        await tx.execute(statement, rows[start : start + _PIECE])
