"""Reading a results file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple

import h5py
import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FloatArray = npt.NDArray[np.float64]
IdArray = npt.NDArray[np.uint64]

#: SONATA's number, which results files bear.
_MAGIC = 0x0A7A


class NotResultsError(ValueError):
    """The file is no results file of attractor."""


class NotRecordedError(KeyError):
    """The run did not record what was asked for."""

    def __str__(self) -> str:
        return str(self.args[0])


class Spikes(NamedTuple):
    """Spikes of a population, in order of time."""

    times_ms: FloatArray
    """Time of each spike, ms."""
    neurons: IdArray
    """Neuron of each spike, from 0 within its population."""


class Overlaps(NamedTuple):
    """Overlaps with every pattern."""

    times: FloatArray
    """Ends of the bins, in `unit`, shape (T,)."""
    values: npt.NDArray[np.float32]
    """Overlaps, shape (T, P)."""
    unit: str
    """"ms", or "sweeps" of a Hopfield network."""


class Trace(NamedTuple):
    """One value over time."""

    times: FloatArray
    """When, in `unit`, shape (T,)."""
    values: FloatArray
    """Values, shape (T,)."""
    unit: str
    """"ms", or "sweeps" of a Hopfield network."""


class Rates(NamedTuple):
    """The rate of a population."""

    times_ms: FloatArray
    """Ends of the bins, ms, shape (T,)."""
    values: npt.NDArray[np.float32]
    """Rates, Hz, shape (T,); of a rate network the mean of r, without a unit."""


class Voltages(NamedTuple):
    """Recorded potentials of a population."""

    times_ms: FloatArray
    """Times of the frames, ms, shape (T,)."""
    neurons: IdArray
    """Recorded neurons, shape (n,)."""
    values_mv: npt.NDArray[np.float32]
    """Potentials, mV, shape (T, n)."""


class Stimulus(NamedTuple):
    """A stimulus."""

    kind: str
    """"cue", "pulse", or "group": neurons drawn from the seed."""
    target: str
    """The population that it drives."""
    pattern: int | None
    """The pattern that it cues."""
    start_ms: float
    stop_ms: float
    amplitude: float
    """In mV; of a rate network without a unit."""


class Learned(NamedTuple):
    """A pattern that was learned."""

    time_ms: float
    """When, ms."""
    pattern: int
    """Its number."""
    members: npt.NDArray[np.uint32]
    """Its members, neurons of :attr:`Run.pattern_population`."""


class Change(NamedTuple):
    """What the protocol learns or forgets."""

    at_ms: float
    """When, ms."""
    action: str
    """"learn" or "forget"."""
    pattern: int
    """Number of the pattern."""


class _Part(NamedTuple):
    """A part of the file."""

    what: str
    """What it holds."""
    record: dict[str, str]
    """By the models that have it: what makes it be there."""


_WITH_PATTERNS = "record them with record.overlaps, in a network with patterns"
_PARTS = {
    "spikes": _Part("spikes", {"spiking": "record them with record.spikes"}),
    "report": _Part("voltages", {"spiking": "record them with record.voltages"}),
    "rates": _Part("rates", dict.fromkeys(["spiking", "rate"], "record them with record.rates")),
    "overlaps": _Part("overlaps", {"spiking": _WITH_PATTERNS, "rate": _WITH_PATTERNS, "hopfield": "it has no patterns"}),
    "energy": _Part("an energy", {"hopfield": "every run has it: the file is damaged"}),
    "residual": _Part("a residual", {"rate": "record it with record.rates"}),
    "states": _Part("states", {"hopfield": "record them with record.states"}),
}


class Run:
    """A run: its results file, open for reading.

    Arrays are read when they are asked for. Use it in a ``with`` statement, or call :meth:`close`.
    """

    def __init__(self, file: h5py.File, path: Path, trial: int | None = None) -> None:
        self._file = file
        self._trial = trial
        self._at: h5py.Group = file if trial is None else file[f"trials/{trial}"]
        self.path = path
        """The results file."""

    def __enter__(self) -> Run:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def __repr__(self) -> str:
        state = "complete" if self.complete else "incomplete"
        return f"<{self.model} run {self.path.name}, {state}: {', '.join(self.populations) or 'no spikes recorded'}>"

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return bool(self._file.attrs["complete"])

    @property
    def run_hash(self) -> str | None:
        """The hash of all spikes: the same on every machine. None while the run is not complete."""
        return _text(self._at.attrs.get("run_hash", "")) or None

    @property
    def attributes(self) -> dict[str, str]:
        """What computed the run, with which version, and when."""
        names = ["attractor_version", "engine", "adapter", "driver", "started", "finished"]
        return {name: _text(self._file.attrs[name]) for name in names}

    @cached_property
    def config(self) -> dict[str, Any]:
        """The configuration after every default and override."""
        try:
            return tomllib.loads(_text(self._file.attrs["config"]))
        except tomllib.TOMLDecodeError as error:
            raise NotResultsError(f"{self.path} is damaged: its attribute config is no TOML: {error}") from None

    @property
    def model(self) -> str:
        """"spiking", "hopfield" or "rate"."""
        return str(self.config["model"])

    @property
    def trials(self) -> list[Run]:
        """The trials of a run of several; each is a run of its own on the same file. Empty where there is one alone."""
        if self._trial is not None:
            return []
        count = len(self._file.get("trials", ()))
        return [Run(self._file, self.path, trial) for trial in range(count)]

    @property
    def populations(self) -> list[str]:
        """Populations whose spikes are recorded, in the order of the configuration."""
        return _ordered(self._at.get("spikes", ()), self.config)

    def size(self, population: str) -> int:
        """Number of neurons of a population; that of a rate or a Hopfield network is called "network"."""
        if population == "network" and "populations" not in self.config:
            return int(self.config["network"]["size"])
        try:
            return int(self.config["populations"][population]["size"])
        except KeyError:
            raise NotRecordedError(f"{self.path.name} has no population {population!r}") from None

    def spikes(
        self,
        population: str,
        start_ms: float = -np.inf,
        stop_ms: float = np.inf,
        neurons: npt.ArrayLike | None = None,
    ) -> Spikes:
        """Spikes of a population after `start_ms` and up to `stop_ms`, of all neurons or those given.

        Only the part of the file that lies in the window is read.
        """
        group = self._group("spikes", population)
        times, ids = group["timestamps"], group["node_ids"]
        # A run that goes on or was killed may have one longer than the other, and its end not filled.
        count = min(len(times), len(ids))
        first = _first_after(times, start_ms, count)
        end = _first_after(times, stop_ms, count)
        found = Spikes(times[first:end], ids[first:end])
        if not self.complete:
            written = ~np.isnan(found.times_ms) & (found.neurons != np.iinfo(np.uint64).max)
            found = Spikes(found.times_ms[written], found.neurons[written])
        if neurons is None:
            return found
        wanted = np.isin(found.neurons, np.asarray(neurons))
        return Spikes(found.times_ms[wanted], found.neurons[wanted])

    @property
    def pattern_count(self) -> int:
        """Number of stored patterns, those to be learned included; 0 where nothing is Hebbian."""
        return self._start_count + sum(change.action == "learn" for change in self.protocol)

    @property
    def _start_count(self) -> int:
        """Number of patterns stored at the start."""
        if "patterns" not in self._file:
            return 0
        patterns = self._file["patterns"]
        return len(patterns["bits"]) if "bits" in patterns else len(patterns["offsets"]) - 1

    @property
    def protocol(self) -> list[Change]:
        """What the run was to learn and to forget, in order of time. Empty where it has no protocol."""
        rows = self._file["protocol"][:] if "protocol" in self._file else ()
        return [Change(float(row["at_ms"]), _text(row["action"]), int(row["pattern"])) for row in rows]

    @property
    def learned(self) -> list[Learned]:
        """The patterns that were learned (so far), in order of time."""
        if "learned" not in self._at:
            return []
        group = self._at["learned"]
        times = group["time"][:]
        count = int((~np.isnan(times)).sum())
        patterns, offsets, members = group["pattern"][:count], group["offsets"][: count + 1], group["members"][:]
        return [
            Learned(float(times[at]), int(patterns[at]), members[offsets[at] : offsets[at + 1]]) for at in range(count)
        ]

    @property
    def ended(self) -> str | None:
        """Why a guard ended the run, in words. None where none did."""
        return _text(self._at.attrs.get("ended", "")) or None

    @property
    def ended_ms(self) -> float | None:
        """When a guard ended the run, ms. None where none did."""
        time = float(self._at.attrs.get("ended_ms", np.nan))
        return None if np.isnan(time) else time

    def pattern(self, number: int) -> npt.NDArray[np.uint32]:
        """Members of a pattern, neurons of :attr:`pattern_population`; none of one that is not learned yet."""
        if not 0 <= number < self.pattern_count:
            raise IndexError(f"{self.path.name} has {self.pattern_count} patterns; there is no pattern {number}")
        if number >= self._start_count:
            found = [one.members for one in self.learned if one.pattern == number]
            return found[0] if found else np.empty(0, dtype=np.uint32)
        if "bits" in self._file["patterns"]:
            bits = np.unpackbits(self._file["patterns/bits"][number], bitorder="little")
            return np.flatnonzero(bits).astype(np.uint32)
        start, end = self._file["patterns/offsets"][number : number + 2]
        members: npt.NDArray[np.uint32] = self._file["patterns/members"][start:end]
        return members

    @property
    def patterns(self) -> list[npt.NDArray[np.uint32]]:
        """Members of every pattern."""
        return [self.pattern(number) for number in range(self.pattern_count)]

    @property
    def pattern_population(self) -> str | None:
        """The population in which the patterns live."""
        return _text(self._file["patterns"].attrs["population"]) if "patterns" in self._file else None

    @property
    def overlaps(self) -> Overlaps:
        """Overlaps with every pattern."""
        times, values, unit = self._trace("overlaps")
        return Overlaps(times, values, unit)

    @property
    def further_populations(self) -> list[str]:
        """Further populations with patterns of their own, of the same numbers as those of :attr:`pattern_population`."""
        if "patterns" not in self._file:
            return []
        return [name for name, item in self._file["patterns"].items() if isinstance(item, h5py.Group)]

    def further_patterns(self, population: str) -> list[npt.NDArray[np.uint32]]:
        """Members of every pattern of a further population."""
        if population not in self.further_populations:
            raise NotRecordedError(f"{self.path.name} has no further patterns in {population!r}; there are {self.further_populations}")
        group = self._file["patterns"][population]
        offsets, members = group["offsets"][:], group["members"][:]
        return [members[start:end] for start, end in zip(offsets[:-1], offsets[1:], strict=True)]

    def further_overlaps(self, population: str) -> Overlaps:
        """Overlaps of a further population with every pattern of its own."""
        times, values, unit = self._trace(f"overlaps/{population}")
        return Overlaps(times, values, unit)

    @property
    def energy(self) -> Trace:
        """The energy of a Hopfield network."""
        return Trace(*self._trace("energy"))

    @property
    def residual(self) -> Trace:
        """How far a rate network is from a fixed point: the largest abs(-r + phi(u + W r))."""
        return Trace(*self._trace("residual"))

    @property
    def states(self) -> npt.NDArray[np.bool_]:
        """Which neurons of a Hopfield network were on, shape (T, N), the start first."""
        if "states" not in self._at:
            raise self._absent("states", "states")
        rows = len(self.energy.times)
        bits = np.unpackbits(self._at["states/value"][:rows], axis=1, bitorder="little")
        return bits[:, : int(self.config["network"]["size"])].astype(bool)

    def rates(self, population: str) -> Rates:
        """The rate of a population; that of a rate network is called "network"."""
        self._group("rates", population)
        times, values, _ = self._trace(f"rates/{population}")
        return Rates(times, values)

    def voltages(self, population: str) -> Voltages:
        """Recorded potentials of a population."""
        group = self._group("report", population)
        start, _, every = group["mapping/time"][:]
        values = group["data"][:]
        if not self.complete:
            written = np.flatnonzero(~np.isnan(values).all(axis=1))
            values = values[: written[-1] + 1 if len(written) else 0]
        return Voltages(start + every * np.arange(len(values)), group["mapping/node_ids"][:], values)

    @property
    def stimuli(self) -> list[Stimulus]:
        """The stimuli, in the order of the configuration."""
        rows = self._file["stimuli"][:] if "stimuli" in self._file else ()
        return [
            Stimulus(
                _text(row["kind"]),
                _text(row["target"]),
                int(row["pattern"]) if row["pattern"] >= 0 else None,
                float(row["start_ms"]),
                float(row["stop_ms"]),
                float(row["amplitude_mV" if "amplitude_mV" in row.dtype.names else "amplitude"]),
            )
            for row in rows
        ]

    def spiketrains(self, population: str, neurons: Iterable[int] | None = None) -> list[Any]:
        """Spikes as Neo's SpikeTrains, one a neuron, silent ones too; what elephant takes. Needs ``neo``."""
        import neo
        import quantities as pq

        wanted = range(self.size(population)) if neurons is None else [int(neuron) for neuron in neurons]
        times, ids = self.spikes(population)
        order = np.argsort(ids, kind="stable")
        times, ids = times[order], ids[order]
        stop = self.duration_ms
        trains = []
        for neuron in wanted:
            own = times[np.searchsorted(ids, neuron) : np.searchsorted(ids, neuron, side="right")]
            # A step's end may lie a bit beyond the duration as floats go.
            train = neo.SpikeTrain(np.minimum(own, stop) * pq.ms, t_start=0 * pq.ms, t_stop=stop * pq.ms)
            train.annotate(population=population, neuron=neuron)
            trains.append(train)
        return trains

    @property
    def duration_ms(self) -> float:
        """The length of the run as configured, ms. A Hopfield network has none: it goes in sweeps."""
        if "duration" not in self.config:
            raise NotRecordedError(f"{self.path.name} goes in sweeps, not in time; config['sweeps'] says how many at most")
        return milliseconds(self.config["duration"])

    def plot(self, patterns: Sequence[int] | None = None) -> Figure:
        """A quick picture: raster, overlaps and rates, patterns in colour. Needs ``matplotlib``.

        `patterns` are by default those that were cued or came to an overlap of 0.5. `attractor plot` draws a finer one.
        """
        from attractor_results._drawing import draw

        return draw(self, patterns)

    def _group(self, kind: str, population: str) -> h5py.Group:
        if kind in self._at and population in self._at[kind]:
            return self._at[kind][population]
        there = _ordered(self._at.get(kind, ()), self.config)
        what = f"{_PARTS[kind].what} of {population!r}"
        if there:
            raise NotRecordedError(f"{self.path.name} has no {what}; there is {', '.join(there)}")
        raise self._absent(kind, what)

    def _absent(self, kind: str, what: str) -> NotRecordedError:
        """Why a part of the file is not there, and what would give it."""
        part, name, count = _PARTS[kind], self.path.name, len(self.trials)
        if self.model not in part.record:
            return NotRecordedError(f"{name} has no {what}: only runs of the model {' and '.join(part.record)} have {part.what}")
        if count:
            return NotRecordedError(f"{name} has {count} trials, each with its own {part.what}: ask trials[0] to trials[{count - 1}]")
        return NotRecordedError(f"{name} has no {what}; {part.record[self.model]}")

    def _trace(self, path: str) -> tuple[FloatArray, Any, str]:
        if path not in self._at:
            raise self._absent(path.split("/")[0], path)
        times = self._at[path]["time"][:]
        values = self._at[path]["value"][:]
        rows = min(int((~np.isnan(times)).sum()), len(values))
        unit = _text(self._at[path]["time"].attrs.get("units", "ms"))
        return times[:rows], values[:rows], unit


