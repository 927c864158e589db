"""The commands as people and scripts use them."""

import json
import os
import shutil
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from tiny_bundle import write_tiny_bundle

from inspector.__main__ import main
from inspector.journal.store import Journal
from inspector.recipe import Recipe
from inspector.types import Pixels

LINE = {
    "index", "name", "part", "verdict", "reasons", "threshold", "cell", "max_severity", "regions", "suppressed",
    "milliseconds",
}  # fmt: skip
REGION = {"box", "area_px", "peak_severity", "mean_severity", "kind", "confidence", "votes"}
INSPECT = ["inspect", "parts", "--recipe", "tile.toml", "--out", "out"]
MILLISECONDS = {"severity", "filtering", "components", "classification", "total"}
COMMANDS = [
    "station",
    "inspect",
    "simulate",
    "tune",
    "log",
    "log audit",
    "log check",
    "log list",
    "log export",
    "log rejudge",
]


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_bundle(tmp_path_factory.mktemp("models") / "tiny")


@pytest.fixture
def here(tmp_path: Path, bundle: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a recipe and a folder of good and bad images; settings and data of nobody."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    Recipe(name="tile", model=str(bundle), threshold=4.0).save(tmp_path / "tile.toml")
    (tmp_path / "parts").mkdir()
    grey = np.full((61, 90), 100, np.uint8)
    spot = grey.copy()
    spot[20:32, 40:60] = 200
    write(tmp_path / "parts" / "part-2.png", spot)
    write(tmp_path / "parts" / "part-10.jpg", grey)
    write(tmp_path / "parts" / "part-10.png", np.stack([spot] * 3, 2))
    (tmp_path / "parts" / "part-3.png").write_bytes((tmp_path / "parts" / "part-2.png").read_bytes()[:90])
    (tmp_path / "parts" / "notes.txt").write_text("no image", "utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, pixels: Pixels) -> None:
    path.write_bytes(cv2.imencode(path.suffix, pixels)[1].tobytes())


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """``python -m inspector`` as a process of its own."""
    command = [sys.executable, "-m", "inspector", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, env=environment)


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def read(path: Path) -> Pixels:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), np.uint8)


def test_inspect_writes_a_line_for_every_frame(here: Path) -> None:
    done = run("inspect", "parts", "--recipe", "tile.toml", "--out", "out")
    assert (done.returncode, done.stdout) == (0, "")
    assert "1 accept, 2 reject, 1 unreadable" in done.stderr
    found = lines((here / "out" / "results.jsonl").read_text("utf-8"))
    assert [(line["index"], line["name"]) for line in found] == [
        (0, "part-2.png"),
        (1, "part-3.png"),
        (2, "part-10.jpg"),
        (3, "part-10.png"),
    ]
    assert set(found[1]) == {"index", "name", "error"}
    for line in (found[0], found[2], found[3]):
        assert set(line) == LINE
        assert set(line["milliseconds"]) == MILLISECONDS
        assert (line["threshold"], line["cell"]) == (4.0, 4)
        assert all(set(region) == REGION for region in line["regions"])
    assert [line.get("verdict") for line in found] == ["reject", None, "accept", "reject"]
    (region,) = found[0]["regions"]
    top, left, bottom, right = region["box"]
    assert (19 <= top <= 21, 39 <= left <= 41, 31 <= bottom <= 33, 59 <= right <= 61) == (True,) * 4
    assert (region["kind"], region["confidence"]) == ("spot", 1.0)


def test_inspect_writes_the_pictures(here: Path) -> None:
    assert run("inspect", "parts", "--recipe", "tile.toml", "--out", "out").returncode == 0
    names = ["part-10.png", "part-10.png.png", "part-2.png"]
    for folder in ("masks", "severity", "overlays"):
        assert sorted(path.name for path in (here / "out" / folder).iterdir()) == names
    found = lines((here / "out" / "results.jsonl").read_text("utf-8"))
    mask, severity, overlay = (read(here / "out" / f / "part-2.png") for f in ("masks", "severity", "overlays"))
    assert (mask.shape, severity.shape, overlay.shape) == ((61, 90), (16, 23), (61, 90, 3))
    assert set(np.unique(mask)) == {0, 1}
    assert np.count_nonzero(mask) == found[0]["regions"][0]["area_px"]
    assert float(severity.max()) * 12 / 255 == pytest.approx(found[0]["max_severity"], abs=1e-3)
    assert not read(here / "out" / "masks" / "part-10.png").any()


