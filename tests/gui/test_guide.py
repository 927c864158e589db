from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QUrl

from inspector.gui.guide import Guide
from inspector.paths import RESOURCES

PAGES = sorted((RESOURCES / "guide").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_is_shown_as_text(qtbot, page: Path) -> None:
    guide = Guide()
    qtbot.addWidget(guide)
    guide.pages.setSource(QUrl.fromLocalFile(str(page)))
    title = page.read_text(encoding="utf-8").splitlines()[0].removeprefix("# ")
    assert guide.pages.toPlainText().startswith(title)


def test_links_lead_on_and_contents_leads_back(qtbot) -> None:
    guide = Guide()
    qtbot.addWidget(guide)
    guide.pages.setSource(QUrl("station.md"))
    assert guide.pages.toPlainText().startswith("The station")
    guide.show_index()
    assert guide.pages.toPlainText().startswith("Inspector: the guide")


def test_a_picture_is_never_wider_than_the_window(qtbot, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pages").mkdir()
    cv2.imwrite(str(tmp_path / "pictures" / "wide.png"), np.zeros((200, 3000), np.uint8))
    page = tmp_path / "pages" / "page.md"
    page.write_text("# Page\n\n![wide](../pictures/wide.png)\n")
    guide = Guide()
    qtbot.addWidget(guide)
    guide.show()
    guide.pages.setSource(QUrl.fromLocalFile(str(page)))
    assert guide.pages.document().size().height() > 40
    assert 400 < guide.pages.document().idealWidth() <= guide.pages.viewport().width()
