"""Reads a finished results file with h5py, libsonata and bmtk, and compares it with what was recorded."""

import json
import sys

import h5py
import libsonata
import numpy as np
from bmtk.utils.reports import SpikeTrains
from bmtk.utils.reports.compartment import CompartmentReport

path, truth = sys.argv[1], json.load(open(sys.argv[2], encoding="utf-8"))


def same(found, expected, what):
    found, expected = np.asarray(found), np.asarray(expected)
    assert found.shape == expected.shape and np.array_equal(found, expected), f"{what}: {found} is not {expected}"


with h5py.File(path, "r") as file:
    attributes = file.attrs
    assert attributes["magic"] == 0x0A7A and list(attributes["version"]) == [0, 1]
    assert attributes["complete"] == 1
    assert attributes["config"] == truth["config"]
    assert attributes["run_hash"].decode() == truth["run_hash"]
    for name in ("attractor_version", "engine", "adapter", "driver", "started"):
        assert isinstance(attributes[name], str) and attributes[name], name
    assert attributes["finished"].decode() >= attributes["started"]
    for name, spikes in truth["spikes"].items():
        same(file["spikes"][name]["timestamps"], spikes["timestamps"], f"h5py, timestamps of {name}")
        same(file["spikes"][name]["node_ids"], spikes["node_ids"], f"h5py, node_ids of {name}")
    names = [str(name) for name in file["stimuli"].dtype.names]
    assert names == ["kind", "target", "pattern", "start_ms", "stop_ms", "amplitude_mV"], names
    assert file["stimuli"][0]["kind"] == b"cue" and file["stimuli"][1]["pattern"] == -1
    assert file["overlaps/value"].shape == (10, 4) and file["overlaps"].attrs["reference_rate_hz"] == 40
    assert list(file["inputs/a"].attrs["projections"]) == ["a->a #1", "c->a #3"]

reader = libsonata.SpikeReader(path)
assert sorted(reader.get_population_names()) == sorted(truth["spikes"])
for name, spikes in truth["spikes"].items():
    population = reader[name]
    assert population.sorting == "by_time", population.sorting
    assert population.time_units == "ms", population.time_units
    found = population.get_dict()
    same(found["timestamps"], spikes["timestamps"], f"libsonata, timestamps of {name}")
    same(found["node_ids"], spikes["node_ids"], f"libsonata, node_ids of {name}")

report = libsonata.SomaReportReader(path)["a"]
expected = truth["report"]
assert report.data_units == "mV" and report.time_units == "ms" and report.sorted
same(report.times, expected["time"], "libsonata, times of the report")
frames = report.get()
same(frames.ids, expected["node_ids"], "libsonata, ids of the report")
same(frames.data, np.asarray(expected["data"], dtype=np.float32), "libsonata, data of the report")

trains = SpikeTrains.load(path)
assert sorted(trains.populations) == sorted(truth["spikes"]), trains.populations
for name, spikes in truth["spikes"].items():
    assert trains.n_spikes(population=name) == len(spikes["timestamps"]), name
    for node in set(spikes["node_ids"]):
        times = [time for time, id in zip(spikes["timestamps"], spikes["node_ids"]) if id == node]
        same(np.sort(trains.get_times(node_id=node, population=name)), times, f"bmtk, neuron {node} of {name}")

compartments = CompartmentReport(path, default_population="a")["a"]
same(compartments.node_ids(), expected["node_ids"], "bmtk, ids of the report")
same(compartments.data(), np.asarray(expected["data"], dtype=np.float32), "bmtk, data of the report")
assert compartments.units() == "mV"
same(compartments.data(node_id=4)[:, 0], np.asarray(expected["data"], dtype=np.float32)[:, 1], "bmtk, one neuron")
same([compartments.tstart(), compartments.tstop(), compartments.dt()], expected["time"], "bmtk, times of the report")

print("h5py, libsonata and bmtk agree")
