"""Files that only an experiment with transitions has, and the points in its batches.

Points are ragged: the dimension ``point`` runs over all points of a batch, and ``run_number``
says to which of its runs each belongs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.parts import CONTINUATION, coordinate_name

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.planes import Plane


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


def points_of(batch: xr.Dataset, number: int) -> xr.Dataset:
    """The points of one run of a batch."""
    rows = np.flatnonzero(batch["run_number"].values == number)
    return batch.drop_dims("run", errors="ignore").isel(point=rows)
