"""Initiatives, their themes and events."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
)

from storage.schema.base import Moment, metadata

initiatives = Table(
    "initiatives",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),  # seminar.initiative.Initiative, as JSON
    Column("loaded_at", Moment, nullable=False),
    Column("next_ballot", Integer, nullable=False, default=1),
    Column("digest_seq", Integer, nullable=False, default=0),  # the last ledger entry a digest told of
)

themes = Table(
    "themes",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("initiatives.guild_id"), nullable=False),
    Column("code", String(8), nullable=False),
    Column("next_number", Integer, nullable=False, default=1),
    PrimaryKeyConstraint("guild_id", "code"),
)

events = Table(
    "events",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("initiatives.guild_id"), nullable=False),
    Column("code", String(8), nullable=False),
    Column("status", String(16), nullable=False),
    Column("opened_at", Moment),
    Column("closed_at", Moment),
    Column("channel_id", BigInteger),
    Column("is_forum", Boolean),
    PrimaryKeyConstraint("guild_id", "code"),
)
