"""What every table is made with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, MetaData, String, Text, TypeDecorator


def moment_text(value: datetime) -> str:
    """An aware moment as it is stored: `2014-10-22T09:00:00.000000Z`."""
    if value.tzinfo is None:
        raise ValueError("a moment needs a time zone")
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, stored as `moment_text` writes it."""

    impl = String(27)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        return None if value is None else moment_text(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)  # ten times as fast as strptime


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up only an INTEGER key by itself; PostgreSQL wants BIGINT.
RowId = BigInteger().with_variant(Integer(), "sqlite")

# Text that is compared character by character on PostgreSQL too, and not as a language sorts it.
ExactText = Text().with_variant(Text(collation="C"), "postgresql")

MOST_NUMBER = 2**31 - 1
"""The most that an Integer column holds; PostgreSQL takes a greater one for an error, not for one unknown."""
