"""Transitions of networks compared with folds and Hopf points of theories: rows and scores."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

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
from ikmeanfield.datasets.runs import identity_names
from ikmeanfield.datasets.store import UNDEFINED
from ikmeanfield.progress import track
from ikmeanfield.studies.region_scores import score_regions

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.jobs.results import Results
    from ikmeanfield.studies.transitions import Transitions

COLUMNS = {
    "mean_field": "current of the theory's bifurcation",
    "ramp": "current of the network's transition on the ramp",
    "held": "current of the network's transition at constant current",
    "held_lower": "lower end of the interval that contains it",
    "held_upper": "upper end of the interval that contains it",
    "held_noise": "half-width over which fluctuations blur it, for given thresholds",
    "ramp_difference": "ramp minus theory",
    "held_difference": "constant current minus theory",
    "ramp_lag": "ramp minus constant current",
}
"""Columns reported for each transition, in pA."""
WHICH = {
    "theory_of": "theory with which it is compared",
    "kind_of": "fold, or border of oscillations (hopf)",
    "direction_of": "whether the current rises or falls",
    "side_of": "lower or upper border",
}
"""Columns that identify a transition."""
WORDS = {
    "held_status": "outcome of the search at constant current",
    "ramp_counterpart": "whether the point on the ramp is a transition at constant current too",
}
"""Columns reported for each transition in words."""
NONE = "where there is no such point, or the method does not provide the value"


def summarise(study: Transitions, results: Results, name: str) -> xr.Dataset:
    """Points of all networks, the transitions they belong to, and scores of predicted regions.

    Returns
    -------
    xarray.Dataset
        Points of networks along ``point``; `COLUMNS`, `WHICH` and `WORDS` along ``transition``, one
        for every run, theory and transition; if there are planes, scores along ``score``.
    """
    import xarray as xr  # noqa: PLC0415

    plan = results.plan
    runs = plan.runs_of(name)
    theories = _theories(study, results)
    found: list[list[NetworkPoint]] = []
    searches: list[dict[str, str]] = []
    rows: dict[tuple[int, str], list[Transition]] = {}
    networks = []
    for place, (number, _) in enumerate(track(runs, "run")):
        located = results.result(name, number)
        networks.append(_numbered(located, place))
        found.append(_found(located))
        searches.append(_searches(located))
        inside = inside_sweep(found[place], study.low, study.high)
        for theory in theories:
            borders = _borders(results.result(study.points, number, theory)) if theory else []
            rows[place, theory] = match_transitions(inside, borders)
    points = xr.concat(networks, dim="point").rename(method="detector")
    parts = [_transitions(rows, points, searches), points]
    compared: Any = plan.studies[study.points] if study.points is not None else None
    if compared is not None and compared.planes is not None:
        parts.append(score_regions(study, results, name, found, rows))
    return xr.merge(parts).assign_coords(results.coordinates(name))


def _theories(study: Transitions, results: Results) -> list[str]:
    """The theories with which transitions are compared; an empty name if there is none."""
    if study.points is None:
        return [""]
    plan = results.plan
    return list(plan.studies[study.points].asked(plan))


def _numbered(located: xr.Dataset, place: int) -> xr.Dataset:
    """The points of one network, with the position of their run."""
    label = {"long_name": "number of the run in this file"}
    numbers = np.full(located.sizes["point"], place)
    own = [name for name in located.data_vars if located[name].dims == ("point",)]
    return located[own].reset_coords(drop=True).assign(run_number=("point", numbers, label))


def _found(network: xr.Dataset) -> list[NetworkPoint]:
    """The points of one network, in the form that `matching` uses."""
    columns = [network[name].values.tolist() for name in ("kind", "direction", "method", "side",
                                                          "current")]  # fmt: skip
    return [NetworkPoint(row, *values) for row, values in enumerate(zip(*columns, strict=True))]


def _searches(located: xr.Dataset) -> dict[str, str]:
    """The outcome of each search at constant current."""
    status = located["status"]
    return dict(zip(map(str, status["sought"].values), map(str, status.values), strict=True))


def _borders(field: xr.Dataset) -> list[Bifurcation]:
    """Folds and Hopf points of one theory, sorted by current."""
    columns = [field[name].values.tolist() for name in ("kind", "side", "value")]
    return sorted(
        (Bifurcation(*row) for row in zip(*columns, strict=True)), key=lambda b: b.current
    )


def _transitions(
    rows: Mapping[tuple[int, str], list[Transition]],
    points: xr.Dataset,
    searches: list[dict[str, str]],
) -> xr.Dataset:
    """All transitions of all runs and theories along one dimension, with the runs' positions."""
    import xarray as xr  # noqa: PLC0415

    place = points["run_number"].values
    values: dict[str, list[float]] = {name: [] for name in COLUMNS}
    which: dict[str, list[str]] = {name: [] for name in WHICH}
    words: dict[str, list[str]] = {name: [] for name in WORDS}
    numbers: list[int] = []
    for (run, theory), made in rows.items():
        first = int(np.searchsorted(place, run))
        for row in made:
            numbers.append(run)
            named = (theory, row.kind, row.direction, row.side)
            for key, word in zip(WHICH, named, strict=True):
                which[key].append(word)
            currents = _currents(row, points, first)
            for key, value in currents.items():
                values[key].append(value)
            half = (currents["held_upper"] - currents["held_lower"]) / 2
            half += np.nan_to_num(currents["held_noise"])
            status = held_status(row, half, searches[run], TARGET_HALF_WIDTH)
            words["held_status"].append(status)
            words["ramp_counterpart"].append(ramp_counterpart(row, status))
    label = {"long_name": "number of the run in this file"}

    def text(names: Mapping[str, str], columns: Mapping[str, list[str]]) -> dict[str, Any]:
        return {
            name: ("transition", np.array(columns[name], dtype=str), {"long_name": long_name})
            for name, long_name in names.items()
        }

    numeric = {
        name: (
            "transition",
            np.array(values[name], dtype=float),
            {"units": "pA", "long_name": long_name, UNDEFINED: NONE},
        )
        for name, long_name in COLUMNS.items()
    }
    number = {"transition_run_number": ("transition", np.array(numbers, dtype=int), label)}
    return xr.Dataset({**numeric, **text(WORDS, words), **number}, text(WHICH, which))


