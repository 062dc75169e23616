"""Once per experiment: the mean field and two networks along the same ramps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.analysis.traces import ramp_traces
from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.transitions import traces_path
from ikmeanfield.datasets.trees import write_tree
from ikmeanfield.stages.progress import tracked

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import TransitionPlan


def run_traces(plan: TransitionPlan, folder: str | Path) -> None:
    """Run the first mean field and two networks along all traces; store them in the folder."""
    import xarray as xr  # noqa: PLC0415

    settings, networks, field = plan.continuation, plan.transitions, plan.first_field
    runs = {}
    for number, trace in enumerate(tracked(settings.traces, "trace"), start=1):
        data = ramp_traces(
            plan.circuit.replace({settings.second: trace.at}),
            [(time, value) for time, value in trace.ramp],
            population=networks.population, step=networks.step, thresholds=networks.thresholds,
            seed=plan.seed, theory=field,
        )  # fmt: skip
        runs[f"trace_{number}"] = xr.DataTree(data)
    tree = xr.DataTree(children=runs)
    config = plan.model_dump(include={"experiment", "seed", "circuit", "transitions",
                                      "continuation"})  # fmt: skip
    tree.attrs = {
        **attributes(f"Traces of the experiment {plan.experiment}", config, seed=plan.seed),
        **plan.known("traces"),
    }
    write_tree(tree, traces_path(folder))
