"""The balanced random network of Brunel (2000) here and in NEST: the same parameters, and whether both agree.

    python3 -m venv v && v/bin/pip install nest-simulator==3.10.0 h5py scipy
    v/bin/python benches/brunel.py target/release/attractor              # four regimes, 12,500 neurons: some minutes
    v/bin/python benches/brunel.py target/release/attractor --small      # a tenth of it, two regimes: seconds

Both run configs/brunel.toml with several seeds. Compared are the rates of both populations, the CV of the intervals, and the
spectrum of the excitatory rate; each pair of means must agree within four standard errors of their difference and a small
floor. The spread of a quantity over seeds is taken from both programs together, since a few seeds tell little of it, and
that of a band's power is at least what the number of its independent values leaves. Ends with 1 where something does not.

The two differ in when a jump of the potential is tested against the threshold: NEST adds what arrives and tests in the same
step, attractor adds it after the test, so that it decays for a step and is tested in the next one. In NEST's terms that
is a delay and a refractory time that are longer by dt, and a weight and a reset potential that are smaller by
e^(-dt/tau_m): with these the two are one model, and these are what NEST is given.
"""

import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import h5py
import numpy
import scipy.signal

HERE = pathlib.Path(__file__).resolve().parent
CONFIG = HERE.parent / "configs" / "brunel.toml"
DT_MS, TAU_MS, THRESHOLD_MV, RESET_MV, REFRACTORY_MS, DELAY_MS = 0.1, 20.0, 20.0, 10.0, 2.0, 1.5
WARM_UP_MS = 200.0
# Inhibition against excitation, and the external rate against the one that reaches the threshold.
REGIMES = {"SR": (3.0, 2.0), "AI": (5.0, 2.0), "SI fast": (6.0, 4.0), "SI slow": (4.5, 0.9)}
STANDARD_ERRORS = 4.0
# Length of the pieces of which the spectrum is the mean, ms.
SEGMENT = 256
# Bands of the spectrum, Hz.
BANDS_HZ = [4, 10, 20, 40, 80, 120, 160, 200, 300, 500]


class Size:
    """Numbers of neurons and of sources, and the jump of an excitatory spike."""

    def __init__(self, excitatory, jump_mv):
        self.excitatory, self.inhibitory = excitatory, excitatory // 4
        self.from_excitatory, self.from_inhibitory = excitatory // 10, excitatory // 40
        self.jump_mv = jump_mv

    def external_hz(self, ratio):
        """Of all external sources of a neuron together; `ratio` 1 holds its mean potential at the threshold."""
        return ratio * THRESHOLD_MV / (self.jump_mv * TAU_MS / 1000.0)


FULL, SMALL = Size(10_000, 0.1), Size(1000, 0.3)


def in_attractor(program, size, regime, seed, duration_ms, inhibition_here=1.0):
    """Spike times (ms) and neurons of both populations."""
    g, ratio = REGIMES[regime]
    g *= inhibition_here
    jump, inhibition = f"{size.jump_mv:g} mV", f"{-g * size.jump_mv:g} mV"
    changes = {"seed": seed, "duration": f"{duration_ms:g} ms"}
    for name, number in (("excitatory", size.excitatory), ("inhibitory", size.inhibitory)):
        changes[f"populations.{name}.size"] = number
        changes[f"populations.{name}.poisson.rate"] = f"{size.external_hz(ratio):.12g} Hz"
        changes[f"populations.{name}.poisson.weight"] = jump
    for index, (indegree, weight) in enumerate([(size.from_excitatory, jump)] * 2 + [(size.from_inhibitory, inhibition)] * 2):
        changes[f"projections.{index}.indegree"] = indegree
        changes[f"projections.{index}.weight"] = weight
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "brunel.h5"
        command = [str(pathlib.Path(program).resolve()), "run", str(CONFIG), "--output", str(path), "--backend", "cpu", "--quiet"]
        for key, value in changes.items():
            command += ["--set", f"{key}={value}"]
        subprocess.run(command, check=True)
        with h5py.File(path) as file:
            spikes = file["spikes"]
            return {name: (spikes[name]["timestamps"][:], spikes[name]["node_ids"][:]) for name in spikes}


