"""What leaves the journal: a table, the report of a shift, a dataset to train on."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QFrame, QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QWidget

from inspector.errors import InspectorError
from inspector.gui.file_dialog import Mode, ask_file
from inspector.gui.models import Models
from inspector.gui.review.reading import Listing
from inspector.gui.task import Task
from inspector.journal.dataset_out import Written, reviewed_ids, write_reviewed
from inspector.journal.entry import Entry
from inspector.journal.listing import Listed
from inspector.journal.report.shift import write_report
from inspector.journal.tables_out import table_name, write_tables

Bounds = tuple[datetime, datetime]
Tell = Callable[[tuple[int, int]], None]


@dataclass(frozen=True)
class Source:
    """What an export is of: the list on the page, and the shift that a report is of."""

    listing: Listing
    shift: Bounds


class Export(QFrame):
    """A strip that tells how far an export is and what came of it; `button` opens the menu.

    Parameters
    ----------
    models : Models
    source : callable
        Gives what is exported, or None while nothing is listed.
    """

    def __init__(self, models: Models, source: Callable[[], Source | None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._models, self._source = models, source
        self._task: Task[tuple[int, int], str] = Task("inspector-export")
        self.dialog: QFileDialog | None = None
        self.button, self.said, self.progress = QPushButton("Export"), QLabel(), QProgressBar()
        self.cancel, self.close_strip = QPushButton("Cancel"), QPushButton("Close")
        self._lay_out()
        self.cancel.clicked.connect(self.stop)
        self.close_strip.clicked.connect(self.hide)
        self.cancel.hide()
        self.hide()

    @property
    def idle(self) -> bool:
        """Whether nothing is being written, and what was is told."""
        return self._task.idle

    def choose_table(self) -> None:
        """Ask where the listed inspections go as a CSV table."""
        self._ask("Folder for entries.csv and results.jsonl", "", Mode.Directory, self.write_table)

    def choose_parquet(self) -> None:
        """Ask where the listed inspections go as a Parquet table."""
        self._ask("Folder for entries.parquet and results.jsonl", "", Mode.Directory, self.write_parquet)

    def choose_report(self) -> None:
        """Ask where the report of the shift goes."""
        source = self._source()
        if source is not None:
            name = f"shift-{source.shift[0]:%Y-%m-%d-%H%M}.pdf"
            self._ask("Report of the shift", "PDF (*.pdf)", Mode.AnyFile, self.write_shift, ".pdf", name)

    def choose_dataset(self) -> None:
        """Ask for the folder of a dataset."""
        self._ask("Empty folder for the dataset", "", Mode.Directory, self.write_dataset)

    def write_table(self, out: Path) -> None:
        """Write the listed inspections as a CSV table."""
        self._start(lambda source, tell: _write_table(source.listing, out, False, tell))

    def write_parquet(self, out: Path) -> None:
        """Write the listed inspections as a Parquet table."""
        self._start(lambda source, tell: _write_table(source.listing, out, True, tell))

    def write_shift(self, out: Path) -> None:
        """Write the report of the shift."""
        self._start(lambda source, tell: _write_shift(source, out, tell))

    def write_dataset(self, out: Path) -> None:
        """Write the reviewed ones of the listed inspections as a dataset."""
        self._start(lambda source, tell: _write_dataset(source.listing, out, self._models, tell))

    def stop(self) -> None:
        """Write no more; a table or a dataset is not complete then."""
        self._task.cancel()
        self._end("The export was cancelled: what was written so far is not complete.")

    def refresh(self) -> None:
        """Tell how far it is; the window calls this at its own pace."""
        if self.cancel.isHidden():
            return
        try:
            said = self._task.take()
        except InspectorError as error:
            self._end(str(error))
            return
        if said is not None:
            self._end(said)
        elif self._task.told is not None:
            done, total = self._task.told
            self.progress.setRange(0, total)
            self.progress.setValue(done)

    def close_threads(self) -> None:
        """End what writes."""
        self._task.close_threads()

    def _ask(
        self, title: str, kinds: str, mode: Mode, then: Callable[[Path], object], suffix: str = "", name: str = ""
    ) -> None:
        self.dialog = ask_file(self.window(), title, kinds, mode, then, suffix, name)

    def _start(self, work: Callable[[Source, Tell], str]) -> None:
        source = self._source()
        if source is None:
            return
        self._task.start(lambda tell: work(source, tell))
        self.said.setText("Writing ...")
        self.progress.setRange(0, 0)
        self._show(at_work=True)

    def _end(self, sentence: str) -> None:
        self.said.setText(sentence[:1].upper() + sentence[1:])
        self.setAccessibleName(self.said.text())
        self._show(at_work=False)

    def _show(self, at_work: bool) -> None:
        self.progress.setVisible(at_work)
        self.cancel.setVisible(at_work)
        self.close_strip.setVisible(not at_work)
        self.show()

    def _lay_out(self) -> None:
        self.setProperty("panel", True)
        self.setAccessibleName("export")
        menu = QMenu(self.button)
        menu.setToolTipsVisible(True)
        for text, then, hint in (
            ("Listed inspections as a &table (CSV) ...", self.choose_table, "entries.csv and results.jsonl"),
            (
                "Listed inspections as a ta&ble (Parquet) ...",
                self.choose_parquet,
                "The same, for programs that read it",
            ),
            ("&Report of the shift (PDF) ...", self.choose_report, "The shift of the part that is looked at"),
            ("Reviewed ones as a &dataset ...", self.choose_dataset, "A folder that inspector-train takes as it is"),
        ):
            action = menu.addAction(text)
            action.setToolTip(hint)
            action.triggered.connect(then)
        self.button.setMenu(menu)
        self.button.setToolTip("Write a table, a report or a dataset of what is listed")
        self.cancel.setToolTip("Write no more")
        self.close_strip.setAccessibleName("close the strip")
        self.progress.setFixedWidth(160)
        self.progress.setAccessibleName("how far the export is")
        self.said.setTextFormat(Qt.TextFormat.PlainText)
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 4, 8, 4)
        row.addWidget(self.said, 1)
        for widget in (self.progress, self.cancel, self.close_strip):
            row.addWidget(widget)


def _write_table(listing: Listing, out: Path, parquet: bool, tell: Tell) -> str:
    table = table_name(parquet)
    taken = next((name for name in (table, "results.jsonl") if (out / name).exists()), None)
    if taken:
        raise InspectorError(f"{out} has a file {taken} already; choose another folder")
    ids = listing.journal.ids(listing.filter, order=listing.asked.order)
    if not ids:
        raise InspectorError("nothing is listed that could be written; clear the filter")
    write_tables(_counted(Listed(listing.journal, ids), len(ids), tell), out, parquet)
    return f"{len(ids)} inspections are in {out / table}, and with all that is known in results.jsonl."


def _write_shift(source: Source, out: Path, tell: Tell) -> str:
    if out.exists():
        raise InspectorError(f"{out} is there already; choose another name")
    since, until = source.shift
    journal = source.listing.journal
    write_report(journal, since, until, out, progress=lambda done, total: tell((done, total)))
    return f"The report of the shift from {since:%Y-%m-%d %H:%M} to {until:%H:%M} is {out}."


def _write_dataset(listing: Listing, out: Path, models: Models, tell: Tell) -> str:
    ids = reviewed_ids(listing.journal, listing.filter)
    written = write_reviewed(listing.journal, ids, out, models.get, lambda done, total: tell((done, total)))
    splits = ", ".join(f"{len(names)} {split}" for split, names in written.splits.items())
    return f"{written.frames} frames ({splits}), {written.defective} with defects, are in {out}.{_left_out(written)}"


def _left_out(written: Written) -> str:
    reasons: Sequence[str] = tuple(written.left_out.values())
    return f" {len(reasons)} left out; the first: {reasons[0]}." if reasons else ""


def _counted(entries: Iterable[Entry], total: int, tell: Tell) -> Iterator[Entry]:
    for done, entry in enumerate(entries):
        if done % 100 == 0:
            tell((done, total))
        yield entry
