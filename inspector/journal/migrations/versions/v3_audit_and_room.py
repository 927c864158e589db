"""The audit, and what is needed to make room: the size of pictures, and whose pictures were removed."""

import sqlalchemy as sa
from alembic import op

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Make the tables; sizes of older pictures stay unknown."""
    op.add_column("inspections", sa.Column("picture_bytes", sa.Integer()))
    op.create_table(
        "removed",
        sa.Column("inspection_id", sa.Integer(), sa.ForeignKey("inspections.id"), primary_key=True),
        sa.Column("time", sa.DateTime(), nullable=False),
    )
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("time", sa.DateTime(), nullable=False, index=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("who", "what", "old", "new", "why", "digest")),
    )
