"""Gain, coherence, information and d′ of series whose truth is known."""

import numpy as np
import pytest

from ikmeanfield.analysis.signal_in_noise import (
    counted,
    d_prime,
    information_rate,
    linear_share,
    overall_gain,
    transmission,
)

SAMPLE, SEGMENT, HIGHEST = 1.0, 500.0, 200.0


def filtered(rng, samples, noise, gain=3.0, decay=0.9):
    """White signal of variance 4, passed through a first-order filter, with white noise."""
    signal = 2.0 * rng.standard_normal(samples)
    response = np.empty(samples)
    held = 0.0
    for place, value in enumerate(signal.tolist()):
        held = decay * held + value
        response[place] = held
    return signal, gain * response + noise * rng.standard_normal(samples)


def truth(noise, gain=3.0, decay=0.9):
    """Gain and coherence at the multiples of 2 Hz, in closed form."""
    frequency = np.arange(2.0, HIGHEST + 1, 2.0)
    step = np.exp(-2j * np.pi * frequency * SAMPLE / 1000)
    modulus = gain / np.abs(1 - decay * step)
    follows = 4.0 * modulus**2
    return modulus, follows / (follows + noise**2)


@pytest.mark.parametrize("noise", [5.0, 40.0])
def test_a_linear_filter_with_noise(noise):
    """Oracle: |H| and |H|²S/(|H|²S + N) of the filter, and −∫ log₂(1 − C) df with them."""
    signal, response = filtered(np.random.default_rng(3), 200_000, noise)
    found = transmission(signal, response, SAMPLE, SEGMENT)
    inside = found.frequency <= HIGHEST
    gain, coherence = truth(noise)
    np.testing.assert_allclose(found.frequency[inside], np.arange(2.0, HIGHEST + 1, 2.0))
    clear = coherence > 0.3  # where the error of a gain is small and known: √((1 − C) / 2nC)
    error = np.sqrt((1 - coherence) / (2 * 400 * coherence))[clear]
    scores = (found.gain[inside] / gain - 1)[clear] / error
    assert np.abs(scores).mean() == pytest.approx(np.sqrt(2 / np.pi), abs=0.25)
    assert np.abs(found.coherence[inside] - coherence).mean() < 0.04
    bits = -np.log2(1 - coherence).sum() * 2.0
    assert information_rate(found, HIGHEST) == pytest.approx(bits, rel=0.03)
    follows = 4.0 * gain**2
    share = follows.sum() / (follows + noise**2).sum()
    assert linear_share(found, HIGHEST) == pytest.approx(share, abs=0.02)
    assert overall_gain(found, HIGHEST) == pytest.approx(np.sqrt((gain**2).mean()), rel=0.03)


def test_few_segments_do_not_bias_information():
    """Oracle: −log₂(1 − C) of white noise of known coherence, averaged over many short series."""
    rng, coherence, found = np.random.default_rng(8), 0.3, []
    for _ in range(400):
        signal = rng.standard_normal(5 * 500)
        response = signal + np.sqrt(1 / coherence - 1) * rng.standard_normal(signal.size)
        found.append(transmission(signal, response, SAMPLE, SEGMENT).information.mean())
    error = np.std(found) / np.sqrt(len(found))
    assert abs(np.mean(found) + np.log2(1 - coherence)) < 4 * error < 0.02


def test_independent_series_tell_nothing():
    """Oracle: coherence and information are zero on average, for any number of segments."""
    rng = np.random.default_rng(5)
    found = [transmission(*rng.standard_normal((2, 2000)), SAMPLE, SEGMENT) for _ in range(300)]
    for values in (
        [one.coherence.mean() for one in found],
        [one.information.mean() for one in found],
    ):
        assert abs(np.mean(values)) < 4 * np.std(values) / np.sqrt(len(values)) < 0.05


def test_powers_integrate_to_variances():
    """Oracle: the variance of white noise."""
    signal, response = np.random.default_rng(2).standard_normal((2, 100_000)) * [[2.0], [3.0]]
    found = transmission(signal, response, SAMPLE, SEGMENT)
    assert found.signal.sum() * 2.0 == pytest.approx(4.0, rel=0.02)
    assert found.power.sum() * 2.0 == pytest.approx(9.0, rel=0.02)


@pytest.mark.parametrize("distance", [0.0, 0.7, 3.0])
def test_two_gaussians_a_distance_apart(distance):
    """Oracle: the distance of their means in standard deviations."""
    rng = np.random.default_rng(4)
    absent = rng.normal(20.0, 2.5, 40_000)
    present = rng.normal(20.0 + 2.5 * distance, 2.5, 40_000)
    assert d_prime(absent, present) == pytest.approx(distance, abs=0.03)
    assert np.isnan(d_prime(np.ones(5), np.ones(5)))


def test_spikes_of_poisson_neurons():
    """Oracle: the rate is their mean, and its variance is rate / (neurons × time)."""
    seen = counted(np.full(200_000, 20.0), 500, 2.0, np.random.default_rng(6))
    assert seen.mean() == pytest.approx(20.0, rel=1e-3)
    assert seen.var() == pytest.approx(20.0 / (500 * 0.002), rel=0.02)
    assert counted(np.array([-1.0]), 500, 2.0, np.random.default_rng(6))[0] == 0.0


def test_too_few_segments_are_refused():
    with pytest.raises(ValueError, match="2 segments of 500 ms"):
        transmission(np.zeros(1400), np.zeros(1400), SAMPLE, SEGMENT)
    with pytest.raises(ValueError, match="differ in shape"):
        transmission(np.zeros(1400), np.zeros(1401), SAMPLE, SEGMENT)
