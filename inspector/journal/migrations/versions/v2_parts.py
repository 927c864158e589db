"""Verdicts of parts of several frames."""

import sqlalchemy as sa
from alembic import op

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "parts",
        sa.Column("id", sa.Integer(), primary_key=True, nullable=False),
        sa.Column("time", sa.DateTime(), nullable=False, index=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False, index=True),
        sa.Column("verdict", sa.Text(), nullable=False, index=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frames", sa.Integer(), nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
    )
