"""Defects of the simulated line: what each kind looks like, as a small picture of its own."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator

from inspector.simulation.textures import Field
from inspector.types import Mask

_PAD = 4
"""Free pixels around every shape in its window."""


@dataclass(frozen=True, eq=False)
class Shape:
    """One defect before it is placed on a surface.

    Attributes
    ----------
    coverage : float64 (h, w) in [0, 1]
        How much of a pixel is altered; the truth is where it is at least one half.
    tone : float64 (h, w), about 0.5 to 1
        How strongly each pixel is altered, relative to the others.
    grain : float
        Share of the surface's texture that stays visible under it.
    sign : float
        -1 if it is darker than the surface, 1 if brighter.
    """

    coverage: Field
    tone: Field
    grain: float
    sign: float

    @property
    def mask(self) -> Mask:
        """The truth: bool (h, w), one 8-connected object."""
        solid = (self.coverage >= 0.5).astype(np.uint8)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(solid, connectivity=8)
        largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
        mask: Mask = labels == largest
        return mask


def _window(points: Field, reach: float) -> tuple[tuple[int, int], Field]:
    """Size of the window that holds points (n, 2) with `reach` px around them, and the points moved into it."""
    low = points.min(axis=0) - reach - _PAD
    height, width = np.ceil(points.max(axis=0) + reach + _PAD - low).astype(int)
    return (int(height), int(width)), points - low


def _either(rng: Generator) -> float:
    return float(rng.choice([-1.0, 1.0]))


def _smooth(rng: Generator, shape: tuple[int, int], grid: float) -> Field:
    """Smooth noise of about unit height whose bumps are `grid` px apart."""
    coarse = rng.normal(0, 1, (max(2, round(shape[0] / grid)), max(2, round(shape[1] / grid))))
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float64)


def _thick_line(shape: tuple[int, int], points: Field, radii: Field) -> Field:
    """Depth in px below the edge of a polyline of varying thickness; negative outside it."""
    y, x = np.ogrid[: shape[0], : shape[1]]
    depth = np.full(shape, -np.inf)
    for start, end, r0, r1 in zip(points[:-1], points[1:], radii[:-1], radii[1:], strict=True):
        dy, dx = end - start
        share = np.clip(((y - start[0]) * dy + (x - start[1]) * dx) / (dy**2 + dx**2), 0, 1)
        distance = np.hypot(y - start[0] - share * dy, x - start[1] - share * dx)
        np.maximum(depth, r0 + share * (r1 - r0) - distance, out=depth)
    return depth


def _antialiased(depth: Field) -> Field:
    coverage: Field = np.clip(depth + 0.5, 0, 1)
    return coverage


def scratch(rng: Generator) -> Shape:
    """A long, slightly bent line of even width with tapered ends."""
    length, angle, bend = rng.uniform(110, 250), rng.uniform(0, np.pi), rng.uniform(-0.08, 0.08)
    t = np.linspace(-0.5, 0.5, 18)
    along, across = length * t, length * bend * (0.25 - t**2) * 2
    sine, cosine = np.sin(angle), np.cos(angle)
    points = np.stack([sine * along + cosine * across, cosine * along - sine * across], 1)
    radii = rng.uniform(3.3, 4.3) * np.clip((0.5 - np.abs(t)) * 6 + 0.5, 0, 1) + rng.normal(0, 0.15, t.size)
    shape, points = _window(points, 5)
    tone = np.clip(0.92 + 0.05 * _smooth(rng, shape, 20), 0.8, 1)
    return Shape(_antialiased(_thick_line(shape, points, radii)), tone, 0.35, _either(rng))


def _jagged(rng: Generator, start: Field, heading: float, length: float) -> Field:
    """Corners (n, 2) of a line that turns left and right at every step."""
    steps = max(3, round(length / 13))
    turn = heading + rng.uniform(0.3, 0.75, steps) * (-1.0) ** (np.arange(steps) + rng.integers(2))
    strides = rng.uniform(0.7, 1.3, steps) * length / steps
    moves = np.stack([np.sin(turn), np.cos(turn)], 1) * strides[:, None]
    return np.concatenate([start[None], start + np.cumsum(moves, axis=0)])


def crack(rng: Generator) -> Shape:
    """A dark jagged line with branches, thinner towards its ends."""
    heading = rng.uniform(0, 2 * np.pi)
    trunk = _jagged(rng, np.zeros(2), heading, rng.uniform(90, 190))
    radii = rng.uniform(4.0, 5.0) * (1 - 0.45 * np.abs(np.linspace(-1, 1, len(trunk))) ** 3)
    lines = [(trunk, radii)]
    side = _either(rng)
    for _ in range(rng.integers(1, 4)):
        joint = rng.integers(1, len(trunk) - 1)
        branch = _jagged(rng, trunk[joint], heading + side * rng.uniform(0.8, 1.2), rng.uniform(30, 60))
        lines.append((branch, np.linspace(min(radii[joint], 4), 2.6, len(branch))))
        side = -side
    shape, moved = _window(np.concatenate([points for points, _ in lines]), 6)
    parts = np.split(moved, np.cumsum([len(points) for points, _ in lines])[:-1])
    depth = np.max([_thick_line(shape, part, r) for part, (_, r) in zip(parts, lines, strict=True)], axis=0)
    tone = np.clip(0.82 + 0.06 * depth, 0, 1)
    return Shape(_antialiased(depth), np.where(depth > -1, tone, 0.76), 0.3, -1.0)


def _polar(radius: float) -> tuple[Field, Field, tuple[int, int]]:
    """Distance from the middle of a square window and direction, for a shape of that radius."""
    half = int(np.ceil(radius)) + _PAD
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float64)
    return np.hypot(y, x), np.arctan2(y, x), (2 * half + 1, 2 * half + 1)


def pit(rng: Generator) -> Shape:
    """A small round dark hole, in shadow on the side of the light."""
    radius, light = rng.uniform(8.0, 15.0), rng.uniform(0, 2 * np.pi)
    distance, direction, _ = _polar(radius)
    oval = radius * (1 - 0.07 * (1 - np.cos(2 * (direction - rng.uniform(0, np.pi)))))
    tone = 0.78 + 0.22 * np.clip(distance / radius, 0, 1) * np.cos(direction - light)
    return Shape(_antialiased(oval - distance), tone, 0.15, -1.0)


def stain(rng: Generator) -> Shape:
    """A large soft-edged patch that leaves the texture visible, strongest at its rim."""
    radius = rng.uniform(24, 44)
    distance, direction, shape = _polar(1.35 * radius + 6)
    outline = np.full(shape, radius)
    for waves, height in ((2, 0.16), (3, 0.1), (5, 0.05)):
        outline += radius * height * rng.uniform(0.5, 1) * np.cos(waves * direction + rng.uniform(0, 2 * np.pi))
    depth = outline - distance + 1.5 * _smooth(rng, shape, 9)
    share = np.clip(depth / 7 + 0.5, 0, 1)
    tone = 0.82 + 0.18 * np.exp(-(((depth - 6) / 7) ** 2))
    return Shape(share * share * (3 - 2 * share), tone, 1.0, _either(rng))


def abrasion(rng: Generator) -> Shape:
    """A rubbed patch of parallel bright strokes with ragged ends."""
    length, width, pitch = rng.uniform(55, 110), rng.uniform(28, 58), rng.uniform(5.0, 6.5)
    angle = rng.uniform(0, np.pi)
    half = int(np.ceil(np.hypot(length + 16, width) / 2)) + _PAD
    y, x = np.mgrid[-half : half + 1, -half : half + 1].astype(np.float64)
    along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    strokes = max(5, round(width / pitch))
    row = across / pitch + strokes / 2
    index = np.clip(np.floor(row), 0, strokes - 1).astype(int)
    # The tips of the strokes: every row ends somewhere else, its middle reaching furthest.
    reach = length / 2 * (1 - 0.35 * np.linspace(-1, 1, strokes) ** 2)
    tips = 3 * np.cos(2 * np.pi * row)
    ends = reach + rng.uniform(-8, 8, (2, strokes))
    first, last = (np.interp(row - 0.5, np.arange(strokes), end) - tips for end in ends)
    depth = np.minimum(np.minimum(first + along, last - along) / 1.5, pitch * np.minimum(row, strokes - row))
    bright = rng.uniform(0.85, 1, strokes)[index]
    tone = bright * (0.8 - 0.2 * np.cos(2 * np.pi * row))
    return Shape(_antialiased(depth), tone, 0.3, 1.0)


def inclusion(rng: Generator) -> Shape:
    """A bright angular splinter of flat facets with a sharp edge."""
    corners, radius, slimness = int(rng.integers(3, 6)), rng.uniform(19, 30), rng.uniform(0.55, 0.75)
    directions = (np.arange(corners) + rng.uniform(-0.25, 0.25, corners)) * 2 * np.pi / corners
    slim = np.stack([np.cos(directions), slimness * np.sin(directions)], 1)
    turn, lengths = rng.uniform(0, 2 * np.pi), radius * rng.uniform(0.8, 1, corners)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    outline = lengths[:, None] * slim @ rotation.T
    half, fine = int(np.ceil(radius)) + _PAD, 8
    side = 2 * half + 1
    centre = outline.mean(axis=0)
    drawn, shaded = np.zeros((2, side * fine, side * fine))
    tones = 0.72 + 0.28 * rng.permutation(np.linspace(0, 1, corners))
    ends = np.roll(outline, -1, axis=0)
    for start, end, facet in zip(outline, ends, tones, strict=True):
        triangle = np.rint((np.stack([centre, start, end]) + half + 0.5) * fine).astype(np.int32)
        cv2.fillPoly(drawn, [triangle], 1.0)
        cv2.fillPoly(shaded, [triangle], float(facet))
    coverage, shade = (
        np.asarray(cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA), np.float64)
        for picture in (drawn, shaded)
    )
    tone = np.divide(shade, coverage, out=np.ones_like(shade), where=coverage > 0)
    return Shape(coverage, tone, 0.1, 1.0)


DEFECTS: dict[str, Callable[[Generator], Shape]] = {
    "scratch": scratch,
    "crack": crack,
    "pit": pit,
    "stain": stain,
    "abrasion": abrasion,
    "inclusion": inclusion,
}
"""Every kind by its name."""

KINDS: tuple[str, ...] = tuple(DEFECTS)
"""The kinds in the order of their class ids, which count from 1."""
