"""Pseudo-arclength continuation of solutions of a boundary value problem (Keller 1977)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from ikmeanfield.continuation.cycles.collocation import NewtonFailureError
from ikmeanfield.continuation.cycles.mesh import intervals_needed
from ikmeanfield.continuation.special_point import Termination

from .newton import solve
from .profile import error_estimate, level_mesh

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.continuation.cycles.options import CycleOptions
    from ikmeanfield.continuation.options import ContinuationOptions

    from .problem import BoundaryProblem
    from .profile import Profile, Scales

#: Share of the largest value seen below which a test function's root counts as found.
_ROOT = 1e-11
#: Widest bracket, in arclength, at which the search for a root ends in any case.
_NARROW = 1e-12


@dataclass(frozen=True)
class CurvePoint:
    """A solution on a curve, the unit direction there, and the effort; `facts` by the curve."""

    profile: Profile
    tangent: Profile
    residual: float = 0.0
    iterations: int = 0
    arclength: float = 0.0
    step: float = 0.0
    facts: dict[str, NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """A kind of special point (none for a bound) and the function whose sign changes there."""

    kind: str
    test: Callable[[CurvePoint], float]


@dataclass(frozen=True)
class Found:
    """A special point: its kind, the point, the bracket of arclength, and if it converged."""

    kind: str
    point: CurvePoint
    bracket: tuple[float, float]
    converged: bool


class FollowedCurve(Protocol):
    """A curve of solutions: its equations, scales, and what is looked for along it."""

    kind: str
    scales: Scales

    @property
    def equations(self) -> BoundaryProblem:
        """The boundary value problem."""

    def normalised(self, profile: Profile) -> Profile:
        """Return a solution with free factors set to one."""

    def facts(self, profile: Profile) -> dict[str, NDArray[Any]]:
        """Return what is known of a solution besides itself."""

    def rescaled(self, point: CurvePoint) -> Scales:
        """Return scales that suit a solution."""

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return the special points to look for between two solutions."""

    def limits(self, before: CurvePoint) -> list[tuple[Termination, Event]]:
        """Return where the curve must end, and why; the event's test is negative beyond."""

    def end(self, points: list[CurvePoint]) -> Termination | None:
        """Why the curve ends at its last point, if it does."""

    def free(self, point: CurvePoint) -> dict[str, float]:
        """Return the values of the free parameters."""


@dataclass
class HalfCurve:
    """One direction of a curve while it grows; special points by the row of their point."""

    points: list[CurvePoint]
    special: list[tuple[int, Found]] = field(default_factory=list)
    end: Termination = field(default_factory=lambda: Termination("unknown"))


