"""Panels D and E of Fig. 5: what the reset correction leaves, and what heterogeneity does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import xarray as xr
from matplotlib.axes import Axes

from ikmeanfield.figures.fig5_data import CIRCUIT_PEAK, CIRCUIT_RESET, CIRCUIT_WIDTH, FloatArray
from ikmeanfield.plot.network_points import NETWORK_FOLD
from ikmeanfield.plot.paper_style import INK, MARKERS

FOLDS: tuple[tuple[str, str, Any], ...] = (("upper", "^", "-"), ("lower", "v", (0, (4, 1))))
"""Name, marker and dashes of both folds."""
LOOKS: dict[str, dict[str, Any]] = {
    "exact": {"color": INK[0], "marker": MARKERS[0]},
    "uncorrected": {"color": INK[1], "marker": MARKERS[1]},
    "corrected": {"color": INK[2], "marker": MARKERS[2]},
}
"""Colour and marker of the theories."""
NETWORK: dict[str, Any] = {
    "color": NETWORK_FOLD, "marker": "D", "markersize": 3.0, "markeredgewidth": 0.7,
    "markerfacecolor": "white", "linestyle": "none",
}  # fmt: skip
SHADES = INK
"""Colours of transfer functions, by growing width of the thresholds."""
RESET_WIDTH = 0.8
"""Panel D shows the circuit at the width of thresholds in mV that is nearest to this one."""
SHOWN_RESET = (50.0, -100.0)
"""Peak and reset potential in mV for which panel E shows the circuit, if it is there."""


def draw_circuit_resets(axes: Axes, folds: xr.Dataset) -> None:
    """Errors of the circuit's folds over the reset conditions, without and with the correction."""
    values = folds[CIRCUIT_WIDTH].values
    nearest = values[np.abs(values - RESET_WIDTH).argmin()]
    runs = folds.isel(run=np.flatnonzero(values == nearest))
    exact = runs["fold"].sel(theory="exact")
    places = np.arange(runs.sizes["run"])
    axes.axhline(0.0, color="0.7", linewidth=0.5, zorder=1)
    for name in ("uncorrected", "corrected"):
        for fold, marker, dashes in FOLDS:
            error = (runs["fold"].sel(theory=name) - exact).sel(fold_kind=fold)
            look = {"color": LOOKS[name]["color"], "marker": marker, "linestyle": dashes}
            axes.plot(places, error, **look)
    pairs = zip(runs[CIRCUIT_PEAK].values, runs[CIRCUIT_RESET].values, strict=True)
    axes.set_xticks(places, [f"{p:g},\n{r:g}".replace("-", "−") for p, r in pairs])
    axes.set_xlim(-0.3, places[-1] + 0.3)
    axes.set_xlabel("$v_p$, $v_0$ (mV)")
    axes.set_title(rf"E–I, $\Delta_\mathrm{{fs}}$ = {nearest:g} mV")


def draw_transfer(axes: Axes, functions: Sequence[xr.Dataset], networks: xr.Dataset | None) -> None:
    """Rates over the current: the exact theory, the uncorrected mean field, and networks."""
    widths = sorted({f.attrs["width"] for f in functions})
    shades = dict(zip(widths, SHADES, strict=False))
    for function in functions:
        width, exact = function.attrs["width"], function.attrs["theory"] == "exact"
        if function.attrs["theory"] == "corrected" or width not in shades:
            continue
        axes.plot(
            function["current"], function["rate"], color=shades[width],
            linestyle="-" if exact else (0, (3, 1.5)), linewidth=1.2 if exact else 0.8,
            label=f"{width:g} mV" if exact else None, zorder=3 if exact else 2,
        )  # fmt: skip
    if networks is not None:
        rate = networks["rate_mean"].isel(population=0)
        axes.plot(networks["rs_input_current"], rate, **NETWORK, zorder=4)
    axes.set_xlabel("$I$ (pA)")
    axes.set_ylabel("rate $r$ (Hz)")
    axes.set_ylim(bottom=0)
    axes.set_title("$s$ = 0")
    axes.legend(title=r"$\Delta_v$", loc="upper left", handlelength=1.0, borderaxespad=0.1)


def draw_widths(axes: Axes, x: FloatArray, folds: Mapping[str, FloatArray]) -> None:
    """Length of the bistable interval by theory; `folds` are upper and lower, shape (n, 2)."""
    for name, values in folds.items():
        length = np.nan_to_num(values[:, 0] - values[:, 1], nan=0.0)
        axes.plot(x, length, label=name, markersize=2.6, **LOOKS[name])
    axes.set_ylim(bottom=-0.3)
    axes.set_xlim(left=0)


def draw_circuit_widths(axes: Axes, folds: xr.Dataset, networks: xr.Dataset) -> None:
    """The bistable interval of the circuit for one reset condition, with held networks."""
    pairs = list(zip(folds[CIRCUIT_PEAK].values, folds[CIRCUIT_RESET].values, strict=True))
    shown = SHOWN_RESET if SHOWN_RESET in pairs else pairs[0]

    def here(runs: xr.Dataset) -> xr.Dataset:
        chosen = (runs[CIRCUIT_PEAK].values == shown[0]) & (runs[CIRCUIT_RESET].values == shown[1])
        return runs.isel(run=np.flatnonzero(chosen)).sortby(CIRCUIT_WIDTH)

    runs, held = here(folds), here(networks)
    draw_widths(
        axes, runs[CIRCUIT_WIDTH].values,
        {name: runs["fold"].sel(theory=name).values for name in LOOKS if name in runs["theory"]},
    )  # fmt: skip
    axes.plot(held[CIRCUIT_WIDTH], held["bistable"], label="network, held", **NETWORK, zorder=4)
    axes.set_xlabel(r"$\Delta_\mathrm{fs}$ (mV)")
    axes.set_title(f"E–I, {shown[0]:g}, {shown[1]:g} mV".replace("-", "−"))
