"""Folds in two parameters as a curve to follow."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from .arclength import Measure
from .augmented import border, bordered, equilibrium, fold, null_overlap, null_vectors, stack
from .codim2 import refine_bogdanov_takens, refine_cusp, refine_zero_hopf
from .normalforms import quadratic_values
from .spectrum import critical_pair, hopf_test, others

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from .arclength import Refined
    from .augmented import Block
    from .options import ContinuationOptions
    from .problem import FloatArray
    from .scaled import ScaledField
    from .special_point import Termination
    from .spectrum import ComplexArray


class FoldCurve:
    """Equilibria with a zero eigenvalue, in two free parameters."""

    kind: str = "fold"
    events: tuple[str, ...] = ("BT", "CP", "ZH")
    changes: Mapping[str, int] = MappingProxyType({"BT": 1, "ZH": 2})

    def __init__(self, field: ScaledField, options: ContinuationOptions, z: FloatArray):
        self.field = field
        self.options = options
        self.edge = border(field.jacobian(z))
        self.vanishing = {"BT": 0, "ZH": 0}
        self.rows = np.zeros(1)

    def block(self) -> Block:
        """Return the equilibrium equations and the bordered singularity condition."""
        return stack(equilibrium(self.field), fold(self.field, self.edge))

    def accept(self, z: FloatArray) -> None:
        """Let the border follow the null vectors."""
        jacobian = self.field.jacobian(z)
        _, left, right = null_vectors(jacobian, self.edge)
        self.edge = self.edge.updated(left, right)
        if self.field.costly:
            inverse = np.asarray(np.linalg.inv(bordered(jacobian, self.edge)), dtype=float)
            self.edge = replace(self.edge, inverse=inverse)

    def gradients(self, z: FloatArray) -> FloatArray:
        """Return the derivative of the field and that of the condition."""
        condition = fold(self.field, self.edge)(z)[1]()
        return np.vstack([self.field.full_jacobian(z), condition])

    def measure(self, z: FloatArray, tangent: FloatArray, gap: float = np.nan) -> Measure:
        """Return eigenvalues and the test functions for BT, CP and ZH."""
        jacobian, spectrum = self.field.jacobian(z), self.field.spectrum(z)
        rest = self._rest(spectrum.values)
        _, left, right = null_vectors(jacobian, self.edge)
        unit = self.edge.updated(left, right)
        tests = {
            "BT": np.nan if self.vanishing["BT"] else null_overlap(self.field, z, unit),
            "CP": quadratic_values(self.field, z, self.edge)[1],
            "ZH": hopf_test(spectrum, rest, self.vanishing["ZH"]),
        }
        return Measure(spectrum.values, *spectrum.sides(rest), tests, {})

    def _rest(self, eigenvalues: ComplexArray) -> NDArray[np.intp]:
        """Positions of all eigenvalues except the zero one, or two in conservative systems."""
        nearest = np.argsort(np.abs(eigenvalues), kind="stable")
        return others(eigenvalues, tuple(nearest[: 1 + self.vanishing["BT"]].tolist()))

    def finished(self, measure: Measure) -> Termination | None:
        """Return None: nothing about a fold ends its curve."""
        return None

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve the defining system of a cusp, Bogdanov-Takens or zero-Hopf point."""
        tolerance = self.options.tolerance
        if event == "BT":
            return refine_bogdanov_takens(self.field, z, tolerance)
        if event == "CP":
            return refine_cusp(self.field, z, tolerance)
        eigenvalues = self.field.eigenvalues(z)
        other = critical_pair(eigenvalues[self._rest(eigenvalues)])
        return refine_zero_hopf(self.field, z, other.determinant, tolerance)
