"""Encoding and decoding: measures on made-up responses, and both studies on small rings."""

from __future__ import annotations

import numpy as np
import pytest

from ikmeanfield.analysis.activations import activations
from ikmeanfield.analysis.bumps import centred_box, compare
from ikmeanfield.analysis.readout import (
    gaussian_target,
    kernel_variance,
    product_target,
    readout_weights,
    relative_error,
)
from ikmeanfield.analysis.replicates import interval
from ikmeanfield.experiments import expand, parse
from ikmeanfield.schema import ConfigError


def test_activations_are_sums_of_exponentials():
    """Oracle: the sum over spikes, written out, with what was there before."""
    rng = np.random.default_rng(1)
    times, neurons = np.sort(rng.uniform(0, 50, 200)), rng.integers(0, 7, 200)
    initial = rng.uniform(0, 2, 7)
    found = activations(times, neurons, initial, duration=50.0, sample=2.5, decay_time=6.0)
    for number, time in enumerate(np.arange(2.5, 50.1, 2.5)):
        expected = initial * np.exp(-time / 6.0)
        past = times <= time
        np.add.at(expected, neurons[past], np.exp((times[past] - time) / 6.0))
        np.testing.assert_allclose(found[:, number], expected, rtol=1e-12)


def test_bumps_against_their_box():
    """Oracle: distances of profiles whose shape is known, by hand."""
    box = centred_box(100, 0.25)
    assert box.sum() == 25
    assert np.flatnonzero(box)[[0, -1]].tolist() == [37, 61]
    perfect = compare(3.0 * box, box)
    assert (perfect.error, perfect.misfit, perfect.outside) == (0.0, pytest.approx(0, abs=1e-7), 0)
    silent = compare(np.zeros(100), box)
    assert (silent.error, silent.misfit) == (1.0, 1.0)
    everywhere = compare(np.full(100, 0.2), box)
    assert everywhere.error == pytest.approx(np.sqrt(75 / 25))
    assert everywhere.misfit == pytest.approx(np.sqrt(1 - 0.25))
    uneven = np.where(np.arange(100) % 2, 1.0, 0.5) * box  # half as high in 12 or 13 places
    halves = np.count_nonzero(uneven == 0.5)
    assert compare(uneven, box).error == pytest.approx(np.sqrt(halves / 4 / 25))


def test_ridge_regression_against_the_normal_equations():
    """Oracle: (mean X'X + γ)⁻¹ mean X' f, solved here for one function of time."""
    rng = np.random.default_rng(2)
    responses = list(rng.normal(size=(5, 40, 12)))
    target = rng.normal(size=40)
    weights = readout_weights(responses, 0.3)
    square = np.mean([x.T @ x for x in responses], axis=0) + 0.3 * np.eye(12)
    right = np.mean([x.T @ target for x in responses], axis=0)
    np.testing.assert_allclose(weights @ target, np.linalg.solve(square, right), rtol=1e-8)


def test_a_function_that_responses_hold_is_read_out_and_one_they_do_not_is_not():
    """Oracle: responses of known truth: sines with noise hold their product, not a late bump."""
    rng = np.random.default_rng(3)
    time = np.arange(2.5, 250.1, 2.5)
    angle = 2 * np.pi * time / 1000
    basis = np.stack([np.cos(6 * angle), np.cos(18 * angle)], axis=1)  # sin a sin 2a
    mixing = rng.normal(size=(2, 30))
    trials = [basis @ mixing + 1e-3 * rng.normal(size=(100, 30)) for _ in range(12)]
    weights = readout_weights(trials[:10], 1e-4)
    kernels = [trial @ weights for trial in trials[10:]]
    product, bump = product_target(time, 6.0, 12.0), gaussian_target(time, 150.0, 15.0)
    assert all(relative_error(kernel @ product, product) < 1e-3 for kernel in kernels)
    assert all(relative_error(kernel @ bump, bump) > 0.5 for kernel in kernels)
    assert relative_error(np.zeros(100), bump) == 1.0


def test_variance_of_kernels():
    """Oracle: Gaussian noise of known variance on one matrix."""
    rng = np.random.default_rng(4)
    one = rng.normal(size=(30, 30))
    kernels = [one + 0.2 * rng.normal(size=(30, 30)) for _ in range(40)]
    assert kernel_variance(kernels) == pytest.approx(0.04, rel=0.05)
    assert kernel_variance([one, one]) == 0.0


def test_intervals_cover_the_mean_as_often_as_they_say():
    """Oracle: 2,000 samples of ten Gaussian numbers; 95 % of intervals hold the true mean."""
    rng = np.random.default_rng(5)
    samples = rng.normal(3.0, 2.0, (2000, 10))
    held = [abs(mean - 3.0) < half for mean, half in map(interval, samples)]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)
    assert np.isnan(interval(np.array([1.0]))[1])


