"""Measures a set once: what is on disk already is not measured again, and what is new is there for the next time."""

import hashlib
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np

from inspector.networks.bundle import Model, default_threads
from inspector.pipeline import measure, region_classes
from inspector.tune.frame_sweep import sweep_frame
from inspector.tune.store import Arrays, Store
from inspector.tune.swept import SweptSet
from inspector.tune.tables import Found, FrameSweep
from inspector.tune.truth import Known, TrueFrame, Truth, without_defect
from inspector.tune.windows import KnownWindows, classify_windows
from inspector.types import Frame, Measurement, Pixels

_FORM = 1
"""Of the stored tables; another one is another name."""


@dataclass(frozen=True)
class Measuring:
    """How far it is; `swept` is None until all frames are done."""

    done: int
    total: int
    swept: SweptSet | None


def measure_set(
    truth: Truth, model: Model, distance: float, store: Store, workers: int | None = None
) -> Generator[Measuring, None, None]:
    """Measure a set's frames and judge them at every T.

    Whoever wants no more of it closes the generator: what is done by then is kept.

    Parameters
    ----------
    truth : Truth
    model : Model
    distance : float
        Cluster distance in px.
    store : Store
    workers : int or None
        Frames at a time; None leaves one processor to the window.

    Yields
    ------
    Measuring
        After each frame, in their order; the last one has the swept set.

    Raises
    ------
    InspectorError
        If a frame or its truth can't be read, they don't fit each other, no frame is defective, or the disk is full.
    """
    classes = (*truth.classes, *(name for name in model.spec.classes if name not in truth.classes))

    def one(frame: TrueFrame) -> tuple[bool, bool, FrameSweep]:
        known = frame.read()
        return known.mask is not None, known.defective, _swept(frame, known, model, distance, classes, store)

    done, total = list[tuple[bool, bool, FrameSweep]](), len(truth.frames)
    pool = ThreadPoolExecutor(workers or default_threads(), "inspector-tune")
    try:
        for each in pool.map(one, truth.frames):
            done.append(each)
            if len(done) < total:
                yield Measuring(len(done), total, None)
    finally:
        pool.shutdown(cancel_futures=True)
    store.trim()
    masked, defective = (np.array([each[i] for each in done], np.bool_) for i in (0, 1))
    if not defective.any():
        raise without_defect(truth.name)
    sweeps = [each[2] for each in done]
    kinds = region_classes(model.spec.classes)
    swept = SweptSet(truth, model.digest, kinds, classes, distance, bool(masked.all()), defective, sweeps)
    yield Measuring(total, total, swept)


class Measured(NamedTuple):
    """What is known of a frame, and its measurement, whose windows are all classified: to judge it costs no network."""

    known: Known
    measurement: Measurement


def measured(frame: TrueFrame, model: Model, store: Store) -> Measured:
    """A frame with its measurement, from disk where it is there.

    Raises
    ------
    InspectorError
        If the frame or its truth can't be read, or the disk is full.
    """
    known = frame.read()
    return Measured(known, _measurement(frame, known, model, store))


def _measurement(frame: TrueFrame, known: Known, model: Model, store: Store) -> Measurement:
    shown = Frame(known.pixels, 0, frame.name, frame.part, datetime.now(UTC))
    name, spec = f"{_model_name(model)}/{_digest(known.pixels)}", model.spec
    stored = store.load(name)
    if stored is not None:
        kinds: KnownWindows | None = None
        if "known" in stored:
            kinds = KnownWindows(spec.classes, spec.veto, stored["places"].astype(np.intp), stored["known"])
        return Measurement(shown, stored["levels"], spec.cell, kinds, model.digest, 0.0)
    fresh = measure(shown, model)
    arrays: dict[str, np.ndarray] = {"levels": fresh.levels}
    if fresh.kinds is not None:
        kinds = classify_windows(fresh.kinds, fresh.levels, fresh.cell, shown.shape)
        fresh = replace(fresh, kinds=kinds)
        arrays |= {"places": kinds.places.astype(np.int32), "known": kinds.known}
    store.save(name, arrays)
    return fresh


def _swept(
    frame: TrueFrame, known: Known, model: Model, distance: float, classes: tuple[str, ...], store: Store
) -> FrameSweep:
    """A frame at every T, from disk where it is there."""
    apart = distance if distance > model.spec.cell else 0.0  # touching cells are one cluster anyway
    terms = repr((_FORM, apart, classes)).encode()
    truth = b"" if known.mask is None else known.mask.tobytes()
    name = f"{_model_name(model)}/{_digest(known.pixels)}-{hashlib.sha256(terms + truth).hexdigest()[:16]}"
    stored = store.load(name)
    if stored is not None:
        return _from_arrays(stored)
    measurement = _measurement(frame, known, model, store)
    sweep = sweep_frame(
        measurement.levels, measurement.cell, measurement.frame.shape, measurement.kinds, apart, known.mask, classes
    )
    store.save(name, _to_arrays(sweep))
    return sweep


def _to_arrays(sweep: FrameSweep) -> Arrays:
    blobs, shared = sweep.found
    tables = {"regions": sweep.regions, "blobs": blobs, "shared": shared, "objects": sweep.objects}
    return {**tables, "histogram": sweep.histogram}


def _from_arrays(arrays: Arrays) -> FrameSweep:
    found = Found(arrays["blobs"], arrays["shared"])
    return FrameSweep(arrays["regions"], found, arrays["objects"], arrays["histogram"])


def _model_name(model: Model) -> str:
    return model.digest[:32]


def _digest(pixels: Pixels) -> str:
    """Of the pixels themselves: the same picture in another file is the same frame."""
    return hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).hexdigest()[:32]
