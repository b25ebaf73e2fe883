"""Recommendations, their texts, and what people did to them: seconds, amendments, arguments, lineage."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import ExactText, Moment, RowId, metadata

recommendations = Table(
    "recommendations",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("event", String(8), nullable=False),
    Column("theme", String(8), nullable=False),
    Column("number", Integer, nullable=False),
    Column("reference", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("author_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("version", Integer, nullable=False, default=1),  # number of the current version
    Column("seconds", Integer, nullable=False, default=0),  # kept in step by storage.recommendations
    Column("last_ballot_id", BigInteger),  # latest closed ballot on it
    Column("nonce", String(64)),  # of the form it came from: the same submission twice is stored once
    Column("created_at", Moment, nullable=False),
    Column("conference", String(8)),  # the event it was forwarded to; its own stays where it was proposed
    UniqueConstraint("guild_id", "reference"),
    UniqueConstraint("author_id", "nonce"),
    ForeignKeyConstraint(["guild_id", "event"], ["events.guild_id", "events.code"]),
    ForeignKeyConstraint(["guild_id", "theme"], ["themes.guild_id", "themes.code"]),
    Index(None, "guild_id", "event", "theme", "number"),
    Index(None, "guild_id", "theme", "number"),
    Index(None, "guild_id", "conference", "theme", "number"),
    Index(None, "guild_id", "state", "theme", "number"),
    Index(None, "guild_id", "author_id", "theme", "number"),
)

versions = Table(
    "versions",
    metadata,
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("rationale", Text, nullable=False, default=""),
    Column("addressees", JSON, nullable=False),  # list of entity codes or free names
    Column("author_id", String(22), ForeignKey("people.id"), nullable=False),  # whose words it is
    Column("created_at", Moment, nullable=False),
    Column("change", String(12), nullable=False, default="original"),  # seminar.model.Change
    Column("reason", Text, nullable=False, default=""),
    Column("decided_by", String(22), ForeignKey("people.id")),  # who made it the text; null for the author
    Column("amendment", Integer),  # the number of the amendment it comes from
    PrimaryKeyConstraint("recommendation_id", "number"),
)

seconds = Table(
    "seconds",
    metadata,
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("recommendation_id", "person_id"),
)

# Another wording that somebody asks for. What it says stands in `amendment_texts`, since it can be
# worked over while it is open.
amendments = Table(
    "amendments",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1 within the recommendation
    Column("author_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("status", String(12), nullable=False),  # seminar.model.AmendmentStatus
    Column("conflicting", Boolean, nullable=False, default=False),  # with the current version; while open
    Column("revision", Integer, nullable=False, default=1),  # number of its current text
    Column("seconds", Integer, nullable=False, default=0),
    Column("nonce", String(64)),
    Column("created_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", String(22), ForeignKey("people.id")),
    Column("reason", Text, nullable=False, default=""),  # of the decision
    Column("version", Integer),  # that it became
    UniqueConstraint("recommendation_id", "number"),
    UniqueConstraint("author_id", "nonce"),
    Index(None, "recommendation_id", "status"),
)

amendment_texts = Table(
    "amendment_texts",
    metadata,
    Column("amendment_id", RowId, ForeignKey("amendments.id"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("base_version", Integer, nullable=False),  # the version it changes
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("rationale", Text, nullable=False),
    Column("addressees", JSON, nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("author_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("amendment_id", "revision"),
)

amendment_seconds = Table(
    "amendment_seconds",
    metadata,
    Column("amendment_id", RowId, ForeignKey("amendments.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("amendment_id", "person_id"),
)

# The record of arguments.
contributions = Table(
    "contributions",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("number", Integer, nullable=False),  # from 1 within the recommendation
    Column("stance", String(12), nullable=False),  # seminar.model.Stance
    Column("text", Text, nullable=False),
    Column("link", Text),  # to the chat message it was taken from
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),  # whose argument it is
    Column("constituency", String(8)),  # for whom they spoke then
    Column("added_by", String(22), ForeignKey("people.id"), nullable=False),
    Column("nonce", String(64)),
    Column("at", Moment, nullable=False),
    Column("withdrawn_at", Moment),
    Column("set_aside_at", Moment),
    Column("set_aside_by", String(22), ForeignKey("people.id")),
    Column("set_aside_reason", Text, nullable=False, default=""),
    UniqueConstraint("recommendation_id", "number"),
    UniqueConstraint("added_by", "nonce"),
    Index(None, "recommendation_id", "stance"),
    Index(None, "person_id"),
)

# Merging and splitting, each as one act that can be undone for a while.
regroupings = Table(
    "regroupings",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(8), nullable=False),  # merge, split
    Column(
        "recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False
    ),  # merged into, or split
    Column("version", Integer, nullable=False),  # its current version right after
    Column("version_before", Integer, nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("reason", Text, nullable=False, default=""),
    Column("nonce", String(64)),
    Column("at", Moment, nullable=False),
    Column("undone_at", Moment),
    Column("undone_by", String(22), ForeignKey("people.id")),
    UniqueConstraint("person_id", "nonce"),
    Index(None, "recommendation_id"),
)

# What came from what. An end says that it was undone; the row stays.
lineage = Table(
    "lineage",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("predecessor_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("successor_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("kind", String(8), nullable=False),  # seminar.model.Kinship
    Column("regrouping_id", RowId, ForeignKey("regroupings.id")),
    Column("amendment_id", RowId, ForeignKey("amendments.id")),  # the rejected one it grew out of
    Column("state_before", String(16)),  # the predecessor's, which undoing gives back
    Column("at", Moment, nullable=False),
    Column("ended_at", Moment),
    UniqueConstraint("amendment_id"),
    Index(None, "predecessor_id"),
    Index(None, "successor_id"),
    Index(None, "regrouping_id"),
)

# What a search finds a recommendation by: its reference, and the words of title and text of the current
# version, folded. Kept in step by storage.search.
search_words = Table(
    "search_words",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("word", ExactText, nullable=False),
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    PrimaryKeyConstraint("guild_id", "word", "recommendation_id"),
    Index(None, "recommendation_id"),
    sqlite_with_rowid=False,
)
