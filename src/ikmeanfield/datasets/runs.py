"""Where the batches of an experiment lie and by what they are known.

Plans and runs are only data here: nothing of `ikmeanfield.experiments` is imported, so that a
change in the configuration language does not count as a change of what writes the batches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.datasets.store import UNDEFINED, DatasetError
from ikmeanfield.parts import coordinate_name

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.run_table import Run, RunTable


def batch_path(folder: str | Path, part: str, batch: int) -> Path:
    """Where a batch of a part (see `parts`) is stored."""
    return Path(folder) / part / f"batch-{batch:03d}.nc"


def expected(plan: RunTable, part: str, runs: Sequence[Run]) -> dict[str, str]:
    """Attributes by which a file is known as a batch of this plan."""
    keys = [plan.identity(part, run) for run in runs]
    return {"experiment": plan.experiment, "part": part, "keys": " ".join(keys)}


def coordinates(plan: RunTable, runs: Sequence[Run]) -> dict[str, Any]:
    """Coordinates along the dimension ``run``: what was varied, and which run this is."""
    columns: dict[str, Any] = {
        "sweep": ("run", [run.sweep for run in runs], {"long_name": "sweep"}),
        "replicate": ("run", [run.replicate for run in runs], {"long_name": "replicate"}),
        "key": ("run", [run.key for run in runs], {"long_name": "hash of the run's settings"}),
        "seed": ("run", np.array([run.seed for run in runs], np.int64), {"long_name": "seed"}),
    }
    for path in plan.parameters:
        values = [run.coordinate(path) for run in runs]
        attributes = {"long_name": path, "units": runs[0].unit(path)}
        if None in values:
            attributes[UNDEFINED] = "where the populations differ"
        numeric = all(value is None or isinstance(value, int | float) for value in values)
        column = np.array(values, float) if numeric else [str(value) for value in values]
        columns[coordinate_name(path)] = ("run", column, attributes)
    return columns


def identity_names(plan: RunTable) -> list[str]:
    """Names of the coordinates that tell runs apart, in the order of a table's columns."""
    varied = [coordinate_name(path) for path in plan.parameters]
    return ["sweep", *varied, "replicate", "seed", "key"]


def check_grid(plan: RunTable, dataset: xr.Dataset) -> None:
    """Refuse a Dataset in which a run of the plan is missing or doubled, by name."""
    wanted = {(run.sweep, run.key): run for run in plan.runs}
    found = Counter(
        zip(dataset["sweep"].values.tolist(), dataset["key"].values.tolist(), strict=True)
    )
    missing = [str(run) for place, run in wanted.items() if place not in found]
    doubled = [str(wanted.get(place, place)) for place, count in found.items() if count > 1]
    foreign = [f"{sweep} (key {key})" for sweep, key in found if (sweep, key) not in wanted]
    problems = [
        f"{what}: {'; '.join(which)}"
        for what, which in (("missing", missing), ("doubled", doubled), ("not planned", foreign))
        if which
    ]
    if problems:
        msg = f"experiment {plan.experiment}: grid points " + "\n".join(problems)
        raise DatasetError(msg)
