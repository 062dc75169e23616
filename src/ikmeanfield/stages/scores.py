"""How well each mean field of an experiment predicts the regions that its networks show."""

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
from ikmeanfield.parts import coordinate_name

if TYPE_CHECKING:
    import xarray as xr

    from ikmeanfield.continuation import Branch
    from ikmeanfield.experiments.plan import TransitionPlan

COLUMNS = {
    "overlap": ("1", "predicted and found region: shared part of what both cover (Jaccard)"),
    "overlap_both_slopes": ("1", "the same, counting only what the network shows on both slopes"),
    "predicted_area": ("", "area of the predicted region"),
    "found_area": ("", "area of the found region"),
    "points": ("1", "points of networks on ramps"),
    "median_distance": ("", "median distance of these to the nearest curve along the parameter"),
    "points_beside": ("1", "points at whose second parameter there is no curve; not in the median"),
    "median_distance_scaled": ("1", "median distance of all points in parts of the plane's sides"),
    "median_lag": ("", "median of ramp minus held where both were found, in the ramp's direction"),
    "lags": ("1", "how many transitions this is the median of"),
    "median_held_distance": ("", "median distance of points held still to their nearest curve"),
}
"""What is told of every region, with units; empty stands for that of the parameter."""
NONE = "where there is nothing to compare"


def score_regions(
    plan: TransitionPlan,
    planes: Mapping[str, Mapping[str, Branch]],
    points: Sequence[Sequence[NetworkPoint]],
    rows: Mapping[tuple[int, str], Sequence[Transition]],
) -> xr.Dataset:
    """Scores of every family of runs, mean field and region.

    A family is what shares all values but that of the plane's second parameter. Only the part of
    the plane that was swept counts: the currents of the ramp, the values of the grid.

    Parameters
    ----------
    plan
        The experiment.
    planes
        Its planes by key.
    points
        Points of each run.
    rows
        Transitions by number of the run and mean field.

    Returns
    -------
    xarray.Dataset
        The `COLUMNS` along ``score``, with what was varied, ``scored_meanfield`` and
        ``scored_region``.
    """
    import xarray as xr  # noqa: PLC0415

    settings = plan.continuation
    identity = ["sweep", *(p for p in plan.parameters if p != settings.second)]
    made: list[dict[str, Any]] = []
    for members in _families(plan, identity):
        run = plan.runs[members[0]]
        known = {path: run.coordinate(path) for path in identity[1:]}
        for name in settings.meanfield:
            curves = planes[plan.plane_of(run, name)]
            for region in REGIONS:
                score = _score(plan, members, curves, points, rows, (name, region))
                made.append({"sweep": run.sweep, **known, "meanfield": name, "region": region,
                             **score})  # fmt: skip
    unit = plan.circuit.unit(settings.parameter)
    area = f"{unit} {plan.circuit.unit(settings.second)}"
    variables: dict[str, Any] = {}
    for name, (given, text) in COLUMNS.items():
        units = given or (area if name.endswith("_area") else unit)
        values = np.array([row[name] for row in made], dtype=float)
        variables[f"score_{name}"] = (
            "score", values, {"units": units, "long_name": text, UNDEFINED: NONE},
        )  # fmt: skip
    for path in [*identity, "meanfield", "region"]:
        column = [row[path] for row in made]
        numeric = all(isinstance(value, int | float) for value in column)
        attrs = {"long_name": path}
        if "." in path:
            attrs["units"] = plan.runs[0].unit(path)
        variables[f"scored_{coordinate_name(path)}"] = (
            "score", np.array(column, float) if numeric else list(map(str, column)),
            attrs,
        )  # fmt: skip
    return xr.Dataset(variables)


def _families(plan: TransitionPlan, identity: Sequence[str]) -> list[list[int]]:
    """Numbers of runs that share all but the second parameter, in its order."""
    found: dict[tuple[Any, ...], list[int]] = {}
    for number, run in enumerate(plan.runs):
        key = (run.sweep, *(run.coordinate(path) for path in identity[1:]))
        found.setdefault(key, []).append(number)
    second = plan.continuation.second
    return [sorted(m, key=lambda n: plan.runs[n].circuit.get(second)) for m in found.values()]


def _score(
    plan: TransitionPlan,
    members: Sequence[int],
    curves: Mapping[str, Branch],
    points: Sequence[Sequence[NetworkPoint]],
    rows: Mapping[tuple[int, str], Sequence[Transition]],
    which: tuple[str, str],
) -> dict[str, float]:
    name, region = which
    kind, stable = REGIONS[region]
    low, high = plan.transitions.low, plan.transitions.high
    seconds = np.array([plan.runs[n].circuit.get(plan.continuation.second) for n in members])
    extent = (float(seconds[0]), float(seconds[-1]))
    if extent[0] == extent[1]:
        extent = (plan.continuation.second_bounds[0], plan.continuation.second_bounds[1])
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
    """The median of those that are finite; NaN if there are none."""
    finite = np.array(values, dtype=float)
    finite = finite[np.isfinite(finite)]
    return float(np.median(finite)) if finite.size else float("nan")
