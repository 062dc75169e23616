"""Curves of homoclinic orbits in two parameters."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.bvp.follow import CurvePoint, Event, Follower, Found
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.compute_branch import check_plane, empty_branch
from ikmeanfield.continuation.cycle_curves.branch_table import joined
from ikmeanfield.continuation.cycle_curves.follow import both_ways
from ikmeanfield.continuation.cycle_curves.start import scalar_direction
from ikmeanfield.continuation.cycles.collocation import NewtonFailureError
from ikmeanfield.continuation.cycles.equilibria import find_equilibrium
from ikmeanfield.continuation.cycles.fields import FieldNotFiniteError, PointwiseField
from ikmeanfield.continuation.cycles.follow import STEPS
from ikmeanfield.continuation.cycles.options import CycleOptions
from ikmeanfield.continuation.cycles.start import (
    CycleStartError,
    Trajectory,
    from_trajectory,
    parameter_scales,
)
from ikmeanfield.continuation.options import ContinuationOptions, options_or
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .bogdanov_takens import DISTANCES, normal_form
from .system import HomoclinicSystem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation.problem import FloatArray, Problem

#: A curve ends when the orbit is this much smaller than at its start.
_VANISHED = 1e-2


class HomoclinicCurve:
    """Homoclinic orbits of one duration in two free parameters."""

    kind = "homoclinic"

    def __init__(self, equations: HomoclinicSystem, options: ContinuationOptions) -> None:
        self.equations, self.options = equations, options

    @property
    def scales(self) -> Scales:
        """Typical sizes."""
        return self.equations.scales

    @scales.setter
    def scales(self, scales: Scales) -> None:
        self.equations.scales = scales

    def normalised(self, profile: Profile) -> Profile:
        """Return the solution itself."""
        return profile

    def free(self, point: CurvePoint) -> dict[str, float]:
        """Values of the two free parameters, by name."""
        names = self.equations.field.free
        return dict(zip(names, map(float, point.profile.scalars[:2]), strict=True))

    def facts(self, profile: Profile) -> dict[str, NDArray[Any]]:
        """Eigenvalues of the saddle; extrema of the orbit at the nodes; gaps at its ends."""
        saddle, scale = profile.scalars[2:], self.scales.components
        ends = profile.values[[0, -1]] - saddle
        return {
            "eigenvalues": self.equations.eigenvalues(profile.scalars),
            "minimum": profile.values.min(axis=0),
            "maximum": profile.values.max(axis=0),
            "gap": np.abs(ends / scale).max(axis=1),
        }

    def rescaled(self, point: CurvePoint) -> Scales:
        """Return the scales as they are."""
        return self.scales

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return neutral saddles."""
        return [Event("NSH", self._saddle_quantity)]

    def _saddle_quantity(self, point: CurvePoint) -> float:
        """Sum of the real parts of the two leading eigenvalues."""
        real, k = point.facts["eigenvalues"].real, self.equations.unstable
        return float(real[k - 1] + real[k])

    def _smallest_unstable(self, point: CurvePoint) -> float:
        return float(point.facts["eigenvalues"].real[self.equations.unstable - 1])

    def _smallest_stable(self, point: CurvePoint) -> float:
        return -float(point.facts["eigenvalues"].real[self.equations.unstable])

    def limits(self, before: CurvePoint) -> list[tuple[Termination, Event]]:
        """Bounds of the parameters, and where the saddle meets a fold."""
        out: list[tuple[Termination, Event]] = []
        for i, name in enumerate(self.equations.field.free):
            low, high = self.options.bounds.get(name, (-np.inf, np.inf))
            for bound, sign in ((low, 1.0), (high, -1.0)):
                if np.isfinite(bound):
                    why = Termination("bound", f"reached the bound {name} = {bound:.10g}")
                    out.append((why, Event("", partial(_inside, i, bound, sign))))
        why = Termination("NCS", "the saddle meets a fold: beyond, a SNIC on the curve of folds")
        out.append((why, Event("NCS", self._smallest_unstable)))
        out.append((why, Event("NCS", self._smallest_stable)))
        return out

    def end(self, points: list[CurvePoint]) -> Termination | None:
        """Return the end of a curve whose orbit shrinks to a point."""
        first, last = (
            float(np.abs((x.facts["maximum"] - x.facts["minimum"]) / self.scales.components).max())
            for x in (points[0], points[-1])
        )
        if last < _VANISHED * first:
            return Termination("vanishing", "the orbit shrinks to a point (Bogdanov-Takens?)")
        return None


