"""Fig. 8 D: rates against current, number of steady states, and sensitivity of eigenvalues."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure
from matplotlib.lines import Line2D
from matplotlib.ticker import FormatStrFormatter, NullFormatter

from ikmeanfield.analysis.eigenvalue_changes import PARAMETERS, relative_changes
from ikmeanfield.figures.fig8_synchrony import WIDTH_LABEL
from ikmeanfield.plot.paper_style import DASHES, INK, label_panel
from ikmeanfield.sources import Sources
from ikmeanfield.studies.rising_rates import WIDTH, RisingRate, rising_rates

EXPERIMENTS = 1
"""Number of experiments that the panels are drawn from."""
HEIGHT = 1.65
"""Height of the panels in inches."""

LOOKS: dict[str, dict[str, Any]] = {
    "network, own u": {
        "color": INK[2], "marker": "o", "markerfacecolor": "white", "linestyle": "none",
    },
    "network, one u": {"color": INK[1], "marker": "o", "linestyle": "none"},
    "mean_field": {"color": INK[1], "linestyle": "-"},
    "exact, own u": {"color": INK[2], "linestyle": (0, (4, 1))},
    "exact, one u": {"color": INK[0], "linestyle": (0, (1.2, 1))},
}  # fmt: skip
NAMES = {
    "network, own u": "network, $u_i$", "network, one u": "network, one $u$",
    "mean_field": "mean field", "exact, own u": "exact, $u_i$", "exact, one u": "exact, one $u$",
}  # fmt: skip
SHOWN = "exact, own u"
"""The model whose rates are shown against the current, beside the networks in the same form."""
MOST_CURVES = 4
SYMBOLS = {"rs_input_current": "$I$", "rs_ampa_weights_rs": "$J$", "rs_adaptation": r"$\kappa$"}


def arrange(experiments: Sequence[Sources]) -> dict[str, Any]:
    """What the other functions take."""
    (taken,) = experiments
    rates = rising_rates(taken["diagrams"], taken["hysteresis"])
    return {"rates": rates, "changes": relative_changes(taken["modes"].summary)}


def draw(place: SubFigure, rates: Sequence[RisingRate], changes: xr.Dataset) -> None:
    """Draw a row of four panels.

    Parameters
    ----------
    place
        Where to draw.
    rates
        Rates against current, by model and width.
    changes
        Of the leading eigenvalue by parameter, current and width.
    """
    panels = place.subplots(1, 4)
    draw_rates(panels[0], rates)
    draw_scores(panels[1], rates, "nonlinearity", "deviation from a line")
    draw_scores(panels[2], rates, "bistable", "bistable range (pA)")
    draw_changes(panels[3], changes)
    models = {one.model for one in rates}
    handles = [
        Line2D([], [], label=NAMES[name], **look) for name, look in LOOKS.items() if name in models
    ]
    panels[2].legend(handles=handles, handlelength=1.6, fontsize=5.5)
    label_panel(panels[0], "D")


def draw_rates(axes: Axes, rates: Sequence[RisingRate]) -> None:
    """Rates against rising current for a few widths."""
    models = {one.model for one in rates}
    theory = SHOWN if SHOWN in models else "mean_field"
    own = sorted((one for one in rates if one.model == theory), key=lambda one: one.width)
    count = min(MOST_CURVES, len(own))
    chosen = [own[place] for place in np.linspace(0, len(own) - 1, count).round().astype(int)]
    for number, one in enumerate(chosen):
        color = INK[number % len(INK)]
        axes.plot(one.current, one.rate, color=color, label=rf"{one.width:g} mV", zorder=3)
        for network in rates:
            if network.model == "network, own u" and network.width == one.width:
                axes.plot(network.current[::2], network.rate[::2], "o", color=color, markersize=1.6)
    axes.set_xlabel("current $I$ (pA)")
    axes.set_ylabel("rate (Hz)")
    axes.legend(handlelength=1.4, title=r"$\Delta_v$", title_fontsize=6)
    axes.set_ylim(bottom=0)


def draw_scores(axes: Axes, rates: Sequence[RisingRate], name: str, label: str) -> None:
    """What a curve of rates is like, of all models against the width."""
    for model, look in LOOKS.items():
        own = sorted((one for one in rates if one.model == model), key=lambda one: one.width)
        if own:
            values = [getattr(one, name) for one in own]
            axes.plot([one.width for one in own], values, label=model, **look)
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel(label)
    axes.set_ylim(bottom=0)


def draw_changes(axes: Axes, changes: xr.Dataset) -> None:
    """Median over currents of how strongly the leading eigenvalue depends on each parameter."""
    for place, name in enumerate(PARAMETERS):
        values = abs(changes["change"].sel(parameter=name)).median("current")
        axes.plot(
            changes[WIDTH], values, color=INK[place], linestyle=DASHES[place], marker="s",
            label=SYMBOLS[name],
        )  # fmt: skip
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(10 ** np.floor(np.log10(low)), 10 ** np.ceil(np.log10(high)))
    axes.yaxis.set_major_formatter(FormatStrFormatter("%g"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.set_xlabel(WIDTH_LABEL)
    axes.set_ylabel(r"$|p\,\partial\lambda / \partial p|$ (1/s)")
    axes.legend(handlelength=1.8, ncols=3, columnspacing=0.8, loc="lower center")


def caption(changes: xr.Dataset, **_: Any) -> str:
    """What the panels show, in a few sentences."""
    levels = ", ".join(f"{level:g}" for level in changes["current"].values)
    return (
        "(D) Weak adaptation. Rates while the current rises: exact theory (lines) and networks "
        "(dots) in which every neuron has its own recovery variable; largest distance of such a "
        "curve from its best line, over its range of rates; range of currents with two steady "
        "states; and how strongly the growth rate λ of the least damped mode of the mean field's "
        "active state depends on the current I, the coupling J and the adaptation κ: change per "
        f"relative change of the parameter, median over {levels} pA."
    )


def findings(rates: Sequence[RisingRate], changes: xr.Dataset) -> Iterator[str]:
    """What the data say, in numbers."""
    for model in LOOKS:
        own = sorted((one for one in rates if one.model == model), key=lambda one: one.width)
        if own:
            ends = [
                f"{one.width:g} mV: deviation from a line {one.nonlinearity:.2f}, bistable range "
                f"{one.bistable:.3g} pA" for one in (own[0], own[-1])
            ]  # fmt: skip
            yield f"{model}, Δ_v = {'; '.join(ends)}"
    for name in PARAMETERS:
        values = abs(changes["change"].sel(parameter=name)).median("current").values
        widths = changes[WIDTH].values
        yield (
            f"mean field, |∂λ/∂ln {name}|: {values[0]:.3g} 1/s at {widths[0]:g} mV, "
            f"{values[-1]:.3g} 1/s at {widths[-1]:g} mV"
        )
