"""Watches a results file while its run goes on."""

import sys
import time

import h5py

file = h5py.File(sys.argv[1], "r", swmr=True)
assert file.attrs["complete"] == 0 and file.attrs["run_hash"] == b"" and file.attrs["finished"] == b""
timestamps, node_ids = file["spikes/a/timestamps"], file["spikes/a/node_ids"]


def count():
    timestamps.refresh()
    node_ids.refresh()
    return min(len(timestamps), len(node_ids))


first, patience = count(), time.monotonic() + 60
while count() <= first:
    assert time.monotonic() < patience, f"{first} spikes, and no more after a minute"
    time.sleep(0.05)
spikes = count()
# Each of 64 neurons fires in each step of 0.1 ms.
for at in (0, 1, first - 1, first, spikes - 1):
    assert node_ids[at] == at % 64 and timestamps[at] == (at // 64 + 1) * 0.1, (at, node_ids[at], timestamps[at])
print(f"it grows: {first} spikes, then {spikes}")