def _inside(i: int, bound: float, sign: float, point: CurvePoint) -> float:
    return sign * float(point.profile.scalars[i] - bound)


def continue_homoclinics(
    problem: Problem,
    start: SpecialPoint | Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions | None = None,
    cycles: CycleOptions | None = None,
) -> Branch:
    """Curve of orbits homoclinic to a saddle, in two parameters.

    Parameters
    ----------
    problem
        The system.
    start
        A HOM point of a branch of cycles, or a cycle of long period near a homoclinic orbit. Its
        period becomes the duration of the orbits; the error decays exponentially with it. Or a BT
        point of a curve of folds or Hopf points, from which the curve is followed away.
    free
        The two free parameters; ``"forward"`` is towards larger values of the first.
    options
        Steps, tolerances, bounds (on the two parameters).
    cycles
        Discretisation.

    Returns
    -------
    Branch
        Of kind ``"homoclinic"``: states are the saddles, eigenvalues theirs; columns
        ``saddle_quantity`` and ``gap`` (scaled distance of the orbit's ends from the saddle: what
        the truncation leaves out), arrays ``minimum`` and ``maximum``. Special points: NSH (neutral
        saddle: a curve of folds of cycles ends there), NCS (the saddle meets a fold; the curve
        ends, and SNICs on the curve of folds take over). Without points and with the reason
        ``"no_start"`` if no homoclinic orbit is found near the start.
    """
    options = options_or(options, STEPS)
    cycles = options_or(cycles, CycleOptions())
    check_plane(problem, free, options)
    problem = problem.at(start.parameters)
    corner = start if isinstance(start, SpecialPoint) and start.kind == "BT" else None
    try:
        if corner is not None:
            follower, point = _beside(problem, corner, free, options, cycles)
        else:
            trajectory = Trajectory.of(start) if isinstance(start, SpecialPoint) else start
            follower, point = _first_point(problem, trajectory, free, options, cycles)
    except (CycleStartError, NewtonFailureError, FieldNotFiniteError) as error:
        what = "cycle" if corner is None else "Bogdanov-Takens point"
        text = f"no homoclinic orbit found from the given {what}: {error}"
        return empty_branch("homoclinic", problem, free, Termination("no_start", text))
    if corner is None:
        backward, forward = both_ways(follower, point)
        here = Termination("start", "the orbit from which the curve was started")
    else:
        backward, forward = None, follower.follow(point)
        here = Termination("BT", "the curve issues from a Bogdanov-Takens point")
    points, found, ends = joined(backward, forward, here)
    return _branch(follower.curve, points, found, ends)  # type: ignore[arg-type]


