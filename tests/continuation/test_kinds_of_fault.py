"""Events where a continuation easily misses one, counts one twice, or invents one.

Oracles: closed forms, and the same curve from another start.
"""

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import systems
from hypothesis import given, settings
from hypothesis import strategies as st

from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    SpecialPoint,
    Trajectory,
    continue_cycles,
    continue_equilibria,
    continue_folds,
    continue_hopf,
    hopf_curve,
    simulated_cycle,
)
from ikmeanfield.continuation.arclength import Refined
from ikmeanfield.continuation.cycles import STEPS
from ikmeanfield.continuation.equilibria import EquilibriumCurve
from ikmeanfield.continuation.newton import Solution, newton
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.scales import initial_scale


def box(**bounds):
    return ContinuationOptions(bounds=bounds)


def found(branch, kind, name="a"):
    return sorted(point.parameters[name] for point in branch.points(kind))


def rotation(a):
    """Return the Hopf normal form with frequency 2."""

    def field(y, p):
        gain = p[0] - y @ y
        return np.array([gain * y[0] - 2 * y[1], 2 * y[0] + gain * y[1]])

    return Problem(field, ("x", "y"), {"a": a})


def cubic(e, a=0.0):
    """Return 0 = a + e x − x³: folds at a = ±2 (e/3)^(3/2)."""
    return Problem(lambda y, p: np.array([p[0] + e * y[0] - y[0] ** 3]), ("x",), {"a": a})


def parabola(a, x):
    """Return a = 1 − x², a fold at a = 1."""
    return Problem(lambda y, p: np.array([p[0] - 1 + y[0] ** 2]), ("x",), {"a": a}), [x]


@settings(max_examples=12, deadline=None, derandomize=True)
@given(start=st.floats(-1.0, 1.0), steps=st.sampled_from([1 / 32, 1 / 64, 0.05, 0.1]))
def test_a_hopf_point_is_found_once_wherever_the_steps_end(start, steps):
    options = ContinuationOptions(bounds={"a": (-1.0, 1.0)}, ds=min(steps, 0.05), ds_max=steps)
    branch = continue_equilibria(rotation(start), np.zeros(2), "a", options)
    np.testing.assert_allclose(found(branch, "HB"), [0.0], atol=1e-9)


@pytest.mark.parametrize(
    ("low", "high", "start"), [(-1.0, 0.0, -1.0), (0.0, 1.0, 1.0), (-1.0, 1.0, 0.0)]
)
def test_a_hopf_point_on_a_bound_or_on_the_start_counts_once(low, high, start):
    branch = continue_equilibria(rotation(start), np.zeros(2), "a", box(a=(low, high)))
    np.testing.assert_allclose(found(branch, "HB"), [0.0], atol=1e-12)
    assert branch["a"].min() == low
    assert branch["a"].max() == high


@settings(max_examples=15, deadline=None, derandomize=True)
@given(exponent=st.floats(-5, -1), a=st.floats(-0.9, 0.9))
def test_two_folds_within_a_step_are_seen_from_every_start(exponent, a):
    e = 10.0**exponent
    roots = np.roots([-1, 0, e, a])
    start = roots[np.argmin(np.abs(roots.imag))].real
    branch = continue_equilibria(cubic(e, a), [start], "a", box(a=(-1.0, 1.0)))
    fold = 2 * (e / 3) ** 1.5
    np.testing.assert_allclose(found(branch, "LP"), [-fold, fold], atol=1e-9)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(exponent=st.floats(-8, -1), x=st.sampled_from([1.0, -1.0]))
def test_a_fold_beyond_a_bound_is_none(exponent, x):
    top = 1 - 10.0**exponent
    problem, start = parabola(0.0, x)
    branch = continue_equilibria(problem, start, "a", box(a=(-0.5, top)))
    assert not branch.special
    assert branch["a"].max() == top
    assert (np.sign(branch["x"]) == x).all()


@pytest.mark.parametrize("low", [1e-2, 1e-4, 1e-6, -1e-6])
def test_a_cusp_counts_only_within_bounds(low):
    problem = Problem(
        lambda y, p: np.array([p[0] + p[1] * y[0] - y[0] ** 3]), ("x",), {"b1": -0.9, "b2": 1.0}
    )
    fold = continue_equilibria(problem, [-1.25], "b1", box(b1=(-1.0, 1.0))).points("LP")[0]
    curve = continue_folds(problem, fold, ("b1", "b2"), box(b1=(-1.0, 1.0), b2=(low, 2.0)))
    assert len(curve.points("CP")) == (low < 0)
    assert curve["b2"].min() >= low


