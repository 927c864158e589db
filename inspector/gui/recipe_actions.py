"""What is done with whole recipes: saved, copied, deleted, exported, imported; asked in the page, done in a thread."""

import getpass
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from inspector.errors import InspectorError
from inspector.files import file_stem
from inspector.gui.background import Newest
from inspector.gui.file_dialog import Mode, ask_file
from inspector.gui.recipe_question import Answers, Question
from inspector.recipe import Recipe
from inspector.recipe_library import Kept, RecipeLibrary
from inspector.recipe_transfer import SUFFIXES, export_recipe, export_suffix, import_recipe

WHO, WHY, NAME = "who", "why", "name"


class Done(NamedTuple):
    """What was done, in words, and the recipe to look at then, if it is another."""

    said: str
    path: Path | None


class RecipeActions(QObject):
    """One action at a time; while it is at work none is begun.

    Parameters
    ----------
    library : RecipeLibrary
    parent : QWidget
        Over which dialogs open.

    Signals
    -------
    done(object)
        A `Done`.
    troubled(str)
        Why something could not be done.
    """

    done = Signal(object)
    troubled = Signal(str)

    def __init__(self, library: RecipeLibrary, parent: QWidget) -> None:
        super().__init__(parent)
        self._library, self._window = library, parent
        self._work: Newest[Done] = Newest("inspector-recipe-files")
        self.question = Question()
        self.dialog: QFileDialog | None = None

    @property
    def idle(self) -> bool:
        """Whether nothing is at work."""
        return self._work.idle

    def save(self, kept: Kept, recipe: Recipe) -> None:
        """Ask who changes a recipe and why, then save it."""

        def save(answers: Answers) -> None:
            self._do(lambda: _saved(self._library.save(kept, recipe, answers[WHO], answers[WHY])))

        self.question.ask(f"Save {recipe.name!r}: who changes it, and why?", "Save", {WHO: _user(), WHY: ""}, save)

    def copy(self, recipe: Recipe) -> None:
        """Ask for a new name, then keep a recipe under it."""

        def copy(answers: Answers) -> None:
            named = recipe.model_copy(update={"name": answers[NAME]})
            origin = f"copied from {recipe.name}"
            self._do(lambda: _saved(self._library.add(named, answers[WHO], answers[WHY], origin)))

        words = {NAME: self._library.free_name(recipe.name), WHO: _user(), WHY: ""}
        self.question.ask(f"Copy {recipe.name!r} under a new name:", "Make the copy", words, copy)

    def delete(self, kept: Kept) -> None:
        """Ask who deletes a recipe and why, then move it to the older ones."""

        def delete(answers: Answers) -> None:
            def job() -> Done:
                older = self._library.delete(kept, answers[WHO], answers[WHY])
                return Done(f"{kept.name!r} is deleted; it is kept as {older}", None)

            self._do(job)

        words = {WHO: _user(), WHY: ""}
        self.question.ask(f"Delete {kept.name!r}? It is kept among the older ones.", "Delete", words, delete)

    def export(self, recipe: Recipe) -> None:
        """Ask where one file goes that another machine can import."""
        suffix = export_suffix(recipe)
        kinds, name = f"Recipe (*{suffix})", f"{file_stem(recipe.name)}{suffix}"
        self._ask("Export recipe", kinds, Mode.AnyFile, lambda path: self.export_to(recipe, path), suffix, name)

    def export_to(self, recipe: Recipe, path: Path) -> None:
        """Write that file, if there is none yet."""

        def job() -> Done:
            if path.exists():
                raise InspectorError(f"{path} is there already; choose another name to export {recipe.name!r} under")
            export_recipe(recipe, path)
            return Done(f"{recipe.name!r} is exported as {path}", None)

        self._do(job)

    def choose_import(self) -> None:
        """Ask for an exported file."""
        kinds = " ".join(f"*{suffix}" for suffix in SUFFIXES)
        self._ask("Import recipe", f"Exported recipes ({kinds})", Mode.ExistingFile, self.import_from)

    def import_from(self, path: Path) -> None:
        """Keep an exported recipe."""
        self._do(lambda: _saved(import_recipe(self._library, path, _user())))

    def choose_folder(self, then: Callable[[str], None]) -> None:
        """Ask for the folder of a model."""
        self._ask("Folder of a model", "", Mode.Directory, lambda path: then(str(path)))

    def refresh(self) -> None:
        """Tell what was done; the window calls this at its own pace."""
        try:
            done = self._work.take()
        except InspectorError as error:
            self.troubled.emit(str(error))
            return
        if done is not None:
            self.done.emit(done)

    def close_threads(self) -> None:
        """End the thread after what it is at."""
        self._work.close()

    def _do(self, job: Callable[[], Done]) -> None:
        if self.idle:
            self._work.ask(job)
        else:
            self.troubled.emit("Another recipe is still being written or read; try again when that is done.")

    def _ask(
        self, title: str, kinds: str, mode: Mode, then: Callable[[Path], None], suffix: str = "", name: str = ""
    ) -> None:
        self.dialog = ask_file(self._window, title, kinds, mode, then, suffix, name)


def _saved(kept: Kept) -> Done:
    return Done(f"{kept.name!r} is saved as {kept.path}", kept.path)


def _user() -> str:
    return getpass.getuser()
