"""Room on the disk: pictures of accepted inspections go first; those of unreviewed rejects, or with a mask, never."""

import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import accumulate, chain
from typing import NamedTuple

from sqlalchemy import Connection, Engine, RowMapping, exists, func, insert, select

from inspector.errors import InspectorError
from inspector.journal.pictures import PictureFolder
from inspector.journal.query import is_drawn, is_reviewed
from inspector.journal.schema import inspections, removed
from inspector.types import Verdict

GB = 10**9
_BATCH = 200
_SLACK = 0.01
_PATIENCE = 30.0
"""Seconds until it is tried again where nothing could be removed."""

_LAST = select(func.max(removed.c.time))


class Room(NamedTuple):
    """What was found and done.

    Attributes
    ----------
    sentence : str
        What somebody should do; empty if nothing.
    removed : int
        Inspections whose pictures were removed.
    """

    sentence: str = ""
    removed: int = 0


class Limits(NamedTuple):
    """Free bytes of a disk below which something happens."""

    warn: float
    keep: float
    stop: float

    @classmethod
    def of(cls, total: int) -> "Limits":
        """Fit for a disk of so many bytes: 5, 2 and 0.2 GB, less on a small one."""
        return cls(min(5 * GB, 0.1 * total), min(2 * GB, 0.05 * total), min(0.2 * GB, 0.01 * total))


class Keeper:
    """Keeps a journal's pictures within their share of the disk.

    Parameters
    ----------
    writer : Engine
        Begins transactions that write.
    files : PictureFolder
    name : str
        The journal's, in errors.
    quota : float
        Bytes that the pictures may take; 0 leaves them all but what the disk needs.
    removes : bool
        Whether pictures may be removed, or only a person can make room.
    """

    def __init__(self, writer: Engine, files: PictureFolder, name: str, quota: float, removes: bool = True) -> None:
        self._writer, self._files, self._name = writer, files, name
        self._quota, self._removes = quota, removes
        self._used, self._counted = 0, 0
        self._accepted, self._next_try = 0, 0.0

    def make_room(self) -> Room:
        """See to the disk, and remove pictures where they take too much.

        Raises
        ------
        InspectorError
            If so little is left that nothing more should be added.
        """
        disk = shutil.disk_usage(self._files.folder)
        limits = Limits.of(disk.total)
        over = max(self._over_quota(), 0)
        wanted = max(limits.keep - disk.free, over)
        # Some more than needed, or every inspection from now on would need another transaction.
        slack = _SLACK * (self._quota or limits.keep)
        freed, count = self._remove(wanted, slack) if wanted > 0 else (0, 0)
        free = disk.free + freed
        if free < limits.stop:
            raise InspectorError(
                f"{self._name} has only {_size(free)} left on its disk, too little to go on; "
                f"{self._advice()}, then start again"
            )
        if freed < wanted and free < limits.keep:
            return Room(f"the journal's disk has only {_size(free)} left: {self._advice()}", count)
        if freed < over:
            return Room(f"the journal's pictures take more than their {_size(self._quota)}: {self._advice()}", count)
        if free < limits.warn:
            return Room(f"the journal's disk has {_size(free)} left; soon {self._soon()}", count)
        return Room(removed=count)

    def _over_quota(self) -> float:
        if not self._quota:
            return 0
        with self._writer.connect() as connection:
            there = ~exists().where(removed.c.inspection_id == inspections.c.id)
            new = select(func.sum(inspections.c.picture_bytes), func.max(inspections.c.id))
            total, last = connection.execute(new.where(inspections.c.id > self._counted, there)).one()
        self._used, self._counted = self._used + (total or 0), last or self._counted
        return self._used - self._quota

    def _remove(self, wanted: float, slack: float) -> tuple[int, int]:
        """Remove pictures of so many bytes; the bytes freed and the inspections that had them."""
        if not self._removes or time.monotonic() < self._next_try:
            return 0, 0
        freed = count = 0
        while freed < wanted + slack:
            with self._writer.begin() as connection:
                batch = self._oldest(connection, wanted + slack - freed)
                if batch:
                    # Never before the batches that went before, though the clock be set back: see `last_removed`.
                    now = max(datetime.now(UTC), connection.scalar(_LAST) or datetime.min.replace(tzinfo=UTC))
                    connection.execute(insert(removed), [{"inspection_id": row["id"], "time": now} for row in batch])
            # Rows first: a killed process leaves files that the next opening removes, never a row without its files.
            freed += sum(self._files.remove(name) for row in batch for name in (row["frame_path"], row["map_path"]))
            count += len(batch)
            if not batch:
                break
        if freed < wanted:
            self._next_try = time.monotonic() + _PATIENCE
        self._used -= freed
        return freed, count

    def _oldest(self, connection: Connection, wanted: float) -> Sequence[RowMapping]:
        """The next batch of so many bytes at most: accepted ones, and where none are left, those that were reviewed."""
        accepted = inspections.c.verdict == Verdict.ACCEPT.value
        there = ~exists().where(removed.c.inspection_id == inspections.c.id)
        files = select(*(inspections.c[name] for name in ("id", "frame_path", "map_path", "picture_bytes"))).where(
            there, ~is_drawn()
        )
        first = files.where(accepted, ~is_reviewed(), inspections.c.id > self._accepted)
        rows = connection.execute(first.order_by(inspections.c.id).limit(_BATCH)).mappings().all()
        if rows:
            rows = rows[: _enough(rows, wanted)]
            self._accepted = rows[-1]["id"]  # so that not all that went before are looked through each time
            return rows
        rest = files.where(is_reviewed()).order_by(inspections.c.id).limit(_BATCH)
        rows = connection.execute(rest).mappings().all()
        return rows[: _enough(rows, wanted)]

    def _advice(self) -> str:
        if self._removes:
            return "only pictures of parts that nobody has reviewed are left; review them, or free some space"
        return "free some space"

    def _soon(self) -> str:
        return "pictures of accepted parts will be removed" if self._removes else "the station has to stop"


def last_removed(connection: Connection) -> Iterator[str]:
    """Files of the last batch, which a killed process may not have come to delete."""
    batch = select(inspections.c.frame_path, inspections.c.map_path).join(removed)
    batch = batch.where(removed.c.time == _LAST.scalar_subquery())
    return chain.from_iterable(connection.execute(batch).all())


def _enough(rows: Sequence[RowMapping], wanted: float) -> int:
    """How many of the rows have pictures of so many bytes."""
    sums = accumulate(row["picture_bytes"] or 0 for row in rows)
    return next((count for count, total in enumerate(sums, 1) if total >= wanted), len(rows))


def _size(count: float) -> str:
    return f"{count / GB:.1f} GB" if count >= 0.95 * GB else f"{count / 1e6:.0f} MB"
