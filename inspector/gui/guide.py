"""The user's guide, opened by F1."""

from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QImage, QTextBlockFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QTextBrowser, QVBoxLayout, QWidget

from inspector.paths import RESOURCES

_INDEX = "index.md"
_LINE_PERCENT = 130
_ABOVE_PX, _ABOVE_HEADING_PX = 8, 20


class Pages(QTextBrowser):
    """Markdown pages with room between the paragraphs, and pictures as wide as the window."""

    def __init__(self) -> None:
        super().__init__()
        self.setOpenExternalLinks(True)
        self.document().setDocumentMargin(18)
        self.sourceChanged.connect(self._space_out)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """See Qt."""
        url = self.source().resolved(QUrl(name))
        if kind != QTextDocument.ResourceType.ImageResource.value or not url.isLocalFile():
            return super().loadResource(kind, url)
        picture = QImage(url.toLocalFile())
        room = self.viewport().width() - 2 * round(self.document().documentMargin())
        if picture.width() <= room:
            return picture
        return picture.scaledToWidth(room, Qt.TransformationMode.SmoothTransformation)

    def _space_out(self) -> None:
        block = self.document().begin()
        while block.isValid():
            form = QTextBlockFormat(block.blockFormat())
            form.setTopMargin(_ABOVE_HEADING_PX if form.headingLevel() else _ABOVE_PX)
            form.setLineHeight(_LINE_PERCENT, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            QTextCursor(block).setBlockFormat(form)
            block = block.next()


class Guide(QWidget):
    """A window of its own that shows the guide's pages and follows their links."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setWindowTitle("Inspector: guide")
        self.resize(820, 720)
        self.pages = Pages()
        back, contents = QPushButton("Back"), QPushButton("Contents")
        back.clicked.connect(self.pages.backward)
        contents.clicked.connect(self.show_index)
        self.pages.backwardAvailable.connect(back.setEnabled)
        back.setEnabled(False)
        row = QHBoxLayout()
        row.addWidget(back)
        row.addWidget(contents)
        row.addStretch()
        column = QVBoxLayout(self)
        column.addLayout(row)
        column.addWidget(self.pages)
        self.show_index()

    def show_index(self) -> None:
        """The first page."""
        path = RESOURCES / "guide" / _INDEX
        if path.exists():
            self.pages.setSource(QUrl.fromLocalFile(str(path)))
        else:
            self.pages.setPlainText(f"The guide is missing: there is no {_INDEX} in {path.parent}.")
