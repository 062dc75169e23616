"""Which point of a network stands beside which of the mean field."""

import numpy as np

from ikmeanfield.analysis.sides import bifurcation_sides, network_sides


def test_folds_are_told_by_the_direction_and_borders_by_their_order():
    bifurcations = bifurcation_sides(["hopf", "hopf"], np.array([61.0, 50.0]))
    assert (bifurcations["hopf", "lower"], bifurcations["hopf", "upper"]) == (50.0, 61.0)
    assert np.isnan(bifurcations["fold", "upper"])
    kinds, directions = ["hopf"] * 4, ["up", "up", "down", "down"]
    found = network_sides(kinds, directions, np.array([42.3, 46.5, 46.2, 42.4]), bifurcations)
    assert found == {
        ("hopf", "up", "lower"): 0, ("hopf", "up", "upper"): 1,
        ("hopf", "down", "upper"): 2, ("hopf", "down", "lower"): 3,
    }  # fmt: skip


def test_a_single_border_belongs_to_the_nearest_side():
    bifurcations = bifurcation_sides(["hopf", "hopf"], np.array([50.0, 61.0]))
    found = network_sides(["hopf"], ["down"], np.array([60.0]), bifurcations)
    assert found == {("hopf", "down", "upper"): 0}
    nowhere = bifurcation_sides([], np.array([]))
    assert network_sides(["hopf"], ["up"], np.array([60.0]), nowhere) == {
        ("hopf", "up", "lower"): 0
    }


def test_a_single_hopf_point_beside_folds():
    above = bifurcation_sides(["fold", "fold", "hopf"], np.array([40.0, 45.0, 50.0]))
    assert above["hopf", "upper"] == 50.0
    assert np.isnan(above["hopf", "lower"])
    below = bifurcation_sides(["fold", "fold", "hopf"], np.array([40.0, 45.0, 35.0]))
    assert below["hopf", "lower"] == 35.0
