"""What locating transitions and following mean fields share: points of many runs, one Dataset."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.runs import coordinates, expected
from ikmeanfield.datasets.store import UNDEFINED
from ikmeanfield.progress import track
from ikmeanfield.stages.runs import RunError

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import TransitionPlan
    from ikmeanfield.experiments.run_table import Run


def collect_points(
    plan: TransitionPlan,
    part: str,
    runs: Sequence[Run],
    compute: Callable[[Run], xr.Dataset],
    title: str,
    undefined: Mapping[str, str],
) -> xr.Dataset:
    """Compute every run; join points along ``point`` and stack everything else along ``run``.

    Parameters
    ----------
    plan, part, runs
        What is computed.
    compute
        Gives a Dataset along `point` and perhaps other dimensions.
    title
        Of the file.
    undefined
        Variables of points that may be NaN, and where.

    Raises
    ------
    RunError
        If a run fails; it names the grid point.
    """
    import xarray as xr  # noqa: PLC0415

    points, others = [], []
    for number, run in enumerate(track(runs, "run")):
        try:
            result = compute(run)
        except (ArithmeticError, RuntimeError, ValueError) as error:
            msg = f"{plan.experiment}, {run}: {error}"
            raise RunError(msg) from error
        rest = result.drop_dims("point")
        numbers = np.full(result.sizes["point"], number)
        label = {"long_name": "number of the run in this file"}
        own = [name for name in result.data_vars if result[name].dims == ("point",)]
        mine = result[own].drop_vars(list(rest.coords), errors="ignore")
        points.append(mine.assign(run_number=("point", numbers, label)).drop_attrs(deep=False))
        others.append(rest.drop_attrs(deep=False))
    dataset = xr.concat(points, dim="point")
    for name, where in undefined.items():
        dataset[name].attrs[UNDEFINED] = where
    if others[0].data_vars:
        rest = xr.concat(others, dim="run", join="exact", coords="minimal", compat="override")
        dataset = dataset.merge(rest)
    dataset = dataset.assign_coords(coordinates(plan, runs))
    config = plan.model_dump(include={"experiment", "seed", "portable", part})
    config["circuits"] = [run.circuit.model_dump() for run in runs]
    config["settings"] = [run.settings for run in runs]
    dataset.attrs = {**attributes(title, config, seed=plan.seed), **expected(plan, part, runs)}
    return dataset