def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str, str]:
    """The same in this process: exit code, stdout and stderr."""
    monkeypatch.setattr(sys, "argv", ["inspector", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    output = capsys.readouterr()
    return int(stop.value.code or 0), output.out, output.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["parts", "--recipe", "unknown"], "no recipe 'unknown'"),
        (["parts", "--recipe", "missing.toml"], "no recipe 'missing'"),
        (["parts", "--recipe", "bad.toml"], "bad.toml: threshold: "),
        (["parts", "--recipe", "lost.toml"], "no model 'nowhere'"),
        (["parts", "--recipe", "damaged.toml"], "severity.onnx is damaged or altered"),
        (["nowhere", "--recipe", "tile.toml"], "no source 'nowhere'"),
        (["empty", "--recipe", "tile.toml"], "holds no images"),
        (["parts/part-3.png", "--recipe", "tile.toml"], "part-3.png is damaged or incomplete"),
        (["parts", "--recipe", "tile.toml", "--out", "tile.toml/out"], "choose another --out"),
        (["parts", "--recipe", "tile.toml", "--part", "(.+"], "the part expression '(.+' is malformed"),
        (["demo", "--recipe", "tile.toml", "--part", "(.+)_"], "source demo has no files"),
    ],
)
def test_unusable_input_is_told_in_one_sentence(
    here: Path, bundle: Path, capsys, monkeypatch, arguments: list[str], said: str
) -> None:
    good = (here / "tile.toml").read_text("utf-8")
    (here / "bad.toml").write_text(good.replace("4.0", "40"), "utf-8")
    (here / "lost.toml").write_text(good.replace(str(bundle), "nowhere"), "utf-8")
    (here / "empty").mkdir()
    damaged = Path(shutil.copytree(bundle, here / "damaged"))
    (damaged / "severity.onnx").write_bytes(b"x")
    (here / "damaged.toml").write_text(good.replace(str(bundle), "damaged"), "utf-8")
    code, out, told = call(capsys, monkeypatch, "inspect", "--out", "out", *arguments)
    assert (code, out) == (2, "")
    assert told.startswith("error: ")
    assert said in told
    assert len(told.splitlines()) == 1


def test_an_unusable_input_ends_the_process_with_2(here: Path) -> None:
    done = run("inspect", "parts/part-3.png", "--recipe", "tile.toml", "--out", "out")
    assert (done.returncode, done.stdout) == (2, "")
    assert "part-3.png is damaged or incomplete" in done.stderr
    assert "Traceback" not in done.stderr
    (line,) = lines((here / "out" / "results.jsonl").read_text("utf-8"))
    assert set(line) == {"index", "name", "error"}


@pytest.mark.parametrize(
    "arguments", [["inspect"], ["fly"], [*INSPECT, "--threshold", "13"], [*INSPECT, "--threshold", "nan"], ["--fast"]]
)
def test_wrong_usage_ends_with_2(here: Path, capsys, monkeypatch, arguments: list[str]) -> None:
    code, out, told = call(capsys, monkeypatch, *arguments)
    assert (code, out) == (2, "")
    assert "Usage" in told
    assert "Traceback" not in told


def test_a_fault_ends_with_3(here: Path, capsys, monkeypatch) -> None:
    monkeypatch.setattr("inspector.__main__.judge", lambda *_: 1 / 0)
    code, _, _ = call(capsys, monkeypatch, "inspect", "parts", "--recipe", "tile.toml", "--out", "out")
    assert code == 3


def test_another_t_than_the_recipe_s(here: Path, capsys, monkeypatch) -> None:
    arguments = ["inspect", "parts", "--recipe", "tile.toml", "--out", "out", "--threshold", "7", "--frames", "1"]
    assert call(capsys, monkeypatch, *arguments)[0] == 0
    (line,) = lines((here / "out" / "results.jsonl").read_text("utf-8"))
    assert (line["threshold"], line["verdict"], line["regions"]) == (7.0, "accept", [])
    assert 5 < line["max_severity"] < 7


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(capsys, monkeypatch, command: str) -> None:
    code, out, told = call(capsys, monkeypatch, *command.split(), "--help")
    assert (code, told) == (0, "")
    assert "Usage" in out
    assert "--help" in out


