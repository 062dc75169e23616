"""Figures from the files of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from ikmeanfield.datasets.store import read
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.figures.catalogue import FIGURES, Needs
from ikmeanfield.figures.save import save
from ikmeanfield.stages.repair import rebuilt
from ikmeanfield.stages.series import chosen_series

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.experiments.plan import Plan
    from ikmeanfield.experiments.run_table import RunTable


def draw(figure: str, plans: Sequence[RunTable], folders: Sequence[Path], stem: Path) -> None:
    """Draw a figure of the catalogue.

    Parameters
    ----------
    figure
        Its name in the catalogue.
    plans, folders
        The experiments it is drawn from, in its order, and where each is stored.
    stem
        The files to write, without suffix.
    """
    module = import_module(f"ikmeanfield.figures.{figure}")
    stored = [
        _stored(plan, folder) | _series(plan, folder, needs)
        for plan, folder, needs in zip(plans, folders, FIGURES[figure], strict=True)
    ]
    content = module.arrange(stored)
    save(module.draw(**content), module.caption(**content), stem)


def _stored(plan: RunTable, folder: Path) -> dict[str, xr.Dataset | xr.DataTree]:
    """What an experiment has stored for figures, by name; damaged files are made again."""
    found: dict[str, xr.Dataset | xr.DataTree] = {}
    for name, product in plan.products.items():
        known, path = plan.known(name), folder / product.path
        command = [product.command[0], str(folder / "plan.json"), *product.command[1:]]
        if product.tree:
            found[name] = rebuilt(read_tree, path, known, command)
        else:
            found[name] = rebuilt(read, path, known, command)
    return found


def _series(plan: RunTable, folder: Path, needs: Needs) -> dict[str, xr.Dataset | xr.DataTree]:
    """The series in time that a figure shows: of the first replicate at every grid point."""
    if not needs.series:
        return {}
    numbers = [
        number
        for number, run in enumerate(plan.runs)
        if run.sweep in needs.sweeps and run.replicate == 0
    ]
    return {"series": chosen_series(cast("Plan", plan), folder, numbers, needs.series)}
