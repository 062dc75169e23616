"""Folds in two parameters as a curve to follow."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from .arclength import Measure, PlaneCurve, Refined
from .augmented import Block, border, bordered, fold, null_overlap
from .codim2 import refine_bogdanov_takens, refine_cusp, refine_zero_hopf
from .normalforms import quadratic_values
from .options import ContinuationOptions
from .problem import FloatArray
from .scaled import ScaledField
from .spectrum import ComplexArray, critical_pair, hopf_test, others


class FoldCurve(PlaneCurve):
    """Equilibria with a zero eigenvalue, in two free parameters."""

    kind = "fold"
    events = ("BT", "CP", "ZH")
    changes = MappingProxyType({"BT": 1, "ZH": 2})
    may_vanish = ("BT", "ZH")

    def __init__(self, field: ScaledField, options: ContinuationOptions, z: FloatArray):
        super().__init__(field, options)
        self.edge = border(field.jacobian(z))

    def condition(self) -> Block:
        """Return the bordered singularity condition."""
        return fold(self.field, self.edge)

    def accept(self, z: FloatArray) -> None:
        """Let the border follow the null vectors."""
        jacobian = self.field.jacobian(z)
        self.edge = self.edge.updated(jacobian)
        if self.field.costly:
            inverse = np.asarray(np.linalg.inv(bordered(jacobian, self.edge)), dtype=float)
            self.edge = replace(self.edge, inverse=inverse)

    def measure(self, z: FloatArray, tangent: FloatArray, gap: float = np.nan) -> Measure:
        """Return eigenvalues and the test functions for BT, CP and ZH."""
        spectrum, unit = self.field.spectrum(z), self.edge.updated(self.field.jacobian(z))
        rest = self._rest(spectrum.values)
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
