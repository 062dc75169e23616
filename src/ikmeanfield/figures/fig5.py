"""Fig. 5, beyond the paper: exact folds of infinite networks, and what the mean field's errors are.

The stationary theory gives the folds of a network of infinitely many neurons. The mean field's
error is split into what each of its three assumptions contributes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.plot.branches import FOLD
from ikmeanfield.plot.network_points import draw_points
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, INK, MARKERS, label_panel, style
from ikmeanfield.sources import Sources

TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.adaptation"},
        },
    },
    {
        "attribution": {
            "kind": "attribution",
            "sweeps": ["kappa", "width", "cutoff", "reset"],
            "settings": {"parameter": "rs.input_current"},
        }
    },
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

FloatArray = NDArray[np.float64]

KAPPA = "rs_adaptation"
AXES = {
    "kappa": (KAPPA, r"adaptation $\kappa$ (pA)"),
    "width": ("rs_threshold_width", r"width $\Delta_v$ (mV)"),
    "cutoff": ("rs_truncation", r"cutoff $\phi$ (mV)"),
}
"""The sweeps of panels B to D: what varies in them, and its label."""
RESET, RESET_LABEL = "rs_reset_potential", "reset potential $v_0$ (mV)"
ASSUMPTIONS = {
    "shared_recovery": ("one $u$ for all", INK[2], MARKERS[2]),
    "infinite_reset": ("infinite reset", INK[1], MARKERS[1]),
    "full_lorentzian": ("full Lorentzian", INK[3], MARKERS[3]),
}
"""Label, colour and marker of every assumption."""
EXACT, TOTAL = INK[0], "k"
ROOM = 0.08
"""Space around the plane's folds, as a share of their extent."""
NETWORKS = 24
"""So many networks at most are shown in the plane."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take; of several planes the first is drawn."""
    adaptation, attribution = experiments
    _, plane = adaptation["planes"].each()[0]
    return {
        "plane": plane["curves"],
        "points": _network_folds(adaptation["transitions"].summary),
        "summary": attribution["attribution"].summary,
    }


def _network_folds(summary: xr.Dataset) -> xr.Dataset:
    """Folds of networks along ``point``, with their adaptation as coordinate ``kappa``."""
    names = ["kind", "detector", "current", "lower", "upper", "noise"]
    kappa = summary[KAPPA].values[summary["run_number"].values.astype(int)]
    points = summary[names].reset_coords(drop=True).assign_coords(kappa=("point", kappa))
    points.attrs = {name: summary.attrs[name] for name in ("size", "rise") if name in summary.attrs}
    return points.isel(point=np.flatnonzero(points["kind"].values == "fold"))


def draw(plane: xr.DataTree, points: xr.Dataset, summary: xr.Dataset) -> Figure:
    """Draw the five panels.

    Parameters
    ----------
    plane
        `bifurcation_plane` of the mean field in current and adaptation, as a tree.
    points
        Folds of networks along ``point``, with their adaptation as coordinate ``kappa``.
    summary
        The summary of a study of attribution, with the sweeps of `AXES` and ``reset``.
    """
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.4))
        grid = GridSpec(1, 2, figure=figure, width_ratios=(1, 1.45))
        left = GridSpecFromSubplotSpec(2, 1, grid[0], height_ratios=(1.7, 1))
        right = GridSpecFromSubplotSpec(2, 3, grid[1])
        first, last = figure.add_subplot(left[0]), figure.add_subplot(left[1])
        _plane(first, plane, points, _sweep(summary, "kappa"))
        label_panel(first, "A")
        _resets(last, _sweep(summary, "reset"))
        label_panel(last, "E")
        panels: list[list[Axes]] = [[], []]
        for column, (letter, sweep) in enumerate(zip("BCD", AXES, strict=True)):
            for row, fold in enumerate(("upper", "lower")):
                share = panels[row][0] if panels[row] else None
                axes = figure.add_subplot(right[row, column], sharey=share)
                _contributions(axes, _sweep(summary, sweep), AXES[sweep][0], fold)
                axes.tick_params(labelleft=column == 0, labelbottom=row == 1)
                panels[row].append(axes)
            label_panel(panels[0][column], letter)
            panels[1][column].set_xlabel(AXES[sweep][1])
        for row, fold in enumerate(("upper", "lower")):
            panels[row][0].set_ylabel(f"shift of {fold} fold (pA)")
        handles, labels = panels[0][0].get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper right", ncols=4, handlelength=1.8)
    return figure


