"""Which verdict of a part another one takes the place of, as a frame came late."""

import sqlalchemy as sa
from alembic import op

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Make the column; of older rows it is not known."""
    op.add_column("parts", sa.Column("replaces", sa.Text()))
