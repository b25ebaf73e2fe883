"""Which process serves which shard of the bot, where several share one store."""

from __future__ import annotations

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, String, Table

from storage.schema.base import Moment, metadata

# Moments are the database's: the clocks of several machines differ.
shard_leases = Table(
    "shard_leases",
    metadata,
    Column("shard", Integer, nullable=False, autoincrement=False),
    Column("shard_count", Integer, nullable=False),  # how many its holder counts in all
    Column("holder", String(22), nullable=False),  # random, new with every start of a process
    Column("process", String(300), nullable=False),  # host and process id, for people
    Column("taken_at", Moment, nullable=False),
    Column("renewed_at", Moment, nullable=False),
    Column("leased_until", Moment, nullable=False),
    Column("up_since", Moment),  # since when Discord reaches the holder; null while it does not
    PrimaryKeyConstraint("shard"),
)
