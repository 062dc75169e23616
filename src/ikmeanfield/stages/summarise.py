"""From the batches of an experiment to one summary: a Dataset and a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.block_averages import Moments, moments
from ikmeanfield.analysis.spectra import power_spectrum
from ikmeanfield.datasets.provenance import attributes, shared
from ikmeanfield.datasets.runs import batch_path, check_grid, coordinates, expected
from ikmeanfield.datasets.store import write
from ikmeanfield.parts import NETWORK, mean_field
from ikmeanfield.stages.distances import Noise, distances, kept, point_of
from ikmeanfield.stages.progress import tracked
from ikmeanfield.stages.repair import read_or_rebuild
from ikmeanfield.stages.response import responses
from ikmeanfield.stages.summary_table import write_table
from ikmeanfield.stages.traced import traced

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run_table import Run

MOMENTS = {
    "mean": ("Hz", "mean"),
    "mean_error": ("Hz", "standard error of the mean"),
    "variance": ("Hz2", "variance in time"),
    "variance_error": ("Hz2", "standard error of the variance"),
    "block": ("1", "samples per block, on which the standard errors rest"),
}
RATES = {"rate": "firing rate of the network", "difference": "mean-field minus network rate"}


def summarise(plan: Plan, folder: str | Path) -> xr.Dataset:
    """Analyse all runs of an experiment and store ``summary.nc`` and ``summary.csv``.

    Parameters
    ----------
    plan
        The experiment.
    folder
        Where its batches lie and where the summary goes.
    """
    import xarray as xr  # noqa: PLC0415

    folder = Path(folder)
    numbers, noise = list(range(len(plan.batches))), Noise(plan)
    parts = [_summary_of_batch(plan, folder, number, noise) for number in tracked(numbers, "batch")]
    summary = xr.concat(parts, dim="run", join="exact", data_vars="minimal", coords="minimal",
                        compat="override")  # fmt: skip
    variables, axis = responses(plan)
    summary = summary.assign({**noise.variables(), **variables})
    if plan.diagrams is not None:
        summary["diagram"] = _diagrams(plan)
    summary = summary.assign_coords({**axis, **coordinates(plan, plan.runs)})
    check_grid(plan, summary)
    summary = summary.merge(traced(plan, folder))
    summary.attrs = _attributes(plan)
    write(summary, folder / "summary.nc")
    write_table(plan, summary, folder / "summary.csv")
    return summary


def _summary_of_batch(plan: Plan, folder: Path, number: int, noise: Noise) -> xr.Dataset:
    import xarray as xr  # noqa: PLC0415

    runs = plan.batches[number]
    file = str(folder / "plan.json")
    path = batch_path(folder, NETWORK, number)
    command = ["simulate", file, "--batch", str(number)]
    network = read_or_rebuild(path, expected(plan, NETWORK, runs), command)
    noise.add(runs, network)
    rates = kept(plan, network, "firing_rate")
    columns = _columns(moments(rate) for rate in rates.reshape(-1, rates.shape[-1]))
    shape = rates.shape[:-1]
    variables = _variables("rate", columns, ("run", "population"), shape)
    frequency, density = power_spectrum(rates, plan.simulation.sample)
    variables["spectrum"] = (
        ("run", "population", "frequency"),
        density.astype(np.float32),
        {"units": "Hz2 Hz-1", "long_name": "power spectral density of the network's firing rate"},
    )
    if plan.meanfield:
        theories = []
        for name in plan.meanfield:
            part = mean_field(name)
            path = batch_path(folder, part, number)
            command = ["integrate", file, "--meanfield", name, "--batch", str(number)]
            theories.append(read_or_rebuild(path, expected(plan, part, runs), command))
        differences = [kept(plan, theory, "firing_rate") - rates for theory in theories]
        stacked = np.stack(differences, axis=1)  # run, meanfield, population, time
        columns = _columns(moments(d) for d in stacked.reshape(-1, stacked.shape[-1]))
        dims = ("run", "meanfield", "population")
        variables |= _variables("difference", columns, dims, stacked.shape[:-1])
        variables |= distances(plan, network, theories)
    axes: dict[str, Any] = {
        "population": ("population", network["population"].values, {"long_name": "population"}),
        "frequency": ("frequency", frequency, {"units": "Hz", "long_name": "frequency"}),
    }
    if "synapse" in network.coords:
        axes["synapse"] = ("synapse", network["synapse"].values, {"long_name": "target.synapse"})
    if plan.meanfield:
        axes["meanfield"] = ("meanfield", list(plan.meanfield), {"long_name": "mean field"})
    return xr.Dataset(variables, axes | coordinates(plan, runs))


def _diagrams(plan: Plan) -> Any:
    """Which diagram (see `datasets.diagrams`) is that of a run's mean field; empty where none."""
    first = {point_of(run): run for run in plan.diagram_runs}
    keys = [
        [
            plan.diagram_key(name, run) if point_of(run) in first and name in names else ""
            for name in plan.meanfield
        ]
        for names in [plan.diagram_names]
        for run in plan.runs
    ]
    return ("run", "meanfield"), keys, {"long_name": "hash of the mean field's diagram"}


def _columns(results: Any) -> dict[str, list[float]]:
    rows: list[Moments] = list(results)
    return {f.name: [getattr(row, f.name) for row in rows] for f in fields(Moments)}


def _variables(
    prefix: str, columns: dict[str, list[float]], dims: tuple[str, ...], shape: tuple[int, ...]
) -> dict[str, Any]:
    return {
        f"{prefix}_{name}": (
            dims,
            np.reshape(values, shape),
            {"units": MOMENTS[name][0], "long_name": f"{RATES[prefix]}: {MOMENTS[name][1]}"},
        )
        for name, values in columns.items()
    }


def _attributes(plan: Plan) -> dict[str, str | float | int]:
    settings = plan.simulation
    varied = [plan.simulation_of(run) for run in plan.runs]
    config = plan.model_dump(exclude={"runs", "runs_per_job"})
    config["circuit"] = _common(plan.runs)
    return attributes(
        f"Summary of the experiment {plan.experiment}", config,
        seed=plan.seed, **shared(varied, "scheme", "step", "thresholds"),
        sample=settings.sample, duration=settings.duration, discard=settings.discard,
        **plan.known("summary"),
    )  # fmt: skip


def _common(runs: Sequence[Run]) -> dict[str, Any]:
    """The populations' parameters that all runs agree on, by path."""
    found: dict[str, Any] = {}
    for number, run in enumerate(runs):
        flat = _flat(run.circuit.model_dump()["populations"])
        found = flat if number == 0 else {k: v for k, v in found.items() if flat.get(k) == v}
    return found


def _flat(node: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in node.items():
        if isinstance(value, dict):
            flat |= _flat(value, prefix if key == "synapses" else f"{prefix}{key}.")
        else:
            flat[prefix + key] = value
    return flat
