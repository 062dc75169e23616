"""How a theory's steady state answers a small modulation of an input current.

About an equilibrium y of dy/dt = f(y, p), a modulation exp(iωt) of the current into a population
moves the state by (iω − ∂f/∂y)⁻¹ ∂f/∂I per pA. The eigenvalues of ∂f/∂y tell how the circuit
relaxes by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import nan, pi
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.continuation import find_equilibrium

if TYPE_CHECKING:
    from ikmeanfield.inputs import Current
    from ikmeanfield.theories.protocol import Theory

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

PER_SECOND = 1000.0
"""Milliseconds in a second."""
_STEP = 1e-3
"""Step in pA for the derivative by a current, in which every field is linear or smooth."""
_GRID = 2000
"""Frequencies among which the largest gain is looked for before it is refined."""
_HALF_POWER = 1 / np.sqrt(2.0)


@dataclass(frozen=True)
class Resonance:
    """The peak of a gain curve; NaN where the gain is largest at the lowest frequency."""

    frequency: float
    """Where the gain is largest, Hz."""
    peak: float
    """The gain there over the gain at zero frequency."""
    quality: float
    """The frequency over the width of the band in which the gain exceeds 1/√2 of the peak."""


@dataclass(frozen=True)
class LinearResponse:
    """The linearisation of a theory at an equilibrium.

    Attributes
    ----------
    theory
        It must answer the question ``"equilibria"``.
    state
        The equilibrium, shape (n,), in the theory's order and units.
    """

    theory: Theory
    state: FloatArray

    @classmethod
    def settled(
        cls, theory: Theory, inputs: Mapping[str, Current | float], duration: float
    ) -> LinearResponse:
        """At the equilibrium near the state in which the theory is after some time, in ms.

        An unstable equilibrium is found too, if the theory circles around it.

        Raises
        ------
        ArithmeticError
            If there is no equilibrium nearby.
        """
        series = theory.integrate(inputs, duration=duration, sample=duration / 2).isel(time=-1)
        values = []
        for name in theory.variables:
            owner, _, variable = name.rpartition(".")
            dim = "synapse" if variable == "synaptic_activation" else "population"
            value = float(series[variable].sel({dim: owner}))
            values.append(value / PER_SECOND if variable == "firing_rate" else value)
        return cls(theory, find_equilibrium(theory.problem(), np.array(values)))

    @cached_property
    def jacobian(self) -> FloatArray:
        """∂f/∂y, shape (n, n), in 1/ms."""
        problem = self.theory.problem()
        if problem.jacobian is None:
            msg = f"the {self.theory.title} states no Jacobian"
            raise ValueError(msg)
        return np.asarray(problem.jacobian(self.state, problem.vector()))

    @cached_property
    def eigenvalues(self) -> ComplexArray:
        """Eigenvalues in 1/ms, the least damped first."""
        found = np.linalg.eigvals(self.jacobian).astype(complex)
        return found[np.argsort(-found.real)]

    @property
    def growth(self) -> float:
        """Growth rate of the least damped mode in 1/s; negative if the equilibrium is stable."""
        return float(self.eigenvalues[0].real) * PER_SECOND

    @property
    def ringing(self) -> float:
        """Frequency in Hz at which the least damped oscillating mode rings; NaN without one."""
        turning = self.eigenvalues[np.abs(self.eigenvalues.imag) > 1e-12]
        return float(abs(turning[0].imag)) * PER_SECOND / (2 * pi) if turning.size else nan

    def transfer(self, population: str, variable: str, frequency: ArrayLike) -> ComplexArray:
        """Answer of a variable per pA of a modulated current.

        Parameters
        ----------
        population
            The population whose current is modulated.
        variable
            Name of the variable, for example ``"rs.firing_rate"``, whose answer is in Hz/pA;
            other variables answer in their own unit per pA.
        frequency
            In Hz, any shape.
        """
        problem = self.theory.problem()
        current = problem.index(f"{population}.input_current")
        p, step = problem.vector(), np.zeros(len(problem.parameters))
        step[current] = _STEP
        drive = problem.field(self.state, p + step) - problem.field(self.state, p - step)
        row = self.theory.variables.index(variable)
        unit = PER_SECOND if variable.endswith(".firing_rate") else 1.0
        values, left, right = _eigensystem(self.jacobian)
        weights = right[row] * (left @ (drive / (2 * _STEP)))
        omega = 2 * pi * np.asarray(frequency, float)[..., None] / PER_SECOND
        return np.asarray(unit * (weights / (1j * omega - values)).sum(axis=-1))

    def resonance(self, population: str, variable: str, highest: float = 200.0) -> Resonance:
        """The largest gain between 0 and a highest frequency in Hz."""
        from scipy.optimize import brentq, minimize_scalar  # noqa: PLC0415

        def gain(frequency: float) -> float:
            return float(abs(self.transfer(population, variable, frequency)))

        grid = np.linspace(0.0, highest, _GRID + 1)
        gains = np.abs(self.transfer(population, variable, grid))
        place = int(gains.argmax())
        if place in (0, _GRID):
            return Resonance(nan, nan, nan)
        around = (grid[place - 1], grid[place + 1])
        top = float(minimize_scalar(lambda f: -gain(f), bounds=around, method="bounded",
                                    options={"xatol": 1e-9 * highest}).x)  # fmt: skip
        level = _HALF_POWER * gain(top)
        edges: list[float] = []
        for below in (gains[:place][::-1], gains[place + 1 :]):
            beyond = np.flatnonzero(below < level)
            if not beyond.size:
                return Resonance(top, gain(top) / gains[0], nan)
            sign = -1 if not edges else 1
            outer = place + sign * (int(beyond[0]) + 1)
            inner = top if outer - sign == place else grid[outer - sign]
            edges.append(float(brentq(lambda f: gain(f) - level, *sorted((inner, grid[outer])))))
        return Resonance(top, gain(top) / float(gains[0]), top / (edges[1] - edges[0]))


def _eigensystem(matrix: FloatArray) -> tuple[ComplexArray, ComplexArray, ComplexArray]:
    """Eigenvalues, and matrices L and R with ``matrix = R diag(values) L`` and ``L R = 1``."""
    values, right = np.linalg.eig(matrix.astype(complex))
    return values, np.linalg.inv(right), right
