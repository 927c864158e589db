"""The tables that the first journals had; a new journal is made with today's at once."""

revision = "1"
down_revision = None


def upgrade() -> None:
    """Nothing: this is where the oldest journals begin."""
