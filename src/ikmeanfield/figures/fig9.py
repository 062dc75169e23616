"""Fig. 9: what neurons that differ compute with, and what noise of the same law does not give."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, GridSpecFromSubplotSpec

from ikmeanfield.figures import fig9_findings, fig9_rings
from ikmeanfield.figures.fig9_panels import (
    draw_counts,
    draw_responses,
    draw_statistics,
    example_runs,
)
from ikmeanfield.figures.fig9_rings import draw_encoding, draw_functions, draw_kernels
from ikmeanfield.plot.paper_style import DOUBLE_COLUMN, label_panel, style
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import side_by_side

TAKES = [
    {
        "networks": {"kind": "networks", "sweeps": ["heterogeneous", "noisy"]},
        "predictions": {"kind": "predictions", "sweeps": ["heterogeneous", "noisy"]},
    },
    {"codes": {"kind": "codes", "sweeps": ["heterogeneous", "noisy"]}},
    {
        "encoding": {"kind": "encoding"},
        "points": {"kind": "points", "settings": {"parameter": "rs.input_current"}},
    },
    {"decoding": {"kind": "decoding"}},
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take."""
    response, code, encoding, decoding = experiments
    networks, predictions = response["networks"], response["predictions"]
    runs = example_runs(networks.plan, networks.runs())
    series = side_by_side(networks, predictions, runs, ["firing_rate"])
    kept = series["time"].values > networks.settings.discard
    return {
        "series": series.isel(time=np.flatnonzero(kept)),
        "distances": predictions.summary,
        "codes": code["codes"].summary,
        "encoding": encoding["encoding"].summary,
        "folds": encoding["points"].summary,
        "decoding": decoding["decoding"].summary,
    }


def draw(
    series: xr.Dataset,
    distances: xr.Dataset,
    codes: xr.Dataset,
    encoding: xr.Dataset,
    folds: xr.Dataset,
    decoding: xr.Dataset,
) -> Figure:
    """Draw the panels.

    Parameters
    ----------
    series
        Rates in time of one network of each sweep, and of the mean field, for A.
    distances
        Summary of the predictions: how far the mean field is from networks, for A.
    codes
        Summary of the study of codes, for B and C.
    encoding, folds
        Summary of the study of bumps, and the folds of theories at its grid points, for D.
    decoding
        Summary of the study of readouts, for E and F.
    """
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 10.2))
        grid = GridSpec(5, 1, figure=figure)
        cells = GridSpecFromSubplotSpec(1, 4, grid[0], width_ratios=(1.5, 1, 1, 1))
        panels = [figure.add_subplot(cells[column]) for column in range(4)]
        draw_responses(panels[0], panels[1], series, distances)
        label_panel(panels[0], "A")
        draw_counts(panels[2:], codes)
        label_panel(panels[2], "B")
        cells = GridSpecFromSubplotSpec(1, 3, grid[1])
        panels = [figure.add_subplot(cells[column]) for column in range(3)]
        draw_statistics(panels, codes)
        label_panel(panels[0], "C")
        _rings(figure, grid, encoding, folds, decoding)
    return figure


def _rings(
    figure: Figure,
    grid: GridSpec,
    encoding: xr.Dataset,
    folds: xr.Dataset,
    decoding: xr.Dataset,
) -> None:
    """The rows of panels D to F."""
    rows = []
    for row, (letter, columns) in enumerate((("D", 4), ("E", 4), ("F", 3)), start=2):
        cells = GridSpecFromSubplotSpec(1, columns, grid[row])
        rows.append([figure.add_subplot(cells[column]) for column in range(columns)])
        label_panel(rows[-1][0], letter)
    draw_encoding(rows[0], encoding, folds)
    draw_functions(rows[1], decoding)
    draw_kernels(rows[2], decoding)


def caption(
    series: xr.Dataset,
    distances: xr.Dataset,
    codes: xr.Dataset,
    encoding: xr.Dataset,
    folds: xr.Dataset,
    decoding: xr.Dataset,
) -> str:
    """The caption, with the findings in numbers."""
    lines = [
        *fig9_findings.responses(series, distances), *fig9_findings.codes(codes),
        *fig9_rings.encoding_findings(encoding), *fig9_rings.fold_findings(folds),
        *fig9_rings.decoding_findings(decoding),
    ]  # fmt: skip
    return (
        "# Fig. 9. Heterogeneity and computation\n\n"
        "(A) Rate of a network whose background currents differ (Lorentzian, half-width Δ), of one "
        "whose equal neurons receive independent Cauchy noise of the same strength, and of the one "
        "mean field of both, under steps of the current (networks in means over 5 ms); and the "
        "distance of networks to the mean field against Δ, with the scatter between replicates "
        "(dashed). "
        "(B) Spikes that single neurons fire in repeated presentations of one input, a row per "
        "neuron, ordered by their mean, and a column per presentation. "
        "(C) Correlation of the spike counts of all neurons between two presentations of an input, "
        "accuracy of a ridge classifier that tells the inputs apart in presentations it has not "
        "seen, and dimension (participation ratio) of the spike counts; means and standard "
        f"deviations of the replicates. {fig9_rings.text(encoding, decoding)}\n\n"
        + "".join(f"- {line}\n" for line in lines)
        + f"- made by {codes.attrs.get('source')} on {codes.attrs.get('processor')}\n"
    )
