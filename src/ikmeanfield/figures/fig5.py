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
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec, SubplotSpec
from matplotlib.lines import Line2D

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.fig5_caption import caption
from ikmeanfield.figures.fig5_data import (
    ASSUMPTIONS,
    AXES,
    KAPPA,
    RESET,
    RESET_LABEL,
    circuit_folds,
    folds_of,
    network_points,
    network_widths,
    transfer_functions,
)
from ikmeanfield.figures.fig5_panels import (
    FOLDS,
    LOOKS,
    NETWORK,
    draw_circuit_resets,
    draw_circuit_widths,
    draw_transfer,
    draw_widths,
)
from ikmeanfield.plot.branches import DASHED, FOLD, HOPF
from ikmeanfield.plot.network_points import draw_points
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, INK, label_panel, style
from ikmeanfield.sources import Sources

TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "rs.input_current", "second": "rs.adaptation"},
        },
        "onsets": {
            "kind": "onsets",
            "settings": {"parameter": "rs.input_current", "second": "rs.adaptation"},
            "optional": True,
        },
    },
    {
        "attribution": {
            "kind": "attribution",
            "sweeps": ["kappa", "width", "cutoff", "reset"],
            "settings": {"parameter": "rs.input_current"},
        },
        "transfer": {
            "kind": "diagrams",
            "sweeps": ["transfer"],
            "settings": {"parameter": "rs.input_current"},
            "theory": "stationary",
        },
        "networks": {"kind": "networks", "sweeps": ["uncoupled"], "optional": True},
    },
    {
        "points": {
            "kind": "points",
            "sweeps": ["width"],
            "settings": {"parameter": "fs.input_current"},
            "theory": "stationary",
            "both_corrections": True,
        }
    },
    {"transitions": {"kind": "transitions", "settings": {"population": "fs"}}},
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

__all__ = ["TAKES", "arrange", "caption", "draw"]

EXACT, TOTAL = INK[0], "k"
ROOM = 0.08
"""Space around the plane's folds, as a share of their extent."""
NETWORKS = 24
"""So many networks at most are shown in the plane."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take; of several planes the first is drawn."""
    adaptation, attribution, exact, circuit = experiments
    _, plane = adaptation["planes"].each()[0]
    networks = attribution.get("networks")
    return {
        "plane": plane["curves"],
        "points": network_points(adaptation["transitions"].summary),
        "onsets": adaptation["onsets"].summary if "onsets" in adaptation else None,
        "summary": attribution["attribution"].summary,
        "transfer": transfer_functions(attribution["transfer"]),
        "uncoupled": None if networks is None else of_sweep(networks.summary, "uncoupled"),
        "circuit": circuit_folds(exact["points"]),
        "circuit_networks": network_widths(circuit["transitions"].summary),
    }


def draw(
    plane: xr.DataTree,
    points: xr.Dataset,
    summary: xr.Dataset,
    transfer: Sequence[xr.Dataset],
    circuit: xr.Dataset,
    circuit_networks: xr.Dataset,
    onsets: xr.Dataset | None = None,
    uncoupled: xr.Dataset | None = None,
) -> Figure:
    """Draw the five panels.

    Parameters
    ----------
    plane
        `bifurcation_plane` of the mean field in current and adaptation, as a tree.
    points
        Points of networks along ``point``, with their adaptation as coordinate ``kappa``.
    summary
        The summary of a study of attribution, with the sweeps of `AXES` and ``reset``.
    transfer, circuit, circuit_networks
        As `transfer_functions`, `circuit_folds` and `network_widths` return them.
    onsets
        The summary of a study of onsets in current and adaptation.
    uncoupled
        The summary of networks without synapses over current and width.
    """
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 6.3))
        grid = GridSpec(2, 2, figure=figure, width_ratios=(1, 1.45), height_ratios=(1.9, 1))
        first = figure.add_subplot(grid[0, 0])
        _plane(first, plane, points, of_sweep(summary, "kappa"), onsets)
        label_panel(first, "A")
        _assumptions(figure, grid[0, 1], summary)
        cells = GridSpecFromSubplotSpec(1, 2, grid[1, 0])
        single = figure.add_subplot(cells[0])
        _resets(single, of_sweep(summary, "reset"))
        label_panel(single, "D")
        draw_circuit_resets(figure.add_subplot(cells[1]), circuit)
        cells = GridSpecFromSubplotSpec(1, 3, grid[1, 1])
        axes = [figure.add_subplot(cells[column]) for column in range(3)]
        draw_transfer(axes[0], transfer, uncoupled)
        label_panel(axes[0], "E")
        _widths(axes[1], of_sweep(summary, "width"))
        draw_circuit_widths(axes[2], circuit, circuit_networks)
        figure.legend(
            handles=_handles(), loc="outside lower center", ncols=6, handlelength=1.8,
            columnspacing=1.2,
        )  # fmt: skip
    return figure


