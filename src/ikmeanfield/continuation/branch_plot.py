"""One call to draw a branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import matplotlib.pyplot as plt

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from .branch_data import BranchData

_COLOURS = {
    "equilibrium": "black",
    "fold": "0.45",
    "hopf": "tab:green",
    "cycle": "tab:blue",
    "cycle_fold": "tab:blue",
    "period_doubling": "tab:orange",
    "torus": "tab:purple",
    "fixed_period": "tab:red",
    "homoclinic": "tab:red",
}


def plot(
    branch: BranchData, ax: Axes | None = None, x: str | None = None, y: str | None = None
) -> Axes:
    """Draw a branch; see `Branch.plot`."""
    if ax is None:
        _, ax = plt.subplots(layout="constrained")
    x = x or branch.free[0]
    plane = len(branch.free) == 2
    y = y or (branch.free[1] if plane else branch.variables[0])
    colour = _COLOURS.get(branch.kind, "black")
    heights = [branch[y]]
    if branch.kind == "cycle" and y in branch.variables and "minimum" in branch.extra:
        column = branch.variables.index(y)
        heights = [branch.extra[name][1][:, column] for name in ("minimum", "maximum")]
    for height in heights:
        for stable, rows in branch.segments():
            style = "-" if stable or plane else ":"
            ax.plot(branch[x][rows], height[rows], style, color=colour)
        for point in branch.special:
            place = (branch[x][point.row], height[point.row])
            face = colour if point.status == "converged" else "none"
            ax.plot(*place, "o", markersize=4, markeredgecolor=colour, markerfacecolor=face)
            label = " ".join(filter(None, (point.kind, point.name)))
            ax.annotate(label, place, xytext=(3, 3), textcoords="offset points", fontsize="small")
    for name, set_label in ((x, ax.set_xlabel), (y, ax.set_ylabel)):
        unit = branch.units.get(name, "")
        set_label(f"{name} ({unit})" if unit else name)
    return ax
