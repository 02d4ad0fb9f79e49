"""What is read is what h5py finds."""

import os
import signal
import subprocess
import time
from pathlib import Path

import h5py
import matplotlib
import numpy as np
import pytest

import attractor_results

matplotlib.use("Agg")
ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(folder: Path):
    with attractor_results.open(folder / "small.h5") as run:
        yield run


def test_arrays_are_those_of_the_file(run, folder):
    file = h5py.File(folder / "small.h5")
    assert run.populations == ["excitatory", "linear", "ceiling"]
    for name in run.populations:
        times, neurons = run.spikes(name)
        assert np.array_equal(times, file[f"spikes/{name}/timestamps"]) and times.dtype == np.float64
        assert np.array_equal(neurons, file[f"spikes/{name}/node_ids"]) and neurons.dtype == np.uint64
        assert np.array_equal(run.rates(name).values, file[f"rates/{name}/value"])
    assert np.array_equal(run.overlaps.values, file["overlaps/value"]) and run.overlaps.unit == "ms"
    assert run.overlaps.values.shape == (240, 90)
    assert run.pattern_count == 90 and all(len(members) == 100 for members in run.patterns)
    assert run.pattern_population == "excitatory"
    voltages = run.voltages("excitatory")
    assert np.array_equal(voltages.values_mv, file["report/excitatory/data"]) and list(voltages.neurons) == [1, 5]
    assert np.allclose(voltages.times_ms, 0.5 * np.arange(2400))
    assert run.complete and len(run.run_hash) == 32 and run.run_hash == file.attrs["run_hash"].decode()
    assert run.duration_ms == 1200 and run.size("linear") == 125 and run.model == "spiking"
    assert run.attributes["engine"] == "cpu" and run.config["seed"] == 1 and run.trials == []
    assert "small.h5, complete: excitatory" in repr(run)


def test_windows_and_neurons_are_chosen(run):
    times, neurons = run.spikes("excitatory")
    window = run.spikes("excitatory", 500.0, 700.0)
    inside = (times > 500.0 + 1e-6) & (times <= 700.0 + 1e-6)
    assert 0 < len(window.times_ms) < len(times)
    assert np.array_equal(window.times_ms, times[inside]) and np.array_equal(window.neurons, neurons[inside])
    members = run.pattern(3)
    own = run.spikes("excitatory", 500.0, 700.0, neurons=members)
    assert np.array_equal(own.neurons, window.neurons[np.isin(window.neurons, members)])
    assert len(run.spikes("excitatory", 700.0, 500.0).times_ms) == 0
    # Both ways of counting give the overlap that is recorded.
    bins = (times > 900.0 + 1e-6) & (times <= 905.0 + 1e-6)
    on = np.isin(neurons[bins], members).sum() / 100 / 0.005
    off = (~np.isin(neurons[bins], members)).sum() / 900 / 0.005
    row = np.searchsorted(run.overlaps.times, 905.0 - 1e-6)
    assert run.overlaps.values[row, 3] == pytest.approx((on - off) / 40, abs=1e-5)


def test_stimuli_are_told(run):
    assert run.stimuli == [attractor_results.Stimulus("cue", "excitatory", 3, 500.0, 700.0, 20.0)]


def test_spiketrains_have_every_spike(run):
    trains = run.spiketrains("linear")
    assert len(trains) == 125 and sum(map(len, trains)) == len(run.spikes("linear").times_ms)
    one = run.spiketrains("linear", [7])[0]
    assert one.annotations == {"population": "linear", "neuron": 7}
    assert np.array_equal(one.rescale("ms").magnitude, run.spikes("linear", neurons=7).times_ms)
    assert float(one.t_stop.rescale("ms")) == 1200.0


def test_a_picture_is_drawn(run, tmp_path):
    figure = run.plot()
    assert [axis.get_ylabel() for axis in figure.axes] == ["neurons", "overlap", "rate (Hz)"]
    figure.savefig(tmp_path / "picture.png")
    assert (tmp_path / "picture.png").stat().st_size > 10_000


