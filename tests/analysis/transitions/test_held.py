"""The detector at constant current. Oracle: normal forms whose folds and Hopf points are exact."""

import numpy as np
import pytest
from noisy_forms import folds, oscillator, ramped, steep

from ikmeanfield.analysis.transitions.border import BorderSearch
from ikmeanfield.analysis.transitions.course import hint, ripple
from ikmeanfield.analysis.transitions.held import (
    HoldSettings,
    find_edge,
    forecast,
    noise_width,
)
from ikmeanfield.analysis.transitions.plant import BudgetError, Mirrored, Saved, mirrored
from ikmeanfield.analysis.transitions.search import (
    Findings,
    HeldSettings,
    held_points,
    soft_borders,
)

SETTINGS = HeldSettings()


def search(plant):
    course, settings = ramped(plant, 20.0, 70.0)
    hints = tuple(hint(course, settings, up=up, steepest=SETTINGS.steepest) for up in (True, False))
    found = held_points(plant, course.saved, course.turn, hints, SETTINGS)
    return found, hints, plant.spent / settings.duration


@pytest.mark.parametrize("noise", [0.0, 1e-3])
def test_folds_within_a_tenth(noise):
    found, hints, cost = search(folds(noise))
    points = found.points
    assert found.status["edge_up"] == found.status["edge_down"] == "found"
    assert [(p.kind, p.direction) for p in points] == [("fold", "up"), ("fold", "down")]
    for point, exact, late in zip(points, (42.0, 38.0), hints, strict=True):
        assert point.upper - point.lower <= 0.1 + 1e-9
        assert point.current == pytest.approx(exact, abs=0.1)
        assert abs(late.current - exact) > 0.5
    assert cost <= 2.0


@pytest.mark.parametrize("seed", range(3))
def test_a_steep_smooth_change_is_no_point(seed):
    found, (up, _), _ = search(steep(2e-3, seed))
    assert up is not None
    assert found.points == []
    assert found.status["edge_up"] == "none"


def test_nothing_moves():
    plant = steep(2e-3)
    plant.field = lambda x, current: 0.01 * (0.2 * (current - 40) / 30 - x.real)
    found, hints, cost = search(plant)
    assert (found.points, hints, cost) == ([], (None, None), 0.0)
    assert set(found.status.values()) == {"no hint"}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mirror", [False, True], ids=["upper", "lower"])
@pytest.mark.parametrize(
    ("cubic", "quintic", "last"), [(1.5, 0.5, 46.0), (-1.2, 1.2, 46.3)], ids=["super", "sub"]
)
def test_border_of_oscillations(cubic, quintic, last, mirror, seed):
    """λ = −(I − 46)/s; of cycles with c < 0 the last is at 46 + c²/(4e). Mirrored: a lower one."""
    plant = oscillator(46.0, 1.0, cubic, quintic, noise=4e-4, seed=seed)
    plant.drive(43.0, 0.0, 2000.0)
    plant.spent = 0.0
    system, state = plant, plant.save()
    if mirror:
        system, state = Mirrored(plant), mirrored(state)
        plant.field = lambda z, current, field=plant.field: field(z, -current)
        state = Saved(state.state, -state.current)
        plant.current = -plant.current
    search = BorderSearch(system, state, 51.0, SETTINGS.border)
    assert search.approach()
    search.refine(21_000.0)
    border = search.fit()
    assert border.last == pytest.approx(last, abs=0.1)
    assert border.hopf == pytest.approx(46.0, abs=0.15)
    assert border.last_error < 0.2
    assert abs(border.last - last) <= 2 * border.last_error
    assert abs(border.hopf - 46.0) <= 2 * border.hopf_error
    assert plant.spent <= 21_000


def test_no_rate_falls_where_nothing_grows():
    """An oscillator without a border within reach: it decays everywhere alike."""
    plant = oscillator(0.0, 0.0, 1.5, 0.5)
    plant.current = 43.0
    search = BorderSearch(plant, plant.save(), 51.0, SETTINGS.border)
    search.approach()
    search.refine(20_000.0)
    border = search.fit()
    assert border is None or max(border.hopf_error, border.last_error) > SETTINGS.error


def test_soft_borders_are_found_on_both_sides():
    """Growth (I − 40)(46 − I)/4 per s: Hopf points at 40 and 46, both supercritical."""
    plant = oscillator(0.0, 0.0, 1.5, 0.0, noise=4e-4)

    def field(z, current):
        rate = (current - 40.0) * (46.0 - current) / 4 - 1.5 * abs(z) ** 2
        return z * (np.exp(rate / 1000.0 + 2j * np.pi / 200.0) - 1)

    plant.field, plant.budget = field, 42_000.0
    course, settings = ramped(plant, 35.0, 55.0, rise=20_000.0)
    seen = ripple(course, settings, SETTINGS.oscillates)
    assert seen.begins
    assert seen.ends
    assert 40.0 < seen.strongest < 47.0
    found = Findings()
    soft_borders(found, plant, course.saved[: course.turn], seen, SETTINGS)
    for name, exact in (("lower_up", 40), ("lower_down", 40), ("upper_up", 46), ("upper_down", 46)):
        assert found.status[name] in {"found", "wide"}
        side, direction = name.split("_")
        (point,) = (
            p for p in found.points
            if p.direction == direction and (p.current < 43) == (side == "lower")
        )  # fmt: skip
        assert point.kind == "hopf"
        assert point.lower <= exact <= point.upper
    assert plant.spent <= plant.budget


def test_a_ramp_without_oscillations_hints_at_none():
    course, settings = ramped(steep(2e-3), 20.0, 70.0)
    assert ripple(course, settings, SETTINGS.oscillates) is None


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


def test_a_search_that_the_budget_ends_says_so():
    plant = folds()
    plant.budget = 3000.0
    drive, course = plant.drive, ramped(plant, 20.0, 70.0)
    hints = tuple(hint(course[0], course[1], up=up, steepest=0.3) for up in (True, False))

    def limited(to, over, duration):
        if plant.spent + duration > 3000.0:
            raise BudgetError
        return drive(to, over, duration)

    plant.drive = limited
    found = held_points(plant, course[0].saved, course[0].turn, hints, SETTINGS)
    assert found.points == []
    assert found.status["edge_up"] == found.status["edge_down"] == "not resolved"
