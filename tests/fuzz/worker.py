"""Cases in a process of their own, watched from outside: one that crashes or hangs is told, and does not end pytest."""

import faulthandler
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

from fuzz.traces import files_below, peak_memory, restart_peak

Case = Callable[[Path, int], str]
"""Makes the damaged files of that number in a folder and reads them; returns what became of them.

Anything that it raises is a fault.
"""

PROCESSOR_SECONDS = 5.0
SILENCE = 60.0
"""Seconds on the clock: the machine may be busy."""

MEMORY = 1 << 30
"""Bytes that a case may take beside what the process holds."""

ADDRESSES = 6 << 30
"""Bytes of addresses beside those at the start; so many are not all used, by threads' stacks say."""

ENOUGH = 10
"""Faults after which a run ends."""


def run_cases(case: Case, numbers: range, root: Path) -> Counter[str]:
    """How many cases ended in which way; `case` is a function of a module.

    Raises
    ------
    AssertionError
        If one crashed, hung, raised anything, took too much, or left something outside of its folder.
    """
    outcomes, faults = Counter[str](), list[str]()
    while numbers and len(faults) < ENOUGH:
        numbers = _run_some(case, numbers, Path(tempfile.mkdtemp(dir=root)), outcomes, faults)
    assert not faults, "\n".join((f"{len(faults)} cases of {case.__module__} failed:", *faults))
    return outcomes


def _run_some(case: Case, numbers: range, root: Path, outcomes: Counter[str], faults: list[str]) -> range:
    """Cases in one process; returns those that it left undone because of a fault."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    process = context.Process(target=_work, args=(case, numbers, root, theirs), daemon=True)
    process.start()
    theirs.close()
    at = numbers.start
    try:
        while numbers:
            if not ours.poll(SILENCE):
                raise TimeoutError(f"is not done after {SILENCE:g} s")
            at, outcome, fault = ours.recv()
            numbers = range(at + 1, numbers.stop)
            if fault:
                faults.append(f"case {at}: {fault}")
                return numbers
            outcomes[outcome] += 1
    except (TimeoutError, EOFError) as error:
        at = numbers.start
        process.join(1)
        what = str(error) or f"ended the process with {process.exitcode}"
        faults.append(f"case {at} {what}\n{(root / 'output').read_text(errors='replace')[-2000:]}")
        numbers = range(at + 1, numbers.stop)
    finally:
        process.kill()
        process.join()
        shutil.rmtree(root, ignore_errors=True)
    return numbers


def _work(case: Case, numbers: range, root: Path, to_parent: Connection) -> None:
    _settle(root)
    for number in numbers:
        fault, outcome = "", ""
        folder = root / "case"
        folder.mkdir()
        before = files_below(root, folder)
        started, memory = time.process_time(), restart_peak()
        try:
            outcome = case(folder, number)
        except Exception:
            fault = traceback.format_exc()
        spent, taken = time.process_time() - started, peak_memory() - memory
        if not fault and spent > PROCESSOR_SECONDS:
            fault = f"took {spent:.1f} s"
        if not fault and taken > MEMORY:
            fault = f"took {taken >> 20} MB"
        if not fault and (stray := files_below(root, folder) ^ before):
            fault = f"wrote outside of its folder: {sorted(stray)[:4]}"
        to_parent.send((number, outcome, fault))
        if fault:
            return
        shutil.rmtree(folder)


def _settle(root: Path) -> None:
    """A home, a working folder and limits of this process's own; what C libraries print goes to a file."""
    output = os.open(root / "output", os.O_WRONLY | os.O_CREAT)
    os.dup2(output, 1)
    os.dup2(output, 2)
    faulthandler.enable(2)
    warnings.simplefilter("error")
    for name in ("home", "here", "canary"):
        (root / name).mkdir()
    (root / "canary" / "kept").write_text("nobody writes here")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "TMPDIR"):
        os.environ[name] = str(root / "home")
    tempfile.tempdir = None
    os.chdir(root / "here")
    if sys.platform == "linux":
        import resource

        addresses = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (addresses + ADDRESSES, -1))
