"""Whether an asynchronous state is stable: growth of small modulations of s and of shared u.

A modulation exp(λt) of the activations makes the rate of uncoupled neurons vary by a
susceptibility χ(λ) (see `cycle.modulated`); fed back through the synapses it must reproduce
itself: det M(λ) = 0. For Re λ > 0 the susceptibility is an ordinary integral over thresholds, so
a root there is an unstable mode of the infinite network. On the axis the integral is singular,
where modulations resonate with neurons; a loss of stability is therefore approached from the
unstable side.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation import find_equilibrium
from ikmeanfield.continuation.problem import Problem
from ikmeanfield.theories.stationary.model import Stationary
from ikmeanfield.theories.stationary.population import StationaryError
from ikmeanfield.theories.stationary.response import PopulationResponse

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

_MAX_ITERATIONS = 40
_TOLERANCE = 1e-9
NEAR_AXIS = 1.5e-4
"""Growth rate per ms from which `hopf_point` extrapolates to zero."""

SMALLEST_GROWTH = 2e-5
"""Growth rate per ms below which the quadrature does not resolve resonances."""


@dataclass(frozen=True)
class AsynchronousState:
    """A stationary state, seen as an asynchronous one whose stability is asked.

    Attributes
    ----------
    theory
        The theory of the circuit. Responses vary more than averages do from neuron to neuron
        near an onset: take 64 `nodes` for growth rates below 1 per second, 32 above.
    state
        An equilibrium of the theory's problem, shape (n,).
    parameters
        Values of all parameters in their order, shape (m,).
    """

    theory: Stationary
    state: FloatArray
    parameters: FloatArray

    @classmethod
    def at(
        cls, theory: Stationary, problem: Problem, state: FloatArray, **values: float
    ) -> AsynchronousState:
        """The state at a problem's parameters, some of them replaced."""
        return cls(theory, np.asarray(state, dtype=float), problem.vector(**values))

    @cached_property
    def responses(self) -> list[PopulationResponse]:
        """One per population."""
        return [
            PopulationResponse(
                self.theory.neurons(name, self.parameters),
                *self.theory.drive(i, self.state, self.parameters),
            )
            for i, name in enumerate(self.theory.circuit.populations)
        ]

    @cached_property
    def modes(self) -> list[int]:
        """Places in the state of what has memory: shared recovery variables and activations."""
        layout = self.theory.layout
        shared = [
            int(layout.populations[i, 0]) + 2
            for i, name in enumerate(self.theory.circuit.populations)
            if self.theory.shares(name)
        ]
        return shared + [int(s) for s, _ in layout.synapses]

    def loop(self, growth: complex) -> ComplexArray:
        """What a modulation exp(λt) of the modes feeds back into them; M = 1 − loop.

        Row j of the result is the response of mode j divided by λ + 1/τ_j.
        """
        layout, p = self.theory.layout, self.parameters
        size = len(self.state)
        rates = np.zeros((size, size), dtype=complex)  # of r and v, by every variable
        feedback = np.zeros((size, size), dtype=complex)
        for i, name in enumerate(self.theory.circuit.populations):
            o, _, first, last = layout.populations[i]
            neurons = self.responses[i].neurons
            by_Q, v_by_Q, by_G, v_by_G = self.responses[i](growth)
            if self.theory.shares(name):
                rates[o, o + 2], rates[o + 1, o + 2] = -by_Q, -v_by_Q
                leak = 1.0 / (growth + 1.0 / neurons.recovery_time)
                feedback[o + 2, o] = neurons.adaptation * leak
                coupling = neurons.recovery_coupling / neurons.recovery_time
                feedback[o + 2, o + 1] = coupling * leak
            for s, synapse in layout.synapses[first:last]:
                g, push = p[synapse], p[synapse + 1] - neurons.resting_potential
                rates[o, s] = g * (push * by_Q + by_G)
                rates[o + 1, s] = g * (push * v_by_Q + v_by_G)
        decay = {int(s): p[synapse + 2] for s, synapse in layout.synapses}
        for s, source, weight in layout.weights:
            feedback[s, source] += p[weight] / (growth + 1.0 / decay[int(s)])
        whole = feedback @ rates
        return np.asarray(whole[np.ix_(self.modes, self.modes)])

    def determinant(self, growth: complex) -> complex:
        """det(1 − loop): zero for the growth rates (per ms) of unstable modes; 1 at infinity."""
        return complex(np.linalg.det(np.eye(len(self.modes)) - self.loop(growth)))

    def unstable_modes(self, growth: float = 1e-3, highest: float = 2.0) -> int:
        """Number of modes that grow faster than a rate.

        Counted by how often the determinant winds around zero along Re λ = `growth`.

        Parameters
        ----------
        growth
            Rate per ms.
        highest
            Largest angular frequency per ms that is followed; beyond, the determinant is near 1.
        """
        grid = [0.0, *np.geomspace(1e-3, highest, 25)]
        values = {w: self.determinant(complex(growth, w)) for w in grid}
        places = list(grid)
        for _ in range(6):
            wide = [
                0.5 * (a + b)
                for a, b in pairwise(places)
                if abs(np.angle(values[b] / values[a])) > 0.6
            ]
            if not wide:
                break
            values |= {w: self.determinant(complex(growth, w)) for w in wide}
            places = sorted([*places, *wide])
        steps = [np.angle(values[b] / values[a]) for a, b in pairwise(places)]
        rest = -np.angle(values[places[-1]])  # from the last frequency to infinity
        return round(-2.0 * (sum(steps) + rest) / (2.0 * np.pi))

    def require_asynchronous(self, growth: float = 1e-3) -> None:
        """Refuse a state that the network does not stay in.

        Raises
        ------
        StationaryError
            If modes grow faster than `growth` per ms: the network synchronises or leaves for
            another state, and its averages over time are not those of the stationary theory.
        """
        number = self.unstable_modes(growth)
        if number:
            s = self.state[self.modes[-1]]
            msg = (
                f"the asynchronous state with s = {s:.4g} is unstable: {number} of its modes grow "
                f"faster than {growth:g} per ms. A network leaves it or oscillates in synchrony, "
                "which the stationary theory does not describe; simulate the network"
            )
            raise StationaryError(msg)

    def mode(self, guess: complex) -> complex:
        """A growth rate (real part) and angular frequency (imaginary part), both per ms.

        Found by the secant method from a guess.

        Raises
        ------
        ArithmeticError
            If none is found, or only one that decays, about which nothing can be said.
        """
        a, b = guess, guess * (1.0 + 1e-3) + 1e-5
        fa, fb = self.determinant(a), self.determinant(b)
        for _ in range(_MAX_ITERATIONS):
            step = -fb * (b - a) / (fb - fa)
            if abs(step) > 0.3 * abs(b):
                step *= 0.3 * abs(b) / abs(step)
            a, fa, b = b, fb, b + step
            if b.real < SMALLEST_GROWTH / 2:
                b = complex(SMALLEST_GROWTH / 2, b.imag)
            fb = self.determinant(b)
            if abs(step) < _TOLERANCE + 1e-7 * abs(b) and abs(fb) < 1e-5:
                return b
        msg = (
            f"no growing mode found from {guess:.3g} per ms (determinant {abs(fb):.1e}); "
            "modes that decay are not within the theory's reach"
        )
        raise ArithmeticError(msg)


