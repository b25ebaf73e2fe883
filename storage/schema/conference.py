"""What went from the seminars to the conference, and what became of it there."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema.base import Moment, RowId, metadata

# One row a recommendation that was forwarded: where from and with what result, its place on the agenda,
# and, once it was decided on, its final text. `recommendations.conference` names the same event.
conference_items = Table(
    "conference_items",
    metadata,
    Column("recommendation_id", RowId, ForeignKey("recommendations.id"), primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("event", String(8), nullable=False),  # the conference
    Column("origin", String(8), nullable=False),  # the event it came from
    Column("version", Integer, nullable=False),  # that was forwarded
    Column("ballot_id", RowId, ForeignKey("ballots.id")),  # by which it was adopted there
    Column("rank", Integer),  # within its event and theme when it was forwarded
    Column("forwarded_at", Moment, nullable=False),
    Column("forwarded_by", String(22), ForeignKey("people.id"), nullable=False),
    Column("position", Integer, nullable=False),  # on the agenda, ascending; gaps are possible
    Column("starts", String(5)),  # `10:30` on the conference's clock
    Column("ends", String(5)),
    Column("presented_at", Moment),  # when it was presented last
    Column("number", Integer),  # of the final text, R1 and so on; given once, never to another
    Column("final_version", Integer),  # null while it is not decided on
    Column("basis", String(16)),  # seminar.conference.Basis
    Column("basis_ballot_id", RowId, ForeignKey("ballots.id")),
    Column("reason", Text, nullable=False, default=""),  # why it was not finalised
    Column("decided_at", Moment),
    Column("decided_by", String(22), ForeignKey("people.id")),
    ForeignKeyConstraint(["guild_id", "event"], ["events.guild_id", "events.code"]),
    UniqueConstraint("guild_id", "number"),
    Index(None, "guild_id", "event", "position"),
)

# The picture on the covers of documents, as it was checked and written anew by us.
logos = Table(
    "logos",
    metadata,
    Column("guild_id", BigInteger, ForeignKey("initiatives.guild_id"), primary_key=True, autoincrement=False),
    Column("image", LargeBinary, nullable=False),  # PNG
    Column("alt", Text, nullable=False),
    Column("loaded_at", Moment, nullable=False),
)