def open(path: str | os.PathLike[str]) -> Run:
    """Opens a results file: finished, being written, or left by a run that was killed.

    Raises FileNotFoundError if there is none, NotResultsError if it is something else or cut off.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    being_written = _check(path)
    try:
        file = h5py.File(path, "r", swmr=being_written)
    except OSError as error:
        raise NotResultsError(f"{path} cannot be opened as HDF5: {error}") from None
    if file.attrs.get("magic") != _MAGIC or "attractor_version" not in file.attrs:
        file.close()
        raise NotResultsError(f"{path} is no results file of `attractor run`")
    return Run(file, path)


def _check(path: Path) -> bool:
    """Whether a writer is at work on the file or died; looked up in HDF5's superblock, without HDF5.

    HDF5 refuses such a file unless it is opened with SWMR, and with SWMR waits for ever for the end of one that is cut off.
    """
    with path.open("rb") as file:
        head = file.read(36)
    if head[:8] != b"\x89HDF\r\n\x1a\n":
        raise NotResultsError(f"{path} is not an HDF5 file")
    if len(head) < 36 or head[8] < 2:
        raise NotResultsError(f"{path} is no results file of `attractor run`")
    being_written = bool(head[11] & 0b101)
    needs, has = int.from_bytes(head[28:36], "little"), path.stat().st_size
    if not being_written and needs > has:
        raise NotResultsError(f"{path} is cut off: it has {has} bytes of {needs}; copy it again")
    return being_written


#: The units of time that configurations take; micro is there as U+00B5 and as the Greek letter.
_MILLISECONDS = {"ns": 1e-6, "us": 1e-3, "\u00b5s": 1e-3, "\u03bcs": 1e-3, "ms": 1.0, "s": 1e3, "min": 6e4}


def milliseconds(text: str) -> float:
    """A time as configurations write it, such as "4.5 s", in ms."""
    unit = text.lstrip("+-.0123456789eE_ ")
    if unit not in _MILLISECONDS:
        raise ValueError(f"{text!r} is no time: its unit is to be one of {', '.join(_MILLISECONDS)}")
    return float(text.removesuffix(unit)) * _MILLISECONDS[unit]


def _text(value: object) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def _ordered(names: Iterable[str], config: dict[str, Any]) -> list[str]:
    there = list(names)
    return [name for name in config.get("populations", there) if name in there]


def _first_after(times: h5py.Dataset, time_ms: float, count: int) -> int:
    """The first row whose time is later, found by halving."""
    if time_ms == np.inf or count == 0:
        return count
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if times[middle] <= time_ms + 1e-6:
            low = middle + 1
        else:
            high = middle
    return low
