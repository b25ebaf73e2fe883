"""Drafting together: versions with reasons, amendments, arguments, lineage, codes, a search by words.

Texts that are in the store are their recommendations' first versions. What could be searched as one
text is searched by its words from now on.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import sqlalchemy as sa
from alembic import op

from seminar.texts import fold, words
from storage.migrations.going_back import require_nothing_lost

revision = "0003"
down_revision = "0002"

RowId = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ExactText = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
Moment = sa.String(27)

_CURRENT = sa.text(
    "SELECT r.id, r.guild_id, r.reference, v.title, v.text FROM recommendations r"
    " JOIN versions v ON v.recommendation_id = r.id AND v.number = r.version ORDER BY r.id"
)


def upgrade() -> None:
    # SQLite makes each of them anew, so that they read as if they had been made this way.
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("initiatives", recreate=recreate) as table:
        table.add_column(sa.Column("digest_seq", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("people", recreate=recreate) as table:
        table.add_column(sa.Column("forgotten_at", Moment))
    with op.batch_alter_table("versions", recreate=recreate) as table:
        table.add_column(sa.Column("change", sa.String(12), nullable=False, server_default="original"))
        table.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        table.add_column(sa.Column("decided_by", sa.String(22)))
        table.add_column(sa.Column("amendment", sa.Integer()))
        table.create_foreign_key("fk_versions_decided_by", "people", ["decided_by"], ["id"])
    for name, columns in (("initiatives", ("digest_seq",)), ("versions", ("change", "reason"))):
        with op.batch_alter_table(name, recreate=recreate) as table:
            for column in columns:
                table.alter_column(column, server_default=None)
    _amendments()
    _regroupings()
    _contributions()
    _people()
    _search_words()
    op.create_index("ix_posts_thread_id", "posts", ["thread_id"])


def _amendments() -> None:
    op.create_table(
        "amendments",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("conflicting", sa.Boolean(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(64)),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("decided_at", Moment),
        sa.Column("decided_by", sa.String(22)),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer()),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_amendments_recommendation_id"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_amendments_author_id"),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name="fk_amendments_decided_by"),
        sa.PrimaryKeyConstraint("id", name="pk_amendments"),
        sa.UniqueConstraint("recommendation_id", "number", name="uq_amendments_recommendation_id_number"),
        sa.UniqueConstraint("author_id", "nonce", name="uq_amendments_author_id_nonce"),
    )
    op.create_index("ix_amendments_recommendation_id_status", "amendments", ["recommendation_id", "status"])
    op.create_table(
        "amendment_texts",
        sa.Column("amendment_id", RowId, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("base_version", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("addressees", sa.JSON(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.String(22), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendments.id"], name="fk_amendment_texts_amendment_id"),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name="fk_amendment_texts_author_id"),
        sa.PrimaryKeyConstraint("amendment_id", "revision", name="pk_amendment_texts"),
    )
    op.create_table(
        "amendment_seconds",
        sa.Column("amendment_id", RowId, nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("at", Moment, nullable=False),
        sa.ForeignKeyConstraint(
            ["amendment_id"], ["amendments.id"], name="fk_amendment_seconds_amendment_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_amendment_seconds_person_id"),
        sa.PrimaryKeyConstraint("amendment_id", "person_id", name="pk_amendment_seconds"),
    )


def _regroupings() -> None:
    op.create_table(
        "regroupings",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("version_before", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("nonce", sa.String(64)),
        sa.Column("at", Moment, nullable=False),
        sa.Column("undone_at", Moment),
        sa.Column("undone_by", sa.String(22)),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_regroupings_recommendation_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_regroupings_person_id"),
        sa.ForeignKeyConstraint(["undone_by"], ["people.id"], name="fk_regroupings_undone_by"),
        sa.PrimaryKeyConstraint("id", name="pk_regroupings"),
        sa.UniqueConstraint("person_id", "nonce", name="uq_regroupings_person_id_nonce"),
    )
    op.create_index("ix_regroupings_recommendation_id", "regroupings", ["recommendation_id"])
    op.create_table(
        "lineage",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("predecessor_id", RowId, nullable=False),
        sa.Column("successor_id", RowId, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("regrouping_id", RowId),
        sa.Column("amendment_id", RowId),
        sa.Column("state_before", sa.String(16)),
        sa.Column("at", Moment, nullable=False),
        sa.Column("ended_at", Moment),
        sa.ForeignKeyConstraint(["predecessor_id"], ["recommendations.id"], name="fk_lineage_predecessor_id"),
        sa.ForeignKeyConstraint(["successor_id"], ["recommendations.id"], name="fk_lineage_successor_id"),
        sa.ForeignKeyConstraint(["regrouping_id"], ["regroupings.id"], name="fk_lineage_regrouping_id"),
        sa.ForeignKeyConstraint(["amendment_id"], ["amendments.id"], name="fk_lineage_amendment_id"),
        sa.PrimaryKeyConstraint("id", name="pk_lineage"),
        sa.UniqueConstraint("amendment_id", name="uq_lineage_amendment_id"),
    )
    for column in ("predecessor_id", "successor_id", "regrouping_id"):
        op.create_index(f"ix_lineage_{column}", "lineage", [column])


def _contributions() -> None:
    op.create_table(
        "contributions",
        sa.Column("id", RowId, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("stance", sa.String(12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text()),
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("constituency", sa.String(8)),
        sa.Column("added_by", sa.String(22), nullable=False),
        sa.Column("nonce", sa.String(64)),
        sa.Column("at", Moment, nullable=False),
        sa.Column("withdrawn_at", Moment),
        sa.Column("set_aside_at", Moment),
        sa.Column("set_aside_by", sa.String(22)),
        sa.Column("set_aside_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_contributions_recommendation_id"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_contributions_person_id"),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name="fk_contributions_added_by"),
        sa.ForeignKeyConstraint(["set_aside_by"], ["people.id"], name="fk_contributions_set_aside_by"),
        sa.PrimaryKeyConstraint("id", name="pk_contributions"),
        sa.UniqueConstraint("recommendation_id", "number", name="uq_contributions_recommendation_id_number"),
        sa.UniqueConstraint("added_by", "nonce", name="uq_contributions_added_by_nonce"),
    )
    op.create_index(
        "ix_contributions_recommendation_id_stance", "contributions", ["recommendation_id", "stance"]
    )
    op.create_index("ix_contributions_person_id", "contributions", ["person_id"])


def _people() -> None:
    op.create_table(
        "register_codes",
        sa.Column("person_id", sa.String(22), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("used_at", Moment),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name="fk_register_codes_person_id"),
        sa.PrimaryKeyConstraint("person_id", name="pk_register_codes"),
        sa.UniqueConstraint("guild_id", "digest", name="uq_register_codes_guild_id_digest"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.String(22), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_imports"),
    )
    op.create_index("ix_imports_created_at", "imports", ["created_at"])


def _search_words() -> None:
    made = op.create_table(
        "search_words",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("word", ExactText, nullable=False),
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_search_words_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("guild_id", "word", "recommendation_id", name="pk_search_words"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_words_recommendation_id", "search_words", ["recommendation_id"])
    connection = op.get_bind()
    for rows in _found(connection):
        connection.execute(sa.insert(made), rows)
    op.drop_table("search_texts")


def _found(connection: sa.Connection) -> Iterator[list[dict[str, object]]]:
    """The words of every recommendation that is there: all first versions, as there were no others."""
    for one in connection.execute(_CURRENT).all():
        known = words(f"{one.reference} {one.title} {one.text}")
        yield [
            {"guild_id": one.guild_id, "word": word, "recommendation_id": one.id} for word in sorted(known)
        ]


def downgrade() -> None:
    require_nothing_lost(
        down_revision,
        {
            "amendments": "",
            "regroupings": "",
            "lineage": "",
            "contributions": "",
            "register_codes": "",
            "imports": "",
            "people.forgotten_at": "forgotten_at IS NOT NULL",
            "versions.change": "change <> 'original'",
            "versions.reason": "reason <> ''",
            "versions.decided_by": "decided_by IS NOT NULL",
            "versions.amendment": "amendment IS NOT NULL",
        },
    )
    op.drop_index("ix_posts_thread_id", "posts")
    _search_texts()
    for name in (
        "imports",
        "register_codes",
        "contributions",
        "lineage",
        "regroupings",
        "amendment_seconds",
        "amendment_texts",
        "amendments",
    ):
        op.drop_table(name)
    recreate: Literal["always", "never"] = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("versions", recreate=recreate) as table:
        table.drop_constraint("fk_versions_decided_by", type_="foreignkey")
        for column in ("change", "reason", "decided_by", "amendment"):
            table.drop_column(column)
    with op.batch_alter_table("people", recreate=recreate) as table:
        table.drop_column("forgotten_at")
    with op.batch_alter_table("initiatives", recreate=recreate) as table:
        table.drop_column("digest_seq")


def _search_texts() -> None:
    """What is searched as one text is made of what stands in the store, as the older program made it."""
    made = op.create_table(
        "search_texts",
        sa.Column("recommendation_id", RowId, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["recommendation_id"], ["recommendations.id"], name="fk_search_texts_recommendation_id"
        ),
        sa.PrimaryKeyConstraint("recommendation_id", name="pk_search_texts"),
    )
    connection = op.get_bind()
    for one in connection.execute(_CURRENT).all():
        text = fold(f"{one.reference} {one.title} {one.text}")
        connection.execute(sa.insert(made), {"recommendation_id": one.id, "text": text})
    op.drop_table("search_words")
