"""Where an orbit meets a surface on which the field loses smoothness."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ikmeanfield.continuation.problem import FloatArray, Scalar

from .orbit import Orbit


def kink_ranges(
    kinks: Mapping[str, Scalar], orbit: Orbit, p: FloatArray
) -> dict[str, tuple[float, float]]:
    """Smallest and largest value of every kink function along an orbit.

    Their signs differ where the orbit crosses the surface; one of them is zero where it grazes.
    """
    if not kinks:
        return {}
    x = np.linspace(0, 1, 5)[:-1]
    times = (orbit.mesh[:-1, None] + orbit.widths[:, None] * x).ravel()
    states = orbit(times)
    out = {}
    for name, kink in kinks.items():
        values = np.array([kink(y, p) for y in states])
        out[name] = (
            _refined(kink, orbit, p, times, values, sign=1.0),
            _refined(kink, orbit, p, times, values, sign=-1.0),
        )
    return out


def _refined(
    kink: Scalar, orbit: Orbit, p: FloatArray, times: FloatArray, values: FloatArray, *, sign: float
) -> float:
    """Minimum (sign 1) or maximum (sign -1) of a kink function, zooming in on its best sample."""
    k = int(np.argmin(sign * values))
    size = len(times)
    width = max((times[k] - times[k - 1]) % 1.0, (times[(k + 1) % size] - times[k]) % 1.0)
    centre, best = times[k], sign * values[k]
    for _ in range(8):
        near = centre + width * np.linspace(-1, 1, 9)
        candidates = np.array([sign * kink(y, p) for y in orbit(near)])
        j = int(np.argmin(candidates))
        centre, best, width = near[j], min(best, candidates[j]), width / 4
    return float(sign * best)
