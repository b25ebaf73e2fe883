"""First light: initiatives, people, recommendations, ballots, votes, the ledger and what is to be said.

The ledger is append-only, and the database itself sees to it: no entry can be
changed, removed or put anywhere but at the end of its chain.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Moment = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "deadlines",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.BigInteger(), nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("leased_until", Moment),
        sa.Column("done_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_deadlines"),
        sa.UniqueConstraint("kind", "subject", name="uq_deadlines_kind_subject"),
    )
    op.create_index("ix_deadlines_done_at_due_at", "deadlines", ["done_at", "due_at"])
    op.create_table(
        "drafts",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_drafts"),
    )
    op.create_index("ix_drafts_created_at", "drafts", ["created_at"])
    op.create_table(
        "initiatives",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("loaded_at", Moment, nullable=False),
        sa.Column("next_ballot", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_initiatives"),
    )
    op.create_table(
        "ledger",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.Column("actor", sa.String(22), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "seq", name="pk_ledger"),
    )
    op.create_table(
        "ledger_heads",
        sa.Column("guild_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_ledger_heads"),
    )
    op.create_table(
        "ledger_texts",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("salt", sa.String(32), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_ledger_texts"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("due_at", Moment, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
    )
    op.create_index("ix_outbox_due_at_id", "outbox", ["due_at", "id"])
    op.create_table(
        "people",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pseudonym", sa.String(22), nullable=False),
        sa.Column("notice_seen_at", Moment),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
        sa.UniqueConstraint("guild_id", "pseudonym", name="uq_people_guild_id_pseudonym"),
        sa.UniqueConstraint("guild_id", "user_id", name="uq_people_guild_id_user_id"),
    )
    op.create_table(
        "posts",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("thread_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("guild_id", "kind", "subject", name="pk_posts"),
    )
    op.create_table(
        "ballots",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer()),
        sa.Column("event", sa.String(8), nullable=False),
        sa.Column("theme", sa.String(8)),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("threshold", sa.String(16), nullable=False),
        sa.Column("quorum", sa.String(16), nullable=False),
        sa.Column("secrecy", sa.String(8), nullable=False),
        sa.Column("reasons", sa.String(8), nullable=False),
        sa.Column("receipts", sa.Boolean(), nullable=False),
        sa.Column("closes_in", sa.String(32), nullable=False),
        sa.Column("key_id", sa.String(32)),
        sa.Column("prepared_by", sa.String(22), nullable=False),
        sa.Column("prepared_at", Moment, nullable=False),
        sa.Column("opened_at", Moment),
        sa.Column("closes_at", Moment),
        sa.Column("closed_at", Moment),
        sa.Column("sealed_at", Moment),
        sa.Column("entitled_at_opening", sa.Integer()),
        sa.Column("electorate", sa.Integer()),
        sa.Column("voters", sa.Integer()),
        sa.Column("set_aside", sa.Integer()),
        sa.ForeignKeyConstraint(["prepared_by"], ["people.id"], name="fk_ballots_prepared_by"),
        sa.PrimaryKeyConstraint("id", name="pk_ballots"),
        sa.UniqueConstraint("guild_id", "number", name="uq_ballots_guild_id_number"),
    )
    op.create_index("ix_ballots_guild_id_event_theme", "ballots", ["guild_id", "event", "theme"])
    op.create_index("ix_ballots_guild_id_status", "ballots", ["guild_id", "status"])
    op.create_table(
        "events",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("opened_at", Moment),
        sa.Column("closed_at", Moment),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("is_forum", sa.Boolean()),
        sa.ForeignKeyConstraint(["guild_id"], ["initiatives.guild_id"], name="fk_events_guild_id"),
        sa.PrimaryKeyConstraint("guild_id", "code", name="pk_events"),
    )
    op.create_table(
        "registrations",
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("constituency", sa.String(8)),
        sa.Column("organisation", sa.Text()),
        sa.Column("registered_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_registrations_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_registrations"),
    )
    op.create_index(
        "ix_registrations_guild_id_status_constituency",
        "registrations",
        ["guild_id", "status", "constituency"],
    )
    op.create_table(
        "themes",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(8), nullable=False),
        sa.Column("next_number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["guild_id"], ["initiatives.guild_id"], name="fk_themes_guild_id"),
        sa.PrimaryKeyConstraint("guild_id", "code", name="pk_themes"),
    )
    op.create_table(
        "cast_votes",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("receipt", sa.String(16)),
        sa.Column("constituency", sa.String(16)),
        sa.Column("voter", sa.String(22)),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_cast_votes_ballot_id"),
        sa.PrimaryKeyConstraint("ballot_id", "number", name="pk_cast_votes"),
    )
    op.create_table(
        "electorates",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("constituency", sa.String(8)),
        sa.Column("voted", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_electorates_ballot_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_electorates_person_id"),
        sa.PrimaryKeyConstraint("ballot_id", "person_id", name="pk_electorates"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recommendations",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("event", sa.String(8), nullable=False),
        sa.Column("theme", sa.String(8), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("last_ballot_id", sa.BigInteger()),
        sa.Column("nonce", sa.String(64)),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_recommendations_author_id"),
        sa.ForeignKeyConstraint(
            ["guild_id", "event"],
            ["events.guild_id", "events.code"],
            name="fk_recommendations_guild_id_event",
        ),
        sa.ForeignKeyConstraint(
            ["guild_id", "theme"],
            ["themes.guild_id", "themes.code"],
            name="fk_recommendations_guild_id_theme",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recommendations"),
        sa.UniqueConstraint("author_id", "nonce", name="uq_recommendations_author_id_nonce"),
        sa.UniqueConstraint("guild_id", "reference", name="uq_recommendations_guild_id_reference"),
    )
    op.create_index(
        "ix_recommendations_guild_id_event_theme_number",
        "recommendations",
        ["guild_id", "event", "theme", "number"],
    )
    op.create_index(
        "ix_recommendations_guild_id_state_theme_number",
        "recommendations",
        ["guild_id", "state", "theme", "number"],
    )
    op.create_index(
        "ix_recommendations_guild_id_theme_number", "recommendations", ["guild_id", "theme", "number"]
    )
    op.create_table(
        "reminders",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_reminders_ballot_id"),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_reminders_person_id"),
        sa.PrimaryKeyConstraint("ballot_id", "person_id", name="pk_reminders"),
    )
    op.create_table(
        "vote_reasons",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_vote_reasons_ballot_id"),
        sa.PrimaryKeyConstraint("id", name="pk_vote_reasons"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_vote_reasons_ballot_id_position", "vote_reasons", ["ballot_id", "position"])
    op.create_table(
        "votes",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("voter", sa.String(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("choice", sa.String(16), nullable=False),
        sa.Column("receipt", sa.String(16)),
        sa.Column("reason", sa.Text()),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_votes_ballot_id"),
        sa.PrimaryKeyConstraint("ballot_id", "voter", "position", name="pk_votes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ballot_items",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_ballot_items_ballot_id"),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_ballot_items_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("ballot_id", "position", name="pk_ballot_items"),
        sa.UniqueConstraint(
            "ballot_id", "recommendation_id", name="uq_ballot_items_ballot_id_recommendation_id"
        ),
    )
    op.create_index("ix_ballot_items_recommendation_id", "ballot_items", ["recommendation_id"])
    op.create_table(
        "search_texts",
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_search_texts_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("recommendation_id", name="pk_search_texts"),
    )
    op.create_table(
        "seconds",
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_seconds_person_id"),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_seconds_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "person_id", name="pk_seconds"),
    )
    op.create_table(
        "tallies",
        sa.Column("ballot_id", RowId, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("reference", sa.String(16), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_tallies_ballot_id"),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_tallies_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("ballot_id", "position", name="pk_tallies"),
    )
    op.create_index("ix_tallies_recommendation_id_ballot_id", "tallies", ["recommendation_id", "ballot_id"])
    op.create_table(
        "versions",
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("addressees", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_versions_author_id"),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_versions_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("recommendation_id", "number", name="pk_versions"),
    )
    if op.get_bind().dialect.name == "postgresql":
        _guard_ledger_on_postgresql()
    else:
        _guard_ledger_on_sqlite()


def _guard_ledger_on_sqlite() -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER ledger_refuses_{act.lower()} BEFORE {act} ON ledger "
            "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
        )
    # INSERT OR REPLACE removes a row without a DELETE, so an entry may only ever be the next one.
    op.execute(
        "CREATE TRIGGER ledger_refuses_gaps BEFORE INSERT ON ledger "
        "WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger WHERE guild_id = NEW.guild_id) "
        "BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END"
    )


def _guard_ledger_on_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_change BEFORE UPDATE OR DELETE ON ledger "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuses()"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_truncate BEFORE TRUNCATE ON ledger "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuses()"
    )
