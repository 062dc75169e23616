"""The truncated Lorentzian distribution of spiking thresholds (Eqs. 21 and 40)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.circuit import Population

FloatArray = NDArray[np.float64]
Draw = Literal["quantiles", "random"]


@dataclass(frozen=True)
class TruncatedLorentzian:
    """A Lorentzian of half-width `width` about `center`, cut off at ``center ± half_range``.

    All three are in mV. A width of zero puts every threshold at the centre.
    """

    center: float
    width: float
    half_range: float

    @classmethod
    def of(cls, population: Population) -> TruncatedLorentzian:
        """The distribution of a population's thresholds."""
        return cls(population.threshold, population.threshold_width, population.half_range)

    @property
    def _angle(self) -> float:
        return float(np.arctan(self.half_range / self.width)) if self.width > 0 else 0.0

    def pdf(self, threshold: ArrayLike) -> FloatArray:
        """Density in 1/mV (Eq. 40); the width must be positive."""
        x = np.asarray(threshold, dtype=float) - self.center
        density = self.width / (x**2 + self.width**2) / (2 * self._angle)
        return np.where(np.abs(x) < self.half_range, density, 0.0)

    def cdf(self, threshold: ArrayLike) -> FloatArray:
        """Probability of a threshold at or below the given one; the width must be positive."""
        x = np.clip(
            np.asarray(threshold, dtype=float) - self.center, -self.half_range, self.half_range
        )
        return np.asarray(0.5 + np.arctan(x / self.width) / (2 * self._angle))

    def quantile(self, probability: ArrayLike) -> FloatArray:
        """Inverse of `cdf`, in mV."""
        p = np.asarray(probability, dtype=float)
        return np.asarray(self.center + self.width * np.tan((2 * p - 1) * self._angle))

    def thresholds(self, size: int, draw: Draw, rng: np.random.Generator) -> FloatArray:
        """Thresholds of `size` neurons in ascending order, in mV.

        Parameters
        ----------
        size
            Number of neurons.
        draw
            ``"quantiles"``: the midpoints of `size` equally probable classes, the same in every
            run. ``"random"``: independent draws by inverse distribution function.
        rng
            Source of the random draws.
        """
        if draw == "quantiles":
            return self.quantile((np.arange(size) + 0.5) / size)
        if draw == "random":
            return np.sort(self.quantile(rng.random(size)))
        msg = f"draw = {draw!r}; allowed are 'quantiles' and 'random'"
        raise ValueError(msg)
