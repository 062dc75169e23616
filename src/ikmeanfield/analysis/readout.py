"""What a linear readout can make of the responses of many neurons to one stimulus.

A response is a matrix of states over time, X_i for trial i, of shape (times, neurons). One ridge
regression over all training trials gives weights W of shape (neurons, times): column t' is the
readout that answers one at the time t' after the stimulus, and zero at all others. Every target f
then has the readout W f, because ridge regression is linear in its target. K_i = X_i W is the
kernel of trial i: it answers the target f with K_i f. Where K_i differs between trials, so does
every function that is read out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def readout_weights(responses: Sequence[FloatArray], regularisation: float) -> FloatArray:
    """Weights W of the readouts of all times, by ridge regression.

    Minimises the mean over trials of ‖X_i W − 1‖² + γ ‖W‖², with no intercept.

    Parameters
    ----------
    responses
        Training trials, each of shape (times, neurons).
    regularisation
        γ.

    Returns
    -------
    ndarray
        Shape (neurons, times).
    """
    from sklearn.linear_model import Ridge  # noqa: PLC0415

    times = responses[0].shape[0]
    ridge = Ridge(alpha=regularisation * len(responses), fit_intercept=False, solver="cholesky")
    ridge.fit(np.concatenate(responses), np.tile(np.eye(times), (len(responses), 1)))
    return np.asarray(ridge.coef_).T


def relative_error(answer: FloatArray, target: FloatArray) -> float:
    """Mean square of the difference over that of the target: 1 is no better than silence."""
    return float(np.mean((answer - target) ** 2) / np.mean(target**2))


def kernel_variance(kernels: Sequence[FloatArray]) -> float:
    """Variance of a kernel's entries over trials, averaged over the entries."""
    return float(np.var(np.stack(kernels), axis=0, ddof=1).mean())


def gaussian_target(time: FloatArray, centre: float, width: float) -> FloatArray:
    """A Gaussian bump of height one at `centre`, of standard deviation `width`, all in ms."""
    return np.exp(-((time - centre) ** 2) / (2 * width**2))


def product_target(time: FloatArray, first: float, second: float) -> FloatArray:
    """sin(2π f₁ t) sin(2π f₂ t), with the time in ms and frequencies in Hz."""
    angle = 2 * np.pi * time / 1000.0
    return np.sin(first * angle) * np.sin(second * angle)
