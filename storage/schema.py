"""Every table, as SQLAlchemy Core.

Moments are UTC and stored as fixed-width ISO text, which sorts as time does on
SQLite and PostgreSQL alike. Constraints are all named, since SQLite's batch
migrations need it. Ids that may be seen outside are random; row numbers that
would betray an order in time are avoided where secrecy forbids it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


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

initiatives = Table(
    "initiatives",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("document", JSON, nullable=False),  # seminar.initiative.Initiative, as JSON
    Column("loaded_at", Moment, nullable=False),
    Column("next_ballot", Integer, nullable=False, default=1),
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

# Everyone who has ever acted or been registered here; `pseudonym` is how the ledger calls them.
people = Table(
    "people",
    metadata,
    Column("id", String(22), primary_key=True),  # random, secrets.token_urlsafe(16)
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger),  # null for people without an account
    Column("name", Text, nullable=False),
    Column("pseudonym", String(22), nullable=False),
    Column("notice_seen_at", Moment),
    UniqueConstraint("guild_id", "user_id"),
    UniqueConstraint("guild_id", "pseudonym"),
)

# Organisations that people are registered for; they hold the vote where delegations have one each.
delegations = Table(
    "delegations",
    metadata,
    Column("id", String(22), primary_key=True),  # random
    Column("guild_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("folded", Text, nullable=False),  # seminar.texts.fold of the name: one organisation, however typed
    Column("pseudonym", String(22), nullable=False),
    UniqueConstraint("guild_id", "folded"),
)

# Registered people; those with status `participant` are the electorate.
registrations = Table(
    "registrations",
    metadata,
    Column("person_id", String(22), ForeignKey("people.id"), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("status", String(16), nullable=False),
    Column("constituency", String(8)),
    Column("organisation", Text),
    Column("registered_at", Moment, nullable=False),
    Column("delegation_id", String(22), ForeignKey("delegations.id")),
    Index(None, "guild_id", "status", "constituency"),  # answers by itself how many there are of whom
    Index(None, "delegation_id"),
)

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
    UniqueConstraint("guild_id", "reference"),
    UniqueConstraint("author_id", "nonce"),
    ForeignKeyConstraint(["guild_id", "event"], ["events.guild_id", "events.code"]),
    ForeignKeyConstraint(["guild_id", "theme"], ["themes.guild_id", "themes.code"]),
    Index(None, "guild_id", "event", "theme", "number"),
    Index(None, "guild_id", "theme", "number"),
    Index(None, "guild_id", "state", "theme", "number"),
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
    Column("author_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("created_at", Moment, nullable=False),
    PrimaryKeyConstraint("recommendation_id", "number"),
)

# What a search looks through: reference, title and text of the current version, accents folded, lower
# case. Apart from the versions, since a search reads all of a server's and nothing else.
search_texts = Table(
    "search_texts",
    metadata,
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), primary_key=True),
    Column("text", Text, nullable=False),
)

seconds = Table(
    "seconds",
    metadata,
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("recommendation_id", "person_id"),
)

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

ledger = Table(
    "ledger",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("seq", Integer, nullable=False),  # from 1
    Column("at", Moment, nullable=False),
    Column("actor", String(22), nullable=False),  # pseudonym, or "system"
    Column("act", String(40), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("body", Text, nullable=False),  # canonical JSON of ids, figures and digests
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
    PrimaryKeyConstraint("guild_id", "seq"),
)

ledger_heads = Table(
    "ledger_heads",
    metadata,
    Column("guild_id", BigInteger, primary_key=True, autoincrement=False),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
)

# Free text the ledger refers to by digest only, so that it can be erased.
ledger_texts = Table(
    "ledger_texts",
    metadata,
    Column("digest", String(64), primary_key=True),  # SHA-256 over salt and text
    Column("guild_id", BigInteger, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("text", Text, nullable=False),
)

deadlines = Table(
    "deadlines",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),  # ballot.close, ballot.last_call, ballot.reminder
    Column("subject", BigInteger, nullable=False),  # the ballot's id
    Column("due_at", Moment, nullable=False),
    Column("leased_until", Moment),
    Column("done_at", Moment),
    UniqueConstraint("kind", "subject"),
    Index(None, "done_at", "due_at"),
)

# What must be said in Discord, written in the transaction that made it true.
outbox = Table(
    "outbox",
    metadata,
    Column("id", RowId, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("subject", String(64), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Index(None, "due_at", "id"),
)

# Where the bot's own messages are, so that they can be redrawn.
posts = Table(
    "posts",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("kind", String(32), nullable=False),  # panel, card, ballot, outcome
    Column("subject", String(64), nullable=False),  # event code, reference, ballot id
    Column("channel_id", BigInteger, nullable=False),  # where the message is
    Column("message_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger),  # discussion thread of a card
    PrimaryKeyConstraint("guild_id", "kind", "subject"),
)

reminders = Table(
    "reminders",
    metadata,
    Column("ballot_id", RowId, ForeignKey("ballots.id"), nullable=False),
    Column("person_id", String(22), ForeignKey("people.id"), nullable=False),
    Column("at", Moment, nullable=False),
    PrimaryKeyConstraint("ballot_id", "person_id"),
)

# Submitted forms that have not become anything yet: kept so that a refusal loses nobody's text.
drafts = Table(
    "drafts",
    metadata,
    Column("id", String(22), primary_key=True),  # random; also the nonce of the submission
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("fields", JSON, nullable=False),
    Column("created_at", Moment, nullable=False),
    Index(None, "created_at"),
)
