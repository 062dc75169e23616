"""The stationary states of a circuit as N → ∞, as a problem for continuation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from typing import ClassVar, get_args

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.continuation.problem import Problem
from ikmeanfield.heterogeneity import LAWS, TruncatedGaussian, half_ranges
from ikmeanfield.inputs import Current, currents
from ikmeanfield.theories.mean_field.equations import (
    ABSENT_AT_ZERO,
    POPULATION_PARAMETERS,
    POPULATION_VARIABLES,
    Layout,
)
from ikmeanfield.theories.mean_field.equations import layout as mean_field_layout
from ikmeanfield.theories.parameters import in_free_parameters
from ikmeanfield.theories.protocol import Question, StateLimit
from ikmeanfield.theories.stationary.population import (
    Averages,
    Neurons,
    StationaryError,
    averages,
)
from ikmeanfield.theories.stationary.settings import (
    History,
    StationarySettings,
    check_differences,
)
from ikmeanfield.theories.stationary.spread import Spread
from ikmeanfield.theories.stationary.table import Table, table_of

FloatArray = NDArray[np.float64]

LAG = 0.01
"""Time in ms with which rates and mean potentials follow the drive in `Stationary.field`."""

_USES = 10
"""Evaluations after which firing states are interpolated: a table costs half as many.