def in_nest(size, regime, seed, duration_ms, threads):
    """The same."""
    import nest

    g, ratio = REGIMES[regime]
    decay = math.exp(-DT_MS / TAU_MS)
    nest.verbosity = nest.VerbosityLevel.ERROR
    nest.ResetKernel()
    nest.resolution, nest.local_num_threads, nest.rng_seed = DT_MS, threads, 1000 + seed
    parameters = {"tau_m": TAU_MS, "C_m": 1.0, "E_L": 0.0, "V_th": THRESHOLD_MV, "V_reset": RESET_MV * decay}
    parameters["t_ref"] = REFRACTORY_MS + DT_MS
    populations = {}
    for name, number in (("excitatory", size.excitatory), ("inhibitory", size.inhibitory)):
        populations[name] = nest.Create("iaf_psc_delta", number, params=parameters)
        populations[name].V_m = nest.random.uniform(0.0, RESET_MV)
    external = nest.Create("poisson_generator", params={"rate": size.external_hz(ratio)})
    recorders = {}
    for name, neurons in populations.items():
        nest.Connect(external, neurons, syn_spec={"weight": size.jump_mv * decay, "delay": 1.0})
        recorders[name] = nest.Create("spike_recorder")
        nest.Connect(neurons, recorders[name])
    for source, indegree, weight in (
        ("excitatory", size.from_excitatory, size.jump_mv),
        ("inhibitory", size.from_inhibitory, -g * size.jump_mv),
    ):
        for neurons in populations.values():
            rule = {"rule": "fixed_indegree", "indegree": indegree, "allow_autapses": False, "allow_multapses": False}
            synapse = {"weight": weight * decay, "delay": DELAY_MS + DT_MS}
            nest.Connect(populations[source], neurons, rule, synapse)
    nest.Simulate(duration_ms)
    spikes = {}
    for name, recorder in recorders.items():
        events = recorder.get("events")
        spikes[name] = (events["times"], events["senders"] - populations[name][0].global_id)
    return spikes


def cv_of_intervals(times, neurons):
    """Mean over neurons with five spikes at least."""
    order = numpy.lexsort((times, neurons))
    times, neurons = times[order], neurons[order]
    cvs = []
    for train in numpy.split(times, numpy.flatnonzero(numpy.diff(neurons)) + 1):
        if len(train) >= 5:
            intervals = numpy.diff(train)
            cvs.append(intervals.std() / intervals.mean())
    return float(numpy.mean(cvs)) if cvs else math.nan


def measure(spikes, size, duration_ms):
    """Quantities of a run, by name."""
    seconds = (duration_ms - WARM_UP_MS) / 1000.0
    found = {}
    for name, number in (("excitatory", size.excitatory), ("inhibitory", size.inhibitory)):
        times, neurons = spikes[name]
        late = times > WARM_UP_MS + DT_MS / 2
        found[f"rate of {name} (Hz)"] = float(late.sum() / number / seconds)
        if name == "excitatory":
            found["CV of intervals"] = cv_of_intervals(times[late], neurons[late])
            # Bins of 1 ms as (lo, hi], and half a step off for what floats leave behind.
            edges = numpy.arange(WARM_UP_MS, duration_ms + 0.5, 1.0) + DT_MS / 2
            counts, _ = numpy.histogram(times, edges)
            rate_hz = counts / number * 1000.0
            frequencies, density = scipy.signal.welch(rate_hz, fs=1000.0, nperseg=SEGMENT, detrend="constant")
            found["fluctuation of the rate (s.d./mean)"] = float(rate_hz.std() / rate_hz.mean())
            found["peak of the spectrum (Hz)"] = float(frequencies[1 + density[1:].argmax()])
            for low, high in zip(BANDS_HZ, BANDS_HZ[1:]):
                band = (frequencies >= low) & (frequencies < high)
                found[f"power, {low} to {high} Hz (log10)"] = float(numpy.log10(density[band].mean()))
    return found


