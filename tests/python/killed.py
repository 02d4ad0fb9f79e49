"""Opens what a killed run leaves."""

import sys

import h5py

try:
    h5py.File(sys.argv[1], "r")
except OSError:
    pass
else:
    sys.exit("a plain open was not refused")
with h5py.File(sys.argv[1], "r", swmr=True) as file:
    timestamps, node_ids = file["spikes/a/timestamps"], file["spikes/a/node_ids"]
    spikes = min(len(timestamps), len(node_ids))
    assert spikes > 0 and file.attrs["complete"] == 0
    assert node_ids[spikes - 1] == (spikes - 1) % 64
print("refused plainly, read with swmr")
