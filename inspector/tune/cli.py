"""``inspector tune``: the options of the command; what it does is loaded when it is called."""

from pathlib import Path
from typing import Annotated

import typer


def tune(
    recipe: Annotated[
        str, typer.Option("--recipe", metavar="R", help="A recipe file (TOML) or the name of one that ships.")
    ],
    truth: Annotated[Path, typer.Option(metavar="DATASET", help="A dataset folder: images, masks, dataset.json.")],
    out: Annotated[Path, typer.Option(help="Folder for curve.csv, choice.json and curve.png.")],
    split: Annotated[str, typer.Option(help="A split of the dataset; 'all' takes all of them.")] = "val",
    iou: Annotated[float, typer.Option(min=0, max=1, help="A defect found has a larger IoU than this.")] = 0.5,
    escape_cost: Annotated[
        float | None,
        typer.Option(min=0, help="Choose the cheapest T, where an escape costs so many false rejects."),
    ] = None,
    review_cost: Annotated[float, typer.Option(min=0, help="What a part to review costs, in false rejects.")] = 0,
) -> None:
    """Score every T against an annotated dataset and choose one: by the mean IoU, or by what mistakes cost.

    Each frame is measured once. What was measured is kept: after Ctrl-C the same command goes on where it stopped.
    """
    from inspector.tune.command import write_choice  # imported here: it would make every start slower

    write_choice(recipe, truth, out, split, iou, escape_cost, review_cost)
