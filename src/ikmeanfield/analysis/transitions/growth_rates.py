"""The boundary of oscillations from their growth rates at constant current.

Near a Hopf point an oscillation takes seconds to grow or decay (ten seconds or more at a distance
of 0.1 pA), so no affordable hold shows directly whether it persists. But every hold shows a growth
rate. For the amplitude A of an oscillation at the current I, with d = I − I₀ and a function a(A),

    d ln A/dt = a(A) − (m + n A²) d − q d²

is fitted to the changes of ln A during several holds at once. The model is linear in its unknowns,
and isotropic noise does not bias it, because ln|z| is harmonic. The current at which the growth
rate is zero, as a function of A, is the branch of cycles. As the current moves out of the range of
oscillations, they end where this branch reaches furthest; as it moves in, they begin where the
branch leaves A = 0.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.ringdown import Ringdown

FloatArray = NDArray[np.float64]

Basis = tuple[Callable[[FloatArray], FloatArray], ...]
BASES: tuple[Basis, ...] = (
    (np.ones_like, lambda a: a**2, lambda a: a**3, lambda a: a**4),
    (np.ones_like, lambda a: a**2, lambda a: a**4),
    (np.ones_like, lambda a: a**2 / (a**2 + 0.09), lambda a: a**2, lambda a: a**4),
)
"""Basis functions of a(A), with A relative to the largest amplitude.

