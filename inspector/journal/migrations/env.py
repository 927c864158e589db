"""Alembic's way in: it works on the connection of whoever opens the journal."""

from alembic import context

from inspector.journal.schema import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
