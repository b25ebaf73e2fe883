"""The chain of every act, and the free text it refers to."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, PrimaryKeyConstraint, String, Table, Text

from storage.schema.base import Moment, metadata

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
