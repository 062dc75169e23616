"""Drawing of where networks change state, in a plane of current and another parameter."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

NETWORK_FOLD, NETWORK_HOPF = "#2b2b2b", "#1f57b8"
"""The network's points: dark grey for folds, blue for the borders of oscillations."""
POINTS: dict[tuple[str, str], tuple[str, str, float]] = {
    ("fold", "ramp"): ("x", NETWORK_FOLD, 2.6),
    ("hopf", "ramp"): ("+", NETWORK_HOPF, 3.4),
    ("fold", "held"): ("^", NETWORK_FOLD, 2.6),
    ("hopf", "held"): ("o", NETWORK_HOPF, 2.4),
}
"""Marker, colour and size by kind and detector: crosses on the ramp, filled where held."""
WORDS = {"ramp": "on the ramp", "held": "held still"}


def draw_points(axes: Axes, points: xr.Dataset, second: str) -> list[Line2D]:
    """Draw where networks change state; return what the legend shows.

    Parameters
    ----------
    axes
        A plane: the current by the second parameter.
    points
        As a summary holds them: kind, detector, current, lower, upper and noise along `point`.
    second
        Name of the coordinate along `point` that holds the second parameter.
    """
    kinds, detectors = (points[name].values.astype(str) for name in ("kind", "detector"))
    handles = []
    for (kind, detector), (marker, color, size) in POINTS.items():
        chosen = points.isel(point=np.flatnonzero((kinds == kind) & (detectors == detector)))
        if not chosen.sizes["point"]:
            continue
        current, height = chosen["current"].values, chosen[second].values
        look: dict[str, Any] = {
            "marker": marker, "color": color, "markersize": size, "linestyle": "none",
            "markeredgewidth": 0.55 if detector == "ramp" else 0.0,
            "label": f"{'Hopf' if kind == 'hopf' else kind}, {WORDS[detector]}",
        }  # fmt: skip
        if detector == "held":
            noise = np.nan_to_num(chosen["noise"].values)
            ends = chosen["lower"].values - noise, chosen["upper"].values + noise
            error = np.nan_to_num([current - ends[0], ends[1] - current]).clip(min=0)
            axes.errorbar(current, height, xerr=error, elinewidth=0.6, capsize=0, zorder=5, **look)
        else:
            axes.plot(current, height, zorder=4, **look)
        handles.append(Line2D([], [], **look))
    return handles
