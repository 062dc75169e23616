"""Phase planes of a theory: nullclines, flow and equilibria in two of its variables."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ikmeanfield.analysis.reduction import Plane, Reduction
from ikmeanfield.circuit import Circuit
from ikmeanfield.plot.branches import DASHED
from ikmeanfield.plot.labels import axis_label, displayed, words
from ikmeanfield.plot.paper_style import INK, axes_to_draw_in, style
from ikmeanfield.theories import Theory, require
from ikmeanfield.theories.mean_field import MeanField

_FLOW = "0.72"
_MARK: dict[str, Any] = {
    "marker": "o",
    "markersize": 4.5,
    "linestyle": "none",
    "markeredgecolor": "black",
}


def phase_plane(
    model: Theory | Circuit,
    x: str,
    y: str,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    fixed: Mapping[str, float] | None = None,
    points: int = 61,
    ax: Axes | None = None,
    legend: bool = True,
) -> Axes:
    """Draw nullclines, flow and equilibria of a theory in the plane of two variables.

    Every other variable is at its quasi-steady state (where its own derivative vanishes and the
    state attracts) unless `fixed` holds it; the legend says which. Where there is no such state
    the plane stays empty. Without `fixed`, equilibria of the plane are those of the theory;
    their stability is always that of all variables that are not held fixed, at the true speed
    of each.

    Parameters
    ----------
    model
        A theory with equilibria such as `MeanField`, or a circuit, for its mean field with the
        reset correction.
    x, y
        Two variables such as ``"rs.firing_rate"`` and ``"rs.membrane_potential"``.
    xlim, ylim
        Their ranges, in the units of the picture (Hz for rates).
    fixed
        Variables that are held fixed, and their values in the units of the picture.
    points
        Grid points along each axis.
    ax
        Where to draw; by default a new figure.
    legend
        Whether to explain the lines.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a variable is not one of the theory's, occurs twice, or a range is empty.
    TypeError
        If `model` is neither a theory nor a circuit.
    UnansweredError
        If the theory has no equilibria.
    """
    field = _theory(model)
    held = dict(fixed or {})
    _check_names(field, x, y, held)
    problem = field.problem()
    scale = {name: displayed(problem.units[name])[0] for name in problem.variables}
    grid = [
        np.linspace(low / scale[name], high / scale[name], _count(points))
        for name, (low, high) in ((x, _range("xlim", xlim)), (y, _range("ylim", ylim)))
    ]
    values = {name: value / scale[name] for name, value in held.items()}
    plane = Reduction(problem, x, y, values, field.initial_state()).on_grid(*grid)
    with style():
        ax = axes_to_draw_in(ax, height=2.8)
        _draw(ax, plane, scale[x], scale[y])
        ax.set_xlabel(axis_label(x, problem.units[x]))
        ax.set_ylabel(axis_label(y, problem.units[y]))
        ax.set_xlim(*xlim)
        ax.set_ylim(*ylim)
        if legend:
            stable = {equilibrium.stable for equilibrium in plane.equilibria}
            ax.legend(
                handles=_handles(x, y, stable), title=_title(field, held), ncols=2,
                loc="lower center", bbox_to_anchor=(0.5, 1.0), columnspacing=1.2,
            )  # fmt: skip
    return ax


def _draw(ax: Axes, plane: Plane, x_scale: float, y_scale: float) -> None:
    x, y = plane.x * x_scale, plane.y * y_scale
    dx, dy = (np.ma.masked_invalid(values) for values in (plane.dx, plane.dy))
    if dx.count():
        ax.streamplot(
            x, y, dx * x_scale, dy * y_scale, color=_FLOW, linewidth=0.5, arrowsize=0.6,
            density=0.9, zorder=1,
        )  # fmt: skip
    for values, look in zip((dx, dy), _nullcline_looks(), strict=True):
        if values.count() and values.min() < 0 < values.max():
            ax.contour(
                x, y, values, levels=[0.0], colors=[look["color"]],
                linestyles=[look["linestyle"]], linewidths=1.2, zorder=2,
            )  # fmt: skip
    for equilibrium in plane.equilibria:
        face = "black" if equilibrium.stable else "white"
        ax.plot(
            equilibrium.x * x_scale, equilibrium.y * y_scale, markerfacecolor=face, zorder=4,
            label=_equilibrium(equilibrium.stable), **_MARK,
        )  # fmt: skip


def _nullcline_looks() -> tuple[dict[str, Any], dict[str, Any]]:
    return {"color": INK[0], "linestyle": "-"}, {"color": INK[2], "linestyle": DASHED}


def _handles(x: str, y: str, stable: set[bool]) -> list[Line2D]:
    handles = [
        Line2D([], [], label=f"{words(name)} nullcline", **look)
        for name, look in zip((x, y), _nullcline_looks(), strict=True)
    ]
    return handles + [
        Line2D([], [], markerfacecolor="black" if s else "white", label=_equilibrium(s), **_MARK)
        for s in sorted(stable, reverse=True)
    ]


def _equilibrium(stable: bool) -> str:
    return f"{'' if stable else 'un'}stable equilibrium"


def _title(field: Theory, held: Mapping[str, float]) -> str:
    """Which variables are fixed, and that the others are quasi-steady."""
    units = field.problem().units
    parts = []
    for name, value in held.items():
        unit = displayed(units[name])[1]
        parts.append(f"{words(name)} = {value:g}" + ("" if unit == "1" else f" {unit}"))
    if len(field.variables) > 2 + len(held):
        parts.append("other variables at their quasi-steady state")
    return "; ".join(parts)


def _theory(model: Any) -> Theory:
    if isinstance(model, Circuit):
        return MeanField(model)
    if not hasattr(model, "answers") or not hasattr(model, "problem"):
        msg = f"model = {model!r} is neither a theory, such as MeanField(circuit), nor a Circuit"
        raise TypeError(msg)
    theory: Theory = model
    require(theory, "equilibria")
    return theory


def _check_names(field: Theory, x: str, y: str, held: Mapping[str, float]) -> None:
    for key, name in (("x", x), ("y", y), *(("fixed", name) for name in held)):
        if name not in field.variables:
            msg = f"{key} names {name!r}; the variables are {', '.join(field.variables)}"
            raise ValueError(msg)
    names = [x, y, *held]
    if len(set(names)) < len(names):
        msg = f"x, y and fixed must name different variables; got {', '.join(names)}"
        raise ValueError(msg)


def _range(key: str, given: Any) -> tuple[float, float]:
    try:
        low, high = (float(value) for value in given)
    except (TypeError, ValueError):
        low = high = 0.0
    if not (isfinite(low) and isfinite(high) and low < high):
        msg = f"{key} = {given!r} must be two ascending numbers"
        raise ValueError(msg)
    return low, high


def _count(points: Any) -> int:
    if not isinstance(points, int) or points < 3:
        msg = f"points = {points!r} must be a whole number of at least 3"
        raise ValueError(msg)
    return points
