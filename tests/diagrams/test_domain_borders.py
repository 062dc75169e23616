"""Regions of planes in which equilibria leave the domain of their field, against closed forms."""

import numpy as np
import pytest

from ikmeanfield.analysis.diagrams import stable_equilibria_regions
from ikmeanfield.analysis.diagrams.changes import with_changes
from ikmeanfield.continuation import (
    ContinuationOptions,
    Problem,
    continue_equilibria,
    continue_folds,
    continue_hopf,
)

A = (-1.0, 2.0)
#: None of them where a border turns.
SCANS = np.linspace(-0.9, 0.9, 6)
#: Largest distance of a parabola with the curvature 2 from its chord between two scans.
OFF = 0.36**2 / 4


def root(x):
    with np.errstate(invalid="ignore"):
        return np.sqrt(x)


def half_root(x):
    with np.errstate(invalid="ignore", divide="ignore"):
        return 0.5 / np.sqrt(x)


def scanned(problem, state, at=A[1]):
    """Branches of equilibria in a, from states by b, at every value of b."""
    options = ContinuationOptions(bounds={"a": A})
    return {
        f"scan_{b}": continue_equilibria(problem.at({"a": at, "b": b}), state(b), "a", options)
        for b in SCANS
    }


def stable(regions, a, b):
    return [region.stable for region in regions if region.holds(a, b)]


def off(*borders):
    """Points of the plane that lie at a distance from every border."""
    for b in np.linspace(-0.95, 0.95, 20):
        for a in np.linspace(*A, 31)[1:-1]:
            if all(abs(a - border(b)) > OFF + 1e-6 for border in borders):
                yield a, b


def test_nothing_is_told_where_the_only_equilibrium_has_left_the_domain():
    # oracle: the equilibrium x = sqrt(a - b^2) exists for a > b^2 alone
    problem = Problem(
        lambda y, p: root(p[0] - p[1] ** 2) - y, ("x",), {"a": 1.0, "b": 0.0},
        lambda y, p: -np.eye(1),
    )  # fmt: skip
    scans = scanned(problem, lambda b: [np.sqrt(A[1] - b**2)])
    assert {scan.ends[0].reason for scan in scans.values()} == {"domain"}
    regions = stable_equilibria_regions(scans, (A, (-0.95, 0.95)))
    for a, b in off(lambda b: b**2):
        assert stable(regions, a, b) == ([1] if a > b**2 else []), (a, b)


def test_a_fold_that_ends_on_the_border():
    # oracle: x = ±sqrt(a), of which x > b are in the domain; the upper one is stable
    problem = Problem(
        lambda y, p: np.array([p[0] - y[0] ** 2, root(y[0] - p[1]) - y[1]]), ("x", "y"),
        {"a": 1.0, "b": 0.0},
        lambda y, p: np.array([[-2 * y[0], 0.0], [half_root(y[0] - p[1]), -1.0]]),
    )  # fmt: skip
    scans = scanned(problem, lambda b: [np.sqrt(A[1]), np.sqrt(np.sqrt(A[1]) - b)])
    plane = ContinuationOptions(bounds={"a": A, "b": (-1.0, 1.0)})
    folds = continue_folds(problem.at({"a": 0.0, "b": -0.5}), [0.0, 0.7], ("a", "b"), plane)
    assert sorted(end.reason for end in folds.ends) == ["bound", "domain"]
    branches = scans | {"fold_1": with_changes(problem, folds)}
    regions = stable_equilibria_regions(branches, (A, (-0.95, 0.95)))
    for a, b in off(lambda b: b**2, lambda b: 0.0):
        inside = a > (0.0 if b < 0 else b**2)
        expected = [1] if inside else [0] if b < 0 else []
        assert stable(regions, a, b) == expected, (a, b)


def test_an_unstable_equilibrium_leaves_the_domain_beyond_its_hopf_point():
    # oracle: the Hopf normal form with its bifurcation at a = 0; the third variable is
    # sqrt(1 + b - a), which exists for a < 1 + b
    def field(y, p):
        x, u, z = y
        a, b = p
        square = x**2 + u**2
        return np.array([a * x - u - x * square, x + a * u - u * square, root(1 + b - a) - z])

    def jacobian(y, p):
        x, u, _ = y
        a, _ = p
        return np.array([
            [a - 3 * x**2 - u**2, -1 - 2 * x * u, 0.0],
            [1 - 2 * x * u, a - x**2 - 3 * u**2, 0.0],
            [0.0, 0.0, -1.0],
        ])  # fmt: skip

    problem = Problem(field, ("x", "u", "z"), {"a": -1.0, "b": 0.0}, jacobian)
    scans = scanned(problem, lambda b: [0.0, 0.0, np.sqrt(2 + b)], at=A[0])
    plane = ContinuationOptions(bounds={"a": A, "b": (-1.0, 1.0)})
    hopf = continue_hopf(problem.at({"a": 0.0, "b": 0.5}), [0.0, 0.0, 1.2], ("a", "b"), plane)
    branches = scans | {"hopf_1": with_changes(problem, hopf)}
    regions = stable_equilibria_regions(branches, (A, (-0.9, 0.9)))
    for a, b in off(lambda b: 0.0, lambda b: 1 + b):
        if abs(b) < 0.9:
            expected = [1] if a < 0 else [0] if a < 1 + b else []
            assert stable(regions, a, b) == expected, (a, b)


@pytest.mark.parametrize("number", [1, 3])
def test_a_plane_without_curves_counts_the_same_equilibrium_once(number):
    # oracle: x' = a - x has one equilibrium, always stable
    problem = Problem(lambda y, p: p[0] + 0 * p[1] - y, ("x",), {"a": 0.0, "b": 0.0})
    options = ContinuationOptions(bounds={"a": A})
    scans = {
        str(k): continue_equilibria(problem.at({"a": A[0], "b": 0.1 * k}), [A[0]], "a", options)
        for k in range(number)
    }
    (region,) = stable_equilibria_regions(scans, (A, (0.0, 1.0)))
    assert region.stable == 1
