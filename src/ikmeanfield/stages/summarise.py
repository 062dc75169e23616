"""From the batches of an experiment to one summary: a Dataset and a table."""

from __future__ import annotations

import csv
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.rate_difference import Moments, moments
from ikmeanfield.analysis.spectra import power_spectrum
from ikmeanfield.datasets.provenance import attributes, shared
from ikmeanfield.datasets.runs import batch_path, check_grid, coordinates, expected
from ikmeanfield.datasets.store import write
from ikmeanfield.files import replacing
from ikmeanfield.parts import NETWORK, coordinate_name, mean_field
from ikmeanfield.stages.progress import tracked
from ikmeanfield.stages.repair import read_or_rebuild

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan, Run

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
    numbers = list(range(len(plan.batches)))
    parts = [_summary_of_batch(plan, folder, number) for number in tracked(numbers, "batch")]
    summary = xr.concat(parts, dim="run", join="exact", data_vars="minimal", coords="minimal",
                        compat="override")  # fmt: skip
    summary = summary.assign_coords(coordinates(plan, plan.runs))
    check_grid(plan, summary)
    summary.attrs = _attributes(plan)
    write(summary, folder / "summary.nc")
    _write_table(plan, summary, folder / "summary.csv")
    return summary


def _summary_of_batch(plan: Plan, folder: Path, number: int) -> xr.Dataset:
    import xarray as xr  # noqa: PLC0415

    runs = plan.batches[number]
    file = str(folder / "plan.json")
    path = batch_path(folder, NETWORK, number)
    command = ["simulate", file, "--batch", str(number)]
    network = read_or_rebuild(path, expected(plan, NETWORK, runs), command)
    rates = _kept(plan, network)
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
        differences = []
        for name in plan.meanfield:
            part = mean_field(name)
            path = batch_path(folder, part, number)
            command = ["integrate", file, "--meanfield", name, "--batch", str(number)]
            theory = read_or_rebuild(path, expected(plan, part, runs), command)
            differences.append(_kept(plan, theory) - rates)
        stacked = np.stack(differences, axis=1)  # run, meanfield, population, time
        columns = _columns(moments(d) for d in stacked.reshape(-1, stacked.shape[-1]))
        dims = ("run", "meanfield", "population")
        variables |= _variables("difference", columns, dims, stacked.shape[:-1])
    axes: dict[str, Any] = {
        "population": ("population", network["population"].values, {"long_name": "population"}),
        "frequency": ("frequency", frequency, {"units": "Hz", "long_name": "frequency"}),
    }
    if plan.meanfield:
        axes["meanfield"] = ("meanfield", list(plan.meanfield), {"long_name": "mean field"})
    return xr.Dataset(variables, axes | coordinates(plan, runs))


def _kept(plan: Plan, dataset: xr.Dataset) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Rates (run, population, time) without what is discarded; samples end their interval."""
    first = round(plan.simulation.discard / plan.simulation.sample)
    rates = dataset["firing_rate"].transpose("run", "population", "time").values
    return rates[..., first:].astype(float)


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
        experiment=plan.experiment, seed=plan.seed,
        **shared(varied, "scheme", "step", "thresholds"),
        sample=settings.sample, duration=settings.duration,
        discard=settings.discard, keys=" ".join(f"{run.key}:{run.seed}" for run in plan.runs),
    )  # fmt: skip


def _common(runs: list[Run]) -> dict[str, Any]:
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


def _write_table(plan: Plan, summary: xr.Dataset, path: Path) -> None:
    """One row per run, mean field and population; everything but the spectra."""
    identity = ["sweep", *(coordinate_name(p) for p in plan.parameters), "replicate"]
    identity += ["seed", "key"]
    scalars = [name for name in summary.data_vars if "frequency" not in summary[name].dims]
    names = list(plan.meanfield) or [""]
    columns = {str(name): summary[name].values for name in [*identity, *scalars]}
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*identity, "population", "meanfield", *scalars])
        for i in range(summary.sizes["run"]):
            for m, meanfield in enumerate(names):
                for p, population in enumerate(summary["population"].values):
                    where = {"run": i, "meanfield": m, "population": p}
                    values = [
                        columns[str(name)][tuple(where[str(d)] for d in summary[name].dims)]
                        for name in scalars
                    ]
                    row = [columns[name][i] for name in identity]
                    table.writerow([*row, population, meanfield, *values])
