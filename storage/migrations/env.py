"""How Alembic meets a store: on the connection and in the transaction that `storage.migrate` holds.

Run from anywhere else it refuses, since only there the store is locked and backed up first.
"""

from __future__ import annotations

from alembic import context

connection = context.config.attributes["connection"]

# Batch operations, because SQLite changes a table by making it anew.
context.configure(
    connection=connection,
    render_as_batch=True,
    transactional_ddl=True,
    lose_data=context.config.attributes.get("lose_data", False),
)
with context.begin_transaction():
    context.run_migrations()
