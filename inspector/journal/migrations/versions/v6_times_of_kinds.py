"""The kinds of defects sorted by time, so that those of a day are found without looking at all others."""

import sqlalchemy as sa
from alembic import op

revision = "6"
down_revision = "5"

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table anew, with the times of the inspections."""
    op.execute(
        "CREATE TABLE kinds_and_times AS SELECT kind, inspections.time, inspection_id FROM inspection_kinds "
        "JOIN inspections ON inspections.id = inspection_kinds.inspection_id"
    )
    op.drop_table("inspection_kinds")
    op.create_table(
        "inspection_kinds",
        sa.Column("kind", sa.Text(), primary_key=True),
        sa.Column("time", sa.DateTime(), primary_key=True),
        sa.Column("inspection_id", _ID, sa.ForeignKey("inspections.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO inspection_kinds SELECT kind, time, inspection_id FROM kinds_and_times ORDER BY 1, 2, 3")
    op.drop_table("kinds_and_times")
