"""The scheme `exact` is second order in its step.

Oracle: the same network at a step 8 to 32 times shorter; what is tested is how fast the
difference falls. The measured functionals are smooth in the spikes' times, as a count over a
fixed window is not: raised-cosine averages of the spike train, of s (which is the spike train
filtered by an exponential) and of u.
"""

import itertools

import numpy as np
import pytest

from ikmeanfield.circuit import regular_spiking
from ikmeanfield.inputs import ramp
from ikmeanfield.spiking import Network

DURATION = 400.0
SAMPLE = 0.8
FINE = 0.05
STEPS = (0.4, 0.2, 0.1)
CENTERS = np.arange(60.0, DURATION - 59.0, 20.0)
HALF = 60.0

ADAPTATION = (10.0, 100.0)
RESETS = ((1000.0, -1000.0), (50.0, -100.0), (40.0, -60.0))
INPUTS = {"constant": None, "ramp": {"rs": ramp([(0.0, 30.0), (DURATION, 80.0)])}}


def window(time):
    """Raised cosines about the centres, shape (centres, times)."""
    distance = time[None, :] - CENTERS[:, None]
    return np.where(np.abs(distance) < HALF, np.cos(np.pi * distance / (2 * HALF)) ** 2, 0.0)


def filtered(weights, constant):
    """Filter the windows backwards by an exponential.

    ∫ w(t) K(t) dt, for K a spike train filtered forwards, is the sum of this over the spikes.
    """
    kernel = FINE * np.exp(-np.arange(0.0, 12 * constant, FINE) / constant)
    return np.array([np.convolve(row[::-1], kernel)[: row.size][::-1] for row in weights])


def jumps(times, samples, constant):
    """A spike train filtered by an exponential, at the sample times."""
    # A spike at the very time of a sample opens the step that follows it.
    bins = np.searchsorted(samples, times, side="right")
    late = np.exp(-(samples[np.minimum(bins, samples.size - 1)] - times) / constant)
    new = np.bincount(bins, weights=late, minlength=samples.size)[: samples.size]
    train = np.zeros(samples.size)
    level = 0.0
    for j, value in enumerate(new):
        level = level * np.exp(-SAMPLE / constant) + value
        train[j] = level
    return train


def measure(circuit, inputs, step):
    """Windowed averages of rate, s and u."""
    cell = circuit.populations["rs"]
    run = Network(circuit, step=step).run(
        inputs, duration=DURATION, sample=SAMPLE, spikes={"rs": range(cell.size)}
    )
    times = run.spike_time.values
    grid = np.arange(0.0, DURATION, FINE)
    weights = window(grid)

    def over_spikes(rows):
        return np.array([np.interp(times, grid, row).sum() for row in rows]) / cell.size

    # u is sampled without its jumps, which the spike times give more smoothly.
    samples = run.time.values
    smooth = run.recovery.values[0] - cell.adaptation / cell.size * jumps(
        times, samples, cell.recovery_time
    )
    jumping = cell.adaptation * over_spikes(filtered(weights, cell.recovery_time))
    return {
        "rate": over_spikes(weights),
        "s": over_spikes(filtered(weights, 6.0)),
        "u": SAMPLE * window(samples) @ smooth + jumping,
    }


@pytest.mark.parametrize(
    ("adaptation", "reset", "recovery"),
    list(itertools.product(ADAPTATION, RESETS, ("neuron", "population"))),
)
def test_second_order(adaptation, reset, recovery):
    circuit = regular_spiking().replace(
        {
            "rs.size": 2000,
            "rs.input_current": 60.0,
            "rs.adaptation": adaptation,
            "rs.peak_potential": reset[0],
            "rs.reset_potential": reset[1],
            "rs.recovery": recovery,
        }
    )
    errors = {"rate": [], "s": [], "u": []}
    for inputs in INPUTS.values():
        reference = measure(circuit, inputs, 0.0125)
        for step in STEPS:
            found = measure(circuit, inputs, step)
            for key, value in reference.items():
                errors[key].append(np.mean((found[key] - value) ** 2) / np.mean(value**2))
    for key, squares in errors.items():
        error = np.sqrt(np.mean(np.reshape(squares, (len(INPUTS), len(STEPS))), axis=0))
        order = np.polyfit(np.log(STEPS), np.log(error), 1)[0]
        assert order > 1.6, (key, order, error)
        assert error[1] < 1e-4, (key, error)
