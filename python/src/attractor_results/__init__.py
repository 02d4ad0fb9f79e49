"""Results files of attractor, read into numpy arrays.

>>> import attractor_results
>>> run = attractor_results.open("attractor-8k.h5")  # doctest: +SKIP
>>> run.spikes("excitatory").times_ms  # doctest: +SKIP
array([4.5000e+00, 5.3000e+00, ..., 4.5000e+03])
"""

from attractor_results._reading import (
    Change,
    Learned,
    NotRecordedError,
    NotResultsError,
    Overlaps,
    Rates,
    Run,
    Spikes,
    Stimulus,
    Trace,
    Voltages,
    open,
)

__all__ = [
    "Change",
    "Learned",
    "NotRecordedError",
    "NotResultsError",
    "Overlaps",
    "Rates",
    "Run",
    "Spikes",
    "Stimulus",
    "Trace",
    "Voltages",
    "open",
]
