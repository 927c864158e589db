"""An inspection as a picture for people: frame, heatmap above T, typed boxes."""

import cv2
import numpy as np

from inspector.stages.filtering import pixel_levels
from inspector.types import Inspection, Pixels, Region, threshold_level

HEAT = cv2.applyColorMap(np.arange(256, dtype=np.uint8).reshape(-1, 1), cv2.COLORMAP_INFERNO)[:, 0, ::-1].copy()
"""RGB of the 256 levels of severity, 0 to 12: dark to bright, readable without colour vision."""

_OPACITY = 0.5
_DEFECT = (255, 140, 0)
_FALSE_ALARM = (150, 150, 150)


def draw_inspection(inspection: Inspection) -> Pixels:
    """The frame with everything that was found, RGB uint8 (H, W, 3)."""
    frame, measurement = inspection.frame, inspection.measurement
    picture = np.repeat(frame.pixels[..., None], 3, axis=2) if frame.pixels.ndim == 2 else frame.pixels.copy()
    levels = pixel_levels(measurement.levels, measurement.cell, frame.shape)
    hot = levels >= threshold_level(inspection.threshold)
    picture[hot] = (picture[hot] * (1 - _OPACITY) + HEAT[levels[hot]] * _OPACITY).astype(np.uint8)
    for region in inspection.suppressed:
        _box(picture, region, _FALSE_ALARM)
    for region in inspection.regions:
        _box(picture, region, _DEFECT)
    return picture


def _box(picture: Pixels, region: Region, colour: tuple[int, int, int]) -> None:
    """A box around the region, 3 px clear of it, with kind and severity above or, at the top border, below."""
    height, width = picture.shape[:2]
    top, left, bottom, right = region.box
    cv2.rectangle(picture, (left - 4, top - 4), (right + 3, bottom + 3), colour, 1)
    text, font, size = f"{region.kind} {region.peak_severity:.1f}", cv2.FONT_HERSHEY_SIMPLEX, 0.45
    (text_width, text_height), _ = cv2.getTextSize(text, font, size, 1)
    x = max(0, min(left - 4, width - text_width))
    y = top - 8 if top - 8 - text_height >= 0 else min(height - 3, bottom + text_height + 8)
    cv2.putText(picture, text, (x, y), font, size, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(picture, text, (x, y), font, size, colour, 1, cv2.LINE_AA)
