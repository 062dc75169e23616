"""Overlap of regions and distances to curves, on shapes whose answers are known."""

import numpy as np
import pytest

from ikmeanfield.analysis.diagrams import Region
from ikmeanfield.analysis.matching import NetworkPoint
from ikmeanfield.analysis.overlap import (
    bistable_intervals,
    horizontal_distance,
    intersection,
    jaccard,
    oscillatory_intervals,
    predicted_intervals,
    scaled_distance,
    union,
)


def rectangles(low, high, seconds):
    return [[(low, high)] for _ in seconds]


@pytest.mark.parametrize("seconds", [np.linspace(0, 1, 11), np.geomspace(0.1, 2.0, 7)])
def test_overlap_of_shifted_rectangles(seconds):
    # Oracle: widths 4 and 4, shifted by 1: 3 of 5 shared, whatever the spacing of the lines
    overlap, expected, found = jaccard(
        rectangles(0.0, 4.0, seconds), rectangles(1.0, 5.0, seconds), seconds
    )
    height = seconds[-1] - seconds[0]
    assert overlap == pytest.approx(3 / 5)
    assert [expected, found] == pytest.approx([4 * height, 4 * height])


def test_overlap_of_discs_converges_to_the_lens():
    # Oracle: the area of the lens of two unit discs a unit apart, 2π/3 − √3/2
    seconds = np.linspace(-1, 1, 2001)
    half = np.sqrt(np.maximum(1 - seconds**2, 0))
    left = [union([(-h, h)]) for h in half]
    right = [union([(1 - h, 1 + h)]) for h in half]
    lens = 2 * np.pi / 3 - np.sqrt(3) / 2
    overlap, area, _ = jaccard(left, right, seconds)
    assert area == pytest.approx(np.pi, rel=1e-4)
    assert overlap == pytest.approx(lens / (2 * np.pi - lens), rel=1e-4)


def test_overlap_of_nothing_is_undefined_and_with_nothing_is_zero():
    seconds = np.array([0.0, 1.0])
    assert np.isnan(jaccard([[], []], [[], []], seconds)[0])
    assert jaccard(rectangles(0, 1, seconds), [[], []], seconds)[0] == 0.0


def test_intervals_as_sets():
    assert union([(3, 4), (0, 1), (1, 2), (5, 5)]) == [(0, 2), (3, 4)]
    assert intersection([(0, 2), (3, 6)], [(1, 4), (5, 9)]) == [(1, 2), (3, 4), (5, 6)]


def test_predicted_intervals_are_cuts_through_the_polygons():
    # a triangle: at height y from y to 2 − y
    triangle = Region(0, [(0.0, 0.0), (1.0, 1.0)], [(2.0, 0.0), (1.0, 1.0)])
    other = Region(2, [(0.0, 0.0), (0.0, 1.0)], [(9.0, 0.0), (9.0, 1.0)])
    ((low, high),) = predicted_intervals([triangle, other], 0.25, 0)
    assert [low, high] == pytest.approx([0.25, 1.75])
    assert predicted_intervals([triangle, other], 1.5, 0) == []


def test_regions_of_a_network_follow_from_its_points():
    def point(kind, direction, current):
        return NetworkPoint(0, kind, direction, "ramp", "", current)

    points = [
        point("fold", "up", 56.0), point("fold", "down", 51.0),
        point("hopf", "up", 30.0), point("hopf", "up", 45.0), point("hopf", "down", 80.0),
        point("hopf", "down", 73.0), point("hopf", "down", 38.0), point("hopf", "down", 25.0),
    ]  # fmt: skip
    assert bistable_intervals(points) == [(51.0, 56.0)]
    assert bistable_intervals(points[1:]) == []
    assert oscillatory_intervals(points, "up") == [(30.0, 45.0)]
    assert oscillatory_intervals(points, "down") == [(25.0, 38.0), (73.0, 80.0)]


def test_distances_to_a_parabola_and_a_circle():
    y = np.linspace(-2, 2, 4001)
    parabola = np.column_stack([y**2, y])
    assert horizontal_distance([parabola], (3.0, 1.0)) == pytest.approx(2.0, abs=1e-6)
    assert horizontal_distance([parabola], (3.0, 2.5)) == np.inf
    angle = np.linspace(0, 2 * np.pi, 4001)
    ellipse = np.column_stack([10 * np.cos(angle), 2 * np.sin(angle)])  # a unit circle when scaled
    for point, gap in (((30.0, 0.0), 2.0), ((5.0, 0.0), 0.5), ((0.0, 6.0), 2.0)):
        assert scaled_distance([ellipse], point, (10.0, 2.0)) == pytest.approx(gap, abs=1e-5)
