"""The detector at constant current. Oracle: normal forms whose folds and Hopf points are exact."""

import numpy as np
import pytest
from noisy_forms import folds, oscillator, ramped, steep

from ikmeanfield.analysis.transitions.boundary_search import BoundarySearch
from ikmeanfield.analysis.transitions.brackets import bracket_transition
from ikmeanfield.analysis.transitions.constant_current import (
    search_at_constant_current,
    search_gradual_boundaries,
)
from ikmeanfield.analysis.transitions.holds import HoldSettings
from ikmeanfield.analysis.transitions.passage_times import noise_width, predict_fold
from ikmeanfield.analysis.transitions.ramp_hints import find_jump, find_oscillations
from ikmeanfield.analysis.transitions.searches import SearchResult, SearchSettings
from ikmeanfield.analysis.transitions.system import (
    BudgetError,
    ReversedCurrent,
    SavedState,
    with_reversed_current,
)

SETTINGS = SearchSettings()


def search(system):
    recording, settings = ramped(system, 20.0, 70.0)
    hints = tuple(
        find_jump(recording, settings, up=up, steepest=SETTINGS.steepest) for up in (True, False)
    )
    found = search_at_constant_current(system, recording.saved, recording.turn, hints, SETTINGS)
    return found, hints, system.spent / settings.duration


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


def test_a_flat_ramp_gives_no_hint():
    system = steep(2e-3)
    system.field = lambda x, current: 0.01 * (0.2 * (current - 40) / 30 - x.real)
    found, hints, cost = search(system)
    assert (found.points, hints, cost) == ([], (None, None), 0.0)
    assert set(found.status.values()) == {"no hint"}


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("mirror", [False, True], ids=["upper", "lower"])
@pytest.mark.parametrize(
    ("cubic", "quintic", "last"), [(1.5, 0.5, 46.0), (-1.2, 1.2, 46.3)], ids=["super", "sub"]
)
def test_boundary_of_oscillations(cubic, quintic, last, mirror, seed):
    """Growth rate −(I − 46)/s.

    With c < 0 the last cycle is at 46 + c²/(4e). With the current reversed, this boundary is a
    lower one.
    """
    system = oscillator(46.0, 1.0, cubic, quintic, noise=4e-4, seed=seed)
    system.drive(43.0, 0.0, 2000.0)
    system.spent = 0.0
    driven, state = system, system.save()
    if mirror:
        driven, state = ReversedCurrent(system), with_reversed_current(state)
        system.field = lambda z, current, field=system.field: field(z, -current)
        state = SavedState(state.state, -state.current)
        system.current = -system.current
    search = BoundarySearch(driven, state, 51.0, SETTINGS.boundary)
    assert search.enclose()
    search.refine(21_000.0)
    boundary = search.fit()
    assert boundary.last == pytest.approx(last, abs=0.1)
    assert boundary.hopf == pytest.approx(46.0, abs=0.15)
    assert boundary.last_error < 0.2
    assert abs(boundary.last - last) <= 2 * boundary.last_error
    assert abs(boundary.hopf - 46.0) <= 2 * boundary.hopf_error
    assert system.spent <= 21_000


def test_no_boundary_where_oscillations_decay_alike_everywhere():
    """An oscillator that decays at the same rate at all currents has no boundary."""
    system = oscillator(0.0, 0.0, 1.5, 0.5)
    system.current = 43.0
    search = BoundarySearch(system, system.save(), 51.0, SETTINGS.boundary)
    search.enclose()
    search.refine(20_000.0)
    boundary = search.fit()
    assert boundary is None or max(boundary.hopf_error, boundary.last_error) > SETTINGS.error


def test_gradual_boundaries_are_found_on_both_sides():
    """Growth (I − 40)(46 − I)/4 per s: Hopf points at 40 and 46, both supercritical."""
    system = oscillator(0.0, 0.0, 1.5, 0.0, noise=4e-4)

    def field(z, current):
        rate = (current - 40.0) * (46.0 - current) / 4 - 1.5 * abs(z) ** 2
        return z * (np.exp(rate / 1000.0 + 2j * np.pi / 200.0) - 1)

    system.field, system.budget = field, 42_000.0
    recording, settings = ramped(system, 35.0, 55.0, rise=20_000.0)
    seen = find_oscillations(recording, settings, SETTINGS.oscillates)
    assert seen.begins
    assert seen.ends
    assert 40.0 < seen.strongest < 47.0
    found = SearchResult()
    search_gradual_boundaries(found, system, recording.saved[: recording.turn], seen, SETTINGS)
    for name, exact in (("lower_up", 40), ("lower_down", 40), ("upper_up", 46), ("upper_down", 46)):
        assert found.status[name] in {"found", "wide"}
        side, direction = name.split("_")
        (point,) = (
            p for p in found.points
            if p.direction == direction and (p.current < 43) == (side == "lower")
        )  # fmt: skip
        assert point.kind == "hopf"
        assert point.lower <= exact <= point.upper
    assert system.spent <= system.budget


def test_a_ramp_without_oscillations_gives_no_hint():
    recording, settings = ramped(steep(2e-3), 20.0, 70.0)
    assert find_oscillations(recording, settings, SETTINGS.oscillates) is None


def test_passage_times_predict_the_fold():
    ab = 3e-5
    passages = [(c, np.pi / np.sqrt(ab * (c - 40.3))) for c in (42.0, 41.0)]
    assert predict_fold(passages) == pytest.approx(40.3, abs=1e-9)
    assert np.isnan(predict_fold(passages[:1]))


def test_noise_blurs_more_where_there_is_more():
    widths = []
    for noise in (1e-3, 1e-2):
        system = folds(noise, seed=1)
        x = system.drive(40.0, 0.0, 3000.0)
        bracket = bracket_transition(
            system,
            system.save(),
            43.0,
            1.0,
            HoldSettings(),
            above=True,
            settled=float(x[400:].mean()),
        )
        widths.append(noise_width(bracket, system.sample))
    assert 0 < widths[0] < widths[1] < 1.0


def test_a_search_reports_that_its_budget_ran_out():
    system = folds()
    system.budget = 3000.0
    drive, recording = system.drive, ramped(system, 20.0, 70.0)
    hints = tuple(
        find_jump(recording[0], recording[1], up=up, steepest=0.3) for up in (True, False)
    )

    def limited(to, over, duration):
        if system.spent + duration > 3000.0:
            raise BudgetError
        return drive(to, over, duration)

    system.drive = limited
    found = search_at_constant_current(
        system, recording[0].saved, recording[0].turn, hints, SETTINGS
    )
    assert found.points == []
    assert found.status["edge_up"] == found.status["edge_down"] == "not resolved"
