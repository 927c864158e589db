"""The main window: its pages, who may use what in them, files dropped onto it."""

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
from inspector.gui import theme
from inspector.gui.access import AccessBar
from inspector.gui.auditor import Auditor
from inspector.gui.banner import Banner
from inspector.gui.guide import Guide
from inspector.gui.header import Header
from inspector.gui.line_setup import TOML, LineSetup
from inspector.gui.masks.editor import MaskEditor
from inspector.gui.models import Models
from inspector.gui.recipe_page import RecipePage
from inspector.gui.review.page import ReviewPage
from inspector.gui.source_page import SourcePage
from inspector.gui.station_page import StationPage
from inspector.gui.statistics.page import StatisticsPage
from inspector.gui.tuning.page import TunePage
from inspector.gui.viewer import PartViewer
from inspector.gui.worker import Line
from inspector.images import SUFFIXES
from inspector.journal.entry import Entry
from inspector.journal.query import EntryFilter
from inspector.paths import own_recipes, password_file
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings

PAINT_MS = 33
"""The window paints at most 30 times a second, whatever the line does."""


class MainWindow(QMainWindow):
    """Everything that people see; `inspector.gui.menus` gives it its commands.

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
    turned()
        Another page is on the screen.

    Attributes
    ----------
    tabbed : dict of str to QWidget
        The pages that have a tab, by its name; drawing has none.
    """

    turned = Signal()

    def __init__(
        self,
        settings: Settings,
        journal_url: str,
        models: Models,
        access: Access | None = None,
        library: RecipeLibrary | None = None,
    ) -> None:
        super().__init__()
        self._models = models
        self.line = Line(journal_url, models, settings.shifts, settings.pictures_bytes)
        access = access or Access(password_file(), settings.idle_minutes)
        library = library or RecipeLibrary(own_recipes())
        auditor = Auditor(lambda: self.line.journal)
        access.tell, library.tell = auditor.access, auditor.recipe
        self.access = AccessBar(access)
        self.banner, self.header = Banner(), Header(self.access.button)
        self.station, self.review = StationPage(self.line), ReviewPage(self.line, models, library, settings.shifts)
        self.statistics, self.masks = StatisticsPage(self.line, settings.shifts), MaskEditor()
        self.sources = SourcePage()
        self.setup = LineSetup(settings, self.line, library, lambda: self.station.viewer.threshold, self)
        self.recipes = RecipePage(
            library,
            models,
            lambda: self.line.journal,
            lambda: self.station.viewer.logged,
            lambda: self.setup.settings.recipe,
        )
        self.tune = TunePage(
            library,
            models,
            lambda: self.line.journal,
            self._recipe_in_use,
            self.access.engineer_only,
            settings.dataset,
        )
        self.tune.dataset_measured.connect(lambda folder: self.setup.remember(dataset=folder))
        self._visited = (self.review, self.masks, self.statistics, self.tune, self.recipes, self.sources)
        self.guide: Guide | None = None
        self._lay_out()
        self.access.engineer_only(
            self.station.viewer.controls, self.recipes.editor, self.recipes.list.controls, self.sources.controls
        )
        self.access.changed.connect(self._show_access)
        self._show_access(self.access.unlocked)
        for told in (self.station, self.review, self.masks, self.statistics, self.tune, self.recipes, self.setup):
            told.troubled.connect(self.banner.say)
        self.setup.opened.connect(self.banner.clear)
        self.setup.opened.connect(self.sources.show_source)
        self.sources.used.connect(self.setup.use_source)
        self.recipes.adopted.connect(self.setup.adopt)
        for changed in (self.sources.used, self.recipes.adopted):
            changed.connect(lambda *_: self.go_to(self.station))
        self.review.draw_wanted.connect(self._draw)
        self.masks.closed.connect(lambda: self.go_to(self.review))
        self.masks.saved.connect(lambda _: self.review.reload_entry())
        self.statistics.chosen.connect(self._show_matching)
        self.station.run_again.connect(self.setup.open_again)
        self.setWindowTitle("Inspector")
        self.resize(1280, 800)
        self._pulse = QTimer(self)
        self._pulse.timeout.connect(self.refresh)
        self._pulse.start(PAINT_MS)
        self.station.sound = settings.sound
        self.station.part_id.setVisible(settings.part_ids)
        self.setup.open_again()

    @property
    def page(self) -> QWidget | None:
        """The page on the screen."""
        return self._pages.currentWidget()

    @property
    def viewer(self) -> PartViewer:
        """What the commands about the picture are for: the page's own, else the station's."""
        if self.page is self.review:
            return self.review.viewer
        return (self.tune.viewer if self.page is self.tune else None) or self.station.viewer

    def refresh(self) -> None:
        """Paint what is new."""
        self.station.refresh()
        for page in self._visited:
            if self.page is page:
                page.refresh()
        if self.page is self.sources:
            self.sources.show_state(self.line.state)
        self.banner.show_state(self.line.state)
        self.header.show_state(self.line.state, self.station.viewer.threshold)

    def go_to(self, page: QWidget) -> None:
        """Show a page."""
        if page in self.tabbed.values():
            self.header.tabs.setCurrentIndex(self._pages.indexOf(page))
        self._pages.setCurrentWidget(page)

    def _draw(self, entry: Entry) -> None:
        if self.line.journal is not None:
            self.go_to(self.masks)
            self.masks.open(self.line.journal, entry, self._models.get, self.review.panel.who)

    def _show_matching(self, wanted: EntryFilter) -> None:
        self.review.show_matching(wanted)
        self.go_to(self.review)

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
            if self.page is self.tune:
                self.tune.set_overlay_visible(not hide)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Stop the line, then close; not before a mask that is being drawn is saved or discarded."""
        if self.masks.unsaved:
            event.ignore()
            self.go_to(self.masks)
            self.masks.leave()
            return
        self._pulse.stop()
        self.hide()
        for page in (self.station, *self._visited):
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
            self.setup.open_path(path)

    def _show_access(self, unlocked: bool) -> None:
        """What an engineer was asked for is not an operator's to answer, nor a T that was moved one to judge by."""
        self.setAcceptDrops(unlocked)
        if not unlocked:
            self.station.drop_threshold()
            for dialog in self.findChildren(QFileDialog):
                dialog.close()

    def show_guide(self) -> None:
        """Open the guide, beside the window."""
        self.guide = self.guide or Guide()
        self.guide.show()
        self.guide.raise_()

    def set_theme(self, chosen: theme.Theme) -> None:
        """Repaint everything in a theme."""
        self.setup.remember(theme=chosen.value)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            theme.apply(application, chosen)

    def take_part_ids(self, wanted: bool) -> None:
        """Have a barcode reader name the parts, or not."""
        self.setup.remember(part_ids=wanted)
        self.station.take_part_ids(wanted)

    def sound_on_reject(self, wanted: bool) -> None:
        """Have each reject heard, or not."""
        self.setup.remember(sound=wanted)
        self.station.sound = wanted

    def _recipe_in_use(self) -> str:
        recipe = self.line.state.recipe
        return recipe.name if recipe else ""

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self.tabbed: dict[str, QWidget] = {
            "Station": self.station,
            "Review": self.review,
            "Statistics": self.statistics,
            "Tune": self.tune,
            "Recipes": self.recipes,
            "Sources": self.sources,
        }
        for name, page in self.tabbed.items():
            self.header.tabs.addTab(name)
            self._pages.addWidget(page)
        self._pages.addWidget(self.masks)
        self._pages.currentChanged.connect(lambda _: self.turned.emit())
        self.header.tabs.currentChanged.connect(self._pages.setCurrentIndex)
        self.header.tabs.tabBarClicked.connect(self._pages.setCurrentIndex)  # also of the tab that drawing hides
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


def _dropped(event: QDropEvent) -> Path | None:
    """The one local file or folder of a drop that the window can open."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    usable = [path for path in paths if path.is_dir() or path.suffix.lower() in {*SUFFIXES, TOML}]
    return usable[0] if usable else None
