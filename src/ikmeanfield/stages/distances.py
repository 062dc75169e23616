"""What a summary tells of the distance between networks and mean fields, series by series."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.distance import FiniteSizeNoise, rmse
from ikmeanfield.datasets.series import SERIES
from ikmeanfield.datasets.store import UNDEFINED

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run_table import Run

ALONE = "where a grid point has no replicates"


def kept(plan: Plan, dataset: xr.Dataset, series: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """A series (run, population or synapse, time) without what is discarded.

    Samples end their interval.
    """
    first = round(plan.simulation.discard / plan.simulation.sample)
    values = dataset[series].transpose("run", row_of(series), "time").values
    return values[..., first:].astype(float)


def row_of(series: str) -> str:
    """The dimension beside run and time."""
    return "synapse" if series == "synaptic_activation" else "population"


def distances(plan: Plan, network: xr.Dataset, theories: Sequence[xr.Dataset]) -> dict[str, Any]:
    """Variables ``rmse_<series>`` of one batch, by run, mean field and population or synapse."""
    found = {}
    for series in plan.simulation.record:
        mine = kept(plan, network, series)
        values = np.stack([rmse(kept(plan, theory, series), mine) for theory in theories], axis=1)
        unit, name = SERIES[series]
        text = {"units": unit, "long_name": f"{name}: root mean square of mean field − network"}
        found[f"rmse_{series}"] = (("run", "meanfield", row_of(series)), values, text)
    return found


class Noise:
    """Noise levels of all series, collected batch by batch from the replicates of grid points."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._levels: dict[str, dict[str, Any]] = {}
        self._open: dict[str, FiniteSizeNoise] = {}
        self._point = ""

    def add(self, runs: Sequence[Run], network: xr.Dataset) -> None:
        """Take the networks of the next batch; replicates follow one another."""
        series = {name: kept(self.plan, network, name) for name in self.plan.simulation.record}
        for number, run in enumerate(runs):
            if point_of(run) != self._point:
                self._close()
                self._point = point_of(run)
                self._open = {name: FiniteSizeNoise() for name in series}
            for name, values in series.items():
                self._open[name].add(values[number])

    def _close(self) -> None:
        self._levels[self._point] = {name: spread.level() for name, spread in self._open.items()}

    def variables(self) -> Mapping[str, Any]:
        """Variables ``noise_<series>`` of all runs, the same for all replicates of a grid point."""
        self._close()
        found = {}
        for series in self.plan.simulation.record:
            values = np.stack([self._levels[point_of(run)][series] for run in self.plan.runs])
            unit, name = SERIES[series]
            text = f"{name}: finite-size noise level, over replicates and time"
            known = {"units": unit, "long_name": text, UNDEFINED: ALONE}
            found[f"noise_{series}"] = (("run", row_of(series)), values, known)
        return found


def point_of(run: Run) -> str:
    """The grid point of a run, which its replicates share."""
    return f"{run.sweep}: {run.values}"
