"""Fig. 2 of the paper: effects of finite peak and reset potentials, and their correction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec
from matplotlib.lines import Line2D

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.continuation import Branch
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.corrections import corrections
from ikmeanfield.figures.save import FigureError
from ikmeanfield.plot.branches import DASHED, Mark, draw_branch
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, INK, label_panel, style
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import common_runs, joined_summaries, side_by_side

TAKES = [
    {
        "networks": {
            "kind": "networks",
            "sweeps": ["reset"],
            "settings": {"record": "synaptic_activation"},
        },
        "predictions": {"kind": "predictions", "sweeps": ["reset"], "both_corrections": True},
        "diagrams": {
            "kind": "diagrams",
            "sweeps": ["reset"],
            "settings": {"parameter": "rs.input_current"},
            "both_corrections": True,
        },
        "rates": {"kind": "rates", "sweeps": ["reset"], "settings": {"population": "rs"}},
    }
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

POPULATION, SYNAPSE, SWEEP = "rs", "rs.ampa", "reset"
RESET = "rs_reset_potential"
ACTIVATION = f"{SYNAPSE}.synaptic_activation"
SHOWN = (-60.0, -80.0, -100.0, -120.0)
"""The reset potentials of panel D in mV, as in the paper; all are shown if one is missing."""
NAMED = ("response_rate", "rmse_synaptic_activation", "noise_synaptic_activation", RESET)

SHADES = LinearSegmentedColormap.from_list("resets", [INK[0], INK[1], "#8fb2e3"])
"""Colours of the reset potentials, from dark (highest) to light, readable in grey too."""
INFINITE = INK[2]
"""Colour of the neuron without a reset and of the uncorrected mean field."""
NETWORK = "#a6a6a6"
CURRENT_LABEL = "input current $I$ (pA)"

Diagrams = Mapping[tuple[int, str], Mapping[str, Branch]]
"""Branches by number of the run and name of the mean field."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take."""
    (reset,) = experiments
    networks, predictions, lines = reset["networks"], reset["predictions"], reset["diagrams"]
    neuron = {"rate": "response_rate", "rate_infinite": "response_rate_infinite",
              "adjusted_current": "response_adjusted_current",
              "input_current": "response_current"}  # fmt: skip
    summary = joined_summaries(networks, predictions, reset["rates"]).rename(neuron)
    runs = common_runs(networks, predictions, reset["rates"])
    first = _first_replicates(summary)
    diagrams = {
        (place, name): from_tree(lines.result(runs[place], name))
        for place in first
        for name in lines.settings.asked(lines.plan)
    }
    chosen = [runs[place] for place in first]
    series = side_by_side(networks, predictions, chosen, ["synaptic_activation"])
    order = np.argsort(-series[RESET].values)
    kept = series["time"].values > summary.attrs["discard"]
    shown = series.isel(run=order[[0, -1]], time=np.flatnonzero(kept))
    return {"summary": summary, "diagrams": diagrams, "series": shown}


def draw(summary: xr.Dataset, diagrams: Diagrams, series: xr.Dataset) -> Figure:
    """Draw the six panels.

    Parameters
    ----------
    summary
        Summary of an experiment with the sweep `reset` over the reset potential, and with the rates
        of single neurons.
    diagrams
        Equilibria as functions of the input current, for the runs in the summary.
    series
        Synaptic activations of the two runs of panels E and F, by model.
    """
    runs = _first_replicates(summary)
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.6))
        grid = GridSpec(2, 3, figure=figure, height_ratios=(1, 1.15))
        top = [figure.add_subplot(grid[0, k]) for k in range(3)]
        _responses(top, summary, runs)
        line = figure.add_subplot(grid[1, 0])
        _equilibria(line, summary, runs, diagrams)
        for letter, axes in zip("ABCD", (*top, line), strict=True):
            label_panel(axes, letter)
        for k, letter in enumerate("EF"):
            parts = GridSpecFromSubplotSpec(2, 1, grid[1, 1 + k], height_ratios=(2.6, 1))
            stack = [figure.add_subplot(parts[row]) for row in range(2)]
            _courses(stack, series.isel(run=k), _compared(summary), legend=k == 1)
            label_panel(stack[0], letter)
        upper = max(axes.get_ylim()[1] for axes in figure.axes[4::2])
        for axes in figure.axes[4::2]:
            axes.set_ylim(0, upper)
    return figure


