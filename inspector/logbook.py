"""What a station writes into its journal, and tells of only then."""

import getpass
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from inspector.events import Event, Judged, Linked, Noticed, PartJudged, Skipped
from inspector.journal.audit import Change
from inspector.journal.store import Journal
from inspector.parts import PartVerdict
from inspector.recipe import Recipe
from inspector.recipe_history import before_and_after, differences
from inspector.sources.base import SourceState, Status
from inspector.types import Inspection, Unreadable


class Logbook:
    """Belongs to the one thread that writes.

    Every method raises `InspectorError` where the journal does; what it did not write, it has not told.

    Parameters
    ----------
    journal : Journal
    source : str
        Its name.
    publish : callable
        Told every `Event`, in order.
    """

    def __init__(self, journal: Journal, source: str, publish: Callable[[Event], None]) -> None:
        self._journal, self._source, self._publish = journal, source, publish
        self._notice = ""
        self._audited: Recipe | None = None
        self._latest: Recipe | None = None

    def write(self, outcome: Inspection | Unreadable | Status, recipe: Recipe, ended: Sequence[PartVerdict]) -> None:
        """What became of a frame under a recipe, and the parts that ended with it; or the state of the source."""
        self._make_room()
        event = self._written(outcome, recipe)
        parts = self._written_parts(ended)
        for told in (event, *parts):
            self._publish(told)

    def write_parts(self, ended: Sequence[PartVerdict]) -> None:
        """Parts of several frames that came to their end."""
        for told in self._written_parts(ended):
            self._publish(told)

    def _written(self, outcome: Inspection | Unreadable | Status, recipe: Recipe) -> Event:
        if isinstance(outcome, Status):
            return self._linked(outcome)
        if isinstance(outcome, Unreadable):
            return Skipped(self._journal.add_unreadable(outcome, self._source), outcome)
        self._audit(recipe)
        return Judged(self._journal.add(outcome, recipe, self._source), outcome)

    def _written_parts(self, ended: Sequence[PartVerdict]) -> list[Event]:
        for part in ended:
            self._journal.add_part(part, self._source)
        return [PartJudged(part, datetime.now(UTC)) for part in ended]

    def _make_room(self) -> None:
        notice = self._journal.make_room()
        if notice != self._notice:
            self._notice = notice
            self._publish(Noticed(notice))

    def _audit(self, recipe: Recipe) -> None:
        """Enter in the audit what judges from now on: not each T of a drag, but what a second frame is judged by."""
        if self._audited is None:
            old, new = "", f"{recipe.name}: T {recipe.threshold:g}, model {recipe.model}"
        elif recipe == self._latest and recipe != self._audited:
            old, new = before_and_after(differences(self._audited, recipe))
        else:
            self._latest = recipe
            return
        self._journal.add_change(Change(getpass.getuser(), f"judged by, on {self._source}", old, new, ""))
        self._audited = self._latest = recipe

    def _linked(self, status: Status) -> Linked:
        """A source that is lost, or back, is in the journal too; that it connects is nothing to look up later."""
        if status.state is not SourceState.CONNECTING:
            text = f"{self._source}: {status.text}" if status.text else self._source
            self._journal.add_event(f"source {status.state}", text)
        return Linked(status)
