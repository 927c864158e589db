"""What is tried on what: the set with its truth, the recipe, and how far the measuring is."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from inspector.dataset import read_dataset
from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.file_dialog import Mode, ask_file
from inspector.gui.recipe_field import Choice, TextField
from inspector.tune.measuring import Measuring
from inspector.tune.truth import ALL

DATASET, REVIEWED = "dataset folder", "reviewed inspections"


class SetupBar(QWidget):
    """One line; a dataset's index is read in a thread, and what is named is measured once its splits are known.

    Signals
    -------
    measured(object, str)
        A person wants a split of a dataset folder measured; without a folder the reviewed inspections.
    cancelled()
        A person wants it measured no more.
    recipe_chosen(object)
        The `Path` of a recipe.
    troubled(str)
        Why there is nothing to measure.
    """

    measured = Signal(object, str)
    cancelled = Signal()
    recipe_chosen = Signal(object)
    troubled = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.truth = Choice("truth", "Where truth is: an annotated dataset, or what people decided in this journal")
        self.truth.offer([DATASET, REVIEWED])
        self.folder = TextField("dataset folder", "A folder with images, masks and dataset.json (Enter opens it)")
        self.folder.setPlaceholderText("a folder with images, masks and dataset.json")
        self.browse = QPushButton("Folder ...")
        self.browse.setToolTip("Choose the dataset folder")
        self.split = Choice("split", "Which frames of the dataset; choose T on val, test is for reporting")
        self.recipe = Choice("recipe", "The recipe that is tried")
        self.go, self.bar = QPushButton("Measure"), QProgressBar()
        self.dialog: QFileDialog | None = None
        self._reader: Newest[list[str]] = Newest("inspector-tune-dataset")
        self._paths: list[Path] = []
        self._measuring = self._measures_then = False
        self._lay_out()
        self.truth.currentIndexChanged.connect(self._show_truth)
        self.folder.returnPressed.connect(self._name_folder)
        self.browse.clicked.connect(self._ask_folder)
        self.recipe.activated.connect(lambda i: self.recipe_chosen.emit(self._paths[i]))
        self.go.clicked.connect(lambda: self.cancelled.emit() if self._measuring else self.measure())
        self.offer_splits([])
        self.show_progress(None, measuring=False)

    @property
    def from_journal(self) -> bool:
        """Whether truth is what people decided."""
        return self.truth.currentText() == REVIEWED

    @property
    def settled(self) -> bool:
        """Whether no dataset's index is being read."""
        return self._reader.idle

    def measure(self) -> None:
        """Have measured what is named, as a person does with the button."""
        if self.from_journal:
            self.measured.emit(None, "")
        elif not self.folder.text().strip():
            self.folder.setFocus()
            self.troubled.emit("Name the folder of a dataset first: images, masks and dataset.json lie in it.")
        else:
            self._read(measure=True)

    def refresh(self) -> None:
        """Show what was read."""
        try:
            splits = self._reader.take()
        except InspectorError as error:
            self.offer_splits([])
            self.troubled.emit(str(error))
            return
        if splits is not None:
            self.offer_splits(splits)
            if self._measures_then:
                self.measured.emit(self._folder, self.split.currentText())

    def close_threads(self) -> None:
        """End what works here."""
        self._reader.close()

    def offer_splits(self, splits: list[str]) -> None:
        """The splits that have frames; what is chosen stays, else val is where there is one."""
        chosen, texts = self.split.currentText(), [*splits, *([ALL] if splits and ALL not in splits else [])]
        self.split.offer(texts)
        if texts:
            self.split.setCurrentText(next((text for text in (chosen, "val") if text in texts), texts[0]))
        self.split.setEnabled(bool(texts))

    def offer_recipes(self, recipes: Mapping[Path, str], chosen: Path) -> None:
        """The recipes that can be tried."""
        self._paths = list(recipes)
        self.recipe.offer(list(recipes.values()))
        with QSignalBlocker(self.recipe):
            self.recipe.setCurrentIndex(self._paths.index(chosen))

    def show_progress(self, progress: Measuring | None, measuring: bool) -> None:
        """How far it is; the button cancels while something is measured."""
        self._measuring = measuring
        self.go.setText("Cancel" if measuring else "Measure")
        self.go.setToolTip(
            "Stop here; what is measured is kept, and Measure goes on from there"
            if measuring
            else "Measure the set: each frame once, kept on disk (F5)"
        )
        self.bar.setVisible(measuring)
        if progress is not None:
            self.bar.setRange(0, progress.total)
            self.bar.setValue(progress.done)
            self.bar.setFormat(f"{progress.done} of {progress.total}")
        else:
            self.bar.setRange(0, 0)

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        self.truth.setFixedWidth(178)
        self.split.setFixedWidth(88)
        self.recipe.setFixedWidth(190)
        self.bar.setFixedWidth(150)
        self.bar.setAccessibleName("frames measured")
        self.folder.setMinimumWidth(140)
        self.go.setMinimumWidth(92)
        for text, widget, stretch in (
            ("&Truth", self.truth, 0),
            ("", self.folder, 1),
            ("", self.browse, 0),
            ("", self.split, 0),
            ("Rec&ipe", self.recipe, 0),
            ("", self.go, 0),
            ("", self.bar, 0),
        ):
            if text:
                label = QLabel(text)
                label.setBuddy(widget)
                row.addWidget(label)
            row.addWidget(widget, stretch)
        self._filler = QWidget()
        row.insertWidget(2, self._filler, 1)
        self._show_truth()

    def _show_truth(self) -> None:
        for widget in (self.folder, self.browse, self.split):
            widget.setVisible(not self.from_journal)
        self._filler.setVisible(self.from_journal)

    @property
    def _folder(self) -> Path:
        return Path(self.folder.text().strip()).expanduser()

    def _name_folder(self) -> None:
        if self.folder.text().strip():
            self._read(measure=False)
            self.go.setFocus()

    def _read(self, measure: bool) -> None:
        folder, self._measures_then = self._folder, measure
        self._reader.renew()
        self._reader.ask(lambda: [split for split, samples in read_dataset(folder).splits.items() if samples])

    def _ask_folder(self) -> None:
        self.dialog = ask_file(self, "Dataset folder", "", Mode.Directory, self._take_folder)

    def _take_folder(self, path: Path) -> None:
        self.folder.write(str(path))
        self._name_folder()