These are the normal form and two variants that differ in how fast the growth rate may change at
small amplitudes. The result is the mean over the bases; half of their range is part of the error,
and often most of it."""
MEMORY_ERROR = 0.04
"""Error of a growth rate in 1/s that remains because the amplitude does not describe the state
completely: neurons that fire rarely carry traces of the last seconds."""
AMPLITUDES = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class OscillationBoundary:
    """A boundary of oscillations in both directions of the current; all values in pA.

    Attributes
    ----------
    hopf, hopf_error
        Current at which the stationary state becomes unstable, and its standard error.
    last, last_error
        Current at which oscillations end, and its standard error.
    noise
        Half-width over which noise blurs the boundary.
    """

    hopf: float
    hopf_error: float
    last: float
    last_error: float
    noise: float

    def end(self, *, outwards: bool) -> tuple[float, float]:
        """Return the boundary met moving out of the oscillations or into them, and its error."""
        return (self.last, self.last_error) if outwards else (self.hopf, self.hopf_error)


def fit_boundary(ringdowns: Sequence[Ringdown]) -> OscillationBoundary | None:
    """Fit the boundary of oscillations to the growth rates in several holds.

    Returns
    -------
    OscillationBoundary or None
        None if there are too few data, or if the growth rates do not decrease with the current.
    """
    pieces = [(r, piece) for r in ringdowns for piece in r.pieces()]
    if len({r.current for r, _ in pieces}) < 2 or len(pieces) < 4:
        return None
    fits = [fit for basis in BASES if (fit := _fit(pieces, basis)) is not None]
    if len(fits) < len(BASES):
        return None
    ends = np.array([fit[0] for fit in fits])
    statistical = np.mean([fit[1] for fit in fits], axis=0)
    memory = MEMORY_ERROR / fits[0][3]
    errors = np.sqrt(statistical**2 + (np.ptp(ends, axis=0) / 2) ** 2 + memory**2)
    hopf, last = ends.mean(axis=0)
    return OscillationBoundary(
        float(hopf), float(errors[0]), float(last), float(errors[1]),
        float(np.max([fit[2] for fit in fits])),
    )  # fmt: skip


Fit = tuple[tuple[float, float], FloatArray, float, float]


def _fit(pieces: Sequence[tuple[Ringdown, FloatArray]], basis: Basis) -> Fit | None:
    """Return the currents where oscillations begin and end, both errors, the blur, and m."""
    current = np.array([r.current for r, _ in pieces])
    centre, span = float(current.mean()), max(float(np.ptp(current)), 0.2)
    scale = max(float(a.max()) for _, a in pieces)
    d = current - centre
    seconds = np.array([(a.size - 1) * r.interval / 1000.0 for r, a in pieces])
    change = np.array([np.log(a[-1] / a[0]) for _, a in pieces])
    size = np.array([float(np.exp(np.log(a / scale).mean())) for _, a in pieces])

    columns = [np.array([np.mean(part(a / scale)) for _, a in pieces]) for part in basis]
    squared = np.array([np.mean((a / scale) ** 2) for _, a in pieces])
    columns += [-d, -d * squared, -d * d]
    design = np.stack(columns, axis=1) * seconds[:, None]
    rate = float(np.abs(change / seconds).max())
    steep = rate / span
    weak = np.array([3 * rate] * len(basis) + [5 * steep, 0.7 * steep, 0.3 * steep / span])
    value, covariance, strength = _regress(design, change, size, weak)
    count = len(basis)

    def ends(q: FloatArray) -> tuple[float, float]:
        branch = _branch(q, basis, AMPLITUDES)
        # the first turning point; amplitudes beyond it were not observed
        rises = np.diff(branch) >= 0
        turns = branch[:-1][np.insert(rises[:-1], 0, True) & ~rises]
        last = turns.max() if turns.size else np.nan
        return centre + float(branch[0]), centre + float(last)

    if value[count] <= 0 or value[count] + value[count + 1] <= 0:
        return None
    slope = float(value[count])
    draws = np.random.default_rng(0).multivariate_normal(value, covariance, 200)
    falling = draws[(draws[:, count] > 0) & (draws[:, count] + draws[:, count + 1] > 0)]
    if len(falling) < 150:
        return None
    spread = np.array([ends(q) for q in falling])
    spread = spread[np.isfinite(spread[:, 1])]
    if len(spread) < 150 or not np.isfinite(ends(value)[1]):
        return None
    low, high = np.quantile(spread, [0.16, 0.84], axis=0)
    blur = _blur(value, basis, strength / float(seconds.mean()))
    return ends(value), np.asarray((high - low) / 2), blur, slope


def _regress(
    design: FloatArray, change: FloatArray, size: FloatArray, weak: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Solve by weighted least squares, with a variance c + D/A² estimated from the residuals.

    The last value returned is D.
    """
    from scipy.optimize import nnls  # noqa: PLC0415

    variance = 0.02**2 + (0.02 / size) ** 2
    parts = np.stack([np.ones(size.size), size**-2], axis=1)
    for _ in range(4):
        normal = (design / variance[:, None]).T @ design + np.diag(weak**-2)
        value = np.linalg.solve(normal, (design / variance[:, None]).T @ change)
        rest = change - design @ value
        free = max(1.0, change.size - weak.size / 2)
        found, _ = nnls(parts / variance[:, None], rest**2 / variance * change.size / free)
        variance = 0.01**2 + parts @ found
    return np.asarray(value), np.asarray(np.linalg.inv(normal)), float(found[1])


def _branch(q: FloatArray, basis: Basis, amplitude: FloatArray) -> FloatArray:
    """Return the current, relative to the centre, of zero growth at every amplitude (Newton)."""
    count = len(basis)
    still = sum(q[j] * part(amplitude) for j, part in enumerate(basis))
    slope = q[count] + q[count + 1] * amplitude**2
    d = still / slope
    for _ in range(8):
        steepness = slope + 2 * q[count + 2] * d
        d = d + (still - d * slope - q[count + 2] * d * d) / np.where(
            np.abs(steepness) > slope / 5, steepness, slope / 5
        )
    return np.asarray(d)


def _blur(q: FloatArray, basis: Basis, strength: float) -> float:
    """Return the growth rate, as a current, at which it balances noise: |a(A) − a(0)| A² = D."""
    grid = AMPLITUDES[1:]
    rate = np.abs(sum(q[j] * part(grid) for j, part in enumerate(basis) if j > 0))
    balanced = np.flatnonzero(rate * grid**2 >= strength)
    return float(rate[balanced[0]] / q[len(basis)]) if balanced.size else nan
