"""What simulating networks and integrating mean fields share: many runs, one Dataset."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.runs import coordinates, expected
from ikmeanfield.parts import NETWORK, mean_field
from ikmeanfield.progress import track

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run_table import Run


class RunError(RuntimeError):
    """A run failed; the message holds its grid point, its parameters and the reason."""


def collect(
    plan: Plan,
    part: str,
    runs: Sequence[Run],
    compute: Callable[[Run], xr.Dataset],
    title: str,
    **settings: str | float | int,
) -> xr.Dataset:
    """Compute every run and stack the results along the dimension ``run``.

    Raises
    ------
    RunError
        If a run fails or yields NaN or infinity.
    """
    import xarray as xr  # noqa: PLC0415

    results = [_checked(plan, run, compute).drop_attrs(deep=False) for run in track(runs, "run")]
    dataset = xr.concat(
        results, dim="run", join="exact", coords="minimal", compat="override"
    ).assign_coords(coordinates(plan, runs))
    dataset["circuit"] = (
        "run",
        [run.circuit.model_dump_json() for run in runs],
        {"long_name": "effective circuit of the run, as JSON"},
    )
    dataset["settings"] = (
        "run",
        [json.dumps(run.settings, sort_keys=True) for run in runs],
        {"long_name": "effective settings of the run that sweeps may vary, as JSON"},
    )
    dataset.attrs = {
        **attributes(title, _config(plan, part), seed=plan.seed, **settings),
        **expected(plan, part, runs),
    }
    return dataset


def _checked(plan: Plan, run: Run, compute: Callable[[Run], xr.Dataset]) -> xr.Dataset:
    try:
        result = compute(run)
    except (ArithmeticError, RuntimeError, ValueError) as error:
        msg = f"{plan.experiment}, {run}: {error}"
        raise RunError(msg) from error
    for name, variable in result.data_vars.items():
        if not np.isfinite(variable.values).all():
            msg = f"{plan.experiment}, {run}: {name} is NaN or infinite\n{run.circuit}"
            raise RunError(msg)
    return result


def _config(plan: Plan, part: str) -> dict[str, Any]:
    """What all runs share; what differs, and every whole circuit, is stored run by run."""
    config: dict[str, Any] = {
        "experiment": plan.experiment,
        "seed": plan.seed,
        "portable": plan.portable,
        "simulation": plan.simulation.model_dump(exclude={"discard"}),
        "input": {name: shape.model_dump() for name, shape in plan.input.items()},
    }
    if part != NETWORK:
        config["meanfield"] = plan.meanfield[part.removeprefix(mean_field(""))].model_dump()
    return config
