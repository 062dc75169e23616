"""Curves of folds and of Hopf points in two parameters."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .arclength import Curve
from .branch import Branch
from .compute_branch import check_plane, compute_branch, empty_branch, out_of_bounds
from .fold_curve import FoldCurve
from .hopf_curve import HopfCurve
from .newton import onto_curve
from .options import ContinuationOptions, options_or
from .problem import FloatArray, Problem, checked_problem
from .scaled import ScaledField
from .scales import initial_scale
from .special_point import SpecialPoint, Termination
from .spectrum import critical_pair

_ITERATIONS = 30
#: A start this close to a Bogdanov-Takens point, in scaled coordinates, is one.
_AT_CORNER = 1e-6


def _corner(curve: Curve, z: FloatArray, options: ContinuationOptions) -> FloatArray | None:
    """Return the Bogdanov-Takens point that the start of a Hopf curve is as good as on, if it is.

    There the side is rounding, as are the sizes of variables that vanish at the corner: they are
    taken from the corner, from where the curve leaves on both sides. It is named whatever kind of
    point the start was taken for.
    """
    if curve.kind != "hopf":
        return None
    solution, field = curve.refine("BT", z).solution, curve.field
    x = solution.z * field.scale
    gap = (x - z * field.scale) / initial_scale(field.problem, field.free, x, options)
    return x if solution.converged and np.linalg.norm(gap) < _AT_CORNER else None


def _follow(
    problem: Problem,
    start: SpecialPoint | ArrayLike,
    free: tuple[str, str],
    options: ContinuationOptions,
    make_curve: Callable[[ScaledField, FloatArray], Curve],
    default_stop: frozenset[str] = frozenset(),
) -> Branch:
    """Put the start on the curve and trace it."""
    check_plane(checked_problem(problem), free, options)
    origin = start if isinstance(start, SpecialPoint) else None
    if isinstance(start, SpecialPoint):
        problem = problem.at(start.parameters)
        start = start.state
    free = (free[0], free[1])
    values = problem.vector()[[problem.index(name) for name in free]]
    x = np.concatenate([problem.checked_state(start), values])
    field = ScaledField(problem, free, initial_scale(problem, free, x, options))
    curve = make_curve(field, x / field.scale)
    found = onto_curve(curve.block(), x / field.scale, options.tolerance, _ITERATIONS)

    def empty(reason: str, message: str) -> Branch:
        return empty_branch(curve.kind, problem, free, Termination(reason, message))

    if not found.converged:
        sentence = f"no {curve.kind} point found from the given start: {found.message}"
        return empty("no_start", sentence)
    x = found.z * field.scale
    outside = out_of_bounds(field.names, x, options)
    if outside:
        return empty("bound", outside)
    corner = _corner(curve, found.z, options)
    refused = curve.finished(curve.measure(found.z, np.zeros_like(x)))
    if corner is not None:
        x = corner
        field = field.rescaled(initial_scale(problem, free, x, options))
        origin = SpecialPoint("BT", field.parameters(x / field.scale), x[: field.n])
    elif refused is not None:
        return empty("no_start", refused.message)
    stop = default_stop if options.stop_at is None else options.stop_at
    return compute_branch(lambda: make_curve(field, x / field.scale), x, options, stop, origin)


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
    options = options_or(options, ContinuationOptions())

    def make_curve(field: ScaledField, z: FloatArray) -> FoldCurve:
        return FoldCurve(field, options, z)

    return _follow(problem, start, free, options, make_curve)


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
    options = options_or(options, ContinuationOptions())
    known: float | None = None
    if isinstance(start, SpecialPoint):
        frequency = start.data.get("frequency", start.data.get("frequency1"))
        known = 0.0 if start.kind == "BT" else frequency**2 if frequency is not None else None

    def make_curve(field: ScaledField, z: FloatArray) -> HopfCurve:
        determinant = known
        if determinant is None:
            determinant = critical_pair(field.eigenvalues(z)).determinant
        return HopfCurve(field, options, determinant)

    return _follow(problem, start, free, options, make_curve, frozenset({"BT"}))
