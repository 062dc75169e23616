"""The paper's detector. Oracle: signals with troughs at known times."""

import numpy as np
import pytest
from noisy_forms import folds, ramped

from ikmeanfield.analysis.transitions import CIRCUIT, TroughSettings, ramp_points

TIME = np.arange(0.1, 20_000.1, 0.1)
CURRENT = np.interp(TIME, [0.0, 10_000.0, 20_000.0], [20.0, 70.0, 20.0])


def sag(at, depth=8.0, before=3000.0, after=600.0):
    """A trough that falls slowly and rises fast."""
    d = TIME - at
    return -depth * np.where(d < 0, np.exp(d / before), np.exp(-d / after))


def summary(points):
    return [(p.kind, p.direction, round(p.current, 2)) for p in points]


def test_first_and_last_wide_trough_are_folds():
    u = sag(4000.0) + sag(16_000.0, before=600.0, after=2000.0)
    u += sag(7000.0, depth=3.0, before=60.0, after=60.0)  # too narrow
    assert summary(ramp_points(TIME, u, CURRENT)) == [
        ("fold", "up", 40.0),
        ("fold", "down", 40.0),
    ]


@pytest.mark.parametrize(("cycles", "reported"), [(2, False), (3, True), (8, True)])
def test_cycles_count_when_more_than_two(cycles, reported):
    at = 5000.0 + 250.0 * np.arange(cycles)
    u = sag(4000.0) - 3 * np.exp(-(((TIME[:, None] - at) / 50.0) ** 2)).sum(axis=1)
    found = summary(ramp_points(TIME, u, CURRENT))
    boundaries = [("hopf", "up", 45.0), ("hopf", "up", round(45.0 + 1.25 * (cycles - 1), 2))]
    hopf = [point for point in found if point[0] == "hopf"]
    assert len(hopf) == (2 if reported else 0)
    for (_, way, current), (_, expected_way, expected) in zip(hopf, boundaries, strict=False):
        assert way == expected_way
        assert current == pytest.approx(expected, abs=0.1)
    assert ("fold", "up", 40.0) in found


def test_a_signal_without_troughs_has_no_points():
    noise = 0.2 * np.sin(TIME / 7.0)
    assert ramp_points(TIME, -TIME / 4000.0 + noise, CURRENT) == []


def test_short_groups_are_dropped_and_gaps_split():
    at = np.concatenate([3000.0 + 50.0 * np.arange(20), 7000.0 + 50.0 * np.arange(5)])
    u = 0.02 * np.exp(-(((TIME[:, None] - at) / 12.0) ** 2)).sum(axis=1)
    found = [p for p in ramp_points(TIME, u, CURRENT, CIRCUIT) if p.kind == "hopf"]
    assert [round(p.current, 1) for p in found] == [35.0, 39.8]


def test_a_ramp_through_a_fold_is_late():
    """The fold is at 42 pA; the ramp of 5 pA/s passes it by a good part of a pA."""
    system = folds(noise=1e-3)
    recording, _ = ramped(system, 20.0, 70.0)
    u = -2.0 * recording.current + 6 * np.log(
        recording.observed_rate
    )  # falls on the branch, rises at the jump
    points = ramp_points(recording.time, u, recording.current, TroughSettings(fold_prominence=3.0))
    assert points[0].direction == "up"
    assert 42.3 < points[0].current < 46.0
