"""What the line runs: recipe, source and T, as people choose, open and save them; the next start begins with it."""

import getpass
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from inspector.errors import InspectorError
from inspector.files import file_stem
from inspector.gui.file_dialog import Mode, ask_file
from inspector.gui.worker import Line
from inspector.images import SUFFIXES
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.settings import Settings

TOML = ".toml"


class LineSetup(QObject):
    """Opens, asks for and remembers.

    Parameters
    ----------
    settings : Settings
    line : Line
    library : RecipeLibrary
    threshold : callable
        Gives T as it stands on the screen of the line.
    parent : QWidget
        Over which dialogs open.

    Signals
    -------
    settings_changed(object)
        The `Settings` to start with the next time.
    opened(str, str)
        The line runs this source now, with parts that this expression names.
    troubled(str)
        Why something could not be saved.
    """

    settings_changed = Signal(object)
    opened = Signal(str, str)
    troubled = Signal(str)

    def __init__(
        self, settings: Settings, line: Line, library: RecipeLibrary, threshold: Callable[[], float], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.settings = settings
        self.dialog: QFileDialog | None = None
        self._line, self._library, self._threshold, self._window = line, library, threshold, parent

    def open(self, recipe: str, source: str, part: str = "") -> None:
        """Run a source under a recipe, instead of what runs now; `part` names the parts of a folder's files."""
        self.remember(recipe=recipe, source=source, part=part)
        self._line.open(recipe, source, part)
        self.opened.emit(source, part)

    def open_again(self) -> None:
        """Run what ran last, from its beginning."""
        self.open(self.settings.recipe, self.settings.source, self.settings.part)

    def open_demo(self) -> None:
        """Run the line that ships."""
        self.open("demo", "demo")

    def open_path(self, path: Path) -> None:
        """A recipe is put to use for the source that runs; anything else becomes the source."""
        if path.suffix.lower() == TOML:
            self.use_recipe(str(path))
        else:
            self.use_source(str(path))

    def use_recipe(self, recipe: str) -> None:
        """Run the same source under another recipe: a file, or the name of one that ships."""
        self.open(recipe, self.settings.source, self.settings.part)

    def use_source(self, source: str, part: str = "") -> None:
        """Run another source under the same recipe."""
        self.open(self.settings.recipe, source, part)

    def adopt(self, recipe: Recipe, path: Path) -> None:
        """Put a recipe to use: for the next part, if its model and frames are those of the line, else with it anew."""
        now = self._line.state.recipe
        if now is not None and (now.model, now.views) == (recipe.model, recipe.views):
            self._line.adopt(recipe)
            self.remember(recipe=str(path))
        else:
            self.use_recipe(str(path))

    def choose_recipe(self) -> None:
        """Ask for a recipe file; the line goes on meanwhile."""
        self._ask("Open recipe", "Recipes (*.toml)", Mode.ExistingFile, self.open_path)

    def choose_folder(self) -> None:
        """Ask for a folder of images."""
        self._ask("Open folder of images", "", Mode.Directory, self.open_path)

    def choose_image(self) -> None:
        """Ask for one image."""
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        self._ask("Open image", f"Images ({kinds})", Mode.ExistingFile, self.open_path)

    def choose_where_to_save(self) -> None:
        """Ask where the recipe with its new T goes."""
        recipe, used = self._line.state.recipe, Path(self.settings.recipe)
        if recipe is not None:
            own = used if used.suffix == TOML else self._library.folder / f"{file_stem(recipe.name)}{TOML}"
            self._ask("Save recipe as", "Recipes (*.toml)", Mode.AnyFile, self.save_recipe, str(own))

    def save_recipe(self, path: Path) -> None:
        """Write the recipe with the T of now; the line's parts belong to it from then on.

        Beside those of the library only the file that is in use is written anew, no other one that is there.
        """
        recipe = self._line.state.recipe
        if recipe is None:
            return
        changed = recipe.with_threshold(self._threshold())
        own = next((kept for kept in self._library.all() if kept.path == path and not kept.shipped), None)
        try:
            if own:
                self._library.save(own, changed, getpass.getuser(), "T was moved at the station")
            elif path.exists() and str(path) != self.settings.recipe:
                raise InspectorError(f"{path} is there already; choose another name to save the recipe under")
            else:
                changed.save(path)
        except InspectorError as error:
            self.troubled.emit(str(error))
            return
        except OSError as error:
            self.troubled.emit(f"The recipe can't be saved as {path}: {error.strerror}; choose another folder.")
            return
        self._line.adopt(changed)
        self.remember(recipe=str(path))

    def remember(self, **changes: object) -> None:
        """Start with these settings the next time."""
        self.settings = self.settings.model_copy(update=changes)
        self.settings_changed.emit(self.settings)

    def _ask(self, title: str, kinds: str, mode: Mode, then: Callable[[Path], None], name: str = "") -> None:
        self.dialog = ask_file(self._window, title, kinds, mode, then, TOML.removeprefix("."), name)
