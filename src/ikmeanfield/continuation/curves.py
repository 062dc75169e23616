"""Curves of folds and of Hopf points in two parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .arclength import Curve, Measure, Refined
from .augmented import Block, border, equilibrium, fold, null_vectors, pair_sum, stack
from .branch import Branch, SpecialPoint, Termination
from .codim2 import (
    refine_bogdanov_takens,
    refine_cusp,
    refine_generalized_hopf,
    refine_hopf_hopf,
    refine_zero_hopf,
)
from .newton import onto_curve
from .normalforms import lyapunov_value, quadratic_value
from .options import ContinuationOptions
from .problem import FloatArray, Problem
from .scaled import ScaledField
from .spectrum import (
    ComplexArray,
    critical_pair,
    hopf_test,
    nearest_pair,
    ordered,
    unstable_count,
    without,
    zero_test,
)
from .trace import check_names, empty_branch, initial_scale, out_of_bounds, trace

_ITERATIONS = 30


def _without_zero(eigenvalues: ComplexArray) -> ComplexArray:
    return without(eigenvalues, (int(np.argmin(np.abs(eigenvalues))),))


def _flips(events: tuple[str, ...], before: Measure, after: Measure) -> int:
    return sum(before.tests[name] * after.tests[name] < 0 for name in events)


class FoldCurve:
    """Equilibria with a zero eigenvalue, in two free parameters."""

    kind = "fold"
    events = ("BT", "CP", "ZH")

    def __init__(self, field: ScaledField, options: ContinuationOptions, z: FloatArray):
        self.field = field
        self.options = options
        self.edge = border(field.jacobian(z))

    def block(self) -> Block:
        """Return the equilibrium equations and the bordered singularity condition."""
        return stack(equilibrium(self.field), fold(self.field, self.edge))

    def accept(self, z: FloatArray) -> None:
        """Let the border follow the null vectors."""
        _, left, right = null_vectors(self.field.jacobian(z), self.edge)
        self.edge = self.edge.updated(left, right)

    def measure(self, z: FloatArray, tangent: FloatArray) -> Measure:  # noqa: ARG002
        """Return eigenvalues and the test functions for BT, CP and ZH."""
        jacobian = self.field.jacobian(z)
        eigenvalues = ordered(jacobian)
        rest = _without_zero(eigenvalues)
        _, left, right = null_vectors(jacobian, self.edge)
        unit = self.edge.updated(left, right)
        tests = {
            "BT": float(unit.left @ unit.right),
            "CP": quadratic_value(self.field, z, self.edge),
            "ZH": hopf_test(rest),
        }
        return Measure(eigenvalues, unstable_count(rest), tests, {})

    def finished(self, measure: Measure) -> Termination | None:  # noqa: ARG002
        """Return None: nothing about a fold ends its curve."""
        return None

    def missed(self, before: Measure, after: Measure) -> bool:
        """Whether more eigenvalues crossed than the test functions tell of."""
        flips = _flips(self.events, before, after)
        return abs(after.unstable - before.unstable) > 2 * flips

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve the defining system of a cusp, Bogdanov-Takens or zero-Hopf point."""
        tolerance = self.options.tolerance
        if event == "BT":
            return refine_bogdanov_takens(self.field, z, tolerance)
        if event == "CP":
            return refine_cusp(self.field, z, tolerance)
        rest = _without_zero(ordered(self.field.jacobian(z)))
        return refine_zero_hopf(self.field, z, critical_pair(rest).determinant, tolerance)


