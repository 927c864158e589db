"""The kinds that can be drawn: legend and chooser in one, and a line to type a new one."""

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from inspector.dataset import IGNORE
from inspector.gui.masks.colours import kind_colour
from inspector.types import BACKGROUND

IGNORED = "ignore"
_SIDE = 18
_ID = Qt.ItemDataRole.UserRole


class KindList(QListWidget):
    """Letters and digits belong to the editor, not to a search in the list."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See the class."""
        if event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)


class Kinds(QWidget):
    """Chooses the kind that is drawn.

    Signals
    -------
    chosen(int)
        Its class id, 255 for what is to be ignored.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.classes: tuple[str, ...] = (BACKGROUND,)
        self.list, self.new, self.add = KindList(), QLineEdit(), QPushButton("Add")
        self.list.setAccessibleName("kind that is drawn")
        self.list.setToolTip(
            "The kind that is drawn, and its colour. The digit before it chooses it, 0 what to ignore."
        )
        self.list.setIconSize(QSize(_SIDE, _SIDE))
        self.list.setSpacing(2)
        self.new.setPlaceholderText("a new kind")
        self.new.setAccessibleName("name of a new kind")
        self.new.setToolTip("A kind that the model does not know: type its name, then Enter")
        self.add.setToolTip("Offer this kind, and draw it")
        self.add.setEnabled(False)
        row = QHBoxLayout()
        row.addWidget(self.new, 1)
        row.addWidget(self.add)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.list, 1)
        column.addLayout(row)
        self.list.currentItemChanged.connect(self._choose)
        self.new.textChanged.connect(lambda text: self.add.setEnabled(text.strip() not in ("", BACKGROUND)))
        self.new.returnPressed.connect(self._add)
        self.add.clicked.connect(self._add)

    def offer(self, classes: Sequence[str], chosen: int) -> None:
        """Offer the kinds of these classes, the first of which is none."""
        self.classes = tuple(classes)
        with QSignalBlocker(self.list):
            self.list.clear()
            for class_id, name in enumerate(self.classes[1:], 1):
                key = str(class_id) if class_id < 10 else " "
                self.list.addItem(_item(f"{key}   {name}", class_id))
            self.list.addItem(_item(f"0   {IGNORED}", IGNORE))
        self.choose(chosen)

    def choose(self, class_id: int) -> None:
        """Draw this kind, if there is one."""
        for row in range(self.list.count()):
            if self.list.item(row).data(_ID) == class_id:
                self.list.setCurrentRow(row)

    def name(self, class_id: int) -> str:
        """What a class id stands for; nothing for sound surface."""
        return IGNORED if class_id == IGNORE else self.classes[class_id] if class_id else ""

    def _choose(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.chosen.emit(item.data(_ID))

    def _add(self) -> None:
        name = self.new.text().strip()
        if not self.add.isEnabled():
            return
        if name not in (*self.classes, IGNORED) and len(self.classes) < IGNORE:
            self.classes += (name,)
        self.offer(self.classes, self.classes.index(name) if name in self.classes else IGNORE)
        self.new.clear()


def _item(text: str, class_id: int) -> QListWidgetItem:
    picture, icon = _swatch(kind_colour(class_id)), QIcon()
    for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected):
        icon.addPixmap(picture, mode)
    item = QListWidgetItem(icon, text)
    item.setData(_ID, class_id)
    if class_id == IGNORE:
        item.setToolTip("Neither defect nor sound: a training does not look at it")
    return item


def _swatch(colour: QColor) -> QPixmap:
    picture = QPixmap(_SIDE, _SIDE)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setPen(QColor("#30363c"))
    painter.setBrush(colour)
    painter.drawRoundedRect(1, 1, _SIDE - 3, _SIDE - 3, 3, 3)
    painter.end()
    return picture
