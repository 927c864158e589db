"""How fast is Inspector on this machine? Networks, frames, stages, journal and station, beside their baselines.

Usage: make bench, or python tests/benchmarks/bench.py [--only SECTION,SECTION] [--out DIR] [--quick]

Prints tables and writes bench.json and bench.png. Let nothing else run meanwhile. All that is compared is measured in
turns in one run, so ratios hold on a busy machine too; milliseconds do not.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
from machine import describe, peak_flops
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the networks with random weights

from frame_speed import measure_frames, tiles_differ
from journal_speed import measure_journal
from matplotlib.figure import Figure
from network_speed import BATCHES, folded_differs, measure_networks
from random_networks import export_random
from stage_speed import measure_stages
from station_speed import measure_start, measure_station

from inspector.networks.bundle import load_model
from inspector.paths import find_model, find_recipe
from inspector.recipe import Recipe

Row = dict[str, Any]
SECTIONS = ("networks", "frames", "stages", "journal", "station")
console = Console(width=150)


def main() -> None:
    """Measure what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(SECTIONS), help="sections, divided by commas")
    parser.add_argument("--out", type=Path, default=Path("results/bench"), help="folder for bench.json and bench.png")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1, help="of each network")
    parser.add_argument("--quick", action="store_true", help="few rounds and batches of 8 only, to see that it runs")
    given = parser.parse_args()
    sections = given.only.split(",")
    if unknown := sorted(set(sections) - set(SECTIONS)):
        parser.error(f"no section {unknown[0]!r}; there are {', '.join(SECTIONS)}")
    given.out.mkdir(parents=True, exist_ok=True)
    cv2.setNumThreads(1)
    found: dict[str, Any] = {"machine": describe(given.threads) | {"peak_flops": peak_flops(given.threads)}}
    console.print(found["machine"])
    if "networks" in sections:
        batches = BATCHES[:1] if given.quick else BATCHES
        rounds, seconds = (3, 10.0) if given.quick else (25, 40.0)
        found["folded_differs_levels"] = folded_differs(given.threads, given.out)
        rows = list(measure_networks(given.threads, rounds, seconds, given.out, batches))
        found["networks"] = show("Milliseconds per 256 x 256 patch", rows)
        console.print(f"The folded network differs by {found['folded_differs_levels']:.4f} of 255 levels at most.")
    if "frames" in sections:
        colour = export_random(given.out / "colour", "pyramid", channels=3, cell=4)
        lite = export_random(given.out / "lite", "lite", channels=1, cell=1)
        swift = export_random(given.out / "swift", "swift", channels=1, cell=4)
        bundles = {"grey, cell 1": find_model("demo"), "colour, cell 4": colour}
        bundles |= {"grey, cell 1, lite": lite, "grey, cell 4, swift": swift}
        found["frames"] = show("Whole frames", list(measure_frames(bundles, given.threads, 1 if given.quick else 3)))
        found["tiles_differ_levels"] = tiles_differ(bundles["grey, cell 1"], given.threads)
        console.print(f"Tiled and whole maps differ by {found['tiles_differ_levels']} of 255 levels at most.")
    if "stages" in sections:
        model = load_model(find_model("demo"), threads=given.threads)
        rows = list(measure_stages(model, 20 if given.quick else 300))
        found["stages"] = show("Stages 2 to 4, and T moved", rows)
    recipe, model = Recipe.load(find_recipe("demo")), load_model(find_model("demo"))
    if "journal" in sections:
        rows = list(measure_journal(model, recipe, 100 if given.quick else 600))
        found["journal"] = show("Durable inspections of 512 x 512 parts", rows)
    if "station" in sections:
        found["start"] = show("Start of the window, seconds and MB", [measure_start(3 if given.quick else 9)])
        rows = list(measure_station(model, recipe, 200 if given.quick else 2000))
        found["station"] = show("Station, a thread less for the network than processors", rows)
    (given.out / "bench.json").write_text(json.dumps(found, indent=1), encoding="utf-8")
    if "networks" in found:
        plot(found["networks"]).savefig(given.out / "bench.png", dpi=120)
    console.print(f"written to {given.out}")


def show(title: str, rows: Sequence[Row]) -> Sequence[Row]:
    """Print rows as a table and give them back."""
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*(f"{v:.3g}" if isinstance(v, float) else "" if v is None else str(v) for v in row.values()))
    console.print(table)
    return rows


def plot(rows: Sequence[Row]) -> Figure:
    """Milliseconds per patch in batches of 8, the fastest below."""
    settings = list(dict.fromkeys(row["setting"] for row in rows))
    figure = Figure(figsize=(9, 3.2 * len(settings)), layout="constrained")
    for axes, setting in zip(figure.subplots(len(settings), squeeze=False)[:, 0], settings, strict=True):
        chosen = [row for row in rows if row["setting"] == setting and row["batch"] == BATCHES[0]]
        chosen.sort(key=lambda row: float(row["ms"]))
        bars = axes.barh([row["network"] for row in chosen], [row["ms"] for row in chosen])
        axes.bar_label(bars, [f"{row['ms']:.1f} ms, x {row['times']:.1f}" for row in chosen], padding=3)
        axes.set(title=setting, xscale="log", xlabel="ms per patch, logarithmic")
        axes.margins(x=0.3)
    return figure


if __name__ == "__main__":
    main()
