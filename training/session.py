"""One training from a dataset to a bundle: labels, detector, its false alarms, classifier, T, export."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import nn

from inspector.dataset import Dataset, Sample, defect_pixels
from inspector.errors import InspectorError
from inspector.networks.architectures import Regressor
from inspector.networks.input import Normalisation
from inspector.stages.classification import FrameWindows
from inspector.stages.components import Shape, find_shapes
from inspector.stages.filtering import defect_cells
from inspector.stages.severity import severity_levels
from inspector.tuning import ThresholdSweep, sweep_thresholds
from inspector.types import FloatArray, Levels
from training.export import Trained, export_bundle
from training.labels import SeverityScale, cell_scores
from training.patches import Annotated, load_frames
from training.train_kinds import KindsConfig, train_kinds
from training.train_severity import SeverityConfig, train_severity
from training.veto import Suspect, choose_veto, suspects
from training.windows import WindowSampler, defect_places, false_alarm_places

Progress = Callable[[str, float, str], None]
"""Told the phase, the share of it that is done and a line of text."""

DETECTOR_SHARE = 0.75
"""Share of a time budget that goes to the regressor."""


@dataclass(frozen=True)
class TrainingConfig:
    """All settings of a training; a TOML file may set them.

    Attributes
    ----------
    channels : int or None
        1 grey, 3 colour; None takes what the first image has.
    normalisation : Normalisation
        ``mean`` for a line with steady light, ``frame`` for several exposures.
    cluster_distance : float
        Px, for the false alarms.
    seed : int
    severity, kinds
        Settings of the two trainings.
    """

    channels: int | None = None
    normalisation: Normalisation = Normalisation.MEAN
    cluster_distance: float = 4.0
    seed: int = 0
    severity: SeverityConfig = field(default_factory=SeverityConfig)
    kinds: KindsConfig = field(default_factory=KindsConfig)

    def __post_init__(self) -> None:
        if self.channels not in (None, 1, 3) or self.seed < 0:
            raise ValueError("channels is 1 or 3, seed 0 or more")


def train(
    dataset: Dataset, out: Path, config: TrainingConfig, *, minutes: float | None, work: Path, progress: Progress
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
        Time budget for both networks together; None trains for the steps of the configuration.
    work : Path
        Folder for checkpoints; where they are there, training goes on from them.
    progress : callable

    Returns
    -------
    ThresholdSweep
        Of the split ``val``.
    """
    training, validation = _splits(dataset)
    channels = config.channels or (3 if dataset.read(training[0])[0].ndim == 3 else 1)
    progress("reading images", 0.0, f"{len(training)} + {len(validation)} frames")
    frames = load_frames(dataset, training, channels, config.normalisation)
    held_out = load_frames(dataset, validation, channels, config.normalisation)
    if not any(defect_pixels(frame.mask).any() for frame in held_out):
        raise InspectorError(f"dataset {dataset.name} has no defect in its val frames; T can't be chosen without")
    progress("severity labels", 0.0, "")
    scale = _severity_scale(frames, config.severity)
    work.mkdir(parents=True, exist_ok=True)
    regressor = train_severity(
        frames,
        scale,
        config.severity,
        seed=config.seed,
        minutes=minutes and minutes * DETECTOR_SHARE,
        checkpoint=work / "severity.pt",
        progress=lambda done, text: progress("severity network", done, text),
    )
    measured = list(_maps(regressor, held_out, config, lambda d: progress("choosing T on val", d, "")))
    sweep = sweep_thresholds((levels, config.severity.cell, frame.mask) for frame, levels in measured)
    threshold = sweep.best_threshold
    found = [
        [shape.box for shape in _shapes(levels, frame, config, threshold)]
        for frame, levels in _maps(regressor, frames, config, lambda d: progress("mining false alarms", d, ""))
    ]
    false_alarms = false_alarm_places(frames, found)
    sampler = WindowSampler(
        frames,
        defect_places(frames),
        false_alarms,
        np.random.default_rng(config.seed),
        config.kinds.background_share,
    )
    classifier = train_kinds(
        sampler,
        channels,
        len(dataset.classes),
        config.kinds,
        seed=config.seed,
        minutes=minutes and minutes * (1 - DETECTOR_SHARE),
        checkpoint=work / "kinds.pt",
        progress=lambda done, text: progress("kinds network", done, text),
    )
    veto = _veto(classifier, measured, dataset.classes, config, threshold)
    progress("writing the bundle", 0.0, str(out))
    export_bundle(
        Trained(
            name=out.name,
            regressor=regressor,
            architecture=config.severity.architecture,
            classifier=classifier,
            backbone=config.kinds.backbone,
            cell=config.severity.cell,
            channels=channels,
            normalisation=config.normalisation,
            classes=dataset.classes,
            scale=scale,
            veto=veto,
            threshold=threshold,
            threshold_choice=f"middle of the plateau of the mean IoU on {sweep.defective} defective val frames",
            training=_story(dataset, config, minutes, len(training), len(false_alarms)),
            figures=_figures(sweep),
        ),
        out,
    )
    return sweep


