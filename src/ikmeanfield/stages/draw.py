"""Figures from the files of an experiment."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

from ikmeanfield.datasets.transitions import diagrams_path, plane_path, traces_path
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.figures.catalogue import FIGURES
from ikmeanfield.figures.save import save
from ikmeanfield.stages.repair import read_or_rebuild, rebuilt


def draw(figure: str, folder: str | Path, output: str | Path) -> None:
    """Draw a figure of the catalogue from the files in `folder`, into `output`."""
    folder = Path(folder)
    plan, known = str(folder / "plan.json"), {"experiment": folder.name}
    summary = read_or_rebuild(folder / "summary.nc", known, ["summarise", plan])
    module = import_module(f"ikmeanfield.figures.{figure}")
    content: dict[str, Any] = {"summary": summary}
    if FIGURES[figure].plane is not None:
        plane, diagrams, traces = (
            rebuilt(read_tree, path(folder), known, [command, plan])
            for path, command in (
                (plane_path, "plane"), (diagrams_path, "plane"), (traces_path, "traces"),
            )
        )  # fmt: skip
        content = module.arrange(summary, plane, diagrams, traces)
    save(module.draw(**content), module.caption(**content), Path(output) / figure)
