"""From a start on a curve to a `Branch`: both directions, joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from .arclength import APART, SAME, Curve, Point
from .branch import Branch
from .follow import follow_curve
from .halves import HalfCurve, joined
from .kinks import kinks_at_start
from .newton import row_size
from .options import ContinuationOptions
from .problem import FloatArray, Problem
from .special_point import SpecialPoint, Termination
from .tracer import Tracer
from .user_events import recorded

_SIGNS = {"both": (1.0, -1.0), "forward": (1.0,), "backward": (-1.0,)}
#: A singular value this small, rows scaled to one, makes a start singular.
_SINGULAR = 1e-9
#: Distance in scaled coordinates at which the typical size of the equations is looked up.
_BESIDE = 1e-3
#: A start this close to a refined special point is one.
_SAME_START = 1e-4
#: Share of a bound's width by which a start may lie beyond it.
_SLACK = 1e-9
#: The tangent of a start on a kink is taken this far ahead, and corrected so many times.
_AHEAD, _TURNS = 1e-7, 3


def check_names(problem: Problem, free: tuple[str, ...], options: ContinuationOptions) -> None:
    """Refuse bounds or scales for names that the curve does not have."""
    known = (*problem.variables, *free)
    for key in ("bounds", "scales"):
        for name in getattr(options, key):
            if name not in known:
                msg = (
                    f"{key}[{name!r}]: must be a variable or a free parameter ({', '.join(known)})"
                )
                raise ValueError(msg)


def check_plane(problem: Problem, free: tuple[str, str], options: ContinuationOptions) -> None:
    """Refuse the same, and free parameters that are not two different ones."""
    if len(free) != 2 or free[0] == free[1]:
        msg = f"free = {free!r}: must be two different parameters"
        raise ValueError(msg)
    check_names(problem, free, options)


def out_of_bounds(names: tuple[str, ...], x: FloatArray, options: ContinuationOptions) -> str:
    """Return a sentence when a start lies outside its bounds, else nothing."""
    for name, value in zip(names, x, strict=True):
        lower, upper = options.bounds.get(name, (-np.inf, np.inf))
        # A start on the bound may be off by rounding.
        slack = _SLACK * (upper - lower) if np.isfinite(upper - lower) else 0.0
        if not lower - slack <= value <= upper + slack:
            return f"the start {name} = {value:g} lies outside its bounds ({lower:g}, {upper:g})"
    return ""


def empty_branch(kind: str, problem: Problem, free: tuple[str, ...], end: Termination) -> Branch:
    """Return a branch without points that says why."""
    n = len(problem.variables)
    names = ("arclength", "step", "newton_iterations", "unstable", "stable", "undecided")
    return Branch(
        kind=kind,
        variables=problem.variables,
        free=free,
        fixed=problem.fixed(free),
        states=np.empty((0, n)),
        parameters=np.empty((0, len(free))),
        eigenvalues=np.empty((0, n), dtype=complex),
        columns={name: np.empty(0) for name in names},
        ends=(end, end),
        units=dict(problem.units),
    )


def _start(tracer: Tracer, x: FloatArray, sign: float) -> Point | Termination:
    curve = tracer.curve
    z = x / curve.field.scale
    jacobian = curve.block()(z)[1]()
    # Beside the start, so that a row which vanishes at the start alone has a size.
    beside = curve.block()(z + _BESIDE)[1]()
    curve.rows = size = np.maximum(row_size(jacobian, 0.0), row_size(beside))
    _, values, vectors = np.linalg.svd(jacobian / size[:, None])
    if values[-1] < _SINGULAR:
        sentence = "the Jacobian at the start is singular: no unique direction (a branch point?)"
        return Termination("singular", sentence)
    tangent = vectors[-1]
    first = tangent[curve.field.n]
    leading = first if abs(first) > 1e-8 else tangent[np.argmax(np.abs(tangent))]
    start = tracer.make_point(z, sign * np.sign(leading) * tangent)
    return _on_side_ahead(tracer, start) if kinks_at_start(tracer, start) else start


def _on_side_ahead(tracer: Tracer, start: Point) -> Point:
    """Return a start on a kink, with the curve's tangent on the side that lies ahead.

    Where the curve leaves the surface at a tangent, rounding must not turn it to the other side.
    """
    curve, z = tracer.curve, start.x / tracer.curve.field.scale
    direction = first = tracer.direction(start)
    for _ in range(_TURNS):
        jacobian = curve.block()(z + _AHEAD * direction)[1]()
        ahead = np.linalg.svd(jacobian / curve.rows[:, None])[2][-1]
        direction = ahead * np.sign(ahead @ direction)
    for located in kinks_at_start(tracer, start):
        gradient = curve.field.kink_gradient(located.special.name, z)
        normal = gradient * np.sign(gradient @ first) / np.linalg.norm(gradient)
        direction = direction + max(0.0, _AHEAD - float(normal @ direction)) * normal
    tangent = direction * tracer.scale
    return replace(start, tangent=tangent, direction=tracer.unit(tangent))


def compute_branch(
    make_curve: Callable[[], Curve],
    x: FloatArray,
    options: ContinuationOptions,
    stop_at: frozenset[str],
    origin: SpecialPoint | None = None,
) -> Branch:
    """Follow a curve from x = (y, free parameters) in the directions asked for.

    `make_curve` is called once per direction, as a curve adapts to where it has been. `origin`
    is the special point at x, to be labelled if it is one of the curve's own.
    """
    runs: dict[float, tuple[Tracer, Termination]] = {}
    for sign in _SIGNS[options.direction]:
        curve = make_curve()
        tracer = Tracer(curve, options, stop_at)
        try:
            start = _start(tracer, x, sign)
        except (np.linalg.LinAlgError, ArithmeticError) as error:
            start = Termination("singular", f"the equations are singular at the start: {error}")
        if isinstance(start, Termination):
            return empty_branch(curve.kind, curve.field.problem, curve.field.free, start)
        try:
            end = follow_curve(tracer, start)
        except KeyboardInterrupt:
            end = Termination("interrupted", "stopped by the keyboard")
        runs[sign] = tracer, end
        if end.reason in {"closed", "interrupted"}:
            break
    fresh = make_curve()
    return _labelled(_joined(runs), _confirmed(fresh, origin, x), fresh.field.scale)


def _confirmed(curve: Curve, origin: SpecialPoint | None, x: FloatArray) -> SpecialPoint | None:
    """Return the start as a special point of the curve, with evidence of this curve's own."""
    if origin is None or origin.kind not in curve.events:
        return None
    z = x / curve.field.scale
    refined = curve.refine(origin.kind, z)
    solution = refined.solution
    if not solution.converged or np.abs(solution.z - z).max() > _SAME_START:
        return None
    return SpecialPoint(
        kind=origin.kind,
        parameters=curve.field.parameters(solution.z),
        state=(solution.z * curve.field.scale)[: curve.field.n],
        bracket=(0.0, 0.0),
        residual=solution.residual,
        eigenvalues=curve.field.eigenvalues(solution.z),
        data=refined.data,
        message="the curve was started here",
    )


