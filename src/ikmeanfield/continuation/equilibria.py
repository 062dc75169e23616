"""Equilibria in one parameter: folds, Hopf points, branch points, neutral saddles."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from .arclength import Curve, Measure, Refined, solve_for
from .augmented import Block, border, equilibrium, fold, pair_sum
from .branch import Branch
from .branchpoints import refine_branch_point
from .compute_branch import check_names, compute_branch, empty_branch, out_of_bounds
from .dense import sign_of_determinant
from .newton import newton, row_size
from .normalforms import first_lyapunov, fold_coefficient
from .options import ContinuationOptions, options_or
from .problem import FloatArray, Problem, checked_problem
from .pseudo_transient import pseudo_transient
from .scaled import ScaledField
from .scales import initial_scale
from .special_point import Termination
from .spectrum import critical_pair, hopf_test, nearest_pair, oscillation

_ITERATIONS = 20
#: Newton's method that changes a component by more than this share has jumped.
_NEAR = 0.5
#: A parameter whose rate is below this share of the Jacobian's error is constant.
_FLAT = 1e-2
#: A frequency no larger than so many times the pair's sum is not told from zero.
_UNRESOLVED = 1e3


class EquilibriumCurve(Curve):
    """f(y, p) = 0 in one free parameter."""

    kind = "equilibrium"
    events = ("BP", "HB", "LP")
    changes = MappingProxyType({"BP": 1, "HB": 2, "LP": 1})
    may_vanish = ("HB",)

    def block(self) -> Block:
        """Return the equilibrium equations."""
        return equilibrium(self.field)

    def gradients(self, z: FloatArray) -> FloatArray:
        """Return the derivative of the field."""
        return self.field.full_jacobian(z)

    def measure(self, z: FloatArray, tangent: FloatArray, gap: float = np.nan) -> Measure:
        """Return eigenvalues and the test functions for BP, HB and LP."""
        spectrum = self.field.spectrum(z)
        along = float(tangent[self.field.n])
        tests = {
            "BP": self._sign(z, tangent) * gap if gap > self.field.precision else 0.0,
            "HB": hopf_test(spectrum, vanishing=self.vanishing["HB"]),
            "LP": along if abs(along) > _FLAT * self.field.precision else 0.0,
        }
        return Measure(spectrum.values, *spectrum.sides(), tests, {})

    def _sign(self, z: FloatArray, tangent: FloatArray) -> float:
        """Sign of the determinant of the equations' gradients above a tangent."""
        matrix = np.empty((len(z), len(z)))
        matrix[:-1], matrix[-1] = self.field.full_jacobian(z), tangent
        return sign_of_determinant(matrix)

    def accept(self, z: FloatArray) -> None:
        """Let the typical sizes of the equations' gradients grow."""
        self.rows = np.maximum(self.rows, row_size(self.field.full_jacobian(z), 0.0))

    def refine(self, event: str, z: FloatArray) -> Refined:
        """Solve the defining system of a fold, Hopf point (or neutral saddle) or branch point."""
        if event == "BP":
            return refine_branch_point(self.field, z, self.options.tolerance)
        if event == "LP":
            return self._refine_fold(z)
        return self._refine_hopf(z)

    def _refine_fold(self, z: FloatArray) -> Refined:
        singular = fold(self.field, border(self.field.jacobian(z)))
        refined = solve_for("LP", self.field, z, self.options.tolerance, singular)
        if not refined.solution.converged:
            return refined
        coefficient = fold_coefficient(self.field, refined.solution.z)
        return replace(refined, data={"fold_coefficient": coefficient})

    def _refine_hopf(self, z: FloatArray) -> Refined:
        target = critical_pair(self.field.eigenvalues(z)).determinant
        critical = pair_sum(self.field, target)
        refined = solve_for("HB", self.field, z, self.options.tolerance, critical)
        solution = refined.solution
        if not solution.converged:
            return refined
        pair = nearest_pair(self.field.eigenvalues(solution.z), target)
        slow = float(np.sqrt(abs(pair.determinant)))
        if slow <= _UNRESOLVED * abs(pair.trace):
            message = "two eigenvalues are zero together"
            return Refined("BP", solution, {"multiplicity": 2.0}, message)
        if pair.determinant <= 0:
            data = {"saddle_eigenvalue": float(np.sqrt(-pair.determinant))}
            return Refined("NS", solution, data, "two real eigenvalues of opposite sign")
        data, message = hopf_data(self.field, solution.z, float(np.sqrt(pair.determinant)))
        return Refined("HB", solution, data, message)


