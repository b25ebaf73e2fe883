"""What is due, what must still be said, where it was said, and forms that became nothing yet."""

from __future__ import annotations

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    String,
    Table,
    UniqueConstraint,
)

from storage.schema.base import Moment, RowId, metadata

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
    Index(None, "thread_id"),
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
