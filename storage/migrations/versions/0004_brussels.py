"""The conference, its final texts, and the follow-up.

What stands in the store was forwarded nowhere yet.
"""

from __future__ import annotations

from typing import Literal

import sqlalchemy as sa
from alembic import op

from storage.migrations.going_back import execute, require_nothing_lost

revision = "0004"
down_revision = "0003"

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.String(27)


def upgrade() -> None:
    # SQLite makes each of them anew, so that they read as if they had been made this way.
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("recommendations", recreate=recreate) as table:
        table.add_column(sa.Column("conference", sa.String(8)))
    op.create_index(
        "ix_recommendations_guild_id_conference_theme_number",
        "recommendations",
        ["guild_id", "conference", "theme", "number"],
    )
    with op.batch_alter_table("imports", recreate=recreate) as table:
        table.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="participants"))
    with op.batch_alter_table("imports", recreate=recreate) as table:
        table.alter_column("kind", server_default=None)
    _conference()
    _follow_up()


def _conference() -> None:
    op.create_table(
        "conference_items",
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(8), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ballot_id", RowId),
        sa.Column("rank", sa.Integer()),
        sa.Column("forwarded_at", Moment, nullable=False),
        sa.Column("forwarded_by", sa.String(22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("starts", sa.String(5)),
        sa.Column("ends", sa.String(5)),
        sa.Column("presented_at", Moment),
        sa.Column("number", sa.Integer()),
        sa.Column("final_version", sa.Integer()),
        sa.Column("basis", sa.String(16)),
        sa.Column("basis_ballot_id", RowId),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("decided_by", sa.String(22)),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_conference_items_recommendation_id"
        ),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_conference_items_ballot_id"),
        sa.ForeignKeyConstraint(["forwarded_by"], ["people.id"], name="fk_conference_items_forwarded_by"),
        sa.ForeignKeyConstraint(
            ["basis_ballot_id"], ["ballots.id"], name="fk_conference_items_basis_ballot_id"
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_conference_items_decided_by"),
        sa.ForeignKeyConstraint(
            ["guild_id", "event"],
            ["events.guild_id", "events.code"],
            name="fk_conference_items_guild_id_event",
        ),
        sa.PrimaryKeyConstraint("recommendation_id", name="pk_conference_items"),
        sa.UniqueConstraint("guild_id", "number", name="uq_conference_items_guild_id_number"),
    )
    op.create_index(
        "ix_conference_items_guild_id_event_position", "conference_items", ["guild_id", "event", "position"]
    )
    op.create_table(
        "logos",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("image", sa.LargeBinary(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("loaded_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["initiatives.guild_id"], name="fk_logos_guild_id"),
        sa.PrimaryKeyConstraint("guild_id", name="pk_logos"),
    )


def _follow_up() -> None:
    op.create_table(
        "follow_ups",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("entity", sa.String(300), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("acceptance", sa.String(24), nullable=False),
        sa.Column("implementation", sa.String(32), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("due_on", sa.String(10)),
        sa.Column("as_of", sa.String(10)),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("updated_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_follow_ups_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_follow_ups"),
        sa.UniqueConstraint(
            "recommendation_id", "entity", "number", name="uq_follow_ups_recommendation_id_entity_number"
        ),
    )
    op.create_index("ix_follow_ups_guild_id_entity", "follow_ups", ["guild_id", "entity"])
    op.create_table(
        "follow_up_changes",
        sa.Column("follow_up_id", RowId, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("person_id", sa.String(22)),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["follow_up_id"], ["follow_ups.id"], name="fk_follow_up_changes_follow_up_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_follow_up_changes_person_id"),
        sa.PrimaryKeyConstraint("follow_up_id", "revision", name="pk_follow_up_changes"),
    )


def downgrade() -> None:
    require_nothing_lost(
        down_revision,
        {
            "conference_items": "",
            "logos": "",
            "follow_ups": "",
            "imports": "kind <> 'participants'",
            "recommendations.conference": "conference IS NOT NULL",
        },
    )
    execute(
        "DELETE FROM imports WHERE kind <> 'participants'",
        # What was carried to a conference is what its seminar had adopted.
        "UPDATE recommendations SET state = 'adopted' "
        "WHERE state IN ('forwarded', 'finalised', 'not_finalised')",
    )
    for name in ("follow_up_changes", "follow_ups", "logos", "conference_items"):
        op.drop_table(name)
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    op.drop_index("ix_recommendations_guild_id_conference_theme_number", "recommendations")
    with op.batch_alter_table("imports", recreate=recreate) as table:
        table.drop_column("kind")
    with op.batch_alter_table("recommendations", recreate=recreate) as table:
        table.drop_column("conference")
