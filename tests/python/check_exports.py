"""Opens exports in the readers people use and compares them with the results file."""

import sys
import warnings
from pathlib import Path

import elephant.statistics
import h5py
import neo
import numpy as np
import pandas
import polars
import pynwb
from nwbinspector import Importance, inspect_nwbfile

warnings.simplefilter("ignore")
folder = Path(sys.argv[1])
results = h5py.File(folder / "small.h5")
populations = ["excitatory", "linear", "ceiling"]
sizes = [1000, 125, 3]


def times_of(population, neuron):
    spikes = results["spikes"][population]
    return spikes["timestamps"][:][spikes["node_ids"][:] == neuron]


# NWB: valid, nothing critical, every neuron's spikes.
nwb = str(folder / "spikes.nwb")
assert pynwb.validate(path=nwb) == [], pynwb.validate(path=nwb)
grave = [message for message in inspect_nwbfile(nwbfile_path=nwb) if message.importance.value > Importance.BEST_PRACTICE_SUGGESTION.value]
assert not grave, grave
with pynwb.NWBHDF5IO(nwb, "r") as io:
    session = io.read()
    units = session.units
    assert len(units) == sum(sizes)
    assert list(units["population"][:]) == [name for name, size in zip(populations, sizes) for _ in range(size)]
    assert list(units["neuron"][:]) == [neuron for size in sizes for neuron in range(size)]
    for unit in range(len(units)):
        expected = times_of(units["population"][unit], units["neuron"][unit]) * 1e-3
        assert np.array_equal(units["spike_times"][unit], expected), unit
    assert np.array_equal(units["obs_intervals"][7], [[0.0, 0.8]])
    series = session.acquisition["excitatory_potential"]
    assert np.array_equal(series.data[:], results["report/excitatory/data"][:]) and series.rate == 2000.0
    assert series.unit == "volts" and abs(series.conversion - 1e-3) < 1e-9

block = neo.io.NWBIO(nwb, "r").read_all_blocks()[0]
trains = block.segments[0].spiketrains
assert len(trains) == sum(sizes)
for neuron in (0, 3, 999):
    expected = len(times_of("excitatory", neuron)) / 0.8
    found = elephant.statistics.mean_firing_rate(trains[neuron]).rescale("Hz").item()
    assert abs(found - expected) < 1e-6, (neuron, found, expected)
assert block.segments[0].analogsignals[0].shape == results["report/excitatory/data"].shape

# npz: the arrays of the results file under their names.
npz = np.load(folder / "spikes.npz")
compared = 0
for name in npz:
    if name in results and isinstance(results[name], h5py.Dataset):
        ours, theirs = npz[name], results[name][:]
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs, equal_nan=True), name
        compared += 1
assert compared >= 16, compared
assert npz["config"].item() == results.attrs["config"] and npz["run_hash"].item().encode() == results.attrs["run_hash"]
assert list(npz["stimuli/kind"]) == ["cue"] and npz["stimuli/pattern"][0] == 3

# CSV and Parquet, in pandas and polars.
expected_rows = {
    "spikes": sum(len(results["spikes"][name]["node_ids"]) for name in populations),
    "overlaps": results["overlaps/value"].size,
    "rates": sum(len(results["rates"][name]["value"]) for name in populations),
    "patterns": len(results["patterns/members"]),
    "stimuli": 1,
    "voltages": results["report/excitatory/data"].size,
}
for table, rows in expected_rows.items():
    parquet = pandas.read_parquet(folder / f"{table}.parquet")
    csv = pandas.read_csv(folder / f"{table}.csv")
    assert len(parquet) == len(csv) == rows, table
    assert list(parquet.columns) == list(csv.columns) == polars.read_parquet(folder / f"{table}.parquet").columns
    assert polars.read_csv(folder / f"{table}.csv").height == rows
    for column in parquet.columns:
        if parquet[column].dtype == np.float32:
            assert np.array_equal(parquet[column], csv[column].astype(np.float32), equal_nan=True), (table, column)
        else:
            assert list(parquet[column]) == list(csv[column]), (table, column)
spikes = polars.read_parquet(folder / "spikes.parquet").filter(polars.col("population") == "linear")
assert np.array_equal(spikes["time_ms"].to_numpy(), results["spikes/linear/timestamps"][:])
assert np.array_equal(spikes["neuron"].to_numpy(), results["spikes/linear/node_ids"][:])
overlaps = pandas.read_parquet(folder / "overlaps.parquet").pivot(index="time_ms", columns="pattern", values="overlap")
assert np.array_equal(overlaps.to_numpy(), results["overlaps/value"][:])
print("all readers agree")
