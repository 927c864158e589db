"""A camera that the system knows by a number: built in, or on USB."""

import math
import re
from datetime import UTC, datetime

import cv2
from pydantic import BaseModel, ConfigDict, Field

from inspector.errors import InspectorError
from inspector.sources.address import Address
from inspector.sources.decoding import Tint
from inspector.sources.driver import Shot
from inspector.sources.live import LiveSource

_PROPERTIES = {
    "width": cv2.CAP_PROP_FRAME_WIDTH,
    "height": cv2.CAP_PROP_FRAME_HEIGHT,
    "rate": cv2.CAP_PROP_FPS,
    "exposure": cv2.CAP_PROP_EXPOSURE,
    "gain": cv2.CAP_PROP_GAIN,
}


class CameraOptions(BaseModel):
    """``camera:0?width=1280&height=720``: px, pictures per second, and exposure and gain in the camera's own units."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    width: int | None = Field(default=None, gt=0)
    height: int | None = Field(default=None, gt=0)
    rate: float | None = Field(default=None, gt=0, allow_inf_nan=False)
    exposure: float | None = Field(default=None, allow_inf_nan=False)
    gain: float | None = Field(default=None, allow_inf_nan=False)


def set_options(capture: cv2.VideoCapture, options: CameraOptions) -> None:
    """Set what is asked for, all of it before any is read back: one changes another.

    Raises
    ------
    InspectorError
        If the camera takes another value instead.
    """
    asked = options.model_dump(exclude_none=True)
    if options.exposure is not None and capture.getBackendName() == "V4L2":
        capture.set(cv2.CAP_PROP_AUTO_EXPOSURE, 1)  # manual; other systems go to manual by themselves
    for name, value in asked.items():
        capture.set(_PROPERTIES[name], value)
    for name, value in asked.items():
        given = capture.get(_PROPERTIES[name])
        if not math.isclose(given, value, rel_tol=1e-4):
            raise InspectorError(
                f"the camera gives {name} {given:g} instead of {value:g}; ask for what it offers, or leave {name} out"
            )


class Camera:
    """One connection to a camera; see `Driver`."""

    def __init__(self, number: int, options: CameraOptions, tint: Tint) -> None:
        self._tint = tint
        self._capture = cv2.VideoCapture(number)
        if not self._capture.isOpened():
            raise InspectorError(
                f"camera {number} is not there, or another program uses it; check its cable and number"
            )
        try:
            set_options(self._capture, options)
        except InspectorError:
            self.close()
            raise

    def read(self, timeout: float) -> Shot:
        """See `Driver`; waits as long as the system's driver does."""
        there, picture = self._capture.read()
        if not there:
            raise InspectorError("the camera gives no picture any more; check its cable")
        return Shot(self._tint.of(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)), None, datetime.now(UTC))

    def close(self) -> None:
        """See `Driver`."""
        self._capture.release()


def open_camera(address: Address, frames: int) -> LiveSource:
    """The camera of an address.

    Raises
    ------
    InspectorError
        If its target is no such number or it has an unknown option.
    """
    if not re.fullmatch(r"\d{1,2}", address.target, re.ASCII):  # OpenCV reads from 100 on as its kinds of drivers
        raise InspectorError(f"source {address}: a camera has a number from 0 to 99, as in camera:0")
    number, options, tint = int(address.target), address.read(CameraOptions), Tint()
    return LiveSource(f"camera:{number}", lambda: Camera(number, options, tint), limit=frames)