def _assumptions(figure: Figure, place: SubplotSpec, summary: xr.Dataset) -> None:
    """Panels B and C: contributions to both folds over three sweeps, with their legend."""
    cells = GridSpecFromSubplotSpec(2, 3, place)
    panels: list[list[Axes]] = [[], []]
    for column, sweep in enumerate(AXES):
        for row, fold in enumerate(("upper", "lower")):
            share = panels[row][0] if panels[row] else None
            axes = figure.add_subplot(cells[row, column], sharey=share)
            _contributions(axes, of_sweep(summary, sweep), AXES[sweep][0], fold)
            axes.tick_params(labelleft=column == 0, labelbottom=row == 1)
            panels[row].append(axes)
        panels[1][column].set_xlabel(AXES[sweep][1])
    for row, fold in enumerate(("upper", "lower")):
        panels[row][0].set_ylabel(f"shift of {fold} fold (pA)")
    for column, letter in enumerate("BC"):
        label_panel(panels[0][column], letter)
    handles, labels = panels[0][0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=4, handlelength=1.8)


def _handles() -> list[Line2D]:
    """What panels D and E have in common."""
    found = [Line2D([], [], label=name, **look) for name, look in LOOKS.items()]
    found += [
        Line2D([], [], color="0.4", marker=marker, linestyle=dashes, label=f"{fold} fold")
        for fold, marker, dashes in FOLDS
    ]
    return [*found, Line2D([], [], label="network", **NETWORK)]


def _plane(
    axes: Axes, plane: xr.DataTree, points: xr.Dataset, runs: xr.Dataset, onsets: xr.Dataset | None
) -> None:
    colors = {"fold": FOLD, "hopf": HOPF}
    for branch in from_tree(plane).values():
        if branch.kind in colors:
            axes.plot(*branch.parameters.T, color=colors[branch.kind], linewidth=1.3, zorder=2)
    runs = runs.sortby(KAPPA)
    kappa, exact = runs[KAPPA].values, folds_of(runs, 0)
    for column in (0, 1):
        axes.plot(exact[:, column], kappa, color=EXACT, linewidth=1.3, zorder=3)
    handles = [
        Line2D([], [], color=EXACT, label="exact fold"),
        Line2D([], [], color=FOLD, label="mean-field fold"),
        Line2D([], [], color=HOPF, label="mean-field Hopf"),
        *draw_points(axes, _thinned(points), "kappa"),
    ]
    if onsets is not None:
        axes.plot(onsets["value"], onsets["second"], color=EXACT, linestyle=DASHED, zorder=3)
        handles.insert(1, Line2D([], [], color=EXACT, linestyle=DASHED, label="exact Hopf"))
    curves = [b.parameters for b in from_tree(plane).values() if b.kind in colors]
    seen = [c[c[:, 1] <= kappa.max(), 0].max(initial=0.0) for c in curves]
    low, high = float(np.nanmin(exact)), max(float(np.nanmax(exact)), *seen)
    axes.set_xlim(low - ROOM * (high - low), high + ROOM * (high - low))
    axes.set_ylim(0, ROOM * kappa.max() + kappa.max())
    axes.set_xlabel("input current $I$ (pA)")
    axes.set_ylabel(AXES["kappa"][1])
    axes.legend(handles=handles, loc="lower right", borderaxespad=0.2, handlelength=1.3)


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
    exact = folds_of(runs, 0)
    axes.axhline(0.0, color="0.7", linewidth=0.5, zorder=1)
    corrected = runs["corrected"].transpose("run", "fold_kind").values
    for name, values in (("uncorrected", folds_of(runs, 1)), ("corrected", corrected)):
        for column, (_, marker, dashes) in enumerate(FOLDS):
            axes.plot(
                runs[RESET], values[:, column] - exact[:, column], color=LOOKS[name]["color"],
                marker=marker, linestyle=dashes,
            )  # fmt: skip
    axes.set_xlabel(RESET_LABEL)
    axes.set_ylabel("error of fold (pA)")
    axes.set_title("RS")


def _widths(axes: Axes, runs: xr.Dataset) -> None:
    """The bistable interval of one population over the width of its thresholds."""
    width = AXES["width"][0]
    runs = runs.sortby(width)
    folds = {
        "exact": folds_of(runs, 0), "uncorrected": folds_of(runs, 1),
        "corrected": runs["corrected"].transpose("run", "fold_kind").values,
    }  # fmt: skip
    draw_widths(axes, runs[width].values, folds)
    axes.set_xlabel(r"$\Delta_v$ (mV)")
    axes.set_ylabel("bistable range (pA)")
    axes.set_title("RS")
