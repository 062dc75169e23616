"""Matching of network points with bifurcations of a mean field. Oracle: matched by hand."""

import numpy as np

from ikmeanfield.analysis.matching import (
    Bifurcation,
    NetworkPoint,
    Transition,
    assign_sides,
    held_status,
    inside_sweep,
    match_transitions,
    ramp_counterpart,
)

HOPF = [Bifurcation("hopf", "lower", 50.0), Bifurcation("hopf", "upper", 61.0)]


def found(*rows, kind="hopf", method="held", side=""):
    return [
        NetworkPoint(row, kind, direction, method, side, current)
        for row, (direction, current) in enumerate(rows)
    ]


def shown(made):
    return [
        (t.direction, t.side, t.bifurcation, t.ramp and t.ramp.current, t.held and t.held.current)
        for t in made
    ]


def test_the_direction_determines_the_side_of_a_fold():
    sided = assign_sides(found(("up", 40.0), ("down", 30.0), kind="fold"), [])
    assert [p.side for p in sided] == ["upper", "lower"]


def test_the_order_determines_unknown_sides_of_boundaries():
    points = found(("up", 42.3), ("up", 46.5), ("down", 46.2), ("down", 42.4))
    assert shown(match_transitions(points, HOPF)) == [
        ("up", "lower", 50.0, None, 42.3), ("down", "lower", 50.0, None, 42.4),
        ("up", "upper", 61.0, None, 46.5), ("down", "upper", 61.0, None, 46.2),
    ]  # fmt: skip


def test_a_single_boundary_takes_the_side_of_the_nearest_bifurcation():
    assert [p.side for p in assign_sides(found(("down", 60.0)), HOPF)] == ["upper"]
    assert [p.side for p in assign_sides(found(("up", 60.0)), [])] == ["lower"]


def test_two_oscillating_intervals_are_kept_apart():
    bifurcations = [*HOPF, Bifurcation("hopf", "lower", 74.0)]
    points = [
        NetworkPoint(0, "hopf", "up", "ramp", "lower", 53.0),
        NetworkPoint(1, "hopf", "up", "ramp", "upper", 63.0),
        NetworkPoint(2, "hopf", "up", "ramp", "lower", 78.0),
        NetworkPoint(3, "hopf", "up", "held", "lower", 75.0),
    ]
    rows = {
        (t.direction, t.side, t.bifurcation): t for t in match_transitions(points, bifurcations)
    }
    last = rows["up", "lower", 74.0]
    assert (last.ramp.row, last.held.row) == (2, 3)
    assert rows["up", "lower", 50.0].ramp.row == 0
    assert rows["up", "lower", 50.0].held is None
    assert rows["down", "upper", 61.0].ramp is None


def test_unmatched_points_come_last():
    points = [
        *found(("up", 40.0), ("up", 49.0), method="ramp", side="lower"),
        NetworkPoint(2, "fold", "up", "ramp", "upper", 55.0),
        NetworkPoint(3, "fold", "up", "held", "upper", 54.0),
    ]
    made = match_transitions(points, HOPF)
    rows = [t for t in made if np.isnan(t.bifurcation)]
    assert [(t.kind, t.ramp and t.ramp.row, t.held and t.held.row) for t in rows] == [
        ("hopf", 0, None), ("fold", 2, 3)
    ]  # fmt: skip
    held_or_ramp = [p for t in made for p in (t.ramp, t.held) if p is not None]
    assert sorted(p.row for p in held_or_ramp) == [0, 1, 2, 3]


def test_points_at_the_ends_of_a_sweep_are_dropped():
    points = found(("up", 10.0), ("up", 10.9), ("down", 79.9), method="ramp")
    assert [p.current for p in inside_sweep(points, 10.0, 80.0)] == [10.9]


def test_every_transition_reports_the_outcome_of_its_search():
    # The search for the end of the lower branch has found a boundary of oscillations.
    searches = {
        "edge_up": "found", "edge_down": "no hint", "lower_up": "no hint",
        "upper_up": "wide", "upper_down": "not resolved", "lower_down": "not searched",
    }  # fmt: skip
    ramp, held = found(("up", 45.4), method="ramp")[0], found(("up", 42.3))[0]
    rows = [
        (Transition("fold", "up", "upper", ramp=ramp), 0.0, "none", "no"),
        (Transition("fold", "down", "lower", ramp=ramp), 0.0, "no hint", "no"),
        (Transition("hopf", "up", "lower", ramp=ramp, held=held), 0.04, "found", "yes"),
        (Transition("hopf", "up", "upper", held=held), 0.15, "wide", ""),
        (Transition("hopf", "down", "upper", ramp=ramp), 0.0, "not resolved", "unknown"),
        (Transition("hopf", "down", "lower", ramp=ramp), 0.0, "not searched", "unknown"),
    ]
    for row, half, status, answer in rows:
        assert held_status(row, half, searches, 0.1) == status
        assert ramp_counterpart(row, status) == answer
