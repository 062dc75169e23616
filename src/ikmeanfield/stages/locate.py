"""One batch of networks: where each changes state."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.analysis.transitions import (
    ADAPTATION,
    CIRCUIT,
    RampSettings,
    TroughSettings,
    locate,
)
from ikmeanfield.analysis.transitions.points import Kind
from ikmeanfield.datasets.store import write
from ikmeanfield.parts import TRANSITIONS
from ikmeanfield.stages.points import collect_points

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import TransitionPlan
    from ikmeanfield.experiments.run_table import Run


METHODS: dict[str, tuple[TroughSettings, tuple[Kind, ...]]] = {
    "adaptation": (ADAPTATION, ("fold", "hopf")),
    "circuit": (CIRCUIT, ("fold",)),
}
"""How ramps are read, and what is looked for at constant current."""


def locate_batch(plan: TransitionPlan, batch: int, path: str | Path) -> None:
    """Locate the transitions of every network of one batch and store them at `path`."""
    settings = plan.transitions
    ramp = RampSettings(settle=settings.settle, rise=settings.rise)
    troughs, still = METHODS[settings.troughs]

    def network(run: Run) -> xr.Dataset:
        own = plan.transitions_of(run)
        return locate(
            run.circuit, settings.population, settings.low, settings.high,
            observed=settings.observed, ramp=ramp, troughs=troughs, hold=still if run.hold else (),
            step=own.step, thresholds=own.thresholds, seed=run.seed,
        )  # fmt: skip

    dataset = collect_points(
        plan, TRANSITIONS, plan.batches[batch], network,
        f"Transitions of networks of the experiment {plan.experiment}",
        undefined=dict.fromkeys(("lower", "upper", "noise"), "where the method does not tell it"),
    )  # fmt: skip
    write(dataset, path)
