"""What a growing period means: a homoclinic orbit, a saddle-node on the cycle, or neither.

Near a homoclinic orbit the period grows like -ln|d| / rate, where d is the distance in the
parameter and the rate is the saddle's eigenvalue nearest to the imaginary axis; at a saddle-node on
an invariant circle (SNIC) it grows like 1 / sqrt(d) (Yu. A. Kuznetsov, Elements of Applied
Bifurcation Theory, chapters 6 and 7; S. H. Strogatz, Nonlinear Dynamics and Chaos, section 8.4).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from ikmeanfield.continuation.special_point import SpecialPoint, Termination

from .equilibria import Equilibrium, beside, find_equilibrium, find_fold
from .orbit import sampled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ikmeanfield.continuation.problem import FloatArray

    from .tracer import CyclePoint, Tracer

HOMOCLINIC_GROWTH = 3.0
SNIC_GROWTH = 12.0
NEAR = 0.05


@dataclass(frozen=True)
class Verdict:
    """What a growing period leads to, and at which parameter value."""

    kind: str
    parameter: float
    uncertainty: float
    evidence: str
    equilibrium: Equilibrium
    data: dict[str, float]


def unbounded_period(
    tracer: Tracer, points: Sequence[CyclePoint], row: int
) -> tuple[Termination, SpecialPoint | None] | None:
    """Return the end of a branch whose period grows without bound, once it is clear; else None.

    The special point (kind HOM, HET or SNIC, at the last `row`) holds the limit: its parameters
    and equilibrium, the uncertainty and what was measured of the period's growth.
    """
    tail = [point for point in points if point.hopf is None]
    if len(tail) < 5:
        return None
    periods = np.array([point.orbit.period for point in points])
    growth = periods[-1] / periods.min()
    limit = tracer.cycles.max_period
    late = growth > tracer.cycles.period_ratio or (limit is not None and periods[-1] > limit)
    rising = bool((np.diff(periods[-4:]) > 0).all())
    found = None
    if rising and growth > HOMOCLINIC_GROWTH:
        found = verdict(tracer, tail, growth)
    name = tracer.parameter
    if found is not None:
        message = (
            f"the period grows without bound ({periods[-1]:.6g}, {growth:.3g} times the shortest): "
            f"{_WORDS[found.kind]} at {name} = {found.parameter:.10g} +- {found.uncertainty:.1g}; "
            f"{found.evidence}"
        )
        return Termination(_REASONS[found.kind], message), _limit(tracer, tail[-1], found, row)
    if late:
        message = (
            f"the period has grown to {periods[-1]:.6g} ({growth:.3g} times the shortest) at "
            f"{name} = {tail[-1].orbit.parameter:.10g}; neither the scaling of a homoclinic "
            "orbit nor that of a saddle-node on the cycle was recognised"
        )
        return Termination("period", message), None
    return None


_WORDS = {
    "HOM": "a homoclinic orbit",
    "HET": "a heteroclinic cycle",
    "SNIC": "a saddle-node on the cycle (SNIC)",
}
_REASONS = {"HOM": "homoclinic", "HET": "heteroclinic", "SNIC": "snic"}


def _limit(tracer: Tracer, last: CyclePoint, found: Verdict, row: int) -> SpecialPoint:
    field, equilibrium = beside(tracer, last.orbit), found.equilibrium
    at_limit = np.append(equilibrium.state, found.parameter)
    if found.kind != "SNIC":
        equilibrium = find_equilibrium(field, at_limit) or equilibrium
    # the fold of a SNIC is solved for; the others are extrapolated
    status: Literal["converged", "guess"] = "converged" if found.kind == "SNIC" else "guess"
    return SpecialPoint(
        kind=found.kind,
        parameters=field.parameters(at_limit / field.scale),
        state=equilibrium.state,
        status=status,
        bracket=(last.arclength, np.inf),
        residual=equilibrium.residual,
        eigenvalues=equilibrium.eigenvalues,
        data={
            "period": last.orbit.period,
            "last_parameter": last.orbit.parameter,
            "uncertainty": found.uncertainty,
            **found.data,
        },
        message=found.evidence,
        row=row,
        orbit=sampled(last.orbit),
    )


def verdict(tracer: Tracer, tail: Sequence[CyclePoint], growth: float) -> Verdict | None:
    """Which of the two scalings the last points obey; None while neither is clear."""
    slow = slow_states(tracer, tail[-1])
    periods = np.array([point.orbit.period for point in tail])
    values = np.array([point.orbit.parameter for point in tail])
    found = None
    if growth > SNIC_GROWTH:
        found = _snic(tracer, tail[-1], slow[0], periods, values)
    return found or _homoclinic(tracer, tail[-1], slow, periods, values)


def slow_states(tracer: Tracer, point: CyclePoint) -> list[FloatArray]:
    """States at the slow stretches of an orbit, the slowest first."""
    states = point.orbit.values[:-1]
    p = tracer.collocation.p(point.orbit)
    speed = np.abs(tracer.field.values(states, p) / tracer.metric.variables).max(axis=1)
    minima = (speed <= np.roll(speed, 1)) & (speed <= np.roll(speed, -1))
    minima &= speed < 1e-2 * speed.max()
    minima[np.argmin(speed)] = True
    index = np.flatnonzero(minima)
    return [states[i] for i in index[np.argsort(speed[index])]]


def _distance(tracer: Tracer, point: CyclePoint, state: FloatArray) -> float:
    """Scaled distance of a state from an orbit's nodes."""
    offsets = np.abs((point.orbit.values - state) / tracer.metric.variables)
    return float(offsets.max(axis=1).min())


