"""Fig. 7: how heterogeneity of inhibitory and excitatory neurons shapes what a circuit can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec

from ikmeanfield.figures import fig7_findings
from ikmeanfield.figures.fig7_panels import (
    Plane,
    draw_curves,
    draw_gains,
    draw_loops,
    draw_map,
    draw_rates,
    draw_resonances,
    map_legend,
)
from ikmeanfield.plot.branches import CODIMENSION_TWO, mark_handles
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, label_panel, style
from ikmeanfield.plot.planes import plane_handles
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import side_by_side

TAKES = [
    {
        "fs_planes": {
            "kind": "planes",
            "sweeps": ["fs_width"],
            "settings": {"parameter": "fs.input_current", "second": "fs.threshold_width"},
        },
        "rs_planes": {
            "kind": "planes",
            "sweeps": ["rs_width"],
            "settings": {"parameter": "fs.input_current", "second": "rs.threshold_width"},
        },
        "hysteresis": {
            "kind": "hysteresis",
            "sweeps": ["fs_width", "rs_width"],
            "settings": {"population": "fs", "networks": True},
        },
    },
    {"responses": {"kind": "responses", "settings": {"modulated": "rs", "networks": True}}},
    {"networks": {"kind": "networks"}, "predictions": {"kind": "predictions"}},
    {"networks": {"kind": "networks"}, "predictions": {"kind": "predictions"}},
    {"planes": {"kind": "planes", "settings": {"second": "rs.threshold_width"}}},
    {"planes": {"kind": "planes", "settings": {"second": "fs.threshold_width"}}},
    {"planes": {"kind": "planes", "settings": {"second": "lts.threshold_width"}}},
    {"planes": {"kind": "planes", "settings": {"parameter": "lts.input_current"}}},
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

KAPPA, FS, RS, LTS = (
    "rs_adaptation", "fs_threshold_width", "rs_threshold_width", "lts_threshold_width"
)  # fmt: skip


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take."""
    inhibition, resonance, *steps, rs, fs, lts, types = experiments
    summary = inhibition["hysteresis"].summary
    maps = [
        Plane.of(tree, source.settings, RS if source.name == inhibition["rs_planes"].name else FS)
        for source in (inhibition["fs_planes"], inhibition["rs_planes"])
        for _, tree in source.each()
    ]
    alone = [
        Plane.of(tree, source["planes"].settings, width)
        for source, width in ((rs, RS), (fs, FS), (lts, LTS))
        for _, tree in source["planes"].each()
    ]
    series = []
    for source in steps:
        networks = source["networks"]
        joined = side_by_side(networks, source["predictions"], networks.runs(), ["firing_rate"])
        kept = joined["time"].values > networks.settings.discard
        series.append(joined.isel(time=np.flatnonzero(kept)))
    three = types["planes"]
    return {
        "maps": maps,
        "hysteresis": summary,
        "responses": resonance["responses"].summary,
        "series": series,
        "alone": alone,
        "types": [Plane.of(tree, three.settings, RS) for _, tree in three.each()],
    }


