"""Tells what is on the screen as it is told to those who can't see it: a line of JSON for each line that it reads.

Runs under the system's own Python, as the bindings of AT-SPI come with the system.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

_STATES = ("FOCUSED", "ENABLED", "CHECKED", "SELECTED")


def main() -> None:
    """Until the end of what is to be read."""
    desktop = Atspi.get_desktop(0)
    desktop.set_cache_mask(Atspi.Cache.NONE)  # nobody here hears what changes
    print(json.dumps("ready"), flush=True)
    for _ in sys.stdin:
        found: list[dict] = []
        for i in range(desktop.get_child_count()):
            _read(desktop.get_child_at_index(i), found)
        print(json.dumps(found), flush=True)


def _read(node: Atspi.Accessible | None, found: list[dict]) -> None:
    """Add what shows of a widget and of those in it; one that is gone meanwhile is left out."""
    try:
        if node is None:
            return
        states = node.get_state_set()
        if node.get_role() is not Atspi.Role.APPLICATION:
            if not states.contains(Atspi.StateType.SHOWING):
                return
            found.append(_described(node, states))
        for i in range(node.get_child_count()):
            _read(node.get_child_at_index(i), found)
    except GLib.Error:
        return


def _described(node: Atspi.Accessible, states: Atspi.StateSet) -> dict:
    place = node.get_component_iface()
    box = place.get_extents(Atspi.CoordType.SCREEN) if place else None
    text = node.get_text_iface()
    return {
        "role": node.get_role_name().replace("push button", "button"),  # newer systems say it so
        "name": node.get_name() or "",
        "description": node.get_description() or "",
        "text": Atspi.Text.get_text(text, 0, -1) if text else "",
        "box": (box.x, box.y, box.width, box.height) if box else (0, 0, 0, 0),
        "states": [name for name in _STATES if states.contains(getattr(Atspi.StateType, name))],
    }


if __name__ == "__main__":
    main()
