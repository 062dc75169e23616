"""Stationary averages over a population of uncoupled neurons at constant drive."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.theories.stationary import cycle
from ikmeanfield.theories.stationary.frozen import Response, adapted, at_rest, firing
from ikmeanfield.theories.stationary.settings import History
from ikmeanfield.theories.stationary.spread import Line, Spread
from ikmeanfield.theories.stationary.table import Table, direct

FloatArray = NDArray[np.float64]

INFINITY = 1e12
"""An infinite peak or reset in mV; what it leaves out of a cycle is of relative size 1e-12."""

_STEP = 1e-4  # of differences, where an onset is discontinuous, in pA and nS
_SHORT = 1e-4  # periods, in recovery times, over which u hardly varies
_OUTER = 8  # nodes per panel of a further spread, over which averages vary smoothly


class StationaryError(ArithmeticError):
    """A population has no stationary state of the kind the theory describes."""


class Averages(NamedTuple):
    """Rate per ms and mean of v − v_r in mV, with their derivatives.

    Derivatives are with respect to Q = I + Σ g s (E − v_r) in pA and G = Σ g s in nS. Where
    conductances differ, Q and G do not tell all: `by_spread` has a row for each of the
    population's spreads, with what rate and potential change by as s of its synapse moves neurons
    apart, in addition to what the mean conductance does.
    """

    rate: float
    potential: float
    rate_by_drive: float
    potential_by_drive: float
    rate_by_conductance: float
    potential_by_conductance: float
    by_spread: FloatArray


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
        Gauss-Legendre nodes in every panel of the axis of the first spread.
    spreads
        What differs between the neurons, independently of one another. Where the law of a
        threshold or conductance is a whole Lorentzian, neurons at rest beyond those that fire, as
        seen from the centre, are put on their upper equilibrium, as the mean field's analytic
        continuation does.
    """

    capacitance: float
    leakage: float
    resting_potential: float
    threshold: float
    recovery_time: float
    recovery_coupling: float
    adaptation: float
    peak_potential: float
    reset_potential: float
    shared: bool
    history: History = "below"
    nodes: int = 16
    spreads: tuple[Spread, ...] = ()

    @property
    def constant(self) -> bool:
        """Whether u stands still over a cycle: shared, or moved by neither v nor spikes."""
        return self.shared or self.recovery_coupling == self.adaptation == 0.0

    @property
    def coupling(self) -> float:
        """What the recovery variable adds to B at rest, in nS: b where every neuron has its own."""
        return 0.0 if self.shared else self.recovery_coupling

    @property
    def excess(self) -> float:
        """By how much b exceeds C/τ_u, in nS; 0 where it does not.

        Rest then loses its stability (Hopf) before it disappears (saddle-node).
        """
        if self.shared:
            return 0.0
        return max(self.recovery_coupling - self.capacitance / self.recovery_time, 0.0)

    @property
    def ends(self) -> tuple[float, float]:
        """Reset and peak relative to the resting potential, in mV."""
        first = max(self.reset_potential, -INFINITY) - self.resting_potential
        return first, min(self.peak_potential, INFINITY) - self.resting_potential

    def slope(self, threshold: FloatArray, G: float) -> FloatArray:
        """B in nS of neurons with the given thresholds."""
        return self.leakage * (threshold - self.resting_potential) + G

    def respond(
        self, B: FloatArray, Q: FloatArray | float, table: Table | None = None
    ) -> tuple[Response, NDArray[np.int64]]:
        """Firing states at constant drive, and the fate of each neuron."""
        Q = np.array(np.broadcast_to(Q, B.shape))  # one that may be written: compiled once
        C, k = self.capacitance, self.leakage
        if self.constant:
            return firing(C, k, B, Q, *self.ends), np.full(B.size, cycle.SPIKES)
        out, fate = np.empty((6, B.size)), np.full(B.size, cycle.SPIKES)
        fast = Q - B**2 / (4.0 * k) > self.fast
        if fast.any():
            recovery = self.recovery_coupling, self.recovery_time, self.adaptation
            out[:, fast] = adapted(C, k, B[fast], Q[fast], self.ends, recovery)
        slow = ~fast
        if table is not None:
            found, fate[slow] = table(B[slow], Q[slow])
        else:
            found, fate[slow] = direct(B[slow], Q[slow], self.cycle_arguments)
        out[:, slow] = found[:, :6].T
        return Response(*out), fate

    @property
    def fast(self) -> float:
        """Q beyond rheobase in pA from which periods are below 1e-4 τ_u, and u hardly varies.

        Only a few neurons of a Lorentzian of currents without limits get so far. The relative
        error of their rate is about κ/Q.
        """
        period = _SHORT * self.recovery_time
        return (np.pi * self.capacitance / period) ** 2 / self.leakage

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
        return not self.constant and self.excess == 0.0

    def rest(self, B: FloatArray, Q: FloatArray, upper: bool = False) -> Response:
        """Resting states at constant drive; see `at_rest`."""
        return at_rest(self.leakage, B + self.coupling, Q, upper)

    def cannot_rest(self, B: float, Q: float) -> bool:
        """Whether a neuron has no stable state of rest."""
        return (B + self.coupling) ** 2 < self.excess**2 + 4.0 * self.leakage * Q

    def fires_from_above(self, B: float, Q: float) -> bool:
        """Whether a neuron that has been firing goes on firing."""
        y0, yp = self.ends
        if self.constant:
            h = B / (2.0 * self.leakage)
            square = h**2 - Q / self.leakage
            root = np.sqrt(max(square, 0.0))
            return bool(square < 0 or y0 - h > root or yp - h < -root)
        _, fate = self.respond(np.array([B]), Q)
        return bool(fate[0] == cycle.SPIKES)


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
    B = float(neurons.slope(np.array(neurons.threshold), G))
    found = _average(neurons, neurons.spreads, B, Q, table)
    return Averages._make([*found[:6].tolist(), found[6:].reshape(-1, 2)])


