"""What a growing period means: a homoclinic orbit, a saddle-node on the cycle, or neither.

Near a homoclinic orbit the period grows like -ln|d| / rate, where d is the distance in the
parameter and the rate is the saddle's eigenvalue nearest to the imaginary axis; at a saddle-node on
an invariant circle (SNIC) it grows like 1 / sqrt(d) (Yu. A. Kuznetsov, Elements of Applied
Bifurcation Theory, chapters 6 and 7; S. H. Strogatz, Nonlinear Dynamics and Chaos, section 8.4).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.points import CurvePoint, Ending
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .equilibria import Equilibrium, beside, find_equilibrium, find_fold
from .orbit import sampled

if TYPE_CHECKING:
    from .family import CycleFamily

HOMOCLINIC_GROWTH = 3.0
SNIC_GROWTH = 12.0
NEAR = 0.05

_WORDS = {
    "HOM": ("homoclinic", "a homoclinic orbit"),
    "HET": ("heteroclinic", "a heteroclinic cycle"),
    "SNIC": ("snic", "a saddle-node on the cycle (SNIC)"),
}
#: The last three points, and the three before the last.
_TRIPLES = (slice(-3, None), slice(-4, -1))


def unbounded_period(family: CycleFamily, points: Sequence[CurvePoint], row: int) -> Ending | None:
    """Return the end of a branch whose period grows without bound, once it is clear; else None.

    The special point (kind HOM, HET or SNIC, at the last `row`) holds the limit: its parameters
    and equilibrium, the uncertainty and what was measured of the period's growth.
    """
    tail = [point for point in points if point.facts.hopf is None]
    if len(tail) < 5:
        return None
    periods = np.array([family.period(point) for point in points])
    growth = periods[-1] / periods.min()
    longest, name = family.cycles.max_period, family.parameter
    if growth > HOMOCLINIC_GROWTH and (np.diff(periods[-4:]) > 0).all():
        limit = _Tail(family, tail, row).limit(growth)
        if limit is not None:
            reason, words = _WORDS[limit.kind]
            message = (
                f"the period grows without bound ({periods[-1]:.6g}, {growth:.3g} times the "
                f"shortest): {words} at {name} = {limit.parameters[name]:.10g} +- "
                f"{limit.data['uncertainty']:.1g}; {limit.message}"
            )
            return Ending(Termination(reason, message), limit)
    if growth > family.cycles.period_ratio or (longest is not None and periods[-1] > longest):
        message = (
            f"the period has grown to {periods[-1]:.6g} ({growth:.3g} times the shortest) at "
            f"{name} = {tail[-1].profile.scalars[1]:.10g}; neither the scaling of a homoclinic "
            "orbit nor that of a saddle-node on the cycle was recognised"
        )
        return Ending(Termination("period", message))
    return None


class _Tail:
    """The last cycles of a branch whose period grows, and the limit that they lead to.

    Parameters
    ----------
    family, points
        The branch and its cycles.
    row
        Of the last one.
    """

    def __init__(self, family: CycleFamily, points: Sequence[CurvePoint], row: int) -> None:
        self.family, self.last, self.row = family, points[-1], row
        self.field = beside(family)
        self.periods = np.array([family.period(point) for point in points])
        self.values = np.array([point.profile.scalars[1] for point in points])

    def limit(self, growth: float) -> SpecialPoint | None:
        """Return the limit by the scaling that the cycles obey; None while neither is clear."""
        slow = self._slow_states()
        found = self._snic(slow[0]) if growth > SNIC_GROWTH else None
        return found or self._homoclinic(self._saddles(slow))

    def _point(
        self, kind: str, at: float, error: float, near: Equilibrium, why: str, **data: float
    ) -> SpecialPoint:
        last, x = self.last, np.append(near.state, at)
        # the fold of a SNIC is solved for; the others are extrapolated
        solved = kind == "SNIC"
        equilibrium = near if solved else find_equilibrium(self.field, x) or near
        shown = {"period": self.family.period(last), "last_parameter": last.profile.scalars[1]}
        return SpecialPoint(
            kind=kind,
            parameters=self.field.parameters(x / self.field.scale),
            state=equilibrium.state,
            status="converged" if solved else "guess",
            bracket=(last.arclength, np.inf),
            residual=equilibrium.residual,
            eigenvalues=equilibrium.eigenvalues,
            data={**shown, "uncertainty": error, **data},
            message=why,
            row=self.row,
            orbit=sampled(self.family.orbit(last.profile)),
        )

    def _slow_states(self) -> list[FloatArray]:
        """States at the slow stretches of the last cycle, the slowest first."""
        family, states = self.family, self.last.profile.values[:-1]
        p = family.p(self.last.profile)
        speed = np.abs(family.field.values(states, p) / family.scales.components).max(axis=1)
        minima = (speed <= np.roll(speed, 1)) & (speed <= np.roll(speed, -1))
        minima &= speed < 1e-2 * speed.max()
        minima[np.argmin(speed)] = True
        index = np.flatnonzero(minima)
        return [states[i] for i in index[np.argsort(speed[index])]]

    def _distance(self, states: FloatArray, state: FloatArray) -> float:
        """Scaled distance of a state from the nearest of some."""
        offsets = np.abs((states - state) / self.family.scales.components)
        return float(offsets.max(axis=-1).min())

    def _near(self, found: Equilibrium | None) -> Equilibrium | None:
        """Return an equilibrium if it lies close to a node of the last cycle."""
        if found is None or self._distance(self.last.profile.values, found.state) > NEAR:
            return None
        return found

    def _snic(self, slow: FloatArray) -> SpecialPoint | None:
        periods, values = self.periods, self.values
        fold = self._near(find_fold(self.field, np.append(slow, values[-1])))
        if fold is None:
            return None
        at = fold.parameter
        limit, earlier = (_algebraic_limit(periods[k], values[k]) for k in _TRIPLES)
        left = np.abs(values[-3:] - at)
        if left.min() == 0:
            return None
        exponent = float(np.log(periods[-1] / periods[-3]) / np.log(left[-1] / left[0]))
        if abs(limit - at) > 0.1 * left[-1] or not -0.58 < exponent < -0.42:
            return None
        why = (
            f"the slow part of the orbit passes a fold of equilibria at {self.family.parameter} = "
            f"{at:.10g}; the period grows with its distance to the power {exponent:.3f} (1/2 in "
            f"theory) and extrapolates to {limit:.10g}"
        )
        error = max(abs(limit - earlier), abs(limit - at))
        return self._point(
            "SNIC", at, error, fold, why, period_exponent=exponent, extrapolated=limit
        )

    def _saddles(self, slow: Sequence[FloatArray]) -> list[Equilibrium]:
        """Distinct saddles that the last cycle comes near to."""
        out: list[Equilibrium] = []
        for state in slow:
            found = self._near(find_equilibrium(self.field, np.append(state, self.values[-1])))
            if found is None or not found.eigenvalues.real.min() < 0 < found.eigenvalues.real.max():
                continue
            if all(self._distance(e.state, found.state) > 1e-6 for e in out):
                out.append(found)
        return out

    def _homoclinic(self, saddles: Sequence[Equilibrium]) -> SpecialPoint | None:
        if not saddles:
            return None
        kind = "HOM" if len(saddles) == 1 else "HET"
        where = " and ".join(np.array2string(e.state, precision=6) for e in saddles)
        why = f"the orbit nears the saddle {where}; the parameter "
        periods, values = self.periods, self.values
        size = max(float(np.ptp(values)), 1e-3 * self.family.scales.scalars[1])
        leading = np.array([e.eigenvalues[np.argmin(np.abs(e.eigenvalues.real))] for e in saddles])
        # the times spent near several saddles add up
        rate = float(1 / np.sum(1 / np.abs(leading.real)))
        last, earlier = (exponential_limit(periods[k], values[k]) for k in _TRIPLES)
        if last is not None and earlier is not None and (np.abs(leading.imag) < 1e-9 * rate).all():
            measured, limit = last
            if abs(limit - values[-1]) < 1e-5 * size and abs(measured / rate - 1) < 0.25:
                error = abs(limit - earlier[1]) + 1e-12 * size
                why += f"settles at the rate {measured:.4g} per unit of time, "
                why += f"{rate:.4g} is expected from the leading eigenvalue"
                return self._point(
                    kind, limit, error, saddles[0], why, rate=measured, expected_rate=rate
                )
        # an orbit that passes a saddle as near as this stays for so long; canards grow elsewhere
        settled = float(np.ptp(values[-3:]))
        if settled < 1e-9 * size and rate * periods[-1] > -np.log(NEAR):
            why += "no longer moves as the period grows; the saddle's leading "
            why += f"eigenvalue is {leading[0]:.4g}"
            return self._point(kind, float(values[-1]), settled + 1e-10 * size, saddles[0], why)
        return None


def _algebraic_limit(periods: FloatArray, values: FloatArray) -> float:
    """Limit of parameter values that behave like limit + a / T^2 + b / T^3."""
    x = periods[-1] / periods
    return float(np.linalg.solve(np.stack([np.ones(3), x**2, x**3], axis=1), values)[0])


def exponential_limit(periods: FloatArray, values: FloatArray) -> tuple[float, float] | None:
    """Rate and limit of three values that behave like limit + a exp(-rate T); None if they do not.

    Parameters
    ----------
    periods, values
        Three increasing periods and the parameter values there.
    """
    (first, second), changes = np.diff(periods), np.diff(values)
    if not min(first, second, changes[0] * changes[1]) > 0:
        return None
    ratio = changes[1] / changes[0]

    def excess(rate: float) -> float:
        a, b = np.exp(-rate * first), np.expm1(-rate * second) / np.expm1(-rate * first)
        return float(a * b - ratio)

    low, high = 1e-6 / periods[-1], 700 / max(first, second)
    if excess(low) <= 0 or excess(high) >= 0:
        return None
    for _ in range(200):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if excess(middle) > 0 else (low, middle)
    decay = np.exp(-low * second)
    return low, float(values[2] + changes[1] * decay / (1 - decay))
