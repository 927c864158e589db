import pytest
from PySide6.QtCore import Qt

from inspector.gui.recipe_texts import TextList

TEXT = "No. 7   part-000006   reject \N{RIGHTWARDS ARROW} review\nabrasion of 4841 px², severity 8.0, over severity 4"


@pytest.mark.parametrize("count", [2, 30])
def test_no_word_is_cut_off_however_wide_the_list(qtbot, count: int) -> None:
    texts = TextList("verdicts")
    qtbot.addWidget(texts)
    texts.resize(200, 300)
    texts.show_texts([TEXT] * count)
    texts.show()
    for width in range(200, 480, 3):
        texts.resize(width, 300)
        qtbot.waitUntil(lambda: texts.visualItemRect(texts.item(0)).right() < texts.viewport().width(), timeout=2000)
        item = texts.visualItemRect(texts.item(0))
        room = item.adjusted(3, 0, -3, 0)
        needed = texts.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, TEXT)
        assert needed.height() <= item.height()
