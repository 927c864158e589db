"""Whether a journal is whole: its database, its pictures, the seals of its audit."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from inspector.errors import InspectorError
from inspector.journal.audit import check_chain
from inspector.journal.log import Log
from inspector.journal.schema import STATION_IDS


@dataclass(frozen=True)
class Findings:
    """What was found.

    Attributes
    ----------
    inspections, removed : int
        All, and those whose pictures were removed to make room.
    changes : int
        Changes in the audit whose seals fit.
    seals : tuple of str
        The last seal of each station, to be noted elsewhere: only by that a cut end is seen.
    faults : tuple of str
        A sentence for each thing that is damaged or missing.
    """

    inspections: int
    removed: int
    changes: int
    seals: tuple[str, ...]
    faults: tuple[str, ...]


def check(journal: Log, progress: Callable[[int, int], None] = lambda done, total: None) -> Findings:
    """Read everything once and compare it with the digests that were stored with it.

    Parameters
    ----------
    journal : Log
    progress : callable
        Told how many of how many inspections were read.

    Raises
    ------
    InspectorError
        If the journal can't be read at all.
    """
    faults = [f"the database of {journal.name} is damaged: {text}" for text in journal.damage()]
    ids = journal.ids()[::-1]
    removed = 0
    for done, entry in enumerate(journal.read(ids), 1):
        if entry.pictures_removed is not None:
            removed += 1
        else:
            for read in (journal.pixels, journal.levels):
                try:
                    read(entry)
                except InspectorError as error:
                    faults.append(f"inspection {entry.id}: {error}")
        progress(done, len(ids))
    changes, seals = 0, list[str]()
    for station, chain in groupby(reversed(journal.audit()), lambda row: row.id // STATION_IDS):
        rows = list(chain)
        try:
            changes += check_chain(rows, journal.name)
            name = f"station {station}: " if station else ""
            seals.append(f"{name}{rows[-1].digest} of {rows[-1].time:%Y-%m-%d %H:%M} UTC")
        except InspectorError as error:
            faults.append(str(error))
    return Findings(len(ids), removed, changes, tuple(seals), tuple(faults))
