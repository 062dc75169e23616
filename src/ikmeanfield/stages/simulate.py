"""One batch of spiking networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.datasets.store import write
from ikmeanfield.parts import NETWORK
from ikmeanfield.spiking import simulate
from ikmeanfield.stages.runs import collect

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan, Run


def simulate_batch(plan: Plan, batch: int, path: str | Path) -> None:
    """Simulate the networks of one batch and store them at `path`."""
    settings = plan.simulation
    inputs = plan.currents

    def network(run: Run) -> xr.Dataset:
        return simulate(
            run.circuit, inputs, duration=settings.duration, sample=settings.sample,
            step=settings.step, scheme=settings.scheme, thresholds=settings.thresholds,
            seed=run.seed, record=tuple(settings.record),
        )  # fmt: skip

    dataset = collect(
        plan, NETWORK, plan.batches[batch], network,
        f"Spiking networks of the experiment {plan.experiment}",
        scheme=settings.scheme, step=settings.step, thresholds=settings.thresholds,
    )  # fmt: skip
    write(dataset, path)
