"""Every table, as SQLAlchemy Core.

Moments are UTC and stored as fixed-width ISO text, which sorts as time does on
SQLite and PostgreSQL alike. Constraints are all named, since SQLite's batch
migrations need it. Ids that may be seen outside are random; row numbers that
would betray an order in time are avoided where secrecy forbids it.
"""

from __future__ import annotations

from storage.schema.base import Moment, RowId, metadata, moment_text
from storage.schema.chain import ledger, ledger_heads, ledger_texts
from storage.schema.chores import deadlines, drafts, outbox, posts
from storage.schema.conference import conference_items, logos
from storage.schema.drafting import (
    amendment_seconds,
    amendment_texts,
    amendments,
    contributions,
    lineage,
    recommendations,
    regroupings,
    search_words,
    seconds,
    versions,
)
from storage.schema.persons import delegations, imports, people, register_codes, registrations
from storage.schema.processes import shard_leases
from storage.schema.results import cast_votes, electorates, tallies, vote_reasons
from storage.schema.seminars import events, initiatives, themes
from storage.schema.tracking import follow_up_changes, follow_ups
from storage.schema.voting import (
    ballot_items,
    ballots,
    live_changes,
    papers,
    reminders,
    room_counts,
    statements,
    votes,
)

__all__ = [
    "Moment",
    "RowId",
    "amendment_seconds",
    "amendment_texts",
    "amendments",
    "ballot_items",
    "ballots",
    "cast_votes",
    "conference_items",
    "contributions",
    "deadlines",
    "delegations",
    "drafts",
    "electorates",
    "events",
    "follow_up_changes",
    "follow_ups",
    "imports",
    "initiatives",
    "ledger",
    "ledger_heads",
    "ledger_texts",
    "lineage",
    "live_changes",
    "logos",
    "metadata",
    "moment_text",
    "outbox",
    "papers",
    "people",
    "posts",
    "recommendations",
    "register_codes",
    "registrations",
    "regroupings",
    "reminders",
    "room_counts",
    "search_words",
    "seconds",
    "shard_leases",
    "statements",
    "tallies",
    "themes",
    "versions",
    "vote_reasons",
    "votes",
]
