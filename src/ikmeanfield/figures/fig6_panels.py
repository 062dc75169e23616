"""The panels of Fig. 6."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.continuation import Branch
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.diagrams import EXACT, draw_diagram
from ikmeanfield.plot.branches import CODIMENSION_TWO, FOLD, HOPF, draw_mark
from ikmeanfield.plot.paper_style import INK
from ikmeanfield.studies.hysteresis import REGIONS

CURRENT, SIZE = "p_input_current", "p_size"
CURRENT_LABEL = "input current (pA)"
UNIT = 10562.5
"""The unit of current, k v_r², in pA."""
VARIABLES: dict[str, tuple[str, float, str]] = {
    "recovery": (".recovery", 1.0, r"mean recovery $\langle u \rangle$ (pA)"),
    "rate": (".firing_rate", 1000.0, "firing rate (Hz)"),
}
"""Suffix of the mean field's variable, its factor, and the label."""
COLORS = ("#ffffff", "#ffffff", "#e4e4e4", "#f6d9b0")
"""What networks do, in the order of `REGIONS`: bistable grey, bursting orange."""
DASHES: tuple[Any, ...] = ((0, (1, 1)), "-", (0, (4, 1.5)))
SIZES = {500: "v", 1000: "^", 10000: "o", 100000: "s"}


@dataclass(frozen=True)
class Curves:
    """Curves of a mean field in a plane of two parameters."""

    branches: dict[str, Branch]
    free: tuple[str, ...]

    @classmethod
    def of(cls, tree: xr.DataTree) -> Self:
        """The plane that is stored in a tree."""
        branches = from_tree(tree.children["curves"])
        free = next(b.free for b in branches.values() if b.kind in {"fold", "hopf"})
        return cls(branches, free)


def _to_mu(current: Any) -> Any:
    return current / UNIT


def _from_mu(mu: Any) -> Any:
    return mu * UNIT


def _mu_above(axes: Axes) -> None:
    """A second axis above, with the dimensionless current μ."""
    above = axes.secondary_xaxis("top", functions=(_to_mu, _from_mu))
    above.set_xlabel(r"$\mu$", labelpad=2)
    above.spines["top"].set_visible(True)


def draw_means(
    axes: Axes, tree: xr.DataTree, summary: xr.Dataset, quantity: str,
    exact: xr.DataTree | None = None,
) -> None:  # fmt: skip
    """Mean and extrema over the current: theories as lines, networks as marks."""
    suffix, scale, label = VARIABLES[quantity]
    draw_diagram(axes, from_tree(tree), f"p{suffix}", scale)
    for branch in () if exact is None else from_tree(exact).values():
        axes.plot(branch[branch.free[0]], scale * branch[f"p{suffix}"], **EXACT)
    network = summary.sel(model="network", population="p").sortby(CURRENT)
    x, bursts = network[CURRENT].values, network["oscillates"].values == 1
    axes.plot(x, network[f"{quantity}_mean"], "o", color=INK[1], markersize=2.2, zorder=6)
    for end, marker in (("lowest", "v"), ("highest", "^")):
        axes.plot(
            x[bursts], network[f"{quantity}_{end}"].values[bursts], marker, color=INK[2],
            markersize=2.2, linestyle="none", zorder=6,
        )  # fmt: skip
    if quantity == "recovery":
        axes.plot(x, network["recovery_within"], "x", color="0.3", markersize=2.6, zorder=6)
    axes.set_xlim(x[0], x[-1])
    axes.set_xlabel(CURRENT_LABEL)
    axes.set_ylabel(label)
    _mu_above(axes)


def draw_series(
    panels: Sequence[Axes], series: xr.Dataset, pairs: Sequence[tuple[int, int]]
) -> None:
    """Rates in time: the network of one run beside the mean field of another."""
    time = (series["time"].values - series["time"].values[0]) / 1000.0
    theory = next(name for name in series["model"].values.tolist() if name != "network")
    for axes, (network, field) in zip(panels, pairs, strict=True):
        rates = series["firing_rate"].isel(population=0)
        axes.plot(time, rates.isel(run=network).sel(model="network"), color="0.65", linewidth=1.0)
        axes.plot(time, rates.isel(run=field).sel(model=theory), color=INK[0], linewidth=0.8)
        mu = [float(series[CURRENT].values[run]) / UNIT for run in (network, field)]
        same = network == field
        axes.set_title(rf"$\mu$ = {mu[0]:.3g}" if same else rf"$\mu$ = {mu[0]:.3g} | {mu[1]:.3g}")
        axes.set_ylabel("rate (Hz)")
        axes.set_xlim(0, time[-1])
        axes.set_ylim(bottom=0)
        axes.set_xlabel("time (s)")


