"""A quick picture of a run with matplotlib."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from attractor_results._reading import Run

#: Neurons of a kind that the raster shows at most.
_ROWS = 150


def draw(run: Run, patterns: Sequence[int] | None) -> Figure:
    from matplotlib import pyplot as plt

    if run.trials:
        raise ValueError(f"{run.path.name} has {len(run.trials)} trials; draw one of them: trials[0].plot()")
    shown = _leading(run) if patterns is None else list(patterns)
    colours = {pattern: f"C{at}" for at, pattern in enumerate(shown)}
    panels = [panel for panel in (_raster, _overlaps, _energy, _rates) if panel.__name__[1:] in _recorded(run)]
    if not panels:
        raise ValueError(f"{run.path.name} has neither spikes nor overlaps nor rates to draw")
    heights = [2.5 if panel is _raster else 1 for panel in panels]
    figure, axes = plt.subplots(
        len(panels), sharex=True, squeeze=False, figsize=(8, 1.6 * sum(heights)), height_ratios=heights, layout="constrained"
    )
    for panel, axis in zip(panels, axes[:, 0]):
        for stimulus in run.stimuli:
            colour = colours.get(-1 if stimulus.pattern is None else stimulus.pattern, "0.5")
            axis.axvspan(stimulus.start_ms, stimulus.stop_ms, color=colour, alpha=0.15, linewidth=0)
        panel(run, colours, axis)
        axis.spines[["top", "right"]].set_visible(False)
    axes[0, 0].set_title(run.path.stem)
    axes[-1, 0].set_xlabel("sweeps" if run.model == "hopfield" else "time (ms)")
    return figure


def _recorded(run: Run) -> set[str]:
    there = {"raster": bool(run.populations)}
    for name in ("overlaps", "energy", "rates"):
        there[name] = name in run._at
    return {name for name, recorded in there.items() if recorded}


def _leading(run: Run) -> list[int]:
    """Patterns that were cued, or came to an overlap of 0.5, in order of time."""
    times = {stimulus.pattern: stimulus.start_ms for stimulus in reversed(run.stimuli) if stimulus.pattern is not None}
    if "overlaps" in run._at:
        overlaps = run.overlaps
        for pattern in np.flatnonzero((overlaps.values > 0.5).any(axis=0)):
            first = overlaps.times[np.argmax(overlaps.values[:, pattern] > 0.5)]
            times.setdefault(int(pattern), float(first))
    return sorted(times, key=lambda pattern: times[pattern])[:10]


def _raster(run: Run, colours: dict[int, str], axis: Any) -> None:
    row = 0
    taken: set[int] = set()
    for population in run.populations:
        kinds: list[tuple[str, str, list[int]]] = []
        if population == run.pattern_population:
            for pattern, colour in colours.items():
                members = [int(member) for member in run.pattern(pattern) if int(member) not in taken]
                taken.update(members)
                kinds.append((f"pattern {pattern}", colour, members))
            kinds.append(("others", "0.5", [n for n in range(run.size(population)) if n not in taken]))
        else:
            kinds.append((population, "0.3", list(range(run.size(population)))))
        times, ids = run.spikes(population)
        for name, colour, neurons in kinds:
            sample = neurons[:: max(1, -(-len(neurons) // _ROWS))]
            place = np.full(run.size(population), -1)
            place[sample] = np.arange(len(sample))
            rows = place[ids.astype(int)]
            axis.plot(times[rows >= 0], row + rows[rows >= 0], ",", color=colour)
            axis.text(1.01, row + len(sample) / 2, name, color=colour, va="center", transform=axis.get_yaxis_transform())
            row += len(sample) + 8
    axis.set(ylabel="neurons", yticks=[], ylim=(row, -8))


def _overlaps(run: Run, colours: dict[int, str], axis: Any) -> None:
    times, values, _ = run.overlaps
    axis.plot(times, np.delete(values, list(colours), axis=1), color="0.7", linewidth=0.4)
    for pattern, colour in colours.items():
        axis.plot(times, values[:, pattern], color=colour, label=f"pattern {pattern}")
    axis.set_ylabel("overlap")


def _energy(run: Run, colours: dict[int, str], axis: Any) -> None:
    times, values, _ = run.energy
    axis.plot(times, values, color="0.2")
    axis.set_ylabel("energy")


def _rates(run: Run, colours: dict[int, str], axis: Any) -> None:
    for population in run.config.get("populations", ["network"]):
        rates = run.rates(population)
        axis.plot(rates.times_ms, rates.values, linewidth=0.8, label=population)
    axis.set_ylabel("mean rate" if run.model == "rate" else "rate (Hz)")
    axis.legend(frameon=False, fontsize="small", loc="upper left", bbox_to_anchor=(1, 1))
