"""From transitions and bifurcations of an experiment to one summary: a Dataset and a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.analysis.diagrams import CoincidenceError, check_points, from_tree
from ikmeanfield.analysis.matching import (
    Bifurcation,
    NetworkPoint,
    Transition,
    held_status,
    inside_sweep,
    match_transitions,
    ramp_counterpart,
)
from ikmeanfield.analysis.transitions.points import TARGET_HALF_WIDTH
from ikmeanfield.datasets.provenance import attributes, shared
from ikmeanfield.datasets.runs import batch_path, check_grid, coordinates, expected, identity_names
from ikmeanfield.datasets.store import UNDEFINED, write
from ikmeanfield.datasets.tables import write_rows
from ikmeanfield.datasets.transitions import plane_path, points_of
from ikmeanfield.datasets.trees import read_tree
from ikmeanfield.parts import CONTINUATION, TRANSITIONS
from ikmeanfield.stages.progress import tracked
from ikmeanfield.stages.repair import read_or_rebuild, rebuilt
from ikmeanfield.stages.scores import score_regions

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
WHICH = {
    "meanfield_of": "mean field it is compared with",
    "kind_of": "fold, or border of oscillations (hopf)",
    "direction_of": "whether the current rises or falls",
    "side_of": "which border it is",
}
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
        Where its batches and its planes lie, and where the summary goes.

    Raises
    ------
    CoincidenceError
        If the folds and Hopf points of the grid do not lie on the curves of their plane; names
        all.
    """
    import xarray as xr  # noqa: PLC0415

    folder = Path(folder)
    planes = _planes(plan, folder)
    found: list[list[NetworkPoint]] = []
    searches: list[dict[str, str]] = []
    rows: dict[tuple[int, str], list[Transition]] = {}
    networks, fields, complaints = [], [], []
    for number in tracked(range(len(plan.batches)), "batch"):
        runs = plan.batches[number]
        located = _batch(plan, folder, TRANSITIONS, number, "locate")
        followed = _batch(plan, folder, CONTINUATION, number, "continue")
        for place, run in enumerate(runs):
            at = len(found)
            network, field = points_of(located, place), points_of(followed, place)
            networks.append(_numbered(network, at))
            found.append(_found(network))
            searches.append(_searches(located, place))
            for name in plan.continuation.meanfield:
                mine = field.isel(point=np.flatnonzero(field["meanfield"].values == name))
                try:
                    mine = _checked(mine, planes[plan.plane_of(run, name)])
                except CoincidenceError as error:
                    complaints.append(f"{run}, mean field {name}: {error}")
                    continue
                fields.append(_numbered(mine, at))
                inside = inside_sweep(found[at], plan.transitions.low, plan.transitions.high)
                rows[at, name] = match_transitions(inside, _borders(mine))
    if complaints:
        raise CoincidenceError("\n".join(complaints))
    points = xr.concat(networks, dim="point").rename(method="detector")
    bifurcations = xr.concat(fields, dim="point").rename(point="bifurcation")
    scores = score_regions(plan, planes, found, rows)
    summary = xr.merge(
        [
            _transitions(plan, rows, points, searches),
            points,
            bifurcations.rename({name: f"bifurcation_{name}" for name in bifurcations.data_vars}),
            scores,
        ]
    )
    check_grid(plan, summary)
    summary.attrs = _attributes(plan)
    write(summary, folder / "summary.nc")
    _write_table(plan, summary, folder / "summary.csv")
    return summary


def _planes(plan: TransitionPlan, folder: Path) -> dict[str, dict[str, Branch]]:
    """The curves of every plane, by its key."""
    command = ["plane", str(folder / "plan.json")]
    tree = rebuilt(read_tree, plane_path(folder), plan.known("plane"), command)
    return {str(node.attrs["key"]): from_tree(node) for node in tree.children.values()}


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


def _found(network: xr.Dataset) -> list[NetworkPoint]:
    """The points of one network as `sides` takes them."""
    columns = [network[name].values.tolist() for name in ("kind", "direction", "method", "side",
                                                          "current")]  # fmt: skip
    return [NetworkPoint(row, *values) for row, values in enumerate(zip(*columns, strict=True))]


def _searches(batch: xr.Dataset, number: int) -> dict[str, str]:
    """What became of each search at constant current."""
    status = batch["status"].isel(run=number)
    return dict(zip(map(str, status["sought"].values), map(str, status.values), strict=True))


