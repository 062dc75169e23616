"""Branches of limit cycles in one parameter."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.compute_branch import check_names, empty_branch
from ikmeanfield.continuation.options import ContinuationOptions, options_or
from ikmeanfield.continuation.problem import checked_problem
from ikmeanfield.continuation.special_point import SpecialPoint, Termination
from ikmeanfield.progress import Task, reporting

from .branch_table import HalfBranch, cycle_branch
from .collocation import NewtonFailureError, parameter_direction, scaled
from .ends import bound_end, closed, hopf_end, hopf_special, outside, vertical
from .events import crossed, special_point, unexplained_change
from .fields import PointwiseField
from .hopf_start import from_hopf
from .options import CycleOptions
from .start import CycleStartError, Start, Trajectory, from_trajectory
from .tracer import CyclePoint, Tracer, at_hopf
from .unbounded import HOMOCLINIC_GROWTH, unbounded_period

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import Problem

#: Steps that suit cycles, whose points cost more than those of equilibria.
STEPS = ContinuationOptions(ds=0.02, ds_max=0.1, max_points=500, max_turn=20.0)


def continue_cycles(
    problem: Problem,
    start: SpecialPoint | Trajectory,
    parameter: str,
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Follow a branch of limit cycles in one parameter.

    Orthogonal collocation with pseudo-arclength continuation (E. J. Doedel, Lecture notes on
    numerical analysis of nonlinear equations, 2007), on a mesh that adapts to the cycle.

    Parameters
    ----------
    problem
        The system.
    start
        A Hopf point (any special point with state and parameters near one), or one period of
        a cycle, see `simulated_cycle`.
    parameter
        Name of the free parameter.
    options
        Steps, tolerances and bounds; `STEPS` for None. Arclength is measured relative to the
        cycles' amplitudes, the period, and the parameter's scale. `direction` matters for
        trajectories only: from a Hopf point there is one branch, on whichever side it lies.
    cycles
        Discretisation, and when a growing period ends the branch.

    Returns
    -------
    branch
        Of kind ``"cycle"``: see `branch_table.cycle_branch` for what it holds. Both ends have a
        reason: ``"hopf"``, ``"vanishing"`` (amplitude zero where no Hopf point is found),
        ``"homoclinic"``, ``"heteroclinic"``, ``"snic"``, ``"period"`` (grows, but neither scaling
        was recognised), ``"bound"``, ``"closed"``, ``"vertical"`` (a family of cycles at one
        value of the parameter, as around a centre), a kind of `stop_at`, ``"max_points"`` or
        ``"step"`` (no further point was found, however small the step). Hopf points, homoclinic
        orbits and SNICs at an end are special points too (HB, HOM, HET, SNIC) and hold the limit's
        parameters, equilibrium and uncertainty. Without points and with the reason
        ``"no_start"`` when there is no Hopf point near the given one or Newton's method does not
        get from the given trajectory to a cycle.
    """
    options = options_or(options, STEPS)
    cycles = options_or(cycles, CycleOptions())
    check_names(checked_problem(problem), (parameter,), options)
    if not isinstance(start, SpecialPoint | Trajectory):
        msg = (
            f"start = {start!r}: must be a special point, such as branch.points('HB')[0], or a "
            "Trajectory from simulated_cycle"
        )
        raise TypeError(msg)
    pointwise = PointwiseField(problem, parameter)
    p = problem.vector(**start.parameters)
    at_start = problem.at(start.parameters)
    try:
        if isinstance(start, Trajectory):
            first = from_trajectory(pointwise, start, options, cycles)
            tracer = Tracer(problem, parameter, p, first.metric, options=options, cycles=cycles)
            return _both_ways(tracer, first)
        first = from_hopf(pointwise, start.state, p, options, cycles)
    except CycleStartError as error:
        return empty_branch("cycle", at_start, (parameter,), Termination("no_start", str(error)))
    tracer = Tracer(problem, parameter, p, first.metric, options=options, cycles=cycles)
    point = at_hopf(tracer, first.orbit, first.direction, first.hopf)
    found = follow_cycles(tracer, point)
    at = f"the Hopf point {parameter} = {first.orbit.parameter:.10g}"
    return cycle_branch(tracer, None, found, Termination("start", at))


def _both_ways(tracer: Tracer, start: Start) -> Branch:
    """Return the branch from a cycle, in the directions asked for."""
    point, direction = corrected(tracer, start), tracer.options.direction
    metric = tracer.metric
    traces: dict[str, HalfBranch] = {}
    for way, sign in (("forward", 1.0), ("backward", -1.0)):
        if direction in {way, "both"}:
            tracer.metric = metric
            along = sign if point.tangent.parameter >= 0 else -sign
            traces[way] = follow_cycles(
                tracer, replace(point, tangent=scaled(point.tangent, along))
            )
            if traces[way].end.reason in {"closed", "interrupted"}:
                break
    here = Termination("start", "the cycle from which the branch was started")
    return cycle_branch(tracer, traces.get("backward"), traces.get("forward"), here)


def corrected(tracer: Tracer, start: Start) -> CyclePoint:
    """Return the cycle at the start's parameter value, on a mesh that suits it."""
    orbit = start.orbit
    try:
        for _ in range(2):
            point = tracer.correct(orbit, parameter_direction(orbit), orbit)
            orbit = tracer.remesh(point).orbit
        return tracer.correct(orbit, parameter_direction(orbit), orbit)
    except NewtonFailureError as error:
        msg = (
            f"no cycle at {tracer.parameter} = {orbit.parameter:.10g} near the trajectory: {error}"
        )
        raise CycleStartError(msg) from error


