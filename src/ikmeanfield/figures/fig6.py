"""Fig. 6: bursting of adapting neurons with different background currents (Chen & Campbell)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec

from ikmeanfield.figures import fig6_findings
from ikmeanfield.figures.fig6_panels import (
    Curves,
    draw_border,
    draw_bursts,
    draw_means,
    draw_pair,
    draw_plane_of_pair,
    draw_series,
)
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, label_panel, style
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import side_by_side

TAKES = [
    {
        "diagrams": {
            "kind": "diagrams",
            "sweeps": ["current", "fast"],
            "settings": {"parameter": "p.input_current"},
            "theory": "mean_field",
        },
        "exact": {
            "kind": "diagrams",
            "sweeps": ["current"],
            "settings": {"parameter": "p.input_current"},
            "theory": "stationary",
            "optional": True,
        },
        "oscillations": {"kind": "oscillations", "sweeps": ["current"]},
        "finite_size": {"kind": "oscillations", "sweeps": ["sizes", "fast"]},
        "networks": {"kind": "networks", "sweeps": ["series"]},
        "predictions": {"kind": "predictions", "sweeps": ["series"]},
        "widths": {
            "kind": "planes", "sweeps": ["width"], "settings": {"second": "p.current_width"}
        },
        "jumps": {"kind": "planes", "sweeps": ["jump"], "settings": {"second": "p.adaptation"}},
        "hysteresis": {"kind": "hysteresis", "sweeps": ["width_border", "jump_border"]},
    },
    {
        "diagrams": {"kind": "diagrams", "sweeps": ["share"]},
        "oscillations": {"kind": "oscillations", "sweeps": ["strong_drive", "half_drive"]},
        "shares": {"kind": "planes", "settings": {"second": "share"}},
        "widths": {"kind": "planes", "settings": {"second": "width"}},
    },
]  # fmt: skip
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take."""
    one, two = experiments
    networks = one["networks"]
    series = side_by_side(
        networks, one["predictions"], networks.runs(), ["firing_rate", "recovery"]
    )
    kept = series["time"].values > networks.settings.discard
    return {
        "slow": _diagram(one["diagrams"], "current"),
        "fast": _diagram(one["diagrams"], "fast"),
        "exact": _diagram(one["exact"], "current") if "exact" in one else None,
        "oscillations": one["oscillations"].summary,
        "finite_size": one["finite_size"].summary,
        "series": series.isel(time=np.flatnonzero(kept)),
        "widths": [Curves.of(tree) for _, tree in one["widths"].each()],
        "jumps": [Curves.of(tree) for _, tree in one["jumps"].each()],
        "hysteresis": one["hysteresis"].summary,
        "pair_diagrams": {
            name: _diagram(two["diagrams"], "share", share) for name, (_, share) in PAIRS.items()
        },
        "pair": two["oscillations"].summary,
        "pair_planes": [
            Curves.of(tree) for name in ("shares", "widths") for _, tree in two[name].each()
        ],
    }


PAIRS = {"strong_drive": ("κ_p = 0.8", 0.8), "half_drive": ("κ_p = 0.5", 0.5)}
"""Sweeps of two populations, with what they are called and the fraction κ_p."""


def _diagram(study: Any, sweep: str, share: float | None = None) -> xr.DataTree:
    """The diagram of the first run of a sweep, at a fraction κ_p if there are several."""
    plan = study.plan
    run = next(
        n for n in study.runs()
        if plan.runs[n].sweep == sweep
        and (share is None or plan.runs[n].coordinate("share") == share)
    )  # fmt: skip
    found: xr.DataTree = study.result(run, study.settings.asked(plan)[0])
    return found


