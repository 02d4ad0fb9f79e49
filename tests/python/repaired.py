"""Opens a repaired file with readers that know nothing of its past."""

import sys

import h5py
import libsonata

with h5py.File(sys.argv[1], "r") as file:
    timestamps, node_ids = file["spikes/a/timestamps"][:], file["spikes/a/node_ids"][:]
    assert len(timestamps) == len(node_ids) > 0 and file.attrs["complete"] == 0
    assert all(node_ids[at] == at % 64 for at in range(len(node_ids)))
    assert len(file["overlaps/time"]) == len(file["overlaps/value"]) > 0
found = libsonata.SpikeReader(sys.argv[1])["a"].get_dict()
assert list(found["node_ids"]) == list(node_ids)
print("read plainly")
