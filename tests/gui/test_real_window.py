"""The program itself on a real X server: keys and mouse by xdotool, judged by what is seen, the journal and the files.

Whoever reads nothing but this sees what an operator and an engineer do in a day.
"""

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from subprocess import Popen

import pytest
import tomli_w
from gui.screen.screen import Screen, Seen
from sources.fake_camera import FakeCamera

from inspector.access import Access
from inspector.journal.store import Journal
from inspector.recipe import PolicyRow, Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.types import Verdict

PASSWORD = "grey cheese 12"


@pytest.fixture
def screen() -> Iterator[Screen]:
    with Screen() as screen:
        yield screen


class Profile:
    """Somebody's machine: settings, recipes, password and journal in folders of their own."""

    def __init__(self, screen: Screen, folder: Path, **settings: object) -> None:
        self._screen = screen
        self._env = {"XDG_CONFIG_HOME": str(folder / "config"), "XDG_DATA_HOME": str(folder / "data")}
        config, data = folder / "config" / "inspector", folder / "data" / "inspector"
        config.mkdir(parents=True)
        (config / "settings.toml").write_text(tomli_w.dumps({"theme": "light", **settings}), encoding="utf-8")
        self.password, self.recipes, self._journal = config / "password", data / "recipes", data / "journal.db"

    def start(self) -> Popen:
        """Start the program and wait for its window."""
        process = self._screen.run(sys.executable, "-m", "inspector", env=self._env)
        self._screen.find("page tab", "Station")
        return process

    def journal(self) -> Journal:
        return Journal.open(f"sqlite:///{self._journal.as_posix()}")


def has(role: str, start: str):
    """A condition: something of that role is to be seen whose name begins so."""
    return lambda seen: any(one.role == role and one.name.startswith(start) for one in seen)


def said(part: str):
    """A condition: somewhere stands a sentence with that in it."""
    return lambda seen: any(part in one.name or part in one.text for one in seen)


def first(seen: list[Seen], role: str) -> Seen | None:
    return next((one for one in seen if one.role == role), None)


def number(seen: list[Seen], name: str) -> int:
    """What stands behind a name in the counts."""
    at = next(i for i, one in enumerate(seen) if one.role == "label" and one.name == name)
    return int(seen[at + 1].name)


def quit_by_key(screen: Screen, process: Popen) -> None:
    screen.keys("ctrl+q")
    assert process.wait(20) == 0


def test_an_operator_s_shift(screen: Screen, recipe: Path, tmp_path: Path) -> None:
    """Start, a reject, a past part, nothing to change, the camera gone and back, a pause, the end."""
    profile = Profile(screen, tmp_path, recipe=str(recipe), source="gige:GV01?rate=4")
    Access(profile.password).set_password(PASSWORD)
    with FakeCamera() as camera:
        process = profile.start()
        screen.see(has("button", "level operator"))
        screen.see(has("filler", "verdict reject"))
        left, top, width, height = screen.see(lambda seen: first(seen, "frame")).box
        assert min(left, top) >= 0
        assert left + width <= screen.width
        assert top + height <= screen.height
        left, top, width, height = screen.see(lambda seen: first(seen, "slider")).box
        screen.click_at(left + width // 2, top + height // 5)  # T is not an operator's
        screen.keys("ctrl+o")
        screen.click("list item", screen.see(lambda seen: first(seen, "list item")).name)
        screen.see(said("PAST PART"))
        screen.keys("l")
        screen.see(said("LIVE"))
        camera.kill()
        screen.see(has("filler", "verdict source lost"))
        screen.see(said("Source lost: camera GV01 is not on the network"))
        camera.start()
        screen.see(has("filler", "verdict reject"))
        screen.keys("r")
        screen.see(has("button", "Run"))
        shown = screen.see(lambda seen: said("PAUSED")(seen) and seen)
        assert len([one for one in shown if one.role == "frame"]) == 1  # no dialog came
        quit_by_key(screen, process)
    with closing(profile.journal()) as journal:
        entries = journal.entries()
        assert len(entries) >= number(shown, "parts")
        assert {(entry.verdict, entry.record["threshold"]) for entry in entries} == {(Verdict.REJECT, 5.0)}


def test_an_engineer_s_recipe(screen: Screen, recipe: Path, frames: Path, tmp_path: Path) -> None:
    """Unlock, copy, a policy row with its preview, saved with a reason, exported; imported on another machine."""
    profile = Profile(screen, tmp_path / "first", recipe=str(recipe), source=str(frames))
    Access(profile.password).set_password(PASSWORD)
    library = RecipeLibrary(profile.recipes)
    library.add(Recipe.load(recipe), "Ana", "new product", "made")
    process = profile.start()
    screen.keys("ctrl+l")
    screen.type(PASSWORD)
    screen.keys("Return")
    screen.see(has("button", "level engineer"))
    screen.see(has("filler", "verdict reject"))
    screen.keys("ctrl+5")
    screen.click("list item", "tile")
    screen.click("button", "New from copy")
    screen.write("name", "lenient")
    screen.write("why", "new belt")
    screen.keys("Return")
    screen.see(has("list item", "lenient\nyours"))
    screen.click("button", "Add row")
    screen.see(said("2 of the last 5 verdicts: 2 reject \N{RIGHTWARDS ARROW} review"))
    screen.keys("ctrl+s")
    screen.see(said("who changes it, and why?"))
    screen.type("spots are wiped off")
    screen.keys("Return")
    screen.see(said("'lenient' is saved as"))
    (kept,) = [kept for kept in library.all() if kept.name == "lenient"]
    assert kept.recipe.policy == (PolicyRow(verdict=Verdict.REVIEW),)
    assert library.history(kept)[0].why == "spots are wiped off"
    screen.click("button", "Export ...")
    screen.see(has("dialog", "Export recipe"))
    screen.type(str(tmp_path / "lenient"))
    screen.keys("Return")
    screen.see(said("'lenient' is exported as"))

    screen.write("T", "6.5")
    screen.see(has("list item", "lenient\nyours \N{MIDDLE DOT} edited"))
    process.kill()
    process.wait(20)
    process = profile.start()
    screen.keys("ctrl+5")
    screen.click("list item", "lenient\nyours \N{MIDDLE DOT} edited")
    screen.see(said("Unsaved changes from 20"))
    assert any((one.name, one.text) == ("T", "6.5") for one in screen.look())
    assert Recipe.load(kept.path) == kept.recipe
    quit_by_key(screen, process)

    other = Profile(screen, tmp_path / "second", recipe=str(recipe), source=str(frames))
    process = other.start()
    screen.see(has("filler", "verdict reject"))
    screen.keys("ctrl+5")
    screen.click("button", "Import ...")
    screen.see(has("dialog", "Import recipe"))
    screen.type(str(tmp_path / "lenient.zip"))
    screen.keys("Return")
    screen.see(has("list item", "lenient\nyours"))
    screen.click("button", "Put to use")
    screen.see(has("filler", "verdict review"))
    quit_by_key(screen, process)
    with closing(other.journal()) as journal:
        assert [entry.verdict for entry in journal.entries()][:5] == [
            *(Verdict.REVIEW, Verdict.ACCEPT, Verdict.ACCEPT),
            *(Verdict.REVIEW, Verdict.ACCEPT),
        ]
