"""The loop source -> pipeline -> journal; no Qt."""

import getpass
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from inspector.errors import InspectorError
from inspector.journal.audit import Change
from inspector.journal.store import Journal
from inspector.networks.bundle import Model
from inspector.parts import PartBook, PartVerdict
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.recipe_history import before_and_after, differences
from inspector.sources.base import Item, Source, SourceState, Status
from inspector.types import Inspection, Unreadable


class State(StrEnum):
    """What the line is doing."""

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    FAULT = "fault"


@dataclass(frozen=True)
class Judged:
    """A part was judged, and its journal row is on disk."""

    entry_id: int
    inspection: Inspection


@dataclass(frozen=True)
class Skipped:
    """A frame could not be read; logged, never judged."""

    entry_id: int
    unreadable: Unreadable


@dataclass(frozen=True)
class Moved:
    """The line came into another state; `text` is the sentence to show, if there is one to say."""

    state: State
    text: str = ""


@dataclass(frozen=True)
class PartJudged:
    """A part of several frames came to its end, and its journal row is on disk."""

    part: PartVerdict
    at: datetime


@dataclass(frozen=True)
class Linked:
    """The source came into another state; the journal has it."""

    status: Status


@dataclass(frozen=True)
class Noticed:
    """What somebody should know or do about the journal while the line goes on; empty once that is over."""

    text: str


Event = Judged | Skipped | PartJudged | Linked | Noticed | Moved


