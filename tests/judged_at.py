"""Inspections that were judged at another time than now."""

from datetime import datetime
from typing import Any

from sqlalchemy import update

from inspector.journal.schema import inspection_kinds, inspections
from inspector.journal.store import Journal


def set_time(journal: Journal, entry_id: int, time: datetime, **others: Any) -> None:
    """Make an inspection one of that time; `others` are more columns of its row."""
    with journal._writer.begin() as connection:
        connection.execute(update(inspections).where(inspections.c.id == entry_id).values(time=time, **others))
        connection.execute(
            update(inspection_kinds).where(inspection_kinds.c.inspection_id == entry_id).values(time=time)
        )
