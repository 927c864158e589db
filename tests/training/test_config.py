from pathlib import Path

import pytest

from inspector.errors import InspectorError
from inspector.paths import RESOURCES
from training import config
from training.config import TrainingConfig, load_config


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("steps", "can't be read"),
        ("[sevrity]\nsteps = 3", "sevrity"),
        ("[severity]\nstps = 3", "severity.stps"),
        ("[severity]\nsteps = -1", "steps and patience are 0 or more"),
        ("[severity]\nbatch = 0", "batch at least 1"),
        ("[kinds]\npatience = -1", "steps and patience are 0 or more"),
        ("[severity]\ncell = 3", "cell is 4, 2 or 1"),
        ("[severity]\nfloor = 12", "floor from 0 to below 12"),
        ('[severity]\narchitecture = "vgg"', "no architecture 'vgg'; there are lite, paper, pyramid, swift, unet"),
        ('[severity]\nlabels = "grey"', "no labels 'grey'; there are contrast, paper"),
        ('[kinds]\nbackbone = "vgg"', "no backbone 'vgg'"),
        ("[augment]\ndoubt = 1.5", "doubt are shares"),
        ("[augment]\nnoise = -1.0", "noise are 0 or more"),
        ("[kinds]\nbackground_share = 1.0", "background_share"),
        ("channels = 2", "channels is 1 or 3"),
        ('normalisation = "none"', "normalisation"),
        (f"steps = {5000 * '['}", "nested too deeply"),
    ],
)
def test_unfit_settings_are_told(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mine.toml").write_text(text, "utf-8")
    with pytest.raises(InspectorError) as told:
        load_config(tmp_path / "mine.toml")
    assert said in str(told.value)
    assert "\n" not in str(told.value)


def test_the_settings_that_ship_are_fit() -> None:
    for path in sorted((Path(config.__file__).parent / "configs").glob("*.toml")):
        assert load_config(path).severity.batch > 0
    assert load_config(None).severity.cell == 1


def test_the_guide_tells_the_defaults(tmp_path: Path) -> None:
    text = (RESOURCES / "guide" / "train.md").read_text("utf-8").partition("with these defaults:")[2]
    block = text.partition("\n## ")[0]
    shown = [line.removeprefix("    ") for line in block.splitlines() if line.startswith("    ")]
    (tmp_path / "shown.toml").write_text("\n".join(shown), "utf-8")
    assert len(shown) > 10
    assert load_config(tmp_path / "shown.toml") == TrainingConfig()
