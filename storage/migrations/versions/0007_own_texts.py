"""One's own recommendations are found in their order, however many others there are."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"

_INDEX = "ix_recommendations_guild_id_author_id_theme_number"


def upgrade() -> None:
    op.create_index(_INDEX, "recommendations", ["guild_id", "author_id", "theme", "number"])


def downgrade() -> None:
    op.drop_index(_INDEX, "recommendations")
