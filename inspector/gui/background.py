"""Work that the window asks for and does not wait for."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

Answer = TypeVar("Answer")


class Newest(Generic[Answer]):
    """One thread that does the newest of the jobs asked for; those overtaken while they wait are never done.

    Jobs belong to a generation. `renew` begins another one: answers that belong to an older one are dropped.

    Parameters
    ----------
    name : str
        Of the thread.
    """

    def __init__(self, name: str) -> None:
        self._change = threading.Condition()
        self._generation = 0
        self._job: Callable[[], Answer] | None = None
        self._answer: Callable[[], Answer] | None = None
        self._busy = self._closed = False
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)
        self._thread.start()

    def ask(self, job: Callable[[], Answer]) -> None:
        """Have `job` done, instead of one that still waits."""
        with self._change:
            self._job = job
            self._change.notify()

    def renew(self) -> None:
        """Begin a new generation: what was asked for before is not wanted any more."""
        with self._change:
            self._generation += 1
            self._job = self._answer = None

    def take(self) -> Answer | None:
        """The newest answer, once; None while there is none.

        Raises
        ------
        Exception
            What the job raised.
        """
        with self._change:
            answer, self._answer = self._answer, None
        return None if answer is None else answer()

    @property
    def idle(self) -> bool:
        """Nothing waits, nothing is being done and no answer is left to take."""
        with self._change:
            return self._job is None and not self._busy and self._answer is None

    def close(self, timeout: float = 5.0) -> None:
        """End the thread after the job that it is at."""
        with self._change:
            self._closed = True
            self._change.notify()
        self._thread.join(timeout)

    def _work(self) -> None:
        while True:
            with self._change:
                self._busy = False
                self._change.wait_for(lambda: self._closed or self._job is not None)
                if self._closed or self._job is None:
                    return
                job, self._job, generation = self._job, None, self._generation
                self._busy = True
            answer = self._do(job)
            with self._change:
                if generation == self._generation:
                    self._answer = answer

    @staticmethod
    def _do(job: Callable[[], Answer]) -> Callable[[], Answer]:
        """The job's answer as something that gives it, or raises what the job raised."""
        try:
            value = job()
        except Exception as error:  # it is raised where the answer is taken
            raised = error

            def give() -> Answer:
                raise raised

            return give
        return lambda: value
