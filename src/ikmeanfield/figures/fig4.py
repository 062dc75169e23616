"""Fig. 4 of the paper: effects of truncating the distribution of thresholds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.save import FigureError
from ikmeanfield.heterogeneity import TruncatedLorentzian
from ikmeanfield.plot.paper_style import (
    DASHES,
    DOUBLE_COLUMN,
    INK,
    MARKERS,
    label_panel,
    style,
)
from ikmeanfield.sources import Sources
from ikmeanfield.studies.series import joined_summaries

TAKES = [
    {
        "networks": {
            "kind": "networks",
            "sweeps": ["width", "cutoff", "width_spectra", "cutoff_spectra"],
        },
        "predictions": {
            "kind": "predictions",
            "sweeps": ["width", "cutoff", "width_spectra", "cutoff_spectra"],
        },
    }
]
"""Studies that the figure takes, see `ikmeanfield.sources.Taker`."""

POPULATION = "rs"
WIDTH, CUTOFF = "rs_threshold_width", "rs_truncation"
DENSITY_WIDTHS = (1.0, 2.0, 3.0, 4.0)
DENSITY_CUTOFFS = (5.0, 10.0)
HIGHEST_FREQUENCY = 200.0
WIDTH_LABEL, CUTOFF_LABEL = r"width $\Delta_v$ (mV)", r"cutoff $\phi$ (mV)"


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What `draw` and `caption` take."""
    (truncation,) = experiments
    return {"summary": joined_summaries(truncation["networks"], truncation["predictions"])}


def draw(summary: xr.Dataset) -> Figure:
    """Draw the five panels from the summary of a truncation experiment.

    Parameters
    ----------
    summary
        With the sweeps `width`, `cutoff`, `width_spectra` and `cutoff_spectra`; the first mean
        field in it is the one compared.
    """
    for name in ("difference_mean", "spectrum", WIDTH, CUTOFF):
        if name not in summary.variables:
            msg = f"fig4 needs {name!r} in the summary; it has {', '.join(map(str, summary))}"
            raise FigureError(msg)
    rates = summary.sel(population=POPULATION).isel(theory=0)
    with style():
        figure = Figure(figsize=(DOUBLE_COLUMN, 4.3))
        panels = figure.subplot_mosaic("AABBCC;DDDEEE", height_ratios=(1, 1))
        _densities(panels["A"], _center(summary))
        _differences(panels["B"], _sweep(rates, "width"), WIDTH, WIDTH_LABEL)
        _differences(panels["C"], _sweep(rates, "cutoff"), CUTOFF, CUTOFF_LABEL)
        panels["C"].invert_xaxis()
        _spectra(panels["D"], _sweep(rates, "width_spectra"), WIDTH, r"\Delta_v")
        _spectra(panels["E"], _sweep(rates, "cutoff_spectra"), CUTOFF, r"\phi")
        panels["E"].sharey(panels["D"])
        for letter, axes in panels.items():
            label_panel(axes, str(letter))
    return figure


def caption(summary: xr.Dataset) -> str:
    """The caption, which also says how the figure was made."""
    a = summary.attrs
    config = json.loads(a["config"])
    size = config["circuit"].get(f"{POPULATION}.size", "varied")
    theory = config["theories"][str(summary["theory"].values[0])]
    correction = {True: "with", False: "without"}.get(theory.get("reset_correction"))
    told = (
        f"mean field: {correction} the correction for finite reset"
        if correction
        else f"theory: {theory['kind']}"
    )
    counts = {s: int((summary["sweep"] == s).sum()) for s in ("width", "cutoff")}
    block = summary["difference_block"].sel(population=POPULATION)
    spans = [float(block.min()) * a["sample"], float(block.max()) * a["sample"]]
    return (
        "# Fig. 4. Truncated threshold distributions\n\n"
        "(A) Lorentzian densities of the spiking threshold, solid inside the truncation at the "
        "resting potential and dashed outside. Dotted lines mark the cutoffs "
        f"φ = {' and '.join(f'{cutoff:g}' for cutoff in DENSITY_CUTOFFS)} mV. "
        "(B, C) Mean (left axis) and variance in time (right axis) of the difference D_r between "
        "the firing rates of mean field and network, as functions of the width Δ_v (φ = 40 mV, "
        f"{counts['width']} values) and of the cutoff φ (Δ_v = 2 mV, {counts['cutoff']} values). "
        "Bands are ± one standard error in time, from block averages; every run draws its own "
        "thresholds, which adds to the scatter of the points. "
        "(D, E) Power spectral density of the network's firing rate for several Δ_v and φ.\n\n"
        f"- networks: N = {size}, scheme `{a['scheme']}`, step {a['step']} ms, "
        f"thresholds {a['thresholds']}, base seed {a['seed']}\n"
        f"- runs: {a['duration']:g} ms, of which the first {a['discard']:g} ms are dropped; "
        f"rates sampled every {a['sample']:g} ms\n"
        f"- {told}\n"
        f"- standard errors: blocks of {spans[0]:.3g} to {spans[1]:.3g} ms\n"
        f"- made by {a['source']} on {a['processor']}\n"
    )


