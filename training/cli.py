"""The command `inspector-train`."""

import dataclasses
import json
import shutil
import sys
from pathlib import Path
from typing import Annotated

import cv2
import torch
import typer

from inspector.commands import run_command
from inspector.errors import InspectorError
from inspector.networks.spec import MODEL_TOML
from training.config import TrainingConfig, load_config
from training.datasets import open_dataset
from training.device import default_workers
from training.distributed import process_group, rank
from training.export import check_free, previous
from training.report import reporting, silence
from training.session import DEFAULT_MINUTES, train

app = typer.Typer(add_completion=False)


@app.command()
def train_command(
    dataset: Annotated[Path, typer.Argument(help="A dataset folder: native form or a known layout; see the guide.")],
    out: Annotated[Path, typer.Option(help="Folder of the bundle to write; its name becomes the model's.")],
    config: Annotated[Path | None, typer.Option(help="TOML file with settings; without it the defaults.")] = None,
    minutes: Annotated[
        float | None,
        typer.Option(
            min=0.05,
            help="Time for all of it, from the images to the bundle; "
            f"{DEFAULT_MINUTES:g}, unless the settings give both networks' steps.",
        ),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on from the checkpoints of a stopped training.")] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=0, help="Processes that draw patches; by default none, or beside a GPU one a processor."),
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, help="Chance of the training, instead of the settings'.")] = None,
    frames: Annotated[
        int | None,
        typer.Option(
            min=0, help="Train on so many of the frames, to see from the gain of the last ones what more would bring."
        ),
    ] = None,
    threads: Annotated[int, typer.Option(min=0, help="Processor threads; 0 takes all.")] = 0,
) -> None:
    """Train on your own annotated images and write a model bundle.

    Severity labels are made from the annotated contrast, the detector is trained, its false alarms are mined, the
    classifier is trained, T is chosen on the split val, and the bundle is checked and written. Checkpoints lie in
    OUT.training until the bundle is there; a training that was stopped goes on with --resume.

    A GPU is used where there is one. Several, or several hosts, train together under torchrun, which takes this
    command as a module: torchrun --nproc-per-node 2 -m training FOLDER --out BUNDLE.
    """
    cv2.setNumThreads(1)
    if threads:
        torch.set_num_threads(threads)
    settings, out = load_config(config), out.resolve()
    if seed is not None:
        settings = dataclasses.replace(settings, seed=seed)
    if frames is not None:
        settings = dataclasses.replace(settings, frames=frames)
    opened = open_dataset(dataset)
    check_free(out)
    replaces = (out / MODEL_TOML).exists()
    workers = default_workers() if workers is None else workers
    with process_group():
        first = rank() == 0
        work = _work_folder(out, settings, resume=resume) if first else _work_path(out)
        with reporting() if first else silence() as report:
            sweep = train(opened, out, settings, minutes=minutes, workers=workers, work=work, progress=report)
    if not first:
        return
    shutil.rmtree(work)
    low, high = sweep.plateau
    print(
        f"{out}: T {sweep.best_threshold:g} (mean IoU {sweep.mean_iou.max():.3f} on {sweep.defective} defective val "
        f"frames, within 1 % from T {low:.2f} to {high:.2f})"
    )
    if replaces:
        print(f"the bundle that was there is kept in {previous(out)}, with its recipe")


def _work_path(out: Path) -> Path:
    return out.with_name(out.name + ".training")


def _work_folder(out: Path, config: TrainingConfig, *, resume: bool) -> Path:
    """The folder for checkpoints, emptied unless a training with the same settings goes on in it."""
    work = _work_path(out)
    settings = json.dumps(dataclasses.asdict(config), indent=1)
    written = work / "settings.json"
    if resume and written.exists() and written.read_text(encoding="utf-8") != settings:
        raise InspectorError(f"{work} holds a training with other settings; resume with those or leave out --resume")
    if not resume:
        shutil.rmtree(work, ignore_errors=True)
    try:
        work.mkdir(parents=True, exist_ok=True)
        written.write_text(settings, encoding="utf-8")
    except OSError as error:
        raise InspectorError(f"{work} can't be written: {error.strerror}; choose another --out") from error
    return work


def main() -> None:
    """Entry point: one sentence and exit code 2 where the input is unusable."""
    sys.exit(run_command(app))
