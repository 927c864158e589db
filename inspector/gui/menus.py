"""Every command in one place, with its key."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from inspector.gui.review.decision import CONFIRM_KEY
from inspector.gui.review.decision import KEYS as DECISION_KEYS
from inspector.gui.review.panel import DRAW_KEY, NEXT_KEY
from inspector.gui.theme import Theme
from inspector.gui.viewer import PartViewer
from inspector.gui.window import MainWindow
from inspector.paths import shipped_names


class Command(NamedTuple):
    """An entry of a menu; an engineer's is for engineers alone."""

    text: str
    keys: str
    then: Callable[[], object]
    engineer: bool = False


def make_menus(window: MainWindow) -> None:
    """Give the window its menus; those about the picture are for the page on the screen."""
    station, setup = window.station, window.setup

    def viewer() -> PartViewer:
        return window.viewer

    def show_left_out() -> None:
        for page in (window.station, window.review):
            boxes = page.viewer.view.boxes
            boxes.set_left_out_visible(not boxes.left_out_visible)

    files = [
        Command("Open &folder of images ...", "Ctrl+O", setup.choose_folder, engineer=True),
        Command("Open &image ...", "Ctrl+I", setup.choose_image, engineer=True),
        Command("Open &recipe ...", "Ctrl+R", setup.choose_recipe, engineer=True),
        Command("Run the &demo line", "Ctrl+D", setup.open_demo, engineer=True),
        Command("&Save recipe as ...", "Ctrl+S", setup.choose_where_to_save, engineer=True),
        Command("&Quit", "Ctrl+Q", window.close),
    ]
    line = [
        Command("&Run or pause", "R", station.toggle),
        Command("&Step: one more part", "S", station.step_once),
        Command("Back to &live", "L", station.back_to_live),
        Command("Read a part's &id", "Ctrl+B", station.part_id.setFocus),
        Command("&Type T", "Ctrl+T", lambda: viewer().type_threshold(), engineer=True),
        Command("Reset T to the recip&e's", "Ctrl+0", lambda: viewer().reset_threshold(), engineer=True),
    ]
    picture = [
        Command("&Fit into the window", "F", lambda: viewer().view.fit()),
        Command("&100 %", "1", lambda: viewer().view.actual_size()),
        Command("&Next defect", "N", lambda: viewer().view.next_defect()),
        Command("&Previous defect", "P", lambda: viewer().view.next_defect(-1)),
        Command("Show or hide what was left &out", "O", show_left_out),
    ]
    review = [
        Command("&Confirm the verdict", CONFIRM_KEY, window.review.panel.decision.confirm),
        *(
            Command(f"Override: {verdict}", key, partial(window.review.panel.decision.decide, verdict))
            for verdict, key in DECISION_KEYS.items()
        ),
        Command("Next &unreviewed", NEXT_KEY, window.review.next_unreviewed),
        Command("&Draw defects", DRAW_KEY, window.review.draw),
        Command("&Blind second review, or not", "B", window.review.panel.blind.toggle),
        Command("&Find a part, source or reason", "Ctrl+F", window.review.filter.type_text),
        Command("C&lear the filter", "Ctrl+Backspace", window.review.filter.clear),
        Command("Read the journal ane&w", "F5", window.review.reload),
        Command("What &if: another T or recipe", "Ctrl+J", window.review.foot.replay.what.setFocus),
        Command("Export as a &table ...", "Ctrl+E", window.review.export.choose_table),
        Command("Export the &report of the shift ...", "", window.review.export.choose_report),
        Command("Export a data&set ...", "", window.review.export.choose_dataset),
    ]
    pages = [
        *(
            Command(name, f"Ctrl+{number}", partial(window.go_to, page))
            for number, (name, page) in enumerate(window.tabbed.items(), 1)
        ),
        Command("&Full screen", "F11", window.toggle_full_screen),
        Command("&Close the message", "Esc", window.banner.clear),
    ]
    menus = {"&File": files, "&Line": line, "&Picture": picture, "Re&view": review, "&Window": pages}
    for title, commands in menus.items():
        menu = window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        for command in commands:
            action = _add(window, menu, command.text, command.keys, command.then)
            if command.engineer:
                window.access.engineer_only(action)
            if commands is review:
                _only_on(window, window.review, action)
        if menu.title() == "&Line":
            _add_switch(window, menu, "Part ids from a &barcode reader", setup.settings.part_ids, window.take_part_ids)
            _add_switch(window, menu, "S&ound on reject", setup.settings.sound, window.sound_on_reject)
        if menu.title() == "&File":
            _add_recipes(window, menu.addMenu("Recipes that &ship"))
        if menu.title() == "&Picture":
            menu.addAction("Hide the overlay: hold H").setEnabled(False)
        if menu.title() == "&Window":
            menu.addAction(window.access.action)
            _add_themes(window, menu.addMenu("&Theme"))
    _add(window, window.menuBar().addMenu("&Help"), "&Guide", "F1", window.show_guide)


def _only_on(window: MainWindow, page: QWidget, action: QAction) -> None:
    """A command of one page, and so its key: nowhere else does a letter decide about a part."""
    action.setEnabled(window.page is page)
    window.turned.connect(lambda: action.setEnabled(window.page is page))


def _add_recipes(window: MainWindow, menu: QMenu) -> None:
    for name in shipped_names("recipes"):
        action = QAction(name, window)
        action.triggered.connect(lambda _, name=name: window.setup.use_recipe(name))
        menu.addAction(action)
        window.access.engineer_only(action)


def _add(window: MainWindow, menu: QMenu, text: str, keys: str, then: Callable[[], object]) -> QAction:
    action = QAction(text, window)
    action.setShortcut(QKeySequence(keys))
    action.triggered.connect(lambda: then())
    menu.addAction(action)
    return action


def _add_switch(window: MainWindow, menu: QMenu, text: str, on: bool, then: Callable[[bool], None]) -> None:
    action = QAction(text, window)
    action.setCheckable(True)
    action.setChecked(on)
    action.toggled.connect(then)
    menu.addAction(action)


def _add_themes(window: MainWindow, menu: QMenu) -> None:
    group = QActionGroup(window)
    for theme, keys in zip(Theme, ("Ctrl+F2", "Ctrl+F3", "Ctrl+F4"), strict=True):
        action = _add(window, menu, theme.value.capitalize(), keys, partial(window.set_theme, theme))
        action.setCheckable(True)
        action.setChecked(theme.value == window.setup.settings.theme)
        group.addAction(action)