def follow_cycles(tracer: Tracer, first: CyclePoint) -> HalfBranch:
    """Follow the branch from its first point along its tangent to its end."""
    with reporting("following limit cycles") as task:
        return _follow(tracer, first, task)


def _follow(tracer: Tracer, first: CyclePoint, task: Task) -> HalfBranch:
    found = HalfBranch([first])
    if first.hopf is not None:
        found.special.append((0, hopf_special(tracer, first, 0)))
    ended = outside(tracer, first)
    if ended is not None:
        found.end = ended
        return found
    try:
        _extend(tracer, found, first, task)
    except KeyboardInterrupt:
        found.end = Termination("interrupted", "stopped by the keyboard")
    return found


def _extend(tracer: Tracer, found: HalfBranch, first: CyclePoint, task: Task) -> None:
    """Append points until the branch ends."""
    regular, current = [first], first
    step, reported = tracer.options.ds, 0
    while True:
        if len(found.points) >= tracer.options.max_points:
            found.end = Termination("max_points", f"stopped after {len(found.points)} points")
            return
        try:
            current, after, step = _step(tracer, current, step)
        except NewtonFailureError as error:
            found.end = _failure(tracer, regular, current, error)
            return
        if _accept(tracer, found, current, after):
            return
        found.points[-1] = after = tracer.resolved(after)
        regular.append(after)
        tracer.rescale(after)
        value = after.orbit.parameter
        if tracer.options.progress is not None:
            new = [special for _, special in found.special[reported:]]
            tracer.options.progress("cycle", {tracer.parameter: value}, new)
            reported = len(found.special)
        elif task.shown:
            task.update(note=f"{len(found.points)} points, {tracer.parameter} = {value:.6g}")
        if _finished(tracer, found, regular):
            return
        current = replace(after, tangent=tracer.metric.unit(after.tangent))
        if len(regular) % tracer.cycles.adapt_every == 0:
            current = tracer.remesh(current)


def _finished(tracer: Tracer, found: HalfBranch, regular: list[CyclePoint]) -> bool:
    """Whether the branch has closed, or its period grows without bound."""
    row = len(found.points) - 1
    growing = unbounded_period(tracer, regular, row)
    if growing is not None:
        found.end, limit = growing
        if limit is not None:
            found.special.append((row, limit))
        return True
    end = closed(tracer, regular) or vertical(tracer, regular)
    if end is not None:
        found.end = end
    return end is not None


def _step(tracer: Tracer, current: CyclePoint, step: float) -> tuple[CyclePoint, CyclePoint, float]:
    """One accepted step: where it set out from, where it led, and the next step's length."""
    options = tracer.options
    remeshed = False
    while True:
        try:
            after = tracer.along(current, step)
            turn = tracer.metric.inner(after.tangent, current.tangent)
            if turn < np.cos(np.radians(options.max_turn)):
                angle = np.degrees(np.arccos(np.clip(turn, -1, 1)))
                msg = f"the branch turns by {angle:.0f} degrees within a step of {step:.1e}"
                raise NewtonFailureError(msg)
            if step > options.ds_max / 16 and unexplained_change(tracer, current, after):
                msg = "stability changes by more than the special points found explain"
                raise NewtonFailureError(msg)
        except NewtonFailureError as error:
            if step <= options.ds_min:
                msg = f"{error}, at the smallest step ds_min = {options.ds_min:.1e}"
                raise NewtonFailureError(msg) from error
            step = max(step / 2, options.ds_min)
            if not remeshed and current.hopf is None:
                # a poor mesh is the commonest cause of failure
                current, remeshed = tracer.remesh(current), True
            continue
        if after.iterations <= options.target_newton:
            step *= 1.5
        elif after.iterations == options.target_newton + 1:
            step *= 1.15
        elif after.iterations > options.target_newton + 2:
            step *= 0.6
        return current, after, float(np.clip(step, options.ds_min, options.ds_max))


def _accept(tracer: Tracer, found: HalfBranch, before: CyclePoint, after: CyclePoint) -> bool:
    """Append a point and the special points before it; whether the branch ends here."""
    ended = hopf_end(tracer, before, after)
    if ended is not None:
        last, found.end = ended
        if last is not None:
            row = len(found.points)
            found.special.append((row, hopf_special(tracer, last, row)))
            found.points.append(last)
        return True
    bound = bound_end(tracer, before, after)
    limit = bound[0].arclength if bound is not None else np.inf
    for located in crossed(tracer, before, after):
        if located.point.arclength >= limit:
            break
        point = special_point(tracer, located, len(found.points))
        found.special.append((len(found.points), point))
        found.points.append(located.point)
        if not (tracer.options.stop_at or frozenset()).isdisjoint({point.kind, point.name}):
            label = point.name if point.kind == "UZ" and point.name else point.kind
            found.end = Termination(point.kind, f"stopped at the first {label}")
            return True
    if bound is not None:
        found.points.append(bound[0])
        found.end = bound[1]
        return True
    found.points.append(after)
    return False


def _failure(
    tracer: Tracer, regular: list[CyclePoint], current: CyclePoint, error: Exception
) -> Termination:
    at = f"{tracer.parameter} = {current.orbit.parameter:.10g}, period {current.orbit.period:.6g}"
    message = f"no further point found from {at}: {error}"
    if len(regular) == 1:
        message = f"no point found beyond the first, {at}: {error}"
    shortest = min(point.orbit.period for point in regular)
    if current.orbit.period > HOMOCLINIC_GROWTH * shortest:
        message += (
            "; the period has grown so far that a homoclinic orbit or a saddle-node is likely"
        )
    return Termination("step", message)