def hopf_data(field: ScaledField, z: FloatArray, frequency: float) -> tuple[dict[str, float], str]:
    """Frequency (angular), period, l1 and its reliability at a Hopf point."""
    lyapunov = first_lyapunov(field, z, frequency)
    data = {
        **oscillation(frequency),
        "l1": lyapunov.l1,
        "l1_error": lyapunov.error,
        "l1_reliable": float(lyapunov.reliable),
    }
    message = "" if lyapunov.reliable else "l1 is unreliable here: a kink is near, or l1 is zero"
    return data, message


def find_equilibrium(
    problem: Problem,
    state: FloatArray,
    parameters: Mapping[str, float] | None = None,
    options: ContinuationOptions | None = None,
) -> FloatArray:
    """Equilibrium near a guess, by Newton's method.

    Where that fails, leads far away or out of the bounds of the variables, the flow is followed
    first (see `pseudo_transient`).

    Parameters
    ----------
    problem, state
        The system and a guess, shape (n,).
    parameters
        Values that replace the problem's defaults.

    Raises
    ------
    ArithmeticError
        When Newton's method does not converge; says why.
    """
    options = options_or(options, ContinuationOptions())
    problem = checked_problem(problem).at(parameters or {})
    state = problem.checked_state(state)
    scale = initial_scale(problem, (), state, replace(options, bounds={}))
    field = ScaledField(problem, (), scale)
    # At a fold df/dy is singular and Newton's method would leave a perfect start.
    value = field.field(state / scale)
    size = row_size(np.hstack([field.jacobian(state / scale), value[:, None]]))
    if np.abs(value / size).max() < options.tolerance:
        return state
    guess = state / scale
    solution = newton(equilibrium(field), guess, options.tolerance, _ITERATIONS)
    moved = float((np.abs(solution.z - guess) / np.maximum(np.abs(guess), 1.0)).max())

    def allowed(z: FloatArray) -> bool:
        return not out_of_bounds(problem.variables, z * scale, options)

    if not (solution.converged and moved < _NEAR and allowed(solution.z)):
        start = pseudo_transient(field, guess, allowed)
        settled = newton(equilibrium(field), start, options.tolerance, _ITERATIONS)
        solution = settled if settled.converged else solution
    if not solution.converged:
        msg = (
            f"no equilibrium found from the given state: {solution.message} "
            f"(residual {solution.residual:.1e}, {solution.iterations} iterations)"
        )
        raise ArithmeticError(msg)
    return solution.z * scale


def continue_equilibria(
    problem: Problem,
    state: FloatArray,
    parameter: str,
    options: ContinuationOptions | None = None,
) -> Branch:
    """Curve of equilibria in one parameter, with LP, HB, BP, NS and KINK.

    Parameters
    ----------
    problem
        The system; its default parameters are where the curve starts.
    state
        An equilibrium there or a guess that Newton's method can correct, shape (n,).
    parameter
        The free parameter.
    options
        Steps, tolerances, bounds (on the parameter or on variables).

    Returns
    -------
    Branch
        Without points when the start fails; `ends` says why.
    """
    options = options_or(options, ContinuationOptions())
    free = (parameter,)
    checked_problem(problem).index(parameter)
    check_names(problem, free, options)
    start = np.append(problem.checked_state(state), problem.parameters[parameter])
    names = (*problem.variables, parameter)
    try:
        start[:-1] = find_equilibrium(problem, state, options=options)
    except ArithmeticError as error:
        return empty_branch("equilibrium", problem, free, Termination("no_start", str(error)))
    outside = out_of_bounds(names, start, options)
    if outside:
        return empty_branch("equilibrium", problem, free, Termination("bound", outside))
    field = ScaledField(problem, free, initial_scale(problem, free, start, options))
    stop = options.stop_at or frozenset()
    return compute_branch(lambda: EquilibriumCurve(field, options), start, options, stop)
