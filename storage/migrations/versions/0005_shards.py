"""Several processes on one store: who serves which shard.

What stands in the store is served by nobody until a process takes it up.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

Moment = sa.String(27)


def upgrade() -> None:
    op.create_table(
        "shard_leases",
        sa.Column("shard", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shard_count", sa.Integer(), nullable=False),
        sa.Column("holder", sa.String(22), nullable=False),
        sa.Column("process", sa.String(300), nullable=False),
        sa.Column("taken_at", Moment, nullable=False),
        sa.Column("renewed_at", Moment, nullable=False),
        sa.Column("leased_until", Moment, nullable=False),
        sa.Column("up_since", Moment),
        sa.PrimaryKeyConstraint("shard", name="pk_shard_leases"),
    )


def downgrade() -> None:
    op.drop_table("shard_leases")
