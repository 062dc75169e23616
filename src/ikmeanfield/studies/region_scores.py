"""How well theories predict the regions of oscillation and bistability of networks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.diagrams import stable_equilibria_regions
from ikmeanfield.analysis.matching import NetworkPoint, Transition, inside_sweep
from ikmeanfield.analysis.overlap import (
    REGIONS,
    bistable_intervals,
    horizontal_distance,
    intersection,
    jaccard,
    oscillatory_intervals,
    predicted_intervals,
    scaled_distance,
    union,
)
from ikmeanfield.datasets.store import UNDEFINED
from ikmeanfield.experiments.paths import coordinate_name

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.continuation import Branch
    from ikmeanfield.experiments.run import Run
    from ikmeanfield.jobs.results import Results
    from ikmeanfield.studies.planes import Planes
    from ikmeanfield.studies.transitions import Transitions

COLUMNS = {
    "overlap": ("1", "Jaccard index of the predicted and the found region"),
    "overlap_both_slopes": ("1", "overlap with what the network shows on both slopes of the ramp"),
    "predicted_area": ("", "area of the predicted region"),
    "found_area": ("", "area of the found region"),
    "points": ("1", "number of points on ramps"),
    "median_distance": ("", "median distance of these points to the nearest curve, along the "
                        "parameter"),
    "points_beside": ("1", "number of points at whose second parameter there is no curve"),
    "median_distance_scaled": ("1", "median distance of the points, in units of the swept ranges"),
    "median_lag": ("", "median of ramp minus held current, in the direction of the ramp"),
    "lags": ("1", "number of transitions in the median lag"),
    "median_held_distance": ("", "median distance of points at constant current to the nearest "
                             "curve"),
}  # fmt: skip
"""Columns reported for each region, with units; an empty unit is that of the parameter."""
NONE = "where there is nothing to compare"

OWN = ("sweep", "theory", "region")
"""What identifies a score besides the grid values of its runs."""


def score_regions(
    study: Transitions,
    results: Results,
    name: str,
    points: Sequence[Sequence[NetworkPoint]],
    rows: Mapping[tuple[int, str], Sequence[Transition]],
) -> xr.Dataset:
    """Scores of every family of runs, theory and region.

    A family consists of runs that differ only in the plane's second parameter. Only the part of the
    plane that was swept counts: the currents of the ramp and the values of the grid.

    Parameters
    ----------
    study, results, name
        The study of transitions, the results of its experiment, and its name there.
    points
        Points of the networks, run by run.
    rows
        Transitions by position of the run and by theory.

    Returns
    -------
    xarray.Dataset
        The `COLUMNS` along ``score``, with ``scored_<name>`` for each varied parameter, for the
        theory and for the region.
    """
    import xarray as xr  # noqa: PLC0415

    from ikmeanfield.analysis.diagrams import from_tree  # noqa: PLC0415

    plan = results.plan
    runs = plan.runs_of(name)
    compared: Any = plan.studies[study.points or ""]
    settings: Any = plan.studies[compared.planes]
    identity = ["sweep", *(p for p in plan.parameters if p != settings.second)]
    made: list[dict[str, Any]] = []
    for members in _families([run for _, run in runs], identity, settings.second):
        number, run = runs[members[0]]
        known = {path: run.coordinate(path) for path in identity[1:]}
        seconds = np.array([runs[m][1].circuit.get(settings.second) for m in members])
        for theory in compared.asked(plan):
            curves = from_tree(results.result(compared.planes, number, theory)["curves"])
            for region in REGIONS:
                score = _score((study, settings), (members, seconds), curves, points, rows,
                               (theory, region))  # fmt: skip
                made.append({"sweep": run.sweep, **known, "theory": theory, "region": region,
                             **score})  # fmt: skip
    unit = plan.unit(settings.parameter)
    area = f"{unit} {plan.unit(settings.second)}"
    variables: dict[str, Any] = {}
    for column, (given, text) in COLUMNS.items():
        units = given or (area if column.endswith("_area") else unit)
        values = np.array([row[column] for row in made], dtype=float)
        variables[f"score_{column}"] = (
            "score", values, {"units": units, "long_name": text, UNDEFINED: NONE},
        )  # fmt: skip
    for path in [*identity, "theory", "region"]:
        name = path if path in OWN else coordinate_name(path)
        listed = [row[path] for row in made]
        numeric = all(isinstance(value, int | float) for value in listed)
        attrs = {"long_name": path}
        if "." in path:
            attrs["units"] = plan.unit(path)
        variables[f"scored_{name}"] = (
            "score", np.array(listed, float) if numeric else list(map(str, listed)), attrs,
        )  # fmt: skip
    return xr.Dataset(variables)


def _families(runs: Sequence[Run], identity: Sequence[str], second: str) -> list[list[int]]:
    """Positions of runs that differ only in the second parameter, sorted by it."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for place, run in enumerate(runs):
        key = (run.sweep, *(run.coordinate(path) for path in identity[1:]))
        found.setdefault(key, []).append(place)
    return [sorted(m, key=lambda place: runs[place].circuit.get(second)) for m in found.values()]


