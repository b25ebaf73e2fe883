"""What stays of a closed ballot."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from storage.schema.base import RowId, metadata

# The electorate as it stood at closing, people or delegations, and who voted at all (never how).
electorates = Table(
    "electorates",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("elector", String(22), nullable=False),  # a person's or a delegation's id
    Column("constituency", String(8)),
    Column("voted", Boolean, nullable=False),
    PrimaryKeyConstraint("ballot_id", "elector"),
    sqlite_with_rowid=False,
)

# One row a vote, or a whole paper (position 0, no reference), in random order, without times; `digest`
# covers every other column.
cast_votes = Table(
    "cast_votes",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1, random order
    Column("position", Integer, nullable=False),
    Column("reference", String(16), nullable=False),
    Column("choice", Text, nullable=False),
    Column("receipt", String(16)),
    Column("constituency", String(16)),  # pooled group under secrecy
    Column("voter", String(22)),  # pseudonym in an open ballot; null under secrecy
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("ballot_id", "number"),
)

vote_reasons = Table(
    "vote_reasons",
    metadata,
    Column("id", String(22), primary_key=True),  # random
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("choice", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "ballot_id", "position"),
    sqlite_with_rowid=False,
)

# The published snapshot: one row an item of a closed ballot; `figures` is canonical JSON.
tallies = Table(
    "tallies",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("reference", String(16), nullable=False),
    Column("figures", Text, nullable=False),
    Column("digest", String(64), nullable=False),
    PrimaryKeyConstraint("ballot_id", "position"),
    Index(None, "recommendation_id", "ballot_id"),
)
