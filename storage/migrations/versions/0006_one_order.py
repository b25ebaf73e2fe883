"""PostgreSQL as a full citizen: texts in one order wherever they stand, and a ledger without gaps.

SQLite compares texts character by character, and refuses a gap since the first revision; nothing
changes there. A server compares as its locale says, and what is published in order must not depend
on that.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_TEXTS = sa.text(
    "SELECT table_name, column_name, data_type, character_maximum_length FROM information_schema.columns "
    "JOIN information_schema.tables USING (table_schema, table_name) "
    "WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' "
    "AND data_type IN ('text', 'character varying') AND table_name <> 'alembic_version' "
    "AND collation_name IS DISTINCT FROM 'C' ORDER BY table_name, ordinal_position"
)
_REFUSES = "CREATE OR REPLACE FUNCTION ledger_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    changes: dict[str, list[str]] = {}
    for table, column, kind, length in op.get_bind().execute(_TEXTS).all():
        kind = "text" if kind == "text" else f"varchar({length})"
        changes.setdefault(table, []).append(f'ALTER COLUMN "{column}" TYPE {kind} COLLATE "C"')
    for table, columns in changes.items():
        op.execute(f'ALTER TABLE "{table}" {", ".join(columns)}')
    op.execute(
        f"{_REFUSES} RAISE EXCEPTION 'the ledger is append-only' "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE FUNCTION ledger_refuses_gap() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger WHERE guild_id = NEW.guild_id) THEN "
        "RAISE EXCEPTION 'the ledger is append-only' USING ERRCODE = 'integrity_constraint_violation'; "
        "END IF; RETURN NEW; END $$"
    )
    op.execute(
        "CREATE TRIGGER ledger_refuses_gaps BEFORE INSERT ON ledger "
        "FOR EACH ROW EXECUTE FUNCTION ledger_refuses_gap()"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    # Texts stay as they compare now: an older program sorts by them alike, and better.
    op.execute("DROP TRIGGER ledger_refuses_gaps ON ledger")
    op.execute("DROP FUNCTION ledger_refuses_gap()")
    op.execute(f"{_REFUSES} RAISE EXCEPTION 'the ledger is append-only'; END $$")