def draw(
    maps: Sequence[Plane],
    hysteresis: xr.Dataset,
    responses: xr.Dataset,
    series: Sequence[xr.Dataset],
    alone: Sequence[Plane],
    types: Sequence[Plane],
) -> Figure:
    """Draw the six panels.

    Parameters
    ----------
    maps
        Planes of the current into fast-spiking neurons and either width, for A.
    hysteresis
        Summary of the networks and the mean field held at levels of this current, for A and D.
    responses
        Summary of linear responses over current and width, for C.
    series
        Rates in time of two experiments, two runs each, for E.
    alone, types
        Planes of single populations and of three coupled ones, for B and F.
    """
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 9.6))
        grid = GridSpec(6, 1, figure=figure, height_ratios=(2.1, 0.16, 1, 1, 1, 1))
        cells = GridSpecFromSubplotSpec(2, 3, grid[0])
        ordered = sorted(maps, key=lambda plane: (plane.values[KAPPA], plane.second == RS,
                                                  plane.values.get(FS, 0.0)))  # fmt: skip
        for place, plane in enumerate(ordered[:6]):
            axes = figure.add_subplot(cells[place // 3, place % 3])
            draw_map(axes, plane, hysteresis, bottom=place >= 3)
            if place == 0:
                label_panel(axes, "A")
        legend = figure.add_subplot(grid[1])
        legend.axis("off")
        legend.legend(
            handles=[*map_legend(), *plane_handles(("hopf", "fold"), ()),
                     *mark_handles(CODIMENSION_TWO)],
            loc="center", ncols=9, columnspacing=1.2, handlelength=1.4,
        )  # fmt: skip
        _row(figure, grid[2], [[p for p in alone if p.second == width] for width in (RS, FS, LTS)],
             "B")  # fmt: skip
        cells = GridSpecFromSubplotSpec(1, 3, grid[3])
        panels = [figure.add_subplot(cells[column]) for column in range(3)]
        draw_resonances(panels[:2], responses)
        draw_gains(panels[2], responses)
        label_panel(panels[0], "C")
        cells = GridSpecFromSubplotSpec(1, 4, grid[4])
        panels = [figure.add_subplot(cells[column]) for column in range(4)]
        draw_loops(panels[:2], hysteresis)
        label_panel(panels[0], "D")
        label_panel(panels[2], "E")
        for axes, data in zip(panels[2:], series, strict=True):
            draw_rates(axes, data)
        _row(figure, grid[5], [[plane] for plane in types[:3]], "F")
    return figure


def _row(figure: Figure, place: Any, columns: Sequence[Sequence[Plane]], letter: str) -> None:
    """A row of planes; planes of one panel are drawn over each other."""
    cells = GridSpecFromSubplotSpec(1, len(columns), place)
    for column, planes in enumerate(columns):
        axes = figure.add_subplot(cells[column])
        draw_curves(axes, planes)
        if column == 0:
            label_panel(axes, letter)


def caption(
    maps: Sequence[Plane],
    hysteresis: xr.Dataset,
    responses: xr.Dataset,
    series: Sequence[xr.Dataset],
    alone: Sequence[Plane],
    types: Sequence[Plane],
) -> str:
    """The caption, with the findings in numbers."""
    del maps, series, alone, types
    lines = [*fig7_findings.resonance(responses), *fig7_findings.regions(hysteresis),
             *fig7_findings.hysteresis(hysteresis)]  # fmt: skip
    return (
        "# Fig. 7. Heterogeneity of each cell type\n\n"
        "Circuits of regular-spiking (RS), fast-spiking (FS) and low-threshold-spiking (LTS) "
        "neurons with one recovery variable per population. "
        "(A) What networks of RS and FS neurons do (colours) when the current into the FS neurons "
        "is held at 41 levels, rising and then falling, and the folds (grey) and Hopf points "
        "(green) of the mean field, for two values of the adaptation κ of the RS neurons. "
        "(B) Curves of the mean field for each type alone; RS at κ = 10 pA (solid) and 100 pA "
        "(dashed). "
        "(C) Response of the RS rate to a small modulation of the current into RS neurons: "
        "frequency of the largest gain, that gain over the one at the lowest frequency, and gains "
        "against frequency at 30 pA; lines are the mean field, dots are networks with standard "
        "errors, where the answer is coherent and linear. "
        "(D) Width of the interval of bistability in the current into FS neurons (currents at "
        "which the two branches differ) against the width of either population's thresholds. "
        "(E) Rates of RS neurons in time, of networks (grey) and of the mean field, under the "
        "steps of the current that the text names. "
        "(F) Curves of the mean field of three coupled types, for three widths of LTS "
        "thresholds.\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {hysteresis.attrs.get('source')} on {hysteresis.attrs.get('processor')}\n"
    )
