"""The expression that names the parts of a folder's files, and what it makes of the files that are there."""

from collections.abc import Iterator
from heapq import nsmallest
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QLabel, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.recipe_field import Problem, TextField
from inspector.sources import Address
from inspector.sources.part_names import PartNames, is_image, natural_key

_LABEL = "parts by name"
_ARROW = "\N{RIGHTWARDS ARROW}"

_File = tuple[Path, str]
"""An image, and the sub-folder that it lies in, if it lies in one."""

_SHOWN = 3
_SAMPLE: list[_File] = [(Path(f"plate7_cam{number}.png"), "") for number in (1, 2)]
"""What may come into a folder that has no images yet."""


class PartPattern(QWidget):
    """A field for the expression, what is wrong with it, and the parts of the first files.

    The files are looked for in a thread of their own: a network share takes its time.

    Signals
    -------
    edited()
        The expression is another one.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._finder: Newest[list[_File]] = Newest("inspector-part-files")
        self._address = Address("")
        self._files = _SAMPLE
        hint = "A regular expression, looked for in a file's name: its group 'part', or its first, is the part's id"
        self.field = TextField(_LABEL, hint, "each file is a part; or an expression such as (.+)_cam[0-9]")
        self.problem, self.example = Problem(), QLabel()
        self.example.setProperty("muted", True)
        self.example.setTextFormat(Qt.TextFormat.PlainText)
        self.example.setAccessibleName("parts of the first files")
        column = QVBoxLayout()
        column.setSpacing(4)
        for widget in (self.field, self.problem, self.example):
            column.addWidget(widget)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(_LABEL, column)
        self.field.textChanged.connect(self._show)
        self.field.textChanged.connect(self.edited)
        self._show()

    @property
    def text(self) -> str:
        """The expression; empty is none."""
        return self.field.text().strip()

    @property
    def settled(self) -> bool:
        """Whether the files that are there are on the screen."""
        return self._finder.idle

    def show_files(self, address: Address) -> None:
        """Take files of this source for examples."""
        if address != self._address:
            self._address, self._files = address, _SAMPLE
            self._finder.renew()
            self._finder.ask(lambda: _first_files(address))
            self._show()

    def refresh(self) -> None:
        """Show the files that were found; the window calls this at its own pace."""
        if found := self._finder.take():
            self._files = found
            self._show()

    def close_threads(self) -> None:
        """End the thread that looks for files."""
        self._finder.close()

    def _show(self) -> None:
        try:
            parts = PartNames(self.text)
        except InspectorError as error:
            self.problem.say(str(error))
            self.field.setAccessibleDescription(str(error))
            self.example.hide()
            return
        self.problem.say("")
        self.field.setAccessibleDescription("")
        files = [parts.of(path, folder) for path, folder in self._files]
        self.example.setText("\n".join(f"{file.name}  {_ARROW}  part {file.part}" for file in files))
        self.example.show()


def _first_files(address: Address) -> list[_File]:
    """The first images of a source; none where it can't be read, which is told when it is opened."""
    try:
        return nsmallest(_SHOWN, _files(address), key=lambda file: (natural_key(file[1]), natural_key(file[0].name)))
    except OSError:
        return []


def _files(address: Address) -> Iterator[_File]:
    """A file, the images of a folder, or where a folder has none those of its sub-folders, which nobody watches."""
    place = Path(address.target)
    if place.is_file():
        yield place, ""
        return
    own = [file for file in place.iterdir() if is_image(file.name)]
    yield from ((file, "") for file in own)
    if not own and address.scheme == "folder":
        inner = (folder for folder in place.iterdir() if folder.is_dir())
        yield from ((file, folder.name) for folder in inner for file in folder.iterdir() if is_image(file.name))
