"""The tab of the page that tunes T: what is on it is made when somebody comes to it."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.gui.models import Models
from inspector.gui.viewer import PartViewer
from inspector.journal.store import Journal
from inspector.recipe_library import RecipeLibrary

if TYPE_CHECKING:
    from inspector.gui.tuning.tune_view import TuneView


class TunePage(QWidget):
    """Costs a station nothing that never shows it.

    Parameters
    ----------
    library : RecipeLibrary
    models : Models
    journal : callable
        Gives the journal, or None while it is not open.
    in_use : callable
        Gives the name of the recipe that the line runs, which is tried first.
    engineer_only : callable
        Is given what only an engineer may use.
    dataset : str
        The folder that was measured last.

    Signals
    -------
    dataset_measured(str)
        The folder that is measured, to be named the next time.
    troubled(str)
        A sentence for the banner.
    """

    dataset_measured = Signal(str)
    troubled = Signal(str)

    def __init__(
        self,
        library: RecipeLibrary,
        models: Models,
        journal: Callable[[], Journal | None],
        in_use: Callable[[], str],
        engineer_only: Callable[..., None],
        dataset: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._given = (library, models, journal, in_use, engineer_only, dataset)
        self._view: TuneView | None = None
        self._room = QVBoxLayout(self)
        self._room.setContentsMargins(0, 0, 0, 0)

    @property
    def view(self) -> "TuneView":
        """What is on the page; made if nobody came to it yet."""
        if self._view is None:
            # Its modules take 0.1 s to load: that is not for a program that starts.
            from inspector.gui.tuning.tune_view import TuneView

            library, models, journal, in_use, engineer_only, dataset = self._given
            self._view = TuneView(library, models, journal, in_use())
            self._view.troubled.connect(self.troubled)
            self._view.setup.folder.write(dataset)
            self._view.setup.measured.connect(self._tell_dataset)
            engineer_only(self._view.save, self._view.saving.question)
            self._room.addWidget(self._view)
        return self._view

    @property
    def viewer(self) -> PartViewer | None:
        """The frame that is shown large; None where there is none."""
        return self._view.pictures.large.viewer if self._view and self._view.pictures.is_large else None

    def refresh(self) -> None:
        """Paint what is new; the window calls this at most 30 times a second while the page is on the screen."""
        self.view.refresh()

    def set_overlay_visible(self, visible: bool) -> None:
        """Show or hide heatmap and boxes of the small pictures."""
        self.view.pictures.set_overlay_visible(visible)

    def close_threads(self) -> None:
        """End what works for this page."""
        if self._view is not None:
            self._view.close_threads()

    def showEvent(self, event: QShowEvent) -> None:
        """What others did to the library is seen when the page comes up."""
        super().showEvent(event)
        self.view.reload()

    def _tell_dataset(self, folder: Path | None, _split: str) -> None:
        if folder is not None:
            self.dataset_measured.emit(str(folder.absolute()))
