"""What a recipe would say: of the part on the screen, and of the last parts in the journal."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.models import Models
from inspector.gui.recipe_texts import TextList
from inspector.gui.shown import Shown
from inspector.gui.verdict_panel import Headline
from inspector.journal.preview import PREVIEWED, Preview, preview
from inspector.journal.replay import Flip
from inspector.journal.schema import number_text
from inspector.journal.store import Journal
from inspector.pipeline import judge, measure
from inspector.policy import with_units
from inspector.recipe import Recipe
from inspector.types import Inspection, Measurement

_REASONS = 3
_HEADLINE = 120
"""Px: lower than on the station, where it is read at 3 m."""

_ARROW = "\N{RIGHTWARDS ARROW}"


@dataclass(frozen=True, eq=False)
class _Judged:
    """What the recipe says of a part, and the measurement to say it of again."""

    name: str
    inspection: Inspection


class RecipePreview(QWidget):
    """Judges in threads of its own; the newest recipe counts.

    Parameters
    ----------
    models : Models
    journal : callable
        Gives the journal, or None while it is not open.
    shown : callable
        Gives the part on the screen, or None.
    """

    def __init__(
        self,
        models: Models,
        journal: Callable[[], Journal | None],
        shown: Callable[[], Shown | None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._models, self._journal, self._shown = models, journal, shown
        self._part: Newest[_Judged] = Newest("inspector-recipe-part")
        self._log: Newest[Preview] = Newest("inspector-recipe-log")
        self._recipe: Recipe | None = None
        self._asked: tuple[Recipe, int] | None = None
        self._measured: tuple[int, str, Measurement] | None = None
        self._steps: Iterator[Preview] | None = None
        self._stale = False
        self.title, self.reasons, self.summary, self.note = QLabel(), QLabel(), QLabel(), QLabel()
        self.headline = Headline()
        self.changes = TextList("verdicts that would change")
        self._lay_out()

    @property
    def settled(self) -> bool:
        """Whether everything asked for is on the screen."""
        return self._part.idle and self._log.idle and self._steps is None and not self._stale

    def show_recipe(self, recipe: Recipe | None) -> None:
        """Tell what this recipe would say; None is one that can't judge."""
        if recipe != self._recipe:
            self._recipe = recipe
            self.reload()

    def reload(self) -> None:
        """Judge anew, at the next painting."""
        self._stale, self._asked = True, None

    def refresh(self) -> None:
        """Ask for what is new and paint what was answered; the window calls this at its own pace."""
        if self._stale:
            self._begin()
        self._ask_part()
        self._take_part()
        self._take_log()

    def close_threads(self) -> None:
        """End what works for this."""
        for thread in (self._part, self._log):
            thread.close()

    def _begin(self) -> None:
        self._log.renew()
        self._part.renew()
        self._steps, recipe, journal = None, self._recipe, self._journal()
        if recipe is None:
            self._stale = False
            self.summary.setText("Correct the fields to see what would change.")
            self.note.hide()
            self.changes.show_texts([])
        elif journal is not None:
            self._stale = False
            self.summary.setText("The last verdicts are being judged again ...")
            self._steps = steps = _steps(journal, recipe, self._models)
            self._log.ask(lambda: next(steps))

    def _ask_part(self) -> None:
        recipe, shown = self._recipe, self._shown()
        if recipe is None or shown is None:
            self._part.renew()
            self._asked = None
            self._say_nothing("" if recipe is None else "No part is on the screen.")
        elif self._asked != (recipe, shown.entry_id):
            self._asked = (recipe, shown.entry_id)
            self._part.ask(lambda: _Judged(shown.name, judge(self._measurement(shown, recipe.model), recipe)))

    def _measurement(self, shown: Shown, model: str) -> Measurement:
        """The part's own measurement, or one by the recipe's model, which is kept as it took its time."""
        kept, loaded = self._measured, self._models.get(model)
        if kept is None or kept[:2] != (shown.entry_id, loaded.digest):
            own = shown.measurement()
            measurement = own if own.model == loaded.digest else measure(own.frame, loaded)
            self._measured = kept = (shown.entry_id, loaded.digest, measurement)
        return kept[2]

    def _take_part(self) -> None:
        try:
            judged = self._part.take()
        except InspectorError as error:
            self._say_nothing(str(error))
            return
        if judged is not None:
            inspection = judged.inspection
            self.title.setText(f"PART ON THE SCREEN   {judged.name}")
            self.headline.say(inspection.verdict.upper(), inspection.verdict, past=True)
            self.headline.show()
            self._give_reasons(with_units("\n".join(inspection.reasons[:_REASONS])))

    def _say_nothing(self, why: str) -> None:
        self.title.setText("PART ON THE SCREEN")
        self.headline.hide()
        self._give_reasons(why)

    def _give_reasons(self, text: str) -> None:
        self.reasons.setText(text)
        self.reasons.setVisible(bool(text))

    def _take_log(self) -> None:
        try:
            found = self._log.take()
        except InspectorError as error:
            self._steps = None
            self.summary.setText(str(error))
            return
        steps = self._steps
        if found is None or steps is None:
            return
        self.summary.setText(summary_of(found))
        left_out = f"{found.left_out} could not be judged again: {found.why}" if found.left_out else ""
        self.note.setText(left_out)
        self.note.setVisible(bool(left_out))
        self.changes.show_texts([with_units(_in_words(one)) for one in found.changed])
        if found.finished:
            self._steps = None
        else:
            self._log.ask(lambda: next(steps))

    def _lay_out(self) -> None:
        self.title.setProperty("muted", True)
        self.note.setProperty("muted", True)
        self.summary.setStyleSheet("font-size: 16px; font-weight: 600;")
        for label in (self.title, self.reasons, self.summary, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(label is not self.title)
        self.note.hide()
        self.headline.setFixedHeight(_HEADLINE)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(6)
        for widget in (self.title, self.headline, self.reasons, self.summary, self.note):
            column.addWidget(widget)
        column.addWidget(self.changes, 1)


def _in_words(one: Flip) -> str:
    return f"No. {number_text(one.id)}   {one.name}   {one.before} {_ARROW} {one.after}\n{one.reason}"


def summary_of(found: Preview) -> str:
    """What would change, in a sentence."""
    if not found.total:
        return "The journal has no verdicts yet."
    if not found.judged:
        return "None of the last verdicts can be judged again." if found.finished else "The first are judged again ..."
    of = f"{len(found.changed) or 'none'} of the last {found.judged} verdicts"
    turns = ", ".join(f"{count} {before} {_ARROW} {after}" for (before, after), count in found.turns.items())
    done = "" if found.finished else f" ({found.judged + found.left_out} of {found.total} are judged again)"
    return f"Would change {of}{': ' if turns else ''}{turns}{done}"


def _steps(journal: Journal, recipe: Recipe, models: Models) -> Iterator[Preview]:
    yield from preview(journal, journal.entries(limit=PREVIEWED), recipe, models.get)
