"""Six ways to decide: papers, delegations, silence, shows of hands, rounds, live totals.

Ballots that are in the store keep every figure: they were decisive, hidden until closing, and
everybody voted for themselves.
"""

from __future__ import annotations

import secrets
from typing import Literal

import sqlalchemy as sa
from alembic import op

from seminar.texts import fold
from storage.migrations.going_back import execute, require_nothing_lost

revision = "0002"
down_revision = "0001"

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.String(27)

# Ballots that the first program could not have held: everything of them goes with them.
_BEYOND = (
    "method <> 'support' OR purpose <> 'decisive' OR results <> 'hidden' OR vote_by <> 'person' "
    "OR options <> '{}' OR series_id IS NOT NULL OR kept OR notified IS NOT NULL"
)
_OF_BALLOTS = (
    "reminders",
    "statements",
    "room_counts",
    "live_changes",
    "papers",
    "vote_reasons",
    "tallies",
    "cast_votes",
    "electorates",
    "votes",
    "ballot_items",
)


def upgrade() -> None:
    _new_tables()
    # SQLite makes each of them anew, so that they read as if they had been made this way.
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    without_rowid = {"sqlite_with_rowid": False}
    with op.batch_alter_table("registrations", recreate=recreate) as table:
        table.add_column(sa.Column("delegation_id", sa.String(22)))
        table.create_foreign_key("fk_registrations_delegation_id", "delegations", ["delegation_id"], ["id"])
        table.create_index("ix_registrations_delegation_id", ["delegation_id"])
    with op.batch_alter_table("ballots", recreate=recreate) as table:
        table.add_column(sa.Column("purpose", sa.String(12), nullable=False, server_default="decisive"))
        table.add_column(sa.Column("results", sa.String(8), nullable=False, server_default="hidden"))
        table.add_column(sa.Column("vote_by", sa.String(12), nullable=False, server_default="person"))
        table.add_column(sa.Column("options", sa.Text(), nullable=False, server_default="{}"))
        table.add_column(sa.Column("series_id", sa.BigInteger()))
        table.add_column(sa.Column("seen_at", Moment))
        table.add_column(sa.Column("notified", sa.Integer()))
        table.add_column(sa.Column("kept", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.add_column(sa.Column("live", sa.Text()))
        table.create_index("ix_ballots_series_id", ["series_id"])
    with op.batch_alter_table("ballots", recreate=recreate) as table:
        for name in ("purpose", "results", "vote_by", "options", "kept"):
            table.alter_column(name, server_default=None)
    with op.batch_alter_table("ballot_items", recreate=recreate) as table:
        table.add_column(sa.Column("removed_at", Moment))
    with op.batch_alter_table("votes", recreate=recreate, table_kwargs=without_rowid) as table:
        table.alter_column("choice", existing_type=sa.String(16), type_=sa.Text())
        table.add_column(sa.Column("cast_by", sa.String(64)))
    with op.batch_alter_table("cast_votes", recreate=recreate) as table:
        table.alter_column("choice", existing_type=sa.String(16), type_=sa.Text())
    with op.batch_alter_table("electorates", recreate=recreate, table_kwargs=without_rowid) as table:
        table.drop_constraint("fk_electorates_person_id", type_="foreignkey")
        table.alter_column("person_id", new_column_name="elector")
    _found_delegations()


def _new_tables() -> None:
    op.create_table(
        "delegations",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.String(22), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_delegations"),
        sa.UniqueConstraint("guild_id", "folded", name="uq_delegations_guild_id_folded"),
    )
    op.create_table(
        "papers",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_papers_ballot_id"),
        sa.PrimaryKeyConstraint("ballot_id", "voter", name="pk_papers"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "live_changes",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_live_changes_ballot_id"),
        sa.PrimaryKeyConstraint("ballot_id", "voter", name="pk_live_changes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "room_counts",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("constituency", sa.String(8), nullable=False),
        sa.Column("for_votes", sa.Integer(), nullable=False),
        sa.Column("against", sa.Integer(), nullable=False),
        sa.Column("abstain", sa.Integer(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("entered_by", sa.String(22), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_room_counts_ballot_id"),
        sa.ForeignKeyConstraint(["entered_by"], ["people.id"], name="fk_room_counts_entered_by"),
        sa.PrimaryKeyConstraint("ballot_id", "position", "constituency", name="pk_room_counts"),
    )
    op.create_table(
        "statements",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("constituency", sa.String(8)),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_statements_ballot_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_statements_person_id"),
        sa.PrimaryKeyConstraint("id", name="pk_statements"),
    )
    op.create_index("ix_statements_ballot_id", "statements", ["ballot_id"])


def _found_delegations() -> None:
    """A delegation for each organisation that somebody is registered for."""
    registrations = sa.table(
        "registrations",
        sa.column("person_id"),
        sa.column("guild_id"),
        sa.column("organisation"),
        sa.column("delegation_id"),
    )
    delegations = sa.table(
        "delegations",
        *(sa.column(name) for name in ("id", "guild_id", "name", "folded", "pseudonym")),
    )
    connection = op.get_bind()
    found: dict[tuple[int, str], str] = {}
    members = connection.execute(
        sa.select(registrations.c.person_id, registrations.c.guild_id, registrations.c.organisation)
        .where(registrations.c.organisation.is_not(None))
        .order_by(registrations.c.person_id)
    ).all()
    for person_id, guild_id, organisation in members:
        key = (guild_id, fold(organisation))
        if key not in found:
            found[key] = secrets.token_urlsafe(16)
            connection.execute(
                sa.insert(delegations).values(
                    id=found[key],
                    guild_id=guild_id,
                    name=organisation,
                    folded=key[1],
                    pseudonym=secrets.token_urlsafe(16),
                )
            )
        connection.execute(
            sa.update(registrations)
            .where(registrations.c.person_id == person_id)
            .values(delegation_id=found[key])
        )


def downgrade() -> None:
    require_nothing_lost(
        down_revision,
        {
            "ballots": _BEYOND,
            "ballot_items.removed_at": "removed_at IS NOT NULL",
            "papers": "",
            "room_counts": "",
            "statements": "",
            "votes": "length(choice) > 16 OR cast_by IS NOT NULL",
            "cast_votes": "length(choice) > 16",
            "electorates": "elector NOT IN (SELECT id FROM people)",
        },
    )
    _drop_what_the_first_program_does_not_know()
    for name in ("statements", "room_counts", "live_changes", "papers"):
        op.drop_table(name)
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    without_rowid = {"sqlite_with_rowid": False}
    with op.batch_alter_table("electorates", recreate=recreate, table_kwargs=without_rowid) as table:
        table.alter_column("elector", new_column_name="person_id")
    with op.batch_alter_table("electorates", recreate=recreate, table_kwargs=without_rowid) as table:
        table.create_foreign_key("fk_electorates_person_id", "people", ["person_id"], ["id"])
    with op.batch_alter_table("cast_votes", recreate=recreate) as table:
        table.alter_column("choice", existing_type=sa.Text(), type_=sa.String(16))
    with op.batch_alter_table("votes", recreate=recreate, table_kwargs=without_rowid) as table:
        table.drop_column("cast_by")
        table.alter_column("choice", existing_type=sa.Text(), type_=sa.String(16))
    with op.batch_alter_table("ballot_items", recreate=recreate) as table:
        table.drop_column("removed_at")
    op.drop_index("ix_ballots_series_id", "ballots")
    with op.batch_alter_table("ballots", recreate=recreate) as table:
        for column in (
            "purpose",
            "results",
            "vote_by",
            "options",
            "series_id",
            "seen_at",
            "notified",
            "kept",
            "live",
        ):
            table.drop_column(column)
    op.drop_index("ix_registrations_delegation_id", "registrations")
    with op.batch_alter_table("registrations", recreate=recreate) as table:
        table.drop_constraint("fk_registrations_delegation_id", type_="foreignkey")
        table.drop_column("delegation_id")
    op.drop_table("delegations")


def _drop_what_the_first_program_does_not_know() -> None:
    """Nothing, where nothing is lost; else whole ballots, and what stands in ballots that stay."""
    gone = f"SELECT id FROM ballots WHERE {_BEYOND}"  # noqa: S608
    execute(
        "UPDATE recommendations SET state = 'admitted' WHERE state = 'voting' AND id IN "  # noqa: S608
        f"(SELECT recommendation_id FROM ballot_items WHERE ballot_id IN ({gone}))",
        f"UPDATE recommendations SET last_ballot_id = NULL WHERE last_ballot_id IN ({gone})",  # noqa: S608
        *(f"DELETE FROM {table} WHERE ballot_id IN ({gone})" for table in _OF_BALLOTS),  # noqa: S608
        f"DELETE FROM ballots WHERE {_BEYOND}",  # noqa: S608
        "DELETE FROM ballot_items WHERE removed_at IS NOT NULL",
        "DELETE FROM votes WHERE length(choice) > 16",
        "DELETE FROM electorates WHERE elector NOT IN (SELECT id FROM people)",
    )
