"""Diagrams of the single population against AUTO-07p's values, closed forms and each other."""

import itertools
import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from ikmeanfield.analysis.diagrams import (
    CoincidenceError,
    bifurcation_plane,
    check_points,
    codimension_two,
    curve_values,
    equilibrium_diagram,
    fold_and_hopf_points,
    from_tree,
    stable_equilibria_regions,
    to_tree,
)
from ikmeanfield.circuit import excitatory_inhibitory, regular_spiking
from ikmeanfield.datasets.trees import read_tree, write_tree
from ikmeanfield.theories import MeanFieldSettings

CURRENT, ADAPTATION = "rs.input_current", "rs.adaptation"
FREE = (CURRENT, ADAPTATION)
BOUNDS = ((0.0, 100.0), (0.0, 130.0))
REFERENCE = json.loads((Path(__file__).parents[1] / "continuation" / "reference.json").read_text())[
    "single_population_uncorrected"
]


@cache
def plane():
    return bifurcation_plane(
        regular_spiking(), FREE, BOUNDS, theory=MeanFieldSettings(reset_correction=False)
    )


@cache
def points(kappa):
    circuit = regular_spiking().replace({ADAPTATION: kappa})
    return fold_and_hopf_points(
        circuit,
        CURRENT,
        0.0,
        100.0,
        at=ADAPTATION,
        theory=MeanFieldSettings(reset_correction=False),
    )


@cache
def regions():
    return stable_equilibria_regions(plane(), ((20.0, 75.0), (10.0, 120.0)))


def test_the_plane_has_every_curve_once():
    kinds = [branch.kind for branch in plane().values()]
    assert kinds.count("fold") == 1
    assert kinds.count("hopf") == 2


@pytest.mark.parametrize("row", REFERENCE["plane (I, kappa)"], ids=lambda row: row["type"])
def test_cusp_and_bogdanov_takens_match_reference(row):
    # oracle: AUTO-07p, re-solved without it
    found = codimension_two(plane(), row["type"])
    near = min(found, key=lambda p: abs(p.parameters[ADAPTATION] - row["kappa"]))
    values = [near.parameters[CURRENT], near.parameters[ADAPTATION], *near.state]
    np.testing.assert_allclose(values, [row[k] for k in ("I", "kappa", *"rvus")], rtol=1e-6)


def test_codimension_two_points_are_counted_once_though_two_curves_share_them():
    found = codimension_two(plane(), "CP", "BT", "GH")
    assert sorted(p.kind for p in found) == ["BT", "BT", "CP", "GH"]


def test_the_whole_fold_curve_matches_its_closed_form():
    # oracle: Eqs. 22-24 at equilibrium, solved for I(r, kappa); dI/dr = 0 by a complex step
    def current(r, kappa):
        c, k, v_r, v_t, tau_u = 100.0, 0.7, -60.0, -40.0, 33.33
        a, s = np.pi * c, 90.0 * r
        v = (k**2 * v_r / a + r * (k * (v_r + v_t) + s)) / (k**2 / a + 2 * k * r)
        drive = k * v * (v - v_r - v_t) - a * r * (1 + a * r / k) + k * v_r * v_t - s * v
        return -2.0 * (v - v_r) + tau_u * kappa * r - drive

    curve = plane()["fold_1"]
    r, kappa = curve["rs.firing_rate"], curve[ADAPTATION]
    slope = current(r + 1e-30j, 0.0).imag / 1e-30
    np.testing.assert_allclose(kappa, -slope / 33.33, rtol=1e-6, atol=1e-6)
    np.testing.assert_allclose(curve[CURRENT], current(r, kappa), rtol=1e-7)
    # from the lower bound of kappa over the cusp and back to it
    assert kappa[[0, -1]].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("kappa", [1.0, 25.0, 46.0, 60.0, 79.0, 81.0, 100.0, 120.0])
def test_points_in_one_parameter_lie_on_the_curves(kappa):
    # oracle: two continuations that share no step; kinds by the paper's diagram
    checked = check_points(points(kappa), plane())
    assert checked["difference"].max() < 1e-6
    assert checked["interpolation_error"].max() < 1e-6
    kinds = checked["kind"].values.tolist()
    assert kinds.count("fold") == (2 if kappa < 81.55 else 0)
    assert kinds.count("hopf") == (0 if kappa < 45 else 1 if kappa < 79.37 else 2)
    assert (checked["residual"] < 1e-10).all()


def test_a_point_beside_the_curves_is_named():
    moved = points(25.0).copy(deep=True)
    moved["value"][0] += 1e-3
    with pytest.raises(CoincidenceError, match=r"at 25: fold at 41\.72"):
        check_points(moved, plane())
    with pytest.raises(CoincidenceError, match="1 fold points in one parameter"):
        check_points(points(25.0).isel(point=[0]), plane())


