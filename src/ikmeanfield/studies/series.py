"""Shared by studies of series in time: samples after the transient, noise levels, traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from math import ceil
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.block_averages import Moments
from ikmeanfield.analysis.distance import FiniteSizeNoise
from ikmeanfield.datasets.runs import coordinates
from ikmeanfield.datasets.series import SERIES
from ikmeanfield.datasets.store import UNDEFINED
from ikmeanfield.inputs import currents
from ikmeanfield.inputs.settings import currents_of

if TYPE_CHECKING:
    import xarray as xr
    from numpy.typing import NDArray

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.jobs.results import Results, StudyResults

    FloatArray = NDArray[np.float64]

NO_REPLICATES = "where a grid point has no replicates"
TRACES = 4
"""Largest number of runs whose traces a summary holds; they are spread over the first sweep."""
TRACE_SAMPLES = 600
"""Largest number of samples of such a trace; each is the mean over a window."""
TRACE = ("trace", "population", "trace_time")
MOMENTS = {
    "mean": ("Hz", "mean"),
    "mean_error": ("Hz", "standard error of the mean"),
    "variance": ("Hz2", "variance in time"),
    "variance_error": ("Hz2", "standard error of the variance"),
    "block": ("1", "samples per block, on which the standard errors rest"),
}


def row_of(series: str) -> str:
    """The dimension of a series besides time."""
    return "synapse" if series == "synaptic_activation" else "population"


def discarded(plan: Plan, networks: str) -> int:
    """Number of samples at the start of a series that the analysis leaves out."""
    settings: Any = plan.studies[networks]
    samples: int = round(settings.discard / settings.sample)
    return samples


def after_discard(
    results: Results, study: str, run: int, series: str, label: str = "", networks: str = ""
) -> FloatArray:
    """A recorded series of a run, (population or synapse, time), after the discarded time."""
    first = discarded(results.plan, networks or study)
    return results.values(study, run, series, label)[..., first:].astype(float)


def moment_variables(
    prefix: str, what: str, dims: tuple[str, ...], found: Sequence[Any]
) -> dict[str, Any]:
    """Variables ``<prefix>_mean`` and so on from `Moments`, nested as the dimensions are."""
    table = np.array(found, dtype=object)
    return {
        f"{prefix}_{field.name}": (
            dims,
            np.vectorize(lambda moments, name=field.name: getattr(moments, name))(table),
            {"units": MOMENTS[field.name][0], "long_name": f"{what}: {MOMENTS[field.name][1]}"},
        )
        for field in fields(Moments)
    }


def labels(results: Results, study: str, label: str = "") -> dict[str, Any]:
    """Coordinates of a summary: grid values of the runs, and names of populations and synapses."""
    found = results.coordinates(study, label)
    first = results.result(study, results.plan.runs_of(study)[0][0], label)
    for name in ("population", "synapse"):
        if name in first.coords:
            words = {"population": "population", "synapse": "target.synapse"}[name]
            found[name] = (name, first[name].values, {"long_name": words})
    return found


class Noise:
    """Noise levels of all series, computed run by run from the replicates of each grid point."""

    def __init__(self, record: Sequence[str]) -> None:
        self._record = list(record)
        self._levels: dict[Any, dict[str, FloatArray]] = {}
        self._open: dict[str, FiniteSizeNoise] = {}
        self._point: Any = None

    def add(self, point: Any, series: Mapping[Any, FloatArray]) -> None:
        """Add the series of the next run; replicates of a grid point must follow one another."""
        if point != self._point:
            self._close()
            self._point = point
            self._open = {name: FiniteSizeNoise() for name in self._record}
        for name, spread in self._open.items():
            spread.add(series[name])

    def _close(self) -> None:
        if self._open:
            levels = {name: spread.level() for name, spread in self._open.items()}
            self._levels[self._point] = levels

    def variables(self, points: Sequence[Any]) -> dict[str, Any]:
        """Variables ``noise_<series>`` of runs at these grid points."""
        self._close()
        found = {}
        for series in self._record:
            unit, name = SERIES[series]
            text = f"{name}: finite-size noise level, over replicates and time"
            found[f"noise_{series}"] = (
                ("run", row_of(series)),
                np.stack([self._levels[point][series] for point in points]),
                {"units": unit, "long_name": text, UNDEFINED: NO_REPLICATES},
            )
        return found


def traced_runs(plan: Plan, networks: str, study: str = "") -> list[int]:
    """Numbers of the runs whose traces a summary holds.

    They are first replicates, spread over the first sweep of the study of networks; those of
    another study that is compared with it are the same, as far as it has them.
    """
    runs = plan.runs_of(networks)
    sweep = runs[0][1].sweep
    there = [number for number, run in runs if run.sweep == sweep and run.replicate == 0]
    places = np.linspace(0, len(there) - 1, min(TRACES, len(there))).round().astype(int)
    known = {number for number, _ in plan.runs_of(study or networks)}
    return [there[place] for place in places if there[place] in known]


def thinned_traces(results: Results, study: str, what: str) -> xr.Dataset:
    """Firing rates of a few runs, averaged over windows in time.

    Parameters
    ----------
    results
        Of the experiment.
    study
        The study of networks.
    what
        Names the variable, ``trace_<what>``.

    Returns
    -------
    xarray.Dataset
        The rates (trace, population, trace_time) in Hz, ``trace_current`` in pA, and
        ``trace_run``, the place of each trace's run in the summary. The time in ms is the middle
        of a window.
    """
    import xarray as xr  # noqa: PLC0415

    plan = results.plan
    chosen = traced_runs(plan, study)
    rates = np.stack([results.values(study, run, "firing_rate") for run in chosen])
    time = results.result(study, chosen[0])["time"].values
    given = np.stack([input_currents(plan, run, time) for run in chosen])
    places = {number: place for place, (number, _) in enumerate(plan.runs_of(study))}
    middle = {"units": "ms", "long_name": "time, middle of a window"}
    return xr.Dataset(
        {
            f"trace_{what}": (TRACE, thinned(rates), windowed("Hz", f"firing rate of the {what}")),
            "trace_current": (TRACE, thinned(given), windowed("pA", "input current")),
            "trace_run": ("trace", [places[run] for run in chosen], {"long_name": "number of the "
                                                                     "run in this file"}),
        },
        {"trace_time": ("trace_time", thinned(time), middle)},
    )  # fmt: skip


def input_currents(plan: Plan, run: int, time: FloatArray) -> FloatArray:
    """Input currents of a run in pA, (population, time)."""
    given = currents_of(plan.inputs(plan.runs[run]))
    drive = currents(plan.runs[run].circuit, given)
    return np.array([np.asarray(current(time)) for current in drive.values()])


def thinned(values: FloatArray) -> FloatArray:
    """Means over windows along the last axis; an incomplete last window is left out."""
    width = ceil(values.shape[-1] / TRACE_SAMPLES)
    count = values.shape[-1] // width
    windows = values[..., : count * width].reshape(*values.shape[:-1], count, width)
    return np.asarray(windows.mean(axis=-1, dtype=float))


def windowed(units: str, what: str) -> dict[str, str]:
    """Attributes of a thinned series."""
    return {"units": units, "long_name": f"{what}, mean over a window"}


def side_by_side(
    networks: StudyResults, predictions: StudyResults, runs: Sequence[int], names: Sequence[str]
) -> xr.Dataset:
    """Recorded series of some runs, of the network and of the theories beside it.

    Parameters
    ----------
    networks, predictions
        The two studies.
    runs
        Numbers of the runs in the plan.
    names
        Which series.

    Returns
    -------
    xarray.Dataset
        The series along run, model and time, with the models ``network`` and the theories'
        names, and ``input_current`` of every population in pA.
    """
    import xarray as xr  # noqa: PLC0415

    plan = networks.plan
    theories = predictions.settings.asked(plan)
    models: list[Any] = [[networks.result(run)[list(names)] for run in runs]]
    models += [[predictions.result(run, name)[list(names)] for run in runs] for name in theories]
    joined = [
        xr.concat([one.reset_coords(drop=True) for one in rows], dim="run") for rows in models
    ]
    label = xr.Variable("model", ["network", *theories], {"long_name": "network or theory"})
    dataset: xr.Dataset = xr.concat(joined, dim=label)
    values = np.stack([input_currents(plan, run, dataset["time"].values) for run in runs])
    text = {"units": "pA", "long_name": "input current"}
    dataset["input_current"] = (("run", "population", "time"), values, text)
    populations = list(plan.runs[runs[0]].circuit.populations)
    chosen = [plan.runs[run] for run in runs]
    return dataset.assign_coords(population=populations, **coordinates(plan, chosen))


def common_runs(networks: StudyResults, *others: StudyResults | None) -> list[int]:
    """Numbers of the runs that all of these studies have, in the order of `joined_summaries`."""
    known = [set(other.runs()) for other in others if other is not None]
    return [run for run in networks.runs() if all(run in runs for runs in known)]


def joined_summaries(networks: StudyResults, *others: StudyResults | None) -> xr.Dataset:
    """Summaries of studies beside that of networks, for the runs that all of them have.

    Parameters
    ----------
    networks
        The study of networks.
    others
        Studies whose summaries have the dimension ``run`` too; None for one that is not there.

    Returns
    -------
    xarray.Dataset
        All variables for the `common_runs`, with those traces that belong to one of them, and
        the attributes of the networks' summary.
    """
    import xarray as xr  # noqa: PLC0415

    given = [networks, *(other for other in others if other is not None)]
    common = common_runs(*given)
    parts = [_of_runs(one, networks, common) for one in given]
    summary: xr.Dataset = xr.merge(parts, compat="override", join="exact", combine_attrs="override")
    if "trace_run" in summary:
        runs = networks.runs()
        places = [common.index(runs[place]) for place in summary["trace_run"].values]
        summary["trace_run"] = summary["trace_run"].copy(data=np.array(places))
    return summary


def _of_runs(study: StudyResults, networks: StudyResults, chosen: Sequence[int]) -> xr.Dataset:
    """The summary of a study for these of its runs, without the traces of others."""
    places = {run: place for place, run in enumerate(study.runs())}
    summary = study.summary.isel(run=[places[run] for run in chosen])
    if "trace" not in summary.dims:
        return summary
    traced = traced_runs(study.plan, networks.name, study.name)
    rows = [row for row, run in enumerate(traced) if run in chosen]
    return summary.isel(trace=rows) if rows else summary.drop_dims("trace")
