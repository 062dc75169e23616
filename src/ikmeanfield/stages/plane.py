"""Once per experiment: curves of folds and Hopf points in the plane, diagrams along lines."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram, to_tree
from ikmeanfield.analysis.diagrams.plane import PLANE_STEPS
from ikmeanfield.continuation import ContinuationOptions
from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.transitions import diagrams_path, plane_path
from ikmeanfield.datasets.trees import write_tree
from ikmeanfield.stages.progress import Curves, tracked

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import TransitionPlan


def follow_plane(plan: TransitionPlan, folder: str | Path) -> None:
    """Compute the plane and the diagrams and store both in the experiment's folder."""
    import xarray as xr  # noqa: PLC0415

    settings = plan.continuation
    low, high = settings.bounds
    below, above = settings.second_bounds
    config = plan.model_dump(include={"experiment", "circuit", "continuation"})

    def attrs(title: str) -> dict[str, str | float | int]:
        made = attributes(f"{title} of the experiment {plan.experiment}", config)
        return {**made, "experiment": plan.experiment, "keys": plan.plane_key}

    plane = bifurcation_plane(
        plan.circuit, (settings.parameter, settings.second), ((low, high), (below, above)),
        reset_correction=settings.reset_correction, form=settings.form,
        options=replace(PLANE_STEPS, progress=Curves("plane")),
    )  # fmt: skip
    write_tree(to_tree(plane, attrs("Plane of folds and Hopf points")), plane_path(folder))
    lines = {}
    for number, value in enumerate(tracked(settings.diagrams, "diagram"), start=1):
        branches = equilibrium_diagram(
            plan.circuit.replace({settings.second: value}), settings.parameter, low, high,
            reset_correction=settings.reset_correction, form=settings.form,
            options=ContinuationOptions(
                progress=Curves(f"diagram at {settings.second} = {value:g}")
            ),
        )  # fmt: skip
        lines[f"diagram_{number}"] = to_tree(branches)
    tree = xr.DataTree(children=lines)
    tree.attrs = attrs("Diagrams")
    write_tree(tree, diagrams_path(folder))
