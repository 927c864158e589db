"""The window's program."""

import gc
import logging
import os
import sys
from collections.abc import Callable
from types import TracebackType

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from inspector.access import Access
from inspector.errors import InspectorError
from inspector.gui import theme
from inspector.gui.menus import make_menus
from inspector.gui.models import Models
from inspector.gui.window import MainWindow
from inspector.paths import RESOURCES
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings, load_settings, save_settings

log = logging.getLogger(__name__)

_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def run_app(recipe: str | None, source: str | None, journal_url: str | None, part: str = "") -> int:
    """Open the station window and run until it is closed.

    Parameters
    ----------
    recipe, source : str or None
        What to run; None is what was open last, the demo at first.
    journal_url : str or None
        None is the station's own journal.
    part : str
        Names the parts of the source's files; see `inspector.sources.part_names`.

    Returns
    -------
    The exit code.

    Raises
    ------
    InspectorError
        If there is no display: Qt itself would abort the process.
    """
    if sys.platform == "linux" and not any(os.environ.get(name) for name in _DISPLAYS):
        raise InspectorError("there is no display to open a window on; use 'inspector inspect' or 'station --headless'")
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Inspector")
    application.setWindowIcon(QIcon(str(RESOURCES / "icons" / "inspector.svg")))
    asked = {key: value for key, value in (("recipe", recipe), ("source", source)) if value}
    if source:
        asked["part"] = part
    troubles: list[str] = []
    settings = load_settings(troubles.append).model_copy(update=asked)
    theme.apply(application, theme.Theme(settings.theme))
    window = make_window(settings, journal_url or settings.journal_url, Models())
    gc.collect()
    gc.freeze()  # a collection that looks at all that was loaded stops the window for a tenth of a second
    for trouble in troubles:
        window.banner.say(trouble[:1].upper() + trouble[1:])
    application.styleHints().colorSchemeChanged.connect(lambda _: _follow_system(window))
    sys.excepthook = _to_banner(window)
    window.setup.settings_changed.connect(save_settings)
    save_settings(window.setup.settings)
    window.showMaximized()  # at its own size, its frame would not fit on a small screen
    return application.exec()


def make_window(
    settings: Settings,
    journal_url: str,
    models: Models,
    access: Access | None = None,
    library: RecipeLibrary | None = None,
) -> MainWindow:
    """The window with its commands; see `MainWindow`."""
    window = MainWindow(settings, journal_url, models, access, library)
    make_menus(window)
    return window


def _follow_system(window: MainWindow) -> None:
    if window.setup.settings.theme == "system":
        window.set_theme(theme.Theme.SYSTEM)


def _to_banner(window: MainWindow) -> Callable[..., None]:
    """A fault of the program is shown and logged; the window lives on."""

    def say(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.error("a fault in the window", exc_info=(kind, error, trace))
        window.banner.say(f"A fault of the program: {error!r}. The line is not affected; please report it.")

    return say
