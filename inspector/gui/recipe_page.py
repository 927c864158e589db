"""The page of recipes: choose one, change it, and see at once what that would mean."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.models import Models
from inspector.gui.own_keys import Command, OwnKeys
from inspector.gui.recipe_actions import Done, RecipeActions
from inspector.gui.recipe_compare import CompareView, HistoryView
from inspector.gui.recipe_desk import RecipeDesk
from inspector.gui.recipe_draft import Place
from inspector.gui.recipe_editor import RecipeEditor
from inspector.gui.recipe_edits import Edits
from inspector.gui.recipe_field import redoes, undoes
from inspector.gui.recipe_list import COMPARE, DELETE, EXPORT, IMPORT, NEW, RecipeList
from inspector.gui.recipe_preview import RecipePreview
from inspector.gui.shown import Shown
from inspector.journal.store import Journal
from inspector.recipe_library import RecipeLibrary


class RecipePage(OwnKeys):
    """Recipes at the left, the chosen one in the middle, what it would change at the right.

    What is typed into a recipe is kept, also when the window closes, until it is saved or discarded.

    Parameters
    ----------
    library : RecipeLibrary
    models : Models
    journal : callable
        Gives the journal, or None while it is not open.
    shown : callable
        Gives the part on the screen of the line, or None.
    in_use : callable
        Gives the recipe that the line was opened with: a file, or the name of one that ships.

    Signals
    -------
    adopted(object, object)
        A `Recipe` is to be put to use, and the `Path` of its file.
    troubled(str)
        A sentence for the banner.
    """

    adopted = Signal(object, object)
    troubled = Signal(str)

    def __init__(
        self,
        library: RecipeLibrary,
        models: Models,
        journal: Callable[[], Journal | None],
        shown: Callable[[], Shown | None],
        in_use: Callable[[], str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._library, self._desk = library, RecipeDesk(library, in_use)
        self._painted_use = self._desk.used
        self.files = RecipeActions(library, self)
        self.list, self.editor = RecipeList(), RecipeEditor(self.files.question)
        self.preview = RecipePreview(models, journal, shown)
        self.compare, self.history = CompareView(), HistoryView()
        self.tabs = QTabBar()
        self._lay_out()
        self._connect()

    @property
    def settled(self) -> bool:
        """Whether everything asked for is done and on the screen."""
        return self.files.idle and self.preview.settled

    def reload(self) -> None:
        """Read the library anew, and judge anew."""
        self._desk.reload()
        self._show_chosen()
        self.preview.reload()

    def refresh(self) -> None:
        """Paint what is new; the window calls this at most 30 times a second while the page is on the screen."""
        if self._desk.used != self._painted_use:
            self._show()
        self.files.refresh()
        self.preview.refresh()

    def close_threads(self) -> None:
        """End what works for this page."""
        self.files.close_threads()
        self.preview.close_threads()

    def save(self) -> None:
        """Save the chosen recipe, with who and why; where a field is wrong, go there instead."""
        kept, reading = self._desk.now, self._desk.read()
        if reading.problems:
            self.editor.go_to(next(iter(reading.problems)))
        elif reading.recipe is not None and self._desk.can_save():
            self.files.save(kept, reading.recipe)

    def adopt(self) -> None:
        """Put the chosen recipe to use, as it is saved."""
        kept = self._desk.now
        if kept.recipe is not None:
            self.adopted.emit(kept.recipe, kept.path)

    def undo(self) -> None:
        """Take back the last step."""
        self._step(Edits.undo)

    def redo(self) -> None:
        """Do again what was taken back."""
        self._step(Edits.redo)

    def discard(self) -> None:
        """Go back to what is saved; a step like any other."""
        self.files.question.leave()
        self._desk.discard()
        self._show()

    def command(self, event: QKeyEvent) -> Command | None:
        """On this page Ctrl+S, Ctrl+Z and Ctrl+Shift+Z are about the recipe."""
        if not self.editor.isEnabled():
            return None
        if event.matches(QKeySequence.StandardKey.Save):
            return self.save
        return self.undo if undoes(event) else self.redo if redoes(event) else None

    def showEvent(self, event: QShowEvent) -> None:
        """What others did to the library and the journal is seen when the page comes up."""
        super().showEvent(event)
        self.reload()

    def _show_chosen(self) -> None:
        """Show another recipe, or the library anew."""
        self.editor.form.offer_models(self._library.models())
        try:
            self.history.show_changes(self._library.history(self._desk.now))
        except InspectorError as error:
            self.troubled.emit(str(error))
        self._show()

    def _show(self) -> None:
        """Show the chosen recipe as it stands."""
        desk, self._painted_use = self._desk, self._desk.used
        kept, edits, reading = desk.now, desk.edits, desk.read()
        edited = desk.is_edited(kept)
        self.list.show_recipes({path: (one.name, desk.note(one)) for path, one in desk.kept.items()}, kept.path)
        can = {NEW: bool(kept.recipe), EXPORT: bool(kept.recipe), COMPARE: bool(kept.recipe)}
        self.list.set_free({**can, DELETE: not kept.shipped and kept.path != desk.used})
        if edits is None:
            self.editor.show_nothing(desk.standing())
        else:
            self.editor.show_draft(edits.draft, desk.kinds(), reading.problems, kept.shipped, desk.standing())
        self.editor.set_free(
            undo=edits is not None and edits.can_undo,
            redo=edits is not None and edits.can_redo,
            discard=edited,
            save=desk.can_save(),
            adopt=not edited and reading.recipe is not None,
        )
        self.preview.show_recipe(reading.recipe)
        self.compare.offer({path: one.recipe for path, one in desk.kept.items() if one.recipe and one is not kept})
        self.compare.show_recipe(reading.recipe)

    def _choose(self, path: Path) -> None:
        self.files.question.leave()
        self._desk.chosen = path
        self._show_chosen()

    def _type(self, name: str, text: str) -> None:
        self._change(name, {name: text})

    def _change(self, place: Place | None, values: dict[str, Any]) -> None:
        self.files.question.leave()  # it asked about what was typed before
        edits = self._desk.edits
        if edits is not None:
            edits.put(replace(edits.draft, **values), place)
            self._keep()
            self._show()

    def _step(self, step: Callable[[Edits], None]) -> None:
        self.files.question.leave()
        edits = self._desk.edits
        if edits is not None:
            step(edits)
            self._keep()
            self._show()

    def _keep(self) -> None:
        """Have on disk what is typed, or say why not."""
        try:
            self._desk.keep()
        except InspectorError as error:
            self.troubled.emit(str(error))

    def _act(self, what: str) -> None:
        kept, recipe = self._desk.now, self._desk.now.recipe
        if what == IMPORT:
            self.files.choose_import()
        elif what == DELETE:
            self.files.delete(kept)
        elif what == COMPARE:
            self.tabs.setCurrentIndex(1)
            self.compare.other.setFocus()
        elif what == EXPORT and recipe is not None:
            self.files.export(recipe)
        elif recipe is not None:
            self.files.copy(self._desk.read().recipe or recipe)

    def _finish(self, done: Done) -> None:
        if done.path is None:
            self._desk.reload()
        else:
            self._desk.look_at_saved(done.path)
        self._show_chosen()
        self.editor.note.setText(done.said)

    def _connect(self) -> None:
        self.list.chosen.connect(self._choose)
        self.list.asked.connect(self._act)
        self.editor.form.typed.connect(self._type)
        self.editor.form.model_wanted.connect(
            lambda: self.files.choose_folder(lambda name: self._change(None, {"model": name}))
        )
        self.editor.policy.changed.connect(lambda rows, place: self._change(place, {"rows": rows}))
        for signal, then in (
            (self.editor.undone, self.undo),
            (self.editor.redone, self.redo),
            (self.editor.discarded, self.discard),
            (self.editor.saved, self.save),
            (self.editor.adopted, self.adopt),
        ):
            signal.connect(then)
        self.compare.chosen.connect(lambda: self.compare.show_recipe(self._desk.read().recipe))
        self.files.done.connect(self._finish)
        self.files.troubled.connect(self.troubled)

    def _lay_out(self) -> None:
        self.tabs.setDrawBase(False)
        self.tabs.setAccessibleName("about the recipe")
        views = QStackedWidget()
        for name, view in (("Preview", self.preview), ("Compare", self.compare), ("History", self.history)):
            self.tabs.addTab(name)
            views.addWidget(view)
        self.tabs.currentChanged.connect(views.setCurrentIndex)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(views, 1)
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        for widget, stretch in ((self.list, 2), (self.editor, 5), (right, 4)):
            parts.addWidget(widget)
            parts.setStretchFactor(parts.count() - 1, stretch)
        parts.setSizes([230, 580, 450])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 12)
        whole.addWidget(parts)