def test_eigenvalues_that_cross_together_are_told_apart_from_a_hopf_point():
    """Two pitchforks at once by symmetry: both eigenvalues are a."""

    def field(y, p):
        return p[0] * y - y**3 - 0.3 * y * y[::-1] ** 2

    branch = continue_equilibria(
        Problem(field, ("x", "y"), {"a": -1.0}), np.zeros(2), "a", box(a=(-1.0, 1.03))
    )
    (point,) = branch.special
    assert point.kind == "BP"
    assert point.data["multiplicity"] == 2
    assert point.parameters["a"] == pytest.approx(0, abs=1e-9)


def test_two_hopf_points_at_one_place_state_their_multiplicity():
    """Two uncoupled oscillators of one frequency."""
    one = rotation(-1.0).field
    both = Problem(
        lambda y, p: np.concatenate([one(y[:2], p), one(y[2:], p)]), tuple("uvxy"), {"a": -1.0}
    )
    branch = continue_equilibria(both, np.zeros(4), "a", box(a=(-1.0, 1.03)))
    (point,) = branch.special
    assert (point.kind, point.data["multiplicity"]) == ("HB", 2)
    assert point.data["frequency"] == pytest.approx(2)
    assert point.parameters["a"] == pytest.approx(0, abs=1e-9)


@settings(max_examples=10, deadline=None, derandomize=True)
@given(exponent=st.floats(3, 12))
def test_stability_is_not_blurred_by_a_fast_rate(exponent):
    """Take x' = a x − x³ beside a mode of rate k: unstable exactly where a > 0."""
    k = 10.0**exponent
    problem = Problem(
        lambda y, p: np.array([p[0] * y[0] - y[0] ** 3, -k * (y[1] - y[0])]),
        ("x", "y"),
        {"a": -0.9},
        lambda y, p: np.array([[p[0] - 3 * y[0] ** 2, 0.0], [k, -k]]),
    )
    branch = continue_equilibria(problem, np.zeros(2), "a", box(a=(-1.0, 1.03)))
    clear = np.abs(branch["a"]) > 1e-3
    np.testing.assert_array_equal(branch.stable[clear], (branch["a"] < 0)[clear])
    assert not branch["undecided"][clear].any()


@pytest.mark.parametrize("root", [np.sqrt, math.sqrt])
def test_the_edge_of_a_fields_domain_is_approached_in_few_steps(root):
    """The curve x = √(1 − a) ends at a = 1."""
    problem = Problem(lambda y, p: np.array([root(1 - p[0]) - y[0]]), ("x",), {"a": 0.0})
    with np.errstate(invalid="ignore"):
        branch = continue_equilibria(problem, [1.0], "a", box(a=(-1.0, 1.5)))
    assert branch["a"].max() == pytest.approx(1, abs=1e-4)
    assert branch.ends[1].reason == "domain"
    assert len(branch) < 300


@pytest.mark.parametrize("size", [1e-9, 1e-6, 1e-3, 1e3, 1e6])
@pytest.mark.parametrize("share", [0.0, 1.0])
def test_scales_do_not_depend_on_a_start_at_zero(size, share):
    """Hysteresis of a variable of any size: folds at a = ±2/(3√3)."""

    def field(y, p):
        x = y[0] / size
        return np.array([size * (p[0] + x - x**3)])

    problem = Problem(field, ("x",), {"a": 0.0})
    branch = continue_equilibria(problem, [share * size], "a", box(a=(-1.0, 1.0)))
    fold = 2 / (3 * math.sqrt(3))
    np.testing.assert_allclose(found(branch, "LP"), [-fold, fold], atol=1e-9)


def conservative(shear, stated):
    """Return x'' = a + b x − x³ in sheared coordinates of unlike size, for y = shear (x, x')."""
    back = np.linalg.inv(shear)

    def field(y, p):
        x, v = back @ y
        return shear @ np.array([v, p[0] + p[1] * x - x**3])

    def jacobian(y, p):
        x, _ = back @ y
        return shear @ np.array([[0.0, 1.0], [p[1] - 3 * x * x, 0.0]]) @ back

    return Problem(field, ("x", "y"), {"a": 0.0, "b": 1.0}, jacobian if stated else None)


