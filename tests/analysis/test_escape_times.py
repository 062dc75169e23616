"""Escape times: statistics on exponential times of known mean, and a particle in two wells."""

import itertools

import numpy as np
import pytest

from ikmeanfield.analysis.escape_times import barrier, first_passage, mean_time, reaches, threshold
from ikmeanfield.analysis.two_states import escape_time

RNG = np.random.default_rng(5)


def test_censored_exponential_times_have_their_mean_in_the_interval():
    """Oracle: times drawn with a mean of 200 ms and cut at 150 ms; 95 % intervals."""
    covered, means = 0, []
    for _ in range(400):
        times = RNG.exponential(200.0, 30)
        found = mean_time(np.minimum(times, 150.0), times < 150.0)
        means.append(found.mean)
        covered += found.low < 200.0 < found.high
    assert 0.93 < covered / 400 <= 1.0
    assert np.median(means) == pytest.approx(200.0, rel=0.05)


def test_without_an_escape_there_is_a_lower_bound_only():
    """Oracle: exp(−S/T) = 0.05 at the bound, for no escape in the time S."""
    found = mean_time([100.0, 200.0], [False, False])
    assert np.exp(-300.0 / found.low) == pytest.approx(0.05)
    assert np.isnan(found.mean)
    assert np.isnan(found.high)
    assert found.observed == 300.0


class Particle:
    """dx = (x − x³) dt + σ dW by Euler's method: two wells at ±1, a saddle at 0."""

    sample = 0.02

    def start(self, state, seed):
        self.x = -1.0 if state == "low" else 1.0
        return True

    def advance(self, current, duration):
        step, course = self.sample, []
        for kick in current(round(duration / step)).tolist():
            self.x += step * (self.x - self.x**3) + kick
            course.append(self.x)
        return np.array(course)


def exact_time(sigma, start=-1.0, end=0.5):
    """(2/σ²) ∫ dy exp(2U(y)/σ²) ∫ dz exp(−2U(z)/σ²): mean first passage time from start to end."""
    grid = np.linspace(-4.0, end, 20001)
    potential = grid**4 / 4 - grid**2 / 2
    inner = np.concatenate([[0.0], np.cumsum(np.exp(-2 * potential[1:] / sigma**2))]) * (
        grid[1] - grid[0]
    )
    outer = np.exp(2 * potential / sigma**2) * inner
    return 2 / sigma**2 * np.trapezoid(outer[grid >= start], grid[grid >= start])


def test_a_particle_leaves_its_well_after_the_exact_time():
    """Oracle: the integral for the mean first passage time, and the slope of its logarithm."""
    sigmas, means, escapes = [0.7, 0.55, 0.45], [], []
    for sigma in sigmas:

        def noise(seed, sigma=sigma):
            draw = np.random.default_rng(seed)
            return lambda count: sigma * np.sqrt(Particle.sample) * draw.standard_normal(count)

        found, trials = escape_time(Particle(), "low", 0.5, noise, range(40), 200.0)
        assert trials == 40
        assert found.mean == pytest.approx(exact_time(sigma), abs=3.5 * found.mean / 6)
        assert found.low < found.mean < found.high
        means.append(found.mean)
        escapes.append(found.escapes)
    inverse = 1 / np.array(sigmas) ** 2
    slope, error = barrier(inverse, means, escapes)
    exact = [exact_time(sigma) for sigma in sigmas]
    assert slope == pytest.approx(np.polyfit(inverse, np.log(exact), 1)[0], abs=3 * error)
    assert error < slope


def test_trials_that_are_not_in_the_state_are_left_out():
    """Oracle: every other trial does not stay where it is put."""

    class Doubtful(Particle):
        def start(self, state, seed):
            return super().start(state, seed) and seed % 2 == 0

    def still(seed):
        return np.zeros

    found, trials = escape_time(Doubtful(), "low", 0.5, still, range(10), 10.0)
    assert (trials, found.escapes, found.observed) == (5, 0, pytest.approx(50.0))
    found, trials = escape_time(Doubtful(), "low", 0.5, still, [1, 3], 10.0)
    assert (trials, found.escapes, found.observed) == (0, 0, 0.0)
    assert np.isnan([found.mean, found.low]).all()


def test_the_barrier_of_times_on_a_line_is_its_slope():
    """Oracle: log T = 0.5 x − 1 exactly, twice the height 1/4 of the particle's barrier."""
    x = np.array([2.0, 3.0, 5.0, 8.0])
    found = barrier(x, np.exp(0.5 * x - 1), [10, 20, 30, 5])
    assert found.barrier == pytest.approx(0.5)
    weight = np.array([10, 20, 30, 5.0])
    centred = x - np.average(x, weights=weight)
    assert found.error == pytest.approx(1 / np.sqrt(np.sum(weight * centred**2)))
    assert np.isnan(barrier(x[:2], [1.0, 2.0], [5, 5]).barrier)
    assert np.isnan(barrier(x, [1.0, 2.0, np.nan, np.nan], [5, 5, 0, 0]).barrier)


def test_the_noise_at_which_times_fall_below_a_length():
    """Oracle: T = 100/σ², which is 25 at σ = 2."""
    sigma = np.array([4.0, 3.0, 1.0, 0.5])
    assert reaches(sigma, 100 / sigma**2, 25.0) == pytest.approx(2.0)
    assert np.isnan(reaches(sigma, 100 / sigma**2, 1e6))
    assert np.isnan(reaches(sigma, 100 / sigma**2, 1.0))


def test_first_passages_and_thresholds():
    """Oracle: a ramp, and a switch at 3.7."""
    series = np.arange(5.0)
    assert first_passage(series, 2.5, rising=True) == 3
    assert first_passage(-series, -2.5, rising=False) == 3
    assert first_passage(series, 9.0, rising=True) is None
    calls = itertools.count()

    def switches(size):
        next(calls)
        return size >= 3.7

    assert threshold(switches, 1.0, 100.0) == pytest.approx(3.7, rel=1e-3)
    assert next(calls) < 20
    assert np.isnan(threshold(switches, 1.0, 3.0))
