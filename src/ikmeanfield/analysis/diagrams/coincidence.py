"""Whether points found in one parameter lie on the curves found in two.

A curve's value at a given second parameter is interpolated from the curve's own points, without
solving any equation again, so that agreement means that both continuations went the same way.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from numpy.polynomial import Polynomial
from scipy.optimize import brentq

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.continuation import Branch

    FloatArray = NDArray[np.float64]

#: Points on either side of a step that the interpolation uses.
_REACH = 3
#: Points closer than this share of a usual step (rows of special points) are left out.
_CROWDED = 0.05


class CoincidenceError(ValueError):
    """Points in one parameter do not lie on the two-parameter curves; the message lists them."""


def curve_values(curve: Branch, second: float) -> tuple[FloatArray, FloatArray]:
    """Values of a curve's first free parameter where its second one has a given value.

    Interpolated with a polynomial through six points, in that component of state and parameters
    which runs most evenly there. Pieces end at kinks; beside one, where half-integer powers of the
    distance occur, the polynomial is one in the root of the distance.

    Returns
    -------
    values, errors
        In ascending order, and what the interpolation may be wrong by: its difference from the
        one with fewer points.
    """
    path = np.hstack([curve.states, curve.parameters])
    size = np.maximum(np.ptp(path, axis=0), 1e-12 * np.abs(path).max(axis=0))
    scaled = path / np.where(size > 0, size, 1.0)
    kinks = {p.row for p in curve.points("KINK")}
    ends = [0, *sorted(kinks), len(curve) - 1]
    found: list[tuple[float, float]] = []
    for low, high in itertools.pairwise(ends):
        rows = np.arange(low, high + 1)
        gap = curve[curve.free[1]][rows] - second
        for k in np.flatnonzero(gap[:-1] * gap[1:] < 0):
            best, rough = (
                _interpolated(scaled, path, rows, int(k), second, reach, kinks)
                for reach in (_REACH, 2)
            )
            found.append((best, abs(best - rough)))
        found += [(float(curve.parameters[row, 0]), 0.0) for row in rows[gap == 0]]
    pairs = np.array(sorted(set(found))).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def _interpolated(
    scaled: FloatArray,
    path: FloatArray,
    rows: NDArray[np.int64],
    k: int,
    second: float,
    reach: int,
    kinks: set[int],
) -> float:
    """The first parameter between rows k and k + 1 where the second one has its value."""
    chosen = _window(scaled, rows, k, reach)
    steps = np.diff(scaled[chosen], axis=0)
    evenness = np.abs(steps).min(axis=0) * (np.abs(np.sign(steps).sum(axis=0)) == len(steps))
    x = scaled[chosen, int(np.argmax(evenness[:-1]))]
    if not evenness[:-1].any():  # nothing is monotonic: the second parameter over one step
        x, chosen = path[rows[k : k + 2], -1], rows[k : k + 2]
    at = [place for place, row in enumerate(chosen) if int(row) in kinks]
    if at:
        x = np.sqrt(np.abs(x - x[at[0]]))
    middle, half = x.mean(), np.ptp(x) / 2
    t = (x - middle) / half

    def fit(column: int) -> Polynomial:
        return Polynomial.fit(t, path[chosen, column], len(t) - 1, domain=[-1, 1])

    there = fit(-1)
    a, b = (float(t[np.flatnonzero(chosen == row)[0]]) for row in rows[k : k + 2])
    root = brentq(lambda s: there(s) - second, min(a, b), max(a, b), xtol=1e-14)
    return float(fit(-2)(root))


def _window(scaled: FloatArray, rows: NDArray[np.int64], k: int, reach: int) -> NDArray[np.int64]:
    """Rows k and k + 1, or more: up to `reach` on either side, without crowded ones."""
    usual = float(np.median(np.linalg.norm(np.diff(scaled[rows], axis=0), axis=1)))
    kept = [k, k + 1]
    for way, stop in ((-1, -1), (1, len(rows))):
        last, taken = (k if way < 0 else k + 1), 1
        for j in range(last + way, stop, way):
            if np.linalg.norm(scaled[rows[j]] - scaled[rows[last]]) > _CROWDED * usual:
                kept.append(j)
                last, taken = j, taken + 1
            if taken == reach:
                break
    return np.asarray(rows[sorted(kept)])


def check_points(
    points: xr.Dataset, curves: Mapping[str, Branch], *, tolerance: float = 1e-6
) -> xr.Dataset:
    """Compare folds and Hopf points found in one parameter with the curves in two.

    Parameters
    ----------
    points
        As `fold_and_hopf_points` gives them, of any number of values of the second parameter.
    curves
        As `bifurcation_plane` gives them, of the same two parameters.
    tolerance
        Largest relative difference, beyond what the interpolation may be wrong by.

    Returns
    -------
    xarray.Dataset
        `points` with `on_curve`, the curves' nearest value, `difference` (relative) and
        `interpolation_error` (relative), by which the curve's value may be wrong.

    Raises
    ------
    CoincidenceError
        If a point is further from every curve of its kind, or a curve of the plane passes a
        value of the second parameter at which no point was found.
    """
    kinds, seconds = points["kind"].values.astype(str), points["second"].values
    values = points["value"].values
    nearest, error = np.full((2, len(values)), np.nan)
    complaints = []
    for second in np.unique(seconds):
        for kind in ("fold", "hopf"):
            rows = np.flatnonzero((seconds == second) & (kinds == kind))
            same = [c for c in curves.values() if c.kind == kind]
            pairs = [curve_values(curve, second) for curve in same]
            passing = np.concatenate([np.empty(0), *(pair[0] for pair in pairs)])
            unsure = np.concatenate([np.empty(0), *(pair[1] for pair in pairs)])
            if len(rows) != len(passing):
                complaints.append(
                    f"at {second:g}: {len(rows)} {kind} points in one parameter "
                    f"({_shown(values[rows])}), {len(passing)} on the curves ({_shown(passing)})"
                )
            if len(passing):
                order = np.abs(passing[:, None] - values[rows]).argmin(axis=0)
                nearest[rows], error[rows] = passing[order], unsure[order]
    size = np.maximum(np.abs(values), 1e-12)
    difference = np.abs(nearest - values) / size
    complaints += [
        f"at {seconds[row]:g}: {kinds[row]} at {values[row]:.10g}, curve at {nearest[row]:.10g}"
        for row in np.flatnonzero(difference > tolerance + error / size)
    ]
    if complaints:
        msg = "one- and two-parameter continuation disagree: " + "; ".join(complaints)
        raise CoincidenceError(msg)
    unit = points["value"].attrs.get("units", "")
    return points.assign(
        on_curve=("point", nearest, {"long_name": "value on the curve", "units": unit}),
        difference=("point", difference, {"long_name": "relative difference", "units": "1"}),
        interpolation_error=(
            "point", error / size, {"long_name": "relative error of interpolation", "units": "1"},
        ),
    )  # fmt: skip


def _shown(values: FloatArray) -> str:
    return ", ".join(f"{value:.6g}" for value in np.sort(values)) or "none"
