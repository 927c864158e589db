"""A day at the station, by mouse and keys: what an operator meets, and what an engineer changes."""

from pathlib import Path

from gui.driving import Driver
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit

from inspector.gui.recipe_list import NEW
from inspector.gui.state import Phase
from inspector.recipe import Recipe
from inspector.recipe_library import RecipeLibrary
from inspector.types import Verdict

CTRL = Qt.KeyboardModifier.ControlModifier


def test_an_operator_s_shift(open_window, tmp_path: Path, frames: Path) -> None:
    """Start, rejects, a lost source, back, pause and on, the shift's counts over two lines."""
    share = tmp_path / "share"
    share.mkdir()
    driver: Driver = open_window(source=f"watch:{share}")
    driver.see(lambda: driver.state.link.state == "live")
    for name in ("part-0", "part-1"):
        (frames / f"{name}.png").rename(share / f"{name}.png")
    driver.see(lambda: driver.word == "REJECT")
    share.rename(tmp_path / "away")
    driver.see(lambda: driver.word == "SOURCE LOST")
    assert "lost" in driver.banner
    (tmp_path / "away").rename(share)
    driver.see(lambda: driver.banner == "" and driver.word == "REJECT")
    assert driver.state.judged == 2  # nothing is judged again
    driver.key(Qt.Key.Key_R)
    driver.see(lambda: driver.state.phase is Phase.PAUSED)
    (frames / "part-3.png").rename(share / "part-3.png")
    driver.key(Qt.Key.Key_R)
    driver.see(lambda: driver.word == "ACCEPT")
    assert driver.state.shift.counts[Verdict.REJECT] == 1
    driver.window.setup.open(driver.window.setup.settings.recipe, str(frames))
    driver.finish()
    assert driver.state.judged == 2
    assert driver.state.shift.parts == 5


def test_an_engineer_s_recipe(open_window, tmp_path: Path, recipe: Path) -> None:
    """From a copy: a policy row, the preview, saved with a reason, put to use, and judged by."""
    library = RecipeLibrary(tmp_path / "profile" / "recipes")
    library.add(Recipe.load(recipe), "Ana", "new product", "made")
    driver: Driver = open_window().finish()
    assert driver.state.counts[Verdict.REJECT] == 2
    driver.key(Qt.Key.Key_5, CTRL)
    page = driver.window.recipes
    assert driver.window.page is page
    names = page.list.names
    (own,) = [i for i in range(names.count()) if "yours" in names.item(i).text()]
    driver.click(names.viewport(), names.visualItemRect(names.item(own)).center())
    driver.click(page.list.buttons[NEW])
    answer(driver, name="lenient", who="Ben", why="spots are wiped off")
    driver.click(page.editor.policy.add)
    row = page.editor.policy.rows[0]
    write(row.severity, "8")
    row.verdict.setFocus()
    QTest.keyClicks(row.verdict, "reject")
    driver.click(page.editor.policy.add)  # any kind: review
    driver.see(lambda: "1 of the last 5 verdicts" in page.preview.summary.text())
    driver.click(page.editor.save)
    answer(driver, who="Ben", why="only bright spots count")
    driver.click(page.editor.adopt)
    assert driver.window.page is driver.window.station
    assert Path(driver.window.setup.settings.recipe).name == "lenient.toml"
    driver.key(Qt.Key.Key_R)
    driver.see(lambda: driver.state.number == 2)
    driver.finish()
    assert [driver.state.counts[verdict] for verdict in Verdict] == [3, 1, 1]
    assert "over the limit of severity 8" in driver.state.parts[3].inspection.reasons[0]


def write(field: QLineEdit, text: str) -> None:
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text)


def answer(driver: Driver, **words: str) -> None:
    """Answer the question in the page of recipes and press Enter."""
    question = driver.window.recipes.files.question
    driver.see(question.isVisible)
    for word, text in words.items():
        write(question.fields[word], text)
    QTest.keyClick(list(question.fields.values())[-1], Qt.Key.Key_Return)
    driver.see(lambda: driver.window.recipes.settled and not question.isVisible())
