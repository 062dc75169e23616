"""Spike rasters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.axes import Axes

from ikmeanfield.plot.paper_style import INK, axes_to_draw_in, style
from ikmeanfield.plot.time_series import start_time, time_unit

if TYPE_CHECKING:
    import xarray as xr

_SHADES = (INK[0], INK[2], INK[1])
_MANY = 20_000
"""More spikes than this become pixels in vector graphics."""


def raster(data: xr.Dataset, *, population: str | None = None, ax: Axes | None = None) -> Axes:
    """Draw the spikes of a network: a dot for each, neurons in the order of their thresholds.

    Parameters
    ----------
    data
        What `simulate` returned when it was asked for `spikes`.
    population
        The only population to show; by default all, one above the other, each with its name.
    ax
        Where to draw; by default a new figure.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the Dataset holds no spikes, or none of that population.
    TypeError
        If something else than a Dataset is given.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second

    if not isinstance(data, xr.Dataset):
        msg = f"expected a Dataset as simulate returns it; got {data!r}"
        raise TypeError(msg)
    if "spike_time" not in data:
        msg = (
            "the Dataset holds no spikes; name the neurons that are to be recorded, as in "
            'simulate(..., spikes={"rs": range(100)})'
        )
        raise ValueError(msg)
    names = [str(name) for name in dict.fromkeys(data["spike_population"].values.tolist())]
    if population is not None:
        if population not in names:
            msg = f"no spikes of population {population!r}; there are spikes of {', '.join(names)}"
            raise ValueError(msg)
        names = [population]
    elif "population" in data.coords:  # in the circuit's order
        names = [str(name) for name in data["population"].values if str(name) in names]
    with style():
        ax = axes_to_draw_in(ax)
        unit, factor = time_unit(float(data["time"].max()))
        bottom, middles = 0.0, []
        for number, name in enumerate(names):
            own = data["spike_population"].values == name
            neuron = data["spike_neuron"].values[own]
            look: dict[str, Any] = {
                "color": _SHADES[number % 3], "linestyle": "none", "marker": ".",
                "markersize": 1.6, "markeredgewidth": 0, "rasterized": bool(own.sum() > _MANY),
            }  # fmt: skip
            ax.plot(data["spike_time"].values[own] * factor, neuron + bottom, label=name, **look)
            height = float(neuron.max(initial=0)) + 1.0
            if number:
                ax.axhline(bottom - 0.5, color="0.6", linewidth=0.5)
            middles.append(bottom + height / 2)
            bottom += height
        if len(names) > 1:
            ax.set_yticks(middles, names)
        ax.set_ylim(-0.5, max(bottom - 0.5, 0.5))
        time = data["time"].values
        ax.set_xlim(start_time(time) * factor, float(time[-1]) * factor)
        ax.set_xlabel(f"time ({unit})")
        who = f"neuron of {names[0]}" if len(names) == 1 else "neuron"
        ax.set_ylabel(f"{who}, by threshold")
    return ax
