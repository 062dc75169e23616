"""Files of an experiment that looks for transitions: where they lie, by what they are known.

As in `runs`, plans are only data here. Points are ragged: the dimension ``point`` runs over all
points of a batch, and ``run_number`` says to which of its runs each belongs.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.datasets.runs import coordinate_name

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Run, TransitionPlan
    from ikmeanfield.experiments.planes import Plane

TRANSITIONS, CONTINUATION = "transitions", "continuation"


def batch_path(folder: str | Path, part: str, batch: int) -> Path:
    """Where a batch of a part is stored."""
    return Path(folder) / part / f"batch-{batch:03d}.nc"


def plane_path(folder: str | Path) -> Path:
    """Where the curves of folds and Hopf points in the plane are stored."""
    return Path(folder) / CONTINUATION / "plane.nc"


def diagrams_path(folder: str | Path) -> Path:
    """Where the diagrams in one parameter are stored."""
    return Path(folder) / CONTINUATION / "diagrams.nc"


def traces_path(folder: str | Path) -> Path:
    """Where the traces are stored."""
    return Path(folder) / "traces.nc"


def plane_attributes(key: str, plane: Plane) -> dict[str, str | float]:
    """What tells one plane of an experiment from the others: its mean field and parameters."""
    values = {coordinate_name(path): value for path, value in plane.values.items()}
    return {"key": key, "meanfield": plane.meanfield, **values}


def expected(plan: TransitionPlan, part: str, runs: Sequence[Run]) -> dict[str, str]:
    """Attributes by which a file is known as a batch of this plan."""
    if part == TRANSITIONS:
        keys = [f"{run.key}:{run.seed}" for run in runs]
    else:
        keys = [plan.continuation_key(run) for run in runs]
    return {"experiment": plan.experiment, "part": part, "keys": " ".join(keys)}


def points_of(batch: xr.Dataset, number: int) -> xr.Dataset:
    """The points of one run of a batch."""
    rows = np.flatnonzero(batch["run_number"].values == number)
    return batch.drop_dims("run", errors="ignore").isel(point=rows)
