"""From the points of a curve of cycles in two parameters to a `Branch`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.cycles.orbit import sampled
from ikmeanfield.continuation.special_point import SpecialPoint

from .corners import corner
from .resonances import others

if TYPE_CHECKING:
    from ikmeanfield.continuation.bvp.follow import CurvePoint, Found, HalfCurve
    from ikmeanfield.continuation.special_point import Termination

    from .curve import CycleCurve

#: Two special points of one kind closer than this in arclength are one.
_SAME = 1e-6
#: Distance from the unit circle at which a located pair counts as being on it.
_ON_CIRCLE = 1e-4
_CORNERS = ("GH", "HH")


def joined(
    backward: HalfCurve | None, forward: HalfCurve | None, start: Termination
) -> tuple[list[CurvePoint], list[tuple[int, Found]], tuple[Termination, Termination]]:
    """Points, special points by row, and ends of one or two directions from one point."""
    points: list[CurvePoint] = []
    special: list[tuple[int, Found]] = []
    ends = [start, start]
    if backward is not None:
        last = len(backward.points) - 1
        points += [
            replace(point, arclength=-point.arclength, step=-point.step)
            for point in reversed(backward.points[0 if forward is None else 1 :])
        ]
        special += [
            (last - row, replace(found, bracket=(-found.bracket[1], -found.bracket[0])))
            for row, found in reversed(backward.special)
        ]
        ends[0] = backward.end
    offset = len(points)
    if forward is not None:
        points += forward.points
        special += [(offset + row, found) for row, found in forward.special]
        ends[1] = forward.end
    return points, special, (ends[0], ends[1])


def curve_branch(
    curve: CycleCurve, backward: HalfCurve | None, forward: HalfCurve | None, start: Termination
) -> Branch:
    """Return the table of a curve: one row per cycle.

    Rows hold what those of a branch of cycles do: ``states`` (the cycle at phase 0),
    ``eigenvalues`` (the nontrivial multipliers, then the trivial one), ``period``, arrays
    ``minimum``, ``maximum``, ``mean``; ``unstable`` and ``stable`` refer to the multipliers
    that do not define the curve. On a torus curve, ``rotation`` is the angle of the critical pair
    as a share of a turn; on a curve of period doublings, ``cubic`` is the coefficient of their
    normal form per unit of time (see `doubling`), negative where stable doubled cycles branch off.
    """
    points, found, ends = joined(backward, forward, start)
    special = _specials(curve, points, found)
    system = curve.equations
    problem, free = system.field.problem, system.field.free
    facts = [point.facts for point in points]
    rest = [np.abs(others(curve.kind, point)) for point in points]
    unstable = np.array([int((mu > 1).sum()) for mu in rest])
    columns: dict[str, Any] = {
        "arclength": np.array([point.arclength for point in points]),
        "step": np.array([point.step for point in points]),
        "newton_iterations": np.array([point.iterations for point in points]),
        "unstable": unstable,
        "stable": (unstable == 0).astype(int),
        "period": np.array([system.period(point.profile.scalars) for point in points]),
        "trivial_multiplier": np.array([float(f["trivial"]) for f in facts]),
        "residual": np.array([point.residual for point in points]),
        "intervals": np.array([point.profile.intervals for point in points]),
    }
    if curve.kind == "torus":
        angles = np.array([point.profile.scalars[3] for point in points])
        columns["rotation"] = np.abs(angles) / (2 * np.pi)
    if curve.kind == "period_doubling":
        columns["cubic"] = np.array([float(f["cubic"]) for f in facts])
    return Branch(
        kind=curve.kind,
        variables=problem.variables,
        free=free,
        fixed=problem.fixed(free),
        states=np.array([point.profile.values[0, system.cycle] for point in points]),
        parameters=np.array([system.free(point.profile.scalars) for point in points]),
        eigenvalues=np.array([np.append(f["multipliers"], f["trivial"]) for f in facts]),
        columns=columns,
        extra={
            name: (("point", "variable"), np.array([f[name] for f in facts]))
            for name in ("minimum", "maximum", "mean")
        },
        special=special,
        ends=ends,
        units=dict(problem.units),
    )


def _specials(
    curve: CycleCurve, points: list[CurvePoint], found: list[tuple[int, Found]]
) -> tuple[SpecialPoint, ...]:
    """Return the special points with their evidence; a corner replaces its row, too."""
    out: list[SpecialPoint] = []
    for row, item in found:
        twice = (
            other.kind == item.kind and abs(other.bracket[0] - item.bracket[0]) < _SAME
            for other in out
        )
        if not _genuine(curve, item) or any(twice):
            continue
        solved = corner(curve, item, row) if item.kind in _CORNERS else None
        if solved is not None:
            points[row], special = solved
        else:
            special = special_point(curve, item, row)
        out.append(special)
    return tuple(out)


def _genuine(curve: CycleCurve, found: Found) -> bool:
    """Whether a pair with product 1 is on the circle, and the cubic coefficient has no pole."""
    if found.kind == "GPD":
        return found.converged
    pair = {"cycle_fold": "LPNS", "period_doubling": "PDNS", "torus": "NSNS"}.get(curve.kind)
    if found.kind != pair:
        return True
    mu = others(curve.kind, found.point)
    return bool(((np.abs(np.abs(mu) - 1) < _ON_CIRCLE) & (np.abs(mu.imag) > _ON_CIRCLE)).any())


def special_point(curve: CycleCurve, found: Found, row: int) -> SpecialPoint:
    """Return a located point with its evidence, as a branch holds it."""
    system, point = curve.equations, found.point
    q = point.profile.scalars
    data = {"period": system.period(q), "trivial_multiplier": float(point.facts["trivial"])}
    if curve.kind == "torus":
        data["rotation"] = abs(float(q[3])) / (2 * np.pi)
    return SpecialPoint(
        kind=found.kind,
        parameters=system.field.parameters(system.free(q)),
        state=point.profile.values[0, system.cycle],
        status="converged" if found.converged else "guess",
        bracket=found.bracket,
        residual=point.residual,
        eigenvalues=np.asarray(point.facts["multipliers"], dtype=complex),
        data=data,
        row=row,
        orbit=sampled(curve.orbit(point.profile)),
    )
