"""Files from elsewhere, damaged by chance: read whole or refused in one sentence, and nothing else happens.

Set INSPECTOR_FUZZ_CASES for more cases of each kind than a test has time for. The number of a case that failed is told:
``run_cases(case, range(number, number + 1), folder)`` has it again.
"""

import os
import sys
from pathlib import Path

import pytest
from fuzz import bundles, datasets, images, recipes, transfers, traps
from fuzz.worker import Case, run_cases

FEW = {"images": 400, "recipes": 150, "bundles": 150, "transfers": 150, "datasets": 250}
CASES = {"images": images.case, "recipes": recipes.case, "bundles": bundles.case}
CASES |= {"transfers": transfers.case, "datasets": datasets.case}

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links, pipes and limits of memory are those of Unix")


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_damaged_files_are_read_whole_or_refused(name: str, case: Case, tmp_path: Path) -> None:
    count = int(os.environ.get("INSPECTOR_FUZZ_CASES", FEW[name]))
    outcomes = run_cases(case, range(count), tmp_path)
    print(f"{name}: {dict(outcomes)}")
    assert outcomes.total() == count
    assert len(outcomes) > 1, f"all ended in one way: {outcomes}"


def test_traps_are_refused(tmp_path: Path) -> None:
    count = len(traps.traps())
    assert run_cases(traps.case, range(count), tmp_path).total() == count
