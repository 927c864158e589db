"""One training from a dataset to a bundle: labels, detector, its false alarms, classifier, T, export."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from inspector.dataset import Dataset, defect_pixels
from inspector.errors import InspectorError
from inspector.tune.thresholds import ThresholdSweep, sweep_thresholds
from training.augment import Augment
from training.choose import sift_on_val, sweep_figures
from training.clock import Clock
from training.config import TrainingConfig
from training.contrast import label_scores
from training.device import has_bfloat16
from training.distributed import rank
from training.export import Trained, export_bundle
from training.labels import SeverityScale
from training.loop import Run
from training.maps import severity_maps
from training.mining import Mined, found_shapes, mine_false_alarms
from training.patches import Annotated, load_frames
from training.pretrained import beginning
from training.report import Report
from training.splits import split_samples
from training.train_kinds import new_classifier, train_kinds
from training.train_severity import train_severity
from training.validation import Curve
from training.windows import WindowSampler, defect_places, false_alarm_places

DEFAULT_MINUTES = 25.0

SEVERITY_SHARE, MINING_SHARE, KINDS_SHARE = 0.7, 0.05, 0.25
"""Largest shares of a time budget; what reading, labels and choosing T take comes from the last."""

AS_THEY_ARE = Augment(directed=True, free=0.0, gain=0.0, contrast=0.0, falloff=0.0, noise=0.0, doubt=0.0)
"""Val windows are mirrored, no more."""


def train(
    dataset: Dataset,
    out: Path,
    config: TrainingConfig,
    *,
    minutes: float | None,
    workers: int,
    work: Path,
    progress: Report,
) -> ThresholdSweep:
    """Train both networks on the split ``train``, choose T on ``val`` and write the bundle.

    Parameters
    ----------
    dataset : Dataset
        Without a ``val`` split every fifth training frame is held out for it.
    out : Path
        The bundle's folder.
    config : TrainingConfig
    minutes : float or None
        Time for all of it. None trains each network for its steps, and one whose settings give none for its share of
        `DEFAULT_MINUTES`.
    workers : int
        Processes that draw batches ahead of the steps.
    work : Path
        Folder for checkpoints; where they are there, training goes on from them.
    progress : callable

    Returns
    -------
    ThresholdSweep
        Of the split ``val``.
    """
    config = _for_this_machine(config)
    budget = minutes or (None if config.severity.steps and config.kinds.steps else DEFAULT_MINUTES)
    clock = Clock(budget)

    def run(phase: str, checkpoint: str, steps: int, share: float) -> Run:
        limit = None if steps and minutes is None else clock.share(share)
        return Run(config.seed, steps, limit, workers, work / checkpoint, lambda d, text: progress(phase, d, text))

    training, validation = split_samples(dataset, config.frames)
    progress("reading images", 0.0, f"{len(training)} + {len(validation)} frames")
    frames = load_frames(dataset, training, config.channels, config.normalisation)
    channels = frames[0].pixels.shape[2]
    # Before the hours of the detector's training, as its weights may be missing.
    classifier = new_classifier(config.kinds, channels, len(dataset.classes), config.seed)
    held_out = load_frames(dataset, validation, channels, config.normalisation)
    if not any(defect_pixels(frame.mask).any() for frame in held_out):
        raise InspectorError(f"dataset {dataset.name} has no defect in its val frames; T can't be chosen without")
    progress("severity labels", 0.0, "")
    scale = severity_scale(frames, config)
    regressor, curve, earlier = train_severity(
        frames,
        held_out,
        scale,
        config.severity,
        config.augment,
        config.normalisation,
        run("severity network", "severity.pt", config.severity.steps, SEVERITY_SHARE),
    )
    clock.add(earlier)
    progress("choosing T on val", 0.0, "")
    cell = config.severity.cell
    maps = list(severity_maps(regressor, held_out, cell, config.normalisation))
    sweep = sweep_thresholds((levels, cell, frame.mask) for levels, frame in zip(maps, held_out, strict=True))
    threshold = sweep.best_threshold
    found = [found_shapes(levels, frame, config, threshold) for levels, frame in zip(maps, held_out, strict=True)]
    mined = mine_false_alarms(regressor, frames, config, threshold, clock.share(MINING_SHARE), progress)
    mined_on_val = false_alarm_places(held_out, [[shape.box for shape in shapes] for shapes in found])
    trained = train_kinds(
        classifier,
        _windows(mined, config, config.augment),
        _windows(Mined(held_out, maps, mined_on_val), config, AS_THEY_ARE),
        config.kinds,
        run("kinds network", "kinds.pt", config.kinds.steps, KINDS_SHARE),
    )
    veto, min_area = sift_on_val(trained.network, zip(held_out, maps, found, strict=True), cell, dataset.classes)
    if rank():
        return sweep
    progress("writing the bundle", 0.0, str(out))
    story = {"dataset": dataset.name, "train_frames": len(frames), "val_frames": len(held_out), "minutes": budget}
    story |= {
        "severity_network_began_with": beginning(config.severity.architecture, config.severity.weights),
        "kinds_network_began_with": beginning(config.kinds.backbone, config.kinds.weights),
        "false_alarms": len(mined.false_alarms),
        "val_curve": _rounded(curve),
        "kinds_val_curve": _rounded(trained.curve),
    }
    export_bundle(
        Trained(
            name=out.name,
            regressor=regressor,
            architecture=config.severity.architecture,
            classifier=trained.network,
            backbone=config.kinds.backbone,
            cell=cell,
            channels=channels,
            normalisation=config.normalisation,
            classes=dataset.classes,
            scale=scale,
            veto=veto,
            threshold=threshold,
            min_area=min_area,
            threshold_choice=f"middle of the plateau of the mean IoU on {sweep.defective} defective val frames",
            training=_told(story) | {"settings": _told(asdict(config))},
            figures=sweep_figures(sweep),
        ),
        out,
    )
    return sweep


def _for_this_machine(config: TrainingConfig) -> TrainingConfig:
    if config.severity.bfloat16 is not None:
        return config
    return replace(config, severity=replace(config.severity, bfloat16=has_bfloat16()))


def severity_scale(frames: Sequence[Annotated], config: TrainingConfig) -> SeverityScale:
    """The scale of severities that suits the defects of the training frames."""
    cell = config.severity.cell
    annotated = [f for f in frames if f.mask.any()]
    compared = [f for f in annotated if not f.mask.all()] or annotated  # without sound surface there is no contrast
    scores = [label_scores(f.pixels, f.background, f.mask, cell, config.severity.labels) for f in compared]
    defect = [s.score[s.defect & s.known] for s in scores]
    return SeverityScale.fit(np.concatenate(defect) if defect else np.empty(0, np.float32), config.severity.floor)


def _windows(measured: Mined, config: TrainingConfig, augment: Augment) -> WindowSampler:
    return WindowSampler(
        measured.frames,
        measured.maps,
        defect_places(measured.frames),
        measured.false_alarms,
        cell=config.severity.cell,
        size=config.kinds.batch,
        seed=config.seed,
        augment=augment,
        background_share=config.kinds.background_share,
    )


def _rounded(curve: Curve) -> list[list[float]]:
    return [[round(share, 3), round(score, 4)] for share, score in curve]


def _told(story: dict[str, Any]) -> dict[str, Any]:
    """What there is to tell: TOML has no word for nothing."""
    return {name: value for name, value in story.items() if value not in (None, [])}
