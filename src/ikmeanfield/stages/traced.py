"""Thinned traces of a few runs, for the summary: what the network and its mean fields did."""

from __future__ import annotations

from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.runs import batch_path, expected
from ikmeanfield.inputs import currents
from ikmeanfield.parts import NETWORK, mean_field
from ikmeanfield.stages.repair import read_or_rebuild

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.plan import Plan

COUNT = 4
"""Runs that are shown at most: spread evenly over the first sweep."""
SAMPLES = 600
"""Samples of a trace at most; each is the mean over a window."""


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
    parts = {NETWORK: ["simulate"]} | {
        mean_field(name): ["integrate", "--meanfield", name] for name in plan.meanfield
    }
    rates: dict[str, list[NDArray[np.float64]]] = {part: [] for part in parts}
    time = np.zeros(0)
    populations: list[str] = []
    first = 0
    for batch, runs in enumerate(plan.batches):
        here = [run - first for run in chosen if first <= run < first + len(runs)]
        first += len(runs)
        for part, (command, *options) in parts.items() if here else ():
            data = read_or_rebuild(
                batch_path(folder, part, batch), expected(plan, part, runs),
                [command, str(folder / "plan.json"), *options, "--batch", str(batch)],
            )  # fmt: skip
            time, populations = data["time"].values, data["population"].values.tolist()
            series = data["firing_rate"].transpose("run", "population", "time")
            rates[part] += list(series.values[here].astype(float))
    given = np.array([_currents(plan, run, populations, time) for run in chosen])
    dims: tuple[str, ...] = ("trace", "population", "trace_time")
    variables: dict[str, Any] = {
        "trace_network": (dims, _thinned(np.array(rates[NETWORK])), _named("Hz", "network")),
        "trace_current": (dims, _thinned(given), _named("pA", "input current")),
        "trace_run": ("trace", chosen, {"long_name": "number of the run"}),
    }
    if plan.meanfield:
        fields = np.stack([rates[mean_field(name)] for name in plan.meanfield], axis=1)
        dims = ("trace", "meanfield", "population", "trace_time")
        variables["trace_meanfield"] = (dims, _thinned(fields), _named("Hz", "mean field"))
    middle = {"units": "ms", "long_name": "time, middle of a window"}
    return xr.Dataset(variables, {"trace_time": ("trace_time", _thinned(time), middle)})


def chosen_runs(plan: Plan) -> list[int]:
    """Numbers of the runs that are shown: first replicates, spread over the first sweep."""
    first = plan.runs[0].sweep
    there = [n for n, run in enumerate(plan.runs) if run.sweep == first and run.replicate == 0]
    places = np.linspace(0, len(there) - 1, min(COUNT, len(there))).round().astype(int)
    return [there[place] for place in places]


def _currents(
    plan: Plan, run: int, populations: list[str], time: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    given = currents(plan.runs[run].circuit, plan.currents_of(plan.runs[run]))
    return [np.broadcast_to(given[name](time), time.shape) for name in populations]


def _thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Means over windows along the last axis; what does not fill a window is left out."""
    width = ceil(values.shape[-1] / SAMPLES)
    count = values.shape[-1] // width
    windows = values[..., : count * width].reshape(*values.shape[:-1], count, width)
    return np.asarray(windows.mean(axis=-1))


def _named(units: str, what: str) -> dict[str, str]:
    kind = "current" if units == "pA" else "firing rate"
    return {"units": units, "long_name": f"{kind}, {what}, mean over a window"}
