"""One batch of mean fields."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.datasets.store import write
from ikmeanfield.parts import mean_field
from ikmeanfield.stages.runs import collect
from ikmeanfield.theories.mean_field import integrate

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run_table import Run


def integrate_batch(plan: Plan, meanfield: str, batch: int, path: str | Path) -> None:
    """Integrate the mean field of every run of one batch and store them at `path`.

    Runs that differ only in what a mean field does not know (replicates, network sizes) share
    one solution.
    """
    settings, model = plan.simulation, plan.meanfield[meanfield]
    solved: dict[str, xr.Dataset] = {}

    def solution(run: Run) -> xr.Dataset:
        key = plan.meanfield_key(meanfield, run)
        if key not in solved:
            series = integrate(
                run.circuit, plan.currents_of(run),
                duration=settings.duration, sample=settings.sample,
                reset_correction=model.reset_correction, form=model.form,
            )  # fmt: skip
            solved[key] = series[list(settings.record)]
        return solved[key]

    dataset = collect(
        plan, mean_field(meanfield), plan.batches[batch], solution,
        f"Mean field '{meanfield}' of the experiment {plan.experiment}",
        reset_correction=int(model.reset_correction), form=model.form,
    )  # fmt: skip
    write(dataset, path)
