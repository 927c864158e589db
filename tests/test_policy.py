import numpy as np
import pytest

from inspector.policy import frame_verdict
from inspector.recipe import Area, PolicyRow, Recipe
from inspector.types import Region, Verdict

CRACK = Region((0, 0, 20, 20), np.ones((20, 20), np.bool_), 410, 8.3, 7.0, "crack")
TWO_MM2 = Area(value=2, unit="mm2")
REJECT = Verdict.REJECT


def recipe(*rows: PolicyRow) -> Recipe:
    return Recipe(name="tile", model="demo", threshold=4, mm_per_px=0.1, policy=rows)


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        (PolicyRow(min_area=TWO_MM2, verdict=REJECT), ", over the limit of 2 mm2"),
        (PolicyRow(min_area=Area(value=300), verdict=REJECT), ", over the limit of 300 px2"),
        (PolicyRow(min_severity=6, verdict=REJECT), ", over the limit of severity 6"),
        (PolicyRow(min_area=TWO_MM2, min_severity=6.5, verdict=REJECT), ", over the limits of 2 mm2 and severity 6.5"),
        (PolicyRow(kind="crack", verdict=REJECT), ""),
        (PolicyRow(kind="stain", min_severity=6, verdict=Verdict.ACCEPT), ""),  # no row matches
    ],
)
def test_the_reason_names_the_limit_that_was_passed(row: PolicyRow, limit: str) -> None:
    verdict = frame_verdict((CRACK,), (), (), recipe(row))
    assert verdict == (REJECT, (f"crack of 4.1 mm2, severity 8.3{limit}",))


def test_the_worst_defect_s_reason_comes_first() -> None:
    rows = (PolicyRow(min_severity=8, verdict=Verdict.REVIEW), PolicyRow(min_area=TWO_MM2, verdict=REJECT))
    weak = Region((0, 0, 9, 9), np.ones((9, 9), np.bool_), 300, 5.0, 4.5, "pit")
    verdict, reasons = frame_verdict((CRACK, weak), (), (), recipe(*rows))
    assert verdict is REJECT
    assert reasons == (
        "pit of 3 mm2, severity 5.0, over the limit of 2 mm2",
        "crack of 4.1 mm2, severity 8.3, over the limit of severity 8",
    )