def test_a_variable_that_passes_zero_has_a_scale_for_its_differences():
    """Oracle: y − y³ departs from a line by a tenth where y² is about a tenth; its slopes.

    On the scale of y = 1e-5 differences would drown in rounding; a hundredth of the size at which
    the field bends is enough. A variable that is small everywhere keeps its scale, and so does
    every variable whose Jacobian is stated.
    """

    def field(s, p):
        return np.array([1 - s[0], s[1] - s[1] ** 3, s[2] - 1e12 * s[2] ** 3])

    def jacobian(s, p):
        return np.diag([-1.0, 1 - 3 * s[1] ** 2, 1 - 3e12 * s[2] ** 2])

    start = np.array([1.0, 1e-5, 1e-6])
    problem = Problem(field, ("x", "y", "z"), {"a": 0.0})
    found = initial_scale(problem, (), start, ContinuationOptions())
    assert 0.05 < 100 * found[1] < 2
    assert found[[0, 2]].tolist() == [1.0, 1e-6]
    slopes = ScaledField(problem, (), found).jacobian(start / found) * found[:, None] / found
    np.testing.assert_allclose(slopes, jacobian(start, None), rtol=1e-11, atol=1e-11)
    stated = replace(problem, jacobian=jacobian)
    assert initial_scale(stated, (), start, ContinuationOptions()).tolist() == start.tolist()


@pytest.mark.parametrize("p", [1.0, 0.6])
def test_a_curve_that_crosses_itself_passes_its_crossing_twice(p):
    """Oracle: Bernoulli's lemniscate (x² + p²)² = p² − x².

    Its double point at the origin is passed twice, where stability changes each time; its folds at
    p = ±1 are passed once, also when one of them is the start of the curve.
    """
    problem = Problem(
        lambda s, q: np.array([(s[0] ** 2 + q[0] ** 2) ** 2 - q[0] ** 2 + s[0] ** 2]),
        ("x",), {"p": p},
    )  # fmt: skip
    x = math.sqrt((math.sqrt(8 * p * p + 1) - 2 * p * p - 1) / 2)
    branch = continue_equilibria(problem, [x], "p", ContinuationOptions())
    assert branch.ends[1].reason == "closed"
    wanted = [("LP", 1.0), ("BP", 0.0), ("LP", -1.0), ("BP", 0.0)]
    assert [point.kind for point in branch.special] == [kind for kind, _ in wanted]
    found = [point.parameters["p"] for point in branch.special]
    np.testing.assert_allclose(found, [value for _, value in wanted], atol=1e-8)
    rows = [0, *(point.row for point in branch.special if point.row > 0), len(branch) - 1]
    counts = [set(branch["unstable"][low + 1 : high].tolist()) for low, high in pairwise(rows)]
    assert all(len(count) == 1 for count in counts)
    assert all(before != after for before, after in pairwise(counts))


def test_a_neutral_saddle_that_is_not_solved_for_is_no_hopf_point(monkeypatch):
    """Oracle: x' = (x² − a²)/2, y' = −y has the eigenvalues a and −1, whose sum is 0 at a = 1."""

    def unsolved(curve, z):
        return Refined("HB", Solution(z, False, 0, np.inf, "refused by the test"))

    monkeypatch.setattr(EquilibriumCurve, "_refine_hopf", unsolved)
    problem = Problem(
        lambda s, p: np.array([(s[0] ** 2 - p[0] ** 2) / 2, -s[1]]), ("x", "y"), {"a": 0.7}
    )
    branch = continue_equilibria(problem, [0.7, 0.0], "a", box(a=(0.5, 1.5)))
    (point,) = branch.special
    assert (point.kind, point.status) == ("NS", "guess")
    assert point.parameters["a"] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("stated", [True, False])
