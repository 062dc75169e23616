"""Averages over the thresholds of a population.

With v_θ = v̄_θ + Δ_v sinh ξ the Lorentzian becomes dξ/(π cosh ξ), which is as smooth at the core
as in the tails. Rates rise as a square root from the onset of firing, so the axis is divided
there, and panels that end at an onset are mapped quadratically; Gauss-Legendre nodes in every
panel then converge geometrically.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_PANEL = 2.5  # widest panel in ξ
#: Beyond this ξ lies less than 1e-15 of a full Lorentzian.
_FAR = 36.0


#: Many nodes come in equal sections of so many, since large rules are slow to compute.
SECTION = 100


@cache
def _gauss(nodes: int) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights on [0, 1]; beyond `SECTION` nodes, a multiple of it."""
    sections, left = divmod(nodes, SECTION)
    if sections == 0 or nodes == SECTION:
        points, weights = np.polynomial.legendre.leggauss(nodes)
        return 0.5 * (points + 1.0), 0.5 * weights
    if left:
        msg = f"nodes = {nodes}: above {SECTION}, take a multiple of it"
        raise ValueError(msg)
    points, weights = _gauss(SECTION)
    places = (np.arange(sections)[:, None] + points) / sections
    return places.ravel(), np.tile(weights, sections) / sections


@cache
def refinement(nodes: int, fine: int) -> FloatArray:
    """Matrix that takes values at a panel's nodes to those at more nodes; for smooth values."""
    coarse, dense = _gauss(nodes)[0], _gauss(fine)[0]
    gaps = coarse[:, None] - coarse + np.eye(nodes)
    weights = 1.0 / (4.0 * gaps).prod(axis=1)
    terms = weights / (dense[:, None] - coarse)
    return np.asarray(terms / terms.sum(axis=1, keepdims=True))


@cache
def _unit_panel(left: int, right: int, nodes: int) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Nodes on [0, 1], from its start and from its stop (without loss of digits), and weights.

    Graded at either end with a power (1: not at all).
    """
    x, w = _gauss(nodes)
    if left > 1 and right > 1:
        a, b = _unit_panel(left, 1, nodes), _unit_panel(1, right, nodes)
        parts = [0.5 * a[0], 0.5 + 0.5 * b[0]], [0.5 + 0.5 * a[1], 0.5 * b[1]]
        first, last = (np.concatenate(part) for part in parts)
        return first, last, 0.5 * np.concatenate([a[2], b[2]])
    if left > 1:
        return x**left, 1.0 - x**left, w * left * x ** (left - 1)
    if right > 1:
        x, w = x[::-1], w[::-1]
        return 1.0 - x**right, x**right, w * right * x ** (right - 1)
    return x, 1.0 - x, w


def panel(
    start: float, stop: float, power: tuple[int, int], nodes: int
) -> tuple[FloatArray, FloatArray]:
    """Nodes and weights on [start, stop], graded at either end with a power (1: not at all)."""
    first, last, weight = _unit_panel(*power, nodes)
    length = stop - start
    place = np.where(first < last, start + length * first, stop - length * last)
    return place, length * weight


class ThresholdAxis:
    """The Lorentzian of half-width `width` about `center`, cut off at ± `half_range` (mV).

    An infinite half-range leaves it whole; a width of zero puts every threshold at the centre.
    """

    def __init__(self, center: float, width: float, half_range: float, nodes: int):
        self.center, self.width, self.nodes = center, width, nodes
        self.end = min(np.arcsinh(half_range / width), _FAR) if width > 0 else 0.0
        self.mass = 2.0 * np.arctan(np.sinh(self.end))

    @property
    def limits(self) -> tuple[float, float]:
        """Lowest and highest threshold in mV."""
        reach = self.width * float(np.sinh(self.end))
        return self.center - reach, self.center + reach

    def nodes_between(
        self, low: float, high: float, power: tuple[int, int]
    ) -> tuple[FloatArray, FloatArray]:
        """Thresholds in (low, high) with their weights; `power` grades the two ends.

        They come panel by panel, `nodes` to each.
        """
        start, stop = (self._position(value) for value in (low, high))
        if self.width == 0:
            inside = low <= self.center < high
            return np.full(int(inside), self.center), np.ones(int(inside))
        if not start < stop:
            return np.empty(0), np.empty(0)
        edges = np.linspace(start, stop, 1 + int(np.ceil((stop - start) / _PANEL)))
        parts = []
        for j in range(len(edges) - 1):
            left = power[0] if j == 0 and start > -self.end else 1
            right = power[1] if j == len(edges) - 2 and stop < self.end else 1
            parts.append(panel(edges[j], edges[j + 1], (left, right), self.nodes))
        xi, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
        return self.center + self.width * np.sinh(xi), weight / np.cosh(xi) / self.mass

    def density(self, threshold: float) -> float:
        """Density in 1/mV; 0 outside the limits and for a width of zero."""
        low, high = self.limits
        if self.width == 0 or not low < threshold < high:
            return 0.0
        x = threshold - self.center
        return float(self.width / (x**2 + self.width**2) / self.mass)

    def _position(self, threshold: float) -> float:
        """The ξ of a threshold, within the limits."""
        if self.width == 0:
            return threshold
        xi = float(np.arcsinh((threshold - self.center) / self.width))
        return min(max(xi, -self.end), self.end)
