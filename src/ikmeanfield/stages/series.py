"""Series in time of chosen runs: the network beside its mean fields."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.datasets.runs import batch_path, coordinates, expected
from ikmeanfield.inputs import currents
from ikmeanfield.parts import NETWORK, mean_field
from ikmeanfield.stages.repair import read_or_rebuild

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan


def chosen_series(
    plan: Plan, folder: str | Path, numbers: Sequence[int], names: Sequence[str]
) -> xr.Dataset:
    """Recorded series of some runs, along the dimensions run, model and time, and the input.

    Parameters
    ----------
    plan, folder
        The experiment and where its batches lie.
    numbers
        Which runs, by their number in the plan.
    names
        Which series.

    Returns
    -------
    xarray.Dataset
        The series, with the models ``network`` and the mean fields' names, and `input_current` of
        every population in pA.
    """
    import xarray as xr  # noqa: PLC0415

    theories = {name: mean_field(name) for name in plan.meanfield}
    parts = {"network": NETWORK, **theories}
    models = []
    for model, part in parts.items():
        command = ["simulate"] if part == NETWORK else ["integrate", "--meanfield", model]
        batches = {
            batch: _batch(plan, Path(folder), part, batch, command)[list(names)]
            for batch in sorted({number // plan.runs_per_job for number in numbers})
        }
        rows = [
            batches[number // plan.runs_per_job].isel(run=number % plan.runs_per_job)
            for number in numbers
        ]
        models.append(xr.concat([row.reset_coords(drop=True) for row in rows], dim="run"))
    label = xr.Variable("model", list(parts), {"long_name": "network or mean field"})
    dataset = xr.concat(models, dim=label)
    time = dataset["time"].values
    runs = [plan.runs[number] for number in numbers]
    drives = [currents(run.circuit, plan.currents_of(run)) for run in runs]
    values = np.array([[np.asarray(drive[name](time)) for name in drive] for drive in drives])
    dataset["input_current"] = (
        ("run", "population", "time"), values, {"units": "pA", "long_name": "input current"}
    )  # fmt: skip
    return dataset.assign_coords(population=list(drives[0]), **coordinates(plan, runs))


def _batch(plan: Plan, folder: Path, part: str, number: int, command: list[str]) -> xr.Dataset:
    name, *options = command
    made_by = [name, str(folder / "plan.json"), *options, "--batch", str(number)]
    path = batch_path(folder, part, number)
    return read_or_rebuild(path, expected(plan, part, plan.batches[number]), made_by)
