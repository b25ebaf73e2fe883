"""A store on a database server: who else is there, and how what is there makes room.

For the few acts that need a store to themselves, as a file of SQLite can be locked whole.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from seminar.errors import Refused
from seminar.words import t
from storage.engine import APPLICATION
from storage.schema import metadata

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
    "AND application_name = :application AND pid <> pg_backend_pid()"
)
_FUNCTIONS = ("ledger_refuses", "ledger_refuses_gap")


async def require_alone(tx: AsyncConnection, *, but: int = 0) -> None:
    """Refuse where another process of this program uses the store, be it idle.

    `but` is how many connections this process has besides this one.

    Raises:
        Refused: somebody else is there.
    """
    others = await tx.scalar(_OTHERS, {"application": APPLICATION})
    if (others or 0) > but:
        raise Refused(t("The store is in use. Stop the bot, then try again; nothing was changed."))


def known_tables(connection: Connection) -> list[str]:
    """The tables of a store that are there, in the schema that is used."""
    there = set(inspect(connection).get_table_names())
    return [name for name in (*metadata.tables, "search_texts", "alembic_version") if name in there]


async def set_aside(tx: AsyncConnection) -> str | None:
    """Move the store that is there into a schema of its own, and return the schema's name; None without one.

    Other programs' tables stay where they are.
    """
    tables = await tx.run_sync(known_tables)
    if not tables:
        return None
    await tx.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
    schemas = set(await tx.run_sync(lambda connection: inspect(connection).get_schema_names()))
    number = 1
    while (name := f"before_restore_{number}") in schemas:
        number += 1
    await tx.exec_driver_sql(f"CREATE SCHEMA {name}")
    for table in tables:
        await tx.exec_driver_sql(f'ALTER TABLE "{table}" SET SCHEMA {name}')
    for function in _FUNCTIONS:
        # Under their old names the new store would find them there already.
        there = await tx.scalar(text("SELECT to_regproc(:name) IS NOT NULL"), {"name": function})
        if there:
            await tx.exec_driver_sql(f"ALTER FUNCTION {function}() SET SCHEMA {name}")
    return name
