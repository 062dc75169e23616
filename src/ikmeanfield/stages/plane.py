"""Once per experiment: curves of folds and Hopf points in planes, diagrams along lines in them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.analysis.diagrams import bifurcation_plane, equilibrium_diagram, to_tree
from ikmeanfield.analysis.diagrams.plane import PLANE_STEPS
from ikmeanfield.continuation import ContinuationOptions
from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.transitions import diagrams_path, plane_attributes, plane_path
from ikmeanfield.datasets.trees import write_tree
from ikmeanfield.stages.progress import Curves, tracked

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import TransitionPlan


def follow_plane(plan: TransitionPlan, folder: str | Path) -> None:
    """Compute every plane with its diagrams and store them in the experiment's folder.

    Both files are trees with a node ``plane_1``, ``plane_2``, ... for every different mean field,
    in the order of `TransitionPlan.planes`.
    """
    import xarray as xr  # noqa: PLC0415

    settings = plan.continuation
    low, high = settings.bounds
    below, above = settings.second_bounds
    config = plan.model_dump(include={"experiment", "continuation"})
    config["circuits"] = [plane.circuit.model_dump() for plane in plan.planes.values()]

    def root(children: dict[str, xr.DataTree], title: str) -> xr.DataTree:
        tree = xr.DataTree(children=children)
        made = attributes(f"{title} of the experiment {plan.experiment}", config)
        tree.attrs = {**made, **plan.known("plane")}
        return tree

    planes, diagrams = {}, {}
    for number, (key, plane) in enumerate(tracked(list(plan.planes.items()), "plane"), start=1):
        field = settings.meanfield[plane.meanfield]
        known = plane_attributes(key, plane)
        curves = bifurcation_plane(
            plane.circuit, (settings.parameter, settings.second), ((low, high), (below, above)),
            theory=field,
            options=replace(PLANE_STEPS, progress=Curves(f"plane {number}")),
        )  # fmt: skip
        planes[f"plane_{number}"] = to_tree(curves, known)
        lines = {}
        for place, value in enumerate(settings.diagrams, start=1):
            branches = equilibrium_diagram(
                plane.circuit.replace({settings.second: value}), settings.parameter, low, high,
                theory=field,
                options=ContinuationOptions(
                    progress=Curves(f"plane {number}, diagram at {settings.second} = {value:g}")
                ),
            )  # fmt: skip
            lines[f"diagram_{place}"] = to_tree(branches)
        diagrams[f"plane_{number}"] = xr.DataTree(children=lines)
        diagrams[f"plane_{number}"].attrs = known
    write_tree(root(planes, "Planes of folds and Hopf points"), plane_path(folder))
    write_tree(root(diagrams, "Diagrams"), diagrams_path(folder))