def floor(quantity, value):
    """What two programs may differ by where seeds hardly do."""
    if quantity.startswith("rate"):
        return 0.005 * value
    return 1000.0 / SEGMENT if quantity.startswith("peak") else 0.02


def least_spread(quantity, duration_ms):
    """The standard deviation of log10 of a mean over so many independent exponential values."""
    if not quantity.startswith("power"):
        return 0.0
    low, high = (int(word) for word in quantity.replace(",", "").split() if word.isdigit())
    values = (high - low) * SEGMENT / 1000.0 * (duration_ms - WARM_UP_MS) / SEGMENT
    return math.log10(math.e) / math.sqrt(max(values, 1.0))


def compare(ours, theirs, duration_ms):
    """Rows of (quantity, mean here, mean there, difference in units of what is allowed)."""
    rows = []
    for quantity in ours[0]:
        a, b = (numpy.array([run[quantity] for run in runs]) for runs in (ours, theirs))
        squares = ((a - a.mean()) ** 2).sum() + ((b - b.mean()) ** 2).sum()
        spread = max(math.sqrt(squares / (len(a) + len(b) - 2)), least_spread(quantity, duration_ms))
        error = spread * math.sqrt(1 / len(a) + 1 / len(b))
        allowed = STANDARD_ERRORS * error + floor(quantity, abs(b.mean()))
        rows.append((quantity, a.mean(), b.mean(), abs(a.mean() - b.mean()) / allowed))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program", nargs="?", help="attractor; without it NEST runs alone")
    parser.add_argument("--small", action="store_true", help="1250 neurons, two regimes")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--duration-ms", type=float)
    parser.add_argument("--regimes", nargs="+", choices=list(REGIMES))
    parser.add_argument("--threads", type=int, default=2, help="of NEST")
    parser.add_argument("--inhibition-here", type=float, default=1.0, help="a factor, here alone: to see that differences are seen")
    parser.add_argument("--json", type=pathlib.Path, help="write all numbers there")
    parser.add_argument("--nest-from", type=pathlib.Path, help="take NEST's numbers from such a file")
    told = parser.parse_args()
    size = SMALL if told.small else FULL
    duration_ms = told.duration_ms or 1200.0
    if duration_ms < WARM_UP_MS + SEGMENT:
        parser.error(f"the spectrum needs {WARM_UP_MS + SEGMENT:g} ms at least")
    regimes = told.regimes or (["SR", "AI"] if told.small else list(REGIMES))
    seeds = range(1, told.seeds + 1)
    agree, numbers = True, {}
    kept = json.loads(told.nest_from.read_text()) if told.nest_from else {}
    for regime in regimes:
        theirs = kept[regime]["nest"] if regime in kept else [
            measure(in_nest(size, regime, seed, duration_ms, told.threads), size, duration_ms) for seed in seeds
        ]
        numbers[regime] = {"nest": theirs}
        print(f"{regime}: g = {REGIMES[regime][0]:g}, external rate {REGIMES[regime][1]:g} of threshold, {told.seeds} seeds")
        if told.program is None:
            for quantity in theirs[0]:
                values = [run[quantity] for run in theirs]
                print(f"  {quantity:<38} NEST {numpy.mean(values):9.3f} +- {numpy.std(values, ddof=1):.3f}")
            if told.json:
                told.json.write_text(json.dumps(numbers, indent=1))
            continue
        ours = [in_attractor(told.program, size, regime, seed, duration_ms, told.inhibition_here) for seed in seeds]
        ours = [measure(spikes, size, duration_ms) for spikes in ours]
        numbers[regime]["attractor"] = ours
        for quantity, a, b, ratio in compare(ours, theirs, duration_ms):
            agree &= bool(ratio <= 1.0)
            verdict = "" if ratio <= 1.0 else "   DIFFERENT"
            print(f"  {quantity:<38} attractor {a:9.3f}   NEST {b:9.3f}   {ratio:5.2f} of what is allowed{verdict}")
        if told.json:
            told.json.write_text(json.dumps(numbers, indent=1))
    return 0 if agree else 1


if __name__ == "__main__":
    sys.exit(main())