def caption(summary: xr.Dataset, diagrams: Diagrams, series: xr.Dataset) -> str:
    """The caption, which also says how the figure was made."""
    a = summary.attrs
    circuit = json.loads(a["config"])["circuit"]
    compared = _compared(summary)
    resets = [f"{v:g}".replace("-", "−") for v in summary[RESET].values[_first_replicates(summary)]]
    points = sum(
        len(branch.points("LP"))
        for branches in diagrams.values() for branch in branches.values()
        if branch.kind == "equilibrium"
    )  # fmt: skip
    rows = "\n".join(_distance_rows(summary, list(compared)))
    ends = [f"{v:g}".replace("-", "−") for v in series[RESET].values]
    return (
        "# Fig. 2. Finite peak and reset potentials\n\n"
        f"(A) Firing rate r of a single neuron with the mean threshold as a function of its input "
        f"current, for v_p = {circuit[f'{POPULATION}.peak_potential']:g} mV and the reset "
        f"potentials v_0 = {', '.join(resets)} mV (Eqs. 30, 31), and with peak and reset at "
        "infinity (Eq. 32), without synaptic input and recovery current. (B) The same rates minus "
        "the rate with peak and reset at infinity. (C) Adjusted current I* (Eq. 34). (D) "
        "Equilibria of the mean field, corrected (labelled by v_0) and uncorrected (∞), stable "
        "(solid) or unstable (dashed). Triangles mark "
        f"folds ({points} in total; those at the upper current coincide, because μ < 0 and "
        "I* = I there). "
        f"(E, F) Synaptic activation of the network and of both mean fields for v_0 = {ends[0]} "
        f"and {ends[1]} mV, for one network each, with the input current below.\n\n"
        f"- networks: N = {circuit.get(f'{POPULATION}.size', 'varied')}, "
        f"Δ_v = {circuit[f'{POPULATION}.threshold_width']:g} mV, scheme `{a['scheme']}`, "
        f"step {a['step']:g} ms, thresholds {a['thresholds']}, base seed {a['seed']}\n"
        f"- runs: {a['duration']:g} ms sampled every {a['sample']:g} ms, of which the first "
        f"{a['discard']:g} ms are neither shown nor compared\n"
        "- root mean square difference of s between mean field and network, mean over "
        f"{int(summary['replicate'].max()) + 1} networks per v_0; noise: what the mean of "
        "infinitely many such networks would have:\n\n"
        f"| v_0 (mV) | {' | '.join(compared)} | noise |\n"
        f"|{'---|' * (len(compared) + 2)}\n{rows}\n\n"
        f"- made by {a['source']} on {a['processor']}\n"
    )


def _distance_rows(summary: xr.Dataset, theories: Sequence[str]) -> list[str]:
    chosen = of_sweep(summary, SWEEP)
    chosen = chosen.sel(synapse=SYNAPSE)
    rows = []
    for value in sorted(set(chosen[RESET].values.tolist()), reverse=True):
        here = chosen.isel(run=np.flatnonzero(chosen[RESET].values == value))
        means = here["rmse_synaptic_activation"].mean("run").sel(theory=theories)
        noise = float(here["noise_synaptic_activation"].values[0])
        shown = [f"{x:.2g}" for x in means.values] + ["–" if np.isnan(noise) else f"{noise:.2g}"]
        rows.append(f"| {value:g} | {' | '.join(shown)} |".replace("| -", "| −"))
    return rows


def _first_replicates(summary: xr.Dataset) -> list[int]:
    """Numbers of one run per reset potential, from the highest down."""
    for name in NAMED:
        if name not in summary.variables:
            msg = f"fig2 needs {name!r} in the summary; it has {', '.join(map(str, summary))}"
            raise FigureError(msg)
    sweep, replicate = summary["sweep"].values, summary["replicate"].values
    numbers = np.flatnonzero((sweep == SWEEP) & (replicate == 0))
    if not len(numbers):
        msg = f"fig2 needs the sweep {SWEEP!r} in the summary"
        raise FigureError(msg)
    return sorted(map(int, numbers), key=lambda number: -float(summary[RESET].values[number]))


def _compared(summary: xr.Dataset) -> dict[str, bool]:
    """The two theories that are compared with networks, and whether they are corrected."""
    return corrections(summary, summary["theory"].values.tolist(), "fig2")


def _shade(place: int, count: int) -> Any:
    return SHADES(place / max(1, count - 1))


