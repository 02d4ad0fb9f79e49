"""Runs the patterns and the start of a results file in neurodynex3 and compares the states sweep by sweep."""

import sys

import h5py
import numpy as np
from neurodynex3.hopfield_network import network

with h5py.File(sys.argv[1]) as results:
    recorded = np.unpackbits(results["states/value"][:], axis=1, bitorder="little")
    members, offsets = results["patterns/members"][:], results["patterns/offsets"][:]
    overlaps, text = results["overlaps/value"][:], results.attrs["config"]

size = int(next(line.split("=")[1] for line in text.splitlines() if line.startswith("size")))
states = 2 * recorded[:, :size].astype(int) - 1
patterns = -np.ones((len(offsets) - 1, size), dtype=int)
for number, pattern in enumerate(patterns):
    pattern[members[offsets[number] : offsets[number + 1]]] = 1

net = network.HopfieldNetwork(size)
net.store_patterns(list(patterns))
net.set_dynamics_sign_sync()
net.set_state_from_pattern(states[0])
theirs = np.array(net.run_with_monitoring(len(states) - 1))
assert np.any(theirs[0] != theirs[-1]), "nothing happens"
assert np.array_equal(theirs, states), f"they differ after sweep {np.argmax(np.any(theirs != states, axis=1))}"
assert np.allclose(overlaps, states @ patterns.T / size)
print(f"{len(states)} states are equal")
