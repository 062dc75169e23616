"""The Lorentzian law, whole (Eq. 21) and truncated (Eq. 40)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.heterogeneity.law import Law

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Lorentzian(Law):
    """A Lorentzian of half-width `width` about `center` (Eq. 21)."""

    @property
    def _angle(self) -> float:
        """Arctan of the half-range in widths; π/2 without truncation."""
        return float(np.arctan(self.half_range / self.width)) if self.width > 0 else 0.0

    @property
    def pole(self) -> complex:
        """The pole of the untruncated density, center + i width."""
        return complex(self.center, self.width)

    def pdf(self, value: ArrayLike) -> FloatArray:
        """Density in the inverse unit of the parameter; the width must be positive."""
        x = np.asarray(value, dtype=float) - self.center
        density = self.width / (x**2 + self.width**2) / (2 * self._angle)
        return np.where(np.abs(x) < self.half_range, density, 0.0)

    def cdf(self, value: ArrayLike) -> FloatArray:
        """Probability of a value at or below the given one; the width must be positive."""
        x = np.clip(np.asarray(value, dtype=float) - self.center, -self.half_range, self.half_range)
        return np.asarray(0.5 + np.arctan(x / self.width) / (2 * self._angle))

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """Inverse of `cdf`."""
        p = np.asarray(probability, dtype=float)
        return np.asarray(self.center + self.width * np.tan((2 * p - 1) * self._angle))


@dataclass(frozen=True)
class TruncatedLorentzian(Lorentzian):
    """A Lorentzian of half-width `width` about `center`, cut off at ``center ± half_range``.

    Its density is that of the Lorentzian divided by the probability inside (Eq. 40).
    """

    truncates: ClassVar[bool] = True
