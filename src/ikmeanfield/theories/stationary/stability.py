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

from ikmeanfield.continuation.problem import Problem
from ikmeanfield.theories.stationary.model import Stationary
from ikmeanfield.theories.stationary.population import StationaryError
from ikmeanfield.theories.stationary.response import PopulationResponse

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

_MAX_ITERATIONS = 40
_TOLERANCE = 1e-9
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
                self.theory.neurons(name, self.parameters, self.state),
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
            by_Q, v_by_Q, by_G, v_by_G, *by_spread = self.responses[i](growth)
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
            for spread in neurons.spreads:
                if spread.synapse is not None:
                    s, _ = layout.synapses[first + spread.synapse]
                    rates[o : o + 2, s] += by_spread
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
                if b.real < SMALLEST_GROWTH:
                    break
                return b
        msg = (
            f"no growing mode found from {guess:.3g} per ms (determinant {abs(fb):.1e}); "
            "modes that decay are not within the theory's reach"
        )
        raise ArithmeticError(msg)
