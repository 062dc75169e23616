"""Panels A to C of Fig. 9: heterogeneity beside noise of the same strength."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.ticker import NullFormatter
from numpy.typing import NDArray

from ikmeanfield.analysis.by_value import SWEEPS, by_strength
from ikmeanfield.datasets.runs import of_sweep
from ikmeanfield.plot.paper_style import INK

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan

FloatArray = NDArray[np.float64]

COLORS = {"heterogeneous": INK[1], "noisy": INK[2]}
WORDS = {"heterogeneous": "heterogeneity", "noisy": "noise"}
STRENGTH = 10.0
"""Strength in pA that the examples are nearest to."""
WINDOW = 5.0
"""Windows in ms over which the networks' rates are averaged for drawing."""
STATISTICS = (
    ("trial_correlation", "trial-to-trial correlation"),
    ("accuracy", "decoding accuracy"),
    ("dimension", "dimension"),
)


def example_runs(plan: Plan, runs: Sequence[int]) -> list[int]:
    """The first run of either sweep whose strength is nearest to `STRENGTH`."""
    found = []
    for sweep, name in SWEEPS.items():
        path = name.replace("_", ".", 1)
        own = [number for number in runs if plan.runs[number].sweep == sweep]
        far = [abs(float(plan.runs[number].circuit.get(path)) - STRENGTH) for number in own]
        found.append(own[int(np.argmin(far))])
    return found


def _in_windows(values: FloatArray, time: FloatArray) -> FloatArray:
    """Means over successive windows of `WINDOW` ms; times are in s."""
    length = max(1, round(WINDOW / 1000 / float(time[1] - time[0])))
    whole = values.size // length * length
    return np.asarray(values[:whole].reshape(-1, length).mean(axis=1))


def _strengths(axes: Axes) -> None:
    """Make the horizontal axis one of strengths."""
    axes.set_xscale("log")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(r"strength $\Delta$ (pA)")


def draw_responses(axes: Axes, beside: Axes, series: xr.Dataset, distances: xr.Dataset) -> None:
    """Rates in time of both networks and the mean field, and their distance by strength."""
    time = series["time"].values / 1000.0
    rate = series["firing_rate"].sel(population="rs")
    theory = next(name for name in series["model"].values.tolist() if name != "network")
    for run, sweep in enumerate(series["sweep"].values.tolist()):
        values = rate.isel(run=run).sel(model="network").values
        middles, means = (_in_windows(each, time) for each in (time, values))
        axes.plot(middles, means, color=COLORS[sweep], linewidth=0.7, label=WORDS[sweep])
    axes.plot(time, rate.isel(run=0).sel(model=theory), color=INK[0], linewidth=0.9,
              label="mean field")  # fmt: skip
    axes.set_xlabel("time (s)")
    axes.set_ylabel("rate (Hz)")
    axes.set_xlim(time[0], time[-1])
    field = rate.isel(run=0).sel(model=theory)
    room = float(field.max() - field.min())
    axes.set_ylim(float(field.min()) - 0.4 * room, float(field.max()) + 0.9 * room)
    axes.legend(loc="upper left", handlelength=1.2)
    single = distances.isel(theory=0).sel(population="rs")
    for sweep in SWEEPS:
        far = by_strength(single, sweep, "rmse_firing_rate")
        noise = by_strength(single, sweep, "noise_firing_rate").mean
        beside.errorbar(far.strength, far.mean, far.deviation, elinewidth=0.6, color=COLORS[sweep],
                        marker="o", linestyle="none")  # fmt: skip
        beside.plot(far.strength, noise, color=COLORS[sweep], linestyle=(0, (3, 1)), linewidth=0.8)
    _strengths(beside)
    beside.set_ylim(bottom=0)
    beside.set_ylabel("distance (Hz)")


def draw_counts(panels: Sequence[Axes], codes: xr.Dataset) -> None:
    """Spike counts of single neurons over presentations of one input, for either sweep."""
    images = []
    for sweep, name in SWEEPS.items():
        own = of_sweep(codes, sweep)
        run = int(np.abs(own[name].values - STRENGTH).argmin())
        counts = own["count"].isel(run=run).transpose("neuron", "trial").values
        images.append(counts[np.argsort(counts.mean(axis=1), kind="stable")])
    least, top = np.percentile(np.concatenate(images), [2, 98])
    for axes, sweep, image in zip(panels, SWEEPS, images, strict=True):
        neurons, trials = image.shape
        axes.imshow(
            image, aspect="auto", origin="lower", cmap="Greys", vmin=least, vmax=top,
            interpolation="nearest", extent=(0.5, trials + 0.5, 0.5, neurons + 0.5),
        )  # fmt: skip
        axes.set_title(WORDS[sweep], color=COLORS[sweep])
        axes.set_xlabel("presentation")
    panels[0].set_ylabel("neuron, by mean count")
    panels[1].set_yticklabels([])


def draw_statistics(panels: Sequence[Axes], codes: xr.Dataset) -> None:
    """Correlation, accuracy and dimension against strength."""
    for axes, (name, label) in zip(panels, STATISTICS, strict=True):
        for sweep in SWEEPS:
            found = by_strength(codes, sweep, name)
            axes.errorbar(found.strength, found.mean, found.deviation, color=COLORS[sweep],
                          marker="o", elinewidth=0.6, label=WORDS[sweep])  # fmt: skip
        _strengths(axes)
        axes.set_ylabel(label)
        axes.set_ylim(bottom=0)
    chance = 1 / int(codes.attrs["inputs"])
    panels[1].axhline(chance, color="0.6", linewidth=0.6, linestyle=(0, (3, 1)))
    panels[0].legend(loc="best", handlelength=1.2)