def test_values_between_the_points_of_a_curve_are_as_good_as_the_points():
    # oracle: AUTO-07p at kappa = 25 and 100
    folds = curve_values(plane()["fold_1"], 25.0)[0]
    np.testing.assert_allclose(folds, sorted(p["I"] for p in REFERENCE["kappa=25"]), rtol=1e-8)
    hopf = [curve_values(plane()[name], 100.0)[0][0] for name in ("hopf_1", "hopf_2")]
    expected = [p["I"] for p in REFERENCE["kappa=100"]]
    np.testing.assert_allclose(sorted(hopf), expected, rtol=1e-8)


@pytest.mark.parametrize("kappa", [12.0, 44.0, 50.0, 65.0, 78.0, 80.5, 90.0, 115.0])
def test_regions_count_the_stable_equilibria(kappa):
    # oracle: the equilibria at this kappa, counted between their special points
    circuit = regular_spiking().replace({ADAPTATION: kappa})
    branch = equilibrium_diagram(
        circuit,
        CURRENT,
        0.0,
        100.0,
        theory=MeanFieldSettings(reset_correction=False),
        cycles=False,
    )["equilibria"]
    current = branch[CURRENT]
    borders = [20.0, *sorted(p.parameters[CURRENT] for p in branch.points("LP", "HB")), 75.0]
    for low, high in itertools.pairwise(borders):
        if high - low < 0.02:
            continue
        middle = 0.5 * (low + high)
        crossing = (current[:-1] - middle) * (current[1:] - middle) < 0
        stable = int((branch.stable[:-1] & branch.stable[1:])[crossing].sum())
        found = [region.stable for region in regions() if region.holds(middle, kappa)]
        assert found == [stable]


def test_regions_fill_the_plane():
    # oracle: the rectangle's area, by the shoelace formula
    total = 0.0
    for region in regions():
        x, y = region.polygon.T
        total += 0.5 * abs(x @ np.roll(y, 1) - y @ np.roll(x, 1))
    assert total == pytest.approx(55.0 * 110.0, rel=1e-9)


def test_a_file_gives_back_the_branches(tmp_path):
    write_tree(to_tree(plane(), {"step": 0.1}), tmp_path / "plane.nc")
    tree = read_tree(tmp_path / "plane.nc")
    assert tree.attrs["step"] == 0.1
    back = from_tree(tree)
    assert list(back) == list(plane())
    for name, branch in plane().items():
        other = back[name]
        np.testing.assert_array_equal(other.states, branch.states)
        np.testing.assert_array_equal(other.eigenvalues, branch.eigenvalues)
        np.testing.assert_array_equal(other["stable"], branch["stable"])
        assert (other.kind, other.free, other.fixed) == (branch.kind, branch.free, branch.fixed)
        assert other.ends == branch.ends
        assert [p.parameters for p in other.special] == [p.parameters for p in branch.special]
        assert [p.data for p in other.special] == [p.data for p in branch.special]


@cache
def circuit_plane():
    free = ("fs.input_current", "fs.threshold_width")
    return bifurcation_plane(excitatory_inhibitory(), free, ((0.0, 80.0), (0.01, 1.6)))


@pytest.mark.parametrize("width", [0.05, 0.15, 0.2, 0.25, 0.3, 0.7])
def test_the_plane_of_another_circuit_and_other_parameters(width):
    # oracle: one-parameter continuation at one value, found again on the curves; the corrected
    # circuit's curves cross kinks
    free = ("fs.input_current", "fs.threshold_width")
    here = excitatory_inhibitory().replace({free[1]: width})
    line = fold_and_hopf_points(here, free[0], 0.0, 80.0, at=free[1])
    assert line.sizes["point"] > 1
    checked = check_points(line, circuit_plane())
    # where a kink is near, the curve turns sharply and interpolation is as good as it says
    assert (checked["difference"] <= 1e-6 + checked["interpolation_error"]).all()
    assert checked["difference"].max() < 1e-5


@pytest.mark.parametrize("width", [0.02, 0.1, 0.2, 0.257, 0.2585, 0.3, 0.5, 1.5])
def test_regions_of_another_circuit_count_its_stable_equilibria(width):
    # oracle: the equilibria at this width
    circuit = excitatory_inhibitory().replace({"fs.threshold_width": width})
    branch = equilibrium_diagram(circuit, "fs.input_current", 0.0, 80.0, cycles=False)["equilibria"]
    current = branch["fs.input_current"]
    found = stable_equilibria_regions(circuit_plane(), ((0.0, 80.0), (0.01, 1.6)))
    assert {region.stable for region in found} <= {0, 1, 2}
    for middle in np.arange(1.0, 80.0, 3.0):
        crossing = (current[:-1] - middle) * (current[1:] - middle) < 0
        stable = int((branch.stable[:-1] & branch.stable[1:])[crossing].sum())
        assert [region.stable for region in found if region.holds(middle, width)] == [stable]
