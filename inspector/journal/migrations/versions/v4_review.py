"""Indices for long lists, reviews that are given blind, and masks that people drew."""

import sqlalchemy as sa
from alembic import op

from inspector.journal.text_search import index_texts

revision = "4"
down_revision = "3"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them; the older reviews were not blind."""
    for name in ("ix_inspections_verdict", "ix_inspections_recipe"):
        op.drop_index(name, "inspections")
    op.create_index("ix_inspections_verdict_time", "inspections", ["verdict", "time"])
    op.create_index("ix_inspections_severity_time", "inspections", ["max_severity", "time"])
    op.create_index("ix_inspections_verdict_severity_time", "inspections", ["verdict", "max_severity", "time"])
    if op.get_context().dialect.name == "sqlite":
        listed = ["time", "verdict", "max_severity", "source", "recipe"]
        op.create_index("ix_inspections_listed", "inspections", listed)
    index_texts(op.get_bind())
    op.add_column("reviews", sa.Column("blind", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "masks",
        sa.Column("id", _ID, primary_key=True),
        sa.Column("inspection_id", _ID, sa.ForeignKey("inspections.id"), nullable=False, index=True),
        sa.Column("time", sa.DateTime(), nullable=False),
        sa.Column("reviewer", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("classes", sa.JSON(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False),
    )
