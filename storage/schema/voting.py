"""Ballots while they are open: what is voted on, votes, papers and what else people said."""

from __future__ import annotations

from sqlalchemy import (
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

ballots = Table(
    "ballots",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("number", Integer),  # shown as B3; given at opening
    Column("event", String(8), nullable=False),
    Column("theme", String(8)),  # null when references were named
    Column("method", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("threshold", String(16), nullable=False),
    Column("quorum", String(16), nullable=False),
    Column("secrecy", String(8), nullable=False),
    Column("reasons", String(8), nullable=False),
    Column("receipts", Boolean, nullable=False),
    Column("closes_in", String(32), nullable=False),  # as the facilitator wrote it
    Column("key_id", String(32)),  # file in [secrecy] key_dir; null for open ballots
    Column("prepared_by", String(22), ForeignKey("people.id"), nullable=False),
    Column("prepared_at", Moment, nullable=False),
    Column("opened_at", Moment),
    Column("closes_at", Moment),
    Column("closed_at", Moment),
    Column("sealed_at", Moment),
    Column("entitled_at_opening", Integer),
    Column("electorate", Integer),  # frozen at closing
    Column("voters", Integer),  # who voted on at least one item, frozen at closing
    Column("set_aside", Integer),  # voters no longer in the electorate at closing
    Column("purpose", String(12), nullable=False, default="decisive"),
    Column("results", String(8), nullable=False, default="hidden"),
    Column("vote_by", String(12), nullable=False, default="person"),
    Column("options", Text, nullable=False, default="{}"),  # what its method alone knows, as canonical JSON
    Column("series_id", BigInteger),  # the ballot of the first round, where there are several
    Column("seen_at", Moment),  # when the bot was last known to run in the ballot's last hour
    Column("notified", Integer),  # people a silence procedure was announced to
    Column("kept", Boolean, nullable=False, default=False),  # closed, its votes kept for a further round
    Column("live", Text),  # totals as last shown while an indicative ballot is open, as canonical JSON
    UniqueConstraint("guild_id", "number"),
    Index(None, "guild_id", "status"),
    Index(None, "guild_id", "event", "theme"),
    Index(None, "series_id"),
)

ballot_items = Table(
    "ballot_items",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("position", Integer, nullable=False),  # from 1
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("version", Integer, nullable=False),  # the version voted on
    Column("reference", String(16), nullable=False),
    Column("removed_at", Moment),  # taken out while the ballot was open
    PrimaryKeyConstraint("ballot_id", "position"),
    UniqueConstraint("ballot_id", "recommendation_id"),
    Index(None, "recommendation_id"),
)

# Votes of ballots that are not sealed yet. `voter` is HMAC-SHA-256(ballot key, elector) in hex under
# secrecy, the elector's id in an open ballot; an elector is a person or a delegation. Where a delegation
# votes, `cast_by` is its member in the same way. A whole paper has position 0. No rowid: it would keep
# the order of arrival.
votes = Table(
    "votes",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("voter", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("choice", Text, nullable=False),
    Column("receipt", String(16)),
    Column("reason", Text),
    Column("cast_by", String(64)),
    PrimaryKeyConstraint("ballot_id", "voter", "position"),
    sqlite_with_rowid=False,
)

# Papers that somebody is filling in: kept so that a restart loses nothing, and counted nowhere.
# `voter` is the person who fills it in, marked as in `votes`.
papers = Table(
    "papers",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("voter", String(64), nullable=False),
    Column("content", Text, nullable=False),  # as seminar.paper spells it
    PrimaryKeyConstraint("ballot_id", "voter"),
    sqlite_with_rowid=False,
)

# Whose votes have changed since the totals of a live ballot were last drawn.
live_changes = Table(
    "live_changes",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("voter", String(64), nullable=False),
    PrimaryKeyConstraint("ballot_id", "voter"),
    sqlite_with_rowid=False,
)

# Shows of hands; the ledger has every entering of one, this is how they stand.
room_counts = Table(
    "room_counts",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("constituency", String(8), nullable=False),  # empty where the room was counted as one
    Column("for_votes", Integer, nullable=False),
    Column("against", Integer, nullable=False),
    Column("abstain", Integer, nullable=False),
    Column("asked", Text, nullable=False),  # who was asked, in the facilitator's words
    Column("entered_by", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("ballot_id", "position", "constituency"),
)

# What is said in a silence procedure: objections break it, explanations of position do not.
statements = Table(
    "statements",
    metadata,
    Column("id", String(22), primary_key=True),  # random
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("constituency", String(8)),
    Column("kind", String(16), nullable=False),  # objection, explanation
    Column("text", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index(None, "ballot_id"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("ballot_id", "person_id"),
)
