"""How far two people agree who reviewed the same inspections without knowing of each other."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from sqlalchemy import select

from inspector.journal.log import ALL, Log
from inspector.journal.query import EntryFilter
from inspector.journal.schema import inspections, reviews
from inspector.types import Verdict


@dataclass(frozen=True)
class Agreement:
    """What two reviewers said of the same inspections.

    Attributes
    ----------
    counts : mapping of (Verdict, Verdict) to int
        How often the first said the one and the second the other.
    disputed : tuple of int
        Inspections of which they said different things, the newest first.
    """

    counts: Mapping[tuple[Verdict, Verdict], int]
    disputed: tuple[int, ...]

    @property
    def total(self) -> int:
        """Inspections that both reviewed."""
        return sum(self.counts.values())

    @property
    def share(self) -> float | None:
        """Those of which they said the same, in [0, 1]; None where there are none."""
        return 1 - len(self.disputed) / self.total if self.total else None

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa: 1 is full agreement, 0 as much as chance gives; None where both always said the same thing."""
        first, second = Counter[Verdict](), Counter[Verdict]()
        for (one, other), count in self.counts.items():
            first[one] += count
            second[other] += count
        by_chance = sum(first[verdict] * second[verdict] for verdict in Verdict)
        if self.share is None or by_chance == self.total**2:
            return None
        chance = by_chance / self.total**2
        return (self.share - chance) / (1 - chance)


def reviewers(journal: Log) -> list[str]:
    """Everybody who reviewed something, sorted."""
    with journal.reading() as (connection, _):
        return sorted(connection.scalars(select(reviews.c.reviewer).distinct()))


def agreement(journal: Log, first: str, second: str, filter: EntryFilter = ALL) -> Agreement:
    """How far two people agree, of the inspections that match and that both reviewed.

    Of each the first review counts, and only where the later of the two was blind: whoever has seen what another said
    is no second opinion.
    """
    columns = reviews.c
    query = select(columns.inspection_id, columns.reviewer, columns.verdict, columns.blind)
    query = query.where(columns.reviewer.in_((first, second)))
    with journal.reading(filter) as (connection, wanted):
        query = query.where(columns.inspection_id.in_(select(inspections.c.id).where(*wanted)))
        rows = connection.execute(query.order_by(columns.inspection_id.desc(), columns.id)).all()
    counts, disputed = Counter[tuple[Verdict, Verdict]](), list[int]()
    for entry_id, given in groupby(rows, itemgetter(0)):
        said: dict[str, tuple[Verdict, bool]] = {}
        for _, reviewer, verdict, blind in given:
            said.setdefault(reviewer, (Verdict(verdict), blind))
        if len(said) < 2 or not list(said.values())[-1][1]:
            continue
        pair = said[first][0], said[second][0]
        counts[pair] += 1
        if pair[0] is not pair[1]:
            disputed.append(entry_id)
    return Agreement(dict(counts), tuple(disputed))
