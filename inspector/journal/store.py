"""The journal: what a station tells it, and what it tells of."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, insert, select

from inspector.errors import InspectorError
from inspector.journal import schema
from inspector.journal.audit import Change
from inspector.journal.database import is_file, parse_url
from inspector.journal.log import Log
from inspector.journal.masks import mask_row
from inspector.journal.rows import review_row
from inspector.parts import PartVerdict
from inspector.recipe import Recipe
from inspector.types import Inspection, Pixels, Unreadable, Verdict


class Journal(Log, ABC):
    """The durable log of every inspection, its reviews and its events.

    One thread adds while others read and review. What a method has added is on this machine's disk when it returns.
    Every method raises `InspectorError` if the journal is locked, write-protected, damaged, or its disk full; then it
    has added nothing.

    Attributes
    ----------
    station : int
        The number of this station in a journal that several share; else 0.
    """

    station = 0

    @staticmethod
    def open(url: str, create: bool = True, quota: float = 0) -> "Journal":
        """Open a journal, and remove what a killed process may have left of its last entry.

        Parameters
        ----------
        url : str
            SQLAlchemy URL of a SQLite file, or of a PostgreSQL database that several stations may share.
        create : bool
            Make the file if it is not there.
        quota : float
            Bytes that its pictures may take on this machine; 0 leaves them all but what the disk needs.

        Raises
        ------
        InspectorError
            If it can't be opened for writing, is no journal, or was written by a newer version.
        """
        parsed = parse_url(url)
        if not is_file(parsed):
            from inspector.journal.shared import SharedJournal  # imported here: most stations have no server

            return SharedJournal(parsed)
        path = Path(str(parsed.database))
        if not create and not path.exists():
            raise InspectorError(f"there is no journal at {path}; name one with --journal sqlite:///PATH")
        from inspector.journal.file_journal import FileJournal  # imported here: it is a Journal itself

        return FileJournal(parsed, quota)

    @abstractmethod
    def close(self) -> None:
        """Close the database; the journal can't be used any more."""

    @abstractmethod
    def add(self, inspection: Inspection, recipe: Recipe, source: str) -> int:
        """Store an inspection with its frame and map; returns its id once all of it is on disk."""

    @abstractmethod
    def add_unreadable(self, unreadable: Unreadable, source: str) -> int:
        """Store that a frame could not be read; its id comes from the same count as the inspections'."""

    @abstractmethod
    def add_part(self, part: PartVerdict, source: str) -> None:
        """Store the verdict of a part of several frames."""

    @abstractmethod
    def add_event(self, kind: str, text: str) -> None:
        """Store that something happened."""

    @abstractmethod
    def add_change(self, change: Change) -> None:
        """Store what somebody changed, sealed together with the change before it."""

    def add_review(self, entry_id: int, verdict: Verdict, reviewer: str, reason: str, blind: bool = False) -> None:
        """Append a person's decision to an inspection; what was there before stays. See `Review`."""
        self._append(entry_id, schema.reviews, review_row(entry_id, verdict, reviewer, reason, blind))

    def add_mask(self, entry_id: int, pixels: Pixels, classes: tuple[str, ...], reviewer: str, reason: str) -> None:
        """Append the defects of an inspection as a person sees them; what was drawn before stays.

        Parameters
        ----------
        entry_id : int
        pixels : uint8 (H, W)
            Class ids of the frame's pixels; 255 is to be ignored.
        classes : tuple of str
            The first is ``background``.
        reviewer, reason : str
        """
        self._append(entry_id, schema.masks, mask_row(entry_id, pixels, classes, reviewer, reason))

    @abstractmethod
    def make_room(self) -> str:
        """See to the disk before something is added; in one sentence what somebody should know or do, or nothing.

        Where the disk, or the share of it that the pictures may have, gets short, pictures are removed: those of
        accepted inspections first, the oldest first, then those that a person has reviewed; never those of rejects and
        doubtful ones that nobody has reviewed, nor those on which somebody has drawn. Their rows stay.

        Raises
        ------
        InspectorError
            If so little is left that nothing more should be added.
        """

    @abstractmethod
    def _write(self) -> AbstractContextManager[Connection]:
        """A transaction in the database that people's words of an inspection are kept in."""

    def _append(self, entry_id: int, table: Table, row: Mapping[str, Any]) -> None:
        with self._write() as connection:
            there = select(schema.inspections.c.id).where(schema.inspections.c.id == entry_id)
            if connection.scalar(there) is None:
                raise self._no_entry(entry_id)
            connection.execute(insert(table).values(row))
