"""The Gaussian law, whole or truncated."""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.heterogeneity.law import Law

FloatArray = NDArray[np.float64]

HALF_WIDTH = sqrt(2 * log(2))
"""Half-width at half-maximum of a Gaussian, in standard deviations."""


@dataclass(frozen=True)
class TruncatedGaussian(Law):
    """A Gaussian about `center`, cut off at ``center ± half_range``.

    `width` is its half-width at half-maximum before it is cut off, as for all laws; its standard
    deviation σ is ``width / √(2 ln 2)``. It has no pole, so no mean field averages over it.
    """

    truncates: ClassVar[bool] = True

    @property
    def deviation(self) -> float:
        """Standard deviation σ before the law is cut off."""
        return self.width / HALF_WIDTH

    @property
    def _outside(self) -> float:
        """Probability beyond one of the limits before the law is cut off."""
        from scipy.special import ndtr  # noqa: PLC0415 - takes a while to import

        return float(ndtr(-self.half_range / self.deviation)) if self.width > 0 else 0.0

    def pdf(self, value: ArrayLike) -> FloatArray:
        """Density in the inverse unit of the parameter; the width must be positive."""
        x = np.asarray(value, dtype=float) - self.center
        bell = np.exp(-0.5 * (x / self.deviation) ** 2) / (sqrt(2 * np.pi) * self.deviation)
        return np.where(np.abs(x) < self.half_range, bell / (1 - 2 * self._outside), 0.0)

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """The value that a neuron stays below with the given probability."""
        from scipy.special import ndtri  # noqa: PLC0415

        p = np.asarray(probability, dtype=float)
        if self.width == 0:
            return np.full(p.shape, self.center)
        inside = 1 - 2 * self._outside
        # From the nearer end: far out on the right, 1 − p would lose digits.
        below = -self.deviation * ndtri(self._outside + inside * np.minimum(p, 1 - p))
        below = np.minimum(below, self.half_range)
        return np.asarray(self.center + np.where(p < 0.5, -below, below))
