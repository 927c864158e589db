"""How every command ends: 0 done, 2 unusable input with one sentence, 3 a fault."""

import logging
import sys

import typer

from inspector.errors import InspectorError

log = logging.getLogger(__name__)

_INTERRUPTED = 130
"""How typer ends on Ctrl-C."""


def run_command(app: typer.Typer) -> int:
    """Run a typer application and return the exit code of the process."""
    try:
        app()
    except InspectorError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except SystemExit as stop:
        if stop.code == _INTERRUPTED:
            return _stopped()
        return stop.code if isinstance(stop.code, int) else 1
    except KeyboardInterrupt:
        return _stopped()
    except Exception:
        log.exception("a fault of the program; please report it with these lines")
        return 3
    return 0


def _stopped() -> int:
    print("stopped", file=sys.stderr)
    return 3
