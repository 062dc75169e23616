"""Panels D to F of Fig. 9: what rings of neurons encode, and what can be decoded from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ikmeanfield.analysis.bistability import bistable_ranges
from ikmeanfield.analysis.bumps import centred_box
from ikmeanfield.analysis.by_value import by_value
from ikmeanfield.analysis.replicates import interval
from ikmeanfield.plot.paper_style import DASHES, INK, MARKERS

FloatArray = NDArray[np.float64]

WIDTH, CURRENT = "rs_threshold_width", "rs_input_current"
SHOWN = 0.25
"""Stimulated fraction that profiles are shown of, or the nearest there is."""
HELD = 30.0
"""Input current of the bumps, pA."""
EXAMPLES = (0.01, 0.1, 1.0)
"""Widths in mV that profiles and readouts are shown of, or the nearest there are."""
FUNCTIONS = {"bump": "Gaussian bump", "product": "product of sines"}
WIDTHS = r"width $\Delta_v$ (mV)"


def over_draws(
    summary: xr.Dataset, values: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Widths, and mean and half the 95 % interval over the draws of every width."""
    widths = np.unique(summary[WIDTH].values)
    rows = [interval(values[summary[WIDTH].values == width]) for width in widths]
    mean, half = np.array(rows).T
    return widths, mean, half


def nearest(values: Any, wanted: Sequence[float]) -> list[float]:
    """The values that are nearest to those that are wanted, each once."""
    known = np.unique(np.asarray(values, float))
    return list(dict.fromkeys(float(known[np.abs(known - one).argmin()]) for one in wanted))


