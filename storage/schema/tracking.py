"""What the addressees did with the recommendations: the follow-up and its history."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import Moment, RowId, metadata

# One row a recommendation, addressee and action: a composite recommendation is followed up part by part.
follow_ups = Table(
    "follow_ups",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("entity", String(300), nullable=False),  # an entity's code, or a free name among the addressees
    Column("number", Integer, nullable=False),  # from 1 within recommendation and entity
    Column("action", Text, nullable=False, default=""),
    Column("acceptance", String(24), nullable=False),  # seminar.follow_up.Acceptance
    Column("implementation", String(32), nullable=False),  # seminar.follow_up.Implementation
    Column("verified", Boolean, nullable=False, default=False),  # else it is what the entity reported
    Column("owner", Text, nullable=False, default=""),
    Column("due_on", String(10)),  # ISO date
    Column("as_of", String(10)),  # ISO date of what is said
    Column("note", Text, nullable=False, default=""),
    Column("evidence", Text, nullable=False, default=""),  # a web address
    Column("revision", Integer, nullable=False, default=1),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("recommendation_id", "entity", "number"),
    Index(None, "guild_id", "entity"),
)

# Every state a row was in, the present one too; nothing here is ever changed.
follow_up_changes = Table(
    "follow_up_changes",
    metadata,
    Column("follow_up_id", RowId, ForeignKey("follow_ups.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("content", JSON, nullable=False),  # the row's own fields, from `action` to `evidence`
    Column("source", String(16), nullable=False),  # finalised, chat, workbook
    Column("person_id", String(22), ForeignKey("people.id")),  # null for the command line
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("follow_up_id", "revision"),
)
