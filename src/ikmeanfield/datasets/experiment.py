"""All batches of an experiment as one Dataset."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.datasets.runs import batch_path, check_grid, coordinates, expected
from ikmeanfield.datasets.store import DatasetError, read
from ikmeanfield.experiments.plan import Plan
from ikmeanfield.experiments.plan_files import read_plan
from ikmeanfield.parts import NETWORK, mean_field

if TYPE_CHECKING:
    import xarray as xr


def open_experiment(folder: str | Path, part: str = NETWORK) -> xr.Dataset:
    """All runs of an experiment, checked against its plan.

    Parameters
    ----------
    folder
        The experiment's folder, for example ``results/truncation``.
    part
        ``"spiking"`` for the networks, or the name of one of the mean fields.

    Returns
    -------
    xarray.Dataset
        Dimensions run, time and population or synapse; the grid values are coordinates of run.

    Raises
    ------
    DatasetError
        If a file is damaged, or a grid point is missing or doubled; it is named.
    """
    import xarray as xr  # noqa: PLC0415

    folder = Path(folder)
    plan = read_plan(folder / "plan.json")
    if not isinstance(plan, Plan):
        msg = f"{folder}: no series are kept of an experiment with `transitions`; see summary.nc"
        raise DatasetError(msg)
    if part != NETWORK and part not in plan.meanfield:
        msg = f"{folder}: no part {part!r}; there are {', '.join([NETWORK, *plan.meanfield])}"
        raise DatasetError(msg)
    place = part if part == NETWORK else mean_field(part)
    parts = []
    for number, runs in enumerate(plan.batches):
        path = batch_path(folder, place, number)
        if not path.exists():
            msg = f"{path} is missing, and with it: " + "; ".join(str(run) for run in runs)
            raise DatasetError(msg)
        batch = read(path, expected(plan, place, runs))
        parts.append(
            batch[list(batch.data_vars)]
            .reset_coords(drop=True)
            .assign_coords({name: batch[name].variable for name in ("sweep", "key")})
        )
    dataset = xr.concat(
        parts, dim="run", join="exact", data_vars="minimal", coords="minimal",
        compat="override", combine_attrs="drop_conflicts",
    )  # fmt: skip
    if part == NETWORK:  # a mean field may be older than the keys of the networks beside it
        check_grid(plan, dataset)
    return dataset.assign_coords(coordinates(plan, plan.runs))
