"""Tables of an experiment: its diagrams' special points, its distances or scores in short."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.analysis.diagrams import from_tree
from ikmeanfield.analysis.diagrams.line import REGULAR_ENDS, rest_stable
from ikmeanfield.analysis.distance import noise_corrected_rmse
from ikmeanfield.datasets.diagrams import expected, node_name
from ikmeanfield.datasets.runs import batch_path
from ikmeanfield.datasets.tables import write_rows
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.parts import DIAGRAMS, coordinate_name
from ikmeanfield.stages.distances import point_of, row_of
from ikmeanfield.stages.repair import read_or_rebuild, rebuilt

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.continuation import Branch, SpecialPoint
    from ikmeanfield.experiments.plan import Plan, TransitionPlan
    from ikmeanfield.experiments.run_table import Run, RunTable

Row = dict[str, Any]


def tabulate(plan: RunTable, folder: str | Path, table: str) -> None:
    """Write one of `TABLES` as ``<table>.csv`` into the experiment's folder."""
    folder = Path(folder)
    write_rows(folder / f"{table}.csv", TABLES[table](plan, folder))


def _bifurcations(plan: Plan, folder: Path) -> Iterator[Row]:
    """Special points (but neutral saddles) and odd ends of all diagrams, per grid point."""
    assert plan.diagrams is not None
    diagrams = read_diagrams(plan, folder)
    parameter = plan.diagrams.parameter
    for run in plan.diagram_runs:
        for name in plan.diagram_names:
            for label, branch in diagrams[plan.diagram_key(name, run)].items():
                known = {**_grid_point(plan, run), "meanfield": name, "branch": label}
                for point in branch.points():
                    if point.kind != "NS":
                        yield {**known, **_point_row(branch, point, parameter)}
                for place, end in zip((0, -1), branch.ends, strict=True):
                    if end.reason in REGULAR_ENDS:
                        continue
                    yield {
                        **known, "kind": "END", "name": end.reason, "parameter": parameter,
                        "value": float(branch[parameter][place]) if len(branch) else math.nan,
                        "message": end.message,
                    }  # fmt: skip


def _point_row(branch: Branch, point: SpecialPoint, parameter: str) -> Row:
    """One special point: frequencies and rates in Hz, everything else in its own unit."""
    data = point.data
    row: Row = {
        "kind": point.kind,
        "name": point.name,
        "parameter": parameter,
        "value": point.parameters[parameter],
        "frequency": 1e3 / data["period"] if data.get("period") else math.nan,
        "l1": data.get("l1", math.nan),
        "criticality": point.criticality,
        "stable_rest": int(rest_stable(point)) if point.kind in {"LP", "HB"} else "",
        "residual": point.residual,
        "message": " ".join(point.message.split()),
    }
    for variable, value in zip(branch.variables, point.state, strict=True):
        scale = 1e3 if variable.endswith(".firing_rate") else 1.0
        row[coordinate_name(variable)] = scale * float(value)
    return row


def read_diagrams(plan: Plan, folder: str | Path) -> dict[str, Mapping[str, Branch]]:
    """The branches of every distinct diagram of an experiment, by its key."""
    folder = Path(folder)
    found: dict[str, Mapping[str, Branch]] = {}
    for number, lines in enumerate(plan.diagram_batches):
        command = ["diagrams", str(folder / "plan.json"), "--batch", str(number)]
        path = batch_path(folder, DIAGRAMS, number)
        tree = rebuilt(read_tree, path, expected(plan, lines), command)
        for line in lines:
            found[line.key] = from_tree(tree.children[node_name(line.key)])
    return found


def _distances(plan: Plan, folder: Path) -> Iterator[Row]:
    """Distances of mean fields to networks, per grid point, with the noise level beside them."""
    summary = _summary(plan, folder)
    groups: dict[str, list[int]] = {}
    for number, run in enumerate(plan.runs):
        groups.setdefault(point_of(run), []).append(number)
    for numbers in groups.values():
        runs = summary.isel(run=numbers)
        for name in plan.meanfield:
            for series in plan.simulation.record:
                row = row_of(series)
                for label in summary[row].values:
                    here = runs.sel({"meanfield": name, row: label})
                    values = here[f"rmse_{series}"].values
                    noise = float(here[f"noise_{series}"].values[0])
                    yield {
                        **_grid_point(plan, plan.runs[numbers[0]]),
                        "meanfield": name, "series": series, "of": str(label),
                        "replicates": len(numbers), "rmse": float(values.mean()),
                        "rmse_sd": float(values.std(ddof=1)) if len(numbers) > 1 else math.nan,
                        "noise": noise,
                        "systematic": noise_corrected_rmse(values, noise),
                    }  # fmt: skip


def _summary(plan: RunTable, folder: Path) -> xr.Dataset:
    command = ["summarise", str(folder / "plan.json")]
    return read_or_rebuild(folder / "summary.nc", plan.known("summary"), command)


def _grid_point(plan: Plan, run: Run) -> Row:
    values = {coordinate_name(path): run.coordinate(path) for path in plan.parameters}
    return {"sweep": run.sweep, **values}


def _scores(plan: TransitionPlan, folder: Path) -> Iterator[Row]:
    """How well each mean field predicts the regions of its networks, per family of runs."""
    summary = _summary(plan, folder)
    names = [str(n) for n in summary.variables if str(n).startswith(("scored_", "score_"))]
    names.sort(key=lambda name: name.startswith("score_"))
    for i in range(summary.sizes["score"]):
        yield {name.partition("_")[2]: summary[name].values[i].item() for name in names}


TABLES: dict[str, Callable[[Any, Path], Iterator[Row]]] = {
    "bifurcations": _bifurcations,
    "distances": _distances,
    "scores": _scores,
}
"""Every table by its name."""
