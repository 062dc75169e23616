"""Time series of a circuit as a Dataset with units."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit

if TYPE_CHECKING:  # importing xarray costs as much as a short run
    import xarray as xr

SERIES: dict[str, tuple[str, str]] = {
    "firing_rate": ("Hz", "population firing rate"),
    "membrane_potential": ("mV", "membrane potential, population mean"),
    "recovery": ("pA", "recovery variable, population mean"),
    "synaptic_activation": ("1", "synaptic activation"),
    "input_current": ("pA", "input current"),
}
"""Unit and long name of every series a network or a mean field records."""


def synapse_labels(circuit: Circuit) -> list[str]:
    """Labels ``population.synapse`` in the order of the synapse dimension."""
    return [
        f"{name}.{synapse}"
        for name, population in circuit.populations.items()
        for synapse in population.synapses
    ]


def time_series(
    circuit: Circuit,
    time: NDArray[np.float64],
    series: Mapping[str, NDArray[np.float64]],
    attributes: Mapping[str, str | float] | None = None,
) -> xr.Dataset:
    """Assemble recorded series.

    Parameters
    ----------
    circuit
        The circuit that was simulated; gives the labels.
    time
        Sample times in ms, shape (samples,).
    series
        Arrays by name (see `SERIES`), of shape (populations, samples), and
        ``synaptic_activation`` of shape (synapses, samples).
    attributes
        Attributes of the Dataset: strings and numbers.
    """
    import xarray as xr  # noqa: PLC0415

    variables = {}
    for name, values in series.items():
        unit, long_name = SERIES[name]
        row = "synapse" if name == "synaptic_activation" else "population"
        variables[name] = ((row, "time"), values, {"units": unit, "long_name": long_name})
    coordinates = {
        "time": ("time", time, {"units": "ms", "long_name": "time"}),
        "population": ("population", list(circuit.populations), {"long_name": "population"}),
        "synapse": ("synapse", synapse_labels(circuit), {"long_name": "target.synapse"}),
    }
    used = {"time", *(dims[0] for dims, _, _ in variables.values())}
    coordinates = {name: c for name, c in coordinates.items() if name in used}
    return xr.Dataset(variables, coordinates, dict(attributes or {}))
