"""Hopf points in two parameters as a curve to follow."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from .arclength import Measure, PlaneCurve, Refined
from .augmented import Block, pair_sum, product_of_pair
from .codim2 import (
    refine_bogdanov_takens,
    refine_generalized_hopf,
    refine_hopf_hopf,
    refine_zero_hopf,
)
from .normalforms import lyapunov_values
from .options import ContinuationOptions
from .problem import FloatArray
from .scaled import ScaledField
from .special_point import Termination
from .spectrum import critical_pair, hopf_test, nearest_pair, oscillation, others, zero_test


class HopfCurve(PlaneCurve):
    """Equilibria with two eigenvalues adding up to zero, in two free parameters.

    A Hopf point as long as their product, the square of the frequency, is positive; beyond a
    Bogdanov-Takens point the curve is one of neutral saddles.
    """

    kind = "hopf"
    events = ("BT", "ZH", "HH", "GH")
    changes = MappingProxyType({"ZH": 1, "HH": 2})
    may_vanish = ("HH",)

    def __init__(self, field: ScaledField, options: ContinuationOptions, determinant: float):
        super().__init__(field, options)
        self.determinant = determinant
        self._through = options.stop_at is not None and "BT" not in options.stop_at

    def condition(self) -> Block:
        """Return the vanishing sum of the pair."""
        return pair_sum(self.field, self.determinant)

    def accept(self, z: FloatArray) -> None:
        """Remember the pair by its product."""
        pair = nearest_pair(self.field.eigenvalues(z), self.determinant)
        self.determinant = pair.determinant

    def measure(self, z: FloatArray, tangent: FloatArray, gap: float = np.nan) -> Measure:
        """Return eigenvalues, frequency, l1 and the test functions for BT, GH, ZH and HH."""
        spectrum = self.field.spectrum(z)
        pair = nearest_pair(spectrum.values, self.determinant)
        rest = others(spectrum.values, pair.positions)
        frequency, l1, regular = np.nan, np.nan, np.nan
        zero = zero_test(spectrum.values[rest])
        product = product_of_pair(self.field, z, pair)
        if pair.determinant > 0:
            frequency = float(np.sqrt(pair.determinant))
        if product > 0:
            l1, regular = lyapunov_values(self.field, z, frequency)
            # l1 has a pole where another eigenvalue is zero
            regular *= zero / (abs(zero) + frequency) if np.isfinite(zero) else 1.0
        tests = {
            "BT": product,
            "GH": regular,
            "ZH": zero,
            "HH": hopf_test(spectrum, rest, self.vanishing["HH"]),
        }
        columns = {**oscillation(frequency), "l1": l1}
        return Measure(spectrum.values, *spectrum.sides(rest), tests, columns)

    def finished(self, measure: Measure) -> Termination | None:
        """Return the end at a Bogdanov-Takens point unless asked to pass it."""
        if measure.tests["BT"] >= 0 or self._through:
            return None
        return Termination(
            "BT", "not a Hopf point but a neutral saddle: beyond a Bogdanov-Takens point"
        )

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve the defining system of a BT, GH, ZH or HH point."""
        tolerance = self.options.tolerance
        if event == "BT":
            return refine_bogdanov_takens(self.field, z, tolerance)
        eigenvalues = self.field.eigenvalues(z)
        pair = nearest_pair(eigenvalues, self.determinant)
        if event == "GH":
            return refine_generalized_hopf(self.field, z, pair.determinant, tolerance)
        if event == "ZH":
            return refine_zero_hopf(self.field, z, pair.determinant, tolerance)
        other = critical_pair(eigenvalues[others(eigenvalues, pair.positions)])
        both = (pair.determinant, other.determinant)
        return refine_hopf_hopf(self.field, z, both, tolerance)
