"""Time and memory against the number of neurons: measures them with `attractor bench` and draws docs/scaling.svg.

    python3 benches/scaling.py target/release/attractor          # measures (a few minutes), writes docs/scaling.json, draws
    python3 benches/scaling.py                                   # draws again from docs/scaling.json

Each size is a process of its own, so that memory is its own. Needs matplotlib. The points of other simulators are those
of benches/peers.md; their lines grow with N squared, as their memory does, since each weight is stored.
"""

import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
DATA = HERE.parent / "docs" / "scaling.json"
PICTURE = HERE.parent / "docs" / "scaling.svg"
SIZES = [1000, 3000, 8000, 30_000, 100_000, 300_000, 1_000_000]

# Excitatory neurons: seconds a second of biological time, peak megabytes (benches/peers.md, one thread).
PEERS = {
    "Auryn, stored": ([2000, 4000, 8000], [0.20, 0.52, 1.48], [54, 165, 609]),
    "GeNN, CPU": ([2000, 4000, 8000], [0.22, 0.50, 1.16], [155, 384, 1216]),
    "Brian2": ([2000, 4000, 8000], [0.40, 0.94, 2.49], [279, 724, 2544]),
    "NEST": ([2000, 4000, 8000], [1.37, 3.7, 14.1], [288, 806, 2844]),
}


def measure(program):
    points = []
    for size in SIZES:
        command = [program, "bench", "--backend", "cpu", "--threads", "1", "--sizes", str(size), "--repeats", "3", "--json"]
        # The random network is another workload: a small one costs little.
        command += ["--random", "100"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        workload = json.loads(told)["workloads"][1]
        points.append(
            {
                "excitatory": size,
                "neurons": workload["neurons"],
                "seconds_a_second": workload["seconds_a_second"]["median"],
                "build_s": workload["build_s"],
                "resident_bytes": workload["resident_bytes"],
                "adapter": workload["engine"]["adapter"],
            }
        )
        print(size, points[-1]["seconds_a_second"], points[-1]["resident_bytes"], file=sys.stderr)
    DATA.write_text(json.dumps(points, indent=1) + "\n")


def draw():
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "attractor"
    import matplotlib.pyplot as plt

    points = json.loads(DATA.read_text())
    figure, axes = plt.subplots(1, 2, figsize=(10, 4.2), constrained_layout=True)
    colours = ["#8c8c8c", "#b0783c", "#5a8f5a", "#a05a8c"]
    sizes = [point["excitatory"] for point in points]
    ours = [
        [point["seconds_a_second"] for point in points],
        [point["resident_bytes"] / 1e6 for point in points],
    ]
    for panel, (axis, label) in enumerate(zip(axes, ["seconds a second of biological time", "memory (MB)"])):
        for colour, (name, values) in zip(colours, PEERS.items()):
            measured = values[1 + panel]
            axis.plot(values[0], measured, "o", color=colour, label=name, markersize=4)
            reach = [8000, 1_000_000]
            axis.plot(reach, [measured[-1] * (n / 8000) ** 2 for n in reach], ":", color=colour, linewidth=1)
        axis.plot(sizes, ours[panel], "o-", color="#1f5fa8", label="attractor", linewidth=2)
        axis.set(xscale="log", yscale="log", xlabel="excitatory neurons N", ylabel=label)
        axis.set_ylim(0.01 if panel == 0 else 5, 1e4 if panel == 0 else 1e6)
        axis.grid(alpha=0.25)
    axes[0].legend(frameon=False, fontsize=8)
    axes[1].text(1.6e3, 3e5, "dotted: growth with N²", fontsize=8, color="#666666")
    figure.savefig(PICTURE, metadata={"Date": None})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    draw()
