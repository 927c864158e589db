"""The loop source -> pipeline -> journal; no Qt."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from functools import partial

from inspector.errors import InspectorError
from inspector.events import Event, Moved, State
from inspector.journal.store import Journal
from inspector.logbook import Logbook
from inspector.networks.bundle import Model
from inspector.parts import PartBook
from inspector.pipeline import judge, measure
from inspector.recipe import Recipe
from inspector.sources.base import Item, Source, Status
from inspector.types import Inspection, Unreadable


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
        self._model, self._source, self._recipe, self._publish = model, source, recipe, publish
        self._logbook = Logbook(journal, source.name, lambda event: self._publish(event))
        self._book, self._part = PartBook(recipe.views), ""
        self._gate = threading.Condition()
        self._paused, self._steps, self._stopped = paused, 0, False
        self._fault = ""

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
        self._log(lambda: self._logbook.write_parts(self._book.ended()))
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

    def _judged(self, item: Item) -> Callable[[], None]:
        """Judge a frame; returns what writes it and the parts that end with it, or the source's state."""
        recipe, given = self._recipe, self._part  # one recipe for the verdict and its journal row
        outcome = self._outcome(item, recipe, given)
        ended = self._book.ended()
        alone = recipe.views == 1 and not isinstance(item, Status)
        if self._part == given and (alone or any(part.part == given for part in ended)):
            self._part = ""  # an id is for one part
        return partial(self._logbook.write, outcome, recipe, ended)

    def _outcome(self, item: Item, recipe: Recipe, given: str) -> Inspection | Unreadable | Status:
        if isinstance(item, Status):
            if item.missed:
                self._book.interrupt()
            return item
        claimed = self._book.claim(item, given)
        outcome = claimed if isinstance(claimed, Unreadable) else judge(measure(claimed, self._model), recipe)
        self._book.add(outcome)
        return outcome

    def _log(self, write: Callable[[], None]) -> None:
        try:
            write()
        except InspectorError as error:
            self._fail(error)

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