def test_a_binary_network_is_read(folder, tmp_path):
    with attractor_results.open(folder / "images.h5") as run:
        assert run.model == "hopfield" and run.populations == [] and run.pattern_count == 5
        assert run.overlaps.unit == "sweeps" and run.overlaps.values.shape == (len(run.energy.times), 5)
        assert (np.diff(run.energy.values) <= 0).all()
        assert run.states.shape == (len(run.energy.times), 256)
        assert np.array_equal(np.flatnonzero(run.states[-1]), run.pattern(2))
        assert [axis.get_ylabel() for axis in run.plot().axes] == ["overlap", "energy"]
        # What other models have, and what goes in time, is told as such: no key would record it.
        for ask, told in [
            (lambda: run.duration_ms, "goes in sweeps, not in time"),
            (lambda: run.spikes("excitatory"), "only runs of the model spiking have spikes"),
            (lambda: run.residual, "only runs of the model rate have a residual"),
        ]:
            with pytest.raises(attractor_results.NotRecordedError, match=told):
                ask()
        assert run.size("network") == 256
    with attractor_results.open(folder / "trials.h5") as run:
        for ask in (lambda: run.overlaps, lambda: run.energy, lambda: run.states):
            with pytest.raises(attractor_results.NotRecordedError, match=r"3 trials.* ask trials\[0\] to trials\[2\]"):
                ask()
        with pytest.raises(attractor_results.NotRecordedError, match="record.states"):
            run.trials[0].states
        with pytest.raises(ValueError, match=r"trials\[0\].plot\(\)"):
            run.plot()
        assert len(run.trials) == 3 and all(trial.overlaps.values[0, 0] == 1 for trial in run.trials)
        assert run.run_hash not in {trial.run_hash for trial in run.trials}


def test_learned_patterns_and_trials_are_read(folder, tmp_path):
    file = h5py.File(folder / "learning.h5")
    with attractor_results.open(folder / "learning.h5") as run:
        assert [(change.at_ms, change.action, change.pattern) for change in run.protocol] == [
            (500.0, "learn", 0),
            (1000.0, "learn", 1),
            (1500.0, "learn", 2),
        ]
        assert run.pattern_count == 3 and run.learned == [] and len(run.pattern(0)) == 0
        assert run.populations == [] and len(run.trials) == 3
        for number, trial in enumerate(run.trials):
            group = file[f"trials/{number}"]
            assert trial.run_hash == group.attrs["run_hash"].decode() and len(trial.run_hash) == 32
            assert trial.ended is None and trial.ended_ms is None
            first, second, third = trial.learned
            assert (first.time_ms, first.pattern, second.pattern) == (500.0, 0, 1)
            assert np.array_equal(first.members, group["learned/members"][: len(first.members)])
            assert np.array_equal(trial.pattern(0), first.members) and 180 < len(first.members) < 220
            assert np.isnan(trial.overlaps.values[:500]).all() and not np.isnan(trial.overlaps.values[501:, 0]).any()
            assert len(trial.spikes("excitatory").times_ms) == len(group["spikes/excitatory/timestamps"])
        assert run.trials[0].run_hash != run.trials[1].run_hash
        run.trials[1].plot().savefig(tmp_path / "trial.png")


def test_patterns_of_further_populations_are_read(folder):
    file = h5py.File(folder / "hetero.h5")
    with attractor_results.open(folder / "hetero.h5") as run:
        assert run.pattern_population == "left" and run.further_populations == ["right"]
        patterns = run.further_patterns("right")
        assert len(patterns) == run.pattern_count == 30 and all(len(members) == 30 for members in patterns)
        assert np.array_equal(np.concatenate(patterns), file["patterns/right/members"])
        assert np.array_equal(run.further_overlaps("right").values, file["overlaps/right/value"])
        with pytest.raises(attractor_results.NotRecordedError, match="left-linear"):
            run.further_patterns("left-linear")
    with attractor_results.open(folder / "rate-memory.h5") as run:
        assert run.further_populations == []