def _joined(runs: Mapping[float, tuple[Tracer, Termination]]) -> Branch:
    """One branch from runs forward (1) and backward (-1)."""
    halves = {
        sign: HalfCurve(
            tracer.points, [replace(item, row=row) for row, item in tracer.special], end
        )
        for sign, (tracer, end) in runs.items()
    }
    start = Termination("start", "the continuation started here")
    points, special, ends = joined(halves.get(-1.0), halves.get(1.0), start)
    tracer, _ = next(iter(runs.values()))
    field, n = tracer.curve.field, tracer.curve.field.n
    rows, measures = np.array([p.x for p in points]), [p.measure for p in points]
    unstable = np.array([measure.unstable for measure in measures])
    columns = {
        "arclength": np.array([p.arclength for p in points]),
        "step": np.array([p.step for p in points]),
        "newton_iterations": np.array([p.iterations for p in points]),
        "unstable": unstable,
        "stable": (unstable == 0).astype(int),
        "undecided": np.array([measure.undecided for measure in measures]),
    }
    for name in measures[0].columns:
        columns[name] = np.array([measure.columns[name] for measure in measures])
    columns.update(recorded(field, tracer.options.record, points))
    return replace(
        empty_branch(tracer.curve.kind, field.problem, field.free, start),
        states=rows[:, :n],
        parameters=rows[:, n:],
        eigenvalues=np.array([measure.eigenvalues for measure in measures]),
        columns=columns,
        special=special,
        ends=ends,
    )


def _labelled(branch: Branch, origin: SpecialPoint | None, scale: FloatArray) -> Branch:
    """Label the start, and drop what both directions found there twice."""
    rows = np.hstack([branch.states, branch.parameters]) / scale
    along = branch.columns["arclength"]
    start = int(np.argmin(np.abs(along)))
    distinct: list[SpecialPoint] = []
    candidates = list(branch.special)
    if origin is not None:
        candidates.append(replace(origin, row=start))

    def same(a: SpecialPoint, b: SpecialPoint) -> bool:
        return (
            (a.kind, a.name) == (b.kind, b.name)
            and np.abs(rows[a.row] - rows[b.row]).max() < SAME
            and abs(along[a.row] - along[b.row]) < APART
        )

    for point in candidates:
        if not any(same(point, other) for other in distinct):
            distinct.append(point)
    return replace(branch, special=tuple(sorted(distinct, key=lambda point: point.row)))
