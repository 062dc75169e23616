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

    models = {"network": (NETWORK, ["simulate"])}
    for name in plan.meanfield:
        models[name] = mean_field(name), ["integrate", "--meanfield", name]
    parts = []
    for part, (command, *options) in models.values():
        rows = []
        for number in numbers:
            batch, place = divmod(number, plan.runs_per_job)
            path = batch_path(folder, part, batch)
            made_by = [command, str(Path(folder) / "plan.json"), *options, "--batch", str(batch)]
            known = expected(plan, part, plan.batches[batch])
            rows.append(read_or_rebuild(path, known, made_by)[list(names)].isel(run=place))
        parts.append(xr.concat([row.reset_coords(drop=True) for row in rows], dim="run"))
    model = xr.Variable("model", list(models), {"long_name": "network or mean field"})
    dataset = xr.concat(parts, dim=model)
    time = dataset["time"].values
    runs = [plan.runs[number] for number in numbers]
    drives = [currents(run.circuit, plan.currents) for run in runs]
    values = np.array([[np.asarray(drive[name](time)) for name in drive] for drive in drives])
    dataset["input_current"] = (
        ("run", "population", "time"), values, {"units": "pA", "long_name": "input current"}
    )  # fmt: skip
    return dataset.assign_coords(population=list(drives[0]), **coordinates(plan, runs))
