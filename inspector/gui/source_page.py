"""The page of sources: what there is, a test picture, settings, and which one the line takes."""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from inspector.credentials import keepable, without_secrets
from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.options_form import OptionsForm
from inspector.gui.part_pattern import PartPattern
from inspector.gui.picture_label import PictureLabel
from inspector.gui.recipe_field import Problem
from inspector.gui.state import LineState
from inspector.sources import OPTIONS, parse_address
from inspector.sources.discovery import Known, known_sources
from inspector.sources.trial import Trial, try_source

_ADDRESS = Qt.ItemDataRole.UserRole
_OF_FILES = ("folder", "watch")
"""Schemes whose files can name parts."""

_NOT_KEPT = "The password is kept in no file: after a restart write it again, or ${NAME} for the variable NAME"


class SourcePage(QWidget):
    """A list of sources, and the chosen one with its settings and a picture of it.

    Signals
    -------
    used(str, str)
        The line is to take this address, with parts that this expression names; see `inspector.sources.part_names`.
    """

    used = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finder: Newest[list[Known]] = Newest("inspector-discovery")
        self._trier: Newest[Trial] = Newest("inspector-trial")
        self.list, self.address, self.form, self.part = QListWidget(), QLineEdit(), OptionsForm(), PartPattern()
        self.look, self.test, self.use = (
            QPushButton("Look for cameras"),
            QPushButton("Test picture"),
            QPushButton("Use"),
        )
        self.error, self.result, self.live, self.picture = Problem(), QLabel(), QLabel(), PictureLabel()
        self.controls = QWidget()
        self._lay_out()
        self.list.currentItemChanged.connect(self._choose)
        self.address.textChanged.connect(self._read_address)
        self.address.returnPressed.connect(self.test.click)
        self.form.edited.connect(self._take_options)
        self.part.edited.connect(self._read_address)
        self.look.clicked.connect(self.look_for_cameras)
        self.test.clicked.connect(self.take_picture)
        self.use.clicked.connect(self._use)
        self._list(known_sources(search=False))
        self._read_address()

    @property
    def settled(self) -> bool:
        """Whether nothing is being looked for or tried."""
        return self._finder.idle and self._trier.idle and self.part.settled

    def show_source(self, address: str, part: str) -> None:
        """Show what the line takes from now on, as it was opened; an address that holds a password is not shown."""
        self.part.field.setText(part)
        self.address.setText(address if address == without_secrets(address) else "")

    def look_for_cameras(self) -> None:
        """Search the network; the window lives on meanwhile."""
        self.look.setEnabled(False)
        self.look.setText("looking ...")
        self._finder.ask(lambda: known_sources(search=True))

    def take_picture(self) -> None:
        """Try the source that is written here."""
        address = self.address.text().strip()
        self.picture.show_pixels(None)
        self.result.setText("waiting for a picture ...")
        self._trier.ask(lambda: try_source(address))

    def show_state(self, state: LineState) -> None:
        """Say how the source of the line stands."""
        text = f": {state.link.text}" if state.link.text else ""
        lost = f", {state.lost} frames lost" if state.lost else ""
        self.live.setText(f"The line takes {state.source or 'nothing'} ({state.link.state}{text}){lost}")

    def refresh(self) -> None:
        """Paint what was found; the window calls this at most 30 times a second."""
        found = self._finder.take()
        if found is not None:
            self.look.setEnabled(True)
            self.look.setText("Look for cameras")
            self._list(found)
        trial = self._trier.take()
        if trial is not None:
            self.result.setText(trial.text)
            self.picture.show_pixels(trial.frame.pixels if trial.frame else None)
        self.part.refresh()

    def close_threads(self) -> None:
        """End what works for this page."""
        for thread in (self._finder, self._trier):
            thread.close()
        self.part.close_threads()

    def _list(self, sources: list[Known]) -> None:
        chosen = self.address.text()
        self.list.clear()
        for known in sources:
            item = QListWidgetItem(f"{known.title}\n{known.about}")
            item.setData(_ADDRESS, known.address)
            self.list.addItem(item)
        self.address.setText(chosen)

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.address.setText(item.data(_ADDRESS))
            if item.data(_ADDRESS).endswith((":", "//")):  # a person has to write the rest
                self.address.setFocus()

    def _read_address(self) -> None:
        """Show the settings that the address may have, or what is wrong with it."""
        text, address, wrong = self.address.text().strip(), None, ""
        try:
            address = parse_address(text)
            if model := OPTIONS.get(address.scheme):
                address.read(model)
        except InspectorError as error:
            wrong = str(error)
        unkept = _NOT_KEPT if text != keepable(text) else ""
        self.error.say((wrong or unkept) if text else "")
        of_files = address is not None and address.scheme in _OF_FILES
        self.part.setVisible(of_files)
        self.test.setEnabled(address is not None and not wrong)
        self.use.setEnabled(self.test.isEnabled() and not (of_files and self.part.problem.problem))
        if address is not None:
            self.form.show_options(OPTIONS.get(address.scheme), address.options)
            if of_files:
                self.part.show_files(address)

    def _use(self) -> None:
        self.used.emit(self.address.text().strip(), "" if self.part.isHidden() else self.part.text)

    def _take_options(self, options: dict[str, str]) -> None:
        address = parse_address(self.address.text().strip())  # the form is shown for what can be read
        self.address.setText(str(replace(address, options=options)))

    def _lay_out(self) -> None:
        self.address.setPlaceholderText("demo, a folder, a file, watch:FOLDER, camera:0, gige:NAME, rtsp://...")
        self.address.setAccessibleName("address of the source")
        self.list.setAccessibleName("sources")
        self.list.setSpacing(5)
        self.look.setToolTip("Search the network for GigE Vision cameras")
        self.test.setToolTip("Take one picture and show it; the line goes on meanwhile (Enter)")
        self.use.setToolTip("Let the line take its frames from here")
        for label in (self.result, self.live):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.live.setProperty("muted", True)
        left = QVBoxLayout()
        left.addWidget(self.list, 1)
        left.addWidget(self.look)
        buttons = QHBoxLayout()
        buttons.addWidget(self.test)
        buttons.addWidget(self.use)
        buttons.addStretch(1)
        right = QVBoxLayout()
        for widget in (self.address, self.error, self.form, self.part):
            right.addWidget(widget)
        right.addLayout(buttons)
        right.addWidget(self.result)
        right.addWidget(self.picture, 1)
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 1)
        row.addLayout(right, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.addWidget(self.live)
        column.addWidget(self.controls, 1)
