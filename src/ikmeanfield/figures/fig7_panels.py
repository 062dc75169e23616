"""The panels of Fig. 7 besides its maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.figures.fig7_maps import width_label
from ikmeanfield.plot.paper_style import INK
from ikmeanfield.studies.responses import COHERENT, meaningful

MODELS = {"network": ("o", "none"), "mean_field": ("none", "-")}
"""Marker and line of what is compared."""
CURRENTS = (INK[0], INK[1], INK[2], "#7a7a7a")
GAIN_CURRENT = 30.0
"""Current into FS neurons in pA at which gains are shown against frequency."""
GAIN_WIDTHS = (0.1, 0.4, 1.6)
KAPPA, FS, RS = "rs_adaptation", "fs_threshold_width", "rs_threshold_width"


def draw_resonances(panels: Sequence[Axes], responses: xr.Dataset) -> None:
    """Frequency of the largest gain, and its height, against the width of FS thresholds."""
    quantities = (
        ("resonance", "resonance (Hz)"),
        ("resonance_gain", "relative gain at peak"),
    )
    currents = np.unique(responses["fs_input_current"].values)
    for axes, (name, label) in zip(panels, quantities, strict=True):
        for current, color in zip(currents, CURRENTS, strict=False):
            runs = np.flatnonzero(responses["fs_input_current"].values == current)
            here = responses.isel(run=runs).sel(population="rs").sortby(FS)
            for model, (marker, line) in MODELS.items():
                values = np.where(meaningful(here, model), here[name].sel(model=model), np.nan)
                axes.plot(here[FS], values, color=color, marker=marker, linestyle=line)
        axes.set_xlabel(width_label(FS))
        axes.set_ylabel(label)
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
    panels[1].set_yscale("log")
    panels[1].set_ylim(bottom=0.9)
    handles = [
        Line2D([], [], color=color, label=rf"$I_\mathrm{{fs}}$ = {current:g} pA")
        for current, color in zip(currents, CURRENTS, strict=False)
    ]
    panels[0].legend(handles=handles, handlelength=1.4, ncols=2, loc="lower left")


def draw_gains(axes: Axes, responses: xr.Dataset) -> None:
    """Gains against frequency for a few widths of FS thresholds."""
    handles = []
    for width, color in zip(GAIN_WIDTHS, CURRENTS, strict=False):
        here = np.isclose(responses["fs_input_current"].values, GAIN_CURRENT)
        here &= np.isclose(responses[FS].values, width)
        if not here.any():
            continue
        run = responses.isel(run=int(np.flatnonzero(here)[0])).sel(population="rs")
        frequency = run["frequency"].values
        axes.plot(frequency, run["gain"].sel(model="mean_field"), color=color)
        network = run.sel(model="network")
        seen = network["coherence"].values > COHERENT
        axes.errorbar(
            frequency[seen], network["gain"][seen], network["gain_error"][seen], color=color,
            marker="o", linestyle="none", elinewidth=0.6,
        )  # fmt: skip
        handles.append(Line2D([], [], color=color, label=rf"$\Delta_\mathrm{{fs}}$ = {width:g} mV"))
    axes.set_xscale("log")
    axes.set_xlabel("frequency (Hz)")
    axes.set_yscale("log")
    axes.set_ylabel("gain (Hz/pA)")
    axes.legend(handles=handles, handlelength=1.4, loc="lower left")


def draw_loops(panels: Sequence[Axes], hysteresis: xr.Dataset) -> None:
    """Width of the bistable range against the width of either population's thresholds."""
    rows = (("fs_width", FS, (None,)), ("rs_width", RS, (0.2, 2.0)))
    for axes, (sweep, varied, widths) in zip(panels, rows, strict=True):
        here = of_sweep(hysteresis, sweep)
        here = here.sel(population="rs").sortby(varied)
        for kappa, dashes, marker in ((10.0, "-", "o"), (100.0, (0, (3, 1)), "^")):
            for width, color in zip(widths, (INK[0], INK[2]), strict=False):
                chosen, label = np.isclose(here[KAPPA].values, kappa), rf"$\kappa$ = {kappa:g}"
                if width is not None:
                    chosen &= np.isclose(here[FS].values, width)
                    label += rf", $\Delta_\mathrm{{fs}}$ = {width:g}"
                some = here.isel(run=np.flatnonzero(chosen))
                x, y = some[varied], some["width"]
                axes.plot(x, y.sel(model="mean_field"), color=color, linestyle=dashes, label=label)
                axes.plot(
                    x, y.sel(model="network"), color=color, marker=marker, linestyle="none",
                    markersize=1.8,
                )  # fmt: skip
        axes.set_xlabel(width_label(varied))
        axes.legend(handlelength=1.6, fontsize=5.5)
        axes.set_ylim(bottom=0)
    panels[0].set_ylabel("bistable range (pA)")


def draw_rates(axes: Axes, series: xr.Dataset) -> None:
    """Rates of RS neurons in time, the second run above the first."""
    time = series["time"].values / 1000.0
    top = 1.1 * float(series["firing_rate"].sel(population="rs").max())
    theory = next(name for name in series["model"].values.tolist() if name != "network")
    varied = FS if FS in series.coords else KAPPA
    for number in range(series.sizes["run"]):
        run = series.isel(run=number).sel(population="rs")
        base = number * top
        axes.plot(time, base + run["firing_rate"].sel(model="network"), color="0.65", linewidth=0.9)
        axes.plot(time, base + run["firing_rate"].sel(model=theory), color=INK[number * 2],
                  linewidth=0.8)  # fmt: skip
        value = float(series[varied].values[number])
        text = rf"$\Delta_\mathrm{{fs}}$ = {value:g}" if varied == FS else rf"$\kappa$ = {value:g}"
        axes.annotate(text, (0.98, (base + 0.8 * top) / (2 * top)), xycoords="axes fraction",
                      ha="right", fontsize=6)  # fmt: skip
    axes.set_ylim(0, 2 * top)
    axes.set_xlim(time[0], time[-1])
    axes.set_xlabel("time (s)")
    axes.set_ylabel("RS rate (Hz)")
