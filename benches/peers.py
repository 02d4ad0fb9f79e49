"""The work of configs/bench-8k.toml in another simulator: prints one line of JSON.

    v/bin/python  benches/peers.py nest     --threads 1 --repeats 3
    v/bin/python  benches/peers.py annarchy --repeats 3
    vb/bin/python benches/peers.py brian2   --repeats 3

benches/peers.md says what to install, and what came. Sizes, constants and strengths are read from the configuration. The
patterns are drawn here, each neuron in each with the given probability, so they are others than ours and as many. A second
of biological time follows 0.1 s of warming up.

In units of mV and ms: tau_m dV/dt = -V + drive + input + noise, with noise of the given standard deviation of the free
potential; a spike adds to an input that decays with tau_syn. In a step of dt the potential keeps x = exp(-dt/tau_m) of
itself, so a current drawn anew in each step needs sqrt((1 + x)/(1 - x)) of that standard deviation.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import sys
import tempfile
import time
import tomllib

import numpy as np

CONFIG = pathlib.Path(__file__).resolve().parent.parent / "configs" / "bench-8k.toml"
WARM_UP_MS, MEASURED_MS = 100.0, 1000.0
# Rows of the Hebbian matrix, which is symmetric, that are worked out at once.
ROWS = 1000


def number(text):
    return float(text.split()[0])


class Workload:
    """The configuration as numbers."""

    def __init__(self, excitatory):
        config = tomllib.loads(CONFIG.read_text())
        self.dt = number(config["dt"])
        self.patterns, self.activity = config["patterns"]["count"], config["patterns"]["activity"]
        self.populations = config["populations"]
        factor = excitatory / self.populations["excitatory"]["size"]
        for population in self.populations.values():
            population["size"] = round(population["size"] * factor)
        first = config["projections"][0]
        self.tau_syn, self.delay = number(first["tau_syn"]), number(first["delay"])
        # c, the jump of one spike: the strength is N_from times c.
        self.jumps = {
            (one["from"], one["to"]): number(one["strength"]) / self.populations[one["from"]]["size"]
            for one in config["projections"]
        }

    def size(self, population):
        return self.populations[population]["size"]

    def of(self, population, key):
        return number(self.populations[population][key])

    def step_noise(self, population):
        kept = np.exp(-self.dt / self.of(population, "tau_m"))
        return self.of(population, "noise") * float(np.sqrt((1 + kept) / (1 - kept)))

    def hebbian(self):
        """(sources, targets, weights) of the connections that are not zero, source by source, some sources at a time.

        A simulator that keeps them in this order finds those of a spike side by side.
        """
        size, jump = self.size("excitatory"), self.jumps["excitatory", "excitatory"]
        members = np.random.default_rng(1).random((self.patterns, size)) < self.activity
        members = members.astype(np.float32)
        for first in range(0, size, ROWS):
            shared = members[:, first : first + ROWS].T @ members
            shared[np.arange(len(shared)), np.arange(first, first + len(shared))] = 0
            sources, targets = np.nonzero(shared)
            yield sources + first, targets, shared[sources, targets] * jump

    def all_hebbian(self):
        parts = zip(*self.hebbian())
        return [np.concatenate(part) for part in parts]

    def others(self):
        """(from, to, jump) of the projections that connect all with all."""
        return [(*ends, jump) for ends, jump in self.jumps.items() if ends != ("excitatory", "excitatory")]


class Nest:
    def __init__(self, work, threads):
        import nest

        self.nest = nest
        nest.verbosity = nest.VerbosityLevel.ERROR
        nest.ResetKernel()
        nest.resolution, nest.local_num_threads, nest.rng_seed = work.dt, threads, 1
        # With C_m = tau_m a current of 1 pA is a drive of 1 mV.
        neurons = {
            name: nest.Create(
                "iaf_psc_exp",
                work.size(name),
                {
                    "E_L": 0.0,
                    "tau_m": work.of(name, "tau_m"),
                    "C_m": work.of(name, "tau_m"),
                    "V_th": work.of(name, "threshold"),
                    "V_reset": work.of(name, "reset"),
                    "t_ref": work.of(name, "refractory"),
                    "I_e": work.of(name, "drive"),
                    "tau_syn_ex": work.tau_syn,
                    "tau_syn_in": work.tau_syn,
                },
            )
            for name in work.populations
        }
        for name, own in neurons.items():
            own.V_m = nest.random.uniform(0.0, work.of(name, "threshold"))
            noise = nest.Create("noise_generator", 1, {"std": work.step_noise(name), "dt": work.dt})
            nest.Connect(noise, own, syn_spec={"delay": work.delay})
        first = neurons["excitatory"][0].global_id
        nest.CopyModel("static_synapse", "hebbian", {"delay": work.delay})
        for sources, targets, weights in work.hebbian():
            synapse = {"synapse_model": "hebbian", "weight": weights.astype(np.float64)}
            nest.Connect(sources + first, targets + first, "one_to_one", synapse)
        for number, (source, target, jump) in enumerate(work.others()):
            nest.CopyModel("static_synapse_hom_w", f"global_{number}", {"delay": work.delay, "weight": jump})
            nest.Connect(neurons[source], neurons[target], "all_to_all", {"synapse_model": f"global_{number}"})
        nest.Simulate(WARM_UP_MS)

    def measure(self):
        start = time.perf_counter()
        self.nest.Simulate(MEASURED_MS)
        return time.perf_counter() - start, self.nest.local_spike_counter


class Annarchy:
    def __init__(self, work, threads):
        # Its build looks for the interpreter by these.
        os.environ["VIRTUAL_ENV"] = sys.prefix
        os.environ["PATH"] = os.pathsep.join([f"{sys.prefix}/bin", os.environ["PATH"]])
        import importlib.util  # noqa: F401 (it uses this without importing it)

        import ANNarchy as annarchy
        import scipy.sparse

        self.folder = tempfile.TemporaryDirectory()
        self.network = annarchy.Network(dt=work.dt, seed=1)
        self.network.config(num_threads=threads, paradigm="openmp")
        kept = {"storage_format": "csr", "storage_order": "pre_to_post"}
        self.populations = {}
        for name in work.populations:
            constants = {
                "tau": work.of(name, "tau_m"),
                "drive": work.of(name, "drive"),
                "amplitude": work.step_noise(name),
                "tau_syn": work.tau_syn,
            }
            neuron = annarchy.Neuron(
                parameters={key: annarchy.Parameter(value) for key, value in constants.items()},
                equations=[
                    annarchy.Variable(
                        "tau * dv/dt = drive - v + g_exc - g_inh + amplitude * Normal(0.0, 1.0)", method="exponential"
                    ),
                    annarchy.Variable("tau_syn * dg_exc/dt = -g_exc", method="exponential"),
                    annarchy.Variable("tau_syn * dg_inh/dt = -g_inh", method="exponential"),
                    annarchy.Variable("count = count"),
                ],
                spike=f"v >= {work.of(name, 'threshold')}",
                reset=[f"v = {work.of(name, 'reset')}", "count = count + 1.0"],
                refractory=work.of(name, "refractory"),
            )
            self.populations[name] = self.network.create(geometry=work.size(name), neuron=neuron, name=name)
        sources, targets, weights = work.all_hebbian()
        size = work.size("excitatory")
        matrix = scipy.sparse.csr_matrix((weights.astype(np.float64), (targets, sources)), shape=(size, size))
        own = self.populations["excitatory"]
        self.network.connect(pre=own, post=own, target="exc").from_sparse(matrix, delays=work.delay, **kept)
        for source, target, jump in work.others():
            ends = {"pre": self.populations[source], "post": self.populations[target]}
            projection = self.network.connect(**ends, target="exc" if jump > 0 else "inh")
            projection.all_to_all(abs(jump), delays=work.delay, allow_self_connections=True, **kept)
        self.network.compile(directory=f"{self.folder.name}/net", silent=True)
        draws = np.random.default_rng(1)
        for name, population in self.populations.items():
            population.v = draws.random(work.size(name)) * work.of(name, "threshold")
        self.network.simulate(WARM_UP_MS)

    def spikes(self):
        return sum(float(np.sum(population.count)) for population in self.populations.values())

    def measure(self):
        before, start = self.spikes(), time.perf_counter()
        self.network.simulate(MEASURED_MS)
        seconds = time.perf_counter() - start
        return seconds, self.spikes() - before


class Brian2:
    """C++ standalone: warming up and the measured second are one program, which tells how long its last run took."""

    def __init__(self, work, threads):
        import brian2

        self.brian2 = brian2
        self.folder = tempfile.TemporaryDirectory()
        brian2.set_device("cpp_standalone", build_on_run=False)
        if threads > 1:
            brian2.prefs.devices.cpp_standalone.openmp_threads = threads
        ms = brian2.ms
        brian2.defaultclock.dt = work.dt * ms
        brian2.seed(1)
        groups = {}
        for name in work.populations:
            constants = {
                "tau": work.of(name, "tau_m") * ms,
                "tau_syn": work.tau_syn * ms,
                "drive": work.of(name, "drive"),
                "sigma": work.of(name, "noise"),
            }
            groups[name] = brian2.NeuronGroup(
                work.size(name),
                """dV/dt = (drive - V + I)/tau + sigma*sqrt(2/tau)*xi : 1 (unless refractory)
                   dI/dt = -I/tau_syn : 1""",
                threshold=f"V >= {work.of(name, 'threshold')}",
                reset=f"V = {work.of(name, 'reset')}",
                refractory=work.of(name, "refractory") * ms,
                method="euler",
                namespace=constants,
            )
            groups[name].V = f"rand() * {work.of(name, 'threshold')}"
        parts = list(groups.values())
        self.monitors = [brian2.SpikeMonitor(group) for group in parts]
        sources, targets, weights = work.all_hebbian()
        own = groups["excitatory"]
        hebbian = brian2.Synapses(own, own, "w : 1", on_pre="I_post += w", delay=work.delay * ms)
        hebbian.connect(i=sources, j=targets)
        hebbian.w = weights
        parts.append(hebbian)
        for source, target, jump in work.others():
            synapses = brian2.Synapses(
                groups[source], groups[target], on_pre=f"I_post += {jump}", delay=work.delay * ms
            )
            synapses.connect()
            parts.append(synapses)
        network = brian2.Network(*parts, *self.monitors)
        network.run(WARM_UP_MS * ms)
        network.run(MEASURED_MS * ms)
        brian2.device.build(directory=self.folder.name, compile=True, run=False)

    def measure(self):
        device = self.brian2.device
        device.run(self.folder.name, with_output=False, run_args=[])
        after = self.brian2.second * WARM_UP_MS / 1000.0
        spikes = sum(int(np.sum(monitor.t > after)) for monitor in self.monitors)
        return device._last_run_time, spikes


SIMULATORS = {"nest": Nest, "annarchy": Annarchy, "brian2": Brian2}


def main():
    arguments = argparse.ArgumentParser(description="the work of bench-8k in another simulator")
    arguments.add_argument("simulator", choices=SIMULATORS)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--repeats", type=int, default=3)
    arguments.add_argument("--excitatory", type=int, default=8000, help="excitatory neurons; the others in proportion")
    given = arguments.parse_args()
    start = time.perf_counter()
    simulator = SIMULATORS[given.simulator](Workload(given.excitatory), given.threads)
    build_s = time.perf_counter() - start
    seconds, spikes = zip(*(simulator.measure() for _ in range(given.repeats)))
    # The program that Brian2 writes is a process of its own.
    of = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)[given.simulator == "brian2"]
    told = {
        "simulator": given.simulator,
        "threads": given.threads,
        "excitatory": given.excitatory,
        "build_s": round(build_s, 2),
        "run_s": round(statistics.median(seconds), 3),
        "runs_s": [round(one, 3) for one in seconds],
        "peak_mb": round(resource.getrusage(of).ru_maxrss * 1024 / 1e6),
        "spikes": round(statistics.mean(spikes)),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    main()
