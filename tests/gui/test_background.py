import threading
from collections.abc import Iterator

import pytest

from inspector.gui.background import Newest


@pytest.fixture
def newest() -> Iterator[Newest[int]]:
    worker: Newest[int] = Newest("inspector-test")
    yield worker
    worker.close()


def test_only_the_newest_of_the_waiting_jobs_is_done(newest: Newest[int], qtbot) -> None:
    entered, gate, done = threading.Event(), threading.Event(), []

    def job(number: int) -> int:
        entered.set()
        gate.wait(10)
        done.append(number)
        return number

    for number in range(5):
        newest.ask(lambda number=number: job(number))
        entered.wait(10)
    gate.set()
    qtbot.waitUntil(lambda: done[-1:] == [4])
    assert done == [0, 4]


def test_answers_of_an_older_generation_are_dropped(newest: Newest[int], qtbot) -> None:
    entered, gate = threading.Event(), threading.Event()

    def slow() -> int:
        entered.set()
        gate.wait(10)
        return 1

    newest.ask(slow)
    entered.wait(10)
    newest.renew()
    gate.set()
    qtbot.waitUntil(lambda: newest.idle)
    assert newest.take() is None
    newest.ask(lambda: 2)
    qtbot.waitUntil(lambda: newest.take() == 2)


def test_what_a_job_raises_is_raised_where_its_answer_is_taken(newest: Newest[int], qtbot) -> None:
    def fail() -> int:
        raise ValueError("no")

    newest.ask(fail)
    raised: list[str] = []

    def take() -> bool:
        try:
            newest.take()
        except ValueError as error:
            raised.append(str(error))
        return bool(raised)

    qtbot.waitUntil(take)
    assert raised == ["no"]
    newest.ask(lambda: 3)
    qtbot.waitUntil(lambda: newest.take() == 3)
