"""The summary of a study and its tables, derived from all its batches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.store import write
from ikmeanfield.datasets.tables import write_rows
from ikmeanfield.jobs.results import Results, summary_path

if TYPE_CHECKING:
    from typing import Any

    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run import Run


def summarise(plan: Plan, study: str, folder: str | Path) -> xr.Dataset:
    """Store the summary of a study, ``summary.nc``, and its tables, ``<table>.csv``.

    Parameters
    ----------
    plan
        The experiment.
    study
        Name of the study.
    folder
        The experiment's folder; the files go into the study's folder within it.
    """
    results = Results(plan, folder)
    settings = plan.studies[study]
    summary = settings.summarise(results, study)
    config = plan.model_dump(exclude={"runs", "work", "batches", "grid"})
    config["circuit"] = common_parameters([run for _, run in plan.runs_of(study)])
    title = f"Summary of the study '{study}' ({settings.kind}) of the experiment {plan.experiment}"
    summary.attrs = {
        **attributes(title, config, seed=plan.seed),
        **shared_settings(plan, study),
        **plan.known(study, "summary"),
    }
    path = summary_path(folder, study)
    write(summary, path)
    for table in settings.tables:
        write_rows(path.with_name(f"{table}.csv"), settings.rows(table, results, study, summary))
    return summary


def shared_settings(plan: Plan, study: str) -> dict[str, str | float | int]:
    """A study's plain settings as attributes; where runs differ, a text with all values."""
    settings = plan.studies[study]
    found: dict[str, str | float | int] = {}
    for name, value in settings.model_dump(exclude={"sweeps"}).items():
        if isinstance(value, str | int | float) and not isinstance(value, bool):
            found[name] = value
    for name in settings.varies:
        values = {run.settings[f"{study}.{name}"] for _, run in plan.runs_of(study)}
        if len(values) > 1:
            found[name] = " and ".join(sorted(map(str, values)))
    sizes = {p.size for _, run in plan.runs_of(study) for p in run.circuit.populations.values()}
    return {**found, "size": " and ".join(map(str, sorted(sizes)))}


def common_parameters(runs: list[Run]) -> dict[str, Any]:
    """Parameters of the circuit that have the same value in all runs, by path."""
    found: dict[str, Any] = {}
    for number, run in enumerate(runs):
        flat = _flat(run.circuit.model_dump()["populations"])
        flat |= {name: derived.value for name, derived in run.circuit.parameters.items()}
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
