"""What people change at the window goes into the journal's audit."""

import getpass
import logging
from collections.abc import Callable

from inspector.errors import InspectorError
from inspector.journal.audit import Change
from inspector.journal.store import Journal
from inspector.recipe_history import Change as RecipeChange
from inspector.recipe_history import before_and_after

log = logging.getLogger(__name__)


class Auditor:
    """Writes to the journal from the thread that makes a change.

    Parameters
    ----------
    journal : callable
        Gives the journal, or None while it is not open.
    """

    def __init__(self, journal: Callable[[], Journal | None]) -> None:
        self._journal = journal

    def recipe(self, name: str, change: RecipeChange) -> None:
        """A recipe is about to be changed.

        Raises
        ------
        InspectorError
            If it can't be written, so that the recipe is left as it is.
        """
        old, new = before_and_after(change.what)
        self._add(Change(change.who, f"recipe {name}", old, new, change.why))

    def access(self, what: str, old: str, new: str, why: str) -> None:
        """Somebody was let in, or not; that does not hang on the journal, which an engineer may have to mend."""
        try:
            self._add(Change(getpass.getuser(), what, old, new, why))
        except InspectorError as error:
            log.warning("%s: %s -> %s (%s) is not in the audit: %s", what, old, new, why, error)

    def _add(self, change: Change) -> None:
        journal = self._journal()
        if journal is None:
            raise InspectorError("the journal is not open, so its audit can't have the change; try again later")
        journal.add_change(change)