def draw(
    slow: xr.DataTree,
    fast: xr.DataTree,
    oscillations: xr.Dataset,
    finite_size: xr.Dataset,
    series: xr.Dataset,
    widths: Sequence[Curves],
    jumps: Sequence[Curves],
    hysteresis: xr.Dataset,
    pair_diagrams: dict[str, xr.DataTree],
    pair: xr.Dataset,
    pair_planes: Sequence[Curves],
    exact: xr.DataTree | None = None,
) -> Figure:
    """Draw the six panels.

    Parameters
    ----------
    slow, fast
        Diagrams of the mean field in the current, with slow and with fast adaptation.
    oscillations, finite_size
        Means and extrema of networks and the mean field: over the current, and over size too.
    series
        Rates and recovery variables in time, at six currents.
    widths, jumps
        Hopf curves in the planes of current and width, and of current and jump.
    hysteresis
        What networks held at levels of the current do, over width and over jump.
    pair_diagrams, pair, pair_planes
        The same of two populations: diagrams by sweep, oscillations, and planes.
    exact
        Asynchronous states of the stationary theory in the current, with slow adaptation.
    """
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 8.6))
        grid = GridSpec(4, 1, figure=figure, height_ratios=(1.25, 1, 1, 1))
        top = GridSpecFromSubplotSpec(1, 3, grid[0], width_ratios=(1, 1, 1.1))
        means, rates = (figure.add_subplot(top[column]) for column in range(2))
        draw_means(means, slow, oscillations, "recovery", exact)
        draw_means(rates, slow, oscillations, "rate", exact)
        label_panel(means, "A")
        stack = GridSpecFromSubplotSpec(2, 1, top[2])
        panels = [figure.add_subplot(stack[row]) for row in range(2)]
        draw_series(panels, series, ((0, 0), (1, 1)))
        label_panel(panels[0], "B")
        row = GridSpecFromSubplotSpec(1, 4, grid[1])
        panels = [figure.add_subplot(row[column]) for column in range(4)]
        draw_series(panels[:2], series, ((2, 3), (4, 5)))
        label_panel(panels[0], "C")
        draw_border(panels[2], widths, hysteresis, "width_border")
        draw_border(panels[3], jumps, hysteresis, "jump_border")
        label_panel(panels[2], "D")
        row = GridSpecFromSubplotSpec(1, 4, grid[2])
        panels = [figure.add_subplot(row[column]) for column in range(4)]
        for axes, (sweep, (title, _)) in zip(panels, PAIRS.items(), strict=False):
            draw_pair(axes, pair_diagrams[sweep], pair, sweep, title)
        for axes, plane in zip(panels[2:], pair_planes, strict=False):
            draw_plane_of_pair(axes, plane)
        label_panel(panels[0], "E")
        row = GridSpecFromSubplotSpec(1, 3, grid[3])
        panels = [figure.add_subplot(row[column]) for column in range(3)]
        draw_bursts(panels, finite_size, fast)
        label_panel(panels[0], "F")
    return figure


def caption(
    slow: xr.DataTree,
    fast: xr.DataTree,
    oscillations: xr.Dataset,
    finite_size: xr.Dataset,
    pair_diagrams: dict[str, xr.DataTree],
    exact: xr.DataTree | None = None,
    **_: Any,
) -> str:
    """The caption, with the findings in numbers."""
    lines = [
        *fig6_findings.points(slow, "one population"),
        *fig6_findings.points(fast, "fast adaptation"),
        *(line for sweep, (title, _) in PAIRS.items()
          for line in fig6_findings.points(pair_diagrams[sweep], title)),
        *fig6_findings.means(oscillations),
        *fig6_findings.exact_means(oscillations, exact),
        *fig6_findings.sizes(finite_size),
    ]  # fmt: skip
    thin = (
        "" if exact is None else "; asynchronous states of the exact theory, stable or not (thin)"
    )
    return (
        "# Fig. 6. Adaptation and bursting\n\n"
        "The network of Chen & Campbell (2022) in units: neurons that differ in their background "
        "current (a Lorentzian of half-width 211 pA, Δ = 0.02); μ is the input current over "
        "10,562.5 pA. "
        "(A) Mean recovery variable and firing rate against the current: equilibria (stable solid, "
        "unstable dotted) and extrema of limit cycles (green) of the mean field; means of networks "
        "(dots), their extrema while they burst (triangles), and means over the neurons between "
        f"−55 and 30 mV alone (crosses){thin}. "
        "(B) Rates in time at μ = 0.25 (tonic) and 0.12 (bursting): network (grey) and mean "
        "field. "
        "(C) At the borders of bursting: networks at μ = 0.07 and 0.18 beside the mean field at "
        "0.0793 and 0.19. "
        "(D) Hopf points (green) of the mean field against the half-width of the currents, for "
        "w_jump = 0.015, 0.0189 and 0.03 (dotted, solid, dashed), and against the jump; what "
        "networks held at constant current do, in colour (orange: they burst). A constant current "
        "I adds to μ, so that curves for I = 0.1 are these curves, moved by 0.1. "
        "(E) Two populations, of which a fraction κ_p adapts strongly: rates of these neurons, and "
        "curves of folds (grey) and Hopf points (green). "
        "(F) Period and extrema of bursts by the size of the network, and the period with fast "
        "adaptation.\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {oscillations.attrs.get('source')} on {oscillations.attrs.get('processor')}\n"
    )
