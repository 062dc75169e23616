"""One batch of mean fields: their folds and Hopf points in one parameter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.analysis.diagrams import fold_and_hopf_points
from ikmeanfield.continuation import ContinuationOptions
from ikmeanfield.datasets.store import write
from ikmeanfield.parts import CONTINUATION
from ikmeanfield.stages.points import collect_points
from ikmeanfield.stages.progress import Curves

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Run, TransitionPlan


def continue_batch(plan: TransitionPlan, batch: int, path: str | Path) -> None:
    """Follow the equilibria of every mean field of one batch and store what is met at `path`."""
    settings = plan.continuation
    low, high = settings.bounds

    def mean_field(run: Run) -> xr.Dataset:
        points = fold_and_hopf_points(
            run.circuit, settings.parameter, low, high, at=settings.second,
            reset_correction=settings.reset_correction, form=settings.form,
            options=ContinuationOptions(progress=Curves(str(run))),
        )  # fmt: skip
        return points.reset_coords("second")

    dataset = collect_points(
        plan, CONTINUATION, plan.batches[batch], mean_field,
        f"Folds and Hopf points of mean fields of the experiment {plan.experiment}",
        undefined=dict.fromkeys(("period", "l1"), "of folds"),
    )  # fmt: skip
    write(dataset, path)
