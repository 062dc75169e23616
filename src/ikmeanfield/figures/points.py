"""Points at which networks change state, drawn into a plane."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from numpy.typing import NDArray

NETWORK_FOLD, NETWORK_HOPF = "#2b2b2b", "#1f57b8"
"""The network's points: dark grey for folds, blue for the borders of oscillations."""
_SHAPES: dict[tuple[str, str], tuple[str, str, float, str]] = {
    ("fold", "ramp"): ("x", NETWORK_FOLD, 2.6, "fold, on the ramp"),
    ("hopf", "ramp"): ("+", NETWORK_HOPF, 3.4, "Hopf, on the ramp"),
    ("fold", "held"): ("^", NETWORK_FOLD, 2.6, "fold, held still"),
    ("hopf", "held"): ("o", NETWORK_HOPF, 2.4, "Hopf, held still"),
}
POINTS: dict[tuple[str, str], dict[str, Any]] = {
    key: {
        "marker": marker, "color": color, "markersize": size, "linestyle": "none",
        "markeredgewidth": 0.55 if key[1] == "ramp" else 0.0, "label": label,
    }
    for key, (marker, color, size, label) in _SHAPES.items()
}  # fmt: skip
"""Looks by kind and detector: crosses on the ramp, filled where held."""


def draw_points(
    axes: Axes, points: xr.Dataset, second: NDArray[np.float64]
) -> set[tuple[str, str]]:
    """Draw points by their current and a second parameter; those held still with error bars.

    Parameters
    ----------
    axes
        Where.
    points
        Along `point`: `kind`, `detector`, `current`, `lower`, `upper` and `noise` (pA).
    second
        The second parameter of each.

    Returns
    -------
    set of (str, str)
        Which kinds and detectors there are.
    """
    kinds, detectors = (points[name].values.astype(str) for name in ("kind", "detector"))
    drawn = set()
    for (kind, detector), look in POINTS.items():
        rows = np.flatnonzero((kinds == kind) & (detectors == detector))
        if not rows.size:
            continue
        drawn.add((kind, detector))
        chosen = points.isel(point=rows)
        current = chosen["current"].values
        if detector == "held":
            noise = np.nan_to_num(chosen["noise"].values)
            ends = chosen["lower"].values - noise, chosen["upper"].values + noise
            error = np.nan_to_num([current - ends[0], ends[1] - current]).clip(min=0)
            axes.errorbar(
                current, second[rows], xerr=error, elinewidth=0.6, capsize=0, zorder=5, **look
            )
        else:
            axes.plot(current, second[rows], zorder=4, **look)
    return drawn