def _average(
    neurons: Neurons, spreads: tuple[Spread, ...], B: float, Q: float, table: Table | None
) -> FloatArray:
    """The numbers of `Averages` over some spreads, one inside the other."""
    if not spreads:
        return _single(neurons, B, Q)
    *inner, last = spreads
    if not inner:
        return _over_line(Line(neurons, last, B, Q), table)
    axis = last.axis(_OUTER)
    x, weight = axis.nodes_between(*axis.limits)
    parts = np.array(
        [_average(neurons, tuple(inner), B + last.slope * d, Q + last.drive * d, table) for d in x]
    )
    return np.append(weight @ parts, (weight * x) @ parts[:, 2:6] @ _turning(last))


def _turning(spread: Spread) -> FloatArray:
    """Takes derivatives by Q and B, of rate and potential, to those by s of the synapse."""
    by_B, by_Q = spread.turn
    return np.array([[by_Q, 0.0], [0.0, by_Q], [by_B, 0.0], [0.0, by_B]])


def _over_line(line: Line, table: Table | None) -> FloatArray:
    result, smooth = _integrate(line, table)
    if smooth:
        return result
    by_B, by_Q = (_STEP * turn for turn in line.spread.turn)
    changes = []
    for sign in (1.0, -1.0):
        spread = replace(
            line.spread,
            slope=line.spread.slope + sign * by_B, drive=line.spread.drive + sign * by_Q,
        )  # fmt: skip
        lines = (
            replace(line, Q=line.Q + sign * _STEP), replace(line, B=line.B + sign * _STEP),
            replace(line, spread=spread),
        )  # fmt: skip
        changes.append([_integrate(moved, table)[0][:2] for moved in lines])
    slopes = (np.array(changes[0]) - changes[1]) / (2.0 * _STEP)
    return np.append(result[:2], slopes.ravel())


def _integrate(line: Line, table: Table | None) -> tuple[FloatArray, bool]:
    """Sum over a line; also whether the sum has an analytic derivative.

    It has where neurons at an onset fire arbitrarily slowly: then the onset's motion adds nothing.
    """
    neurons, spread = line.neurons, line.spread
    low, high = line.limits
    start, stop = line.firing[0]
    total, turned = np.zeros(6), np.zeros(4)
    for x, weight, upper in line.resting():
        found = np.array(neurons.rest(*line.at(x), upper))
        total += found @ weight
        turned += found[2:] @ (weight * x)
    smooth = (start, stop) == line.without_rest
    x, weight = line.mesh(neurons.nodes)
    if x.size:
        response, fate = neurons.respond(*line.at(x), table)
        _check(fate, x, spread)
        found = np.array(response)
        total += found @ weight
        turned += found[2:] @ (weight * x)
        r = response.rate
        for edge, outward, first, second in ((start, -1, r[0], r[1]), (stop, 1, r[-1], r[-2])):
            if low < edge < high and first > 0.5 * second:  # towards an onset it should vanish
                smooth = smooth and not line.coexists(edge, outward)
    return np.append(total, turned @ _turning(spread)), smooth


def _single(neurons: Neurons, B: float, Q: float) -> FloatArray:
    """The state of neurons that are all alike."""
    one = np.array([B])
    if neurons.cannot_rest(B, Q) or (neurons.history == "above" and neurons.fires_from_above(B, Q)):
        response, fate = neurons.respond(one, Q)
        _check(fate)
    else:
        response = neurons.rest(one, np.array([Q]))
    return np.array(response)[:, 0]


def _check(
    fate: NDArray[np.int64], x: FloatArray | None = None, spread: Spread | None = None
) -> None:
    for kind, what in (
        (cycle.IRREGULAR, f"fire without a period of up to {cycle.MAX_PERIOD} spikes"),
        (cycle.STALLS, "neither reach the peak nor come to rest"),
        (cycle.RESTS, "cannot rest stably, yet do not go on firing"),
    ):
        if (fate == kind).any():
            where = ""
            if x is not None and spread is not None:
                found = x[fate == kind]
                where = f", with {spread.around(found.min(), found.max())},"
            msg = (
                f"{(fate == kind).sum()} of {fate.size} neurons{where} {what}; "
                "the theory holds for periodic firing and rest"
            )
            raise StationaryError(msg)
