"""Two coexisting states of a population: the theory's states, and models that are put into them.

Each state is known by the activation s of a synapse of the population. Models are a theory or a
network; both are put into a state, moved by currents, and watched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from math import nan
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.diagrams import equilibrium_diagram
from ikmeanfield.analysis.escape_times import MeanTime, first_passage, mean_time
from ikmeanfield.continuation import ContinuationOptions
from ikmeanfield.inputs import Current, currents, step_means

if TYPE_CHECKING:
    from ikmeanfield.circuit import Circuit
    from ikmeanfield.heterogeneity import Draw
    from ikmeanfield.spiking import Network
    from ikmeanfield.stepping import Precision
    from ikmeanfield.theories.protocol import Theory, TheoryFactory

FloatArray = NDArray[np.float64]
State = Literal["low", "high"]
STATES: tuple[State, ...] = ("low", "high")

HALF_WAY = 0.5
"""A state has been left where s is this share of the way from the saddle to the other state."""
CHUNK = 200
"""Samples after which a trial looks whether the state has been left."""


@dataclass(frozen=True)
class TwoStates:
    """Two states of a theory at one current, and the saddle between them.

    Attributes
    ----------
    low, saddle, high
        The equilibria in the order of their activation, shape (variables,).
    observed
        Place of the activation s in a state.
    normal
        The saddle's left eigenvector of the eigenvalue with the largest real part, shape
        (variables,): the normal of the plane that touches the separatrix at the saddle. NaN for
        theories of stationary states alone.
    """

    low: FloatArray
    saddle: FloatArray
    high: FloatArray
    observed: int
    normal: FloatArray

    def activation(self, state: State | Literal["saddle"]) -> float:
        """The activation s in a state."""
        return float(getattr(self, state)[self.observed])

    def gap(self, state: State) -> float:
        """Distance in s from a state to the saddle."""
        return abs(self.activation("saddle") - self.activation(state))

    def linear_kick(self, state: State) -> float:
        """Shift of s alone that leads from a state to the plane through the saddle.

        This is what switches the state as long as the separatrix is as flat as near its saddle.
        """
        away = self.normal @ (self.saddle - getattr(self, state)) / self.normal[self.observed]
        return float(-away if state == "high" else away)

    def left(self, state: State) -> float:
        """The activation beyond which a state has been left."""
        other = self.activation("low" if state == "high" else "high")
        saddle = self.activation("saddle")
        return saddle + HALF_WAY * (other - saddle)


def middle(
    circuit: Circuit,
    population: str,
    bounds: tuple[float, float],
    theory: TheoryFactory,
    position: float,
) -> float | None:
    """The input current in pA at a share of the way from a theory's lower to its upper fold.

    None unless it has just two folds between the bounds.
    """
    path = f"{population}.input_current"
    found = equilibrium_diagram(circuit, path, *bounds, cycles=False, theory=theory)
    folds = [q.parameters[path] for branch in found.values() for q in branch.points("LP")]
    if len(folds) != 2:
        return None
    return min(folds) + position * (max(folds) - min(folds))


def two_states(
    circuit: Circuit, population: str, bounds: tuple[float, float], theory: TheoryFactory
) -> TwoStates | None:
    """The two states of a population at its input current; None unless there are just two.

    Equilibria are followed in the input current between bounds, and all that lie at the circuit's
    own current are kept. The activation is that of the population's first synapse.
    """
    model = theory(circuit)
    problem = model.problem()
    path = f"{population}.input_current"
    here, place = circuit.populations[population].input_current, problem.index(path)
    options = ContinuationOptions(events={"here": lambda y, p: p[place] - here})
    found = equilibrium_diagram(
        circuit, path, *bounds, cycles=False, theory=theory, options=options
    )
    states: list[FloatArray] = []
    for point in (q for branch in found.values() for q in branch.points("UZ")):
        size = np.abs(point.state) + 1e-9
        if all((np.abs(point.state - one) > 1e-6 * size).any() for one in states):
            states.append(np.asarray(point.state, float))
    if len(states) != 3:
        return None
    synapse = next(iter(circuit.populations[population].synapses))
    observed = model.variables.index(f"{population}.{synapse}.synaptic_activation")
    low, saddle, high = sorted(states, key=lambda state: float(state[observed]))
    normal = np.full(len(saddle), nan)
    if "steps" in model.answers:
        assert problem.jacobian is not None
        values, vectors = np.linalg.eig(
            problem.jacobian(saddle, problem.at({path: here}).vector()).T
        )
        normal = vectors[:, np.argmax(values.real)].real
    return TwoStates(low, saddle, high, observed, normal)


class Model(Protocol):
    """A model that can be put into one of two states and moved by a current."""

    sample: float
    """Interval in ms at which the activation is watched."""

    def start(self, state: State, seed: int) -> bool:
        """Put it into a state; False if it does not stay there. The seed draws a network."""

    def advance(self, current: Current | float, duration: float) -> FloatArray:
        """Advance it under a current in pA into the population; s at every sample."""

    def shift(self, by: float) -> None:
        """Shift the activation s of the present state."""


class TheoryModel:
    """A theory that is put into its two states, and stepped."""

    def __init__(self, theory: Theory, population: str, states: TwoStates, sample: float) -> None:
        self.theory, self.states, self.sample = theory, states, sample
        self.time = 0.0
        self._population = population
        self._state = states.low

    def start(self, state: State, seed: int) -> bool:
        """As `Model.start`."""
        del seed
        self._state, self.time = getattr(self.states, state).copy(), 0.0
        return True

    def advance(self, current: Current | float, duration: float) -> FloatArray:
        """As `Model.advance`."""
        first, count = round(self.time / self.sample), round(duration / self.sample)
        given = currents(self.theory.circuit, {self._population: current}).values()
        course = self.theory.advance(
            self._state, step_means(given, first, count, self.sample), self.sample
        )
        self._state, self.time = course[-1], self.time + count * self.sample
        return course[:, self.states.observed]

    def shift(self, by: float) -> None:
        """As `Model.shift`."""
        self._state = self._state.copy()
        self._state[self.states.observed] = max(self._state[self.states.observed] + by, 0.0)


class NetworkModel:
    """A network that settles into a state: from rest, or after a strong current.

    With random thresholds every start draws a new network; with quantiles all are the same.
    """

    def __init__(
        self, circuit: Circuit, population: str, states: TwoStates, *, sample: float,
        thresholds: Draw, settle: float, kick: float, precision: Precision = "double",
    ) -> None:  # fmt: skip
        self.circuit, self.states, self.sample = circuit, states, sample
        self.thresholds: Draw = thresholds
        self.precision: Precision = precision
        self.settle, self.kick = settle, kick
        self._population = population
        synapses = [
            (name, label) for name, p in circuit.populations.items() for label in p.synapses
        ]
        self._row = [name for name, _ in synapses].index(population)
        self._settled: dict[State, tuple[Any, FloatArray, bool]] = {}
        self._network: Network = self._drawn(0)
        self._activations: FloatArray = np.zeros(len(synapses))

    def _drawn(self, seed: int) -> Network:
        from ikmeanfield.spiking import Network  # noqa: PLC0415
        from ikmeanfield.stepping import default_step  # noqa: PLC0415

        step = default_step("exact", self.sample)
        return Network(
            self.circuit, step=step, precision=self.precision, thresholds=self.thresholds,
            seed=seed,
        )  # fmt: skip

    def start(self, state: State, seed: int) -> bool:
        """As `Model.start`."""
        if self.thresholds == "quantiles" and state in self._settled:
            snapshot, self._activations, stays = self._settled[state]
            self._network.restore(snapshot)
            return stays
        if self.thresholds == "random" or self._network.time > 0:
            self._network = self._drawn(seed)
        base = self.circuit.populations[self._population].input_current
        self.advance(base + (self.kick if state == "high" else 0.0), self.settle)
        course = self.advance(base, self.settle)
        late = float(course[course.size // 2 :].mean())
        stays = (late < self.states.activation("saddle")) == (state == "low")
        self._settled[state] = self._network.snapshot(), self._activations, stays
        return stays

    def advance(self, current: Current | float, duration: float) -> FloatArray:
        """As `Model.advance`."""
        series = self._network.advance(
            {self._population: current}, duration=duration, sample=self.sample,
            record=("synaptic_activation",),
        )  # fmt: skip
        self._activations = series["synaptic_activation"][:, -1]
        own: FloatArray = series["synaptic_activation"][self._row]
        return own

    def shift(self, by: float) -> None:
        """As `Model.shift`."""
        s = self._activations.copy()
        s[self._row] = max(s[self._row] + by, 0.0)
        self._network.set_state(activation=s)


def escape_time(
    model: Model, state: State, level: float, noise: Callable[[int], Current | float],
    seeds: Iterable[int], limit: float,
) -> tuple[MeanTime, int]:  # fmt: skip
    """Mean time in ms until a model leaves a state, over trials with noise of their own.

    Parameters
    ----------
    model, state
        What is put into which state, again in every trial. Trials in which it does not stay there
        before the noise are left out.
    level
        The activation beyond which the state has been left, as `TwoStates.left`.
    noise
        The current in pA by the seed of a trial.
    seeds
        One for each trial.
    limit
        Time in ms after which a trial is cut.

    Returns
    -------
    MeanTime, int
        The mean time, and the number of trials that counted.
    """
    times, escaped = [], []
    for seed in seeds:
        if not model.start(state, seed):
            continue
        current, elapsed, passed = noise(seed), 0.0, None
        while passed is None and elapsed < limit - 1e-9 * limit:
            piece = min(CHUNK * model.sample, limit - elapsed)
            passed = first_passage(model.advance(current, piece), level, rising=state == "low")
            elapsed += piece if passed is None else (passed + 1) * model.sample
        times.append(elapsed)
        escaped.append(passed is not None)
    if not times:
        return MeanTime(nan, nan, nan, 0, 0.0), 0
    return mean_time(times, escaped), len(times)


def switched_by_pulse(
    model: Model, state: State, saddle: float, base: float, width: float, wait: float
) -> Callable[[float], bool]:
    """Whether a rectangular current pulse of a height in pA switches a state.

    Parameters
    ----------
    model, state
        What is put into which state.
    saddle
        The activation that tells the states apart at the end.
    base
        The constant current in pA. Pulses add to it in the low state, and are taken off it in the
        high one.
    width, wait
        Length of the pulse, and time after it, in ms.
    """
    sign = 1.0 if state == "low" else -1.0

    def switches(height: float) -> bool:
        model.start(state, 0)
        model.advance(base + sign * height, width)
        return _has_left(model.advance(base, wait), state, saddle)

    return switches


def switched_by_shift(
    model: Model, state: State, saddle: float, base: float, wait: float
) -> Callable[[float], bool]:
    """Whether a shift of the activation s towards the other state switches a state.

    Parameters
    ----------
    model, state, saddle, base, wait
        As for `switched_by_pulse`.
    """
    sign = 1.0 if state == "low" else -1.0

    def switches(size: float) -> bool:
        model.start(state, 0)
        model.shift(sign * size)
        return _has_left(model.advance(base, wait), state, saddle)

    return switches


def _has_left(course: FloatArray, state: State, saddle: float) -> bool:
    """Whether the last tenth of a course lies on the other side of the saddle."""
    late = float(course[-max(1, course.size // 10) :].mean())
    return (late > saddle) == (state == "low")
