"""What the mask of a frame holds at one T: connected blobs, and which annotated defects they cover.

Blobs are what object figures count: 8-connected components of the mask of all regions. Regions whose outlines are
interpolated can touch or overlap, and which of them there are depends on the minimum area. So each blob is kept with
the minimum areas for which it is there: a recipe's other area then only selects among blobs.
"""

from collections.abc import Sequence
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from inspector.tune.frame_truth import FrameTruth
from inspector.tune.tables import BLOB, SHARED, Found, join
from inspector.types import Box, Mask, Pixels

Labels = npt.NDArray[np.int32]


class Claim(NamedTuple):
    """A region that counts as a defect: where, how large in px2, and its class id."""

    box: Box
    mask: Mask
    area: int
    kind: int


def find_blobs(claims: Sequence[Claim], truth: FrameTruth, level: int) -> Found:
    """The blobs of a frame at one T.

    Parameters
    ----------
    claims : sequence of Claim
        One or more, the worst first: it is on top where two overlap.
    truth : FrameTruth
    level : int
        T, for the table.
    """
    corners = np.array([claim.box for claim in claims])
    around = (*corners[:, :2].min(0).tolist(), *corners[:, 2:].max(0).tolist())
    canvas = _Canvas(truth, around, np.ones((around[2] - around[0], around[3] - around[1]), np.bool_))
    labels, boxes = canvas.label(canvas.paint(claims))
    held = [np.bincount(labels[_cut(c.box, around)][c.mask], minlength=len(boxes)) > 0 for c in claims]
    blob, owner = np.nonzero(np.stack(held, 1)[1:])
    blob += 1  # 0 is no blob
    owners = np.bincount(blob, minlength=len(boxes))
    alone = owners[blob] == 1
    kinds, areas = np.zeros((2, len(boxes)), np.int32)
    kinds[blob[alone]] = [claims[i].kind for i in owner[alone]]
    areas[blob[alone]] = [claims[i].area for i in owner[alone]]
    single = canvas.measure(labels, boxes, np.flatnonzero(owners == 1), kinds, level)
    single.blobs["upto"] = areas[owners == 1]
    found = [single]
    for number in np.flatnonzero(owners > 1):
        left, top, width, height, _ = boxes[number].tolist()
        inner = (around[0] + top, around[1] + left, around[0] + top + height, around[1] + left + width)
        part = _Canvas(truth, inner, labels[top : top + height, left : left + width] == number)
        found += _by_min_area(part, [claims[i] for i in owner[blob == number]], level)
    return join(found)


def _by_min_area(canvas: "_Canvas", claims: Sequence[Claim], level: int) -> list[Found]:
    """What is left of a blob of several regions as the minimum area takes the small ones away."""
    sizes = sorted({claim.area for claim in claims}, reverse=True)
    found = []
    for upto, over in zip(sizes, [*sizes[1:], -1], strict=True):
        classes = canvas.paint([claim for claim in claims if claim.area >= upto])
        labels, boxes = canvas.label(classes)
        votes = np.bincount(labels.ravel() * 256 + classes.ravel(), minlength=len(boxes) * 256).reshape(-1, 256)
        found.append(canvas.measure(labels, boxes, np.arange(1, len(boxes)), votes.argmax(1), level))
        found[-1].blobs["over"], found[-1].blobs["upto"] = over, upto
    return found


class _Canvas:
    """The part of a frame inside a box, and of it the pixels that are `wanted`."""

    def __init__(self, truth: FrameTruth, box: Box, wanted: Mask) -> None:
        here = slice(box[0], box[2]), slice(box[1], box[3])
        self._box, self._width, self._objects = box, truth.known.shape[1], len(truth.objects)
        self._left_out = ~(truth.known[here] & wanted)
        numbers = truth.labels[here].ravel()
        self._defect = np.flatnonzero(numbers)
        self._number = numbers[self._defect]

    def paint(self, claims: Sequence[Claim]) -> Pixels:
        """Class ids of the regions, uint8; 0 outside, and where the truth is to be ignored."""
        classes = np.zeros(self._left_out.shape, np.uint8)
        for claim in reversed(claims):
            top, left, bottom, right = (
                max(claim.box[0], self._box[0]),
                max(claim.box[1], self._box[1]),
                min(claim.box[2], self._box[2]),
                min(claim.box[3], self._box[3]),
            )
            inside = (top, left, bottom, right)
            classes[_cut(inside, self._box)][claim.mask[_cut(inside, claim.box)]] = claim.kind
        classes[self._left_out] = 0
        return classes

    @staticmethod
    def label(classes: Pixels) -> tuple[Labels, npt.NDArray[np.int32]]:
        """Number of each pixel's blob, and (left, top, width, height, px) of each number; 0 is no blob."""
        _, labels, boxes, _ = cv2.connectedComponentsWithStats((classes > 0).view(np.uint8), connectivity=8)
        return labels, boxes

    def measure(
        self,
        labels: Labels,
        boxes: npt.NDArray[np.int32],
        numbers: npt.NDArray[np.intp],
        kinds: npt.NDArray[np.integer],
        level: int,
    ) -> Found:
        """The blobs of these numbers; `kinds` has the class id of every number."""
        blobs = np.zeros(len(numbers), BLOB)
        tops = boxes[numbers, cv2.CC_STAT_TOP]
        columns = (labels[tops] == numbers[:, None]).argmax(1)
        blobs["level"], blobs["over"], blobs["kind"] = level, -1, kinds[numbers]
        blobs["px"] = boxes[numbers, cv2.CC_STAT_AREA]
        blobs["first"] = (tops + self._box[0]) * self._width + columns + self._box[1]
        if not self._defect.size:
            return Found(blobs, np.empty(0, SHARED))
        shape = (len(boxes), int(self._number.max()) + 1)
        ones, pairs = np.ones(len(self._defect), np.int32), (labels.ravel()[self._defect], self._number)
        common = coo_array((ones, pairs), shape=shape).tocsr()[numbers]
        blobs["hit"] = common.sum(1)
        place = common.tocoo()
        is_object = place.col <= self._objects
        shared = np.zeros(int(is_object.sum()), SHARED)
        shared["blob"], shared["object"] = place.row[is_object], place.col[is_object] - 1
        shared["px"] = place.data[is_object]
        return Found(blobs, shared)


def _cut(box: Box, around: Box) -> tuple[slice, slice]:
    """Where a box lies in the one around it."""
    top, left = around[:2]
    return slice(box[0] - top, box[2] - top), slice(box[1] - left, box[3] - left)
