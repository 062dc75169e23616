"""Which point of a network stands beside which of the mean field."""

import numpy as np

from ikmeanfield.analysis.sides import (
    bifurcation_sides,
    counterparts,
    held_statuses,
    network_sides,
)


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


def test_every_side_says_what_became_of_its_search():
    # Oracle: a table by hand. The edge on the way up turned out to be a border of oscillations.
    nan = float("nan")
    lower = np.array([nan, nan, 42.30, 46.40, nan, 42.35])
    upper = np.array([nan, nan, 42.38, 46.70, nan, 42.45])
    searches = {
        "edge_up": "found", "edge_down": "no hint", "lower_up": "no hint",
        "upper_up": "wide", "upper_down": "not resolved", "lower_down": "found",
    }  # fmt: skip
    statuses = held_statuses(lower, upper, searches, 0.1)
    assert statuses == ["none", "no hint", "found", "wide", "not resolved", "found"]
    ramp = np.array([41.5, 39.4, 45.4, nan, 52.0, 44.0])
    assert counterparts(ramp, statuses) == ["no", "no", "yes", "", "unknown", "yes"]
