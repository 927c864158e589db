import numpy as np
import pytest
from builders import make_frame, make_inspection, make_recipe
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QCursor, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from inspector.gui.image_view import ImageView
from inspector.gui.shown import Shown, show_inspection

WHOLE = QRectF(0, 0, 320, 240)


def shown(shape: tuple[int, ...] = (240, 320)) -> Shown:
    return show_inspection(1, make_inspection(make_frame(shape)), make_recipe())


@pytest.fixture
def view(qtbot) -> ImageView:
    widget = ImageView()
    qtbot.addWidget(widget)
    widget.resize(640, 500)
    widget.show()
    widget.show_part(shown(), 5.4)
    qtbot.waitUntil(lambda: widget.field.contains(WHOLE))
    return widget


def wheel(view: ImageView, clicks: int) -> None:
    middle = QPointF(view.viewport().rect().center())
    event = QWheelEvent(
        middle,
        view.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * clicks),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view.viewport(), event)


def drag(view: ImageView, button: Qt.MouseButton) -> None:
    start = view.viewport().rect().center()
    if button:
        QTest.mousePress(view.viewport(), button, pos=start)
    for step in range(0, 60, 10):
        QTest.mouseMove(view.viewport(), start + QPoint(step, 0))
    if button:
        QTest.mouseRelease(view.viewport(), button, pos=start + QPoint(50, 0))


def test_the_wheel_zooms_and_fit_shows_the_whole_again(view: ImageView) -> None:
    wheel(view, 5)
    assert view.field.width() < WHOLE.width()
    view.fit()
    assert view.field.contains(WHOLE)


def test_at_100_percent_a_pixel_is_a_pixel(view: ImageView) -> None:
    view.actual_size()
    assert view.field.width() == pytest.approx(view.viewport().width(), rel=0.02)


def test_a_fitted_picture_stays_fitted_when_the_window_grows(view: ImageView, qtbot) -> None:
    view.resize(300, 900)
    qtbot.waitUntil(lambda: view.field.contains(WHOLE) and view.field.height() > 2 * WHOLE.height())


def test_the_cut_out_stays_from_part_to_part_of_the_same_size(view: ImageView) -> None:
    wheel(view, 5)
    before = view.field
    view.show_part(shown(), 5.4)
    assert view.field == before
    view.show_part(shown((480, 640, 3)), 5.4)
    assert view.field.contains(QRectF(0, 0, 640, 480))


def test_space_held_pans_with_the_mouse(view: ImageView) -> None:
    wheel(view, 5)
    before = view.field.left()
    view.setFocus()
    QCursor.setPos(view.viewport().mapToGlobal(view.viewport().rect().center()))  # not where another test left it
    QTest.keyPress(view, Qt.Key.Key_Space)
    drag(view, Qt.MouseButton.NoButton)
    QTest.keyRelease(view, Qt.Key.Key_Space)
    moved = view.field.left()
    assert moved < before
    drag(view, Qt.MouseButton.NoButton)
    assert view.field.left() == moved


def test_frames_of_any_form_are_painted(view: ImageView) -> None:
    for shape in ((16, 16), (17, 300), (300, 17, 3)):
        view.show_part(shown(shape), 5.4)
        picture = view.grab().toImage()
        assert np.isfinite(view.field.width())
        assert not picture.isNull()