def _label(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _responses(panels: Sequence[Axes], summary: xr.Dataset, runs: Sequence[int]) -> None:
    current = summary["response_current"].values
    rate, adjusted = (summary[f"response_{n}"].values for n in ("rate", "adjusted_current"))
    infinite = summary["response_rate_infinite"].values
    for place, run in enumerate(runs):
        look: dict[str, Any] = {
            "color": _shade(place, len(runs)),
            "label": _label(float(summary[RESET].values[run])),
        }
        panels[0].plot(current, rate[run], **look)
        panels[1].plot(current, rate[run] - infinite[run], **look)
        panels[2].plot(current, adjusted[run], **look)
    look = {"color": INFINITE, "linestyle": DASHED, "label": "∞"}
    panels[0].plot(current, infinite[runs[0]], **look)
    panels[1].plot(current, np.zeros_like(current), **look)
    panels[2].plot(current, current, **look)
    labels = ("rate $r$ (Hz)", r"$r - r_\infty$ (Hz)", "adjusted current $I^*$ (pA)")
    for axes, label in zip(panels, labels, strict=True):
        axes.set_xlabel(CURRENT_LABEL)
        axes.set_ylabel(label)
        axes.set_xlim(current[0], current[-1])
        axes.set_ylim(bottom=0)
    panels[0].legend(title="$v_0$ (mV)", loc="upper left", alignment="left")


def _equilibria(axes: Axes, summary: xr.Dataset, runs: Sequence[int], diagrams: Diagrams) -> None:
    values = {float(summary[RESET].values[run]): run for run in runs}
    chosen = [v for v in SHOWN if v in values] if set(SHOWN) <= set(values) else list(values)
    ends: list[tuple[float, str, Any]] = []
    followed = dict.fromkeys(name for _, name in diagrams)
    for name, corrected in corrections(summary, followed, "fig2").items():
        for value in chosen if corrected else chosen[:1]:
            color = _shade(runs.index(values[value]), len(runs)) if corrected else INFINITE
            for branch in diagrams[values[value], name].values():
                if branch.kind == "equilibrium":
                    _branch(axes, branch, color)
                    top = int(np.argmax(branch[branch.free[0]] + 1e-9 * branch[ACTIVATION]))
                    text = _label(value) if corrected else "∞"
                    ends.append((float(branch[ACTIVATION][top]), text, color))
    _end_labels(axes, ends)
    look: dict[str, Any] = {"color": "0.3"}
    handles = [
        Line2D([], [], label="stable", **look),
        Line2D([], [], linestyle=DASHED, linewidth=0.8, label="unstable", **look),
        Line2D([], [], marker="^", markersize=3.5, linestyle="none", label="fold", **look),
    ]
    axes.legend(handles=handles, loc="lower right", bbox_to_anchor=(1.0, 0.06))
    axes.set_xlabel(CURRENT_LABEL)
    axes.set_ylabel("activation $s$")
    axes.set_ylim(bottom=0)


def _end_labels(axes: Axes, ends: Sequence[tuple[float, str, Any]]) -> None:
    """Label the curves at the right edge, with distances of at least the height of the text."""
    gap = 0.055 * axes.get_ylim()[1]
    last = -np.inf
    right = axes.get_xlim()[1]
    for height, text, color in sorted(ends):
        last = max(height, last + gap)
        axes.annotate(
            text, (right, height), xytext=(right * 1.02, last), fontsize=6.5, color=color,
            va="center", annotation_clip=False,
        )  # fmt: skip
    axes.annotate(
        "$v_0$ (mV)", (right, last), xytext=(0, 8), textcoords="offset points", fontsize=6.5,
        annotation_clip=False,
    )  # fmt: skip


def _branch(axes: Axes, branch: Branch, color: Any) -> None:
    draw_branch(
        axes, branch, ACTIVATION, stable={"color": color, "linewidth": 1.1},
        unstable={"color": color, "linestyle": DASHED, "linewidth": 0.8},
        marks={"LP": Mark("^", color, 3.5, "fold")}, edge=0.3, meet_at_points=False,
    )  # fmt: skip
    current = branch[branch.free[0]]
    axes.set_xlim(float(current.min()), float(current.max()))


def _courses(
    stack: Sequence[Axes], run: xr.Dataset, compared: Mapping[str, bool], *, legend: bool
) -> None:
    time = run["time"].values / 1000.0
    activation = run["synaptic_activation"].sel(synapse=SYNAPSE)
    looks: dict[str, dict[str, Any]] = {
        "network": {"color": NETWORK, "linewidth": 2.2, "zorder": 2}
    }
    for name, corrected in compared.items():
        looks[name] = (
            {"color": INK[0], "linewidth": 0.9, "zorder": 4}
            if corrected
            else {"color": INFINITE, "linewidth": 1.1, "linestyle": DASHED, "zorder": 3}
        )
    for name, look in looks.items():
        stack[0].plot(time, activation.sel(model=name), label=name, **look)
    stack[1].plot(time, run["input_current"].sel(population=POPULATION), color="0.2")
    stack[0].set_title(f"$v_0$ = {_label(float(run[RESET]))} mV")
    stack[0].set_ylabel("activation $s$")
    stack[0].tick_params(labelbottom=False)
    stack[1].set_ylabel("$I$ (pA)")
    stack[1].set_xlabel("time (s)")
    for axes in stack:
        axes.set_xlim(time[0], time[-1])
    if legend:
        stack[0].legend(loc="upper right")
