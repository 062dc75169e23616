"""The parts of the cycle engine against closed forms, dense algebra and theory."""

from __future__ import annotations

import numpy as np
import pytest
from cycle_systems import brusselator, hopf_normal_form, lorenz, stiff_circle

from ikmeanfield.continuation.bvp.linear import System, join_all
from ikmeanfield.continuation.bvp.mesh import equidistributed, error_estimate, highest_derivative
from ikmeanfield.continuation.bvp.newton import solve, solve_linear
from ikmeanfield.continuation.bvp.polynomial import basis
from ikmeanfield.continuation.bvp.problem import Boundary
from ikmeanfield.continuation.bvp.profile import Scales
from ikmeanfield.continuation.cycles import CycleOptions, Trajectory, continue_cycles
from ikmeanfield.continuation.cycles.orbit import Orbit
from ikmeanfield.continuation.cycles.simulation import simulated_cycle
from ikmeanfield.continuation.cycles.system import CycleSystem
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions


def sampled(function, mesh: np.ndarray, degree: int) -> Orbit:
    """Return a function of the fraction of the period (K,) -> (K, n) on a mesh."""
    size = degree * (len(mesh) - 1) + 1
    times = Orbit.of(mesh, np.empty((size, 0)), 1.0, 0.0).nodes()
    return Orbit.of(mesh, function(times), 1.0, 0.0)


@pytest.mark.parametrize("degree", range(2, 8))
def test_basis_is_exact_for_polynomials(degree):
    # oracle: interpolation, derivative and integral of x^k in closed form
    b, k = basis(degree), np.arange(degree + 1)
    nodes, gauss = b.nodes[:, None] ** k, b.gauss[:, None] ** k
    np.testing.assert_allclose(b.value @ nodes, gauss, atol=1e-13)
    slopes = k * b.gauss[:, None] ** np.maximum(k - 1, 0)
    np.testing.assert_allclose(b.slope @ nodes, slopes, atol=1e-12)
    np.testing.assert_allclose(b.node_weights @ nodes, 1 / (k + 1), atol=1e-13)


def test_extrema_and_mean_come_from_the_polynomial():
    # oracle: cos and 0.3 cos^2 in closed form; no node lies on an extremum of the shifted cosine
    def wave(t):
        c = np.cos(2 * np.pi * (t - 0.0123))
        return np.stack([2 + 3 * c, 0.3 * c**2], axis=1)

    orbit = sampled(wave, np.linspace(0, 1, 41), 6)
    low, high = orbit.extrema()
    np.testing.assert_allclose(low, [-1, 0], atol=1e-8)
    np.testing.assert_allclose(high, [5, 0.3], atol=1e-8)
    np.testing.assert_allclose(orbit.mean(), [2, 0.15], atol=1e-9)
    assert orbit.values[:, 0].max() < 5 - 1e-6, "the nodes alone would miss the maximum"


