"""Bifurcation diagrams in one parameter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ikmeanfield.continuation import KINDS, Branch
from ikmeanfield.plot.labels import axis_label, displayed
from ikmeanfield.plot.paper_style import axes_to_draw_in, style

FOLD, HOPF = "#7d7d7d", "#00704f"
"""Folds and Hopf points: mid grey and a darker green, which differ in grey as well."""
STABLE = "#0c1f4a"
"""Equilibria."""
CYCLE_FOLD = "#e08a1e"
"""Bifurcations of limit cycles."""
DASHED = (0, (3, 1.5))

Branches = Branch | Iterable[Branch] | Mapping[str, Branch]


class Mark(NamedTuple):
    """How a kind of special point looks, and what a legend calls it."""

    marker: str
    face: Any
    size: float
    name: str


CODIMENSION_TWO: dict[str, Mark] = {
    "BT": Mark("s", "black", 4.5, "Bogdanov–Takens"),
    "CP": Mark("D", FOLD, 4.2, "cusp"),
    "GH": Mark("o", HOPF, 5.0, "generalized Hopf"),
}
"""The points that the planes of the paper show."""
KINK = Mark("v", "white", 4.2, "kink (μ = 0)")
"""Where a corrected field is not smooth: no bifurcation, hence hollow."""
MARKS: dict[str, Mark] = {
    "LP": Mark("D", FOLD, 3.0, "fold"),
    "HB": Mark("o", HOPF, 3.0, "Hopf"),
    "BP": Mark("*", "black", 5.0, "branch point"),
    "NS": Mark("x", FOLD, 3.5, "neutral saddle"),
    **CODIMENSION_TWO,
    "ZH": Mark("p", "black", 4.5, "zero-Hopf"),
    "HH": Mark("h", HOPF, 4.5, "Hopf–Hopf"),
    "LPC": Mark("^", FOLD, 3.5, "fold of cycles"),
    "PD": Mark("P", HOPF, 4.0, "period doubling"),
    "TR": Mark("X", HOPF, 4.0, "torus"),
    "KINK": KINK._replace(name="loss of smoothness"),
    "HOM": Mark("<", "black", 3.5, "homoclinic orbit"),
    "HET": Mark(">", "black", 3.5, "heteroclinic cycle"),
    "SNIC": Mark("s", FOLD, 3.5, "saddle-node on an invariant circle"),
    "UZ": Mark("|", "black", 4.0, "requested value"),
    "CPC": Mark("D", HOPF, 4.2, "cusp of cycles"),
    "NSH": Mark("o", "white", 4.0, "neutral saddle with homoclinic orbit"),
    "NCS": Mark("d", "black", 4.2, "homoclinic orbit to a saddle-node"),
}
"""Special points by kind."""
MARKS |= {kind: Mark("1", "black", 5.0, name) for kind, name in KINDS.items() if kind not in MARKS}
LOOKS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{
        kind: ({"color": color}, {"color": color, "linestyle": DASHED, "linewidth": 0.8})
        for kind, color in (("equilibrium", STABLE), ("cycle", HOPF))
    },
    "fold": ({"color": FOLD}, {"color": FOLD}),
    "hopf": ({"color": HOPF}, {"color": HOPF}),
    **{
        kind: ({"color": color, "linestyle": dashes}, {"color": color, "linestyle": dashes})
        for kind, color, dashes in (
            ("cycle_fold", CYCLE_FOLD, "-"),
            ("period_doubling", CYCLE_FOLD, DASHED),
            ("torus", CYCLE_FOLD, (0, (1, 1))),
            ("homoclinic", STABLE, DASHED),
            ("fixed_period", STABLE, (0, (1, 1))),
        )
    },
}
"""Stable and unstable parts by kind of branch; curves of bifurcations do not differ in them."""


def bifurcation_diagram(
    branches: Branches,
    y: str | None = None,
    x: str | None = None,
    *,
    ax: Axes | None = None,
    color: Any = None,
    label: str | None = None,
    legend: bool = True,
) -> Axes:
    """Draw equilibria and limit cycles against a parameter.

    Stable parts are solid, unstable ones dashed; of cycles the minimum and the maximum are drawn.
    Special points have the marks of the paper's figures, hollow where a point is only a guess.

    Parameters
    ----------
    branches
        A Branch, several, or a mapping as `equilibrium_diagram` returns it; those that do not
        have the column `y` are left out.
    y
        A variable such as ``"rs.firing_rate"``, or a column such as ``"period"``; by default the
        first variable. Rates are shown in Hz.
    x
        Another column for the abscissa than the first free parameter.
    ax
        Where to draw; by default a new figure.
    color
        Of all lines, to tell several diagrams in one Axes apart; by default equilibria are dark
        blue and cycles green.
    label
        Precedes the lines in the legend, for example ``"κ = 25 pA"``.
    legend
        Whether to explain lines and marks.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If there is no branch, none has the column, or no column is named for a curve of folds
        or Hopf points (see `parameter_plane`).
    TypeError
        If something else than branches is given.
    """
    given = listed(branches)
    for branch in given:
        if branch.kind in {"fold", "hopf"} and y is None:
            msg = (
                f"a {branch.kind} curve in {' and '.join(branch.free)} is drawn by "
                "parameter_plane; name the column y to draw it against one of its parameters"
            )
            raise ValueError(msg)
    y = y or given[0].variables[0]
    x = x or given[0].free[0]
    drawn = [branch for branch in given if _has(branch, x) and _has(branch, y)]
    if not drawn:
        known = ", ".join((*given[0].variables, *given[0].free, *given[0].columns))
        msg = f"no branch has both {x!r} and {y!r}; there are {known}"
        raise ValueError(msg)
    units = drawn[0].units
    scale = displayed(units.get(y, ""))[0]
    with style():
        ax = axes_to_draw_in(ax)
        for branch in drawn:
            stable, unstable = (dict(look) for look in LOOKS[branch.kind])
            if color is not None:
                stable["color"] = unstable["color"] = color
            draw_branch(
                ax, branch, y, x=x, scale=scale, stable={**stable, "label": branch.kind},
                unstable={**unstable, "label": branch.kind}, marks=MARKS,
            )  # fmt: skip
        ax.set_xlabel(axis_label(x, units.get(x, "")))
        ax.set_ylabel(axis_label(y, units.get(y, "")))
        if legend:
            _add_to_legend(ax, _handles(drawn, color, label))
    return ax


def draw_branch(
    axes: Axes,
    branch: Branch,
    y: str,
    *,
    stable: Mapping[str, Any],
    unstable: Mapping[str, Any],
    marks: Mapping[str, Mark],
    x: str | None = None,
    scale: float = 1.0,
    edge: float = 0.4,
    meet_at_points: bool = True,
) -> None:
    """Draw the stable and the unstable parts of a branch and its special points.

    Parameters
    ----------
    axes, branch
        Where and what.
    y, x
        Columns of the branch; of cycles the minimum and the maximum of a variable are drawn.
    stable, unstable
        Properties of the lines.
    marks
        Looks of the special points by kind; other kinds are not drawn.
    scale
        Multiplies `y`, for example 1000 for a rate in Hz.
    edge
        Width of the white line around marks.
    meet_at_points
        Whether stable and unstable parts meet at the special point between them, or one row
        further on, as in the paper's figures that are stored.
    """
    abscissa = branch[x or branch.free[0]]
    for values in _heights(branch, y):
        for is_stable, rows in _segments(branch, meet_at_points):
            axes.plot(abscissa[rows], scale * values[rows], **(stable if is_stable else unstable))
    for kind, mark in marks.items():
        for point in branch.points(kind):
            for height in {scale * float(values[point.row]) for values in _heights(branch, y)}:
                draw_mark(
                    axes, float(abscissa[point.row]), height, mark, label=kind, edge=edge,
                    hollow=point.status != "converged", zorder=5,
                )  # fmt: skip


def draw_mark(
    axes: Axes,
    x: float,
    y: float,
    mark: Mark,
    *,
    label: str,
    edge: float,
    zorder: float,
    hollow: bool = False,
) -> None:
    """Draw one special point; hollow marks have an edge of their own colour."""
    edge_color = "black" if mark.face == "white" else "white"
    if mark.marker in {"x", "|"} or (hollow and mark.face != "white"):
        edge_color, edge = mark.face, 0.8
    axes.plot(
        x, y, mark.marker, markersize=mark.size, color=mark.face,
        markerfacecolor="white" if hollow else mark.face,
        markeredgecolor=edge_color, markeredgewidth=edge, zorder=zorder, label=label,
        linestyle="none",
    )  # fmt: skip


def listed(branches: Branches) -> list[Branch]:
    """Branches in a list, whichever way they were given.

    Raises
    ------
    TypeError
        If something else is among them.
    ValueError
        If there are none.
    """
    if isinstance(branches, Branch):
        return [branches]
    if isinstance(branches, Mapping):
        branches = branches.values()
    found = list(branches) if isinstance(branches, Iterable) else [branches]
    for branch in found:
        if not isinstance(branch, Branch):
            msg = f"expected a Branch or several, as continuation returns them; got {branch!r}"
            raise TypeError(msg)
    if not found:
        msg = "there is no branch to draw"
        raise ValueError(msg)
    return found


def _has(branch: Branch, name: str) -> bool:
    return name in (*branch.variables, *branch.free, *branch.columns)


def _heights(branch: Branch, y: str) -> list[NDArray[np.float64]]:
    if branch.kind == "cycle" and y in branch.variables and "minimum" in branch.extra:
        column = branch.variables.index(y)
        return [branch.extra[name][1][:, column] for name in ("minimum", "maximum")]
    return [branch[y]]


def _segments(branch: Branch, meet_at_points: bool = True) -> list[tuple[bool, slice]]:
    """Runs of equal stability with the rows to draw; neighbouring runs share a row.

    Stability at a special point where it changes is decided by rounding, and so it is at the Hopf
    points that end cycles, which count as their neighbours.
    """
    if len(branch) < 3:
        return list(branch.segments())
    stable = branch.stable.copy()
    if branch.kind == "cycle":
        stable[0], stable[-1] = stable[1], stable[-2]
    edges = [0, *(np.flatnonzero(stable[1:] != stable[:-1]) + 1), len(stable)]
    marked = {point.row for point in branch.special} if meet_at_points else set()
    ends = [
        stop - 1 if stop - 1 in marked and stop not in marked else min(stop, len(stable) - 1)
        for stop in edges[1:]
    ]
    starts = [0, *ends[:-1]] if meet_at_points else edges[:-1]
    return [
        (bool(stable[edge]), slice(start, end + 1))
        for edge, start, end in zip(edges, starts, ends, strict=False)
    ]


def _handles(branches: Sequence[Branch], color: Any, label: str | None) -> list[Line2D]:
    """What the legend shows: the lines that occur, then the special points that occur."""
    handles = []
    for kind, name in (("fold", "fold curve"), ("hopf", "Hopf curve")):
        if any(branch.kind == kind for branch in branches):
            look = LOOKS[kind][0] if color is None else {"color": color}
            handles.append(Line2D([], [], label=f"{label}, {name}" if label else name, **look))
    for kind, name in (("equilibrium", "equilibrium"), ("cycle", "limit cycle")):
        drawn = {stable for b in branches if b.kind == kind for stable, _ in _segments(b)}
        for is_stable, look in zip((True, False), LOOKS[kind], strict=True):
            if is_stable in drawn:
                shown = look if color is None else {**look, "color": color}
                text = f"{'' if is_stable else 'un'}stable {name}"
                if label:
                    parts = [label, "" if is_stable else "unstable", name]
                    text = ", ".join(part for part in parts if part not in {"", "equilibrium"})
                handles.append(Line2D([], [], label=text, **shown))
    met = {point.kind for branch in branches for point in branch.special}
    return handles + mark_handles({kind: MARKS[kind] for kind in MARKS if kind in met})


def mark_handles(marks: Mapping[str, Mark], edge: float | None = None) -> list[Line2D]:
    """Marks as a legend shows them, with an edge of some width in points."""
    return [
        Line2D(
            [], [], marker=mark.marker, color=mark.face, markersize=mark.size, linestyle="none",
            markeredgecolor="black" if mark.face == "white" else mark.face, label=mark.name,
            markeredgewidth=edge,
        )
        for mark in marks.values()
    ]  # fmt: skip


def _add_to_legend(axes: Axes, handles: Sequence[Line2D]) -> None:
    """Draw a legend that keeps what an earlier call explained."""
    old = axes.get_legend()
    known: list[Any] = list(old.legend_handles) if old is not None else []
    labels = {handle.get_label() for handle in known}
    axes.legend(handles=known + [h for h in handles if h.get_label() not in labels])