@dataclass(frozen=True)
class HopfPoint:
    """Where an asynchronous state begins to oscillate.

    Attributes
    ----------
    value
        Of the parameter that was changed, where the mode's growth rate vanishes.
    frequency
        Of the mode, in Hz.
    state
        The equilibrium nearest to it on the unstable side, shape (n,).
    growth
        Growth rate there per ms, from which the rest of the way is extrapolated.
    distance
        How far `value` was extrapolated, in the parameter's unit.
    """

    value: float
    frequency: float
    state: FloatArray
    growth: float
    distance: float


def hopf_point(
    theory: Stationary,
    state: FloatArray,
    parameter: str,
    start: float,
    step: float,
    guess: complex = 0.002 + 0.02j,
) -> HopfPoint:
    """Follow an unstable asynchronous state until its oscillating mode stops growing.

    Parameters
    ----------
    theory
        The theory of the circuit, with 64 `nodes` or more.
    state
        A guess of the unstable equilibrium at `start`.
    parameter
        The parameter that is changed; all others keep the circuit's values.
    start, step
        Where to begin, and a first step in the direction in which the mode decays.
    guess
        The mode at `start`: growth rate and angular frequency per ms.

    Raises
    ------
    ArithmeticError
        If the state has no growing mode at `start`, or the equilibrium is lost on the way.
    """
    problem = theory.problem()
    known: list[tuple[float, complex]] = []
    value, best = start, state
    for _ in range(_MAX_ITERATIONS):
        found = find_equilibrium(problem, best, {parameter: value})
        there = AsynchronousState(theory, found, problem.vector(**{parameter: value}))
        try:
            mode = there.mode(guess)
        except ArithmeticError:
            if not known:
                raise
            value = 0.5 * (value + known[-1][0])  # it decays already
            if abs(value - known[-1][0]) < 1e-3 * abs(step):
                break
            continue
        known.append((value, mode))
        best, guess = found, mode
        if mode.real < NEAR_AXIS:
            break
        value += _towards_axis(known, step)
    return _extrapolated(known, best)


def _towards_axis(known: list[tuple[float, complex]], step: float) -> float:
    """The next step in the parameter: nine tenths of the way to zero growth, or the first step."""
    if len(known) < 2:
        return step
    (a, first), (b, last) = known[-2:]
    if last.real >= first.real:
        return step
    ahead = 0.9 * last.real * (b - a) / (first.real - last.real)
    return float(np.clip(ahead / step, 0.02, 2.0)) * step


def _extrapolated(known: list[tuple[float, complex]], state: FloatArray) -> HopfPoint:
    """Extend the last two modes to zero growth."""
    if len(known) < 2:
        msg = "the mode decays within the first step; start closer, with a smaller step"
        raise ArithmeticError(msg)
    (a, first), (b, last) = known[-2:]
    share = last.real / (first.real - last.real)
    distance = share * (b - a)
    frequency = last.imag + share * (last.imag - first.imag)
    return HopfPoint(b + distance, 1e3 * frequency / (2.0 * np.pi), state, last.real, distance)