def _beside(
    problem: Problem,
    corner: SpecialPoint,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> tuple[Follower, CurvePoint]:
    """Return an orbit as far from a Bogdanov-Takens point as one is found, and the way from it."""
    form = normal_form(problem, corner, free, options)
    failure: Exception = CycleStartError("")
    for distance in DISTANCES:
        orbit = form.orbit(distance)
        try:
            follower, point = _first_point(
                problem.at(orbit.parameters), orbit, free, options, cycles, at_saddle=True
            )
        except (CycleStartError, NewtonFailureError, FieldNotFiniteError) as error:
            failure = error
            continue
        away = point.profile.scalars[:2] - [corner.parameters[name] for name in free]
        along = float((point.tangent.scalars[:2] / follower.curve.scales.scalars[:2] ** 2) @ away)
        return follower, replace(point, tangent=point.tangent.times(1.0 if along >= 0 else -1.0))
    raise failure


def _first_point(
    problem: Problem,
    trajectory: Trajectory,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
    *,
    at_saddle: bool = False,
) -> tuple[Follower, CurvePoint]:
    """Turn a long cycle into a homoclinic orbit, at its second or its first parameter.

    `at_saddle` says that its samples begin at the saddle; otherwise that is where it is slowest.
    """
    first = from_trajectory(PointwiseField(problem, free[0]), trajectory, options, cycles)
    values = problem.vector()[[problem.index(name) for name in free]]
    sizes = parameter_scales(problem, free, values, options)
    scale = first.metric.variables
    field = PointwiseField(problem, *free, scale=scale, parameter_scale=sizes)
    p = field.p(values)
    orbit = first.orbit
    speed = np.abs(field.values(orbit.values, p) / scale).max(axis=1)
    slowest = 0 if at_saddle else int(np.argmin(speed[:-1]))
    phase = float(orbit.nodes()[slowest])
    mesh = np.unique(np.concatenate([[0.0], np.mod(orbit.mesh - phase, 1.0), [1.0]]))
    saddle = _saddle(problem, orbit.values[slowest], scale)
    scales = Scales(scale, np.concatenate([sizes, scale]))
    scalars = np.concatenate([values, saddle])
    system = HomoclinicSystem(field, scales, orbit.period, scalars)
    if not 0 < system.unstable < system.n:
        msg = f"the equilibrium {saddle} that the cycle comes near to is not a saddle"
        raise CycleStartError(msg)
    empty = Profile(mesh, np.empty((orbit.basis.degree * (len(mesh) - 1) + 1, 0)), np.empty(0))
    at_nodes = orbit(np.mod(empty.nodes() + phase, 1.0))
    profile = Profile(mesh, at_nodes, scalars)
    follower = Follower(HomoclinicCurve(system, options), options, cycles)
    failure = NewtonFailureError("")
    for held in (1, 0):
        try:
            point = follower.correct(profile, scalar_direction(profile, held), profile)
            point = follower.remeshed(point)
            normal = scalar_direction(point.profile, held)
            return follower, follower.correct(point.profile, normal, point.profile)
        except NewtonFailureError as error:
            failure = error
    raise failure


def _saddle(problem: Problem, guess: FloatArray, scale: FloatArray) -> FloatArray:
    found = find_equilibrium(ScaledField(problem, (), scale), guess)
    if found is None:
        msg = f"no equilibrium near the slowest point {guess} of the cycle"
        raise CycleStartError(msg)
    return found.state


def _branch(
    curve: HomoclinicCurve,
    points: list[CurvePoint],
    found: list[tuple[int, Found]],
    ends: tuple[Termination, Termination],
) -> Branch:
    system = curve.equations
    problem, free = system.field.problem, system.field.free
    eigenvalues = np.array([point.facts["eigenvalues"] for point in points])
    columns = {
        "arclength": np.array([point.arclength for point in points]),
        "step": np.array([point.step for point in points]),
        "newton_iterations": np.array([point.iterations for point in points]),
        "unstable": (eigenvalues.real > 0).sum(axis=1),
        "stable": np.zeros(len(points), dtype=int),
        "saddle_quantity": np.array([curve._saddle_quantity(point) for point in points]),
        "gap": np.array([point.facts["gap"].max() for point in points]),
        "residual": np.array([point.residual for point in points]),
        "intervals": np.array([point.profile.intervals for point in points]),
    }
    return Branch(
        kind=curve.kind,
        variables=problem.variables,
        free=free,
        fixed=problem.fixed(free),
        states=np.array([point.profile.scalars[2:] for point in points]),
        parameters=np.array([point.profile.scalars[:2] for point in points]),
        eigenvalues=eigenvalues,
        columns=columns,
        extra={
            name: (("point", "variable"), np.array([point.facts[name] for point in points]))
            for name in ("minimum", "maximum")
        },
        special=tuple(_special(curve, item, row) for row, item in found),
        ends=ends,
        units=dict(problem.units),
    )


def _special(curve: HomoclinicCurve, found: Found, row: int) -> SpecialPoint:
    system, profile = curve.equations, found.point.profile
    period = system.period(profile.scalars)
    return SpecialPoint(
        kind=found.kind,
        parameters=system.field.parameters(profile.scalars[:2]),
        state=profile.scalars[2:],
        status="converged" if found.converged else "guess",
        bracket=found.bracket,
        residual=found.point.residual,
        eigenvalues=np.asarray(found.point.facts["eigenvalues"], dtype=complex),
        data={
            "saddle_quantity": curve._saddle_quantity(found.point),
            "gap": float(found.point.facts["gap"].max()),
            "period": period,
        },
        row=row,
        orbit=np.column_stack([period * profile.nodes(), profile.values]),
    )