A curve in two parameters of which one enters the cycles asks up to so many times for the same ones.
"""

_KEPT = 8  # counts of uses at a time

_ARGUMENTS = (
    "capacitance",
    "leakage",
    "resting_potential",
    "threshold",
    "recovery_time",
    "recovery_coupling",
    "adaptation",
    "peak_potential",
    "reset_potential",
)
"""Parameters of `Neurons` that are those of a population."""


@dataclass(frozen=True)
class Stationary:
    """Stationary, asynchronous states of a circuit in the limit of infinitely many neurons.

    Every neuron sees constant activations s, so its firing or resting state follows from its own
    equations (Eqs. 1-2 or 26-27), with finite reset, truncated laws and its own recovery
    variable; the activations follow from the average rates. Variables, units and parameters are
    those of `MeanField`, with each population's ``truncation``, and what other half-ranges the
    circuit gives, as further parameters.

    Attributes
    ----------
    circuit
        Populations, synapses and parameters. Where a population gives no truncation, the
        parameter starts from threshold − resting_potential and does not follow them; conductances
        that differ keep the half-range that they have in the circuit.
    infinite_reset, full_lorentzian, shared_recovery
        The mean field's three assumptions, each on or off: peak and reset at ±∞; laws not
        truncated; one recovery variable for all neurons of a population. With all three on, the
        equilibria are those of the mean field without reset correction wherever r > 0, if neurons
        differ in one parameter or by one quantile.
    history
        Neurons that can both rest and fire are taken as reached from rest (``"below"``) or from
        firing (``"above"``).
    nodes
        Gauss-Legendre nodes in every panel of the axis of what differs.

    Notes
    -----
    Only equilibria of `field` and their zero eigenvalues (folds, branch points) have a meaning:
    in it rates follow the drive within `LAG`, which networks do not. Whether an asynchronous
    state is stable is what `stability` computes.
    """

    circuit: Circuit
    infinite_reset: bool = False
    full_lorentzian: bool = False
    shared_recovery: bool = False
    history: History = "below"
    nodes: int = 16

    title: ClassVar[str] = StationarySettings.title
    answers: ClassVar[frozenset[Question]] = StationarySettings.answers
    bifurcations: ClassVar[frozenset[str]] = frozenset({"LP", "BP", "CP"})

    def __post_init__(self) -> None:
        check_differences(
            self.circuit, infinite_reset=self.infinite_reset, full_lorentzian=self.full_lorentzian
        )
        if self.history not in get_args(History):
            allowed = " or ".join(repr(name) for name in get_args(History))
            msg = f"history = {self.history!r}: must be {allowed}"
            raise ValueError(msg)
        if self.nodes < 2:
            msg = f"nodes = {self.nodes}: at least two Gauss-Legendre nodes are needed"
            raise ValueError(msg)

    @cached_property
    def layout(self) -> Layout:
        """Where variables and parameters sit in their vectors; half-ranges come last."""
        layout = mean_field_layout(self.circuit)
        cutoffs = tuple(
            path for path, limit in self._half_ranges.items()
            if np.isfinite(limit) and (path.count(".") == 1 or self.circuit.get(path) is not None)
        )  # fmt: skip
        return Layout(
            layout.variables, layout.parameters + cutoffs, layout.populations, layout.synapses,
            layout.weights,
        )  # fmt: skip

    @cached_property
    def _half_ranges(self) -> dict[str, float]:
        """The half-range in effect of all that may differ, by the path that may give it."""
        return {
            f"{name}.{field}": limit
            for name, population in self.circuit.populations.items()
            for field, limit in half_ranges(population).items()
        }

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables in order, such as ``rs.firing_rate``."""
        return self.layout.variables

    @cached_property
    def parameters(self) -> Mapping[str, float]:
        """Names (paths of the circuit) and values of the parameters, in order."""
        known = self._half_ranges
        return {
            path: float(known[path] if path in known else self.circuit.get(path))
            for path in self.layout.parameters
        }

    @property
    def attributes(self) -> dict[str, str | float]:
        """The assumptions and the history, as attributes of datasets."""
        switches = ("infinite_reset", "full_lorentzian", "shared_recovery")
        chosen = {name: "on" if getattr(self, name) else "off" for name in switches}
        return {**chosen, "history": self.history}

    @property
    def limits(self) -> dict[str, StateLimit]:
        """None: the theory holds for all rates and potentials that it gives."""
        return {}

    def outside_domain(self, y: FloatArray, p: FloatArray) -> str:
        """Why the theory is not defined at a state, such as irregular firing; empty elsewhere."""
        try:
            self.averages(y, p)
        except StationaryError as error:
            return str(error)
        return ""

    def neurons(
        self, population: str, p: FloatArray | None = None, y: FloatArray | None = None
    ) -> Neurons:
        """The neurons of a population, with the assumptions that are switched on.

        Without a state y, all activations are zero.
        """
        p = np.array(list(self.parameters.values())) if p is None else p
        y = np.zeros(len(self.variables)) if y is None else y
        i = list(self.circuit.populations).index(population)
        q = self.layout.populations[i, 1]
        known = dict(zip(POPULATION_PARAMETERS, map(float, p[q:]), strict=False))
        given = {name: known[name] for name in _ARGUMENTS}
        if self.infinite_reset:
            given |= {"peak_potential": np.inf, "reset_potential": -np.inf}
        return Neurons(
            **given,
            shared=self.shares(population),
            history=self.history,
            nodes=self.nodes,
            spreads=tuple(self._spreads(i, population, known, y, p)),
        )

    def _spreads(
        self, i: int, name: str, known: Mapping[str, float], y: FloatArray, p: FloatArray
    ) -> Iterator[Spread]:
        """What differs between the neurons of the i-th population.

        Currents come first: firing sets in at one place of their axis, which may be very long.
        """
        gaussian = issubclass(LAWS[self.circuit.populations[name].law], TruncatedGaussian)
        if known["current_width"] > 0:
            yield Spread(
                "background currents", known["input_current"], "pA", known["current_width"],
                self._half_range(f"{name}.current_truncation", p), gaussian, 0.0, 1.0,
            )  # fmt: skip
        if known["threshold_width"] > 0:
            yield Spread(
                "thresholds", known["threshold"], "mV", known["threshold_width"],
                self._half_range(f"{name}.truncation", p), gaussian,
                known["leakage"], known["current_slope"],
            )  # fmt: skip
        first, last = self.layout.populations[i, 2:]
        labels = self.circuit.populations[name].synapses
        for j, (label, (s, q)) in enumerate(
            zip(labels, self.layout.synapses[first:last], strict=True)
        ):
            conductance, reversal, _, width = (float(value) for value in p[q : q + 4])
            if width > 0 and y[s] != 0:
                push = reversal - known["resting_potential"]
                size, sign = abs(float(y[s])), float(np.sign(y[s]))  # laws are symmetric
                yield Spread(
                    f"conductances of {label}", conductance, "nS", width,
                    self._half_range(f"{name}.{label}.conductance_truncation", p), gaussian,
                    size, size * push, j, (sign, sign * push),
                )  # fmt: skip

    def _half_range(self, path: str, p: FloatArray) -> float:
        """The half-range in effect, at the values p of the parameters."""
        if self.full_lorentzian:
            return np.inf
        if path in self.layout.parameters:
            return float(p[self.layout.parameters.index(path)])
        return self._half_ranges[path]

    def shares(self, population: str) -> bool:
        """Whether the neurons of a population have one recovery variable."""
        return self.shared_recovery or self.circuit.populations[population].recovery != "neuron"

    def drive(self, i: int, y: FloatArray, p: FloatArray) -> tuple[float, float]:
        """Q in pA and G in nS of the i-th population (see `averages`)."""
        o, q, first, last = self.layout.populations[i]
        v_r = p[q + POPULATION_PARAMETERS.index("resting_potential")]
        Q, G = float(p[q + POPULATION_PARAMETERS.index("input_current")]), 0.0
        for s, synapse in self.layout.synapses[first:last]:
            conductance = float(p[synapse] * y[s])
            Q += conductance * float(p[synapse + 1] - v_r)
            G += conductance
        if self.shares(list(self.circuit.populations)[i]):
            Q -= float(y[o + 2])
        return Q, G

    def averages(self, y: FloatArray, p: FloatArray) -> list[Averages]:
        """Stationary averages of every population at the activations (and shared u) in y."""
        key = np.asarray(y, dtype=float).tobytes() + np.asarray(p, dtype=float).tobytes()
        if key not in self._latest:
            found = []
            for i, name in enumerate(self.circuit.populations):
                neurons = self.neurons(name, p, y)
                found.append(averages(neurons, *self.drive(i, y, p), self._table(neurons)))
            self._latest.clear()
            self._latest[key] = found
        return self._latest[key]

    @cached_property
    def _latest(self) -> dict[bytes, list[Averages]]:
        """The averages at the last point: field and Jacobian ask for the same ones."""
        return {}

    def _table(self, neurons: Neurons) -> Table | None:
        """The table of neurons that have been asked for often enough to be worth one."""
        if not neurons.may_tabulate:
            return None
        key = neurons.cycle_arguments
        uses = self._uses.pop(key, 0)
        self._uses[key] = uses + 1
        if len(self._uses) > _KEPT:
            del self._uses[next(iter(self._uses))]
        many = len(neurons.spreads) > 1
        return table_of(key) if many or uses >= _USES else None

    @cached_property
    def _uses(self) -> dict[tuple[float, ...], int]:
        """How often neurons have been asked for, by what a cycle depends on, the latest last."""
        return {}

    def field(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """Relaxation of rates and potentials to their stationary averages; Eqs. 24-25. Per ms."""
        y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
        dy = np.zeros(len(y))
        for i, mean in enumerate(self.averages(y, p)):
            o, q = self.layout.populations[i, :2]
            v_r, tau_u, b, kappa = self._recovery(q, p)
            dy[o] = (mean.rate - y[o]) / LAG
            dy[o + 1] = (v_r + mean.potential - y[o + 1]) / LAG
            pace = self._pace(i, tau_u)
            dy[o + 2] = pace * (b * (y[o + 1] - v_r) - y[o + 2] + tau_u * kappa * y[o])
        for s, synapse in self.layout.synapses:
            dy[s] -= y[s] / p[synapse + 2]
        for s, source, weight in self.layout.weights:
            dy[s] += p[weight] * y[source]
        return dy

    def jacobian(self, y: FloatArray, p: FloatArray) -> FloatArray:
        """The derivative of `field` with respect to y."""
        y, p = np.asarray(y, dtype=float), np.asarray(p, dtype=float)
        out = np.zeros((len(y), len(y)))
        for i, mean in enumerate(self.averages(y, p)):
            o, q, first, last = self.layout.populations[i]
            v_r, tau_u, b, kappa = self._recovery(q, p)
            out[o, o] = out[o + 1, o + 1] = -1.0 / LAG
            out[o + 2, o : o + 3] = self._pace(i, tau_u) * np.array([tau_u * kappa, b, -1.0])
            if self.shares(list(self.circuit.populations)[i]):
                out[o, o + 2] = -mean.rate_by_drive / LAG
                out[o + 1, o + 2] = -mean.potential_by_drive / LAG
            for s, synapse in self.layout.synapses[first:last]:
                g, push = p[synapse], p[synapse + 1] - v_r
                out[o, s] = g * (push * mean.rate_by_drive + mean.rate_by_conductance) / LAG
                out[o + 1, s] = (
                    g * (push * mean.potential_by_drive + mean.potential_by_conductance) / LAG
                )
            for spread, changes in zip(
                self.neurons(list(self.circuit.populations)[i], p, y).spreads, mean.by_spread,
                strict=True,
            ):  # fmt: skip
                if spread.synapse is not None:
                    s, _ = self.layout.synapses[first + spread.synapse]
                    out[o : o + 2, s] += changes / LAG
        for s, synapse in self.layout.synapses:
            out[s, s] = -1.0 / p[synapse + 2]
        for s, source, weight in self.layout.weights:
            out[s, source] += p[weight]
        return out

    def _by_current(self, i: int, y: FloatArray, p: FloatArray) -> FloatArray:
        """The derivative of `field` with respect to the i-th population's input current."""
        mean = self.averages(y, p)[i]
        o = self.layout.populations[i, 0]
        out = np.zeros(len(y))
        out[o], out[o + 1] = mean.rate_by_drive / LAG, mean.potential_by_drive / LAG
        return out

    def _recovery(self, q: int, p: FloatArray) -> tuple[float, ...]:
        names = ("resting_potential", "recovery_time", "recovery_coupling", "adaptation")
        return tuple(float(p[q + POPULATION_PARAMETERS.index(name)]) for name in names)

    def _pace(self, i: int, tau_u: float) -> float:
        """The rate of the mean recovery variable; one that drives nothing follows at once."""
        return 1.0 / (tau_u if self.shares(list(self.circuit.populations)[i]) else LAG)

    def initial_state(self) -> FloatArray:
        """All neurons silent at the resting potential: r = 0, v = v_r, u = 0, s = 0."""
        y = np.zeros(len(self.variables))
        for i, population in enumerate(self.circuit.populations.values()):
            y[self.layout.populations[i, 0] + 1] = population.resting_potential
        return y

    def held_currents(self, inputs: Mapping[str, Current]) -> dict[str, float]:
        """Parameters that hold the given input currents, for `Problem.at`.

        Parameters
        ----------
        inputs
            Currents by population.

        Raises
        ------
        StationaryError
            If one of them changes in time.
        ValueError
            If a population is unknown.
        """
        for name, current in currents(self.circuit, inputs).items():
            if current.held() is None:
                msg = (
                    f"the input current of {name} changes in time; stationary states exist under "
                    "constant currents only. Integrate the mean field or simulate a network"
                )
                raise StationaryError(msg)
        return {f"{name}.input_current": float(current(0.0)) for name, current in inputs.items()}

    @in_free_parameters
    def problem(self) -> Problem:
        """The states as a problem for continuation (see the class's notes)."""
        return Problem(
            field=self.field,
            variables=self.variables,
            parameters=dict(self.parameters),
            jacobian=self.jacobian,
            units=self._units(),
            slopes={
                f"{name}.input_current": partial(self._by_current, i)
                for i, name in enumerate(self.circuit.populations)
            },
            sizes=dict.fromkeys(self.variables, 1.0),
            absent_at_zero=frozenset(
                path for path in self.parameters if path.split(".")[-1] in ABSENT_AT_ZERO
            ),
        )

    def _units(self) -> dict[str, str]:
        units = {path: Circuit.unit(path) for path in self.parameters}
        for variable in self.variables:
            units[variable] = POPULATION_VARIABLES.get(variable.split(".")[-1], "1")
        return units
