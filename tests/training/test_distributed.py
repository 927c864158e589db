"""Two processes on this machine, started by torchrun, speak with each other over loopback."""

import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.nn.functional as F
import two_processes
from torch import Tensor
from two_processes import Windows, network

from inspector.networks.bundle import load_model
from inspector.simulation.dataset import write_dataset
from training import distributed

CONFIG = """
[severity]
architecture = "paper"
cell = 4
batch = 2
[kinds]
batch = 6
"""


def torchrun(*command: str) -> str:
    """Run a Python command in two processes; returns what they print."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    launch = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--master-addr", "127.0.0.1"]
    done = subprocess.run(
        [sys.executable, *launch, "--master-port", str(port), *command],
        env={**os.environ, "OMP_NUM_THREADS": "1", "GLOO_SOCKET_IFNAME": "lo"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("two")
    (folder / "printed").write_text(torchrun(two_processes.__file__, str(folder)), "utf-8")
    return folder


@pytest.fixture(scope="module")
def found(folder: Path) -> list[dict[str, Any]]:
    return [torch.load(folder / f"{rank}.pt") for rank in (0, 1)]


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return one.keys() == other.keys() and all(torch.equal(one[name], other[name]) for name in one)


def test_both_start_from_the_first_one_s_weights(found: list[dict[str, Any]]) -> None:
    assert [(process["rank"], process["world"]) for process in found] == [(0, 2), (1, 2)]
    assert equal(found[0]["start"], network(normalised=False, seed=0).state_dict())
    assert equal(found[1]["start"], found[0]["start"])
    assert [process["from_first"] for process in found] == ["said by 0"] * 2


def test_the_average_gradient_is_that_of_the_joint_batch(found: list[dict[str, Any]]) -> None:
    model = network(normalised=False, seed=0)
    inputs, kinds = (torch.cat(pair) for pair in zip(Windows()[0], Windows()[1], strict=True))
    F.cross_entropy(model(inputs), kinds).backward()
    for process in found:
        for parameter, gradient in zip(model.parameters(), process["gradients"], strict=True):
            assert parameter.grad is not None
            assert torch.allclose(parameter.grad, gradient, atol=1e-6)


def test_both_hold_the_mean_of_their_batch_statistics(found: list[dict[str, Any]]) -> None:
    first, second = (process["own"] for process in found)
    assert not torch.equal(first["1.running_mean"], second["1.running_mean"])
    for process in found:
        for name in ("1.running_mean", "1.running_var"):
            assert torch.allclose(process["averaged"][name], (first[name] + second[name]) / 2)


class Joint:
    """The batches of both, as one."""

    def __getitem__(self, step: int) -> tuple[Tensor, Tensor]:
        inputs, kinds = zip(Windows()[2 * step], Windows()[2 * step + 1], strict=True)
        return torch.cat(inputs), torch.cat(kinds)


def test_both_end_as_one_process_with_the_joint_batches_does(
    folder: Path, found: list[dict[str, Any]], tmp_path: Path
) -> None:
    """At the best of the measurements, which the first one alone makes."""
    alone = network(normalised=False, seed=0)
    assert [process["measured"] for process in found] == [two_processes.train(alone, Joint(), tmp_path), []]
    assert found[0]["measured"] == [3, 4, 5, 6]
    assert equal(found[0]["end"], found[1]["end"])
    for name, weight in alone.state_dict().items():
        assert torch.allclose(weight, found[0]["end"][name], atol=1e-5)
    assert {path.name for path in folder.iterdir()} == {"0.pt", "1.pt", "state.pt", "printed"}
    assert (folder / "printed").read_text("utf-8").count("step 1, loss") == 1


def test_one_process_is_a_group_of_itself() -> None:
    assert (distributed.rank(), distributed.world()) == (0, 1)
    assert distributed.from_first("said") == "said"
    model = network(normalised=True, seed=0)
    before = {name: weight.clone() for name, weight in model.state_dict().items()}
    distributed.average_gradients(model)
    distributed.share_weights(model)
    assert equal(model.state_dict(), before)


def test_two_processes_write_one_bundle(tmp_path: Path) -> None:
    write_dataset(tmp_path / "parts", 12, 3)
    (tmp_path / "short.toml").write_text(CONFIG, "utf-8")
    out = tmp_path / "models" / "mine"
    given = ["--out", str(out), "--config", str(tmp_path / "short.toml"), "--threads", "1", "--minutes", "0.1"]
    printed = torchrun("-m", "training", str(tmp_path / "parts"), *given)
    assert printed.count("mean IoU") == printed.count("writing the bundle") == 1
    assert [path.name for path in out.parent.iterdir()] == ["mine"]
    assert load_model(out, threads=1).spec.training["minutes"] == 0.1
