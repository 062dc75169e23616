"""Figures from summaries."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from ikmeanfield.figures.save import save
from ikmeanfield.stages.repair import read_or_rebuild


def draw(figure: str, folder: str | Path, output: str | Path) -> None:
    """Draw a figure of the catalogue from the summary in `folder`, into `output`."""
    folder = Path(folder)
    summary = read_or_rebuild(
        folder / "summary.nc",
        {"experiment": folder.name},
        ["summarise", str(folder / "plan.json")],
    )
    module = import_module(f"ikmeanfield.figures.{figure}")
    save(module.draw(summary), module.caption(summary), Path(output) / figure)
