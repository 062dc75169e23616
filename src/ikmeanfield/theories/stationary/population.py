"""Stationary averages over a population of uncoupled neurons at constant drive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.theories.stationary import cycle
from ikmeanfield.theories.stationary.frozen import Response, at_rest, firing
from ikmeanfield.theories.stationary.quadrature import ThresholdAxis
from ikmeanfield.theories.stationary.settings import History
from ikmeanfield.theories.stationary.table import Table, direct

FloatArray = NDArray[np.float64]

INFINITY = 1e12
"""An infinite peak or reset in mV; what it leaves out of a cycle is of relative size 1e-12."""

_GRADED = 8  # power of the mesh at an end of firing that is no square root
_OUTSIDE = 1e-4  # relative step beyond an onset where coexistence is looked for
_STEP = 1e-4  # of differences, where an onset is discontinuous, in pA and nS


class StationaryError(ArithmeticError):
    """A population has no stationary state of the kind the theory describes."""


class Averages(NamedTuple):
    """Rate per ms and mean of v − v_r in mV, with their derivatives.

    Derivatives are with respect to Q = I + Σ g s (E − v_r) in pA and G = Σ g s in nS.
    """

    rate: float
    potential: float
    rate_by_drive: float
    potential_by_drive: float
    rate_by_conductance: float
    potential_by_conductance: float


@dataclass(frozen=True)
class Neurons:
    """Parameters of a population, in the units of `ikmeanfield.circuit.Population`.

    Attributes
    ----------
    shared
        All neurons have one recovery variable, which is then part of the drive.
    history
        Which state a neuron takes that can both rest and fire: the one reached from rest
        (``"below"``) or from firing (``"above"``).
    nodes
        Gauss-Legendre nodes in every panel of the threshold axis.
    full
        The Lorentzian is not truncated; neurons at rest below the firing range are then put on
        their upper equilibrium, as the mean field's analytic continuation does.
    """

    capacitance: float
    leakage: float
    resting_potential: float
    threshold: float
    width: float
    half_range: float
    recovery_time: float
    recovery_coupling: float
    adaptation: float
    peak_potential: float
    reset_potential: float
    shared: bool
    history: History = "below"
    nodes: int = 16

    @property
    def full(self) -> bool:
        """Whether the Lorentzian is not truncated."""
        return bool(np.isinf(self.half_range))

    @property
    def constant(self) -> bool:
        """Whether u stands still over a cycle: shared, or moved by neither v nor spikes."""
        return self.shared or self.recovery_coupling == self.adaptation == 0.0

    @property
    def coupling(self) -> float:
        """What the recovery variable adds to B at rest, in nS: b where every neuron has its own."""
        return 0.0 if self.shared else self.recovery_coupling

    @property
    def ends(self) -> tuple[float, float]:
        """Reset and peak relative to the resting potential, in mV."""
        first = max(self.reset_potential, -INFINITY) - self.resting_potential
        return first, min(self.peak_potential, INFINITY) - self.resting_potential

    @property
    def axis(self) -> ThresholdAxis:
        """The distribution of thresholds."""
        return ThresholdAxis(self.threshold, self.width, self.half_range, self.nodes)

    def slope(self, threshold: FloatArray, G: float) -> FloatArray:
        """B in nS of neurons with the given thresholds."""
        return self.leakage * (threshold - self.resting_potential) + G

    def threshold_at(self, B: float, G: float) -> float:
        """The threshold of a neuron with the given B."""
        return self.resting_potential + (B - G) / self.leakage

    def respond(
        self, B: FloatArray, Q: float, table: Table | None = None
    ) -> tuple[Response, NDArray[np.int64]]:
        """Firing states at constant drive, and the fate of each neuron."""
        y0, yp = self.ends
        if self.constant:
            response = firing(self.capacitance, self.leakage, B, Q, y0, yp)
            return response, np.full(B.size, cycle.SPIKES)
        if table is not None:
            found, fate = table(B, Q)
        else:
            found, fate = direct(B, np.full(B.size, Q), self.cycle_arguments)
        return Response(*found[:, :6].T), fate

    @property
    def cycle_arguments(self) -> tuple[float, ...]:
        """What a cycle depends on beside B and Q: the arguments of a `Table`."""
        return (
            self.capacitance, self.leakage, self.recovery_coupling, self.recovery_time,
            self.adaptation, *self.ends,
        )  # fmt: skip

    @property
    def may_tabulate(self) -> bool:
        """Whether firing sets in where rest disappears, as a `Table` takes for granted."""
        return not self.constant and (
            self.recovery_coupling <= self.capacitance / self.recovery_time
        )

    def rest(self, B: FloatArray, Q: float, upper: bool = False) -> Response:
        """Resting states at constant drive; see `at_rest`."""
        return at_rest(self.leakage, B + self.coupling, Q, upper)

    def fires_from_above(self, B: float, Q: float) -> bool:
        """Whether a neuron that has been firing goes on firing."""
        y0, yp = self.ends
        if self.constant:
            h = B / (2.0 * self.leakage)
            square = h**2 - Q / self.leakage
            root = np.sqrt(max(square, 0.0))
            return square < 0 or y0 - h > root or yp - h < -root
        _, fate = self.respond(np.array([B]), Q)
        return bool(fate[0] == cycle.SPIKES)

    def onsets(self, Q: float) -> tuple[float, float] | None:
        """The interval of B in which neurons cannot rest; None where every neuron can.

        Where b > C/τ_u, rest loses its stability (Hopf) before it disappears (saddle-node).
        """
        b, k = self.coupling, self.leakage
        excess = 0.0 if self.shared else max(b - self.capacitance / self.recovery_time, 0.0)
        square = excess**2 + 4.0 * k * Q
        if not square > 0:
            return None
        root = float(np.sqrt(square))
        return -b - root, -b + root


def averages(neurons: Neurons, Q: float, G: float, table: Table | None = None) -> Averages:
    """Stationary averages of a population at constant drive.

    Parameters
    ----------
    neurons
        The population.
    Q
        I + Σ g s (E − v_r) in pA, less u where the neurons share one.
    G
        Σ g s in nS.
    table
        Firing states to interpolate in; without one, each is computed.

    Raises
    ------
    StationaryError
        If some neurons fire without a period of up to 32 spikes, or neither fire nor rest.
    """
    if neurons.width == 0:
        return _single(neurons, Q, G)
    result, smooth = _integrate(neurons, Q, G, table)
    if smooth:
        return result
    changes = []
    for dQ, dG in ((_STEP, 0.0), (0.0, _STEP)):
        right = _integrate(neurons, Q + dQ, G + dG, table)[0]
        left = _integrate(neurons, Q - dQ, G - dG, table)[0]
        changes += [(a - b) / (2 * _STEP) for a, b in zip(right[:2], left[:2], strict=True)]
    return Averages(result.rate, result.potential, *changes)


def _integrate(neurons: Neurons, Q: float, G: float, table: Table | None) -> tuple[Averages, bool]:
    """Sum over the thresholds; also whether the sum has an analytic derivative.

    It has where neurons at an onset fire arbitrarily slowly: then the onset's motion adds nothing.
    """
    axis = neurons.axis
    low, high = axis.limits
    (start, stop), power = firing_range(neurons, Q, G)
    total = np.zeros(6)
    for B, weight, upper in resting_ranges(neurons, (start, stop), power, G):
        total += np.array(neurons.rest(B, Q, upper)) @ weight
    v, weight = axis.nodes_between(start, stop, power)
    smooth = (start, stop) == _clipped(neurons, Q, G)
    if v.size:
        response, fate = neurons.respond(neurons.slope(v, G), Q, table)
        _check(fate, v)
        total += np.array(response) @ weight
        r = response.rate
        for edge, first, second in ((start, r[0], r[1]), (stop, r[-1], r[-2])):
            if low < edge < high and first > 0.5 * second:  # towards an onset it should vanish
                smooth = smooth and not _coexists(neurons, edge, Q, G, outward=edge - start - 1e-9)
    return Averages(*map(float, total)), smooth


def _single(neurons: Neurons, Q: float, G: float) -> Averages:
    """The state of neurons that all have one threshold."""
    B = neurons.slope(np.array([neurons.threshold]), G)
    onsets = neurons.onsets(Q) or (0.0, 0.0)
    fires = onsets[0] < B[0] < onsets[1]
    if fires or (neurons.history == "above" and neurons.fires_from_above(float(B[0]), Q)):
        response, fate = neurons.respond(B, Q)
        _check(fate, np.array([neurons.threshold]))
    else:
        response = neurons.rest(B, Q)
    return Averages(*(float(column[0]) for column in response))


def firing_range(
    neurons: Neurons, Q: float, G: float
) -> tuple[tuple[float, float], tuple[int, int]]:
    """The thresholds between which neurons fire, and the powers that grade the mesh there."""
    fixed = _clipped(neurons, Q, G)
    if neurons.history == "above":
        return _firing_from_above(neurons, fixed, Q, G)
    return fixed, (2, 2)


def resting_ranges(
    neurons: Neurons, firing: tuple[float, float], power: tuple[int, int], G: float
) -> list[tuple[FloatArray, FloatArray, bool]]:
    """B, weights and branch (see `at_rest`) of the neurons on either side of those that fire."""
    start, stop = firing
    low = neurons.axis.limits[0]
    found = []
    for a, b, upper in ((low, start, neurons.full), (stop, np.inf, False)):
        grade = (1, power[0]) if b == start else (power[1], 1)
        v, weight = neurons.axis.nodes_between(a, b, grade)
        if v.size:
            found.append((neurons.slope(v, G), weight, upper))
    return found


def _clipped(neurons: Neurons, Q: float, G: float) -> tuple[float, float]:
    """The thresholds between which neurons cannot rest, within the limits."""
    low, high = neurons.axis.limits
    found = neurons.onsets(Q) or (-neurons.coupling, -neurons.coupling)
    start, stop = (min(max(neurons.threshold_at(B, G), low), high) for B in found)
    return start, stop


def _firing_from_above(
    neurons: Neurons, fixed: tuple[float, float], Q: float, G: float
) -> tuple[tuple[float, float], tuple[int, int]]:
    """The thresholds between which neurons that have been firing go on, and the mesh's grading."""
    edges, power = list(fixed), [2, 2]
    for side, limit in enumerate(neurons.axis.limits):
        outward = 2 * side - 1
        if edges[side] != limit and _coexists(neurons, edges[side], Q, G, outward):
            edges[side] = _end_of_firing(neurons, edges[side], limit, Q, G)
            power[side] = _GRADED
    return (edges[0], edges[1]), (power[0], power[1])


