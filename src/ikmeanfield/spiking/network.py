"""Simulation of a circuit as a network of spiking neurons."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Real
from types import ModuleType
from typing import TYPE_CHECKING, Any, get_args

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.arguments import numbers, one_of, positive, refuse, whole_number
from ikmeanfield.circuit import Circuit, checked_circuit
from ikmeanfield.datasets import SERIES, synapse_labels, time_series
from ikmeanfield.heterogeneity import Draw, differences
from ikmeanfield.inputs import Current, currents, step_means
from ikmeanfield.progress import reporting
from ikmeanfield.spiking import (
    conductances,
    euler,
    exact,
    flow,
    layout,
    noise,
    passes,
    series,
    sparse,
)
from ikmeanfield.spiking.compiled import renew_together
from ikmeanfield.spiking.flow import MAX_SPIKES
from ikmeanfield.spiking.layout import (
    SPIKES_FULL,
    TOO_MANY_SPIKES,
    State,
    synapses,
)
from ikmeanfield.spiking.recording import (
    Spikes,
    checked_series,
    empty_log,
    empty_records,
    physical,
    watch,
    with_spikes,
)
from ikmeanfield.spiking.wiring import Wiring, shuffled, stirred_by, wire
from ikmeanfield.stepping import (
    Precision,
    Scheme,
    check_scheme,
    check_step,
    default_step,
    whole_ratio,
)

if TYPE_CHECKING:
    import xarray as xr

FloatArray = NDArray[np.float64]
Progress = Callable[[float], None]

MEANS = 4000
"""Steps for which the means of the input currents are computed at once, to bound the memory."""

OF_NEURONS = ("current", "conductance", "force", "field")
"""What `layout.Variety` holds for every neuron."""

SHORTEST = 100
"""Fewest steps that a kernel is called for, unless somebody counts them: a call has its cost."""

REAL: dict[str, type[np.floating]] = {"double": np.float64, "single": np.float32}

SCHEMES: dict[str, ModuleType] = {"exact": exact, "euler": euler}
renew_together([series, flow, layout, noise, passes, conductances, exact, euler, sparse])


class SimulationError(RuntimeError):
    """A run failed; the message names the population, the neuron and the parameters."""


class Network:
    """A circuit's spiking neurons: how they differ, their state, and how to advance it.

    Parameters
    ----------
    circuit
        What is simulated.
    step
        Step in ms; by default the longest recommended one that divides 1 ms.
    scheme
        ``"exact"`` (Möbius steps, second order) or ``"euler"`` (the paper's, first order).
    thresholds
        ``"quantiles"`` or ``"random"``, see `heterogeneity.Law.sample`: how neurons sample the
        laws of their thresholds and of what else differs between them.
    seed
        Seed of the random draws, and of the noise of single neurons.
    precision
        ``"double"``, or ``"single"`` for the potentials and recovery variables of single neurons:
        about twice as fast, with rounding errors far below those of the step.

    Notes
    -----
    Neurons start at rest: v = v_r, u = 0, s = 0. They are ordered by threshold; in a circuit with
    sparse synapses, by their places, where thresholds have a random order. `neurons` tells
    by population how they differ (see `heterogeneity.Differences`). The same
    arguments give the same numbers however a run is cut into calls of `run`.
    """

    def __init__(
        self,
        circuit: Circuit,
        *,
        step: float | None = None,
        scheme: Scheme = "exact",
        thresholds: Draw = "quantiles",
        seed: int = 0,
        precision: Precision = "double",
    ) -> None:
        one_of("scheme", scheme, SCHEMES)
        one_of("thresholds", thresholds, get_args(Draw))
        one_of("precision", precision, REAL)
        self.circuit = checked_circuit(circuit)
        self.scheme: Scheme = scheme
        self.precision: Precision = precision
        self.step = default_step(scheme, 1.0) if step is None else positive("step", step, "ms")
        check_step(circuit, self.step)
        self.draw: Draw = thresholds
        self.seed = whole_number("seed", seed, least=0)
        self.steps_done = 0
        check_scheme(circuit, scheme, precision)
        self._kernel = sparse if circuit.sparse else SCHEMES[scheme]
        with np.errstate(all="ignore"):  # what overflows here is noticed in the run
            rng = np.random.default_rng(self.seed)
            self.neurons = differences(circuit.populations, self.draw, rng)
            if circuit.sparse:
                self.neurons = shuffled(self.neurons, rng)
            cells = self._kernel.cells(circuit, self.step, self.neurons)
            self._cells = rounded(cells, ("half",), precision)
            self._key = np.array([noise.noise_key(self.seed)])
            self._wiring = wire(circuit, rng) if circuit.sparse else None
            self._various = self._variety()
            self._synapses = synapses(circuit, self.step)
            self._scale, self._origin, self._recovery_scale = self._kernel.scales(
                circuit, self.step
            )
            self._state = self._at_rest()

    @property
    def time(self) -> float:
        """Network time in ms."""
        return self.steps_done * self.step

    @property
    def nbytes(self) -> int:
        """Memory held by the network's arrays in bytes."""
        arrays = (*self._state, *self._cells, *self._various, *self.neurons.values())
        return sum(array.nbytes for array in arrays)

    @property
    def thresholds(self) -> dict[str, FloatArray]:
        """The neurons' spiking thresholds in mV, by population."""
        return {name: each.threshold for name, each in self.neurons.items()}

    def snapshot(self) -> tuple[int, State]:
        """The present state, to come back to with `restore`."""
        return self.steps_done, self._state.copy()

    def restore(self, snapshot: tuple[int, State]) -> None:
        """Return to a state that `snapshot` gave."""
        self.steps_done, state = snapshot
        self._state = state.copy()

    def potentials(self, population: str) -> FloatArray:
        """Membrane potentials of a population's neurons in mV, in the order of thresholds."""
        p, block = self._block(population)
        return np.asarray(self._state.v[block] / self._scale[p] + self._origin[p])

    def recovery(self, population: str) -> FloatArray:
        """Recovery variables of a population in pA: one per neuron, or a single one."""
        p, block = self._block(population)
        own = self.circuit.populations[population].recovery == "neuron"
        values = self._state.u[block] if own else self._state.shared[p : p + 1]
        return np.asarray(values / self._recovery_scale[p])

    def set_state(
        self,
        *,
        potentials: Mapping[str, FloatArray] | None = None,
        recovery: Mapping[str, FloatArray | float] | None = None,
        activation: FloatArray | None = None,
    ) -> None:
        """Set potentials (mV) and recovery variables (pA) by population, activations in order."""
        for name, values in (potentials or {}).items():
            p, block = self._block(name)
            shape = () if np.ndim(values) == 0 else self._state.v[block].shape
            given = numbers(f"potentials[{name!r}]", values, shape, finite=False)
            self._state.v[block] = (given - self._origin[p]) * self._scale[p]
        for name, value in (recovery or {}).items():
            p, block = self._block(name)
            own = self.circuit.populations[name].recovery == "neuron"
            target = self._state.u[block] if own else self._state.shared[p : p + 1]
            shape = () if np.ndim(value) == 0 else target.shape
            given = numbers(f"recovery[{name!r}]", value, shape, finite=False)
            target[:] = given * self._recovery_scale[p]
        if activation is not None:
            self._state.s[:] = numbers("activation", activation, self._state.s.shape, finite=False)
        exact.forget(self._state)

    def with_circuit(self, circuit: Circuit) -> Network:
        """The same neurons, with the same draws and in the present state, in another circuit.

        Raises
        ------
        ValueError
            If its populations and synapses are not the same, or not of the same sizes.
        """
        other = Network(
            circuit, step=self.step, scheme=self.scheme, thresholds=self.draw, seed=self.seed,
            precision=self.precision,
        )  # fmt: skip
        names = list(self.circuit.populations)
        sizes, theirs = (
            [(name, p.size, list(p.synapses), p.recovery) for name, p in c.populations.items()]
            for c in (self.circuit, circuit)
        )
        if sizes != theirs:
            msg = f"circuit: its neurons and synapses must be {sizes}, not {theirs}"
            raise ValueError(msg)
        other.set_state(
            potentials={name: self.potentials(name) for name in names},
            recovery={name: self.recovery(name) for name in names},
            activation=self._state.s,
        )
        other.steps_done = self.steps_done
        return other

    def first_neuron(self, population: str) -> int:
        """Number of a population's first neuron, counted over all populations."""
        return int(self._block(population)[1].start)

    def set_pattern(self, currents: Mapping[str, FloatArray]) -> None:
        """Give neurons a constant current of their own, on top of all that they receive.

        Parameters
        ----------
        currents
            By population, in pA, one per neuron in the order of `neurons`. It holds until the
            next call; a population that is not named has none.

        Raises
        ------
        ValueError
            If a population does not exist, or the number of currents is not that of its neurons.
        """
        given = {}
        for name, values in currents.items():
            self._block(name)
            shape = (self.circuit.populations[name].size,)
            given[name] = numbers(f"currents[{name!r}]", values, shape)
        self._various = self._variety(given)

    def run(
        self,
        inputs: Mapping[str, Current | float] | None = None,
        *,
        duration: float,
        sample: float,
        record: Sequence[str] | None = None,
        spikes: Mapping[str, Sequence[int]] | None = None,
        progress: Progress | None = None,
    ) -> xr.Dataset:
        """Advance the network and record population means.

        Parameters
        ----------
        inputs
            Input current by population, in network time: a current or, for a constant one, a
            number in pA. A population that is not named receives its constant `input_current`.
        duration, sample
            Length of the run and sampling interval in ms: whole multiples of the sample
            interval and of the step.
        record
            Names of the series to keep, of `RECORDABLE`; by default all. Rates are spikes
            counted over the sample interval; the others are means at the sample times.
        spikes
            Neurons whose spike times are kept: their indices by population, in the order of
            thresholds, for example ``{"rs": range(100)}``.
        progress
            Called with the fraction done, about fifty times. Without it, a run of more than two
            seconds shows its progress in a terminal or a notebook (see
            `ikmeanfield.show_progress`).

        Returns
        -------
        xarray.Dataset
            Dimensions (population or synapse, time), time in ms at the end of every interval.
            With `spikes` also the ragged arrays `spike_time` (ms), `spike_neuron` and
            `spike_population`, one entry per spike along the dimension `spike`, in order of time.

        Raises
        ------
        TypeError
            If `inputs`, `record` or `spikes` is not of a kind that is understood.
        ValueError
            If the times do not divide each other, or a name or a neuron does not exist.
        SimulationError
            If the state is no longer finite or a neuron spikes too often within a step.
        """
        watched = watch(self.circuit, {} if spikes is None else spikes)
        series, found = self._carry(inputs, duration, sample, record, watched, progress)
        attributes: dict[str, str | float] = {
            "model": "spiking network",
            "scheme": self.scheme,
            "precision": self.precision,
            "step": self.step,
            "thresholds": self.draw,
            "seed": self.seed,
        }
        dataset = time_series(self.circuit, series.pop("time"), series, attributes)
        return dataset if spikes is None else with_spikes(dataset, self.circuit, found)

    def advance(
        self,
        inputs: Mapping[str, Current | float] | None = None,
        *,
        duration: float,
        sample: float,
        record: Sequence[str] | None = None,
        spikes: Mapping[str, Sequence[int]] | None = None,
        progress: Progress | None = None,
    ) -> dict[str, FloatArray]:
        """Advance the network and return population means as arrays without labels.

        The same as `run`, at less cost per call: a Dataset takes longer to make than a short run
        of a small network.

        Parameters
        ----------
        inputs, duration, sample, record, spikes, progress
            See `run`.

        Returns
        -------
        dict of ndarray
            ``time`` in ms at the end of every interval, shape (samples,), and the recorded series
            by name, of shape (populations or synapses, samples), in the circuit's order and in
            the units of `run`. With `spikes` also ``spike_time`` in ms and ``spike_neuron``,
            counted over all populations, of shape (spikes,), in order of time step by step.

        Raises
        ------
        TypeError, ValueError, SimulationError
            As `run` does.
        """
        watched = watch(self.circuit, {} if spikes is None else spikes)
        found, trains = self._carry(inputs, duration, sample, record, watched, progress)
        if spikes is not None:
            numbers_of = [neurons.astype(float) for neurons, _ in trains] or [np.zeros(0)]
            found["spike_neuron"] = np.concatenate(numbers_of)
            found["spike_time"] = np.concatenate([times for _, times in trains] or [np.zeros(0)])
        return found

    def _carry(
        self,
        inputs: Mapping[str, Current | float] | None,
        duration: float,
        sample: float,
        record: Sequence[str] | None,
        watched: NDArray[np.int64],
        progress: Progress | None,
    ) -> tuple[dict[str, FloatArray], list[Spikes]]:
        """Advance the network; return time and series, and neurons and times (ms) of spikes."""
        stride = whole_ratio(sample, self.step, "sample", "step")
        samples = whole_ratio(duration, sample, "duration", "sample")
        record = checked_series(record)
        if progress is not None and not callable(progress):
            refuse("progress", progress, "a function of the fraction done, or None", TypeError)
        records = empty_records(self.circuit, samples, record)
        given = list(currents(self.circuit, inputs).values())
        means, ends = np.zeros((0, len(given))), 0  # of the input currents, up to step `ends`
        began = self.steps_done
        self._state.spikes[:] = 0
        found: list[Spikes] = []
        total = samples * stride
        chunk = max(SHORTEST if progress is None else 1, total // 50)
        log = empty_log(watched)
        with reporting("simulating the network") as task:
            tell = progress or task.update
            while (done := self.steps_done - began) < total:
                if done == ends:
                    ends = min(done + MEANS, total)
                    means = step_means(given, self.steps_done, ends - done, self.step)
                ahead = means[len(means) - (ends - done) :][:chunk]
                status, carried, population, neuron = self._kernel.advance(
                    self.steps_done, len(ahead), stride, done, self._cells, self._various,
                    self._synapses, ahead, self._state, records, log,
                )  # fmt: skip
                self.steps_done += carried
                if log.filled[0]:
                    kept = slice(0, int(log.filled[0]))
                    found.append((log.neuron[kept].copy(), log.time[kept] * self.step))
                    log.filled[0] = 0
                if status not in (0, SPIKES_FULL):
                    raise self._failure(status, population, neuron)
                now = self.steps_done - began
                if 50 * now // total > 50 * done // total:
                    tell(now / total)
        scales = self._scale, self._origin, self._recovery_scale
        series = physical(self.circuit, scales, records, record, stride * self.step)
        time = np.asarray((began + stride * np.arange(1, samples + 1)) * self.step, dtype=float)
        self._check(series, time)
        return {"time": time, **series}, found

    def _variety(self, added: Mapping[str, FloatArray] | None = None) -> layout.Variety | Wiring:
        """What differs between neurons, with currents in pA that are added to their own."""
        neurons = {
            name: replace(each, current=(each.current if each.current.size else 0.0) + added[name])
            if added and name in added else each
            for name, each in self.neurons.items()
        }  # fmt: skip
        various: layout.Variety = self._kernel.various(self.circuit, self.step, neurons)
        various = rounded(various._replace(key=self._key), OF_NEURONS, self.precision)
        return various if self._wiring is None else stirred_by(self._wiring, various)

    def _block(self, population: str) -> tuple[int, slice]:
        names = list(self.circuit.populations)
        if population not in names:
            msg = f"no population {population!r}; the circuit has {', '.join(names)}"
            raise ValueError(msg)
        p = names.index(population)
        return p, slice(int(self._cells.offset[p]), int(self._cells.offset[p + 1]))

    def _at_rest(self) -> State:
        populations = list(self.circuit.populations.values())
        size = sum(p.size for p in populations)
        activations = self._synapses.target.size
        if self._wiring is not None:
            activations = int(self._wiring.start[-1])
        rest = [
            np.full(p.size, (p.resting_potential - origin) * scale)
            for p, origin, scale in zip(populations, self._origin, self._scale, strict=True)
        ]
        state = State(
            v=np.concatenate(rest),
            u=np.zeros(size),
            shared=np.zeros(len(populations)),
            shared_past=np.zeros((exact.PAST, len(populations))),
            s=np.zeros(activations),
            s_past=np.zeros((exact.PAST, activations)),
            spikes=np.zeros(len(populations), dtype=np.int64),
        )
        kept: State = rounded(state, ("v", "u"), self.precision)
        return kept

    def _check(self, series: Mapping[str, FloatArray], time: FloatArray) -> None:
        """Refuse samples that are not finite: an overflow in the last step, or of a unit."""
        for name, values in series.items():
            rows, columns = np.nonzero(~np.isfinite(values))
            if rows.size:
                if name == "synaptic_activation":
                    whose = f"synapse {synapse_labels(self.circuit)[rows[0]]}"
                else:
                    whose = f"population {list(self.circuit.populations)[rows[0]]}"
                raise self._error(
                    f"the {SERIES[name][1]} of {whose} is not finite: take a shorter step or "
                    "check the parameters",
                    float(time[columns.min()]),
                )

    def _failure(self, status: int, population: int, neuron: int) -> SimulationError:
        name = list(self.circuit.populations)[population]
        if status == TOO_MANY_SPIKES:
            what = f"spikes more than {MAX_SPIKES} times in one step: take a shorter step"
        else:
            what = "has a potential that is not finite: take a shorter step or check the parameters"
        who = f"neuron {neuron} of population {name}" if neuron >= 0 else f"population {name}"
        return self._error(f"{who} {what}", self.time)

    def _error(self, what: str, time: float) -> SimulationError:
        return SimulationError(
            f"{what} (t = {time:g} ms, scheme {self.scheme}, step {self.step:g} ms)\n{self.circuit}"
        )


def rounded(arrays: Any, names: Sequence[str], precision: Precision) -> Any:
    """The same named tuple of arrays, with those of the given names in a precision."""
    if precision == "double":
        return arrays
    return arrays._replace(
        **{name: getattr(arrays, name).astype(REAL[precision]) for name in names}
    )


def simulate(
    circuit: Circuit,
    inputs: Mapping[str, Current | float] | None = None,
    *,
    duration: float,
    sample: float,
    step: float | None = None,
    scheme: Scheme = "exact",
    thresholds: Draw = "quantiles",
    seed: int = 0,
    precision: Precision = "double",
    record: Sequence[str] | None = None,
    spikes: Mapping[str, Sequence[int]] | None = None,
    progress: Progress | None = None,
) -> xr.Dataset:
    """Simulate a circuit as a spiking network from rest.

    Parameters
    ----------
    circuit
        Populations, synapses and parameters.
    inputs
        Input current by population: a number in pA, or a current made by `constant`, `steps` or
        `ramp`. A population that is not named receives its constant `input_current`.
    duration, sample
        Length of the run and sampling interval in ms.
    step
        Step in ms; by default the longest recommended one that divides the sampling interval.
    scheme, thresholds, seed, precision
        See `Network`.
    record, spikes, progress
        See `Network.run`.

    Returns
    -------
    xarray.Dataset
        As `Network.run` describes; with `spikes`, spike times of the chosen neurons too.
    """
    one_of("scheme", scheme, SCHEMES)
    if step is None and isinstance(sample, Real):
        step = default_step(scheme, float(sample))
    network = Network(
        circuit, step=step, scheme=scheme, thresholds=thresholds, seed=seed, precision=precision
    )
    return network.run(
        inputs, duration=duration, sample=sample, record=record, spikes=spikes, progress=progress
    )


def compile_kernels(*names: str) -> None:
    """Compile kernels (default: all), or load them from the cache; names as in `stepping`."""
    from ikmeanfield.circuit import regular_spiking  # noqa: PLC0415

    circuit = regular_spiking().replace({"rs.size": 2})
    some = circuit.replace({"rs.ampa.connectivity": "random"})
    every: dict[str, list[Network]] = {
        "exact": [Network(circuit), Network(some)],
        "exact_single": [Network(circuit, precision="single")],
        "euler": [Network(circuit, scheme="euler")],
    }
    for name in names or every:
        for network in every[name]:
            network.run(duration=1.0, sample=1.0)
