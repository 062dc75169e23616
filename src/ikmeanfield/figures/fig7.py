"""Fig. 7: how heterogeneity of inhibitory and excitatory neurons shapes what a circuit can do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec, SubplotSpec

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures import fig7_findings
from ikmeanfield.figures.fig7_maps import (
    Map,
    agreement,
    draw_map,
    map_legend,
    maps,
    protocol,
)
from ikmeanfield.figures.fig7_panels import draw_gains, draw_loops, draw_rates, draw_resonances
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
    {
        "planes": {
            "kind": "planes",
            "sweeps": ["rs_width"],
            "settings": {"parameter": "rs.input_current", "second": "rs.threshold_width"},
        },
        "hysteresis": {
            "kind": "hysteresis",
            "sweeps": ["rs_width"],
            "settings": {"population": "rs", "networks": True},
        },
    },
    {
        "planes": {
            "kind": "planes",
            "sweeps": ["width"],
            "settings": {"parameter": "fs.input_current", "second": "fs.threshold_width"},
        },
        "hysteresis": {
            "kind": "hysteresis",
            "sweeps": ["width"],
            "settings": {"population": "fs", "networks": True},
        },
    },
    {
        "planes": {
            "kind": "planes",
            "sweeps": ["width"],
            "settings": {"parameter": "lts.input_current", "second": "lts.threshold_width"},
        },
        "hysteresis": {
            "kind": "hysteresis",
            "sweeps": ["width"],
            "settings": {"population": "lts", "networks": True},
        },
    },
    {
        "planes": {
            "kind": "planes",
            "sweeps": ["width"],
            "settings": {"parameter": "lts.input_current", "second": "rs.threshold_width"},
        },
        "hysteresis": {
            "kind": "hysteresis",
            "sweeps": ["width"],
            "settings": {"population": "lts", "networks": True},
        },
    },
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

KAPPA = "rs_adaptation"
ALONE = ("rs", "fs", "lts")
"""The populations of B, in the order of their experiments."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take."""
    inhibition, resonance, *rest = experiments
    steps, alone, types = rest[:2], rest[2:5], rest[5]
    summary = inhibition["hysteresis"].summary
    circuit = [
        one
        for name, sweep in (("fs_planes", "fs_width"), ("rs_planes", "rs_width"))
        for one in maps(inhibition[name], of_sweep(summary, sweep), "rs")
    ]
    series = []
    for source in steps:
        networks = source["networks"]
        joined = side_by_side(networks, source["predictions"], networks.runs(), ["firing_rate"])
        kept = joined["time"].values > networks.settings.discard
        series.append(joined.isel(time=np.flatnonzero(kept)))
    return {
        "circuit": circuit,
        "hysteresis": summary,
        "responses": resonance["responses"].summary,
        "series": series,
        "alone": [
            one for population, source in zip(ALONE, alone, strict=True)
            for one in maps(source["planes"], source["hysteresis"].summary, population)
        ],
        "types": maps(types["planes"], types["hysteresis"].summary, "rs"),
    }  # fmt: skip


def draw(
    circuit: Sequence[Map],
    hysteresis: xr.Dataset,
    responses: xr.Dataset,
    series: Sequence[xr.Dataset],
    alone: Sequence[Map],
    types: Sequence[Map],
) -> Figure:
    """Draw the six panels.

    Parameters
    ----------
    circuit
        What networks and the mean field do over the current into fast-spiking neurons and either
        width, for A.
    hysteresis
        Summary of these networks and of the mean field held at levels of the current, for D.
    responses
        Summary of linear responses over current and width, for C.
    series
        Rates in time of two experiments, two runs each, for E.
    alone, types
        The same as in A for single populations and for three coupled ones, for B and F.
    """
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 9.6))
        grid = GridSpec(6, 1, figure=figure, height_ratios=(2.1, 0.16, 1, 1, 1, 1))
        cells = GridSpecFromSubplotSpec(2, 3, grid[0])
        ordered = sorted(circuit, key=lambda one: one.plane.values[KAPPA])
        for place, one in enumerate(ordered[:6]):
            axes = figure.add_subplot(cells[place // 3, place % 3])
            draw_map(axes, one, one.fixed(symbols=True), bottom=place >= 3)
            if place == 0:
                label_panel(axes, "A")
        legend = figure.add_subplot(grid[1])
        legend.axis("off")
        legend.legend(
            handles=[*map_legend(), *plane_handles(("hopf", "fold"), ()),
                     *mark_handles(CODIMENSION_TWO)],
            loc="center", ncols=9, columnspacing=1.2, handlelength=1.4,
        )  # fmt: skip
        _row(figure, grid[2], alone, "B", name=True)
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
        _row(figure, grid[5], types, "F")
    return figure


def _row(
    figure: Figure, place: SubplotSpec, shown: Sequence[Map], letter: str, *, name: bool = False
) -> None:
    """A row of maps, with the name of their population if asked for."""
    cells = GridSpecFromSubplotSpec(1, len(shown), place)
    for column, one in enumerate(shown):
        axes = figure.add_subplot(cells[column])
        known = (f"{_population(one)} alone" if name else "", one.fixed(symbols=True))
        draw_map(axes, one, ", ".join(filter(None, known)))
        if column == 0:
            label_panel(axes, letter)


def _population(shown: Map) -> str:
    """Name of the population that receives the current of a map."""
    return shown.plane.first.partition(".")[0].upper()


def caption(
    circuit: Sequence[Map],
    hysteresis: xr.Dataset,
    responses: xr.Dataset,
    alone: Sequence[Map],
    types: Sequence[Map],
    **_: Any,
) -> str:
    """The caption, with the findings in numbers."""
    groups = [("RS and FS", circuit), *((f"{_population(one)} alone", [one]) for one in alone),
              ("RS, FS and LTS", types)]  # fmt: skip
    lines = [
        *(f"networks of {letter}: {protocol(shown)}"
          for letter, shown in (("A", circuit), ("B", alone), ("F", types))),
        *(line for name, shown in groups for line in agreement(name, shown)),
        *fig7_findings.resonance(responses), *fig7_findings.regions(hysteresis),
        *fig7_findings.hysteresis(hysteresis),
    ]  # fmt: skip
    return (
        "# Fig. 7. Heterogeneity of each cell type\n\n"
        "Circuits of regular-spiking (RS), fast-spiking (FS) and low-threshold-spiking (LTS) "
        "neurons with one recovery variable per population. "
        "(A) What networks of RS and FS neurons do (colours) when the current into the FS neurons "
        "is held at levels that rise and then fall, so that each is reached from two states, and "
        "the folds (grey) and Hopf points (green) of the mean field, for two values of the "
        "adaptation κ of the RS neurons. "
        "(B) The same for each type alone. "
        "(C) Response of the RS rate to a small modulation of the current into RS neurons: "
        "frequency of the largest gain, that gain over the one at the lowest frequency, and gains "
        "against frequency at 30 pA; lines are the mean field, dots are networks with standard "
        "errors, where the answer is coherent and linear. "
        "(D) Width of the interval of bistability in the current into FS neurons (currents at "
        "which the two branches differ) against the width of either population's thresholds. "
        "(E) Rates of RS neurons in time, of networks (grey) and of the mean field, under the "
        "steps of the current that the text names. "
        "(F) As A for three coupled types, over the current into LTS neurons: what RS neurons do, "
        "for three widths of LTS thresholds.\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {hysteresis.attrs.get('source')} on {hysteresis.attrs.get('processor')}\n"
    )
