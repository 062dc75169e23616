"""Thinned traces of a few runs, for the summary: what the network and its mean fields did."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.stages.series import chosen_series

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.plan import Plan

COUNT = 4
"""Runs that are shown at most: spread evenly over the first sweep."""
SAMPLES = 600
"""Samples of a trace at most; each is the mean over a window."""
DIMS = ("trace", "population", "trace_time")


def traced(plan: Plan, folder: Path) -> xr.Dataset:
    """Firing rates and currents of a few runs, averaged over windows in time.

    Returns
    -------
    xarray.Dataset
        ``trace_network`` (trace, population, trace_time) and ``trace_meanfield`` (trace,
        meanfield, population, trace_time) in Hz, ``trace_current`` in pA, and ``trace_run``, the
        number of each trace's run. The time in ms is the middle of a window.
    """
    import xarray as xr  # noqa: PLC0415

    chosen = chosen_runs(plan)
    series = chosen_series(plan, folder, chosen, ["firing_rate"])
    rates = series["firing_rate"].transpose("run", "model", "population", "time").values
    given = series["input_current"].transpose("run", "population", "time").values
    variables: dict[str, Any] = {
        "trace_network": (DIMS, thinned(rates[:, 0]), _named("Hz", "firing rate of the network")),
        "trace_current": (DIMS, thinned(given), _named("pA", "input current")),
        "trace_run": ("trace", chosen, {"long_name": "number of the run"}),
    }
    if plan.meanfield:
        dims = ("trace", "meanfield", *DIMS[1:])
        known = _named("Hz", "firing rate of the mean field")
        variables["trace_meanfield"] = (dims, thinned(rates[:, 1:]), known)
    middle = {"units": "ms", "long_name": "time, middle of a window"}
    time = thinned(series["time"].values)
    return xr.Dataset(variables, {"trace_time": ("trace_time", time, middle)})


def chosen_runs(plan: Plan) -> list[int]:
    """Numbers of the runs that are shown: first replicates, spread over the first sweep."""
    first = plan.runs[0].sweep
    there = [n for n, run in enumerate(plan.runs) if run.sweep == first and run.replicate == 0]
    places = np.linspace(0, len(there) - 1, min(COUNT, len(there))).round().astype(int)
    return [there[place] for place in places]


def thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over windows along the last axis; what does not fill a window is left out."""
    width = ceil(values.shape[-1] / SAMPLES)
    count = values.shape[-1] // width
    windows = values[..., : count * width].reshape(*values.shape[:-1], count, width)
    return np.asarray(windows.mean(axis=-1, dtype=float))


def _named(units: str, what: str) -> dict[str, str]:
    return {"units": units, "long_name": f"{what}, mean over a window"}