def _splits(dataset: Dataset) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """The samples to train on and those to choose T on; frames of one group stay together."""
    samples = dataset.split("train")
    if dataset.splits.get("val"):
        return samples, dataset.split("val")
    groups = {sample.name: dataset.groups.get(sample.name, sample.name) for sample in samples}
    held = set(sorted(set(groups.values()))[::5])
    training = [sample for sample in samples if groups[sample.name] not in held]
    validation = [sample for sample in samples if groups[sample.name] in held]
    if not training or not validation:
        raise InspectorError(
            f"dataset {dataset.name} is too small: {len(samples)} training frames; annotate at least 5"
        )
    return training, validation


class _Contract(NamedTuple):
    """The `InputContract` of a network that is in no bundle yet."""

    channels: int
    cell: int
    multiple: int
    halo: int
    normalisation: Normalisation


def _severity_scale(frames: Sequence[Annotated], config: SeverityConfig) -> SeverityScale:
    scores = [cell_scores(frame.pixels, frame.mask, config.cell) for frame in frames if frame.mask.any()]
    defect = [s.score[s.defect & s.known] for s in scores]
    return SeverityScale.fit(np.concatenate(defect) if defect else np.empty(0, np.float32), config.floor)


def _maps(
    regressor: Regressor, frames: Sequence[Annotated], config: TrainingConfig, progress: Callable[[float], None]
) -> Iterator[tuple[Annotated, Levels]]:
    """Severity maps of frames, as the station will measure them."""

    @torch.inference_mode()
    def regress(inputs: FloatArray) -> FloatArray:
        severity: FloatArray = regressor(torch.from_numpy(inputs))[:, 0].numpy()
        return severity

    channels = frames[0].pixels.shape[2]
    contract = _Contract(channels, config.severity.cell, regressor.multiple, regressor.halo, config.normalisation)
    for number, frame in enumerate(frames):
        progress(number / len(frames))
        yield frame, severity_levels(regress, frame.pixels, contract)


def _veto(
    classifier: nn.Module,
    measured: Sequence[tuple[Annotated, Levels]],
    classes: tuple[str, ...],
    config: TrainingConfig,
    threshold: float,
) -> float:
    @torch.inference_mode()
    def classify(windows: FloatArray) -> FloatArray:
        logits: torch.Tensor = classifier(torch.from_numpy(windows))
        probabilities: FloatArray = logits.softmax(1).numpy()
        return probabilities

    found: list[Suspect] = []
    for frame, levels in measured:
        kinds = FrameWindows(classify, frame.pixels, classes, frame.pixels.shape[2], frame.scale)
        found += suspects(_shapes(levels, frame, config, threshold), frame.mask, kinds)
    defect_px = sum(int(np.count_nonzero(defect_pixels(frame.mask))) for frame, _ in measured)
    return choose_veto(found, defect_px)


def _shapes(levels: Levels, frame: Annotated, config: TrainingConfig, threshold: float) -> list[Shape]:
    return find_shapes(
        levels,
        defect_cells(levels, threshold),
        cell=config.severity.cell,
        threshold=threshold,
        distance=config.cluster_distance,
        shape=(frame.mask.shape[0], frame.mask.shape[1]),
    )


def _story(dataset: Dataset, config: TrainingConfig, minutes: float | None, frames: int, mined: int) -> dict[str, Any]:
    """What the bundle says of its training; the settings whole, so that it can be done again."""
    budget = {"minutes": minutes} if minutes else {}
    settings = {name: value for name, value in asdict(config).items() if value is not None}
    return {"dataset": dataset.name, "train_frames": frames, "false_alarms": mined, **budget, "settings": settings}


def _figures(sweep: ThresholdSweep) -> dict[str, float]:
    best = int(np.searchsorted(sweep.thresholds, sweep.best_threshold))
    low, high = sweep.plateau
    return {
        "val_mean_iou_defective": float(sweep.mean_iou[best]),
        "val_pixel_f1_all": float(sweep.f1[best]),
        "val_plateau_low": low,
        "val_plateau_high": high,
    }