class Follower:
    """Takes the steps along a curve."""

    def __init__(
        self, curve: FollowedCurve, options: ContinuationOptions, mesh: CycleOptions
    ) -> None:
        self.curve, self.options, self.mesh = curve, options, mesh

    def correct(
        self, guess: Profile, normal: Profile, reference: Profile, tolerance: float | None = None
    ) -> CurvePoint:
        """Newton's method from a guess in the plane with the given normal."""
        solved = solve(
            self.curve.equations, guess, self.curve.scales, reference, normal,
            tolerance=tolerance or self.options.tolerance, max_iterations=self.options.max_newton,
        )  # fmt: skip
        profile = self.curve.normalised(solved.profile)
        facts = self.curve.facts(profile)
        return CurvePoint(profile, solved.tangent, solved.residual, solved.iterations, facts=facts)

    def along(self, point: CurvePoint, step: float, tolerance: float | None = None) -> CurvePoint:
        """Return the point of the curve whose projection on the tangent is `step` away."""
        guess = point.profile.plus(point.tangent, step)
        found = self.correct(guess, point.tangent, point.profile, tolerance)
        return replace(found, arclength=point.arclength + step, step=step)

    def remeshed(self, point: CurvePoint) -> CurvePoint:
        """Return the point on a mesh adapted to it, with more intervals where they are needed."""
        profile, scale = point.profile, self.curve.scales.components
        moved = profile.on(level_mesh(profile, scale, profile.intervals))
        needed = intervals_needed(
            error_estimate(moved, scale),
            self.mesh.mesh_tolerance,
            profile.basis.degree,
            profile.intervals,
        )
        needed = min(needed, max(self.mesh.max_intervals, profile.intervals))
        mesh = level_mesh(profile, scale, needed)
        tangent = self.curve.scales.unit(point.tangent.on(mesh))
        return replace(point, profile=profile.on(mesh), tangent=tangent)

    def follow(self, first: CurvePoint) -> HalfCurve:
        """Follow the curve from a point along its tangent until it ends."""
        found = HalfCurve([first])
        try:
            self._extend(found)
        except KeyboardInterrupt:
            found.end = Termination("interrupted", "stopped by the keyboard")
        return found

    def _extend(self, found: HalfCurve) -> None:
        """Append points until the curve ends."""
        current, step = found.points[0], self.options.ds
        told = 0
        while len(found.points) < self.options.max_points:
            try:
                current, after, step = self._step(current, step)
            except NewtonFailureError as error:
                found.end = Termination("step", f"no further point found: {error}")
                return
            if self._accept(found, current, after):
                return
            finish = self.curve.end(found.points)
            if finish is not None:
                found.end = finish
                return
            if self.options.progress is not None:
                self.options.progress(self.curve.kind, self.curve.free(after), [])
            self.curve.scales = self.curve.rescaled(after)
            current = replace(after, tangent=self.curve.scales.unit(after.tangent))
            told += 1
            if told % self.mesh.adapt_every == 0:
                current = self.remeshed(current)
        found.end = Termination("max_points", f"stopped after {len(found.points)} points")

    def _step(self, current: CurvePoint, step: float) -> tuple[CurvePoint, CurvePoint, float]:
        """One accepted step: where it set out from, where it led, and the next step's length."""
        options, remeshed = self.options, False
        while True:
            try:
                after = self.along(current, step)
                turn = self.curve.scales.inner(after.tangent, current.tangent)
                if turn < np.cos(np.radians(options.max_turn)):
                    angle = np.degrees(np.arccos(np.clip(turn, -1, 1)))
                    msg = f"the curve turns by {angle:.0f} degrees within a step of {step:.1e}"
                    raise NewtonFailureError(msg)
            except NewtonFailureError as error:
                if step <= options.ds_min:
                    msg = f"{error}, at the smallest step ds_min = {options.ds_min:.1e}"
                    raise NewtonFailureError(msg) from error
                step = max(step / 2, options.ds_min)
                if not remeshed:
                    # a poor mesh is the commonest cause of failure
                    current, remeshed = self.remeshed(current), True
                continue
            if after.iterations <= options.target_newton:
                step *= 1.5
            elif after.iterations > options.target_newton + 2:
                step *= 0.6
            return current, after, float(np.clip(step, options.ds_min, options.ds_max))

    def _accept(self, found: HalfCurve, before: CurvePoint, after: CurvePoint) -> bool:
        """Append a point and the special points before it; whether the curve ends here."""
        hits = [
            (why, self.locate(event, before, after))
            for why, event in self.curve.limits(before)
            if event.test(after) < 0 <= event.test(before)
        ]
        limit = min(hits, key=lambda hit: hit[1].point.arclength, default=None)
        events = [
            self.locate(event, before, after)
            for event in self.curve.events(before, after)
            if event.test(before) * event.test(after) < 0
            and (event.kind == "UZ" or self.options.looks_for(event.kind))
        ]
        for event in sorted(events, key=lambda item: item.point.arclength):
            if limit is not None and event.point.arclength >= limit[1].point.arclength:
                continue
            found.special.append((len(found.points), event))
            found.points.append(event.point)
            if event.kind in (self.options.stop_at or ()):
                found.end = Termination(event.kind, f"stopped at {event.kind}")
                return True
        if limit is None:
            found.points.append(after)
            return False
        found.end, last = limit
        if last.kind:
            found.special.append((len(found.points), last))
        found.points.append(last.point)
        return True

    def locate(self, event: Event, before: CurvePoint, after: CurvePoint) -> Found:
        """Where a test function vanishes between two points (Illinois regula falsi)."""
        low, high = 0.0, after.arclength - before.arclength
        f_low, f_high = event.test(before), event.test(after)
        scale, best, kept = max(abs(f_low), abs(f_high)), after, ""
        f_best = f_high
        for _ in range(40):
            middle = (low * f_high - high * f_low) / (f_high - f_low)
            width = high - low
            middle = min(max(middle, low + 1e-3 * width), high - 1e-3 * width)
            try:
                best = self.along(before, middle, min(self.options.tolerance, 1e-12))
            except NewtonFailureError:
                break
            f_best = event.test(best)
            if abs(f_best) <= _ROOT * scale or width <= _NARROW * (1 + abs(high)):
                break
            if (f_best < 0) == (f_high < 0):
                high, f_high, f_low = middle, f_best, f_low / (2 if kept == "low" else 1)
                kept = "low"
            else:
                low, f_low, f_high = middle, f_best, f_high / (2 if kept == "high" else 1)
                kept = "high"
        bracket = (before.arclength + low, before.arclength + high)
        return Found(event.kind, best, bracket, abs(f_best) <= 1e-6 * scale)
