import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import ndimage

from inspector.simulation.defects import KINDS
from inspector.simulation.part import SimulatedPart, simulate_part
from inspector.simulation.textures import TEXTURES

EIGHT = np.ones((3, 3))
DIAMOND = ndimage.iterate_structure(ndimage.generate_binary_structure(2, 1), 2)
"""Five pixels wide."""


@pytest.fixture(scope="module")
def line() -> list[SimulatedPart]:
    return [simulate_part(5, index) for index in range(150)]


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 10**6))
def test_a_part_is_always_the_same(seed: int, index: int) -> None:
    first = simulate_part(seed, index)
    simulate_part(seed, index + 1)
    again = simulate_part(seed, index)
    assert np.array_equal(first.pixels, again.pixels)
    assert np.array_equal(first.mask, again.mask)
    assert (first.texture, first.defects) == (again.texture, again.defects)


def test_parts_do_not_depend_on_what_was_asked_before(line: list[SimulatedPart]) -> None:
    for index in (97, 3, 41):
        assert np.array_equal(simulate_part(5, index).pixels, line[index].pixels)


def test_seeds_and_indices_give_different_parts(line: list[SimulatedPart]) -> None:
    assert not np.array_equal(line[0].pixels, line[1].pixels)
    assert not np.array_equal(simulate_part(6, 0).pixels, line[0].pixels)


def test_frames_are_grey_and_read_only(line: list[SimulatedPart]) -> None:
    for part in line:
        assert part.pixels.shape == part.mask.shape == (512, 512)
        assert part.pixels.dtype == part.mask.dtype == np.uint8
        assert not part.pixels.flags.writeable
        assert not part.mask.flags.writeable


def test_about_half_of_the_parts_are_sound(line: list[SimulatedPart]) -> None:
    counts = np.array([len(part.defects) for part in line])
    assert 0.35 < np.mean(counts == 0) < 0.65
    assert counts.max() <= 3
    assert set(counts) >= {0, 1, 2}


def test_every_texture_and_kind_occurs_in_every_contrast(line: list[SimulatedPart]) -> None:
    defects = [defect for part in line for defect in part.defects]
    assert {part.texture for part in line} == set(TEXTURES)
    assert {defect.kind for defect in defects} == set(KINDS)
    contrasts = [defect.contrast for defect in defects]
    assert min(contrasts) > 6
    assert np.percentile(contrasts, 10) < 20
    assert np.percentile(contrasts, 90) > 60


def test_the_mask_holds_exactly_the_defects(line: list[SimulatedPart]) -> None:
    for part in line:
        labels, count = ndimage.label(part.mask > 0, EIGHT)
        found = set()
        for k, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
            own = labels == k
            (kind,) = np.unique(part.mask[own])
            found.add((KINDS[kind - 1], (rows.start, columns.start, rows.stop, columns.stop), int(own.sum())))
        assert len(found) == count == len(part.defects)
        assert found == {(defect.kind, defect.box, defect.area) for defect in part.defects}


def test_defects_lie_apart_and_inside_the_frame(line: list[SimulatedPart]) -> None:
    for part in line:
        for defect in part.defects:
            top, left, bottom, right = defect.box
            assert min(top, left, 512 - bottom, 512 - right) >= 8
            assert 150 <= defect.area <= 8000
        labels, count = ndimage.label(part.mask > 0, EIGHT)
        for k in range(1, count + 1 if count > 1 else 1):
            distance = ndimage.distance_transform_edt(labels != k)
            assert distance[(labels > 0) & (labels != k)].min() >= 16


def test_the_contrast_is_the_one_in_the_image(line: list[SimulatedPart]) -> None:
    for part in line:
        labels, _ = ndimage.label(part.mask > 0, EIGHT)
        for defect in part.defects:
            top, left, bottom, right = defect.box
            name = np.bincount(labels[top:bottom, left:right].ravel())[1:].argmax() + 1
            around = ndimage.distance_transform_edt(labels != name) <= 16
            grey = part.pixels.astype(float)
            expected = grey[labels == name].mean() - grey[around & (labels == 0)].mean()
            assert defect.contrast == pytest.approx(abs(expected), abs=1e-6)


def test_thin_kinds_are_wide_enough_for_cells_of_four_pixels(line: list[SimulatedPart]) -> None:
    for part in line:
        for defect in part.defects:
            if defect.kind in ("scratch", "crack"):
                own = part.mask == 1 + KINDS.index(defect.kind)
                top, left, bottom, right = defect.box
                own = np.pad(own[top:bottom, left:right], 1)
                opened = ndimage.binary_opening(own, DIAMOND)
                assert opened.sum() > 0.8 * own.sum()
