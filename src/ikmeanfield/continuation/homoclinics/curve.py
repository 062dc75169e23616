"""Homoclinic orbits in two parameters as a curve to follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.branch import Branch
from ikmeanfield.continuation.bvp.curve import FollowedCurve
from ikmeanfield.continuation.bvp.newton import Solved
from ikmeanfield.continuation.bvp.points import CurvePoint, Ending, Event, Limit, Located, effort
from ikmeanfield.continuation.compute_branch import empty_branch
from ikmeanfield.continuation.halves import joined
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

if TYPE_CHECKING:
    from ikmeanfield.continuation.bvp.follow import Half

    from .system import HomoclinicSystem

#: A curve ends when the orbit is this much smaller than at its start.
_VANISHED = 1e-2


class HomoclinicCurve(FollowedCurve):
    """Homoclinic orbits of one duration in two free parameters."""

    kind = "homoclinic"
    equations: HomoclinicSystem

    def __init__(self, equations: HomoclinicSystem, options: ContinuationOptions) -> None:
        self.equations, self.options = equations, options

    def facts(self, solved: Solved) -> dict[str, NDArray[Any]]:
        """Eigenvalues of the saddle; extrema of the orbit at the nodes; gaps at its ends."""
        profile = solved.profile
        saddle, scale = profile.scalars[2:], self.scales.components
        ends = profile.values[[0, -1]] - saddle
        return {
            "eigenvalues": self.equations.eigenvalues(profile.scalars),
            "minimum": profile.values.min(axis=0),
            "maximum": profile.values.max(axis=0),
            "gap": np.abs(ends / scale).max(axis=1),
        }

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return neutral saddles."""
        return [Event("NSH", self.saddle_quantity)]

    def saddle_quantity(self, point: CurvePoint) -> float:
        """Sum of the real parts of the two leading eigenvalues."""
        real, k = point.facts["eigenvalues"].real, self.equations.unstable
        return float(real[k - 1] + real[k])

    def _smallest_unstable(self, point: CurvePoint) -> float:
        return float(point.facts["eigenvalues"].real[self.equations.unstable - 1])

    def _smallest_stable(self, point: CurvePoint) -> float:
        return -float(point.facts["eigenvalues"].real[self.equations.unstable])

    def limits(self, before: CurvePoint) -> list[Limit]:
        """Bounds of the parameters, and where the saddle meets a fold."""
        why = Termination("NCS", "the saddle meets a fold: beyond, a SNIC on the curve of folds")
        return [
            *super().limits(before),
            Limit(why, Event("NCS", self._smallest_unstable)),
            Limit(why, Event("NCS", self._smallest_stable)),
        ]

    def end(self, points: Sequence[CurvePoint], row: int) -> Ending | None:
        """Return the end of a curve whose orbit shrinks to a point."""
        first, last = (
            float(np.abs((x.facts["maximum"] - x.facts["minimum"]) / self.scales.components).max())
            for x in (points[0], points[-1])
        )
        if last >= _VANISHED * first:
            return None
        return Ending(Termination("vanishing", "the orbit shrinks to a point (Bogdanov-Takens?)"))

    def placed(self, located: Located, row: int) -> tuple[CurvePoint, SpecialPoint]:
        """Return a special point with its evidence."""
        system, point = self.equations, located.point
        profile = point.profile
        period = system.period(profile.scalars)
        special = SpecialPoint(
            kind=located.event.kind,
            parameters=system.field.parameters(profile.scalars[:2]),
            state=profile.scalars[2:],
            status="converged" if located.converged else "guess",
            bracket=located.bracket,
            residual=point.residual,
            eigenvalues=np.asarray(point.facts["eigenvalues"], dtype=complex),
            data={
                "saddle_quantity": self.saddle_quantity(point),
                "gap": float(point.facts["gap"].max()),
                "period": period,
            },
            row=row,
            orbit=np.column_stack([period * profile.nodes(), profile.values]),
        )
        return point, special

    def branch(self, halves: tuple[Half | None, Half | None], start: Termination) -> Branch:
        """Return the table of the curve's backward and forward half: one row per orbit."""
        points, special, ends = joined(*halves, start)
        problem, free = self.equations.field.problem, self.equations.field.free
        eigenvalues = np.array([point.facts["eigenvalues"] for point in points])
        return replace(
            empty_branch(self.kind, problem, free, start),
            states=np.array([point.profile.scalars[2:] for point in points]),
            parameters=np.array([point.profile.scalars[:2] for point in points]),
            eigenvalues=eigenvalues,
            columns={
                **effort(points),
                "unstable": (eigenvalues.real > 0).sum(axis=1),
                "stable": np.zeros(len(points), dtype=int),
                "saddle_quantity": np.array([self.saddle_quantity(point) for point in points]),
                "gap": np.array([point.facts["gap"].max() for point in points]),
            },
            extra={
                name: (("point", "variable"), np.array([point.facts[name] for point in points]))
                for name in ("minimum", "maximum")
            },
            special=special,
            ends=ends,
        )