class Station:
    """Judges the frames of a source one by one until it ends or is stopped.

    `run` belongs to one worker thread, which has a second one write the journal; the other methods may be called from
    any thread.

    Parameters
    ----------
    model : Model
    recipe : Recipe
    source : Source
    journal : Journal
    publish : callable
        Told every `Event`, in order, from the thread at work; a verdict only after it is on disk.
    paused : bool
        Start paused, for stepping.
    """

    def __init__(
        self,
        model: Model,
        recipe: Recipe,
        source: Source,
        journal: Journal,
        publish: Callable[[Event], None],
        *,
        paused: bool = False,
    ) -> None:
        self._model, self._source, self._journal = model, source, journal
        self._recipe, self._publish = recipe, publish
        self._book, self._part = PartBook(recipe.views), ""
        self._gate = threading.Condition()
        self._paused, self._steps, self._stopped = paused, 0, False
        self._fault, self._notice = "", ""
        self._audited: Recipe | None = None
        self._latest = recipe

    def set_recipe(self, recipe: Recipe) -> None:
        """Judge by `recipe` from the next frame on; of several before that the latest counts."""
        self._recipe = recipe

    def set_part(self, part: str) -> None:
        """Give the frames of the next part this id, as it was read off it; an empty one takes that back."""
        self._part = part

    def pause(self) -> None:
        """Wait before the next frame."""
        self._set(paused=True)

    def resume(self) -> None:
        """Go on."""
        self._set(paused=False)

    def step(self) -> None:
        """Judge one more frame, then wait."""
        self._set(paused=True, steps=1)

    def stop(self) -> None:
        """End `run` after the frame that it is at."""
        self._set(stopped=True)
        self._source.close()

    def run(self) -> None:
        """The worker thread's body. Ends in the state finished, or fault with the reason."""
        with ThreadPoolExecutor(1, thread_name_prefix="journal") as journal:
            try:
                self._announce()
                self._judge_all(journal)
            except InspectorError as error:
                self._fail(error)
            finally:
                self._source.close()
        self._book.close()
        self._log(lambda: self._write_parts(self._book.ended()))
        self._publish(Moved(State.FAULT, self._fault) if self._fault else Moved(State.FINISHED))

    def _judge_all(self, journal: Executor) -> None:
        """Judge each frame while the one before it is written, which waits for the disk most of the time."""
        written = Future[None]()
        written.set_result(None)
        for item in self._items():
            write = self._judged(item)
            written.result()
            if self._fault:  # the part before could not be written
                break
            written = journal.submit(self._log, write)
        written.result()

    def _items(self) -> Iterator[Item]:
        """What the source gives while the line may go: never what came during a pause, where that would be stale."""
        items, held = iter(self._source), list[Item]()
        while True:
            waited = self._wait_while_paused()
            if self._stopped:
                return
            if waited and self._source.discard(len(held)):
                held.clear()
                self._book.interrupt()
            item = held.pop() if held else next(items, None)
            if item is None:
                return
            if isinstance(item, Status) or self._may_go():
                yield item
            else:
                held.append(item)

    def _judged(self, item: Item) -> Callable[[], list[Event]]:
        """What is to be written of a frame, and of the parts that end with it; or of the source's state."""
        recipe, given = self._recipe, self._part  # one recipe for the verdict and its journal row
        outcome = self._outcome(item, recipe, given)
        ended = self._book.ended()
        alone = recipe.views == 1 and not isinstance(item, Status)
        if self._part == given and (alone or any(part.part == given for part in ended)):
            self._part = ""  # an id is for one part
        return lambda: [self._write(outcome, recipe), *self._write_parts(ended)]

    def _outcome(self, item: Item, recipe: Recipe, given: str) -> Inspection | Unreadable | Status:
        if isinstance(item, Status):
            if item.missed:
                self._book.interrupt()
            return item
        claimed = self._book.claim(item, given)
        outcome = claimed if isinstance(claimed, Unreadable) else judge(measure(claimed, self._model), recipe)
        self._book.add(outcome)
        return outcome

    def _write(self, outcome: Inspection | Unreadable | Status, recipe: Recipe) -> Event:
        if isinstance(outcome, Status):
            return self._linked(outcome)
        if isinstance(outcome, Unreadable):
            return Skipped(self._journal.add_unreadable(outcome, self._source.name), outcome)
        self._audit(recipe)
        return Judged(self._journal.add(outcome, recipe, self._source.name), outcome)

    def _audit(self, recipe: Recipe) -> None:
        """Enter in the audit what judges from now on: not each T of a drag, but what a second frame is judged by."""
        if self._audited is None:
            old, new = "", f"{recipe.name}: T {recipe.threshold:g}, model {recipe.model}"
        elif recipe == self._latest and recipe != self._audited:
            old, new = before_and_after(differences(self._audited, recipe))
        else:
            self._latest = recipe
            return
        self._journal.add_change(Change(getpass.getuser(), f"judged by, on {self._source.name}", old, new, ""))
        self._audited = self._latest = recipe

    def _write_parts(self, ended: Sequence[PartVerdict]) -> list[Event]:
        for part in ended:
            self._journal.add_part(part, self._source.name)
        return [PartJudged(part, datetime.now(UTC)) for part in ended]

    def _log(self, write: Callable[[], list[Event]]) -> None:
        try:
            self._make_room()
            for event in write():
                self._publish(event)
        except InspectorError as error:
            self._fail(error)

    def _make_room(self) -> None:
        notice = self._journal.make_room()
        if notice != self._notice:
            self._notice = notice
            self._publish(Noticed(notice))

    def _fail(self, error: InspectorError) -> None:
        """End `run` with a fault; at once, though the source may have no frame for long."""
        self._fault = self._fault or str(error)
        self.stop()

    def _set(self, *, paused: bool | None = None, steps: int = 0, stopped: bool = False) -> None:
        with self._gate:
            was = self._paused
            self._paused = was if paused is None else paused
            self._steps += steps
            self._stopped |= stopped
            self._gate.notify_all()
        if self._paused != was:
            self._announce()

    def _announce(self) -> None:
        self._publish(Moved(State.PAUSED if self._paused else State.RUNNING))

    def _linked(self, status: Status) -> Linked:
        """A source that is lost, or back, is in the journal too; that it connects is nothing to look up later."""
        if status.state is not SourceState.CONNECTING:
            text = f"{self._source.name}: {status.text}" if status.text else self._source.name
            self._journal.add_event(f"source {status.state}", text)
        return Linked(status)

    def _wait_while_paused(self) -> bool:
        """Wait until a frame may be asked for; whether there was a wait."""
        with self._gate:
            waited = self._paused and not self._steps and not self._stopped
            self._gate.wait_for(lambda: self._stopped or not self._paused or self._steps > 0)
            return waited

    def _may_go(self) -> bool:
        """Whether the frame in hand is to be judged: not if the line was paused or stopped while it came."""
        with self._gate:
            if self._stopped or (self._paused and not self._steps):
                return False
            self._steps = max(0, self._steps - 1)
            return True