def _borders(field: xr.Dataset) -> list[Bifurcation]:
    """Folds and Hopf points of one mean field, by their currents."""
    columns = [field[name].values.tolist() for name in ("kind", "side", "value")]
    return sorted(
        (Bifurcation(*row) for row in zip(*columns, strict=True)), key=lambda b: b.current
    )


def _transitions(
    plan: TransitionPlan,
    rows: dict[tuple[int, str], list[Transition]],
    points: xr.Dataset,
    searches: list[dict[str, str]],
) -> xr.Dataset:
    """Every transition of every run and mean field along one dimension, with its run's number."""
    import xarray as xr  # noqa: PLC0415

    place = points["run_number"].values
    values: dict[str, list[float]] = {name: [] for name in COLUMNS}
    which: dict[str, list[str]] = {name: [] for name in WHICH}
    words: dict[str, list[str]] = {name: [] for name in WORDS}
    numbers: list[int] = []
    for (run, name), made in rows.items():
        first = int(np.searchsorted(place, run))
        for row in made:
            numbers.append(run)
            for key, text in zip(WHICH, (name, row.kind, row.direction, row.side), strict=True):
                which[key].append(text)
            told = _numbers(row, points, first)
            for key, value in told.items():
                values[key].append(value)
            half = (told["held_upper"] - told["held_lower"]) / 2 + np.nan_to_num(told["held_noise"])
            status = held_status(row, half, searches[run], TARGET_HALF_WIDTH)
            words["held_status"].append(status)
            words["ramp_counterpart"].append(ramp_counterpart(row, status))
    label = {"long_name": "number of the run"}
    return xr.Dataset(
        {
            **{
                name: (
                    "transition",
                    np.array(values[name], dtype=float),
                    {"units": "pA", "long_name": text, UNDEFINED: NONE},
                )
                for name, text in COLUMNS.items()
            },
            **{
                name: ("transition", np.array(words[name], dtype=str), {"long_name": text})
                for name, text in WORDS.items()
            },
            "transition_run_number": ("transition", np.array(numbers, dtype=int), label),
        },
        {
            **{
                name: ("transition", np.array(which[name], dtype=str), {"long_name": text})
                for name, text in WHICH.items()
            },
            **coordinates(plan, plan.runs),
        },
    )


def _numbers(row: Transition, points: xr.Dataset, first: int) -> dict[str, float]:
    """Every column of one transition; `first` is the place of its run's first point."""
    ramp = row.ramp.current if row.ramp is not None else np.nan
    held = row.held.current if row.held is not None else np.nan
    told = dict.fromkeys(("lower", "upper", "noise"), np.nan)
    if row.held is not None:
        told = {name: float(points[name].values[first + row.held.row]) for name in told}
    return {
        "mean_field": row.bifurcation,
        "ramp": ramp,
        "held": held,
        **{f"held_{name}": value for name, value in told.items()},
        "ramp_difference": ramp - row.bifurcation,
        "held_difference": held - row.bifurcation,
        "ramp_lag": ramp - held,
    }


def _attributes(plan: TransitionPlan) -> dict[str, str | float | int]:
    config = plan.model_dump(exclude={"runs", "runs_per_job"})
    sizes = {
        p.size for r in plan.runs for n, p in r.circuit.populations.items()
        if n == plan.transitions.population
    }  # fmt: skip
    varied = [plan.transitions_of(run) for run in plan.runs]
    return attributes(
        f"Summary of the experiment {plan.experiment}", config,
        seed=plan.seed, **shared(varied, "step", "thresholds"),
        size=" and ".join(map(str, sorted(sizes))),
        settle=plan.transitions.settle, rise=plan.transitions.rise,
        **plan.known("summary"),
    )  # fmt: skip


def _write_table(plan: TransitionPlan, summary: xr.Dataset, path: Path) -> None:
    """One row per run, mean field and transition; what does not exist is empty."""
    identity = identity_names(plan)
    runs = summary["transition_run_number"].values
    known = {name: summary[name].values for name in identity}
    told = {name.removesuffix("_of"): summary[name].values for name in (*WHICH, *COLUMNS, *WORDS)}
    rows = (
        {name: values[run] for name, values in known.items()}
        | {name: values[i] for name, values in told.items()}
        for i, run in enumerate(runs)
    )
    write_rows(path, rows, [*known, *told])
