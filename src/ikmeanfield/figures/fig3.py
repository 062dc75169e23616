"""Fig. 3 of the paper: spike reset in a circuit of excitatory and inhibitory neurons."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec
from matplotlib.lines import Line2D

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.analysis.matching import END_MARGIN
from ikmeanfield.figures.corrections import corrections
from ikmeanfield.figures.save import FigureError
from ikmeanfield.plot.branches import CODIMENSION_TWO, KINK, mark_handles
from ikmeanfield.plot.network_points import draw_points
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, INK, label_panel, style
from ikmeanfield.plot.planes import draw_plane, plane_handles
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import side_by_side

TAKES = [
    {
        "transitions": {"kind": "transitions"},
        "planes": {
            "kind": "planes",
            "settings": {"parameter": "fs.input_current", "second": "fs.threshold_width"},
            "both_corrections": True,
        },
    },
    {
        "networks": {"kind": "networks", "sweeps": ["reset"]},
        "predictions": {"kind": "predictions", "sweeps": ["reset"], "both_corrections": True},
    },
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

BOUNDS = ((0.0, 80.0), (0.0, 1.6))
"""The part of the plane that is shown: current in pA and width of thresholds in mV."""
CURRENT_LABEL = r"input current $I_\mathrm{fs}$ (pA)"
WIDTH_LABEL = r"width $\Delta_\mathrm{fs}$ (mV)"
SWEEP = "reset"
PEAK, RESET, WIDTH = "all_peak_potential", "all_reset_potential", "fs_threshold_width"
MARKS = {kind: CODIMENSION_TWO[kind] for kind in ("CP", "GH")} | {"KINK": KINK}
POPULATIONS = {"rs": "RS", "fs": "FS"}
LOOKS: tuple[dict[str, Any], ...] = (
    {"color": "#a6a6a6", "linewidth": 1.2, "zorder": 2},
    {"color": INK[0], "linewidth": 0.8, "zorder": 4},
    {"color": INK[2], "linewidth": 1.0, "linestyle": (0, (3, 1.5)), "zorder": 3},
)
"""Lines of the network, the corrected and the uncorrected mean field over time."""
SHOWN = ("source", "processor", "seed", "size", "step", "thresholds", "settle", "rise")
"""Attributes of files that the caption reports."""

Condition = tuple[float, float]
"""Peak and reset potential in mV."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take.

    Parameters
    ----------
    experiments
        Planes and transitions of networks over reset conditions and widths; series in time.
    """
    circuit, steps = experiments
    summary = circuit["transitions"].summary
    conditions = _conditions(summary)
    nodes = [(item.label, tree) for item, tree in circuit["planes"].each()]
    scored = set(summary["scored_theory"].values.tolist())
    fields = corrections(summary, dict.fromkeys(n for n, _ in nodes if n in scored), "fig3")
    planes = {
        (condition, name): next(
            tree["curves"] for label, tree in nodes
            if label == name and _is_of(tree, condition)
        )
        for name in fields for condition in conditions
    }  # fmt: skip
    networks, predictions = steps["networks"], steps["predictions"]
    runs = networks.plan.runs
    first = [n for n in networks.runs() if runs[n].sweep == SWEEP and runs[n].replicate == 0]
    series = side_by_side(networks, predictions, first, ["firing_rate"])
    kept = series["time"].values > networks.settings.discard
    return {
        "summary": summary,
        "planes": planes,
        "series": series.isel(time=np.flatnonzero(kept)),
        "steps": networks.summary,
    }


def draw(
    summary: xr.Dataset,
    planes: Mapping[tuple[Condition, str], xr.DataTree],
    series: xr.Dataset,
    steps: xr.Dataset,
) -> Figure:
    """Draw the eight panels.

    Parameters
    ----------
    summary
        Summary of transitions, with the points of networks and the scores of mean fields.
    planes
        Curves by reset condition (three of them) and mean field (corrected, then uncorrected).
    series
        Firing rates of two runs, by model.
    steps
        Summary of the experiment that the series come from.
    """
    conditions = list(dict.fromkeys(condition for condition, _ in planes))
    names = list(dict.fromkeys(name for _, name in planes))
    if len(conditions) != 3 or len(names) != 2 or series.sizes["run"] != 2:
        msg = (
            f"fig3 shows three reset conditions with two mean fields, and two runs in time; got "
            f"{len(conditions)}, {len(names)} and {series.sizes['run']}"
        )
        raise FigureError(msg)
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 6.6))
        grid = GridSpec(3, 1, figure=figure, height_ratios=(2.1, 0.22, 0.95))
        cells = GridSpecFromSubplotSpec(2, 3, grid[0])
        found: dict[Any, Line2D] = {}
        for row, name in enumerate(names):
            for column, condition in enumerate(conditions):
                axes = figure.add_subplot(cells[row, column])
                draw_plane(axes, from_tree(planes[condition, name]), BOUNDS, MARKS)
                for handle in draw_points(axes, _points(summary, condition), "width"):
                    found.setdefault(handle.get_label(), handle)
                _score(axes, summary, condition, name)
                if row == 0:
                    axes.set_title(_title(*condition))
                    axes.tick_params(labelbottom=False)
                else:
                    axes.set_xlabel(CURRENT_LABEL)
                if column == 0:
                    axes.set_ylabel(f"{name}\n{WIDTH_LABEL}")
                else:
                    axes.tick_params(labelleft=False)
                axes.set_xticks(range(0, 81, 20))
                axes.set_yticks(np.arange(0.0, 1.7, 0.4))
                label_panel(axes, "ABCDEF"[3 * row + column])
        _legend(figure.add_subplot(grid[1]), list(found.values()), names)
        cells = GridSpecFromSubplotSpec(2, 2, grid[2])
        theories = [name for name in series["model"].values.tolist() if name != "network"]
        fields = list(corrections(steps, theories, "fig3"))
        for column, letter in enumerate("GH"):
            stack = [figure.add_subplot(cells[row, column]) for row in range(2)]
            _courses(stack, series.isel(run=column), fields)
            label_panel(stack[0], letter)
    return figure


def caption(
    summary: xr.Dataset,
    planes: Mapping[tuple[Condition, str], xr.DataTree],
    series: xr.Dataset,
    steps: xr.Dataset,
) -> str:
    """The caption, which also says how the figure was made."""
    names = list(dict.fromkeys(name for _, name in planes))
    ramp = summary.attrs
    known = ", ".join(
        f"{key.replace('_', ' ')} {summary.attrs[key]}" for key in SHOWN if key in summary.attrs
    )
    a = steps.attrs
    return (
        "# Fig. 3. Spike reset in an excitatory–inhibitory circuit\n\n"
        f"(A–F) Folds (grey) and Hopf points (green) of the mean field ({names[0]} in A–C, "
        f"{names[1]} in D–F) in the plane of the current I_fs into the fast-spiking neurons and "
        "the width Δ_fs of their thresholds, with cusps (grey diamonds) and generalized Hopf "
        "points (green circles). In the green region there is no stable equilibrium, so that all "
        "lasting activity oscillates; in the grey region there are two. Hollow triangles mark "
        "where the corrected field has a kink (the neurons of one population, at rest, would just "
        "begin to fire, μ = 0); the curve bends there but does not bifurcate. On a fold curve, the "
        "kink lies between two cusps, which enclose a tiny region with three stable equilibria. "
        "The uncorrected mean field does not depend on the reset, so D, E and F show the same "
        "curves. "
        f"Crosses mark where networks change state on ramps of I_fs ({ramp['low']:g} to "
        f"{ramp['high']:g} pA and back, × folds, + borders of oscillations), which is late by the "
        "ramp's lag; triangles mark folds at constant current, with brackets. "
        "Oscillations that continue where the ramp turns or ends have no mark there. The numbers "
        "are the overlap of the predicted region with that found on the ramps, as a share of the "
        "area that they cover together.\n"
        f"(G, H) Firing rates of both populations at Δ_fs = "
        f"{_width(steps):g} mV for two reset conditions, of the network and of both mean fields, "
        "while I_fs takes the values above the panels.\n\n"
        f"{_table(summary)}\n"
        f"- networks (A–F): {known}\n"
        f"- networks (G, H): scheme `{a['scheme']}`, step {a['step']:g} ms, thresholds "
        f"{a['thresholds']}, base seed {a['seed']}, sampled every {a['sample']:g} ms, the first "
        f"{a['discard']:g} ms not shown\n"
    )


def _table(summary: xr.Dataset) -> str:
    """A table of the scores: overlap, distances and lag."""
    lines = [
        "| v_p, v_0 (mV) | mean field | region | overlap | on both slopes | median distance (pA) | "
        "held (pA) | lag (pA) |",
        f"|{'---|' * 8}",
    ]
    columns = ("overlap", "overlap_both_slopes", "median_distance", "median_held_distance",
               "median_lag")  # fmt: skip
    for i in range(summary.sizes["score"]):
        score = summary.isel(score=i)
        values = [float(score[f"score_{name}"]) for name in columns]
        shown = ["–" if np.isnan(v) else f"{v:.2f}".replace("-", "−") for v in values]
        where = f"{float(score[f'scored_{PEAK}']):g}, {float(score[f'scored_{RESET}']):g}"
        which = [str(score[f"scored_{name}"].values) for name in ("theory", "region")]
        lines.append(f"| {' | '.join([where.replace('-', '−'), *which, *shown])} |")
    return "\n".join(lines) + "\n"


def _width(steps: xr.Dataset) -> float:
    return float(json.loads(steps.attrs["config"])["circuit"]["fs.threshold_width"])


def _conditions(summary: xr.Dataset) -> list[Condition]:
    for name in (PEAK, RESET, WIDTH, "score_overlap"):
        if name not in summary.variables:
            msg = f"fig3 needs {name!r} in the summary; it has {', '.join(map(str, summary))}"
            raise FigureError(msg)
    pairs = zip(summary[PEAK].values.tolist(), summary[RESET].values.tolist(), strict=True)
    return list(dict.fromkeys(pairs))


def _is_of(plane: xr.DataTree, condition: Condition) -> bool:
    """Whether a plane belongs to a reset condition; that of an uncorrected field fits them all."""
    own = (plane.attrs.get(PEAK, condition[0]), plane.attrs.get(RESET, condition[1]))
    return bool(own == condition)


def _points(summary: xr.Dataset, condition: Condition) -> xr.Dataset:
    """Points of the networks of one condition, and their widths."""
    runs = summary["run_number"].values.astype(int)
    here = (summary[PEAK].values[runs] == condition[0]) & (
        summary[RESET].values[runs] == condition[1]
    )
    ramp = summary.attrs
    margin = END_MARGIN * (ramp["high"] - ramp["low"])
    current, detector = summary["current"].values, summary["detector"].values.astype(str)
    here &= (detector != "ramp") | (
        (current > ramp["low"] + margin) & (current < ramp["high"] - margin)
    )
    rows = np.flatnonzero(here)
    names = ["kind", "detector", "current", "lower", "upper", "noise"]
    chosen = summary[names].reset_coords(drop=True).isel(point=rows)
    return chosen.assign_coords(width=("point", summary[WIDTH].values[runs[rows]]))


def _score(axes: Axes, summary: xr.Dataset, condition: Condition, name: str) -> None:
    lines = ["overlap"]
    for region, word in (("oscillatory", "osc."), ("bistable", "bist.")):
        rows = np.flatnonzero(
            (summary[f"scored_{PEAK}"].values == condition[0])
            & (summary[f"scored_{RESET}"].values == condition[1])
            & (summary["scored_theory"].values == name)
            & (summary["scored_region"].values == region)
        )
        lines.append(f"{word} {float(summary['score_overlap'].values[rows[0]]):.2f}")
    axes.text(
        0.98, 0.97, "\n".join(lines), transform=axes.transAxes, ha="right", va="top", fontsize=6.5
    )


def _title(peak: float, reset: float) -> str:
    return f"$v_p$ = {peak:g} mV, $v_0$ = {reset:g} mV".replace("-", "−")


def _legend(axes: Axes, found: Sequence[Line2D], names: Sequence[str]) -> None:
    """The legend that all panels share, in a row of its own."""
    axes.axis("off")
    handles = plane_handles(("hopf", "fold"), (0, 2)) + mark_handles(MARKS, edge=0.5)
    handles += found
    models = zip(("network (G, H)", *names), LOOKS, strict=True)
    handles += [Line2D([], [], label=name, **look) for name, look in models]
    axes.legend(handles=handles, loc="center", ncols=4, handlelength=1.8, columnspacing=1.6)


def _courses(stack: Sequence[Axes], run: xr.Dataset, fields: Sequence[str]) -> None:
    """Rates of both populations, one above the other."""
    time = run["time"].values / 1000.0
    models = dict(zip(("network", *fields), LOOKS, strict=True))
    for axes, (name, label) in zip(stack, POPULATIONS.items(), strict=True):
        for model, look in models.items():
            rate = run["firing_rate"].sel(model=model, population=name)
            axes.plot(time, rate, label=model, **look)
        axes.set_ylabel(f"{label} rate (Hz)")
        axes.set_xlim(time[0], time[-1])
        axes.set_ylim(bottom=0)
    _steps(stack, time, run["input_current"].sel(population="fs").values)
    stack[0].set_title(_title(float(run[PEAK]), float(run[RESET])), pad=12)
    stack[0].tick_params(labelbottom=False)
    stack[1].set_xlabel("time (s)")


def _steps(stack: Sequence[Axes], time: np.ndarray, current: np.ndarray) -> None:
    """Lines where the current changes, with its values above them."""
    places = [0, *(np.flatnonzero(np.diff(current)) + 1), len(time) - 1]
    for start, stop in itertools.pairwise(places):
        middle = (time[start] + time[stop]) / 2
        stack[0].annotate(
            f"{current[start]:g} pA", (middle, 1.0), xycoords=("data", "axes fraction"),
            xytext=(0, 2), textcoords="offset points", ha="center", va="bottom", fontsize=6.5,
        )  # fmt: skip
        if start:
            for axes in stack:
                axes.axvline(time[start], color="0.6", linestyle=":", linewidth=0.7, zorder=1)
