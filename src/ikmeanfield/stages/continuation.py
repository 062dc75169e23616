"""One batch of mean fields: their folds and Hopf points in one parameter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.analysis.diagrams import fold_and_hopf_points
from ikmeanfield.continuation import ContinuationOptions
from ikmeanfield.datasets.store import write
from ikmeanfield.parts import CONTINUATION
from ikmeanfield.stages.points import collect_points
from ikmeanfield.stages.progress import Curves

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import TransitionPlan
    from ikmeanfield.experiments.run_table import Run


def continue_batch(plan: TransitionPlan, batch: int, path: str | Path) -> None:
    """Follow the equilibria of every mean field of one batch and store what is met at `path`."""
    import xarray as xr  # noqa: PLC0415

    settings = plan.continuation
    low, high = settings.bounds

    def mean_fields(run: Run) -> xr.Dataset:
        found = []
        for name, field in settings.meanfield.items():
            points = fold_and_hopf_points(
                run.circuit, settings.parameter, low, high, at=settings.second,
                theory=field,
                options=ContinuationOptions(progress=Curves(f"{run}, {name}")),
            )  # fmt: skip
            label = {"long_name": "mean field"}
            names = np.full(points.sizes["point"], name)
            found.append(points.assign(meanfield=("point", names, label)))
        return xr.concat(found, dim="point").reset_coords("second")

    dataset = collect_points(
        plan, CONTINUATION, plan.batches[batch], mean_fields,
        f"Folds and Hopf points of mean fields of the experiment {plan.experiment}",
        undefined=dict.fromkeys(("period", "l1"), "of folds, and l1 where the field has a kink"),
    )  # fmt: skip
    write(dataset, path)
