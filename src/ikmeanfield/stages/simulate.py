"""One batch of spiking networks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.datasets.provenance import shared
from ikmeanfield.datasets.store import write
from ikmeanfield.parts import NETWORK
from ikmeanfield.spiking import simulate
from ikmeanfield.stages.runs import collect

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run_table import Run


def simulate_batch(plan: Plan, batch: int, path: str | Path) -> None:
    """Simulate the networks of one batch and store them at `path`."""
    runs = plan.batches[batch]

    def network(run: Run) -> xr.Dataset:
        settings = plan.simulation_of(run)
        return simulate(
            run.circuit, plan.currents_of(run), duration=settings.duration, sample=settings.sample,
            step=settings.step, scheme=settings.scheme, thresholds=settings.thresholds,
            seed=run.seed, record=tuple(settings.record),
        )  # fmt: skip

    dataset = collect(
        plan, NETWORK, runs, network,
        f"Spiking networks of the experiment {plan.experiment}",
        **shared(map(plan.simulation_of, runs), "scheme", "step", "thresholds"),
    )  # fmt: skip
    write(dataset, path)
