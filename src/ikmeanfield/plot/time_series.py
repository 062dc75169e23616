"""Series in time: networks and mean fields over each other, and their input currents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.plot.labels import SYMBOLS, words
from ikmeanfield.plot.paper_style import DASHES, INK, axes_to_draw_in, style

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.inputs import Current

NETWORK = "spiking network"
"""What the attribute `model` of a Dataset calls a network."""
_WIDE = {"linewidth": 2.2, "alpha": 0.45, "zorder": 2}
_SHADES = (INK[0], INK[2], INK[1])
_SECOND = 1000.0


def traces(
    data: xr.Dataset | Mapping[str, xr.Dataset] | Sequence[xr.Dataset],
    variable: str = "firing_rate",
    *,
    of: str | Sequence[str] | None = None,
    ax: Axes | None = None,
    legend: bool = True,
) -> Axes:
    """Draw one recorded series of networks and mean fields in time.

    Beside each other, networks are wide pale lines and mean fields narrow dark ones. Populations
    differ in colour and lightness, mean fields in dashes as well.

    Parameters
    ----------
    data
        What `simulate` or `integrate` returned; several in a mapping, whose keys the legend
        shows, or in a list.
    variable
        Which series, such as ``"firing_rate"``, ``"recovery"`` or ``"synaptic_activation"``.
    of
        The populations (or, for activations, synapses such as ``"rs.ampa"``) to show; by default
        all.
    ax
        Where to draw; by default a new figure.
    legend
        Whether to name the lines, if there is more than one.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If a Dataset does not hold the series, or a population or synapse is not in it.
    TypeError
        If something else than Datasets is given.
    """
    given = _by_name(data)
    for name, dataset in given.items():
        if variable not in dataset or "time" not in dataset[variable].dims:
            known = ", ".join(str(k) for k, v in dataset.items() if "time" in v.dims)
            msg = f"{name} holds no series {variable!r} in time; it holds {known or 'none'}"
            raise ValueError(msg)
    first = next(iter(given.values()))
    rows = _rows(first, variable, of)
    several = len(given) > 1
    networks = {name for name, d in given.items() if several and d.attrs.get("model") == NETWORK}
    with style():
        ax = axes_to_draw_in(ax)
        unit, factor = time_unit(max(float(d["time"].max()) for d in given.values()))
        counts = {True: 0, False: 0}
        for name, dataset in given.items():
            is_network = name in networks
            for place, row in enumerate(rows):
                series = _row(dataset, variable, row)
                number = counts[is_network]
                counts[is_network] += 1
                shade = place if len(rows) > 1 else number
                dashes = number // len(rows) if is_network else number
                look: dict[str, Any] = {
                    "color": "0.45" if is_network and len(rows) == 1 else _SHADES[shade % 3],
                    "linestyle": DASHES[dashes % len(DASHES)],
                    "label": ", ".join([name] * several + [row] * (len(rows) > 1)),
                }
                look |= _WIDE if is_network else {"zorder": 3}
                ax.plot(dataset["time"].values * factor, series, **look)
        _finish(ax, unit, _label(first, variable, rows))
        ax.set_xlim(left=min(start_time(d["time"].values) for d in given.values()) * factor)
        if legend and len(given) * len(rows) > 1:
            ax.legend()
    return ax


def inputs(
    currents: Mapping[str, Current | float],
    time: ArrayLike,
    *,
    ax: Axes | None = None,
    legend: bool = True,
) -> Axes:
    """Draw the input currents of populations in time.

    Parameters
    ----------
    currents
        Currents by population, as they were given to `simulate`; a number is a constant one.
    time
        Times in ms, for example ``network.time``.
    ax
        Where to draw; by default a new figure.
    legend
        Whether to name the populations, if there is more than one.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    TypeError
        If a current is neither a number nor a Current, or `currents` no mapping.
    ValueError
        If there is no current or no time.
    """
    if not isinstance(currents, Mapping):
        msg = f"currents = {currents!r} must be a mapping such as {{'rs': ramp(...)}}"
        raise TypeError(msg)
    t = np.asarray(time, dtype=float)
    if not currents or not t.size:
        msg = f"{len(currents)} currents at {t.size} times leave nothing to draw"
        raise ValueError(msg)
    with style():
        ax = axes_to_draw_in(ax, height=1.5)
        unit, factor = time_unit(float(t.max()))
        for number, (name, current) in enumerate(currents.items()):
            ax.plot(
                t * factor, _values(name, current, t), label=name, color=_SHADES[number % 3],
                linestyle=DASHES[number % len(DASHES)],
            )  # fmt: skip
        _finish(ax, unit, f"input {SYMBOLS['input_current']} (pA)")
        ax.set_xlim(left=start_time(t) * factor)
        if legend and len(currents) > 1:
            ax.legend()
    return ax


def _values(name: str, current: Any, t: NDArray[np.float64]) -> NDArray[np.float64]:
    if callable(current):
        return np.broadcast_to(np.asarray(current(t), dtype=float), t.shape)
    if isinstance(current, (int, float, np.number)) and not isinstance(current, bool):
        return np.full(t.shape, float(current))
    msg = f"the current of {name!r} is {current!r}; a number or a Current such as ramp(...) is one"
    raise TypeError(msg)


def _by_name(data: Any) -> dict[str, xr.Dataset]:
    """Datasets with the names that a legend shows."""
    import xarray as xr  # noqa: PLC0415 - takes a second

    if isinstance(data, xr.Dataset):
        given = {str(data.attrs.get("model", "data")): data}
    elif isinstance(data, Mapping):
        given = {str(name): dataset for name, dataset in data.items()}
    elif isinstance(data, Sequence) and not isinstance(data, str):
        names = [str(getattr(d, "attrs", {}).get("model", "data")) for d in data]
        given = {
            name if names.count(name) == 1 else f"{name} {number}": dataset
            for number, (name, dataset) in enumerate(zip(names, data, strict=True), start=1)
        }
    else:
        given = {"data": data}
    for name, dataset in given.items():
        if not isinstance(dataset, xr.Dataset):
            msg = f"{name}: expected a Dataset as simulate returns it; got {dataset!r}"
            raise TypeError(msg)
        if "run" in dataset.dims:
            msg = f"{name} holds {dataset.sizes['run']} runs; choose one, as in data.isel(run=0)"
            raise ValueError(msg)
    if not given:
        msg = "there is no Dataset to draw"
        raise ValueError(msg)
    return given


def _dimension(dataset: xr.Dataset, variable: str) -> str | None:
    """The dimension beside time: populations or synapses."""
    others = [str(name) for name in dataset[variable].dims if name != "time"]
    return others[0] if others else None


def _rows(dataset: xr.Dataset, variable: str, of: str | Sequence[str] | None) -> list[str]:
    dimension = _dimension(dataset, variable)
    known = [str(name) for name in dataset[dimension].values] if dimension else [""]
    chosen = known if of is None else [of] if isinstance(of, str) else list(of)
    for name in chosen:
        if name not in known:
            msg = f"of names {name!r}; {variable} is recorded of {', '.join(known)}"
            raise ValueError(msg)
    return chosen


def _row(dataset: xr.Dataset, variable: str, row: str) -> NDArray[np.float64]:
    dimension = _dimension(dataset, variable)
    if dimension is None:
        return np.asarray(dataset[variable].values)
    if row not in dataset[dimension].values:
        known = ", ".join(str(name) for name in dataset[dimension].values)
        msg = f"one of the Datasets holds no {row!r}; it holds {known}"
        raise ValueError(msg)
    return np.asarray(dataset[variable].sel({dimension: row}).values)


def _label(dataset: xr.Dataset, variable: str, rows: Sequence[str]) -> str:
    unit = str(dataset[variable].attrs.get("units", "1"))
    parts = [rows[0].replace(".", " ")] if len(rows) == 1 else []
    parts += [words(variable), SYMBOLS.get(variable, "")]
    parts += ["" if unit == "1" else f"({unit})"]
    return " ".join(part for part in parts if part)


def time_unit(longest: float) -> tuple[str, float]:
    """Seconds, or milliseconds for less than one second."""
    return ("s", 1.0 / _SECOND) if longest >= _SECOND else ("ms", 1.0)


def start_time(time: NDArray[np.float64]) -> float:
    """When a run began in ms: samples lie at the ends of their intervals."""
    return float(time[0] - (time[1] - time[0])) if time.size > 1 else 0.0


def _finish(ax: Axes, unit: str, label: str) -> None:
    ax.set_xlabel(f"time ({unit})")
    ax.set_ylabel(label)
    ax.margins(x=0)