def draw_border(axes: Axes, planes: Sequence[Curves], hysteresis: xr.Dataset, sweep: str) -> None:
    """Hopf curves in a plane, over what networks do there."""
    second = planes[0].free[1].replace(".", "_")
    here = of_sweep(hysteresis, sweep)
    here = here.sel(model="network", population="p").sortby(second)
    axes.pcolormesh(
        here["current"].values, here[second].values, here["region"].values,
        cmap=ListedColormap(COLORS), vmin=-0.5, vmax=len(REGIONS) - 0.5, shading="nearest",
        rasterized=True, zorder=0,
    )  # fmt: skip
    styles = DASHES if len(planes) == len(DASHES) else ("-",)
    for plane, dashes in zip(planes, styles, strict=False):
        for branch in plane.branches.values():
            if branch.kind == "hopf":
                axes.plot(*branch.parameters.T, color=HOPF, linestyle=dashes)
    axes.set_xlim(*here["current"].values[[0, -1]])
    axes.set_ylim(*here[second].values[[0, -1]])
    axes.set_xlabel(CURRENT_LABEL)
    widths = second == "p_current_width"
    axes.set_ylabel(r"half-width $\Delta_\eta$ (pA)" if widths else r"jump $\kappa$ (pA)")


def draw_pair(axes: Axes, tree: xr.DataTree, summary: xr.Dataset, sweep: str, title: str) -> None:
    """Rate of the strongly adapting population: mean field and networks."""
    draw_diagram(axes, from_tree(tree), "p.firing_rate", 1000.0)
    here = of_sweep(summary, sweep)
    network = here.sel(model="network", population="p").sortby("parameter_drive")
    x, bursts = network["parameter_drive"].values, network["oscillates"].values == 1
    axes.plot(x, network["rate_mean"], "o", color=INK[1], markersize=2.2, zorder=6)
    for end, marker in (("lowest", "v"), ("highest", "^")):
        axes.plot(
            x[bursts], network[f"rate_{end}"].values[bursts], marker, color=INK[2],
            markersize=2.2, linestyle="none", zorder=6,
        )  # fmt: skip
    axes.set_title(title.replace("κ_p", r"$\kappa_p$"))
    axes.set_xlim(x[0], x[-1])
    axes.set_xlabel(CURRENT_LABEL)
    axes.set_ylabel("rate of p (Hz)")


def draw_plane_of_pair(axes: Axes, plane: Curves) -> None:
    """Curves of folds and Hopf points of two populations, with their special points."""
    for branch in plane.branches.values():
        if branch.kind in {"fold", "hopf"}:
            color = FOLD if branch.kind == "fold" else HOPF
            axes.plot(*branch.parameters.T, color=color)
            for kind, mark in CODIMENSION_TWO.items():
                for point in branch.points(kind):
                    x, y = (point.parameters[name] for name in plane.free)
                    draw_mark(axes, x, y, mark, label=kind, edge=0.4, zorder=6)
    axes.set_xlabel(CURRENT_LABEL)
    share = plane.free[1] == "share"
    axes.set_ylabel(r"fraction $\kappa_p$" if share else r"half-width $\Delta_\eta$ (pA)")


def draw_bursts(panels: Sequence[Axes], summary: xr.Dataset, fast: xr.DataTree) -> None:
    """Period and extrema of bursts by size, and the period with fast adaptation."""
    sizes = of_sweep(summary, "sizes")
    sizes = sizes.sel(population="p").sortby(CURRENT)
    handles = []
    shown = [size for size in SIZES if (sizes[SIZE].values == size).any()]
    for size in shown:
        marker = SIZES[size]
        here = sizes.isel(run=np.flatnonzero(sizes[SIZE].values == size))
        network, theory = here.sel(model="network"), here.isel(model=-1)
        shade = INK[shown.index(size)]
        burst, cycle = (m["oscillates"].values == 1 for m in (network, theory))
        x = here[CURRENT].values
        panels[0].plot(
            x[burst], 1000 / network["frequency"].values[burst], marker, color=shade,
            linestyle="none",
        )  # fmt: skip
        for end in ("lowest", "highest"):
            panels[1].plot(
                x[burst], network[f"recovery_{end}"].values[burst], marker, color=shade,
                linestyle="none",
            )  # fmt: skip
        handles.append(
            Line2D([], [], marker=marker, color=shade, linestyle="none", label=f"N = {size:,}")
        )
        if size == max(shown):
            panels[0].plot(x[cycle], 1000 / theory["frequency"].values[cycle], color=HOPF)
            for end in ("lowest", "highest"):
                panels[1].plot(x[cycle], theory[f"recovery_{end}"].values[cycle], color=HOPF)
    handles.append(Line2D([], [], color=HOPF, label="mean field"))
    panels[0].legend(handles=handles)
    panels[0].set_ylabel("period of bursts (ms)")
    panels[1].set_ylabel(r"extrema of $\langle u \rangle$ (pA)")
    _fast(panels[2], summary, fast)
    for axes in panels:
        axes.set_xlabel(CURRENT_LABEL)


def _fast(axes: Axes, summary: xr.Dataset, tree: xr.DataTree) -> None:
    """Periods with fast adaptation: networks, and the mean field's limit cycles."""
    for branch in from_tree(tree).values():
        if branch.kind == "cycle" and len(branch):
            axes.plot(branch[branch.free[0]], branch["period"], color=HOPF)
    here = of_sweep(summary, "fast")
    network = here.sel(model="network", population="p").sortby(CURRENT)
    burst = network["oscillates"].values == 1
    axes.plot(
        network[CURRENT].values[burst], 1000 / network["frequency"].values[burst], "o",
        color=INK[1], linestyle="none",
    )  # fmt: skip
    axes.set_ylabel("period (ms), fast")
