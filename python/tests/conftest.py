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
    """A folder with attractor-8k.h5, small.h5 with potentials, learning.h5 with three trials, hetero.h5 with two areas, binary networks in images.h5 and trials.h5, and rate-memory.h5."""
    folder = tmp_path_factory.mktemp("runs")
    attractor("run", str(ROOT / "configs/attractor-8k.toml"), "--backend", "cpu", folder=folder)
    voltages = 'record.voltages=[{ population = "excitatory", neurons = [1, 5], every = "0.5 ms" }]'
    attractor("run", str(ROOT / "configs/small.toml"), "--backend", "cpu", "--set", voltages, folder=folder)
    trials = ["--set", "trials.count=3", "--set", "duration=2.3 s", "--set", "guard.rate_max=150 Hz"]
    cue = "stimuli=[{ kind = 'group', population = 'excitatory', group = 0, fraction = 0.1, amplitude = '20 mV', start = '200 ms', stop = '400 ms' }]"
    attractor("run", str(ROOT / "configs/learning.toml"), "--backend", "cpu", *trials, "--set", cue, folder=folder)
    areas = ["--set", "populations.left.size=200", "--set", "populations.right.size=300", "--set", "duration=650 ms"]
    attractor("run", str(ROOT / "configs/hetero.toml"), "--backend", "cpu", *areas, folder=folder)
    attractor("run", str(ROOT / "configs/images.toml"), "--backend", "cpu", folder=folder)
    attractor("run", str(ROOT / "configs/rate-memory.toml"), "--backend", "cpu", folder=folder)
    three = ["--set", "trials={ count = 3 }", "-o", "trials.h5"]
    attractor("run", str(ROOT / "configs/hopfield.toml"), "--backend", "cpu", *three, folder=folder)
    return folder