def _score(
    settings: tuple[Transitions, Planes],
    family: tuple[Sequence[int], np.ndarray[Any, np.dtype[np.float64]]],
    curves: Mapping[str, Branch],
    points: Sequence[Sequence[NetworkPoint]],
    rows: Mapping[tuple[int, str], Sequence[Transition]],
    which: tuple[str, str],
) -> dict[str, float]:
    name, region = which
    members, seconds = family
    kind, stable = REGIONS[region]
    study, planes = settings
    low, high = study.low, study.high
    extent = (float(seconds[0]), float(seconds[-1]))
    if extent[0] == extent[1]:
        extent = (planes.second_bounds[0], planes.second_bounds[1])
    regions = stable_equilibria_regions(curves, ((low, high), extent))
    expected = [predicted_intervals(regions, float(second), stable) for second in seconds]
    either, both = [], []
    for n in members:
        mine = [p for p in points[n] if p.method == "ramp"]
        if region == "bistable":
            either.append(bistable_intervals(mine))
            both.append(either[-1])
        else:
            up, down = (oscillatory_intervals(mine, direction) for direction in ("up", "down"))
            either.append(union([*up, *down]))
            both.append(intersection(up, down))
    overlap, area, found = jaccard(expected, either, seconds)
    paths = [curve.parameters for curve in curves.values() if curve.kind == kind]
    scale = (high - low, extent[1] - extent[0])
    along, scaled, held = [], [], []
    for n, second in zip(members, seconds, strict=True):
        for p in inside_sweep(points[n], low, high):
            if p.kind == kind and p.method == "ramp":
                along.append(horizontal_distance(paths, (p.current, float(second))))
                scaled.append(scaled_distance(paths, (p.current, float(second)), scale))
            elif p.kind == kind:
                held.append(horizontal_distance(paths, (p.current, float(second))))
    lags = [
        (t.ramp.current - t.held.current) * (1 if t.direction == "up" else -1)
        for n in members for t in rows[n, name]
        if t.kind == kind and t.ramp is not None and t.held is not None
    ]  # fmt: skip
    return {
        "overlap": overlap,
        "overlap_both_slopes": jaccard(expected, both, seconds)[0],
        "predicted_area": area,
        "found_area": found,
        "points": len(along),
        "median_distance": _median(along),
        "points_beside": int(np.isinf(along).sum()),
        "median_distance_scaled": _median(scaled),
        "median_lag": _median(lags),
        "lags": len(lags),
        "median_held_distance": _median(held),
    }


def _median(values: Sequence[float]) -> float:
    """The median of the finite values; NaN if there are none."""
    finite = np.array(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    return float(np.median(finite)) if finite.size else float("nan")
