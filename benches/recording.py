"""What recording costs: a runaway of 8000 neurons at 190 Hz, with its 6 million spikes in the file and without.

    python3 benches/recording.py target/release/attractor          # ten pairs of runs with one and with two threads
    python3 benches/recording.py target/release/attractor --pairs 20 --threads 2

Runs with and without take turns, since the speed of a shared machine changes from minute to minute; each is a whole
process, its file closed and on the disk. Prints medians, quartiles, and the cost: the median over the pairs.
"""

import argparse
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

CONFIG = pathlib.Path(__file__).resolve().parent.parent / "configs" / "attractor-8k.toml"
# Couplings and a drive so strong that all fire as fast as they can.
RUNAWAY = ['projections.0.strength="120 mV"', 'populations.excitatory.drive="20 mV"', "stimuli=[]", 'duration="4 s"']
RECORDED = 'record.spikes=["excitatory"]'
NOT_RECORDED = "record.spikes=[]"


def seconds(program, threads, spikes, folder):
    settings = [word for setting in [*RUNAWAY, spikes] for word in ("--set", setting)]
    file = pathlib.Path(folder) / "runaway.h5"
    command = [program, "run", CONFIG, "-o", file, "--force", "--quiet", "--backend", "cpu", "--threads", threads]
    start = time.perf_counter()
    subprocess.run([*command, *settings], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def told(times):
    low, median, high = statistics.quantiles(times, n=4)
    return f"{median:.3f} s ({low:.3f} to {high:.3f})"


def measure(program, pairs, threads):
    with tempfile.TemporaryDirectory() as folder:
        times = [[seconds(program, threads, spikes, folder) for spikes in (RECORDED, NOT_RECORDED)] for _ in range(pairs)]
    recorded, not_recorded = zip(*times)
    cost = statistics.median(one / other for one, other in times) - 1
    print(f"{threads} threads: recorded {told(recorded)}, not recorded {told(not_recorded)}, cost {cost:.0%}")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="what recording a runaway costs")
    arguments.add_argument("program")
    arguments.add_argument("--pairs", type=int, default=10)
    arguments.add_argument("--threads", nargs="+", default=["1", "2"])
    given = arguments.parse_args()
    for number in given.threads:
        measure(given.program, given.pairs, number)
