"""One small frame of the grid; T changes the heatmap's table of colours and the boxes, never the picture."""

from weakref import WeakKeyDictionary

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from inspector.gui.colours import abnormal, heat_table, verdict_look
from inspector.gui.thumbnails import as_image
from inspector.gui.tuning.chart_paint import font_of
from inspector.gui.tuning.grid_model import FrameModel, Index
from inspector.gui.tuning.small import SIDE, Small
from inspector.gui.verdict_mark import draw_mark
from inspector.tune.picking import regions_of
from inspector.types import Verdict

_FOOT, _SPACE = 22, 6
CELL = QSize(SIDE[0] + 2 * _SPACE, SIDE[1] + _FOOT + 2 * _SPACE)

TRUTH = QColor("#7cc4ff")
"""Outline of what is annotated."""

_NAME = 44
"""Px from which on a part of the name is worth its room; the tooltip has all of it."""

_SHADE = QColor(10, 12, 14, 120)
_LEFT_OUT = QColor("#b9c2ca")


class _Drawn:
    """The images of a small frame, made once."""

    def __init__(self, small: Small) -> None:
        rows, columns = small.levels.shape
        self.image = as_image(small.pixels)
        self.heat = QImage(small.levels.tobytes(), columns, rows, columns, QImage.Format.Format_Indexed8).copy()
        self.truth = QImage(self.image.size(), QImage.Format.Format_ARGB32_Premultiplied)
        self.truth.fill(Qt.GlobalColor.transparent)
        outlines = [QPolygonF([QPointF(x, y) for x, y in outline.tolist()]) for outline in small.outlines]
        painter = QPainter(self.truth)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for pen in (QPen(_SHADE, 2), QPen(TRUTH, 1)):
            painter.setPen(pen)
            for outline in outlines:
                painter.drawPolygon(outline)
        painter.end()


class CellPainter(QStyledItemDelegate):
    """Paints the cells of a grid."""

    def __init__(self, frames: FrameModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._frames, self._view = frames, parent
        self._drawn: WeakKeyDictionary[Small, _Drawn] = WeakKeyDictionary()
        self._table: tuple[float, list[int]] = (-1.0, [])
        self.overlay_visible = True

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """See Qt."""
        return CELL

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """See Qt."""
        row, frames = index.row(), self._frames
        painter.save()
        cell = QRectF(option.rect)
        field = QRectF(cell.center().x() - SIDE[0] / 2, cell.top() + _SPACE, SIDE[0], SIDE[1])
        whole = field.adjusted(-3, -3, 3, _FOOT + 2)
        picked = bool(option.state & QStyle.StateFlag.State_Selected)
        wrong = frames.is_judged and frames.is_mistake(row)
        frame = option.palette.highlight().color() if picked else abnormal() if wrong else option.palette.mid().color()
        painter.setPen(QPen(frame, 3 if picked else 1.5 if wrong else 1))
        painter.setBrush(option.palette.window())
        painter.drawRect(whole)
        small = frames.small(row)
        if small is not None and not small.trouble:
            self._paint_frame(painter, field, row, small)
        else:
            painter.setPen(option.palette.placeholderText().color())
            painter.drawText(field, Qt.AlignmentFlag.AlignCenter, "can't be read" if small else "...")
        self._paint_foot(painter, QRectF(whole.left(), field.bottom() + 2, whole.width(), _FOOT), row, option)
        painter.restore()

    def _paint_frame(self, painter: QPainter, field: QRectF, row: int, small: Small) -> None:
        drawn = self._drawn.get(small)
        if drawn is None:
            drawn = self._drawn[small] = _Drawn(small)
        painter.save()
        painter.translate(
            round(field.center().x() - drawn.image.width() / 2), round(field.center().y() - drawn.image.height() / 2)
        )
        painter.drawImage(0, 0, drawn.image)
        if self.overlay_visible:
            drawn.heat.setColorTable(self._colours())
            painter.drawImage(0, 0, drawn.heat)
        painter.drawImage(0, 0, drawn.truth)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._frames.is_judged and self.overlay_visible:
            self._paint_boxes(painter, row, small)
        painter.restore()

    def _paint_boxes(self, painter: QPainter, row: int, small: Small) -> None:
        frames = self._frames
        assert frames.trial is not None
        regions, defects = regions_of(frames.trial, int(frames.frames[row]), frames.threshold)
        for chosen, pen in (
            (regions[~defects], QPen(_LEFT_OUT, 1, Qt.PenStyle.DotLine)),
            (regions[defects], QPen(abnormal(), 1.6)),
        ):
            painter.setPen(pen)
            boxes = (chosen["box"] * small.scale).tolist()
            painter.drawRects([QRectF(left, top, right - left, bottom - top) for top, left, bottom, right in boxes])

    def _paint_foot(self, painter: QPainter, foot: QRectF, row: int, option: QStyleOptionViewItem) -> None:
        frames = self._frames
        font = font_of(self._view)
        painter.setFont(font)
        metrics, left = QFontMetricsF(font), foot.left() + 6
        ink = option.palette.placeholderText().color()
        if frames.is_judged:
            note, verdict = frames.note(row), frames.verdict(row)
            wrong = frames.is_mistake(row)
            look = verdict_look(Verdict.REJECT if wrong else None, option.palette)
            if wrong:
                painter.fillRect(foot.adjusted(1, 0, -1, 0), look.fill)
                ink = look.ink
            draw_mark(painter, QRectF(left, foot.center().y() - 6, 12, 12), verdict, ink, look.fill)
            left += 18
            painter.setPen(ink if wrong else option.palette.text().color())
            width = metrics.horizontalAdvance(note)
            painter.drawText(QRectF(left, foot.top(), width + 2, foot.height()), Qt.AlignmentFlag.AlignVCenter, note)
            left += width + 8
        room = foot.right() - left - 5
        if room > _NAME:
            painter.setPen(ink)
            name = metrics.elidedText(frames.name(row), Qt.TextElideMode.ElideMiddle, room)
            place = QRectF(left, foot.top(), room, foot.height())
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, name)

    def _colours(self) -> list[int]:
        """The heatmap's table at T."""
        threshold = self._frames.threshold
        if self._table[0] != threshold:
            red, green, blue, alpha = heat_table(threshold).astype("uint32").T
            self._table = (threshold, (alpha << 24 | red << 16 | green << 8 | blue).tolist())
        return self._table[1]
