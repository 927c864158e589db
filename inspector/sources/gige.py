"""GigE Vision cameras: one connection, and a source of it.

The library is loaded when a camera is opened or looked for.
"""

import time
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from inspector.errors import InspectorError
from inspector.sources.address import Address
from inspector.sources.driver import Shot
from inspector.sources.gige_network import ask, discover, explained, find
from inspector.sources.gige_pictures import frames_between, pixels_of
from inspector.sources.gige_settings import GigeOptions, set_up
from inspector.sources.live import LiveSource

if TYPE_CHECKING:
    from viva_genicam import Frame

_QUIET = 2.0
"""Seconds without a picture after which the camera is asked whether it is there: by then a silent one is stale."""


class GigeCamera:
    """One connection to a camera, which it controls; see `Driver`.

    Parameters
    ----------
    name : str
        Serial number, name or IPv4 address.
    options : GigeOptions

    Raises
    ------
    InspectorError
        If it is not found, another program controls it, or it refuses a setting.
    """

    def __init__(self, name: str, options: GigeOptions) -> None:
        import viva_genicam

        self._name = name
        self._interface = str(options.interface) if options.interface else None
        self._by_software = options.by_software
        self._pace = 1 / options.rate if options.rate else 0.0
        found, device = find(name, self._interface)
        self._address = found.address
        hint = "close other programs that use it, and check that its address fits this network"
        with explained(f"camera {name} at {found.address} can't be opened; {hint}"):
            self._camera = viva_genicam.connect_gige(device, iface=self._interface, monitor=True)
        try:
            with explained(f"camera {name} is controlled by another program; close that, or wait until it lets go"):
                self._camera.reclaim_control()
            with suppress(viva_genicam.GenicamError):
                self._camera.acquisition_stop()  # it still runs where the last program was cut off
            set_up(self._camera, name, options)
            with explained(f"camera {name} does not start; switch it off and on again"):
                self._stream = self._camera.stream(self._interface, auto_packet_size=True, deliver_incomplete=True)
                self._camera.acquisition_start()
        except InspectorError:
            self._camera.close()
            raise
        self._number, self._block = 0, 0
        self._awaited = False
        self._heard = self._due = time.monotonic()

    def read(self, timeout: float) -> Shot | None:
        """See `Driver`. The number of a shot counts the camera's blocks from the first one that came."""
        if self._by_software and not self._awaited and not self._trigger(timeout):
            return None
        frame = self._next(timeout)
        if frame is None:
            self._check()
            return None
        self._heard, self._awaited = time.monotonic(), False
        self._number += frames_between(self._block or frame.block_id - 1, frame.block_id)
        self._block = frame.block_id
        if frame.is_complete:
            return Shot(pixels_of(frame), self._number, datetime.now(UTC))
        missing = f"packets missing: {frame.missing_packets or 'the last ones'}"
        error = f"the picture came damaged ({missing}); check the network cable, the switch and the packet delay"
        return Shot(None, self._number, datetime.now(UTC), error)

    def close(self) -> None:
        """See `Driver`. A camera that does not answer is left as it is: to stop it would take the library seconds."""
        import viva_genicam

        if self._camera.control_state is viva_genicam.ControlState.HELD and ask(self._address, self._interface):
            with suppress(viva_genicam.GenicamError):
                self._camera.acquisition_stop()
        self._stream.close()
        self._camera.close()

    def _trigger(self, timeout: float) -> bool:
        wait = self._due - time.monotonic()
        time.sleep(min(max(wait, 0.0), timeout))
        if wait > timeout:
            return False
        with explained(f"camera {self._name} takes no trigger; check its power and cable"):
            self._camera.trigger_software()
        self._heard, self._awaited = time.monotonic(), True
        self._due = self._heard + self._pace
        return True

    def _next(self, timeout: float) -> "Frame | None":
        import viva_genicam

        began = time.monotonic()
        try:
            frame = self._stream.next_frame(round(1000 * timeout))
        except viva_genicam.GenicamError:
            frame = None
        if frame is None and time.monotonic() - began < timeout / 2:  # its time is not over
            raise InspectorError(f"camera {self._name} broke off; check its cable")
        return frame

    def _check(self) -> None:
        import viva_genicam

        # Of a camera that is gone the library says that it is held; it only notices one that is back.
        if self._camera.control_state is not viva_genicam.ControlState.HELD:
            raise InspectorError(f"camera {self._name} was restarted, or another program controls it; connecting again")
        if time.monotonic() - self._heard > _QUIET:
            if not ask(self._address, self._interface):
                raise InspectorError(f"camera {self._name} does not answer; check its power and cable")
            self._awaited = False  # a trigger or its picture was lost on the way


def open_gige(address: Address, frames: int) -> LiveSource:
    """The camera of an address.

    Raises
    ------
    InspectorError
        If it has an unknown option.
    """
    name, options = address.target, address.read(GigeOptions)
    return LiveSource(
        name,
        lambda: GigeCamera(name, options),
        limit=frames,
        on_demand=options.by_software,
        stale_after=options.stale_after,
    )


__all__ = ["GigeCamera", "GigeOptions", "discover", "open_gige"]