def _coexists(neurons: Neurons, edge: float, Q: float, G: float, outward: float) -> bool:
    """Whether firing and rest coexist just outside an onset."""
    away = np.copysign(_OUTSIDE * (1.0 + abs(edge - neurons.resting_potential)), outward)
    return _goes_on(neurons, edge + float(away), Q, G)


def _goes_on(neurons: Neurons, threshold: float, Q: float, G: float) -> bool:
    B = float(neurons.slope(np.array(threshold), G))
    return neurons.fires_from_above(B, Q)


def _end_of_firing(neurons: Neurons, inside: float, limit: float, Q: float, G: float) -> float:
    """The threshold nearest the limit at which a neuron that has been firing goes on."""
    if _goes_on(neurons, limit, Q, G):
        return limit
    outside = limit
    for _ in range(60):
        middle = 0.5 * (inside + outside)
        if middle in (inside, outside):
            break
        if _goes_on(neurons, middle, Q, G):
            inside = middle
        else:
            outside = middle
    return inside


def _check(fate: NDArray[np.int64], thresholds: FloatArray) -> None:
    for kind, what in (
        (cycle.IRREGULAR, f"fire without a period of up to {cycle.MAX_PERIOD} spikes"),
        (cycle.STALLS, "neither reach the peak nor come to rest"),
        (cycle.RESTS, "cannot rest stably, yet do not go on firing"),
    ):
        if (fate == kind).any():
            where = thresholds[fate == kind]
            msg = (
                f"{where.size} of {fate.size} neurons, with thresholds between {where.min():.4g} "
                f"and {where.max():.4g} mV, {what}; the theory holds for periodic firing and rest"
            )
            raise StationaryError(msg)


def with_threshold(neurons: Neurons, threshold: float) -> Neurons:
    """The same neurons, all with one threshold."""
    return replace(neurons, threshold=threshold, width=0.0)
