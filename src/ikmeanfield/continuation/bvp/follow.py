"""Pseudo-arclength continuation of solutions of a boundary value problem (Keller 1977)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ikmeanfield.continuation.halves import HalfCurve
from ikmeanfield.continuation.special_point import SpecialPoint, Termination
from ikmeanfield.progress import Task, reporting

from .corrector import AnyCurve, Corrector
from .locate import locate
from .newton import NewtonFailureError
from .points import Arrival, CurvePoint, Located

Half = HalfCurve[CurvePoint]


class Follower(Corrector[AnyCurve]):
    """Takes the steps along a curve."""

    def both_ways(self, point: CurvePoint) -> tuple[Half | None, Half | None]:
        """Follow a curve from a point in the directions asked for: backward and forward."""
        first = next(iter(self.curve.free(point)))
        slope = self.curve.free(replace(point, profile=point.tangent))[first]
        scales = self.curve.scales
        halves: dict[str, Half | None] = {"backward": None, "forward": None}
        for way, sign in (("forward", 1.0), ("backward", -1.0)):
            if self.options.direction in {way, "both"}:
                self.curve.scales = scales
                along = sign if slope >= 0 else -sign
                halves[way] = half = self.follow(replace(point, tangent=point.tangent.times(along)))
                if half.end.reason in {"closed", "interrupted"}:
                    break
        return halves["backward"], halves["forward"]

    def follow(self, first: CurvePoint, special: list[SpecialPoint] | None = None) -> Half:
        """Follow the curve from a point along its tangent until it ends.

        `special` are special points in the first row.
        """
        found = HalfCurve([first], special or [])
        for limit in self.curve.limits(first):
            if limit.event.test(first) < 0:
                found.end = replace(limit.why, message=f"starts outside {limit.event.name}")
                return found
        try:
            with reporting(f"following the {self.curve.kind.replace('_', ' ')} curve") as task:
                self._extend(found, task)
        except KeyboardInterrupt:
            found.end = Termination("interrupted", "stopped by the keyboard")
        return found

    def _extend(self, found: Half, task: Task) -> None:
        """Append points until the curve ends."""
        current, step, reported = found.points[0], self.options.ds, 0
        regular = [current]
        while len(found.points) < self.options.max_points:
            try:
                current, after, step = self._step(current, step)
            except NewtonFailureError as error:
                found.end = self._stuck(regular, current, error)
                return
            if self._accept(found, current, after):
                return
            found.points[-1] = after = self.resolved(after)
            regular.append(after)
            self.curve.scales = self.curve.rescaled(after)
            reported = self._report(found, task, reported)
            ending = self.curve.end(regular, len(found.points) - 1)
            if ending is not None:
                found.end = ending.why
                found.special += [] if ending.special is None else [ending.special]
                return
            current = replace(after, tangent=self.curve.scales.unit(after.tangent))
            if len(regular) % self.mesh.adapt_every == 0:
                current = self.remeshed(current)
        found.end = Termination("max_points", f"stopped after {len(found.points)} points")

    def _report(self, found: Half, task: Task, reported: int) -> int:
        """Say where the curve is; how many of its special points have been told."""
        free = self.curve.free(found.points[-1])
        if self.options.progress is not None:
            self.options.progress(self.curve.kind, free, found.special[reported:])
        elif task.shown:
            values = ", ".join(f"{name} = {value:.6g}" for name, value in free.items())
            task.update(note=f"{len(found.points)} points, {values}")
        return len(found.special)

    def _stuck(
        self, regular: list[CurvePoint], current: CurvePoint, error: Exception
    ) -> Termination:
        at = ", ".join(f"{k} = {value:.10g}" for k, value in self.curve.free(current).items())
        message = f"no further point found from {at}: {error}"
        if len(regular) == 1:
            message = f"no point found beyond the first, {at}: {error}"
        return Termination("step", message + self.curve.remark(regular))

    def _step(self, current: CurvePoint, step: float) -> tuple[CurvePoint, CurvePoint, float]:
        """One accepted step: where it set out from, where it led, and the next step's length."""
        options, remeshed = self.options, False
        while True:
            try:
                after = self.along(current, step)
                self._refuse_long(current, after, step)
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
            elif after.iterations == options.target_newton + 1:
                step *= 1.15
            elif after.iterations > options.target_newton + 2:
                step *= 0.6
            return current, after, float(np.clip(step, options.ds_min, options.ds_max))

    def _refuse_long(self, before: CurvePoint, after: CurvePoint, step: float) -> None:
        """Raise NewtonFailureError where a step is too long to say what happens within it."""
        turn = self.curve.scales.inner(after.tangent, before.tangent)
        if turn < np.cos(np.radians(self.options.max_turn)):
            angle = np.degrees(np.arccos(np.clip(turn, -1, 1)))
            msg = f"the curve turns by {angle:.0f} degrees within a step of {step:.1e}"
            raise NewtonFailureError(msg)
        why = self.curve.refused(before, after)
        if why and step > self.options.ds_max / 16:
            raise NewtonFailureError(why)

    def _accept(self, found: Half, before: CurvePoint, after: CurvePoint) -> bool:
        """Append a point and the special points before it; whether the curve ends here."""
        arrival = self._limit(before, after)
        beyond = np.inf if arrival is None else _place(arrival)
        located = self.curve.special(self, before, after) if beyond > -np.inf else []
        for item in sorted(located, key=lambda item: item.point.arclength):
            if item.point.arclength >= beyond:
                break
            special = self._append(found, item)
            stops = self.options.stop_at or frozenset()
            if special is not None and not stops.isdisjoint({special.kind, special.name}):
                label = special.name if special.kind == "UZ" and special.name else special.kind
                found.end = Termination(special.kind, f"stopped at the first {label}")
                return True
        if arrival is None:
            found.points.append(after)
            return False
        last, found.end = arrival
        if last is not None and (not last.event.kind or self._append(found, last) is None):
            found.points.append(last.point)
        return True

    def _append(self, found: Half, located: Located) -> SpecialPoint | None:
        """Append a special point and its row, if it is one."""
        placed = self.curve.placed(located, len(found.points))
        if placed is None:
            return None
        found.points.append(placed[0])
        found.special.append(placed[1])
        return placed[1]

    def _limit(self, before: CurvePoint, after: CurvePoint) -> Arrival | None:
        """Return the first end of the curve between two points, and why it ends there."""
        found: list[Arrival] = []
        for limit in self.curve.limits(before):
            if limit.event.test(after) < 0 <= limit.event.test(before):
                arrival = limit.arrive(before, after) if limit.arrive is not None else None
                found.append(arrival or (locate(self, limit.event, before, after), limit.why))
        return min(found, key=_place, default=None)


def _place(arrival: Arrival) -> float:
    return -np.inf if arrival[0] is None else arrival[0].point.arclength
