"""The main window: pages, menus, files dropped onto it."""

import getpass
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.access import Access
from inspector.errors import InspectorError
from inspector.gui import theme
from inspector.gui.access import AccessBar
from inspector.gui.banner import Banner
from inspector.gui.file_dialog import Mode, ask_file
from inspector.gui.guide import Guide
from inspector.gui.header import Header
from inspector.gui.menus import make_menus
from inspector.gui.models import Models
from inspector.gui.recipe_page import RecipePage
from inspector.gui.review_page import ReviewPage
from inspector.gui.source_page import SourcePage
from inspector.gui.state import LineState, Phase
from inspector.gui.station_page import StationPage
from inspector.gui.viewer import PartViewer
from inspector.gui.worker import Line
from inspector.images import SUFFIXES
from inspector.paths import own_recipes, password_file
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings

PAINT_MS = 33
"""The window paints at most 30 times a second, whatever the line does."""


class MainWindow(QMainWindow):
    """Everything that people see.

    Parameters
    ----------
    settings : Settings
        What to open, and the theme.
    journal_url : str
    models : Models
    access : Access or None
        Who may change what judges parts; None is by this machine's password.
    library : RecipeLibrary or None
        None is this user's own.

    Signals
    -------
    settings_changed(object)
        The `Settings` to start with the next time.
    """

    settings_changed = Signal(object)

    def __init__(
        self,
        settings: Settings,
        journal_url: str,
        models: Models,
        access: Access | None = None,
        library: RecipeLibrary | None = None,
    ) -> None:
        super().__init__()
        self.settings = settings
        self.line = Line(journal_url, models, settings.shifts)
        self.access = AccessBar(access or Access(password_file(), settings.idle_minutes))
        self.banner, self.header = Banner(), Header(self.access.button)
        self.station, self.review = StationPage(self.line), ReviewPage(self.line, models)
        self.sources = SourcePage()
        self._library = library or RecipeLibrary(own_recipes())
        self.recipes = RecipePage(
            self._library,
            models,
            lambda: self.line.journal,
            lambda: self.station.viewer.logged,
            lambda: self.settings.recipe,
        )
        self.guide: Guide | None = None
        self.dialog: QFileDialog | None = None
        self._painted: LineState | None = None
        self._lay_out()
        make_menus(self)
        self.access.engineer_only(
            self.station.viewer.controls, self.recipes.editor, self.recipes.list.controls, self.sources.controls
        )
        self.access.changed.connect(self._show_access)
        self._show_access(self.access.unlocked)
        self.station.troubled.connect(self.banner.say)
        self.review.troubled.connect(self.banner.say)
        self.sources.used.connect(self._use_source)
        self.recipes.adopted.connect(self._adopt)
        self.recipes.troubled.connect(self.banner.say)
        self.station.run_again.connect(lambda: self.open(self.settings.recipe, self.settings.source))
        self.setWindowTitle("Inspector")
        self.resize(1280, 800)
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self.refresh)
        self._pulse.start(PAINT_MS)
        self.station.sound = settings.sound
        self.station.part_id.setVisible(settings.part_ids)
        self.open(settings.recipe, settings.source)

    @property
    def page(self) -> QWidget | None:
        """The page on the screen."""
        return self._pages.currentWidget()

    @property
    def viewer(self) -> PartViewer:
        """What the commands about the picture are for: the page's own, else the station's."""
        return self.review.viewer if self.page is self.review else self.station.viewer

    def open(self, recipe: str, source: str) -> None:
        """Run a source under a recipe, instead of what runs now."""
        part = self.settings.part if source == self.settings.source else ""
        self._remember(recipe=recipe, source=source, part=part)
        self.banner.clear()
        self.line.open(recipe, source, part)

    def refresh(self) -> None:
        """Paint what is new."""
        self.station.refresh()
        if self.page is self.review:
            self.review.refresh()
        state = self.line.state
        if self.page is self.recipes:
            self.recipes.refresh()
        if self.page is self.sources:
            self.sources.refresh()
            self.sources.show_state(state)
        if state is not self._painted:
            self._tell_troubles(self._painted, state)
            self._painted = state
        self.header.show_state(state, self.station.viewer.threshold)

    def go_to(self, page: QWidget) -> None:
        """Show a page."""
        self.header.tabs.setCurrentIndex(self._pages.indexOf(page))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """H hides the overlay while it is held, whatever has the focus."""
        self._hide_overlay(event, hide=True)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """See `keyPressEvent`."""
        self._hide_overlay(event, hide=False)

    def _hide_overlay(self, event: QKeyEvent, hide: bool) -> None:
        if event.key() != Qt.Key.Key_H or event.modifiers():
            event.ignore()
        elif not event.isAutoRepeat():
            self.viewer.view.set_overlay_visible(not hide)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the line, then close."""
        self._pulse.stop()
        self.hide()
        for page in (self.station, self.review, self.recipes, self.sources):
            page.close_threads()
        self.access.close_threads()
        self.line.close()
        if self.guide:
            self.guide.close()
        super().closeEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take folders, images and recipes."""
        if _dropped(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        path = _dropped(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_path(path)

    def open_path(self, path: Path) -> None:
        """A recipe is put to use for the source that runs; anything else becomes the source."""
        if path.suffix.lower() == ".toml":
            self.use_recipe(str(path))
        else:
            self.open(self.settings.recipe, str(path))

    def use_recipe(self, recipe: str, *_: object) -> None:
        """Run the same source under another recipe: a file, or the name of one that ships."""
        self.open(recipe, self.settings.source)

    def _show_access(self, unlocked: bool) -> None:
        """What an engineer was asked for is not an operator's to answer."""
        self.setAcceptDrops(unlocked)
        if not unlocked:
            for dialog in self.findChildren(QFileDialog):
                dialog.close()

    def _adopt(self, recipe: Recipe, path: Path) -> None:
        """Put a recipe to use: for the next part, if its model and frames are those of the line, else with it anew."""
        now = self.line.state.recipe
        if now is not None and (now.model, now.views) == (recipe.model, recipe.views):
            self.line.adopt(recipe)
            self._remember(recipe=str(path))
        else:
            self.use_recipe(str(path))
        self.go_to(self.station)

    def _use_source(self, source: str) -> None:
        self.open(self.settings.recipe, source)
        self.go_to(self.station)

    def show_guide(self) -> None:
        """Open the guide, beside the window."""
        self.guide = self.guide or Guide()
        self.guide.show()
        self.guide.raise_()

    def choose_recipe(self) -> None:
        """Ask for a recipe file; the line goes on meanwhile."""
        self._ask("Open recipe", "Recipes (*.toml)", Mode.ExistingFile, self.open_path)

    def choose_folder(self) -> None:
        """Ask for a folder of images."""
        self._ask("Open folder of images", "", Mode.Directory, self.open_path)

    def choose_image(self) -> None:
        """Ask for one image."""
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        self._ask("Open image", f"Images ({kinds})", Mode.ExistingFile, self.open_path)

    def choose_where_to_save(self) -> None:
        """Ask where the recipe with its new T goes."""
        if self.station.state.recipe is not None:
            self._ask("Save recipe as", "Recipes (*.toml)", Mode.AnyFile, self.save_recipe)

    def save_recipe(self, path: Path) -> None:
        """Write the recipe with the T of now; the line's parts belong to it from then on."""
        recipe = self.station.state.recipe
        if recipe is None:
            return
        changed = recipe.with_threshold(self.station.viewer.threshold)
        own = next((kept for kept in self._library.all() if kept.path == path and not kept.shipped), None)
        try:
            if own:
                self._library.save(own, changed, getpass.getuser(), "T was moved at the station")
            else:
                changed.save(path)
        except InspectorError as error:
            self.banner.say(str(error))
            return
        except OSError as error:
            self.banner.say(f"The recipe can't be saved as {path}: {error.strerror}; choose another folder.")
            return
        self.line.adopt(changed)
        self._remember(recipe=str(path))

    def set_theme(self, chosen: theme.Theme) -> None:
        """Repaint everything in a theme."""
        self._remember(theme=chosen.value)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, chosen)

    def take_part_ids(self, wanted: bool) -> None:
        """Have a barcode reader name the parts, or not."""
        self._remember(part_ids=wanted)
        self.station.take_part_ids(wanted)

    def sound_on_reject(self, wanted: bool) -> None:
        """Have each reject heard, or not."""
        self._remember(sound=wanted)
        self.station.sound = wanted

    def _remember(self, **changes: object) -> None:
        self.settings = self.settings.model_copy(update=changes)
        self.settings_changed.emit(self.settings)

    def _ask(self, title: str, kinds: str, mode: Mode, then: Callable[[Path], None]) -> None:
        self.dialog = ask_file(self, title, kinds, mode, then, suffix="toml")

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        pages = {"Station": self.station, "Review": self.review, "Recipes": self.recipes, "Sources": self.sources}
        for name, page in pages.items():
            self.header.tabs.addTab(name)
            self._pages.addWidget(page)
        self.header.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.header.tabs.currentChanged.connect(lambda _: self.review.reload() if self.page is self.review else None)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.access)
        column.addWidget(self.banner)
        column.addWidget(self._pages, 1)
        whole = QWidget()
        whole.setLayout(column)
        self.setCentralWidget(whole)

    def toggle_full_screen(self) -> None:
        """Fill the screen, or no more."""
        if self.isFullScreen():
            self.showNormal()
        else:
            self.showFullScreen()

    def _tell_troubles(self, before: LineState | None, state: LineState) -> None:
        if state.phase is Phase.FAULT and (before is None or before.phase is not Phase.FAULT):
            self.banner.say(state.text)
        if state.cut_off and not (before and before.cut_off and before.link == state.link):
            which = "" if state.source in state.link.text else f" {state.source}"
            self.banner.say(f"Source{which} {state.link.state}: {state.link.text}")
        elif before and before.cut_off and not state.cut_off and before.link.text in self.banner.text:
            self.banner.clear()
        known = before.unreadable if before and before.number == state.number else 0
        if state.unreadable > known:
            error = next((part.error for part in state.parts if part.error), "")
            count = f"{state.unreadable} frames can't be read; the last: " if state.unreadable > 1 else ""
            self.banner.say(f"{count}{error}")


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file or folder of a drop that the window can open."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    usable = [path for path in paths if path.is_dir() or path.suffix.lower() in {*SUFFIXES, ".toml"}]
    return usable[0] if usable else None