class HopfCurve:
    """Equilibria with two eigenvalues adding up to zero, in two free parameters.

    A Hopf point as long as their product, the square of the frequency, is positive; beyond a
    Bogdanov-Takens point the curve is one of neutral saddles.
    """

    kind = "hopf"
    events = ("BT", "ZH", "HH", "GH")

    def __init__(self, field: ScaledField, options: ContinuationOptions, determinant: float):
        self.field = field
        self.options = options
        self.determinant = determinant
        self._through = options.stop_at is not None and "BT" not in options.stop_at

    def block(self) -> Block:
        """Return the equilibrium equations and the vanishing sum of the pair."""
        return stack(equilibrium(self.field), pair_sum(self.field, self.determinant))

    def accept(self, z: FloatArray) -> None:
        """Remember the pair by its product."""
        pair = nearest_pair(ordered(self.field.jacobian(z)), self.determinant)
        self.determinant = pair.determinant

    def measure(self, z: FloatArray, tangent: FloatArray) -> Measure:  # noqa: ARG002
        """Return eigenvalues, frequency, l1 and the test functions for BT, GH, ZH and HH."""
        eigenvalues = ordered(self.field.jacobian(z))
        pair = nearest_pair(eigenvalues, self.determinant)
        rest = without(eigenvalues, pair.positions)
        frequency, l1 = np.nan, np.nan
        if pair.determinant > 0:
            frequency = float(np.sqrt(pair.determinant))
            l1 = lyapunov_value(self.field, z, frequency)
        tests = {
            "BT": pair.determinant,
            "GH": l1,
            "ZH": zero_test(rest),
            "HH": hopf_test(rest),
        }
        columns = {"frequency": frequency, "period": 2 * np.pi / frequency, "l1": l1}
        return Measure(eigenvalues, unstable_count(rest), tests, columns)

    def finished(self, measure: Measure) -> Termination | None:
        """Return the end at a Bogdanov-Takens point unless told to pass it."""
        if measure.tests["BT"] > 0 or self._through:
            return None
        return Termination(
            "BT", "not a Hopf point but a neutral saddle: beyond a Bogdanov-Takens point"
        )

    def missed(self, before: Measure, after: Measure) -> bool:
        """Whether more eigenvalues crossed than the test functions tell of."""
        flips = _flips(self.events, before, after)
        return abs(after.unstable - before.unstable) > 2 * flips

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve the defining system of a BT, GH, ZH or HH point."""
        tolerance = self.options.tolerance
        if event == "BT":
            return refine_bogdanov_takens(self.field, z, tolerance)
        eigenvalues = ordered(self.field.jacobian(z))
        pair = nearest_pair(eigenvalues, self.determinant)
        if event == "GH":
            return refine_generalized_hopf(self.field, z, pair.determinant, tolerance)
        if event == "ZH":
            return refine_zero_hopf(self.field, z, pair.determinant, tolerance)
        other = critical_pair(without(eigenvalues, pair.positions))
        both = (pair.determinant, other.determinant)
        return refine_hopf_hopf(self.field, z, both, tolerance)


@dataclass(frozen=True)
class _Start:
    """Where a two-parameter curve starts: the problem there and x = (y, both parameters)."""

    problem: Problem
    x: FloatArray
    origin: SpecialPoint | None


def _start(
    problem: Problem,
    start: SpecialPoint | ArrayLike,
    free: tuple[str, str],
    options: ContinuationOptions,
) -> _Start:
    if len(free) != 2 or free[0] == free[1]:
        msg = f"free = {free!r}: must be two different parameters"
        raise ValueError(msg)
    origin = start if isinstance(start, SpecialPoint) else None
    if isinstance(start, SpecialPoint):
        problem = problem.at(start.parameters)
        start = start.state
    check_names(problem, free, options)
    values = [float(problem.parameters[name]) for name in free]
    for name in free:
        problem.index(name)
    x = np.concatenate([np.asarray(start, dtype=float), values])
    return _Start(problem, x, origin)


def _follow(
    kind: str,
    start: _Start,
    free: tuple[str, str],
    options: ContinuationOptions,
    make_curve: Callable[[ScaledField, FloatArray], Curve],
    stop: frozenset[str],
) -> Branch:
    """Put the start on the curve and trace it."""
    problem = start.problem
    scale = initial_scale(problem, free, start.x, options)
    z = start.x / scale
    curve = make_curve(ScaledField(problem, free, scale), z)
    found = onto_curve(curve.block(), z, options.tolerance, _ITERATIONS)
    if not found.converged:
        sentence = f"no {kind} point found from the given start: {found.message}"
        return empty_branch(kind, problem, free, Termination("no_start", sentence))
    x = found.z * scale
    refused = curve.finished(curve.measure(found.z, np.zeros_like(z)))
    outside = out_of_bounds(curve.field.names, x, options)
    if outside:
        return empty_branch(kind, problem, free, Termination("bound", outside))
    at_corner = start.origin is not None and start.origin.kind == "BT"
    if refused is not None and not at_corner:
        return empty_branch(kind, problem, free, Termination("no_start", refused.message))
    return trace(
        lambda s: make_curve(ScaledField(problem, free, s), x / s),
        problem, free, x, options, stop, start.origin,
    )  # fmt: skip


def continue_folds(
    problem: Problem,
    start: SpecialPoint | ArrayLike,
    free: tuple[str, str],
    options: ContinuationOptions | None = None,
) -> Branch:
    """Curve of folds in two parameters, with CP, BT, ZH and KINK.

    Parameters
    ----------
    problem
        The system.
    start
        A special point on the curve (LP, CP, BT or ZH), whose parameters are taken over, or a
        state near a fold at the problem's default parameters.
    free
        The two free parameters; ``"forward"`` is towards larger values of the first.
    options
        Steps, tolerances, bounds.

    Returns
    -------
    Branch
        Without points when the start fails; `ends` says why. Stability refers to the other
        eigenvalues.
    """
    options = options or ContinuationOptions()
    where = _start(problem, start, free, options)

    def make_curve(field: ScaledField, z: FloatArray) -> FoldCurve:
        return FoldCurve(field, options, z)

    return _follow("fold", where, free, options, make_curve, frozenset())


def continue_hopf(
    problem: Problem,
    start: SpecialPoint | ArrayLike,
    free: tuple[str, str],
    options: ContinuationOptions | None = None,
) -> Branch:
    """Curve of Hopf points in two parameters, with BT, GH, ZH, HH and KINK.

    Arguments and result as for `continue_folds`; `start` is an HB, GH, BT, ZH or HH point, or a
    state near a Hopf point. Columns `frequency` (angular), `period` and `l1` are NaN where the
    pair is a neutral saddle, beyond a BT point (passed only with ``stop_at=frozenset()``).
    """
    options = options or ContinuationOptions()
    where = _start(problem, start, free, options)
    known: float | None = None
    if isinstance(start, SpecialPoint):
        frequency = start.data.get("frequency", start.data.get("frequency1"))
        known = 0.0 if start.kind == "BT" else frequency**2 if frequency is not None else None

    def make_curve(field: ScaledField, z: FloatArray) -> HopfCurve:
        determinant = known
        if determinant is None:
            determinant = critical_pair(ordered(field.jacobian(z))).determinant
        return HopfCurve(field, options, determinant)

    return _follow("hopf", where, free, options, make_curve, frozenset({"BT"}))
