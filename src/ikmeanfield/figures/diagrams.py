"""Bifurcation diagrams in the form that Fig. 1 and the overview use."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.axes import Axes

from ikmeanfield.continuation import Branch
from ikmeanfield.plot.branches import LOOKS, MARKS, draw_branch
from ikmeanfield.plot.paper_style import INK

UNSTABLE = {"color": "0.45", "linestyle": (0, (1, 1))}
EXACT: dict[str, Any] = {"color": INK[0], "linewidth": 0.7, "zorder": 3}
"""Look of what the stationary theory says."""


def draw_diagram(
    axes: Axes, branches: Mapping[str, Branch], variable: str, scale: float = 1.0
) -> None:
    """Draw equilibria (stable solid, unstable dotted grey) and the extrema of limit cycles.

    Folds and Hopf points are marked on equilibria. The variable is multiplied by `scale`, for
    example 1000 for a rate in Hz.
    """
    for branch in branches.values():
        label = {"label": branch.kind}
        draw_branch(
            axes, branch, variable, scale=scale, stable={**LOOKS[branch.kind][0], **label},
            unstable={**UNSTABLE, **label}, meet_at_points=False,
            marks={kind: MARKS[kind] for kind in ("LP", "HB") if branch.kind == "equilibrium"},
        )  # fmt: skip