def planned(study, changes, axis):
    """The plan of one experiment on a ring of regular-spiking neurons."""
    circuit = {
        "rs.size": 300, "rs.recovery": "population", "rs.ampa.connectivity": "ring",
        "rs.ampa.connection_probability": 0.2, **changes,
    }  # fmt: skip
    experiment = {
        "circuit": {"preset": "regular_spiking", "set": circuit},
        "studies": {"study": {"population": "rs", **study}},
        "sweeps": {"width": {"axes": [axis]}},
    }
    return expand(parse({"seed": 1, "experiments": {"rings": experiment}}), "rings")


def computed(plan):
    return [plan.study_of("study", i).compute(plan, i) for i in plan.all_items("study")]


BUMPS = {"rs.adaptation": 10.0, "rs.input_current": 30.0, "rs.ampa.distance_exponent": 1.5}
PULSES = {"rs.adaptation": 100.0, "rs.input_current": 70.0, "rs.ampa.distance_exponent": 0.75}


def test_a_bump_stays_where_it_was_put_and_only_in_a_bistable_network():
    """Oracle: the folds of the mean field, 18.6 and 49.3 pA at Δ_v = 0.1 mV: one state at 5 pA."""
    study = {
        "kind": "encoding", "fractions": [0.5], "stimulated": [400.0, 700.0],
        "window": [1000.0, 1200.0], "stimulus": 40.0,
    }  # fmt: skip
    axis = {"parameter": "rs.input_current", "values": [5.0, 30.0]}
    low, bistable = computed(planned(study, BUMPS | {"rs.threshold_width": 0.1}, axis))
    assert float(low["rate"][0]) == 0.0
    assert float(low["error"][0]) == 1.0
    assert float(bistable["error"][0]) < 0.8
    assert float(bistable["inside"][0]) > 2 * float(bistable["outside"][0])
    profile = bistable["profile"].values[0]
    assert profile[40:60].mean() > 2 * np.r_[profile[:10], profile[-10:]].mean()


def test_the_same_seed_gives_the_same_bumps():
    """Oracle: bytes of two computations."""
    study = {
        "kind": "encoding", "stimulated": [100.0, 200.0], "window": [300.0, 400.0],
        "silent_until": 50.0,
    }  # fmt: skip
    axis = {"parameter": "rs.threshold_width", "values": [0.2]}
    first, second = (computed(planned(study, BUMPS, axis))[0] for _ in range(2))
    for name in first.data_vars:
        assert first[name].values.tobytes() == second[name].values.tobytes()


def test_readouts_of_a_small_ring():
    """Oracle: training fits better than silence, and fits trials it has seen better than others.

    With as many time points as there are, the dimension lies between one and their number.
    """
    study = {"kind": "decoding", "settle": 500.0, "trials": 10, "tests": 2}
    axis = {"parameter": "rs.threshold_width", "values": [1.0]}
    (found,) = computed(planned(study, PULSES | {"rs.size": 150}, axis))
    assert found["error"].dims == ("function",)
    assert (found["training_error"].values < 1).all()
    assert (found["training_error"].values < found["error"].values).all()
    assert 1 < float(found["dimension"]) < 100
    assert float(found["kernel_variance"]) > 0
    assert float(found["rate_lowest"]) < float(found["rate"]) < float(found["rate_highest"])


def test_what_depends_on_the_phase_of_a_pulse_varies_and_what_does_not_does_not():
    """Oracle: a silent network answers alike in every trial, so that its kernels are equal."""
    study = {"kind": "decoding", "settle": 250.0, "trials": 10, "tests": 2}
    axis = {"parameter": "rs.input_current", "values": [20.0, 70.0]}
    still = PULSES | {"rs.size": 150, "rs.threshold_width": 0.05}
    quiet, active = computed(planned(study, still, axis))
    assert float(quiet["rate"]) == 0.0
    assert float(quiet["kernel_variance"]) < 1e-12 < float(active["kernel_variance"])


@pytest.mark.parametrize(
    ("study", "changes", "words"),
    [
        ({"kind": "encoding"}, {"rs.ampa.connectivity": "all_to_all"}, "connectivity"),
        ({"kind": "encoding", "window": [1200.0, 1400.0]}, BUMPS, "must begin after the stimulus"),
        ({"kind": "encoding", "silent_until": 1100.0}, BUMPS, "silence must end before"),
        ({"kind": "encoding", "population": "fs"}, BUMPS, "no 'fs'"),
        ({"kind": "decoding", "tests": 7}, PULSES, "must divide the 50 trials"),
        ({"kind": "decoding", "width": 300.0}, PULSES, "shorter than the cycle"),
        ({"kind": "decoding", "trials": 60, "tests": 10}, PULSES, "whole multiple"),
    ],
)
def test_settings_that_cannot_be_are_refused_in_words(study, changes, words):
    """Oracle: the message names what is wrong."""
    axis = {"parameter": "rs.threshold_width", "values": [0.2]}
    if changes.get("rs.ampa.connectivity") == "all_to_all":
        changes = {**changes, "rs.ampa.connection_probability": 1.0}
    with pytest.raises(ConfigError, match=words):
        planned(study, changes, axis)
