"""Averages over what differs between the neurons of a population.

With x = Δ sinh ξ for the distance of a parameter from its centre, a Lorentzian of half-width Δ
becomes dξ/(π cosh ξ), which is as smooth at the core as in the tails. Rates rise as a square root
from the onset of firing, so the axis is divided there, and panels that end at an onset are mapped
quadratically; Gauss-Legendre nodes in every panel then converge geometrically.
"""

from __future__ import annotations

from functools import cache
from math import ceil, cosh, erf, inf, log, pi, sqrt

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

_PANEL = 2.5  # widest panel in ξ
_RATIO = 8.0  # of neighbouring panels
#: Ends of whole laws. Rates grow no faster than the root of a current, as exp(ξ/2), so that beyond
#: it a Lorentzian has 1e-11 of a mean rate, and a Gaussian 1e-16 of its mass.
_FAR, _FAR_GAUSSIAN = 52.0, 2.7
_ROOT = sqrt(log(2.0))  # a Gaussian of half-width Δ falls as exp(−ln 2 (x/Δ)²)
_GAUSSIAN_MASS = sqrt(pi / log(2.0))

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


def _dividing(length: float, near: float) -> FloatArray:
    """Places that divide a panel so that its first part is at most `near` long, ascending."""
    parts = ceil(log(max(length / near, 1.0), _RATIO))
    return length * _RATIO ** np.arange(-float(parts), 0.0)


class Axis:
    """Distances x of a parameter from its centre, which follow a law of half-width `width`.

    Parameters
    ----------
    width
        Half-width at half-maximum, in the unit of the parameter; positive.
    half_range
        The law is cut off at ± half_range; infinite leaves it whole.
    nodes
        Gauss-Legendre nodes in every panel.
    gaussian
        Whether the law is a Gaussian; a Lorentzian otherwise.
    """

    def __init__(self, width: float, half_range: float, nodes: int, gaussian: bool = False):
        self.width, self.nodes, self.gaussian = width, nodes, gaussian
        far = _FAR_GAUSSIAN if gaussian else _FAR
        self.end = min(float(np.arcsinh(half_range / width)), far)
        reach = float(np.sinh(self.end))
        self.mass = _GAUSSIAN_MASS * erf(_ROOT * reach) if gaussian else 2.0 * np.arctan(reach)

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest x."""
        reach = self.width * float(np.sinh(self.end))
        return -reach, reach

    def nodes_between(
        self, low: float, high: float, power: tuple[int, int] = (1, 1),
        near: tuple[float, float] = (inf, inf),
    ) -> tuple[FloatArray, FloatArray]:  # fmt: skip
        """Places x in (low, high) with their weights; `power` grades the two ends.

        They come panel by panel, `nodes` to each. The panels at the two ends are at most `near`
        long, their neighbours `_RATIO` times as long as they, and so on.
        """
        start, stop = (self._position(value) for value in (low, high))
        if not start < stop:
            return np.empty(0), np.empty(0)
        edges = np.linspace(start, stop, 1 + ceil((stop - start) / _PANEL))
        length = edges[1] - edges[0]
        first, last = (
            _dividing(length, limit / (self.width * cosh(end)))
            for limit, end in zip(near, (start, stop), strict=True)
        )
        if len(edges) == 2 and first.size and last.size:
            edges = np.array([start, 0.5 * (start + stop), stop])
            first, last = (part[part < 0.5 * length] for part in (first, last))
        inner = start + first, edges[1:-1], stop - last[::-1]
        edges = np.concatenate([[start], *inner, [stop]])
        parts = []
        for j in range(len(edges) - 1):
            left = power[0] if j == 0 and start > -self.end else 1
            right = power[1] if j == len(edges) - 2 and stop < self.end else 1
            parts.append(panel(edges[j], edges[j + 1], (left, right), self.nodes))
        xi, weight = (np.concatenate(column) for column in zip(*parts, strict=True))
        return self.width * np.sinh(xi), weight * self._density(xi)

    def _density(self, xi: FloatArray) -> FloatArray:
        """The law's density in ξ."""
        if self.gaussian:
            return np.cosh(xi) * np.exp(-((_ROOT * np.sinh(xi)) ** 2)) / self.mass
        return 1.0 / np.cosh(xi) / self.mass

    def _position(self, x: float) -> float:
        """The ξ of a place, within the limits."""
        return min(max(float(np.arcsinh(x / self.width)), -self.end), self.end)
