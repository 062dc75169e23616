"""The detector at constant current. Oracle: normal forms whose folds and Hopf points are exact."""

import numpy as np
import pytest
from noisy_forms import folds, oscillator, ramped, steep

from ikmeanfield.analysis.transitions.course import hint
from ikmeanfield.analysis.transitions.held import (
    HoldSettings,
    find_edge,
    forecast,
    noise_width,
)
from ikmeanfield.analysis.transitions.plant import BudgetError
from ikmeanfield.analysis.transitions.search import HeldSettings, _border, held_points

SETTINGS = HeldSettings()


def search(plant):
    course, settings = ramped(plant, 20.0, 70.0)
    hints = tuple(hint(course, settings, up=up, steepest=SETTINGS.steepest) for up in (True, False))
    points = held_points(plant, course.saved, course.turn, hints, SETTINGS)
    return points, hints, plant.spent / settings.duration


@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_folds_within_a_tenth(noise):
    points, hints, cost = search(folds(noise))
    assert [(p.kind, p.direction) for p in points] == [("fold", "up"), ("fold", "down")]
    for point, exact, late in zip(points, (42.0, 38.0), hints, strict=True):
        assert point.upper - point.lower <= 0.1 + 1e-9
        assert point.current == pytest.approx(exact, abs=0.1)
        assert abs(late.current - exact) > 0.5
    assert cost <= 2.0


@pytest.mark.parametrize("seed", range(3))
def test_a_steep_smooth_change_is_no_point(seed):
    points, (up, _), _ = search(steep(2e-3, seed))
    assert up is not None
    assert points == []


def test_nothing_moves():
    plant = steep(2e-3)
    plant.field = lambda x, current: 0.01 * (0.2 * (current - 40) / 30 - x.real)
    points, hints, cost = search(plant)
    assert (points, hints, cost) == ([], (None, None), 0.0)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("cubic", "quintic", "last"), [(1.5, 0.5, 46.0), (-1.2, 1.2, 46.3)], ids=["super", "sub"]
)
def test_upper_border_of_oscillations(cubic, quintic, last, seed):
    """λ = −(I − 46)/s; of cycles with c < 0 the last is at 46 + c²/(4e)."""
    plant = oscillator(46.0, 1.0, cubic, quintic, noise=4e-4, seed=seed)
    plant.drive(43.0, 0.0, 2000.0)
    plant.spent = 0.0
    border = _border(plant, plant.save(), 51.0, SETTINGS)
    assert border is not None
    assert border.last == pytest.approx(last, abs=0.1)
    assert border.hopf == pytest.approx(46.0, abs=0.15)
    assert border.last_error < 0.15
    assert plant.spent <= 0.95 * 21_000


def test_passage_times_foretell_the_fold():
    ab = 3e-5
    history = [(c, np.pi / np.sqrt(ab * (c - 40.3))) for c in (42.0, 41.0)]
    assert forecast(history) == pytest.approx(40.3, abs=1e-9)
    assert np.isnan(forecast(history[:1]))


def test_noise_blurs_more_where_there_is_more():
    widths = []
    for noise in (1e-3, 1e-2):
        plant = folds(noise, seed=1)
        x = plant.drive(40.0, 0.0, 3000.0)
        edge = find_edge(
            plant,
            plant.save(),
            43.0,
            1.0,
            HoldSettings(),
            above=True,
            settled=float(x[400:].mean()),
        )
        widths.append(noise_width(edge, plant.sample))
    assert 0 < widths[0] < widths[1] < 1.0


def test_a_budget_ends_the_search_in_silence():
    plant = folds()
    drive, course = plant.drive, ramped(plant, 20.0, 70.0)
    hints = tuple(hint(course[0], course[1], up=up, steepest=0.3) for up in (True, False))

    def limited(to, over, duration):
        if plant.spent + duration > 3000.0:
            raise BudgetError
        return drive(to, over, duration)

    plant.drive = limited
    assert held_points(plant, course[0].saved, course[0].turn, hints, SETTINGS) == []
