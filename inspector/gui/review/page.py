"""The page of past inspections: find them, look at them, confirm or override them, judge them again."""

from collections.abc import Callable, Sequence
from datetime import datetime, time, timedelta

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from inspector.errors import InspectorError
from inspector.gui.background import Newest
from inspector.gui.models import Models
from inspector.gui.review.export import Bounds, Export, Source
from inspector.gui.review.filter import ReviewFilter
from inspector.gui.review.foot import ReviewFoot
from inspector.gui.review.list_pane import ListPane
from inspector.gui.review.opened import Opened, open_entry
from inspector.gui.review.panel import ReviewPanel
from inspector.gui.review.reading import Asked, Offered, read_offered
from inspector.gui.review.replay_bar import What
from inspector.gui.review.replaying import Chosen
from inspector.gui.review.writing import Decision, Writer, next_unreviewed
from inspector.gui.shown import Shown
from inspector.gui.state import Phase
from inspector.gui.viewer import PartViewer
from inspector.gui.worker import Line
from inspector.journal.entry import Entry
from inspector.journal.query import EntryFilter, Order
from inspector.journal.statistics import shift_bounds
from inspector.journal.store import Journal
from inspector.recipe_library import RecipeLibrary
from inspector.types import Verdict

_INSTANT = timedelta(microseconds=1)
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class ReviewPage(QWidget):
    """Reads the journal in threads of its own, while the line writes it.

    Parameters
    ----------
    line : Line
        Holds the journal.
    models : Models
    library : RecipeLibrary
    shifts : sequence of time
        When the shifts of a day begin, in local time.

    Signals
    -------
    troubled(str)
        A sentence for the banner.
    draw_wanted(object)
        The defects of this `Entry` are to be drawn.
    """

    troubled = Signal(str)
    draw_wanted = Signal(object)

    def __init__(
        self,
        line: Line,
        models: Models,
        library: RecipeLibrary,
        shifts: Sequence[time],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._line, self._models, self._shifts = line, models, shifts
        self._opener: Newest[Opened] = Newest("inspector-picture")
        self._offers: Newest[Offered] = Newest("inspector-offers")
        self._finder: Newest[tuple[int | None]] = Newest("inspector-next")
        self._writer = Writer()
        self._chosen: int | None = None
        self._opened: Opened | None = None
        self._said, self._stale, self._stay, self._unoffered = "", False, False, True
        self._at: float | None = None
        self.filter, self.list = ReviewFilter(shifts), ListPane()
        self.table, self.rows = self.list.table, self.list.rows
        self.viewer, self.panel = PartViewer(), ReviewPanel()
        self.foot = ReviewFoot(models, library, self._to_replay, self._to_compare)
        self.export = Export(models, self._to_export)
        self._lay_out()
        self._connect()

    @property
    def settled(self) -> bool:
        """Whether everything asked for is done and on the screen."""
        threads = (self._opener, self._offers, self._finder, self._writer, self.foot, self.export)
        return all(one.idle for one in threads) and self.list.settled and self.viewer.settled and not self._stale

    @property
    def entry(self) -> Entry | None:
        """The inspection that is looked at."""
        return self._opened.entry if self._opened else None

    def reload(self) -> None:
        """Read the journal anew, at once where it is open and looked at."""
        self._stale = True
        if self._line.journal is not None and self.isVisible():
            self._read(self._line.journal)

    def reload_entry(self) -> None:
        """Read anew what people said and drew of the inspection that is looked at."""
        self._stale = self._stay = True

    def show_entry(self, entry_id: int, threshold: float | None = None) -> None:
        """Look at an inspection, also if it is not listed, under its own T or another."""
        self._chosen, self._at = entry_id, threshold
        self.reload_entry()

    def show_matching(self, wanted: EntryFilter) -> None:
        """List exactly these."""
        self.filter.show_filter(wanted)

    def refresh(self) -> None:
        """Paint what was read; the window calls this at most 30 times a second."""
        journal = self._line.journal
        if journal is None:
            self.list.show_nothing("The journal is not open.")
        elif self._stale:
            self._read(journal)
        for step in (self._take_kept, self._take_found, self._take_offered, self._take_opened):
            try:
                step()
            except InspectorError as error:
                self.troubled.emit(str(error))
                self.panel.show_opened(self._opened)
        for part in (self.list, self.viewer, self.foot, self.export):
            part.refresh()

    def close_threads(self) -> None:
        """End what works for this page; decisions are written first."""
        self._writer.close_threads()
        for thread in (self._opener, self._offers, self._finder):
            thread.close()
        for part in (self.list, self.viewer, self.foot, self.export):
            part.close_threads()

    def next_unreviewed(self) -> None:
        """Open the next of the list that nobody has reviewed, or in a blind review this person has not."""
        journal, listing, entry = self._line.journal, self.list.listing, self.entry
        if journal is not None and listing is not None:
            who = self.panel.who if self.panel.blind.isChecked() else ""
            wanted, order = listing.filter, listing.asked.order
            self._finder.ask(lambda: (next_unreviewed(journal, entry, wanted, order, who),))

    def draw(self) -> None:
        """Have the defects of the inspection drawn."""
        if self.entry is not None:
            self.draw_wanted.emit(self.entry)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in the table or the picture confirms."""
        if event.key() in _ENTER and (self.rows.hasFocus() or self.viewer.view.hasFocus()):
            self.panel.decision.confirm()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """What others did to the journal and the library is seen when the page comes up."""
        super().showEvent(event)
        self.foot.replay.offer_recipes()
        self._read_all()
        self.rows.setFocus()

    def _from_the_top(self) -> None:
        """Who sorts wants to see what comes first, not the inspection that was looked at before."""
        self._chosen = None
        self.reload()

    def _read_all(self) -> None:
        """Read the list, and what it can be filtered by."""
        self._unoffered = True
        self.reload()

    def _read(self, journal: Journal) -> None:
        self.list.read(journal, Asked(self.filter.wanted(), Order.NEWEST, self._chosen, self._stay))
        self._stale = self._stay = False
        self.foot.reload()
        if self._unoffered:
            self._unoffered = False
            self._offers.ask(lambda: read_offered(journal))

    def _open(self, entry: Entry | None) -> None:
        self._opener.renew()
        journal, get = self._line.journal, self._models.get
        self._chosen = entry.id if entry else None
        if entry is None or journal is None:
            self._opened = None
            self.panel.show_opened(None)
            self.viewer.show_part(None)
            return
        hidden = self.panel.hides(entry)
        self._opener.ask(lambda: open_entry(journal, entry, get, hidden))

    def _take_opened(self) -> None:
        opened = self._opener.take()
        if opened is None:
            return
        self._opened, at = opened, self._at
        for widget in (self.viewer.controls, self.viewer.readout):
            widget.setVisible(not opened.hidden)
        self.panel.show_opened(opened)
        if opened.shown is not None:
            logged = opened.shown.logged_threshold
            self.foot.replay.propose(logged)
            self.viewer.set_threshold(logged if at is None or opened.hidden else at, logged)
        self.viewer.show_part(opened.shown)
        self.panel.decision.say(self._said)
        self._said, self._at = "", None

    def _paint_verdict(self, shown: Shown | None) -> None:
        if self._opened is not None and not self._opened.hidden:
            self.panel.show_part(shown)

    def _take_offered(self) -> None:
        offered = self._offers.take()
        if offered is not None:
            self.filter.offer(offered.kinds, offered.sources, offered.recipes)

    def _take_found(self) -> None:
        found = self._finder.take()
        if found is not None and found[0] is not None:
            self.show_entry(found[0])
        elif found is not None:
            self.panel.decision.say("Nothing else that is listed is left to review.")

    def _decide(self, verdict: Verdict, reason: str) -> None:
        journal, listing, opened = self._line.journal, self.list.listing, self._opened
        if journal is None or listing is None or opened is None:
            return
        decision = Decision(opened.entry, verdict, self.panel.who, reason, opened.hidden)
        self.panel.decision.show_verdict(None)  # until the next part is there
        self._writer.write(journal, decision, listing.filter, listing.asked.order)

    def _take_kept(self) -> None:
        kept = self._writer.take()
        if kept is None:
            return
        self._said = kept.sentence
        if self._chosen == kept.decision.entry.id:  # else somebody has gone on to another
            self._chosen = kept.following or self._chosen
        self.reload_entry()

    def _turn_blind(self) -> None:
        self.table.repaint_rows()
        if self.entry is not None:
            self._open(self.entry)

    def _shift(self) -> Bounds:
        """The shift of the inspection that is looked at, else that of now."""
        at = (self.entry.time if self.entry else datetime.now()).astimezone()
        since, until = shift_bounds(at, at + _INSTANT, self._shifts)
        return since, until

    def _to_replay(self, what: What) -> Callable[[], Chosen]:
        listing, picked, shift = self.list.listing, self.rows.picked, self._shift()
        line_runs = self._line.state.phase is Phase.RUNNING

        def find() -> Chosen:
            if listing is None:
                raise InspectorError("nothing is listed yet that could be judged again")
            if what is What.SELECTED:
                return Chosen(listing.journal, listing.ids(picked), line_runs)
            wanted = EntryFilter(since=shift[0], until=shift[1]) if what is What.SHIFT else listing.filter
            return Chosen(listing.journal, listing.journal.ids(wanted, order=listing.asked.order), line_runs)

        return find

    def _to_compare(self) -> tuple[Journal, EntryFilter] | None:
        return (self._line.journal, self.filter.wanted()) if self._line.journal is not None else None

    def _to_export(self) -> Source | None:
        return Source(self.list.listing, self._shift()) if self.list.listing is not None else None

    def _connect(self) -> None:
        self.filter.changed.connect(self.reload)
        self.list.chosen.connect(self._open)
        self.list.reordered.connect(self._from_the_top)
        self.list.refreshed.connect(self._read_all)
        for part in (self.list, self.viewer):
            part.troubled.connect(self.troubled)
        self.viewer.painted.connect(self._paint_verdict)
        self.table.hidden = self.panel.hides
        self.panel.blind_changed.connect(self._turn_blind)
        self.panel.decision.decided.connect(self._decide)
        self.panel.decision.left.connect(self.rows.setFocus)
        self.panel.next.clicked.connect(self.next_unreviewed)
        self.panel.draw.clicked.connect(self.draw)
        self.foot.chosen.connect(self.show_entry)

    def _lay_out(self) -> None:
        parts = QSplitter()
        parts.setChildrenCollapsible(False)
        parts.setHandleWidth(12)
        columns: tuple[tuple[QWidget, int], ...] = ((self.list, 5), (self.viewer, 5), (self.panel, 3))
        for widget, stretch in columns:
            parts.addWidget(widget)
            parts.setStretchFactor(parts.count() - 1, stretch)
        parts.setSizes([550, 380, 320])
        self.filter.first.addWidget(self.export.button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(12, 8, 12, 12)
        for row in (self.filter, self.export, parts, self.foot):
            whole.addWidget(row, row is parts)