def middle_regime(decoding: xr.Dataset) -> xr.Dataset:
    """The runs at the middle one of the input currents, whose readouts are shown."""
    found = [runs for _, runs in by_value(decoding, CURRENT)]
    return found[len(found) // 2]


def listed(numbers: Sequence[float]) -> str:
    """Numbers in words: "1, 2 and 3"."""
    *most, last = (f"{number:g}" for number in numbers)
    return f"{', '.join(most)} and {last}" if most else last


def _curve(axes: Axes, summary: xr.Dataset, values: FloatArray, place: int, label: str) -> None:
    widths, mean, half = over_draws(summary, values)
    axes.errorbar(
        widths, mean, half, color=INK[place], marker=MARKERS[place], linestyle=DASHES[place],
        linewidth=0.9, elinewidth=0.6, label=label,
    )  # fmt: skip


def _highest(axes: Axes) -> float:
    """The largest mean that is drawn; intervals of few draws may be far longer than the axis."""
    return max(float(np.nanmax(np.asarray(line.get_ydata(), float))) for line in axes.lines)


def draw_encoding(panels: Sequence[Axes], encoding: xr.Dataset, folds: xr.Dataset) -> None:
    """D: mean profiles by width, a few of them, the error, and where theories are bistable."""
    image, lines, errors, currents = panels
    fraction = nearest(encoding["fraction"], (SHOWN,))[0]
    own = encoding.sel(fraction=fraction)
    widths = np.unique(own[WIDTH].values)
    mean = own["profile"].groupby(WIDTH).mean("run").transpose(WIDTH, "place").values
    place = encoding["place"].values
    rank = np.arange(widths.size)
    image.pcolormesh(place, rank, mean, cmap="Blues", vmin=0, shading="nearest", rasterized=True)
    ticks = rank[:: max(1, rank.size // 5)]
    image.set_yticks(ticks, [f"{widths[tick]:g}" for tick in ticks])
    box = np.flatnonzero(centred_box(10_000, fraction)) / 10_000
    for axes in (image, lines):
        for edge in (box[0], box[-1]):
            axes.axvline(edge, color=INK[2], linewidth=0.7, linestyle=(0, (3, 1)))
        axes.set_xlabel("place on the ring")
        axes.set_xlim(0, 1)
    image.set_ylabel(WIDTHS)
    image.set_title(f"{fraction:.0%} stimulated")
    for order, width in enumerate(nearest(widths, EXAMPLES)):
        lines.plot(place, mean[widths == width][0], color=INK[order], linestyle=DASHES[order],
                   linewidth=0.9, label=rf"$\Delta_v$ = {width:g} mV")  # fmt: skip
    lines.set_ylabel("activity $s$")
    lines.set_ylim(0, 1.7 * float(mean.max()))
    lines.legend(loc="upper left", handlelength=1.6)
    for order, value in enumerate(encoding["fraction"].values[-len(INK) :]):
        here = encoding.sel(fraction=value)
        _curve(errors, here, here["error"].values, order, f"{value:.0%}")
    errors.set(xlabel=WIDTHS, ylabel="maintenance error", xscale="log")
    errors.set_ylim(0, 1.15 * _highest(errors))
    errors.axhline(1.0, color="0.6", linewidth=0.6, linestyle=(0, (3, 1)))
    errors.legend(title="stimulated", ncols=2, handlelength=1.6, columnspacing=0.8)
    for order, (theory, widths, low, high) in enumerate(bistable_ranges(folds, WIDTH)):
        for values in (low, high):
            currents.plot(widths, values, color=INK[order], linestyle=DASHES[order],
                          label=theory.replace("_", " ") if values is low else None)  # fmt: skip
    currents.axhline(HELD, color=INK[2], linewidth=0.7, linestyle=(0, (3, 1)))
    currents.set(xlabel=WIDTHS, ylabel="bistable currents (pA)", xscale="log")
    currents.legend(handlelength=1.6)


def fold_findings(folds: xr.Dataset) -> Iterator[str]:
    """Where theories of large networks have two states, at the ends of the widths."""
    for theory, widths, low, high in bistable_ranges(folds, WIDTH):
        parts = [
            f"{widths[i]:g} mV: {low[i]:.2f} to {high[i]:.2f} pA"
            if np.isfinite(low[i] + high[i]) else f"{widths[i]:g} mV: nowhere"
            for i in (0, -1)
        ]  # fmt: skip
        yield f"bistable currents, {theory.replace('_', ' ')}: {'; '.join(parts)}"


def draw_functions(panels: Sequence[Axes], decoding: xr.Dataset) -> None:
    """E: a readout of either function in the middle regime, and the errors of all regimes."""
    middle = middle_regime(decoding)
    time = decoding["time"].values
    for axes, (name, words) in zip(panels[:2], FUNCTIONS.items(), strict=True):
        target = decoding["target"].sel(function=name)
        target = target.isel(run=0) if "run" in target.dims else target
        axes.plot(time, target, color="0.6", linewidth=1.8)
        for order, width in enumerate(nearest(middle[WIDTH], EXAMPLES[::2])):
            run = int(np.flatnonzero(middle[WIDTH].values == width)[0])
            answer = middle["readout"].sel(function=name).isel(run=run)
            axes.plot(time, answer, color=INK[2 * order], linewidth=0.8,
                      label=rf"$\Delta_v$ = {width:g} mV")  # fmt: skip
        high = float(np.abs(target).max())
        axes.set_ylim(-1.5 * high, 2.8 * high)
        axes.set_title(words)
        axes.set(xlabel="time (ms)", ylabel="readout")
        axes.set_xlim(0, time[-1])
    panels[0].legend(
        loc="upper left", handlelength=1.4, frameon=True, framealpha=0.9, edgecolor="none"
    )
    for axes, (name, words) in zip(panels[2:], FUNCTIONS.items(), strict=True):
        for order, (current, here) in enumerate(by_value(decoding, CURRENT)):
            values = here["error"].sel(function=name).values
            _curve(axes, here, values, order, f"{current:g} pA")
        axes.set_title(words)
        axes.set(xlabel=WIDTHS, ylabel="error", xscale="log")
        axes.set_ylim(0, 1.25 * max(1.0, _highest(axes)))
        axes.axhline(1.0, color="0.6", linewidth=0.6, linestyle=(0, (3, 1)))
    panels[2].legend(handlelength=1.6)


def draw_kernels(panels: Sequence[Axes], decoding: xr.Dataset) -> None:
    """F: dimension of the responses, variance of the kernel, and how much the rate swings."""
    quantities: tuple[tuple[str, Callable[[xr.Dataset], FloatArray]], ...] = (
        ("dimension", lambda runs: runs["dimension"].values),
        ("ln of kernel variance", kernel_logarithm),
        ("swing of the rate (Hz)", swing),
    )
    for axes, (label, values) in zip(panels, quantities, strict=True):
        for order, (current, here) in enumerate(by_value(decoding, CURRENT)):
            _curve(axes, here, values(here), order, f"{current:g} pA")
        axes.set(xlabel=WIDTHS, ylabel=label, xscale="log")
    for axes in (panels[0], panels[2]):
        axes.set_ylim(0, 1.15 * _highest(axes))
    panels[0].legend(handlelength=1.6)


def kernel_logarithm(runs: xr.Dataset) -> FloatArray:
    """Logarithm of the kernel's variance; NaN where all trials are alike but for rounding."""
    variance = runs["kernel_variance"].values
    return np.log(np.where(variance > 1e-12, variance, np.nan))


def swing(runs: xr.Dataset) -> FloatArray:
    """Distance in Hz from the lowest to the highest rate before the pulses."""
    return np.asarray(runs["rate_highest"].values - runs["rate_lowest"].values)


def encoding_findings(encoding: xr.Dataset) -> Iterator[str]:
    """Where the error of maintenance is smallest, and what it is at both ends."""
    for fraction in encoding["fraction"].values:
        own = encoding.sel(fraction=fraction)
        for name, words in (("error", "error"), ("misfit", "misfit at any height")):
            widths, mean, half = over_draws(own, own[name].values)
            best = int(np.argmin(mean))
            shown = "; ".join(
                f"{widths[i]:g} mV: {mean[i]:.3g} ± {half[i]:.2g}"
                for i in dict.fromkeys([0, best, widths.size - 1])
            )
            yield f"{fraction:.0%} stimulated, {words}, smallest at {widths[best]:g} mV: {shown}"


def decoding_findings(decoding: xr.Dataset) -> Iterator[str]:
    """Errors, dimension, kernel variance and swing at the ends of the widths, by current."""
    for current, runs in by_value(decoding, CURRENT):
        rows = {
            f"error, {words}": runs["error"].sel(function=name).values
            for name, words in FUNCTIONS.items()
        }
        rows |= {
            "dimension": runs["dimension"].values,
            "ln of kernel variance": kernel_logarithm(runs),
            "swing of the rate (Hz)": swing(runs),
        }
        for words, values in rows.items():
            widths, mean, half = over_draws(runs, values)
            known = np.flatnonzero(np.isfinite(mean))
            if not known.size:
                continue
            shown = "; ".join(
                f"{widths[i]:g} mV: {mean[i]:.3g} ± {half[i]:.2g}" for i in known[[0, -1]]
            )
            yield f"{current:g} pA, {words}: {shown}"


def text(encoding: xr.Dataset, decoding: xr.Dataset) -> str:
    """The part of the caption that describes panels D to F."""
    draws = {np.unique(each["replicate"].values).size for each in (encoding, decoding)}
    counts = listed(sorted(draws))
    few = listed(nearest(encoding[WIDTH], EXAMPLES))
    both = listed(nearest(middle_regime(decoding)[WIDTH], EXAMPLES[::2]))
    return (
        "(D) Rings of regular-spiking neurons (κ = 10 pA) at 30 pA, of which a centred fraction "
        "received 30 pA more from 1000 to 1500 ms: mean activation that a neuron sends, from 2750 "
        "to 2950 ms, over the ring (dashed: the stimulated neurons), for all widths Δ_v and for "
        f"{few} mV; distance of its profile, scaled to a maximum of one, from the box of "
        "stimulated neurons (1: silence); and mean activation outside the box. "
        "(E) Functions of time read out linearly, by ridge regression, of the activations that "
        "follow a pulse of 80 pA for 20 ms into the central fifth of a ring (κ = 100 pA): targets "
        "(grey) and readouts in a trial not trained on, at the middle current and Δ_v = "
        f"{both} mV; and mean squared error over the target's mean square in all such trials (1: "
        "silence), by input current. "
        "(F) Dimension (participation ratio) of the responses, logarithm of the variance of the "
        "readout's kernel over trials, and swing of the population's rate before the pulses, which "
        f"tells oscillating networks. Bars are 95 % intervals (Student's t) over {counts} draws of "
        "thresholds and connections."
    )
