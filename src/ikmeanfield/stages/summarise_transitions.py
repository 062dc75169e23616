"""From transitions and bifurcations of an experiment to one summary: a Dataset and a table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.diagrams import CoincidenceError, check_points, from_tree
from ikmeanfield.analysis.sides import (
    SIDES,
    bifurcation_sides,
    counterparts,
    held_statuses,
    network_sides,
)
from ikmeanfield.analysis.transitions.points import MARK
from ikmeanfield.datasets.provenance import attributes
from ikmeanfield.datasets.runs import batch_path, check_grid, coordinate_name, coordinates, expected
from ikmeanfield.datasets.store import UNDEFINED, write
from ikmeanfield.datasets.transitions import plane_path, points_of
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.files import replacing
from ikmeanfield.parts import CONTINUATION, TRANSITIONS
from ikmeanfield.stages.progress import tracked
from ikmeanfield.stages.repair import read_or_rebuild, rebuilt

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.continuation import Branch
    from ikmeanfield.experiments.plan import TransitionPlan

COLUMNS = {
    "mean_field": "the mean field's current",
    "ramp": "the network's current on the moving ramp",
    "held": "the network's current, held still",
    "held_lower": "lower end of the interval that holds it",
    "held_upper": "upper end of the interval that holds it",
    "held_noise": "half-width over which fluctuations blur it, its thresholds given",
    "ramp_difference": "ramp minus mean field",
    "held_difference": "held minus mean field",
    "ramp_lag": "ramp minus held",
}
"""What is told of every transition, in pA."""
WORDS = {
    "held_status": "what became of the search at constant current",
    "ramp_counterpart": "whether the point on the ramp is one at constant current too",
}
"""What is told of every transition in words."""
NONE = "where there is no such point, or the method does not tell it"


def summarise_transitions(plan: TransitionPlan, folder: str | Path) -> xr.Dataset:
    """Compare networks and mean fields; store ``summary.nc`` and ``summary.csv``.

    Parameters
    ----------
    plan
        The experiment.
    folder
        Where its batches and its plane lie, and where the summary goes.

    Raises
    ------
    CoincidenceError
        If the folds and Hopf points of the grid do not lie on the curves of the plane; names all.
    """
    import xarray as xr  # noqa: PLC0415

    folder = Path(folder)
    known = {"experiment": plan.experiment, "keys": plan.plane_key}
    command = ["plane", str(folder / "plan.json")]
    curves = from_tree(rebuilt(read_tree, plane_path(folder), known, command))
    rows: list[dict[str, np.ndarray[Any, Any]]] = []
    networks, fields, complaints = [], [], []
    for number in tracked(range(len(plan.batches)), "batch"):
        runs = plan.batches[number]
        located = _batch(plan, folder, TRANSITIONS, number, "locate")
        followed = _batch(plan, folder, CONTINUATION, number, "continue")
        for place, run in enumerate(runs):
            network, field = points_of(located, place), points_of(followed, place)
            try:
                field = _checked(field, curves)
            except CoincidenceError as error:
                complaints.append(f"{run}: {error}")
                continue
            rows.append(_compared(network, field, _searches(located, place)))
            networks.append(_numbered(network, len(rows) - 1))
            fields.append(_numbered(field, len(rows) - 1))
    if complaints:
        raise CoincidenceError("\n".join(complaints))
    summary = _transitions(plan, rows).merge(
        xr.concat(networks, dim="point").rename(method="detector")
    )
    bifurcations = xr.concat(fields, dim="point").rename(point="bifurcation")
    summary = summary.merge(
        bifurcations.rename({name: f"bifurcation_{name}" for name in bifurcations.data_vars})
    )
    check_grid(plan, summary)
    summary.attrs = _attributes(plan)
    write(summary, folder / "summary.nc")
    _write_table(plan, summary, folder / "summary.csv")
    return summary


def _batch(plan: TransitionPlan, folder: Path, part: str, number: int, command: str) -> xr.Dataset:
    return read_or_rebuild(
        batch_path(folder, part, number), expected(plan, part, plan.batches[number]),
        [command, str(folder / "plan.json"), "--batch", str(number)],
    )  # fmt: skip


def _checked(field: xr.Dataset, curves: dict[str, Branch]) -> xr.Dataset:
    """The points with what the curves of the plane say, as plain variables."""
    return check_points(field.set_coords("second"), curves).reset_coords("second")


def _numbered(points: xr.Dataset, number: int) -> xr.Dataset:
    """Points that know the number of their run in the whole experiment."""
    label = {"long_name": "number of the run"}
    numbers = np.full(points.sizes["point"], number)
    return points.drop_dims("time", errors="ignore").assign(run_number=("point", numbers, label))


def _searches(batch: xr.Dataset, number: int) -> dict[str, str]:
    """What became of each search at constant current."""
    status = batch["status"].isel(run=number)
    return dict(zip(map(str, status["sought"].values), map(str, status.values), strict=True))


def _compared(
    network: xr.Dataset, field: xr.Dataset, searches: dict[str, str]
) -> dict[str, np.ndarray[Any, Any]]:
    """Every column for all of `SIDES`."""
    bifurcations = bifurcation_sides(field["kind"].values.tolist(), field["value"].values)
    found = {name: np.full(len(SIDES), np.nan) for name in COLUMNS}
    for place, (kind, _, side) in enumerate(SIDES):
        found["mean_field"][place] = bifurcations[kind, side]
    for method in ("ramp", "held"):
        mine = network.isel(point=np.flatnonzero(network["method"].values == method))
        sides = network_sides(
            mine["kind"].values.tolist(), mine["direction"].values.tolist(),
            mine["current"].values, bifurcations,
        )  # fmt: skip
        for transition, row in sides.items():
            place = SIDES.index(transition)
            found[method][place] = mine["current"].values[row]
            if method == "held":
                for name in ("lower", "upper", "noise"):
                    found[f"held_{name}"][place] = mine[name].values[row]
        found[f"{method}_difference"] = found[method] - found["mean_field"]
    found["ramp_lag"] = found["ramp"] - found["held"]
    statuses = held_statuses(found["held_lower"], found["held_upper"], searches, MARK)
    found["held_status"] = np.array(statuses)
    found["ramp_counterpart"] = np.array(counterparts(found["ramp"], statuses))
    return found


def _transitions(plan: TransitionPlan, rows: list[dict[str, np.ndarray[Any, Any]]]) -> xr.Dataset:
    import xarray as xr  # noqa: PLC0415

    variables = {
        name: (
            ("run", "transition"),
            np.array([row[name] for row in rows]),
            {"units": "pA", "long_name": text, UNDEFINED: NONE},
        )
        for name, text in COLUMNS.items()
    }
    words = {
        name: (("run", "transition"), np.array([row[name] for row in rows]), {"long_name": text})
        for name, text in WORDS.items()
    }
    parts = zip(("kind_of", "direction_of", "side_of"), zip(*SIDES, strict=True), strict=True)
    axes = {
        name: ("transition", list(values), {"long_name": f"{name.removesuffix('_of')} of it"})
        for name, values in parts
    }
    return xr.Dataset({**variables, **words}, {**axes, **coordinates(plan, plan.runs)})


def _attributes(plan: TransitionPlan) -> dict[str, str | float | int]:
    config = plan.model_dump(exclude={"runs", "runs_per_job"})
    sizes = {
        p.size for r in plan.runs for n, p in r.circuit.populations.items()
        if n == plan.transitions.population
    }  # fmt: skip
    return attributes(
        f"Summary of the experiment {plan.experiment}", config,
        experiment=plan.experiment, seed=plan.seed, step=plan.transitions.step,
        size=" and ".join(map(str, sorted(sizes))), thresholds=plan.transitions.thresholds,
        settle=plan.transitions.settle, rise=plan.transitions.rise,
        keys=" ".join(f"{run.key}:{run.seed}" for run in plan.runs),
    )  # fmt: skip


def _write_table(plan: TransitionPlan, summary: xr.Dataset, path: Path) -> None:
    """One row per run and transition; what does not exist is empty.

    A transition that nobody knows of has no row, one whose search came to no end has.
    """
    identity = ["sweep", *(coordinate_name(p) for p in plan.parameters), "replicate"]
    identity += ["seed", "key"]
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow([*identity, "kind", "direction", "side", *COLUMNS, *WORDS])
        for i in range(summary.sizes["run"]):
            for place, side in enumerate(SIDES):
                values = [float(summary[name].values[i, place]) for name in COLUMNS]
                words = [str(summary[name].values[i, place]) for name in WORDS]
                if np.isnan(values).all() and words[0] != "not resolved":
                    continue
                shown = ["" if np.isnan(value) else value for value in values]
                which = [summary[name].values[i] for name in identity]
                table.writerow([*which, *side, *shown, *words])