def _center(summary: xr.Dataset) -> float:
    return float(json.loads(summary.attrs["config"])["circuit"][f"{POPULATION}.threshold"])


def _sweep(rates: xr.Dataset, name: str) -> xr.Dataset:
    chosen = of_sweep(rates, name)
    if not chosen.sizes["run"]:
        msg = f"fig4 needs the sweep {name!r} in the summary"
        raise FigureError(msg)
    return chosen


def _densities(axes: Axes, center: float) -> None:
    half_range = 40.0
    threshold = np.linspace(center - 55.0, center + 55.0, 1101)
    inside = np.abs(threshold - center) <= half_range
    for width, color, marker in zip(DENSITY_WIDTHS, INK, MARKERS, strict=True):
        truncated = TruncatedLorentzian(center, width, half_range)
        lorentzian = width / np.pi / ((threshold - center) ** 2 + width**2)
        scale = truncated.pdf(center) * np.pi * width  # the tails join the truncated density
        solid = np.where(inside, lorentzian * scale, np.nan)
        dashed = np.where(inside, np.nan, lorentzian * scale)
        axes.plot(
            threshold, solid, color=color, marker=marker, markevery=(25, 75), label=f"{width:g}"
        )
        axes.plot(threshold, dashed, color=color, linestyle=(0, (3, 1.5)))
    for cutoff in DENSITY_CUTOFFS:
        for side in (-1, 1):
            axes.axvline(center + side * cutoff, color="0.3", linestyle=":", linewidth=0.8)
    axes.set_yscale("log")
    axes.set_xlabel(r"spiking threshold $v_\theta$ (mV)")
    axes.set_ylabel("density (1/mV)")
    axes.legend(title=r"$\Delta_v$ (mV)", loc="upper right")


def _differences(axes: Axes, runs: xr.Dataset, parameter: str, label: str) -> None:
    runs = runs.sortby(parameter)
    x = runs[parameter].values
    right = axes.twinx()
    right.spines["right"].set_visible(True)
    parts: list[tuple[Any, str, str, Any, str]] = [
        (axes, "mean", INK[0], DASHES[0], r"mean of $D_r$ (Hz)"),
        (right, "variance", INK[2], DASHES[1], r"variance of $D_r$ (Hz$^2$)"),
    ]
    for side, name, color, dashes, text in parts:
        value = runs[f"difference_{name}"].values
        error = runs[f"difference_{name}_error"].values
        side.fill_between(x, value - error, value + error, color=color, alpha=0.3, linewidth=0)
        side.plot(x, value, color=color, linestyle=dashes)
        side.set_ylabel(text, color=color)
        side.tick_params(axis="y", colors=color)
    axes.set_xlabel(label)


def _spectra(axes: Axes, runs: xr.Dataset, parameter: str, symbol: str) -> None:
    frequency = runs["frequency"].values
    shown = (frequency > 0) & (frequency <= HIGHEST_FREQUENCY)
    for i in range(runs.sizes["run"]):
        axes.plot(
            frequency[shown], runs["spectrum"].isel(run=i).values[shown],
            color=INK[i % 4], linestyle=DASHES[i % 4], marker=MARKERS[i % 4],
            markevery=(2 * i, 9), label=f"{runs[parameter].values[i]:g}",
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlim(0, HIGHEST_FREQUENCY)
    axes.set_xlabel("frequency (Hz)")
    axes.set_ylabel(r"PSD of rate (Hz$^2$/Hz)")
    axes.legend(title=f"${symbol}$ (mV)", loc="lower right", ncols=2)
