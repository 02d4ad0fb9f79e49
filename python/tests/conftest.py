"""Runs of the program, made once for all tests."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def attractor(*arguments: str, folder: Path) -> None:
    program = os.environ.get("ATTRACTOR_BIN", str(ROOT / "target/release/attractor"))
    subprocess.run([program, *arguments, "--quiet"], cwd=folder, check=True)


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with attractor-8k.h5, small.h5 with potentials, binary networks in images.h5 and trials.h5, and rate-memory.h5."""
    folder = tmp_path_factory.mktemp("runs")
    attractor("run", str(ROOT / "configs/attractor-8k.toml"), "--backend", "cpu", folder=folder)
    voltages = 'record.voltages=[{ population = "excitatory", neurons = [1, 5], every = "0.5 ms" }]'
    attractor("run", str(ROOT / "configs/small.toml"), "--backend", "cpu", "--set", voltages, folder=folder)
    attractor("run", str(ROOT / "configs/images.toml"), "--backend", "cpu", folder=folder)
    attractor("run", str(ROOT / "configs/rate-memory.toml"), "--backend", "cpu", folder=folder)
    three = ["--set", "trials={ count = 3 }", "-o", "trials.h5"]
    attractor("run", str(ROOT / "configs/hopfield.toml"), "--backend", "cpu", *three, folder=folder)
    return folder
