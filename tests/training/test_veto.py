import numpy as np

from inspector.stages.components import Shape
from inspector.types import FloatArray, Window
from training.veto import NEVER, Suspect, choose_veto, suspects


class Surface:
    """Holds every window for background with this probability."""

    classes = ("background", "crack")
    veto = 0.0

    def __init__(self, background: float) -> None:
        self.background = background

    def probabilities(self, windows: list[Window]) -> FloatArray:
        return np.float32([[self.background, 1 - self.background]] * len(windows))


def test_a_region_is_told_by_its_hits_and_what_the_classifier_says() -> None:
    truth = np.zeros((64, 64), np.uint8)
    truth[10:20, 10:15] = 1
    truth[10:20, 19] = 255
    shape = Shape((10, 10, 20, 20), np.ones((10, 10), bool), 100, 9.0, 8.0)
    (suspect,) = suspects([shape], truth, Surface(0.8))
    assert suspect == Suspect(background=suspect.background, outvoted=True, area_px=90, hit_px=50)
    assert abs(suspect.background - 0.8) < 1e-6


def test_a_classifier_that_is_right_is_trusted() -> None:
    false_alarm, defect = Suspect(0.7, True, 500, 0), Suspect(0.1, False, 100, 90)
    assert choose_veto([false_alarm, defect], defect_px=100) == 0.0


def test_a_classifier_that_vetoes_weak_defects_must_be_surer() -> None:
    """Defects vetoed at 0.62, false alarms at 0.93: the lowest veto between them wins."""
    regions = [Suspect(0.62, True, 100, 90), Suspect(0.93, True, 100, 0), Suspect(0.1, False, 100, 90)]
    assert choose_veto(regions, defect_px=200) == 0.7


def test_a_classifier_that_is_wrong_is_never_heard() -> None:
    assert choose_veto([Suspect(0.99, True, 100, 95)], defect_px=100) == NEVER
