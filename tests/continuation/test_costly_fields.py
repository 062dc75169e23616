"""Fields without a Jacobian: stacks of states, and fold curves from derivatives along vectors."""

from dataclasses import replace

import numpy as np
import pytest

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    continue_equilibria,
    continue_folds,
)
from ikmeanfield.continuation.augmented import border, bordered, fold
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.stacks import Stacked

SIZE = 12
BOUNDS = ContinuationOptions(bounds={"lambda": (3.4, 5.0), "u6": (-1.0, 2.5)})
PLANE = ContinuationOptions(bounds={"lambda": (0.5, 6.0), "epsilon": (0.08, 0.12)})


def bratu(calls):
    """Return u'' + λ exp(u / (1 + ε u)) = 0 by differences, plain arithmetic on any stack."""

    def field(y, p):
        calls.append(y.shape)
        edge = np.zeros_like(y[:1])
        inner = np.diff(np.concatenate([edge, y, edge]), 2, axis=0) * (SIZE + 1) ** 2
        return inner + p[0] * np.exp(y / (1 + p[1] * y))

    def jacobian(y, p):
        coupling = np.diag(np.ones(SIZE - 1), 1) + np.diag(np.ones(SIZE - 1), -1)
        slope = p[0] * np.exp(y / (1 + p[1] * y)) / (1 + p[1] * y) ** 2
        return (coupling - 2 * np.eye(SIZE)) * (SIZE + 1) ** 2 + np.diag(slope)

    names = tuple(f"u{i}" for i in range(SIZE))
    return Problem(field, names, {"lambda": 3.5, "epsilon": 0.1}, jacobian)


def single(problem):
    """Return the problem with a field that refuses stacks."""

    def field(y, p):
        if y.ndim > 1:
            raise ValueError(y.shape)
        return problem.field(y, p)

    return replace(problem, field=field)


@pytest.mark.parametrize("at_once", [True, False])
def test_differences_serve_as_well_as_the_jacobian_and_cost_little(at_once):
    # oracle: the same curves with the Jacobian in closed form
    exact = bratu([])
    calls = []
    problem = replace(bratu(calls), jacobian=None)
    problem = problem if at_once else single(problem)
    known = continue_equilibria(exact, np.zeros(SIZE), "lambda", BOUNDS)
    branch = continue_equilibria(problem, np.zeros(SIZE), "lambda", BOUNDS)
    (fold_point,), (wanted,) = branch.points("LP"), known.points("LP")
    assert fold_point.parameters["lambda"] == pytest.approx(wanted.parameters["lambda"], rel=1e-9)
    # four evaluations per variable for the Jacobian; one for those of a whole stack
    assert len(calls) < (25 if at_once else 4 * SIZE + 40) * len(branch)
    calls.clear()
    free = ("lambda", "epsilon")
    curve = continue_folds(problem, fold_point, free, PLANE)
    wanted = continue_folds(exact, wanted, free, PLANE)
    np.testing.assert_allclose(curve.parameters[-1], wanted.parameters[-1], rtol=1e-9)
    np.testing.assert_allclose(curve.states[-1], wanted.states[-1], rtol=1e-8)
    # as many again for the gradient of the fold's condition, and some tens along vectors
    assert len(calls) < (140 if at_once else 8 * SIZE + 200) * len(curve)


def test_a_fold_near_one_whose_bordered_jacobian_is_known():
    # oracle: the bordered value from the whole Jacobian, and derivatives by differences of it
    problem = replace(bratu([]), jacobian=None)
    rng = np.random.default_rng(5)
    z = np.concatenate([0.4 + 0.3 * rng.random(SIZE), [1.2, 0.1]])
    field = ScaledField(problem, ("lambda", "epsilon"), np.ones(SIZE + 2))
    edge = border(field.jacobian(z))
    near = replace(edge, inverse=np.linalg.inv(bordered(field.jacobian(z), edge)))
    for distance in (1e-9, 1e-4, 1e-2):
        moved = z + distance * rng.standard_normal(SIZE + 2)
        (wanted,), gradient = fold(field, edge)(moved)
        (value,), same = fold(field, near)(moved)
        assert value == pytest.approx(wanted, abs=1e-10 * np.abs(gradient()).max())
        np.testing.assert_array_equal(same(), gradient())


def test_a_stack_is_kept_only_if_it_gives_the_single_values():
    # oracle: the function itself, state by state
    def plain(y, p):
        return np.array([p[0] * y[0] - y[1] ** 2, np.exp(y[1])])

    def other_on_stacks(y, p):
        return plain(y, p) * (1 if y.ndim == 1 else 1 + 1e-6)

    def refuses(y, p):
        return plain(y, p) if y.ndim == 1 else 1 / 0

    y, p = np.random.default_rng(1).standard_normal((7, 2)), np.array([0.3])
    wanted = [plain(state, p) for state in y]
    for function in (plain, other_on_stacks, refuses):
        stacked = Stacked(function)
        for _ in range(2):
            np.testing.assert_allclose(stacked(y, p), wanted, rtol=1e-13)


def test_a_stack_is_kept_where_its_terms_cancel():
    # oracle: products of matrices round otherwise than products with each vector, and at an
    # equilibrium rounding is a large share of what is left
    rng = np.random.default_rng(3)
    matrix, rest = rng.standard_normal((9, 9)), rng.standard_normal(9)
    calls = []

    def field(y, p):
        calls.append(y.ndim)
        return matrix @ y - (
            p[0] * matrix @ rest if y.ndim == 1 else (p[0] * matrix @ rest)[:, None]
        )

    stacked, p = Stacked(field), np.ones(1)
    y = rest + 1e-6 * rng.standard_normal((12, 9))
    single = stacked(y, p)
    calls.clear()
    np.testing.assert_allclose(stacked(y, p), single, atol=1e-14)
    assert calls == [2]


def test_differences_along_a_null_vector_keep_their_step():
    # oracle: a linear field whose slope along the null vector of its matrix is zero; what is left
    # of the field there is rounding, which says nothing about the step
    rng = np.random.default_rng(4)
    left, values, right = np.linalg.svd(rng.standard_normal((6, 6)))
    matrix = left @ np.diag([*values[:5], 0.0]) @ right
    rest = rng.standard_normal(6)
    constant = matrix @ rest
    problem = Problem(lambda y, p: matrix @ y - p[0] * constant, tuple("abcdef"), {"p": 1.0})
    field = ScaledField(problem, (), np.ones(6))
    for shift in (0.0, 1e-8, 1e-3):
        slope = field.slope(rest + shift * right[-1], right[-1])
        np.testing.assert_allclose(slope, 0.0, atol=1e-11)
