"""How datasets and tables identify runs: by coordinates and columns of what was varied."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.store import UNDEFINED

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run import Run

VARIED = "varied"
"""Attribute of a coordinate that holds what a sweep varies; its value is the path."""


def coordinates(plan: Plan, runs: Sequence[Run], dim: str = "run") -> dict[str, Any]:
    """Coordinates along a dimension of runs: sweep, replicate, and the values that were varied."""
    from ikmeanfield.experiments.paths import coordinate_name  # noqa: PLC0415

    found: dict[str, Any] = {
        "sweep": (dim, [run.sweep for run in runs], {"long_name": "sweep"}),
        "replicate": (dim, [run.replicate for run in runs], {"long_name": "replicate"}),
    }
    for path in plan.parameters:
        values = [run.coordinate(path) for run in runs]
        attributes = {"long_name": path, "units": plan.unit(path), VARIED: path}
        if None in values:
            attributes[UNDEFINED] = "where the populations differ"
        numeric = all(value is None or isinstance(value, int | float) for value in values)
        column = np.array(values, float) if numeric else [str(value) for value in values]
        found[coordinate_name(path)] = (dim, column, attributes)
    return found


def identity_names(summary: xr.Dataset) -> list[str]:
    """Names of the coordinates that identify a run, in the order of a table's columns."""
    varied = [str(name) for name, c in summary.coords.items() if VARIED in c.attrs]
    seed = ["seed"] if "seed" in summary.coords else []
    return ["sweep", *varied, "replicate", *seed]


def of_sweep(summary: xr.Dataset, name: str) -> xr.Dataset:
    """The runs of one sweep, out of a Dataset along ``run``."""
    return summary.isel(run=np.flatnonzero(summary["sweep"].values == name))


def grid_point(plan: Plan, run: Run) -> dict[str, Any]:
    """A grid point as columns of a table."""
    from ikmeanfield.experiments.paths import coordinate_name  # noqa: PLC0415

    return {"sweep": run.sweep, **{coordinate_name(p): run.coordinate(p) for p in plan.parameters}}