def test_a_rate_network_is_read(folder):
    with attractor_results.open(folder / "rate-memory.h5") as run:
        assert run.model == "rate" and run.populations == [] and run.pattern_count == 20
        assert run.overlaps.unit == "ms" and run.overlaps.values[-1].argmax() == 17
        assert len(run.rates("network").times_ms) == len(run.overlaps.times)
        assert run.size("network") == run.config["network"]["size"] == 2000 and run.duration_ms == 500
        with pytest.raises(attractor_results.NotRecordedError, match="only runs of the model hopfield have an energy"):
            run.energy
        assert run.residual.values[-1] < run.residual.values[0]
        assert [stimulus.pattern for stimulus in run.stimuli] == [17]
        assert [axis.get_ylabel() for axis in run.plot().axes] == ["overlap", "mean rate"]


def test_what_is_not_there_is_told(run, folder, tmp_path):
    with pytest.raises(attractor_results.NotRecordedError, match="there is excitatory, linear, ceiling"):
        run.spikes("inhibitory")
    with pytest.raises(attractor_results.NotRecordedError, match="record.voltages|there is excitatory"):
        run.voltages("linear")
    with pytest.raises(attractor_results.NotRecordedError, match="energy"):
        run.energy
    with pytest.raises(IndexError, match="90 patterns"):
        run.pattern(90)
    with pytest.raises(FileNotFoundError):
        attractor_results.open(tmp_path / "nothing.h5")
    (tmp_path / "text.h5").write_text("not HDF5 at all")
    with pytest.raises(attractor_results.NotResultsError, match="text.h5"):
        attractor_results.open(tmp_path / "text.h5")
    for version in ("earliest", "latest"):
        h5py.File(tmp_path / "other.h5", "w", libver=version).close()
        with pytest.raises(attractor_results.NotResultsError, match="no results file"):
            attractor_results.open(tmp_path / "other.h5")
    (tmp_path / "short.h5").write_bytes((folder / "small.h5").read_bytes()[:5000])
    with pytest.raises(attractor_results.NotResultsError, match="cut off"):
        attractor_results.open(tmp_path / "short.h5")


def test_times_have_every_unit_of_configurations():
    for text in ["60000000 ns", "60000us", "60000 \u00b5s", "60000 \u03bcs", "6e1 ms", "60 ms", "0.06 s", "0.001 min"]:
        assert attractor_results._reading.milliseconds(text) == pytest.approx(60.0), text
    with pytest.raises(ValueError, match="its unit is to be one of ns, us"):
        attractor_results._reading.milliseconds("1 furlong")


def test_a_configuration_that_cannot_be_read_is_told(folder, tmp_path):
    (tmp_path / "damaged.h5").write_bytes((folder / "images.h5").read_bytes())
    with h5py.File(tmp_path / "damaged.h5", "r+") as file:
        file.attrs["config"] = "model = "
    with attractor_results.open(tmp_path / "damaged.h5") as run:
        with pytest.raises(attractor_results.NotResultsError, match="damaged.h5 is damaged"):
            run.model


def spikes_of(path: Path) -> int:
    with attractor_results.open(path) as run:
        return len(run.spikes("excitatory").times_ms)


def test_an_interrupted_and_a_killed_run_are_read(folder, tmp_path):
    program = os.environ.get("ATTRACTOR_BIN", str(ROOT / "target/release/attractor"))
    for end, name in ((signal.SIGINT, "interrupted"), (signal.SIGKILL, "killed")):
        path = tmp_path / f"{name}.h5"
        command = [program, "run", str(ROOT / "configs/small.toml"), "--set", "duration=1000 s", "-o", str(path), "-q"]
        with subprocess.Popen([*command, "--backend", "cpu"]) as process:
            while not path.exists() or not spikes_of(path):
                time.sleep(0.05)
            process.send_signal(end)
        with attractor_results.open(path) as run:
            times, neurons = run.spikes("excitatory")
            assert not run.complete and run.run_hash is None
            assert len(times) == len(neurons) > 0 and not np.isnan(times).any() and neurons.max() < 1000
            assert len(run.overlaps.times) == len(run.overlaps.values) > 0
            assert f"{name}.h5, incomplete" in repr(run)
