"""Fig. 8 C: how well fluctuating input and weak pulses are told from the rate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FormatStrFormatter, NullFormatter

from ikmeanfield.plot.paper_style import INK, label_panel
from ikmeanfield.sources import Sources
from ikmeanfield.studies.compared import by_recovery

EXPERIMENTS = 1
"""Number of experiments that the panels are drawn from."""
HEIGHT = 1.65
"""Height of the panels in inches."""

CURRENT, WIDTH, RECOVERY = "rs_input_current", "rs_threshold_width", "rs_recovery"
COLORS = (INK[1], INK[2], INK[3])
MARKERS: dict[str, dict[str, Any]] = {
    "network, own u": {"marker": "o", "markerfacecolor": "white", "linestyle": (0, (1.2, 1))},
    "network, one u": {"marker": "o", "linestyle": "none"},
    "mean_field": {"linestyle": "-"},
}
NAMES = {
    "network, own u": "network, $u_i$", "network, one u": "network, one $u$",
    "mean_field": "mean field",
}  # fmt: skip
TICKS = (0.1, 1.0, 10.0)
"""Widths in mV that the logarithmic axis names."""
QUANTITIES = {
    "gain": "gain (Hz/pA)",
    "information": "information (bit/s)",
    "d_prime": "$d'$ of a pulse",
}


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    return {"sensitivity": experiments[0]["sensitivity"].summary.sel(population="rs")}


def draw(place: SubFigure, sensitivity: xr.Dataset) -> None:
    """Draw a row of four panels: gain and information by correlation time, and d′.

    Parameters
    ----------
    place
        Where to draw.
    sensitivity
        Summary of the study of sensitivity, of excitatory neurons.
    """
    panels = place.subplots(1, 4)
    times = sensitivity["correlation_time"].values
    shown = (("gain", times[-1]), ("information", times[0]), ("information", times[-1]),
             ("d_prime", times[0]))  # fmt: skip
    for axes, (name, time) in zip(panels, shown, strict=True):
        draw_lines(axes, sensitivity.sel(correlation_time=time), name)
        axes.set_title(rf"$\tau$ = {time:g} ms")
    currents = np.unique(sensitivity[CURRENT].values)
    handles = [
        Line2D([], [], color=color, label=rf"$I$ = {current:g} pA")
        for current, color in zip(currents, COLORS, strict=False)
    ]
    panels[0].legend(handles=handles, handlelength=1.4)
    panels[2].legend(
        handles=[Line2D([], [], color="k", label=NAMES[name], **look)
                 for name, look in MARKERS.items()],
        handlelength=1.6, loc="upper left",
    )  # fmt: skip
    label_panel(panels[0], "C")


def draw_lines(axes: Axes, shown: xr.Dataset, name: str) -> None:
    """A quantity of all models and currents against the width."""
    for current, color in zip(np.unique(shown[CURRENT].values), COLORS, strict=False):
        runs = shown.isel(run=np.flatnonzero(shown[CURRENT].values == current)).sortby(WIDTH)
        for model, own in by_recovery(runs, RECOVERY):
            if model in MARKERS:
                axes.plot(own[WIDTH], own[name], color=color, label=model, **MARKERS[model])
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(FixedLocator(TICKS))
    axes.xaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(r"width $\Delta_v$ (mV)")
    axes.set_ylabel(QUANTITIES[name])
    axes.set_ylim(bottom=0)


def caption(sensitivity: xr.Dataset) -> str:
    """What the panels show, in a few sentences."""
    levels = " and ".join(f"{level:g} pA" for level in np.unique(sensitivity[CURRENT].values))
    return (
        f"(C) The same neurons under Ornstein–Uhlenbeck noise that all of them share, about "
        f"{levels}: gain of the best linear filter from current to rate, information that a "
        "linear decoder of the rate gets about the current, and distance d′ of the numbers of "
        "spikes after weak pulses from those without pulses, for the correlation times τ above "
        "the panels. The mean field is looked at through the spikes of as many Poisson neurons."
    )


def findings(sensitivity: xr.Dataset) -> Iterator[str]:
    """What the data say, in numbers: where each quantity is largest."""
    for time in sensitivity["correlation_time"].values:
        shown = sensitivity.sel(correlation_time=time)
        for current in np.unique(shown[CURRENT].values):
            runs = shown.isel(run=np.flatnonzero(shown[CURRENT].values == current)).sortby(WIDTH)
            for model, own in by_recovery(runs, RECOVERY):
                words = [
                    _peak(own[WIDTH].values, own[name].values, text)
                    for name, text in (("gain", "gain"), ("information", "information"),
                                       ("d_prime", "d′"))
                ]  # fmt: skip
                yield f"τ = {time:g} ms, I = {current:g} pA, {model}: {'; '.join(words)}"


def _peak(widths: Any, values: Any, text: str) -> str:
    """The first, the largest and the last of values along the widths."""
    known = np.isfinite(values)
    if not known.any():
        return f"{text} not known"
    x, y = widths[known], values[known]
    top = int(y.argmax())
    return f"{text} {y[0]:.3g}, largest {y[top]:.3g} at {x[top]:g} mV, then {y[-1]:.3g}"
