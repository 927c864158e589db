"""Settings of a GigE Vision camera: what can be asked for, and how it is written and read back."""

from ipaddress import IPv4Address
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from inspector.errors import InspectorError
from inspector.sources.gige_network import explained
from inspector.sources.gige_pictures import is_known
from inspector.sources.live import STALE_AFTER

if TYPE_CHECKING:
    from viva_genicam import Camera, FeatureState

_FEATURES = {
    "pixel_format": ("PixelFormat",),
    "exposure_us": ("ExposureTime", "ExposureTimeAbs"),
    "gain": ("Gain", "GainAbs", "GainRaw"),
    "rate": ("AcquisitionFrameRate", "AcquisitionFrameRateAbs"),
    "trigger": ("TriggerSource",),
}
"""Option -> what cameras call it: today's name, then those of older ones."""

_BEFORE = {
    "exposure_us": ("ExposureAuto", "Off"),
    "gain": ("GainAuto", "Off"),
    "rate": ("AcquisitionFrameRateEnable", "true"),
}


class GigeOptions(BaseModel):
    """``gige:GV01?exposure_us=5000&gain=3&pixel_format=Mono8&rate=10``; what is not given stays as the camera has it.

    Attributes
    ----------
    exposure_us : float or None
        Microseconds.
    gain : float or None
        dB, or the camera's own steps where it has no dB.
    pixel_format : str or None
        The camera's name of it, such as ``Mono8`` or ``BayerRG8``.
    rate : float or None
        Pictures per second. With a software trigger it is the pace of the trigger.
    trigger : str
        ``off`` runs freely. A line such as ``Line1`` takes a picture at each of its edges. With ``software`` this
        program triggers each time that the station is ready for the next picture, at most `rate` times a second.
    interface : IPv4Address or None
        This computer's own address on the camera's network, where it has several networks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    exposure_us: float | None = Field(default=None, gt=0, le=1_000_000)
    gain: float | None = Field(default=None, ge=-100, le=100_000)
    pixel_format: str | None = Field(default=None, min_length=1)
    rate: float | None = Field(default=None, ge=0.01, le=10_000)
    trigger: str = Field(default="off", min_length=1)
    interface: IPv4Address | None = None

    @property
    def triggered(self) -> bool:
        """Whether pictures come by a trigger."""
        return self.trigger.lower() != "off"

    @property
    def by_software(self) -> bool:
        """Whether it is this program that triggers."""
        return self.trigger.lower() == "software"

    @property
    def stale_after(self) -> float | None:
        """Seconds; see `LiveSource`. A slow camera is given the time of two pictures."""
        return None if self.triggered else max(STALE_AFTER, 2 / self.rate if self.rate else 0.0)


def set_up(camera: "Camera", name: str, options: GigeOptions) -> None:
    """Write what is asked for, and see that pictures will come in a format that can be read.

    Raises
    ------
    InspectorError
        If the camera has no such setting, refuses it or makes something else of it.
    """
    asked = options.model_dump(include=set(_FEATURES), exclude_none=True)
    if not options.triggered:
        del asked["trigger"]
    elif options.by_software:
        asked["trigger"] = "Software"
        asked.pop("rate", None)
    with explained(f"camera {name} can't be set up; switch it off and on again"):
        _turn(camera, "AcquisitionMode", "Continuous")
        _turn(camera, "TriggerSelector", "FrameStart")
        _turn(camera, "TriggerMode", "Off")
    for option, value in asked.items():
        _write(camera, name, option, value)
    if options.triggered:
        with explained(f"camera {name} can't wait for a trigger; leave the trigger out"):
            camera.set("TriggerMode", "On")
    _check_format(camera, name)


def _turn(camera: "Camera", feature: str, value: str) -> None:
    """Set what many cameras have and some don't."""
    if camera.node_info(feature) is None:
        return
    state = camera.feature_state(feature)
    if state.access in ("RW", "WO") and (state.enum_entries is None or value in state.enum_entries):
        camera.set(feature, value)


def _write(camera: "Camera", name: str, option: str, value: str | float) -> None:
    """Set a feature and read it back: cameras round numbers, which is in order."""
    feature = next((known for known in _FEATURES[option] if camera.node_info(known)), None)
    if feature is None:
        raise InspectorError(f"camera {name} has no {option} that could be set; leave it out")
    with explained(f"camera {name}: {option} can't be read; leave it out"):
        if option in _BEFORE:
            _turn(camera, *_BEFORE[option])
        state = camera.feature_state(feature)
    whole = isinstance(state.value, int)
    with explained(f"camera {name} refuses {option}={value}; it allows {_allowed(state)}"):
        camera.set(feature, str(round(value) if whole and isinstance(value, float) else value))
        camera.invalidate(feature)
        given = camera.feature_state(feature).value
    if isinstance(value, float) and isinstance(given, int | float):
        step = (state.range.inc if state.range else None) or float(whole)
        taken = abs(given - value) <= max(step, 0.05 * abs(value))
    else:
        taken = given == value
    if not taken:
        raise InspectorError(f"camera {name} makes {given} of {option}={value}; it allows {_allowed(state)}")


def _allowed(state: "FeatureState") -> str:
    if state.enum_entries:
        return ", ".join(state.enum_entries)
    if state.range:
        return f"{state.range.min:.10g} to {state.range.max:.10g}"
    return "no change now"


def _check_format(camera: "Camera", name: str) -> None:
    with explained(f"camera {name} sends pictures in a pixel format that has no name; choose another pixel_format"):
        chosen, offered = camera.get_enum("PixelFormat"), camera.available_enum_entries("PixelFormat")
    if not is_known(chosen):
        known = ", ".join(filter(is_known, offered)) or "none that can be read"
        raise InspectorError(f"camera {name} sends pictures in {chosen}, which can't be read; it also has {known}")