def test_the_station_without_a_window_prints_what_the_journal_holds(here: Path) -> None:
    url = f"sqlite:///{(here / 'journal.db').as_posix()}"
    done = run("station", "--headless", "--recipe", "tile.toml", "--source", "parts", "--journal", url)
    assert (done.returncode, done.stderr) == (0, "")
    printed = lines(done.stdout)
    assert [line["name"] for line in printed] == ["part-2.png", "part-3.png", "part-10.jpg", "part-10.png"]
    assert set(printed[0]) == LINE | {"id"}
    assert set(printed[1]) == {"id", "index", "name", "error"}
    with closing(Journal.open(url)) as journal:
        entries = {entry.id: entry for entry in journal.entries()}
        (lost,) = journal.unreadable()
    assert {line["id"] for line in printed} == {*entries, lost.id}
    for line in printed:
        stored = lost.record if "error" in line else entries[line["id"]].record
        assert stored == {key: value for key, value in line.items() if key != "id"}


def test_the_station_needs_a_source_that_is_there(here: Path, capsys, monkeypatch) -> None:
    options = ["--headless", "--recipe", "tile.toml", "--source", "nowhere", "--journal", "sqlite:///journal.db"]
    code, out, told = call(capsys, monkeypatch, "station", *options)
    assert (code, out) == (2, "")
    assert told.startswith("error: no source 'nowhere'")
    assert len(told.splitlines()) == 1


def test_the_station_watches_a_folder(here: Path) -> None:
    """A damaged file does not hold up those behind it."""
    options = ["--headless", "--recipe", "tile.toml", "--journal", "sqlite:///journal.db"]
    done = run("station", *options, "--source", "parts", "--watch", "--frames", "3", "--part", "(.+)-")
    assert (done.returncode, done.stderr.splitlines()) == (0, ["source connecting", "source live"])
    printed = [(line["index"], line["name"], line["part"]) for line in lines(done.stdout)]
    assert printed == [(0, "part-2.png", "part"), (1, "part-10.jpg", "part"), (2, "part-10.png", "part")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--source", "demo", "--watch"], "--watch waits for files in a folder"),
        (["--source", "parts/part-2.png", "--watch"], "--watch waits for files in a folder"),
        (["--source", "nowhere", "--watch"], "no source 'nowhere'"),
    ],
)
def test_options_that_do_not_fit_are_told(here: Path, capsys, monkeypatch, options: list[str], said: str) -> None:
    code, out, told = call(capsys, monkeypatch, "station", "--recipe", "tile.toml", *options)
    assert (code, out) == (2, "")
    assert said in told
    assert len(told.splitlines()) == 1


def test_sub_folders_and_expressions_name_the_parts(here: Path, capsys, monkeypatch) -> None:
    """Each frame has its own pictures, also where two sub-folders hold files of the same name."""
    for folder in ("left", "right"):
        (here / "tiles" / folder).mkdir(parents=True)
        for name in ("t1.png", "t2.png"):
            shutil.copy(here / "parts" / "part-2.png", here / "tiles" / folder / name)
    arguments = ["inspect", "tiles", "--recipe", "tile.toml", "--out", "out"]
    for expression, parts in (("", ["left", "left", "right", "right"]), ("-(t.)", ["t1", "t1", "t2", "t2"])):
        assert call(capsys, monkeypatch, *arguments, "--part", expression)[0] == 0
        found = lines((here / "out" / "results.jsonl").read_text("utf-8"))
        assert [line["part"] for line in found] == parts
        names = {line["name"] for line in found}
        assert names == {"left-t1.png", "left-t2.png", "right-t1.png", "right-t2.png"}
        for pictures in ("masks", "severity", "overlays"):
            assert {path.name for path in (here / "out" / pictures).iterdir()} == names


def test_simulated_parts_are_a_dataset(here: Path, capsys, monkeypatch) -> None:
    assert call(capsys, monkeypatch, "simulate", "--out", "set", "--parts", "3", "--seed", "4")[0] == 0
    assert len(list((here / "set" / "images").iterdir())) == 3
    assert call(capsys, monkeypatch, "simulate", "--out", "set", "--parts", "3")[0] == 2


@pytest.mark.parametrize("command", ["inspect", "station"])
def test_a_station_loads_neither_torch_nor_qt(here: Path, command: str) -> None:
    arguments = {
        "inspect": ["parts", "--recipe", "tile.toml", "--out", "out"],
        "station": ["--headless", "--recipe", "tile.toml", "--source", "parts", "--journal", "sqlite:///j.db"],
    }
    script = (
        "import sys\n"
        "from inspector.__main__ import main\n"
        f"sys.argv = {['inspector', command, *arguments[command]]!r}\n"
        "try:\n    main()\nexcept SystemExit as stop:\n    assert not stop.code\n"
        "heavy = {'torch', 'torchvision', 'PySide6', 'pyqtgraph', 'onnx', 'training'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[1])}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120, env=environment)
    assert done.returncode == 0, done.stderr