def _sweep(summary: xr.Dataset, name: str) -> xr.Dataset:
    return summary.isel(run=np.flatnonzero(summary["sweep"].values == name))


def _folds(runs: xr.Dataset, assumptions: int) -> FloatArray:
    """Both folds of every run, with all assumptions (1) or none (0): shape (run, 2)."""
    chosen = runs["fold"].isel(
        infinite_reset=assumptions, full_lorentzian=assumptions, shared_recovery=assumptions
    )
    return np.asarray(chosen.transpose("run", "fold_kind").values, dtype=float)


def _plane(axes: Axes, plane: xr.DataTree, points: xr.Dataset, runs: xr.Dataset) -> None:
    for branch in from_tree(plane).values():
        if branch.kind == "fold":
            axes.plot(*branch.parameters.T, color=FOLD, linewidth=1.3, zorder=2)
    runs = runs.sortby(KAPPA)
    kappa, exact = runs[KAPPA].values, _folds(runs, 0)
    for column in (0, 1):
        axes.plot(exact[:, column], kappa, color=EXACT, linewidth=1.3, zorder=3)
    handles = [
        Line2D([], [], color=EXACT, label="exact"),
        Line2D([], [], color=FOLD, label="mean field"),
        *draw_points(axes, _thinned(points), "kappa"),
    ]
    low, high = float(np.nanmin(exact)), float(np.nanmax([exact, _folds(runs, 1)]))
    axes.set_xlim(low - ROOM * (high - low), high + ROOM * (high - low))
    axes.set_ylim(0, ROOM * kappa.max() + kappa.max())
    axes.set_xlabel("input current $I$ (pA)")
    axes.set_ylabel(AXES["kappa"][1])
    axes.legend(handles=handles, loc="upper left", borderaxespad=0.2)


