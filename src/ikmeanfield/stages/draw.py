"""Figures from the files of an experiment."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.datasets.transitions import diagrams_path, plane_path, traces_path
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.figures.catalogue import FIGURES
from ikmeanfield.figures.save import save
from ikmeanfield.stages.repair import read_or_rebuild, rebuilt
from ikmeanfield.stages.series import chosen_series
from ikmeanfield.stages.tabulate import read_diagrams

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan


def draw(figure: str, folder: str | Path, output: str | Path, plan: Plan | None = None) -> None:
    """Draw a figure of the catalogue from the files in `folder`, into `output`.

    A figure that shows series or diagrams at grid points needs the plan beside.
    """
    folder = Path(folder)
    file, known = str(folder / "plan.json"), {"experiment": folder.name}
    summary = read_or_rebuild(folder / "summary.nc", known, ["summarise", file])
    module = import_module(f"ikmeanfield.figures.{figure}")
    content: dict[str, Any] = {"summary": summary}
    if FIGURES[figure].plane is not None:
        plane, diagrams, traces = (
            rebuilt(read_tree, path(folder), known, [command, file])
            for path, command in (
                (plane_path, "plane"), (diagrams_path, "plane"), (traces_path, "traces"),
            )
        )  # fmt: skip
        content = module.arrange(summary, plane, diagrams, traces)
    elif plan is not None and FIGURES[figure].series:
        content |= _beside(plan, folder, summary, module, FIGURES[figure].series)
    save(module.draw(**content), module.caption(**content), Path(output) / figure)


def _beside(
    plan: Plan, folder: Path, summary: xr.Dataset, module: Any, names: tuple[str, ...]
) -> dict[str, Any]:
    """Series of the runs that the figure shows, and all diagrams by run and mean field."""
    series = chosen_series(plan, folder, module.runs_shown(summary), names)
    series.attrs["discard"] = plan.simulation.discard
    branches = read_diagrams(plan, folder)
    diagrams = {
        (plan.runs.index(run), name): branches[plan.diagram_key(name, run)]
        for run in plan.diagram_runs
        for name in plan.diagram_names
    }
    return {"series": series, "diagrams": diagrams}
