"""Kinds of curves of cycles: folds, period doublings, torus points, cycles of one period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.bvp.newton import NewtonFailureError, Solved
from ikmeanfield.continuation.bvp.points import CurvePoint, Event, Limit, Located
from ikmeanfield.continuation.bvp.profile import Profile, Scales
from ikmeanfield.continuation.cycles.curve import Cycle
from ikmeanfield.continuation.cycles.family import CycleFamily
from ikmeanfield.continuation.cycles.modes import floquet_mode
from ikmeanfield.continuation.cycles.orbit import Orbit
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .curve import BifurcationCurve, Variations
from .doubling import cubic_coefficient
from .systems import DoublingSystem, FixedPeriodSystem, FoldSystem, TorusSystem


class FoldsOfCycles(BifurcationCurve):
    """Folds of cycles, with cusps (CPC)."""

    kind = "cycle_fold"
    system = FoldSystem
    corner = "GH"
    doubles = ("R1", "LPPD", "LPNS")

    @staticmethod
    def normal(orbit: Orbit) -> Orbit:
        """Return the normal of the plane of cycles of one amplitude.

        Near a fold the parameter does not determine the cycle.
        """
        normal = orbit.direction(slice(None), orbit.values - orbit.mean())
        normal.scalars[0] = orbit.period
        return normal

    @staticmethod
    def variations(family: CycleFamily, near: CurvePoint) -> Variations:
        """Return the tangent of the branch, and the period as the size of beta."""
        beta, period = float(near.tangent.scalars[0]), family.period(near)
        return near.tangent.values, [beta], [period]

    def critical(self, point: CurvePoint) -> list[complex]:
        """Return a second 1."""
        return [1.0]

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return cusps as well.

        Where cycles shrink to nothing and come back, the parameters turn without a cusp.
        """
        cusp = [Event("CPC", partial(self._advance, before))]
        return super().events(before, after) + (cusp if self.likeness(before, after) > 0 else [])

    def _advance(self, before: CurvePoint, point: CurvePoint) -> float:
        """Speed of the parameters along where they were going: negative beyond a cusp."""
        scale = self.equations.free(self.scales.scalars)
        a, b = (self.equations.free(x.tangent.scalars) / scale for x in (before, point))
        return float(a @ b)


class PeriodDoublings(BifurcationCurve):
    """Period doublings, with generalized ones (GPD)."""

    kind = "period_doubling"
    system = DoublingSystem
    doubles = ("LPPD", "R2", "PDNS")

    @staticmethod
    def variations(family: CycleFamily, near: CurvePoint) -> Variations:
        """Return the variation that a period multiplies by about -1."""
        mode = floquet_mode(family.equations, family.orbit(near.profile), -1.0)
        return mode.real, [], []

    def critical(self, point: CurvePoint) -> list[complex]:
        """Return -1."""
        return [-1.0]

    def facts(self, solved: Solved) -> Cycle:
        """Return the cubic coefficient as well."""
        assert isinstance(self.equations, DoublingSystem)
        cycle = super().facts(solved)  # refuses what is no cycle
        return replace(cycle, cubic=cubic_coefficient(self.equations, solved.profile))

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return generalized period doublings as well."""
        return [*super().events(before, after), Event("GPD", _cubic)]

    def placed(self, located: Located, row: int) -> tuple[CurvePoint, SpecialPoint] | None:
        """Return a special point with its evidence; None at a pole of the cubic coefficient."""
        pole = located.event.kind == "GPD" and not located.converged
        return None if pole else super().placed(located, row)

    def columns(self, points: Sequence[CurvePoint]) -> dict[str, NDArray[Any]]:
        """Return ``cubic``, the coefficient of the normal form per unit of time (see `doubling`).

        It is negative where stable doubled cycles branch off.
        """
        return {"cubic": np.array([_cubic(point) for point in points])}


def _cubic(point: CurvePoint) -> float:
    return float(point.facts.cubic)


class TorusPoints(BifurcationCurve):
    """Torus points, with strong resonances (R1 to R4)."""

    kind = "torus"
    system = TorusSystem
    corner = "HH"
    doubles = ("LPNS", "PDNS", "NSNS")

    @staticmethod
    def variations(family: CycleFamily, near: CurvePoint) -> Variations:
        """Return two variations that a period turns by about the angle of the critical pair."""
        mu = near.facts.floquet.multipliers
        oscillating = mu[mu.imag > 1e-9]
        if not len(oscillating):
            msg = f"no complex multipliers ({mu})"
            raise NewtonFailureError(msg)
        multiplier = complex(oscillating[np.argmin(np.abs(np.abs(oscillating) - 1))])
        mode = floquet_mode(family.equations, family.orbit(near.profile), multiplier)
        return np.hstack([mode.real, mode.imag]), [float(np.angle(multiplier))], [1.0]

    def critical(self, point: CurvePoint) -> list[complex]:
        """Return the pair on the unit circle."""
        theta = 1j * float(point.profile.scalars[3])
        return [complex(np.exp(theta)), complex(np.exp(-theta))]

    def events(self, before: CurvePoint, after: CurvePoint) -> list[Event]:
        """Return strong resonances as well."""
        third, fourth = partial(_angle, 2 * np.pi / 3), partial(_angle, np.pi / 2)
        return [*super().events(before, after), Event("R3", third), Event("R4", fourth)]

    def limits(self, before: CurvePoint) -> list[Limit]:
        """Return the resonances as well beyond which the pair is real."""
        one, minus_one = partial(_angle, 0.0), partial(_angle_below, np.pi)
        return [
            *super().limits(before),
            Limit(Termination("R1", "the two multipliers meet at 1"), Event("R1", one)),
            Limit(Termination("R2", "the two multipliers meet at -1"), Event("R2", minus_one)),
        ]

    def evidence(self, located: Located, row: int) -> SpecialPoint:
        """Return a located point with its evidence, the rotation included."""
        special = super().evidence(located, row)
        (rotation,) = self.columns([located.point])["rotation"]
        return replace(special, data={**special.data, "rotation": float(rotation)})

    def columns(self, points: Sequence[CurvePoint]) -> dict[str, NDArray[Any]]:
        """Return ``rotation``, the angle of the critical pair as a share of a turn."""
        angles = np.array([point.profile.scalars[3] for point in points])
        return {"rotation": np.abs(angles) / (2 * np.pi)}


def _angle(target: float, point: CurvePoint) -> float:
    return float(point.profile.scalars[3]) - target


def _angle_below(target: float, point: CurvePoint) -> float:
    return target - float(point.profile.scalars[3])


class CyclesOfOnePeriod(BifurcationCurve):
    """Cycles of a given period, which no multiplier defines."""

    kind = "fixed_period"
    corner = "HB"

    @staticmethod
    def normal(orbit: Orbit) -> Orbit:
        """Return the normal of the plane of cycles of one period."""
        return orbit.along_scalar(0)

    @classmethod
    def _guess(
        cls, family: CycleFamily, near: CurvePoint, field: PointwiseField, values: FloatArray
    ) -> tuple[BifurcationCurve, Profile]:
        """Return the curve of the cycle's period, and the cycle with both parameters."""
        scales = Scales(family.scales.components, field.parameter_scale)
        system = FixedPeriodSystem(field, scales, family.period(near))
        curve = cls(system, family.options, family.cycles)
        return curve, Profile(near.profile.mesh, near.profile.values, values)


#: Kinds of curves by their names.
KINDS: dict[str, type[BifurcationCurve]] = {
    kind.kind: kind for kind in (FoldsOfCycles, PeriodDoublings, TorusPoints, CyclesOfOnePeriod)
}
