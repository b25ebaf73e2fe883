"""Everybody known here, how they are registered, and how they come to be."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Index, String, Table, Text, UniqueConstraint

from storage.schema.base import Moment, metadata

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
    Column("forgotten_at", Moment),  # name and account were blanked then
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

# One-time codes of registered people without a Discord account, by which one account becomes theirs.
# Only the digest is kept: who reads the store cannot register as somebody. A used one stays, so that a
# list that is imported again finds under their name whoever entered it.
register_codes = Table(
    "register_codes",
    metadata,
    Column("person_id", String(22), ForeignKey("people.id"), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("name", Text, nullable=False),  # as the organisers' list has it
    Column("digest", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("used_at", Moment),
    UniqueConstraint("guild_id", "digest"),
)

# Lists that somebody has sent and not confirmed yet: of participants, or of follow-up.
imports = Table(
    "imports",
    metadata,
    Column("id", String(22), primary_key=True),  # random
    Column("guild_id", BigInteger, nullable=False),
    Column("user_id", BigInteger, nullable=False),  # who sent it
    Column("content", Text, nullable=False),  # the rows that can be taken, as canonical JSON
    Column("created_at", Moment, nullable=False),
    Column("kind", String(16), nullable=False, default="participants"),  # or follow-up
    Index(None, "created_at"),
)
