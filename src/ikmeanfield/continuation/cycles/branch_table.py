"""From the points of a branch of cycles to the shared `Branch` container."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .start import Trajectory

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from .tracer import CyclePoint, Tracer


@dataclass
class HalfBranch:
    """One direction of a branch while it grows."""

    points: list[CyclePoint]
    special: list[tuple[int, SpecialPoint]] = field(default_factory=list)
    end: Termination = field(default_factory=lambda: Termination("unknown"))


def _joined(
    backward: HalfBranch | None, forward: HalfBranch | None, start: Termination
) -> tuple[list[CyclePoint], list[SpecialPoint], tuple[Termination, Termination]]:
    """Points and special points of one direction, or of two that leave one point."""
    points: list[CyclePoint] = []
    special: list[SpecialPoint] = []
    ends = [start, start]
    if backward is not None:
        last = len(backward.points) - 1
        keep = 0 if forward is None else 1
        points += [
            replace(point, arclength=-point.arclength, step=-point.step)
            for point in reversed(backward.points[keep:])
        ]
        special += [
            replace(point, row=last - row, bracket=(-point.bracket[1], -point.bracket[0]))
            for row, point in reversed(backward.special)
        ]
        ends[0] = backward.end
    offset = len(points)
    if forward is not None:
        points += forward.points
        special += [replace(point, row=offset + row) for row, point in forward.special]
        ends[1] = forward.end
    return points, special, (ends[0], ends[1])


def cycle_branch(
    tracer: Tracer, backward: HalfBranch | None, forward: HalfBranch | None, start: Termination
) -> Branch:
    """Return the branch's table: one row per cycle.

    Rows hold, besides what every `Branch` has: ``states`` (the cycle at phase 0), ``eigenvalues``
    (the nontrivial Floquet multipliers, largest first, then the trivial one as computed),
    ``period``, ``largest_multiplier`` (largest modulus of the nontrivial ones),
    ``trivial_multiplier`` (1 up to the accuracy of the orbit), ``reliable`` (0 where that one is so
    far off that the others are lost with it: neither they nor ``stable`` can be trusted, and PD, TR
    and BP are not looked for; in the plane, never), ``mesh_error`` (estimated, relative
    to the amplitudes), ``intervals``, and arrays ``minimum``, ``maximum``, ``mean`` by
    variable. Where kinks were stated, ``crosses_<kink>`` tells whether the orbit crosses it. With
    `CycleOptions.save_profiles`, ``profile`` (point, node, variable) and ``profile_time`` (point,
    node, as a fraction of the period), padded with NaN.
    """
    points, special, ends = _joined(backward, forward, start)
    problem, name = tracer.problem, tracer.parameter
    multipliers = np.stack(
        [np.append(p.floquet.multipliers, complex(p.floquet.trivial)) for p in points]
    )
    p = tracer.collocation.p(points[0].orbit)
    values = dict(zip(problem.parameters, map(float, p), strict=True))
    extra: dict[str, tuple[tuple[str, ...], NDArray[Any]]] = {
        key: (("point", "variable"), np.stack([getattr(p, key) for p in points]))
        for key in ("minimum", "maximum", "mean")
    }
    if tracer.cycles.save_profiles:
        extra |= _profiles(points)
    return Branch(
        kind="cycle",
        variables=problem.variables,
        free=(name,),
        fixed={key: values[key] for key in problem.fixed((name,))},
        states=np.stack([p.orbit.values[0] for p in points]),
        parameters=np.array([[p.orbit.parameter] for p in points]),
        eigenvalues=multipliers,
        columns=_columns(tracer, points),
        extra=extra,
        special=tuple(special),
        ends=ends,
        units=problem.units,
    )


def _columns(tracer: Tracer, points: Sequence[CyclePoint]) -> dict[str, NDArray[Any]]:
    modulus = [np.abs(p.floquet.multipliers) for p in points]
    columns: dict[str, NDArray[Any]] = {
        "arclength": np.array([p.arclength for p in points]),
        "step": np.array([p.step for p in points]),
        "newton_iterations": np.array([p.iterations for p in points]),
        "unstable": np.array([p.floquet.unstable() for p in points]),
        "stable": np.array([int((mu < 1).all()) for mu in modulus]),
        "period": np.array([p.orbit.period for p in points]),
        "largest_multiplier": np.array([mu.max(initial=0.0) for mu in modulus]),
        "trivial_multiplier": np.array([p.floquet.trivial for p in points]),
        "reliable": np.array([int(p.floquet.reliable()) for p in points]),
        "residual": np.array([p.residual for p in points]),
        "mesh_error": np.array([p.error for p in points]),
        "intervals": np.array([p.orbit.intervals for p in points]),
    }
    for kink in tracer.problem.kinks:
        ranges = np.array([p.kinks[kink] for p in points])
        columns[f"crosses_{kink}"] = (ranges[:, 0] * ranges[:, 1] < 0).astype(int)
    return columns | _recorded(tracer, points)


def _recorded(tracer: Tracer, points: Sequence[CyclePoint]) -> dict[str, NDArray[Any]]:
    """Means over the period of the functions that the user wants recorded."""
    out = {}
    for name, function in tracer.options.record.items():
        means = []
        for point in points:
            orbit, p = point.orbit, tracer.collocation.p(point.orbit)
            values = np.array([function(y, p) for y in orbit.at_gauss().reshape(-1, tracer.n)])
            weights = (orbit.widths[:, None] * orbit.basis.weights).ravel()
            means.append(float(weights @ values))
        out[name] = np.array(means)
    return out


def _profiles(points: Sequence[CyclePoint]) -> dict[str, tuple[tuple[str, ...], NDArray[Any]]]:
    longest = max(len(p.orbit.values) for p in points)
    shape = (len(points), longest)
    times = np.full(shape, np.nan)
    states = np.full((*shape, points[0].orbit.values.shape[1]), np.nan)
    for k, p in enumerate(points):
        size = len(p.orbit.values)
        times[k, :size] = p.orbit.nodes()
        states[k, :size] = p.orbit.values
    return {
        "profile_time": (("point", "node"), times),
        "profile": (("point", "node", "variable"), states),
    }


def trajectory_at(branch: Branch, row: int) -> Trajectory:
    """Return the cycle of one row of a branch with saved profiles, to start another branch from.

    Raises
    ------
    ValueError
        The branch was computed without `CycleOptions.save_profiles`, or the row is no cycle.
    """
    if "profile" not in branch.extra:
        msg = "the branch holds no profiles: compute it with save_profiles=True"
        raise ValueError(msg)
    times, states = branch.extra["profile_time"][1][row], branch.extra["profile"][1][row]
    kept = np.isfinite(times)
    if not np.ptp(states[kept], axis=0).any():
        msg = f"row {row} is an equilibrium (a Hopf point), not a cycle"
        raise ValueError(msg)
    period = float(branch.columns["period"][row])
    return Trajectory(period * times[kept], states[kept], branch.parameters_at(row))
