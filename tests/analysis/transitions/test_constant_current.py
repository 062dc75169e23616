"""The detector at constant current. Oracle: normal forms whose folds and Hopf points are exact."""

import numpy as np
import pytest
from noisy_forms import folds, oscillator, ramped, steep

from ikmeanfield.analysis.transitions.boundary_search import BoundarySearch
from ikmeanfield.analysis.transitions.brackets import BracketSearch
from ikmeanfield.analysis.transitions.constant_current import (
    RampStates,
    search_at_constant_current,
)
from ikmeanfield.analysis.transitions.holds import Hold, HoldSettings, hold
from ikmeanfield.analysis.transitions.oscillations import search_gradual_boundaries
from ikmeanfield.analysis.transitions.passage_times import RampExit, noise_width, predict_fold
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
    states = RampStates(recording.saved, recording.turn, 50.0 / settings.rise)
    found = search_at_constant_current(system, states, hints, SETTINGS)
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


def passage(start, current, time):
    return Hold(start, current, True, time, np.zeros(0), SavedState(None, current))


def test_passage_times_predict_the_fold():
    """Oracle: passage times by integrating dx/dt = a d + b x² from the settled state."""
    a, b, fold, delay = 6e-3, 5e-3, 40.3, 60.0

    def time(start, current):
        x, t = -np.sqrt(a * (fold - start) / b), 0.0
        while x < 1e3:
            step = 0.2 / (1.0 + abs(x))
            x, t = x + step * (a * (current - fold) + b * x * x), t + step
        return t + delay

    speed = 5e-3
    lag = 2.338107 * (speed**2 / (a * b)) ** (1 / 3)
    ramp = RampExit(fold + lag + speed * delay, speed)
    holds = [passage(38.5, c, time(38.5, c)) for c in (41.4, 40.8, 40.5)]
    for passages, within in ((holds[:2], 0.2), (holds, 0.02)):
        prediction = predict_fold(passages, 38.5, ramp, 4.0)
        assert prediction.current == pytest.approx(fold, abs=within)
        assert abs(prediction.current - fold) < 2 * prediction.error
    assert prediction.coefficient == pytest.approx(a * b, rel=0.15)
    assert predict_fold(holds[:1], 38.5, None, 4.0) is None


@pytest.mark.parametrize(("current", "left"), [(41.9, False), (42.1, True)])
def test_a_hold_ends_once_the_system_has_settled_or_left(current, left):
    """Oracle: the fold is at 42 pA; beyond it the drift is at least 0.01/3 eˣ per ms and pA."""
    system = folds(1e-4)
    x = system.drive(41.0, 100.0, 2000.0)
    slowest = 0.01 / 3 * float(np.exp(-1.0)) * 0.05
    before = system.spent
    one = hold(
        system, system.save(), current, 3 * float(x[-1]), HoldSettings(), above=True,
        slowest=slowest,
    )  # fmt: skip
    assert one.left == left
    assert one.settled != left
    assert system.spent - before < 2500.0


@pytest.mark.parametrize("noise", [3e-4, 3e-3])
def test_brackets_contain_the_fold(noise):
    """Oracle: the folds are at 38 and 42 pA; a bracket may miss them by half of its tolerance."""
    missed = 0
    for seed in range(6):
        found, _, _ = search(folds(noise, seed))
        assert [p.direction for p in found.points] == ["up", "down"]
        for point, exact in zip(found.points, (42.0, 38.0), strict=True):
            margin = 0.025 + point.noise
            missed += not point.lower - margin <= exact <= point.upper + margin
    assert missed == 0


def test_the_time_of_every_search_adds_up():
    """Oracle: the system's own count of simulated time."""
    system = folds(1e-3)
    found, _, _ = search(system)
    times = {name: sum(parts.values()) for name, parts in found.time.items()}
    assert sum(times.values()) == pytest.approx(system.spent)
    assert {name for name, time in times.items() if time > 0} == {"edge_up", "edge_down"}


def test_noise_blurs_more_where_there_is_more():
    widths = []
    for noise in (1e-3, 1e-2):
        system = folds(noise, seed=1)
        x = system.drive(40.0, 0.0, 3000.0)
        search = BracketSearch(
            system, system.save(), float(x[400:].mean()), RampExit(43.0, 5e-3), 1.0,
            HoldSettings(), above=True,
        )  # fmt: skip
        widths.append(noise_width(search.run(), system.sample))
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
    states = RampStates(recording[0].saved, recording[0].turn, 5e-3)
    found = search_at_constant_current(system, states, hints, SETTINGS)
    assert found.points == []
    assert found.status["edge_up"] == found.status["edge_down"] == "not resolved"
