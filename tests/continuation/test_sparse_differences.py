"""Jacobians by differences in which variables that no component shares move together."""

import numpy as np

from ikmeanfield.continuation import Problem
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.sparsity import grouped

SIZE = 20
NAMES = tuple(f"u{i}" for i in range(SIZE))


def chain(calls, ends=None):
    """Return a chain of cells, driven by their neighbours by λ and, beyond 1, by the last one."""

    def field(y, p):
        if y.ndim > 1:
            raise ValueError(y.shape)  # one state at a time, so that calls can be counted
        calls.append(y.shape)
        padded = np.concatenate([np.zeros_like(y[:1]), y, np.zeros_like(y[:1])])
        driven = p[0] * np.sin(padded[:-2] + 2 * padded[2:])
        last = np.maximum(y[-1] - 1, 0) ** 5
        return driven - y**3 + (last if ends is None else ends(y))

    def jacobian(y, p):
        padded = np.concatenate([[0.0], y, [0.0]])
        slope = p[0] * np.cos(padded[:-2] + 2 * padded[2:])
        matrix = np.diag(slope[1:], -1) + np.diag(2 * slope[:-1], 1) - np.diag(3 * y**2)
        matrix[:, -1] += 5 * max(y[-1] - 1, 0) ** 4
        return matrix

    return Problem(field, NAMES, {"lambda": 0.0}), jacobian


def scaled(problem):
    return ScaledField(problem, ("lambda",), np.linspace(0.5, 2.0, SIZE + 1))


def test_no_two_of_a_group_share_a_component():
    rng = np.random.default_rng(3)
    for share in (0.02, 0.1, 0.5):
        depends = rng.random((30, 30)) < share
        groups = grouped(depends)
        moved = groups.moves(32)
        assert moved.shape == (groups.count + 2, 32)
        np.testing.assert_array_equal(moved.sum(axis=0), 1.0)
        assert (depends.astype(int) @ moved[: groups.count, :30].T).max() <= 1


def test_a_sparse_jacobian_has_the_bits_of_a_whole_one_for_few_evaluations(monkeypatch):
    # oracle: the same differences variable by variable; and the derivative in closed form
    calls = []
    problem, jacobian = chain(calls)
    y, p = np.random.default_rng(0).uniform(-0.5, 0.5, SIZE), np.array([0.7])
    field = scaled(problem.at({"lambda": 0.7}))
    z = np.append(y, p) / field.scale
    found = field.jacobian(z)
    calls.clear()
    assert field.jacobian(z + 0.01).shape == (SIZE, SIZE)
    assert len(calls) == 4 * 3 + 4, "three groups, and the check along a direction"
    scale = field.scale[:SIZE]
    wanted = jacobian(y, p) * scale / scale[:, None]
    np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-10)
    vector = np.linspace(-1, 1, SIZE)
    bends = field.bends(z, vector[:, None])
    with monkeypatch.context() as patch:
        patch.setattr(ScaledField, "costly", False)
        whole = scaled(problem.at({"lambda": 0.7}))
        np.testing.assert_array_equal(found, whole.jacobian(z))
        np.testing.assert_array_equal(bends, whole.bends(z, vector[:, None]))


def test_dependences_that_appear_later_are_found():
    # oracle: the derivative in closed form, where a coupling grows from zero and a cell passes 1
    problem, jacobian = chain([])
    field = scaled(problem)
    scale = field.scale[:SIZE]
    for coupling, last in ((0.0, 0.3), (1e-3, 0.3), (0.5, 0.3), (0.5, 1.6), (0.0, 1.6), (0.5, 0.3)):
        y = np.random.default_rng(1).uniform(0.1, 0.5, SIZE)
        y[-1] = last
        wanted = jacobian(y, np.array([coupling])) * scale / scale[:, None]
        found = field.jacobian(np.append(y, coupling) / field.scale)
        np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-10)
        groups = problem.sparsity.groups(field.fields, np.append(y, coupling))
        assert groups is not None


def test_where_all_depends_on_all_every_variable_moves_alone():
    problem, _ = chain([], ends=lambda y: 1e-3 * y.sum() ** 2)
    field = scaled(problem.at({"lambda": 0.3}))
    z = np.full(SIZE + 1, 0.2)
    field.jacobian(z)
    assert problem.sparsity.groups(field.fields, z) is None


def test_a_field_without_values_near_by_is_differenced_variable_by_variable(monkeypatch):
    # oracle: the same differences without a look at dependences
    def field(y, p):
        return p[0] * np.log(y) if (y > 0).all() else 1 / 0

    problem = Problem(field, NAMES, {"lambda": 1.0})
    field = ScaledField(problem, ("lambda",), np.append(np.full(SIZE, 1e3), 1.0))
    z = np.append(np.full(SIZE, 5e-5), 1.0)
    found = field.jacobian(z)
    assert problem.sparsity.groups(field.fields, z) is None
    monkeypatch.setattr(ScaledField, "costly", False)
    whole = ScaledField(problem, ("lambda",), field.scale)
    np.testing.assert_array_equal(found, whole.jacobian(z))
    np.testing.assert_allclose(np.diag(found), 1 / 0.05, rtol=1e-4)
