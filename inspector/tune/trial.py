"""A recipe tried on a swept set: what each T gives, in pixels, objects and parts.

Everything here includes the recipe's cluster distance, size filter and the classifier's say, as an inspection does;
verdicts include the policy too. The one exception says so: `map_mean_iou`.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from inspector.metrics.objects import MIN_OBJECT_PX
from inspector.recipe import ANY_KIND, Recipe
from inspector.tune.swept import KEYS, Ints, SweptSet
from inspector.tune.thresholds import Curve
from inspector.types import LEVEL_MAX, SEVERITY_MAX, Verdict

Verdicts = npt.NDArray[np.uint8]
"""Ranks of verdicts, see `Verdict.rank`."""


class Matches(NamedTuple):
    """Annotated defects that the mask touches, each with its best blob, (n,) each.

    Attributes
    ----------
    level, object, blob : int
        T, and both by number in the swept set.
    iou : float64
    """

    level: Ints
    object: Ints
    blob: Ints
    iou: npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Trial:
    """What a recipe gives at each T of `THRESHOLDS`; columns are those of `thresholds.column`.

    Attributes
    ----------
    swept : SweptSet
    recipe : Recipe
        Its T is not looked at, nor its model.
    iou : float
        What an object's best blob must exceed for the object to count as found.
    """

    swept: SweptSet
    recipe: Recipe
    iou: float = 0.5

    def __post_init__(self) -> None:
        if self.recipe.cluster_distance != self.swept.distance:
            raise ValueError("the set was swept under another cluster distance")

    def ready(self) -> "Trial":
        """Reckon all that is looked up later, in whatever thread this is called; returns itself."""
        for name, value in vars(type(self)).items():
            if isinstance(value, cached_property):
                getattr(self, name)
        return self

    @cached_property
    def verdicts(self) -> Verdicts:
        """Of each frame, uint8 (frames, 255)."""
        return self._each_t(np.maximum, self._ranks, self.swept.regions.key)

    @cached_property
    def peaks(self) -> npt.NDArray[np.uint8]:
        """The highest level of those regions of each frame that are not accepted, uint8 (frames, 255); 0 for none."""
        counted = np.where(self._ranks > Verdict.ACCEPT.rank, self.swept.regions.peak, np.uint8(0))
        return self._each_t(np.maximum, counted, self.swept.regions.key)

    @cached_property
    def part_verdicts(self) -> Verdicts:
        """Of each part, the worst of its frames', uint8 (parts, 255)."""
        worst = np.zeros((len(self.swept.parts), LEVEL_MAX), np.uint8)
        np.maximum.at(worst, self.swept.part_of, self.verdicts)
        return worst

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Parts by truth (0 sound, 1 defective) and verdict's rank, int64 (2, 3, 255)."""
        is_verdict = self.part_verdicts[:, None] == np.arange(len(Verdict))[:, None]
        defective = self.swept.defective_parts
        return np.stack([is_verdict[~defective].sum(0), is_verdict[defective].sum(0)])

    @property
    def escapes(self) -> Ints:
        """Defective parts that are accepted, int (255,)."""
        escapes: Ints = self.counts[1, Verdict.ACCEPT.rank]
        return escapes

    @property
    def false_rejects(self) -> Ints:
        """Sound parts that are rejected, int (255,)."""
        rejects: Ints = self.counts[0, Verdict.REJECT.rank]
        return rejects

    @property
    def reviews(self) -> Ints:
        """Parts that go to a person, sound and defective ones, int (2, 255): they are in neither of the others."""
        reviews: Ints = self.counts[:, Verdict.REVIEW.rank]
        return reviews

    @cached_property
    def predicted(self) -> Ints:
        """Pixels of each frame's mask, int (frames, 255); ignored ones are left out, as in all that follows."""
        return self._sum(self.swept.blobs.px)

    @cached_property
    def hits(self) -> Ints:
        """Pixels of each frame's mask on a defect, int (frames, 255)."""
        return self._sum(self.swept.blobs.hit)

    @cached_property
    def mean_iou(self) -> Curve:
        """Mean pixel IoU of the defective frames."""
        return _mean_iou(self.hits, self.predicted, self.swept)

    @cached_property
    def map_mean_iou(self) -> Curve:
        """The same of the map alone at or above T, size filter and classifier left out (paper, Figs. 16 and 17)."""
        return _mean_iou(*self.swept.map_counts, self.swept)

    @cached_property
    def precision(self) -> Curve:
        """Of the pixels of all frames, pooled; nan where nothing is predicted."""
        return _ratio(self.hits.sum(0), self.predicted.sum(0))

    @cached_property
    def recall(self) -> Curve:
        """Of the pixels of all frames, pooled."""
        return _ratio(self.hits.sum(0), self.swept.defect_px.sum())

    @property
    def object_precision(self) -> Curve:
        """Objects found for each blob; nan where there is no blob."""
        return _ratio(self.found, self.detections)

    @property
    def object_recall(self) -> Curve:
        """Share of the objects that are found, whatever their kind."""
        return _ratio(self.found, len(self.swept.objects.kind))

    @cached_property
    def detections(self) -> Ints:
        """Blobs of all frames that are large enough to be objects, int (255,)."""
        blobs = self.swept.blobs
        return _by_level(blobs.key[self._there & (blobs.px >= MIN_OBJECT_PX)] % KEYS)

    @cached_property
    def found(self) -> Ints:
        """Objects whose best blob exceeds the IoU, int (255,); a blob counts for one object alone."""
        good = self.matches.iou > self.iou
        _, first = np.unique(self.matches.blob[good], return_index=True)
        return _by_level(self.matches.level[good][first])

    @cached_property
    def matches(self) -> Matches:
        """Every object that is touched, at every T."""
        pairs = self.swept.pairs
        if not len(pairs.key):
            return Matches(pairs.key, pairs.object, pairs.blob, pairs.iou)
        iou = np.where(self._there[pairs.blob], pairs.iou, 0)
        starts = np.flatnonzero(np.diff(pairs.key, prepend=-1) | np.diff(pairs.object, prepend=-1))
        best = np.maximum.reduceat(iou, starts)
        is_best = iou == np.repeat(best, np.diff(starts, append=len(iou)))
        row = np.minimum.reduceat(np.where(is_best, np.arange(len(iou)), len(iou)), starts)[best > 0]
        return Matches(pairs.key[row] % KEYS, pairs.object[row], pairs.blob[row], iou[row])

    @cached_property
    def _there(self) -> npt.NDArray[np.bool_]:
        """Which blobs there are under the recipe's minimum area."""
        smallest, blobs = self._smallest, self.swept.blobs
        there: npt.NDArray[np.bool_] = (blobs.over < smallest) & (blobs.upto >= smallest)
        return there

    @property
    def _smallest(self) -> float:
        return self.recipe.min_area.in_px2(self.recipe.mm_per_px)

    @cached_property
    def _ranks(self) -> Verdicts:
        """The verdict on each region, as `inspector.policy.decide` has it; what is left out is accepted."""
        _, peak, kind, area = self.swept.regions
        ranks = np.full(len(kind), Verdict.REJECT.rank, np.uint8)
        for row in reversed(self.recipe.policy):
            of_kind = np.array([row.kind in (ANY_KIND, name) for name in self.swept.kinds])
            smallest = row.min_area.in_px2(self.recipe.mm_per_px)
            severe = peak * (SEVERITY_MAX / LEVEL_MAX) >= row.min_severity
            ranks[of_kind[kind] & (area >= smallest) & severe] = row.verdict.rank
        ranks[(kind == 0) | (area < self._smallest)] = Verdict.ACCEPT.rank
        return ranks

    def _sum(self, px: Ints) -> Ints:
        return self._each_t(np.add, np.where(self._there, px, 0), self.swept.blobs.key)

    def _each_t(self, reduce: np.ufunc, values: npt.NDArray[Any], key: Ints) -> npt.NDArray[Any]:
        """The rows of each frame and T as one value, (frames, 255); 0 where there are none."""
        found = np.zeros(self.swept.frames * KEYS, values.dtype)
        if len(key):
            starts = np.flatnonzero(np.diff(key, prepend=-1))
            found[key[starts]] = reduce.reduceat(values, starts)
        return found.reshape(-1, KEYS)[:, 1:]


def _by_level(levels: Ints) -> Ints:
    return np.bincount(levels, minlength=KEYS)[1:]


def _ratio(part: npt.NDArray[np.number], whole: npt.ArrayLike) -> Curve:
    wholes = np.broadcast_to(np.asarray(whole, np.float64), part.shape)
    ratio: Curve = np.divide(part, wholes, out=np.full(part.shape, np.nan), where=wholes > 0)
    return ratio


def _mean_iou(hits: npt.NDArray[np.number], predicted: npt.NDArray[np.number], swept: SweptSet) -> Curve:
    """Nan everywhere without masks."""
    some = swept.defect_px > 0
    if not some.any():
        return np.full(LEVEL_MAX, np.nan)
    union = predicted[some] + swept.defect_px[some, None] - hits[some]
    mean: Curve = (hits[some] / union).mean(0)
    return mean