def _currents(row: Transition, points: xr.Dataset, first: int) -> dict[str, float]:
    """The `COLUMNS` of one transition; `first` is the position of its run's first point."""
    ramp = row.ramp.current if row.ramp is not None else np.nan
    held = row.held.current if row.held is not None else np.nan
    interval = dict.fromkeys(("lower", "upper", "noise"), np.nan)
    if row.held is not None:
        interval = {name: float(points[name].values[first + row.held.row]) for name in interval}
    return {
        "mean_field": row.bifurcation,
        "ramp": ramp,
        "held": held,
        **{f"held_{name}": value for name, value in interval.items()},
        "ramp_difference": ramp - row.bifurcation,
        "held_difference": held - row.bifurcation,
        "ramp_lag": ramp - held,
    }


def transition_rows(summary: xr.Dataset) -> Iterator[Mapping[str, Any]]:
    """One row per run, theory and transition; values that do not exist stay empty."""
    known = {name: summary[name].values for name in identity_names(summary)}
    columns = {
        name.removesuffix("_of"): summary[name].values for name in (*WHICH, *COLUMNS, *WORDS)
    }
    for i, run in enumerate(summary["transition_run_number"].values):
        yield {name: values[run] for name, values in known.items()} | {
            name: values[i] for name, values in columns.items()
        }


def score_rows(summary: xr.Dataset) -> Iterator[Mapping[str, Any]]:
    """One row per family of runs, theory and region: how well the theory predicts the region."""
    names = [str(n) for n in summary.variables if str(n).startswith(("scored_", "score_"))]
    names.sort(key=lambda name: name.startswith("score_"))
    for i in range(summary.sizes.get("score", 0)):
        yield {name.partition("_")[2]: summary[name].values[i].item() for name in names}
