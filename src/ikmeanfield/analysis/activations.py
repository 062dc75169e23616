"""What the spikes of single neurons leave behind: a trace per neuron that decays exponentially."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def activations(
    times: FloatArray,
    neurons: NDArray[np.int64],
    initial: FloatArray,
    *,
    duration: float,
    sample: float,
    decay_time: float,
) -> FloatArray:
    """The trace of every neuron at the end of every sample, by x' = −x/τ with a jump of one.

    Parameters
    ----------
    times, neurons
        Spikes: when, in ms after the beginning and up to the duration, and of which neuron.
    initial
        Traces at the beginning, shape (neurons,).
    duration, sample
        In ms; the sample divides the duration.
    decay_time
        τ in ms.

    Returns
    -------
    ndarray
        Shape (neurons, samples).
    """
    from scipy.signal import lfilter  # noqa: PLC0415

    samples = round(duration / sample)
    place = np.clip(np.ceil(times / sample - 1e-9).astype(np.int64) - 1, 0, samples - 1)
    late = np.exp((times - (place + 1) * sample) / decay_time)
    entering = np.bincount(neurons * samples + place, late, initial.size * samples)
    decay = np.exp(-sample / decay_time)
    found, _ = lfilter(
        [1.0], [1.0, -decay], entering.reshape(initial.size, samples), zi=decay * initial[:, None]
    )
    return np.asarray(found)