@pytest.mark.parametrize("x", [1.0, 0.0])
@pytest.mark.parametrize("shear", [np.eye(2), np.array([[1.0, 2.0], [30.0, -100.0]])])
def test_a_conservative_system_has_only_folds_and_cusps(shear, x, stated):
    """Every centre has eigenvalues ±iω, every saddle ±λ, every fold two zeros.

    Folds at a = ±2/√27 for b = 1, a cusp at a = b = 0.
    """
    problem = conservative(shear, stated)
    branch = continue_equilibria(problem, shear @ [x, 0.0], "a", box(a=(-1.0, 1.0)))
    assert {point.kind for point in branch.special} == {"LP"}
    np.testing.assert_allclose(found(branch, "LP"), [-2 / 27**0.5, 2 / 27**0.5], atol=1e-9)
    assert branch["undecided"].max() == 2
    plane = box(a=(-1.0, 1.0), b=(-1.0, 2.0))
    curve = continue_folds(problem, branch.points("LP")[0], ("a", "b"), plane)
    assert [point.kind for point in curve.special] == ["CP"]
    np.testing.assert_allclose(found(curve, "CP", "b"), [0.0], atol=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_random_hamiltonian_systems_have_no_hopf_points(seed):
    """H(q, p) with one or two degrees of freedom, a positive kinetic energy, no Jacobian stated."""
    g = np.random.default_rng(seed)
    freedom = 1 + seed % 2
    mass = g.normal(size=(freedom, freedom))
    mass = mass @ mass.T + np.eye(freedom)
    stiffness = g.normal(size=(freedom, freedom))
    stiffness += stiffness.T
    mixing = np.linalg.qr(g.normal(size=(2 * freedom,) * 2))[0]

    def field(y, p):
        q, momentum = np.split(mixing.T @ y, 2)
        force = np.append(p[0], np.zeros(freedom - 1)) - stiffness @ q - q**3
        return mixing @ np.concatenate([mass @ momentum, force])

    problem = Problem(field, tuple("uvwx"[: 2 * freedom]), {"a": 0.3})
    branch = continue_equilibria(problem, np.zeros(2 * freedom), "a", box(a=(-2.0, 2.0)))
    assert {end.reason for end in branch.ends} == {"bound"}
    assert {point.kind for point in branch.special} <= {"LP"}


def test_a_degenerate_hopf_point_is_neither_super_nor_subcritical():
    problem = Problem(
        lambda y, p: np.array([y[1], p[0] * (1 - y[0] ** 2) * y[1] - y[0]]),
        ("x", "y"),
        {"a": -0.5},
    )
    (point,) = continue_equilibria(problem, np.zeros(2), "a", box(a=(-0.5, 1.0))).points("HB")
    assert point.criticality == ""
    assert "degenerate" in str(point)
    cycles = continue_cycles(problem, point, "a", box(a=(-0.5, 1.0)))
    assert cycles.ends[1].reason == "vertical"


def test_a_pole_of_l1_is_no_generalized_hopf_point():
    """1:2 resonance: l1 = −1 − 1/q along the Hopf curve p = 0, with a pole at HH (q = 0)."""

    def field(y, p):
        one, two = complex(*y[:2]), complex(*y[2:])
        first = (p[0] + 1j) * one + one.conjugate() * two - one * abs(one) ** 2
        second = (p[1] + 2j) * two + one**2 - two * abs(two) ** 2
        return np.array([first.real, first.imag, second.real, second.imag])

    problem = Problem(field, tuple("uvxy"), {"p": -1.0, "q": -2.03})
    branch = continue_equilibria(problem, np.zeros(4), "p", box(p=(-1.0, 1.03)))
    (hopf,) = branch.points("HB")
    curve = continue_hopf(problem, hopf, ("p", "q"), box(p=(-1.0, 1.03), q=(-3.0, 2.0)))
    np.testing.assert_allclose(found(curve, "GH", "q"), [-1.0], atol=1e-6)
    np.testing.assert_allclose(found(curve, "HH", "q"), [0.0], atol=1e-9)


@pytest.mark.parametrize("b2", [1e-11, 1e-12, 0.3])
def test_a_zero_of_l1_hidden_by_rounding_is_no_pole(monkeypatch, b2):
    """Oracle: l1 of Bautin's system vanishes at b2 = 0, and grows towards neither side of it."""

    def unsolved(_field, z, *_others):
        return Refined("GH", Solution(z, False, 0, 1.0, "not tried"))

    monkeypatch.setattr(hopf_curve, "refine_generalized_hopf", unsolved)
    problem = systems.bautin().at({"b1": 0.0, "b2": b2})
    curve = continue_hopf(problem, np.zeros(2), ("b1", "b2"), box(b1=(-1.0, 1.0), b2=(-1.0, 1.0)))
    (point,) = curve.points("GH")
    assert point.status == "guess"
    assert point.parameters["b2"] == pytest.approx(0, abs=1e-3)


def test_corrections_that_are_rounding_do_not_keep_newton_from_a_solution():
    """Oracle: the solution (1, −1) of a linear system whose equations are rounded to 1e-13."""
    matrix = np.array([[1.0, 1.0], [1.0, 1.0 + 2e-5]])
    rng = np.random.default_rng(0)

    def rounded(z):
        return matrix @ (z - [1.0, -1.0]) + 1e-13 * rng.uniform(-1, 1, 2), lambda: matrix

    found = newton(rounded, np.zeros(2), 1e-10, 8, differences=True)
    assert found.converged
    np.testing.assert_allclose(found.z, [1.0, -1.0], atol=2e-8)


@settings(max_examples=8, deadline=None, derandomize=True)
@given(off=st.sampled_from([0.0, 1e-12, -1e-12, 1e-9, -1e-9]), side=st.sampled_from([1, -1]))
def test_a_hopf_curve_leaves_a_bogdanov_takens_point_on_the_hopf_side(off, side):
    """In x' = y, y' = b1 + b2 y + x² + side x y Hopf points lie at b1 = −b2², side b2 > 0."""
    problem = Problem(
        lambda y, p: np.array([y[1], p[0] + p[1] * y[1] + y[0] ** 2 + side * y[0] * y[1]]),
        ("x", "y"),
        {"b1": 0.0, "b2": 0.0},
    )
    corner = SpecialPoint("BT", {"b1": 0.0, "b2": 0.0}, np.array([off, 0.0]))
    curve = continue_hopf(problem, corner, ("b1", "b2"), box(b1=(-2.0, 1.0), b2=(-1.0, 1.0)))
    assert np.abs(curve["b2"]).max() == 1.0
    np.testing.assert_allclose(curve["b1"], -(curve["b2"] ** 2), atol=1e-8)
    assert (side * curve["b2"] > -1e-6).all()


@pytest.mark.parametrize("place", [-1e-2, -1e-5, 1e-3])
@pytest.mark.parametrize("x", [1.0, 0.11, -0.9])
def test_a_fold_beside_a_kink_is_found(place, x):
    """On a = x² + ½ max(k − x, 0)^(3/2) the fold is at 0 for k < 0."""

    def excess(value):
        return max(place - value, 0.0)

    problem = Problem(
        lambda y, p: np.array([p[0] - y[0] ** 2 - 0.5 * excess(y[0]) ** 1.5]),
        ("x",),
        {"a": x * x + 0.5 * excess(x) ** 1.5},
        lambda y, p: np.array([[-2 * y[0] + 0.75 * math.sqrt(excess(y[0]))]]),
        kinks={"k": lambda y, p: y[0] - place},
    )
    branch = continue_equilibria(problem, [x], "a", box(a=(-1.0, 2.0)))
    (fold,) = branch.points("LP")
    # 2 x = ¾ √(k − x) for k > 0
    b = 9 / 64
    expected = 0.0 if place < 0 else (-b + math.sqrt(b * b + 4 * b * place)) / 2
    assert fold.state[0] == pytest.approx(expected, abs=1e-7)
    assert len(branch.points("KINK")) == 1


@pytest.mark.parametrize("depth", [1e-2, 1e-4])
def test_a_dip_across_a_kink_has_two_crossings(depth):
    problem = Problem(
        lambda y, p: np.array([p[0] - y[0], y[0] ** 2 - depth - y[1] + max(-y[1], 0.0) ** 1.5]),
        ("x", "w"),
        {"a": -1.0},
        kinks={"k": lambda y, p: y[1]},
    )
    branch = continue_equilibria(problem, [-1.0, 1 - depth], "a", box(a=(-1.0, 1.0)))
    np.testing.assert_allclose(
        found(branch, "KINK"), [-math.sqrt(depth), math.sqrt(depth)], atol=1e-6
    )


@pytest.mark.parametrize("direction", ["both", "forward", "backward"])
def test_a_fold_curve_leaves_a_kink_at_a_tangent_on_both_sides(direction):
    """On a = (x − b)² + ½ max(−x, 0)^(3/2) folds lie at b = x, and for x < 0 at b = x − ⅜ √(−x)."""
    problem = Problem(
        lambda y, p: np.array([p[1] - (y[0] - p[0]) ** 2 - 0.5 * max(-y[0], 0.0) ** 1.5]),
        ("x",),
        {"b": 0.0, "a": 0.0},
        lambda y, p: np.array([[-2 * (y[0] - p[0]) + 0.75 * math.sqrt(max(-y[0], 0.0))]]),
        kinks={"k": lambda y, p: y[0]},
    )
    options = ContinuationOptions(bounds={"b": (-1.0, 1.0), "a": (-1.0, 1.0)}, direction=direction)
    curve = continue_folds(problem, [0.0], ("b", "a"), options)
    expected = curve["x"] - 0.375 * np.sqrt(np.maximum(-curve["x"], 0.0))
    np.testing.assert_allclose(curve["b"], expected, atol=1e-7)
    assert curve["b"].max() == (0.0 if direction == "backward" else 1.0)
    assert curve["b"].min() == (0.0 if direction == "forward" else -1.0)
    assert len(curve.points("KINK")) == 1


@pytest.mark.parametrize("seed", range(4))
def test_a_fold_curve_started_at_a_bogdanov_takens_point_invents_nothing(seed):
    """Its normal form beside two damped variables, mixed: on the fold curve b1 = 0 only b2 = 0."""
    mixing = np.linalg.qr(np.random.default_rng(seed).normal(size=(4, 4)))[0]

    def field(y, p):
        x, v, u, w = mixing.T @ y
        fast = p[0] + p[1] * v + x * x + x * v
        return mixing @ np.array([v, fast, -0.1 * u - 0.08 * w, 0.08 * u - 0.1 * w + x * v])

    problem = Problem(field, tuple("xvuw"), {"b1": 0.0, "b2": 0.3})
    plane = box(b1=(-1.0, 1.0), b2=(-0.5, 0.5))
    curve = continue_folds(problem, np.zeros(4), ("b1", "b2"), plane)
    (corner,) = curve.points("BT")
    assert [point.kind for point in curve.special] == ["BT"]
    again = continue_folds(problem, corner, ("b1", "b2"), plane)
    assert [point.kind for point in again.special] == ["BT"]
    np.testing.assert_allclose(found(again, "BT", "b2"), [0.0], atol=1e-7)
    assert (again["b2"].min(), again["b2"].max()) == (-0.5, 0.5)


@pytest.mark.parametrize("start", ["BT", "UZ", "LP", "HB", 1e-7, 0.1])
@pytest.mark.parametrize("lowest", [-0.5, 0.0])
@pytest.mark.parametrize("mixing", [np.eye(2), np.array([[0.8, -0.6], [0.6, 0.8]])])
def test_a_hopf_curve_names_the_bogdanov_takens_point_that_it_ends_on(start, lowest, mixing):
    """Hopf points of the normal form lie at x = −b2, b1 = −b2², b2 > 0; the corner may be a bound.

    The curve is started on its corner, taken for another kind of point, or at a distance.
    """

    def field(y, p):
        x, v = mixing.T @ y
        return mixing @ np.array([v, p[0] + p[1] * v + x * x + x * v])

    problem = Problem(field, ("x", "v"), {"b1": 0.0, "b2": 0.0})
    kind, b2 = (start, 0.0) if isinstance(start, str) else ("HB", start)
    point = SpecialPoint(kind, {"b1": -(b2**2), "b2": b2}, mixing @ np.array([-b2, 0.0]))
    curve = continue_hopf(problem, point, ("b1", "b2"), box(b1=(-1.0, 1.0), b2=(lowest, 0.5)))
    (corner,) = curve.special
    assert (corner.kind, corner.status) == ("BT", "converged")
    assert curve["b2"][corner.row] == pytest.approx(0, abs=1e-9)
    assert curve["b2"].max() == 0.5
    assert {end.reason for end in curve.ends} <= {"bound", "BT"}


@pytest.mark.parametrize("side", [0.0, 1.0])
def test_a_branch_point_of_cycles_is_solved_for_although_the_equations_are_singular(side):
    """On the cycle r = 1, turning by z, z' = (a − ¼ sin θ) z − z³: a pitchfork at a = 0.

    The mean of the growth rate along z = 0 is a. From a = 0.3 with z > 0 the side branch is met.
    """

    def field(y, p):
        x, v, z = y
        gain = 1 - x * x - v * v
        return np.array([gain * x - v, x + gain * v, (p[0] - 0.25 * v) * z - z**3])

    a = 0.3 if side else -0.2
    t = np.linspace(0, 2 * np.pi, 200)
    states = np.column_stack([np.cos(t), np.sin(t), side * np.full_like(t, a**2 + 0.45)])
    problem = Problem(field, ("x", "v", "z"), {"a": a})
    options = ContinuationOptions(bounds={"a": (-0.21, 0.31)}, ds=0.02, ds_max=0.1)
    branch = continue_cycles(problem, Trajectory(t, states, {}), "a", options)
    (point,) = branch.points("BP")
    assert point.status == "converged"
    assert point.parameters["a"] == pytest.approx(0, abs=1e-6)


def test_the_symmetric_cycle_of_lorenz_splits_at_a_converged_branch_point():
    """At r = 312.97 (Sparrow 1982, The Lorenz Equations), met where the equations are singular."""

    def field(y, p):
        return np.array(
            [10 * (y[1] - y[0]), p[0] * y[0] - y[1] - y[0] * y[2], y[0] * y[1] - 8 / 3 * y[2]]
        )

    problem = Problem(field, ("x", "y", "z"), {"r": 320.0})
    cycle = simulated_cycle(problem, [10.0, 10.0, 300.0], 200.0, 5.0)
    options = ContinuationOptions(ds=0.02, ds_max=0.05, bounds={"r": (310.0, 325.0)})
    (point,) = continue_cycles(problem, cycle, "r", options).special
    assert (point.kind, point.status) == ("BP", "converged")
    assert point.parameters["r"] == pytest.approx(312.97, abs=0.01)


def canard(recovery, *, follower=False, **parameters):
    """Return x' = y + x − x³/3 beside a slow y' = recovery(x, y, p): cycles grow by canards.

    A follower z' = x − z adds a multiplier exp(−period) and changes nothing else.
    """

    def field(y, p):
        slopes = [y[1] + y[0] - y[0] ** 3 / 3, recovery(y[0], y[1], p)]
        return np.array([*slopes, y[0] - y[2]] if follower else slopes)

    return Problem(field, ("x", "y", "z")[: 2 + follower], parameters)


@pytest.mark.parametrize(("e", "follower"), [(0.02, False), (0.02, True)])
def test_no_folds_in_a_canard_explosion(e, follower):
    """By Liénard's theorem x' = y + x − x³/3, y' = e (a − x) has one cycle for |a| < 1, stable.

    The explosion is so narrow that the mesh's error in the parameter exceeds its width.
    """
    problem = canard(lambda x, y, p: e * (p[0] - x), follower=follower, a=1.0)
    state = np.array([1.0, -2 / 3, 1.0])[: 2 + follower]
    start, steps = SpecialPoint("HB", {"a": 1.0}, state), replace(STEPS, bounds={"a": (0.99, 1.1)})
    branch = continue_cycles(problem, start, "a", steps)
    assert [point.kind for point in branch.special] == ["HB"]
    assert branch.ends[1].reason == "bound"
    known = branch["reliable"][1:] == 1
    assert branch.stable[1:][known].all()
    assert follower or known.all()


@pytest.mark.parametrize(
    ("e", "follower", "at"),
    [(0.08, False, 0.3241785225), (0.03, False, 0.3038535463), (0.08, True, 0.3241785225)],
)
def test_one_fold_in_a_canard_explosion_from_a_subcritical_hopf_point(e, follower, at):
    """FitzHugh–Nagumo: unstable cycles end in relaxation oscillations, which are stable.

    In between is one fold. There the multiplier of a planar cycle, by Liouville's formula, is 1.
    Where it is in the current was computed on meshes of 60 and 120 intervals.
    """
    problem = canard(lambda x, y, p: -e * (x + 0.7 + 0.8 * (y - p[0])), follower=follower, I=0.3)
    rest = np.array([-0.97, 0.67, -0.97])[: 2 + follower]
    hopf = continue_equilibria(problem, rest, "I", box(I=(0.0, 0.5))).points("HB")[0]
    steps = replace(STEPS, bounds={"I": (0.2, 0.45)}, detect=frozenset({"LPC"}))
    branch = continue_cycles(problem, hopf, "I", steps)
    (fold,) = branch.points("LPC")
    assert fold.parameters["I"] == pytest.approx(at, abs=1e-8)
    assert fold.eigenvalues[0] == pytest.approx(1, abs=1e-5)
    assert follower or fold.status == "converged"
    (change,) = np.flatnonzero(np.diff(branch.stable[1:].astype(int))) + 1
    assert change in {fold.row - 1, fold.row}