@pytest.mark.parametrize(("intervals", "n", "degree"), [(7, 3, 4), (8, 2, 3), (1, 4, 2)])
def test_linear_solver_agrees_with_dense_algebra(intervals, n, degree):
    # oracle: numpy's dense solver on the assembled matrix
    rng = np.random.default_rng(1)
    blocks = rng.standard_normal((intervals, degree * n, (degree + 1) * n))
    extra = rng.standard_normal((intervals, degree * n, 4))
    border = rng.standard_normal((intervals, 2, (degree + 1) * n))
    corner = rng.standard_normal((2, 4))
    size = intervals * degree * n
    dense = np.zeros((size + 2, size + 2))
    for j in range(intervals):
        rows = slice(j * degree * n, (j + 1) * degree * n)
        columns = (j * degree * n + np.arange((degree + 1) * n)) % size
        np.add.at(dense[rows], (slice(None), columns), blocks[j])
        np.add.at(dense[size:], (slice(None), columns), border[j])
        dense[rows, size:] = extra[j, :, :2]
    dense[size:, size:] = corner[:, :2]
    rhs = np.concatenate([extra[..., 2:].reshape(size, 2), corner[:, 2:]])
    expected = np.linalg.solve(dense, rhs)
    periodic = Boundary(np.zeros(n), -np.eye(n), np.eye(n), np.zeros((n, 2)))
    system, ones = System(blocks, extra, border, corner), Scales(np.ones(n), np.ones(2))
    nodes, scalars, _ = solve_linear(system, periodic, ones)
    np.testing.assert_allclose(nodes[:-1].reshape(size, 2), expected[:size], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(nodes[-1], nodes[0], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scalars, expected[size:], rtol=1e-9, atol=1e-9)


def test_condensed_pair_has_the_eigenvalues_of_the_product():
    # oracle: the product of the transition matrices, formed directly (harmless for a few factors)
    rng = np.random.default_rng(2)
    left, right = rng.standard_normal((2, 6, 3, 3))
    product = np.eye(3)
    for a, b in zip(left, right, strict=True):
        product = -np.linalg.solve(b, a) @ product
    a, b = join_all(left, right)
    found = np.linalg.eigvals(-np.linalg.solve(b, a))
    np.testing.assert_allclose(
        np.sort_complex(found), np.sort_complex(np.linalg.eigvals(product)), rtol=1e-8
    )


def brusselator_cycle(degree: int, mesh: np.ndarray, reference: Orbit) -> Orbit:
    problem = brusselator().at({"b": 3.0})
    scales = Scales(np.ones(2), np.array([reference.period, 1.0]))
    system = CycleSystem(PointwiseField(problem, "b"), scales)
    guess = sampled(reference, mesh, degree)
    guess = Orbit.of(guess.mesh, guess.values, reference.period, 3.0)
    held = guess.along_scalar(1)
    found = solve(system, guess, scales, guess, held, tolerance=1e-10, max_iterations=8)
    return found.profile


@pytest.fixture(scope="module")
def exact_brusselator() -> Orbit:
    """Cycle at b = 3 to rounding: degree 7 on a fine adapted mesh."""
    start = simulated_cycle(
        brusselator(), np.array([1.0, 2.0]), 60.0, 20.0, parameters={"b": 3.0}, tolerance=1e-4
    )
    rough = np.linspace(0, 1, 81)
    times = (start.times - start.times[0]) / (start.times[-1] - start.times[0])

    def samples(t):
        return np.stack([np.interp(t, times, y) for y in start.states.T], axis=1)

    guess = sampled(samples, rough, 7)
    guess = Orbit.of(rough, guess.values, float(start.times[-1] - start.times[0]), 3.0)
    first = brusselator_cycle(7, rough, guess)
    return brusselator_cycle(7, equidistributed(first, np.ones(2), 120), first)


def distance(found: Orbit, exact: Orbit, times: np.ndarray) -> float:
    """Largest difference at some times, apart from the shift in time that fits best."""
    error = found(times) - exact(times)
    flow = (exact(times + 1e-6) - exact(times - 1e-6)) / 2e-6
    return float(np.abs(error - (error * flow).sum() / (flow * flow).sum() * flow).max())


@pytest.mark.parametrize("degree", [2, 3, 4])
def test_order_of_convergence(exact_brusselator, degree):
    # oracle: de Boor and Swartz (1973): order 2m at mesh points (and of the period), m + 1 between
    counts = np.array({2: [60, 120, 240], 3: [40, 60, 90], 4: [30, 42, 60]}[degree])
    at_mesh, between, period = [], [], []
    for count in counts:
        mesh = equidistributed(exact_brusselator, np.ones(2), count)
        found = brusselator_cycle(degree, mesh, exact_brusselator)
        at_mesh.append(distance(found, exact_brusselator, mesh[:-1]))
        times = (mesh[:-1, None] + np.diff(mesh)[:, None] * np.linspace(0.05, 0.95, 19)).ravel()
        between.append(distance(found, exact_brusselator, times))
        period.append(abs(found.period - exact_brusselator.period))
    order = {
        name: -np.polyfit(np.log(counts), np.log(errors), 1)[0]
        for name, errors in (("mesh", at_mesh), ("between", between), ("period", period))
    }
    assert order["mesh"] > 2 * degree - 0.5, (order, at_mesh)
    assert order["period"] > 2 * degree - 0.5, (order, period)
    assert abs(order["between"] - (degree + 1)) < 0.4, (order, between)
    estimate = error_estimate(found, np.ones(2))
    assert 0.3 < estimate / between[-1] < 3, "the error estimate is of the size of the error"


def test_adapted_mesh_levels_the_error(exact_brusselator):
    # oracle: definition of equidistribution; theory, m + 1 = 5 with 10 % of the mesh spread evenly
    uniform = sampled(exact_brusselator, np.linspace(0, 1, 61), 4)
    adapted = sampled(exact_brusselator, equidistributed(uniform, np.ones(2), 60), 4)
    spread = []
    for orbit in (uniform, adapted):
        share = orbit.widths * highest_derivative(orbit, np.ones(2)) ** 0.2
        spread.append(share.max() / share.mean())
    assert spread[1] < 1.5 < spread[0]
    assert error_estimate(adapted, np.ones(2)) < 0.1 * error_estimate(uniform, np.ones(2))


def test_multipliers_survive_a_spread_of_27_decades():
    # oracle: closed form, exp(+-2 pi 5) and 1
    t = np.linspace(0, 2 * np.pi, 101)
    states = np.stack([np.cos(t), np.sin(t), 0 * t], axis=1)
    branch = continue_cycles(
        stiff_circle(5.0),
        Trajectory(t, states, {}),
        "rate",
        ContinuationOptions(max_points=1, direction="forward"),
        CycleOptions(intervals=60),
    )
    big, small, trivial = branch.eigenvalues[0]
    assert abs(big / np.exp(10 * np.pi) - 1) < 1e-6
    # rounding relative to the trivial multiplier is all that can be asked of the smallest
    assert abs(small - np.exp(-10 * np.pi)) < 1e-16
    assert abs(trivial - 1) < 1e-8


def test_stacked_evaluation_is_kept_only_where_it_gives_the_single_values():
    # oracle: the field called point by point
    problem = lorenz()
    calls = []

    def counted(y, p):
        calls.append(y.shape)
        return problem.field(y, p)

    def wrong_on_stacks(y, p):
        return problem.field(y, p) * (1 if y.ndim == 1 else 2)

    y = np.random.default_rng(3).standard_normal((20, 3))
    expected = np.array([problem.field(row, problem.vector()) for row in y])
    stacked = PointwiseField(type(problem)(counted, problem.variables, problem.parameters), "r")
    stacked.values(y, problem.vector())
    calls.clear()
    np.testing.assert_allclose(stacked.values(y, problem.vector()), expected, rtol=1e-14)
    assert calls == [(3, 20)]
    single = PointwiseField(
        type(problem)(wrong_on_stacks, problem.variables, problem.parameters), "r"
    )
    for _ in range(2):
        np.testing.assert_allclose(single.values(y, problem.vector()), expected, rtol=1e-14)


def test_jacobian_by_differences():
    # oracle: the Jacobian of the Hopf normal form in closed form
    field = PointwiseField(hopf_normal_form(), "mu")
    y, p = np.array([[0.3, -0.2], [1.0, 0.5]]), np.array([0.7])
    for (a, b), matrix in zip(y, field.jacobians(y, p, np.ones(2)), strict=True):
        exact = [
            [0.7 - 3 * a * a - b * b, -1 - 2 * a * b],
            [1 - 2 * a * b, 0.7 - a * a - 3 * b * b],
        ]
        np.testing.assert_allclose(matrix, exact, atol=1e-9)
    np.testing.assert_allclose(field.by_parameter(y, p), y, atol=1e-9)
