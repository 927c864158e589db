"""Which frames the grid shows, in what order, and what is said of each."""

import numpy as np
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from inspector.gui.tuning.small import Small, Smalls
from inspector.tune.outcome import outcome
from inspector.tune.swept import Ints
from inspector.tune.thresholds import column
from inspector.tune.trial import Trial
from inspector.types import Verdict

Index = QModelIndex | QPersistentModelIndex

_VERDICTS = tuple(Verdict)


class FrameModel(QAbstractListModel):
    """Frames in an order; the trial and T under which they are shown."""

    def __init__(self, smalls: Smalls) -> None:
        super().__init__()
        self._smalls = smalls
        self.trial: Trial | None = None
        self.is_judged = False
        self.threshold = 0.0
        self.frames = np.empty(0, np.intp)

    def show_frames(self, frames: Ints) -> None:
        """Show these frames in this order."""
        if len(frames) == len(self.frames):
            self.frames = np.asarray(frames, np.intp)
            self.dataChanged.emit(self.index(0), self.index(len(frames) - 1))
        else:
            self.beginResetModel()
            self.frames = np.asarray(frames, np.intp)
            self.endResetModel()

    def small(self, row: int) -> Small | None:
        """The picture in a row."""
        return self._smalls.get(int(self.frames[row]))

    def verdict(self, row: int) -> Verdict:
        """The verdict on the frame in a row."""
        assert self.trial is not None  # there are no rows without
        return _VERDICTS[self.trial.verdicts[self.frames[row], column(self.threshold)]]

    def note(self, row: int) -> str:
        """What the verdict is worth, in a few words."""
        assert self.trial is not None
        frame, at, swept = self.frames[row], column(self.threshold), self.trial.swept
        found = outcome(bool(swept.defective[frame]), self.verdict(row))
        missed = int(swept.defect_px[frame] - self.trial.hits[frame, at])
        return f"{found}, {missed} px" if found.is_mistake and swept.defective[frame] and swept.masked else found

    def is_mistake(self, row: int) -> bool:
        """Whether the verdict is wrong."""
        assert self.trial is not None
        return outcome(bool(self.trial.swept.defective[self.frames[row]]), self.verdict(row)).is_mistake

    def name(self, row: int) -> str:
        """Of the frame in a row."""
        assert self.trial is not None
        return self.trial.swept.truth.frames[self.frames[row]].name

    def rowCount(self, parent: Index | None = None) -> int:
        """See Qt."""
        return len(self.frames)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """See Qt."""
        if role not in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        row = index.row()
        small = self.small(row)
        if small is not None and small.trouble:
            return small.trouble
        return f"{self.name(row)}: {self.note(row)}" if self.is_judged else self.name(row)
