"""The page on which T is chosen against truth: everything on it follows the recipe as it is tried, and T."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton, QSplitter, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.access import WHY_NOT
from inspector.gui.models import Models
from inspector.gui.own_keys import Command, OwnKeys
from inspector.gui.recipe_draft import Place
from inspector.gui.recipe_field import redoes, undoes
from inspector.gui.tuning.comparing import Comparing
from inspector.gui.tuning.counts import Counts
from inspector.gui.tuning.curves import Curves
from inspector.gui.tuning.desk import TuneDesk
from inspector.gui.tuning.pictures import FramesOf, Pictures
from inspector.gui.tuning.saving import Saving
from inspector.gui.tuning.session import Session
from inspector.gui.tuning.set_views import SetViews
from inspector.gui.tuning.settings import Settings
from inspector.gui.tuning.setup_bar import SetupBar
from inspector.gui.tuning.trier import Trier
from inspector.journal.store import Journal
from inspector.paths import measured_maps
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.tune.store import Store
from inspector.tune.trial import Trial


class TuneView(OwnKeys):
    """Curves at the left, pictures at the right, counts below them; see `inspector.gui.tuning.page.TunePage`.

    Signals
    -------
    troubled(str)
        A sentence for the banner.
    """

    troubled = Signal(str)

    def __init__(
        self,
        library: RecipeLibrary,
        models: Models,
        journal: Callable[[], Journal | None],
        in_use: str,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        store = Store(measured_maps())
        self.desk = TuneDesk(library, in_use)
        triers = (Trier(f"inspector-tune-{name}", models, journal, store) for name in ("this", "other"))
        self.session = Session(self.desk, *triers)
        self.setup, self.curves, self.counts = SetupBar(), Curves(), Counts()
        self.pictures, self.settings, self.comparing = Pictures(models, store), Settings(), Comparing(self.session)
        self.views = SetViews(self.pictures, self.settings, self.comparing, self.counts)
        self.saving, self.save = Saving(library, self), QPushButton("Save T ...")
        self._lay_out()
        self._connect()
        self._show_recipe()

    @property
    def settled(self) -> bool:
        """Whether everything asked for is on the screen."""
        return self.setup.settled and self.session.settled and self.saving.idle and self.pictures.settled

    def reload(self) -> None:
        """Read the library anew."""
        self.desk.reload()
        self._show_recipe()

    def refresh(self) -> None:
        """Paint what is new; the window calls this at most 30 times a second while the page is on the screen."""
        self.setup.refresh()
        self._take_trials()
        self.saving.refresh()
        self.pictures.refresh()
        self.setup.show_progress(self.session.progress, self.session.is_measuring)
        if self.session.compared is not None and self.session.other is None:
            self._compare()

    def move_threshold(self, threshold: float) -> None:
        """Move T, as a person does."""
        before = self.desk.threshold
        if self.desk.move(threshold) != before:
            self.saving.question.leave()  # it asked about another T
            self._show_threshold()

    def measure(self, folder: Path | None, split: str) -> None:
        """Measure a split of a dataset folder, or the reviewed inspections."""
        self.session.measure(folder, split)
        self._show_trial()

    def cancel(self) -> None:
        """Measure no more; what is measured is kept."""
        self.session.cancel()
        self._show_trial()

    def undo(self) -> None:
        """Take back the last step, also one of T."""
        self._step(self.desk.edits.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._step(self.desk.edits.redo)

    def save_recipe(self) -> None:
        """Save T, and what else is changed, with who and why; or say why not."""
        trial, why_not = self.session.trial, self.desk.why_not_saved()
        if not self.save.isEnabled():
            self.troubled.emit(f"{WHY_NOT}.")
        elif why_not or trial is None:
            self.troubled.emit(why_not or self.session.instead)
        else:
            self.saving.ask(self.desk.now, trial, self.desk.threshold, self.curves.costs)

    def close_threads(self) -> None:
        """End what works for this page."""
        self.session.close()
        self.setup.close_threads()
        self.saving.close()
        self.pictures.close_threads()

    def changeEvent(self, event: QEvent) -> None:
        """Counts have colours of the theme."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self.counts.show_trial(self.session.trial, self.desk.threshold)

    def command(self, event: QKeyEvent) -> Command | None:
        """On this page the keys for T, undo and saving are about the recipe that is tried."""
        if event.matches(QKeySequence.StandardKey.Save):
            return self.save_recipe
        if undoes(event) or redoes(event):
            return self.undo if undoes(event) else self.redo
        if event.key() == Qt.Key.Key_F5:
            return self.setup.measure
        if event.modifiers() == Qt.KeyboardModifier.ControlModifier:
            for key, then in ((Qt.Key.Key_T, self.curves.type_threshold), (Qt.Key.Key_0, self._reset_threshold)):
                if event.key() == key:
                    return then
        return None

    def _take_trials(self) -> None:
        before = self.session.trial
        try:
            came = self.session.refresh()
        except InspectorError as error:
            self.troubled.emit(str(error))
            came = True
        if came:
            self._show_trial()
            self._tell_unknown(before)

    def _tell_unknown(self, before: Trial | None) -> None:
        trial = self.session.trial
        if trial is not None and trial is not before and trial.swept.unknown:
            names = ", ".join(trial.swept.unknown)
            self.troubled.emit(f"The model knows no {names}: it finds them as other kinds.")

    def _show_recipe(self) -> None:
        """Show the recipe as it is tried, and try it."""
        desk = self.desk
        recipes = {path: kept.recipe for path, kept in desk.kept.items() if kept.recipe}
        self.setup.offer_recipes({path: recipe.name for path, recipe in recipes.items()}, desk.chosen)
        self.comparing.offer(recipes)
        self.settings.show_draft(desk.draft, desk.kinds(), desk.read().problems, desk.standing())
        self.session.follow()
        self._show_trial()

    def _show_trial(self) -> None:
        """Show everything anew."""
        session = self.session
        self.curves.show_trial(session.trial, session.other, session.instead)
        if session.is_measuring:
            self.pictures.clear()
        else:
            self.pictures.show_trial(session.trial)
        self._show_threshold()

    def _show_threshold(self) -> None:
        """Have everything follow T."""
        desk, threshold, trial = self.desk, self.desk.threshold, self.session.trial
        usual = desk.now.recipe.threshold if desk.now.recipe else threshold
        self.curves.set_threshold(threshold, usual)
        self.pictures.set_threshold(threshold)
        self.counts.show_trial(trial, threshold)
        self.save.setText(f"Save T {threshold:.2f} ...")
        self.settings.set_free(undo=desk.edits.can_undo, redo=desk.edits.can_redo, discard=desk.is_edited)
        if self.views.compares:
            self._compare()

    def _compare(self) -> None:
        self.comparing.show_session(self.desk.threshold, self.curves.costs)

    def _step(self, step: Callable[[], None]) -> None:
        """Change what is tried."""
        self.saving.question.leave()  # it asked about what was tried before
        step()
        self._show_recipe()

    def _change(self, values: dict[str, Any], place: Place | None) -> None:
        self._step(lambda: self.desk.put(values, place))

    def _reset_threshold(self) -> None:
        if self.desk.now.recipe is not None:
            self.desk.begin_move()
            self.move_threshold(self.desk.now.recipe.threshold)

    def _choose_recipe(self, path: Path) -> None:
        self._step(lambda: self.desk.choose(path))

    def _rematch(self, iou: float) -> None:
        self.session.match_from(iou)
        self._show_trial()

    def _pick(self, text: str, frames: FramesOf, in_order: bool = False) -> None:
        self.views.show_pictures()
        self.pictures.pick(text, frames, in_order)

    def _finish_saving(self, kept: Kept) -> None:
        self.desk.take_saved(kept)
        self._show_recipe()
        self.curves.summary.setText(f"{kept.name!r} is saved with T {self.desk.threshold:.2f}, its curve beside it.")

    def _connect(self) -> None:
        setup, curves, settings, comparing = self.setup, self.curves, self.settings, self.comparing
        setup.recipe_chosen.connect(self._choose_recipe)
        setup.measured.connect(self.measure)
        setup.cancelled.connect(self.cancel)
        curves.taken.connect(self.desk.begin_move)
        for moved in (curves.moved, self.pictures.moved):
            moved.connect(self.move_threshold)
        curves.reset.clicked.connect(self._reset_threshold)
        curves.recosted.connect(self._show_threshold)
        curves.rematched.connect(self._rematch)
        for picked in (curves.picked, self.counts.picked, comparing.picked):
            picked.connect(self._pick)
        for elsewhere in (curves.picked, comparing.picked, self.pictures.all.clicked):
            elsewhere.connect(self.counts.clear_marks)
        self.views.turned.connect(self._compare)
        comparing.chosen.connect(self._show_trial)
        settings.changed.connect(self._change)
        settings.undone.connect(self.undo)
        settings.redone.connect(self.redo)
        settings.discarded.connect(lambda: self._step(self.desk.discard))
        self.save.clicked.connect(self.save_recipe)
        self.saving.saved.connect(self._finish_saving)
        for troubled in (setup.troubled, self.saving.troubled, self.pictures.troubled):
            troubled.connect(self.troubled)

    def _lay_out(self) -> None:
        self.save.setToolTip("Save T, and what else was changed, with who and why (Ctrl+S)")
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.saving.question)
        column.addWidget(self.curves, 1)
        self.curves.head.addWidget(self.save)
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        for widget, stretch in ((left, 5), (self.views, 7)):
            parts.addWidget(widget)
            parts.setStretchFactor(parts.count() - 1, stretch)
        parts.setSizes([580, 676])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 12)
        whole.addWidget(self.setup)
        whole.addWidget(parts, 1)
