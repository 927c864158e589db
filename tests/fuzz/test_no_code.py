"""Nothing that is read from a file is run: no call in the program unpickles, evaluates or starts a shell."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for folder in ("inspector", "training") for path in (ROOT / folder).rglob("*.py"))

FORBIDDEN = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "pickle.load", "pickle.loads", "pickle.Unpickler",
    "marshal.load", "marshal.loads", "shelve.open", "joblib.load", "dill.load", "dill.loads", "cloudpickle.load",
    "cloudpickle.loads", "yaml.load", "yaml.unsafe_load", "yaml.full_load", "torch.jit.load", "torch.hub.load",
    "numpy.fromregex", "pandas.read_pickle", "runpy.run_path", "runpy.run_module", "tarfile.open",
    "shutil.unpack_archive",
}  # fmt: skip
"""Their arguments may come from a file; tar archives and unpack_archive write where the archive says."""

NEEDED = {
    "torch.load": ("weights_only", True),
    "torch.hub.load_state_dict_from_url": ("weights_only", True),
}
"""Calls that are safe with an argument alone."""

REFUSED = {"shell": True, "allow_pickle": True, "weights_only": False}
"""Arguments that no call may have; anything but a literal is taken for the forbidden one."""


def faults(source: str) -> list[str]:
    """What a piece of code calls that it must not, with the line."""
    tree = ast.parse(source)
    names = _imported(tree)
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = _name(call.func, names)
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        if name in FORBIDDEN or name.endswith(".extractall"):
            found.append(f"{call.lineno}: {name}")
        if name in NEEDED and not _is(given.get(NEEDED[name][0]), NEEDED[name][1]):
            found.append(f"{call.lineno}: {name} without {NEEDED[name][0]}")
        found += [
            f"{call.lineno}: {name} with {argument}"
            for argument, value in REFUSED.items()
            if argument in given and not _is(given[argument], not value)
        ]
    return found


def _imported(tree: ast.AST) -> dict[str, str]:
    """What each imported name stands for."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names


def _name(function: ast.expr, names: dict[str, str]) -> str:
    """The dotted name of what is called."""
    if isinstance(function, ast.Attribute):
        return f"{_name(function.value, names)}.{function.attr}"
    return names.get(function.id, function.id) if isinstance(function, ast.Name) else ""


def _is(value: ast.expr | None, expected: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_file_runs_what_it_reads(path: Path) -> None:
    assert faults(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle\npickle.loads(data)",
        "import pickle as p\np.load(file)",
        "from pickle import load as read\nread(file)",
        "import torch\ntorch.load(path)",
        "import torch\ntorch.load(path, weights_only=safe)",
        "from torch import load\nload(path, weights_only=False)",
        "import numpy as np\nnp.load(path, allow_pickle=True)",
        "import yaml\nyaml.load(text)",
        "import subprocess\nsubprocess.run(line, shell=True)",
        "eval(text)",
        "import zipfile\nzipfile.ZipFile(path).extractall()",
    ],
)
def test_what_would_run_is_found(source: str) -> None:
    assert len(faults(source)) >= 1


def test_what_is_safe_is_not_told() -> None:
    assert FILES
    assert (
        faults("import torch\nimport numpy as np\ntorch.load(path, weights_only=True)\nnp.load(path)\nre.compile(x)")
        == []
    )
