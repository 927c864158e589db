"""The thread that loads models and runs the station, and the value that it leaves for the window to paint."""

import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time
from functools import partial
from typing import Any

from inspector.credentials import without_secrets
from inspector.errors import InspectorError
from inspector.events import Event, Moved, State
from inspector.gui.models import Models
from inspector.gui.state import LineState, Phase, after
from inspector.journal.query import EntryFilter
from inspector.journal.store import Journal
from inspector.paths import find_recipe
from inspector.recipe import Recipe
from inspector.shifts import Shift, with_verdict
from inspector.sources import open_source
from inspector.station import Station
from inspector.types import Verdict

DEMO_PACE = 2.0
"""Parts per second of the demo line: slow enough to look at each."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Order:
    number: int
    recipe: str
    source: str
    part: str


class Line:
    """Runs one line after another in a thread of its own.

    All methods return at once; `state` is the newest value, of any thread's reading.

    Parameters
    ----------
    journal_url : str
    models : Models
    shifts : tuple of time
        When the shifts of a day begin.
    quota : float
        Bytes that the journal's pictures may take; 0 is what the disk allows.
    """

    def __init__(
        self, journal_url: str, models: Models, shifts: tuple[time, ...] = (time(0),), quota: float = 0
    ) -> None:
        self._url, self._quota, self._models, self._shifts = journal_url, quota, models, shifts
        self._change = threading.Condition()
        self._order: _Order | None = None
        self._station: Station | None = None
        self._recipe: Recipe | None = None
        self._closed = self._paused = False
        self.journal: Journal | None = None
        self.state = LineState(0, text="nothing is opened yet")
        self._thread = threading.Thread(target=self._work, name="inspector-line", daemon=True)
        self._thread.start()

    def open(self, recipe: str, source: str, part: str = "", *, paused: bool = False) -> None:
        """Stop what runs and run this; a model takes its time to load, and `state` says so meanwhile.

        `part` names the parts of a folder's files; see `inspector.sources.part_names`.
        """
        with self._change:
            order = _Order(self.state.number + 1, recipe, source, part)
            self._order, self._recipe, self._paused = order, None, paused
            self.state = LineState(order.number, text="opening", source=without_secrets(source))
            if self._station:
                self._station.stop()
            self._change.notify()

    def set_threshold(self, threshold: float) -> None:
        """Judge the following parts at this T."""
        with self._change:
            if self.state.recipe is None:
                return
            self._recipe = self.state.recipe.with_threshold(threshold)
            if self._station:
                self._station.set_recipe(self._recipe)

    def adopt(self, recipe: Recipe) -> None:
        """Take a recipe of the same model, as it was just saved, for the one that the line was opened with."""
        with self._change:
            self._recipe = recipe
            self.state = replace(self.state, recipe=recipe)
            if self._station:
                self._station.set_recipe(recipe)

    def set_part(self, part: str) -> None:
        """Give the next part this id, as it was read off it."""
        with self._change:
            station = self._station
        if station:
            station.set_part(part)

    def pause(self) -> None:
        """Wait before the next part."""
        self._tell(Station.pause, paused=True)

    def resume(self) -> None:
        """Go on."""
        self._tell(Station.resume, paused=False)

    def step(self) -> None:
        """Judge one more part, then wait."""
        self._tell(Station.step, paused=True)

    def close(self, timeout: float = 5.0) -> None:
        """Stop the line, end the thread and close the journal."""
        with self._change:
            self._closed = True
            if self._station:
                self._station.stop()
            self._change.notify()
        self._thread.join(timeout)

    @property
    def alive(self) -> bool:
        """Whether the thread still runs."""
        return self._thread.is_alive()

    def _tell(self, what: Callable[[Station], None], *, paused: bool) -> None:
        with self._change:
            self._paused = paused  # for a station that still loads its model
            station = self._station
        if station:
            what(station)

    def _work(self) -> None:
        while order := self._next_order():
            try:
                self._run(order)
            except InspectorError as error:
                self._fold(order, Moved(State.FAULT, str(error)))
            except Exception as error:  # a fault of the program stops the line, not the window
                log.exception("the line stopped")
                self._fold(order, Moved(State.FAULT, f"the line stopped by a fault of the program: {error!r}"))
        if self.journal:
            self.journal.close()

    def _next_order(self) -> _Order | None:
        with self._change:
            self._station = None
            self._change.wait_for(lambda: self._closed or self._order is not None)
            order, self._order = self._order, None
            return None if self._closed else order

    def _run(self, order: _Order) -> None:
        if self.journal is None:
            self._say(order, text="opening the journal")
            self.journal = Journal.open(self._url, quota=self._quota)
        recipe = Recipe.load(find_recipe(order.recipe))
        shift = _shift_so_far(self.journal, self._shifts, recipe.views)
        self._say(order, recipe=recipe, shift=shift, text=f"loading model {recipe.model}")
        model = self._models.get(recipe.model)
        source = open_source(order.source, parts_per_second=DEMO_PACE, part=order.part)
        self._say(order, source=source.name, length=len(source))
        with self._change:
            if self._closed or self._order:
                source.close()
                return
            # T may have been moved while the model loaded.
            wanted = self._recipe or recipe
            tell = partial(self._fold, order)
            self._station = station = Station(model, wanted, source, self.journal, tell, paused=self._paused)
        station.run()

    def _say(self, order: _Order, **values: Any) -> None:
        with self._change:
            if order.number == self.state.number:
                self.state = replace(self.state, **values)

    def _fold(self, order: _Order, event: Event) -> None:
        with self._change:
            if order.number == self.state.number:
                self.state = after(self.state, event)


def _shift_so_far(journal: Journal, starts: tuple[time, ...], views: int) -> Shift:
    """The shift of now with what the journal has of it: a line that is opened anew goes on counting.

    It counts from now on where the journal can't be asked, as of a server that is away: the line does not wait for it.
    """
    shift = Shift.of(datetime.now().astimezone(), starts)
    try:
        return replace(shift, counts=_counts(journal, shift.since, views))
    except InspectorError as error:
        log.warning("the shift's count begins now: %s", error)
        return shift


def _counts(journal: Journal, since: datetime, views: int) -> Mapping[Verdict, int]:
    if views == 1:
        return journal.counts(EntryFilter(since=since, station=journal.station))
    counts: Mapping[Verdict, int] = dict.fromkeys(Verdict, 0)
    for part in reversed(journal.parts(since, station=journal.station)):
        counts = with_verdict(counts, part.verdict, part.replaces)
    return counts


def can_run_again(phase: Phase) -> bool:
    """Whether the line is at its end, so that running means opening it anew."""
    return phase in (Phase.FINISHED, Phase.FAULT)