def _thinned(points: xr.Dataset) -> xr.Dataset:
    """The points of at most `NETWORKS` networks, evenly chosen."""
    kappa = np.unique(points["kappa"].values)
    shown = kappa[:: -(-kappa.size // NETWORKS)]
    return points.isel(point=np.flatnonzero(np.isin(points["kappa"].values, shown)))


def _contributions(axes: Axes, runs: xr.Dataset, varied: str, fold: str) -> None:
    runs = runs.sortby(varied).sel(fold_kind=fold)
    x = runs[varied].values
    axes.axhline(0.0, color="0.7", linewidth=0.5, zorder=1)
    axes.plot(x, runs["error"], color=TOTAL, linestyle=(0, (4, 1)), label="mean field", zorder=4)
    for name, (label, color, marker) in ASSUMPTIONS.items():
        part = runs["contribution"].sel(assumption=name)
        axes.plot(x, part, color=color, marker=marker, label=label, zorder=3)


def _resets(axes: Axes, runs: xr.Dataset) -> None:
    """The errors of the mean field without and with the reset correction."""
    runs = runs.sortby(RESET)
    exact = _folds(runs, 0)
    axes.axhline(0.0, color="0.7", linewidth=0.5, zorder=1)
    corrected = runs["corrected"].transpose("run", "fold_kind").values
    for values, color, name in (
        (_folds(runs, 1), INK[1], "uncorrected"), (corrected, INK[2], "corrected")
    ):  # fmt: skip
        for column, (fold, marker, dashes) in enumerate(
            (("upper", "^", "-"), ("lower", "v", (0, (4, 1))))
        ):
            axes.plot(
                runs[RESET], values[:, column] - exact[:, column], color=color, marker=marker,
                linestyle=dashes, label=f"{name}, {fold}",
            )  # fmt: skip
    axes.set_xlabel(RESET_LABEL)
    axes.set_ylabel("error of fold (pA)")
    axes.legend(loc="best", ncols=2, columnspacing=0.8, handlelength=1.8)


def caption(plane: xr.DataTree, points: xr.Dataset, summary: xr.Dataset) -> str:
    """The caption, with what the figure shows in numbers."""
    del plane
    size = points.attrs.get("size", "?")
    lines = [*_accuracy(points, _sweep(summary, "kappa")), *_findings(summary)]
    return (
        "# Fig. 5. What the assumptions of the mean field cost\n\n"
        "(A) Folds of regular spiking neurons in the plane of input current I and adaptation κ: "
        "exactly, for infinitely many neurons (dark); of the mean field without reset correction "
        f"(grey); and of some of the networks of {size} neurons, on a moving ramp (crosses) and "
        "held at constant current (triangles, with bars for bracket and finite-size noise). "
        "(B–D) The mean field's error of the upper fold (top) and of the lower fold (bottom), "
        "dashed, and what each of its three assumptions contributes to it: one recovery variable "
        "for all neurons, infinite peak and reset, thresholds that are not truncated. "
        "Contributions are averaged over all orders of making the assumptions (Shapley values) "
        "and add up to the error. "
        "(E) Errors of the folds of neurons without recovery (κ = b = 0) against the reset "
        "potential, without and with the reset correction.\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {summary.attrs.get('source')} on {summary.attrs.get('processor')}\n"
    )


def _accuracy(points: xr.Dataset, runs: xr.Dataset) -> list[str]:
    """How far held networks are from the folds of either theory, at the same adaptation."""
    held = points.isel(point=np.flatnonzero(points["detector"].values == "held"))
    kappa, current = held["kappa"].values, held["current"].values
    found = []
    for words, folds in (("exact folds", _folds(runs, 0)), ("mean field's folds", _folds(runs, 1))):
        distances = []
        for value, both in zip(runs[KAPPA].values, folds, strict=True):
            there = current[kappa == value]
            if there.size and np.isfinite(both).all():
                distances += list(np.abs(there[:, None] - both).min(axis=1))
        if distances:
            found.append(
                f"{len(distances)} folds of held networks lie {np.median(distances):.2g} pA "
                f"(median; at most {max(distances):.2g} pA) from the nearest of the {words}"
            )
    return found


def _findings(summary: xr.Dataset) -> list[str]:
    """The errors and their parts at the ends of every sweep of panels B to D."""
    found = []
    for sweep, (varied, label) in AXES.items():
        runs = _sweep(summary, sweep).sortby(varied)
        both = np.flatnonzero(np.isfinite(runs["error"].values).all(axis=1))
        for place in dict.fromkeys(both[[0, -1]].tolist() if both.size else []):
            run = runs.isel(run=place)
            name = {"kappa": "κ", "width": "Δ_v", "cutoff": "φ"}[sweep]
            unit = label[label.index("(") + 1 : -1]
            parts = []
            for fold in ("upper", "lower"):
                shares = ", ".join(
                    f"{words.replace('$', '')} {float(value):+.2f}"
                    for key, (words, _, _) in ASSUMPTIONS.items()
                    for value in [run["contribution"].sel(assumption=key, fold_kind=fold)]
                )
                error = float(run["error"].sel(fold_kind=fold))
                parts.append(f"{fold} fold {error:+.2f} pA ({shares})")
            found.append(f"{name} = {float(run[varied]):g} {unit}: {'; '.join(parts)}")
    return found
