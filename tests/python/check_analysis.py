"""Compares our analysis with elephant, scipy and numpy."""

import json
import sys
import warnings

import elephant.conversion
import elephant.spectral
import elephant.statistics
import neo
import numpy as np
import quantities as pq

warnings.simplefilter("ignore")
with open(sys.argv[1]) as file:
    told = json.load(file)
start, stop = told["window_ms"]
times, ids = np.array(told["times_ms"]), np.array(told["ids"])
inside = (times > start + 1e-6) & (times <= stop + 1e-6)
times, ids = np.minimum(times[inside], stop), ids[inside]
trains = [
    neo.SpikeTrain(times[ids == neuron] * pq.ms, t_start=start * pq.ms, t_stop=stop * pq.ms)
    for neuron in range(told["neurons"])
]


def same(name, ours, theirs, tolerance=1e-9):
    ours, theirs = np.array(ours, dtype=float), np.array(theirs, dtype=float)
    assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
    assert np.allclose(ours, theirs, rtol=tolerance, atol=1e-12, equal_nan=True), (name, ours, theirs)


rates = [elephant.statistics.mean_firing_rate(train).rescale("Hz").item() for train in trains]
same("rates_hz", told["rates_hz"], rates)
same("spread_hz", told["spread_hz"], [np.mean(rates), *np.percentile(rates, [5, 50, 95])])
cvs = [elephant.statistics.cv(elephant.statistics.isi(train)) if len(train) >= 5 else None for train in trains]
same("cvs", told["cvs"], cvs)


def bins(neuron, width):
    """Counts in (lo, hi]: times are on a grid of 0.1 ms, so half a step back they lie within their bins."""
    edges = np.arange(start, stop + width / 2, width)
    return np.histogram(times[ids == neuron] - 0.05, edges)[0]


def pieces(neuron):
    """The windows of 100 ms as trains of their own, which is how elephant takes counts."""
    edges = np.arange(start, stop + 1, 100.0)
    own = times[ids == neuron] - 0.05
    return [
        neo.SpikeTrain(own[(own >= low) & (own < high)] * pq.ms, t_start=low * pq.ms, t_stop=high * pq.ms)
        for low, high in zip(edges[:-1], edges[1:])
    ]


fanos = [elephant.statistics.fanofactor(pieces(neuron)) if len(trains[neuron]) else None for neuron in range(len(trains))]
same("fanos", told["fanos"], fanos)

shifted = [neo.SpikeTrain(train - 0.05 * pq.ms, t_start=start * pq.ms, t_stop=stop * pq.ms) for train in trains]
counts = elephant.statistics.time_histogram(shifted, 5 * pq.ms, output="counts").magnitude[:, 0]
same("counts", told["counts"], counts)
same("fluctuation", told["fluctuation"], np.std(counts) / np.mean(counts))

matrix = np.array([bins(neuron, 5.0) for neuron in range(len(trains))])
chi = np.sqrt(np.var(matrix.mean(axis=0)) / np.mean(np.var(matrix, axis=1)))
same("chi", told["chi"], chi)

rate = elephant.statistics.time_histogram(shifted, 1 * pq.ms, output="counts").magnitude[:, 0] / len(trains) * 1000
signal = neo.AnalogSignal(rate * pq.Hz, sampling_period=1 * pq.ms)
frequencies, density = elephant.spectral.welch_psd(signal, len_segment=200, overlap=0.5, window="hann")
same("frequencies_hz", told["spectrum"]["frequencies_hz"], frequencies.magnitude)
same("density", told["spectrum"]["density"], density.magnitude[0])
above = frequencies.magnitude >= 10
same("peak_hz", told["peak_hz"], frequencies.magnitude[above][np.argmax(density.magnitude[0][above])])
assert told["peak_hz"] == 40.0

member = np.isin(np.arange(len(trains)), told["members"])
same("on_hz", told["on_hz"], np.mean(np.array(rates)[member]))
same("off_hz", told["off_hz"], np.mean(np.array(rates)[~member]))
same("sparseness", told["sparseness"], np.mean(rates) ** 2 / np.mean(np.square(rates)))
print("elephant, scipy and numpy agree")