def _snic(
    tracer: Tracer, last: CyclePoint, slow: FloatArray, periods: FloatArray, values: FloatArray
) -> Verdict | None:
    fold = find_fold(beside(tracer, last.orbit), np.append(slow, values[-1]))
    if fold is None or _distance(tracer, last, fold.state) > NEAR:
        return None
    at = fold.parameter
    limit, earlier = (_algebraic_limit(periods[k], values[k]) for k in _TRIPLES)
    left = np.abs(values[-3:] - at)
    if left.min() == 0:
        return None
    exponent = np.log(periods[-1] / periods[-3]) / np.log(left[-1] / left[0])
    uncertainty = abs(limit - earlier)
    if abs(limit - at) > 0.1 * left[-1] or not -0.58 < exponent < -0.42:
        return None
    evidence = (
        f"the slow part of the orbit passes a fold of equilibria at {tracer.parameter} = "
        f"{at:.10g}; the period grows with its distance to the power {exponent:.3f} (1/2 in "
        f"theory) and extrapolates to {limit:.10g}"
    )
    data = {"period_exponent": float(exponent), "extrapolated": limit}
    return Verdict("SNIC", at, max(uncertainty, abs(limit - at)), evidence, fold, data)


_TRIPLES = (slice(-3, None), slice(-4, -1))


def _algebraic_limit(periods: FloatArray, values: FloatArray) -> float:
    """Limit of parameter values that behave like limit + a / T^2 + b / T^3."""
    x = periods[-1] / periods
    return float(np.linalg.solve(np.stack([np.ones(3), x**2, x**3], axis=1), values)[0])


def _homoclinic(
    tracer: Tracer,
    last: CyclePoint,
    slow: Sequence[FloatArray],
    periods: FloatArray,
    values: FloatArray,
) -> Verdict | None:
    saddles = _saddles(tracer, last, slow)
    if not saddles:
        return None
    size = max(float(np.ptp(values)), 1e-3 * tracer.metric.parameter)
    leading = np.array([e.eigenvalues[np.argmin(np.abs(e.eigenvalues.real))] for e in saddles])
    # the times spent near several saddles add up
    rate = float(1 / np.sum(1 / np.abs(leading.real)))
    settled = float(np.ptp(values[-3:]))
    fits = [exponential_limit(periods[k], values[k]) for k in _TRIPLES]
    if fits[0] is not None and fits[1] is not None and (np.abs(leading.imag) < 1e-9 * rate).all():
        measured, limit = fits[0]
        close = abs(limit - values[-1]) < 1e-5 * size
        fits_saddle = abs(measured / rate - 1) < 0.25
        if close and fits_saddle:
            spread = abs(limit - fits[1][1]) + 1e-12 * size
            text = f"the parameter settles at the rate {measured:.4g} per unit of time, "
            text += f"{rate:.4g} is expected from the leading eigenvalue"
            data = {"rate": measured, "expected_rate": rate}
            return _homoclinic_verdict(saddles, limit, spread, text, data)
    # an orbit that passes a saddle as near as this stays for so long; canards grow elsewhere
    if settled < 1e-9 * size and rate * periods[-1] > -np.log(NEAR):
        text = "the parameter no longer moves as the period grows; the saddle's leading "
        text += f"eigenvalue is {leading[0]:.4g}"
        return _homoclinic_verdict(saddles, values[-1], settled + 1e-10 * size, text, {})
    return None


def _saddles(tracer: Tracer, point: CyclePoint, slow: Sequence[FloatArray]) -> list[Equilibrium]:
    """Distinct saddles that an orbit comes near to."""
    field = beside(tracer, point.orbit)
    out: list[Equilibrium] = []
    for state in slow:
        found = find_equilibrium(field, np.append(state, point.orbit.parameter))
        if found is None or _distance(tracer, point, found.state) > NEAR:
            continue
        real = found.eigenvalues.real
        if not real.min() < 0 < real.max():
            continue
        apart = [np.abs((found.state - e.state) / tracer.metric.variables).max() for e in out]
        if all(distance > 1e-6 for distance in apart):
            out.append(found)
    return out


def _homoclinic_verdict(
    saddles: list[Equilibrium], limit: float, spread: float, text: str, data: dict[str, float]
) -> Verdict:
    kind = "HOM" if len(saddles) == 1 else "HET"
    where = " and ".join(np.array2string(e.state, precision=6) for e in saddles)
    text = f"the orbit nears the saddle {where}; {text}"
    return Verdict(kind, float(limit), float(spread), text, saddles[0], data)


def exponential_limit(periods: FloatArray, values: FloatArray) -> tuple[float, float] | None:
    """Rate and limit of three values that behave like limit + a exp(-rate T); None if they do not.

    Parameters
    ----------
    periods, values
        Three increasing periods and the parameter values there.
    """
    first, second = np.diff(periods)
    if first <= 0 or second <= 0 or values[1] == values[0]:
        return None
    ratio = (values[2] - values[1]) / (values[1] - values[0])
    if not ratio > 0:
        return None

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
    return low, float(values[2] + (values[2] - values[1]) * decay / (1 - decay))
