"""How stable and how rich the code of a population is: counts of spikes over presentations.

Counts have the shape (inputs, trials, neurons): every input is presented as often.
"""

from __future__ import annotations

from math import nan

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def trial_correlation(counts: FloatArray) -> float:
    """Correlation over neurons of the counts in two presentations of the same input.

    Pearson's coefficient, averaged over all pairs of presentations and over inputs. For independent
    Poisson counts with rates of variance V and mean λ per window it is V/(V + λ).

    Parameters
    ----------
    counts
        Shape (inputs, trials, neurons). Presentations in which all neurons fire equally often have
        no correlation and are left out.

    Returns
    -------
    float
        NaN if no input has two presentations left.
    """
    found = []
    for rows in np.asarray(counts, dtype=float):
        centred = rows - rows.mean(axis=1, keepdims=True)
        length = np.sqrt((centred**2).sum(axis=1))
        unit = centred[length > 0] / length[length > 0, None]
        if len(unit) > 1:
            total = float((unit.sum(axis=0) ** 2).sum())
            found.append((total - len(unit)) / (len(unit) * (len(unit) - 1)))
    return float(np.mean(found)) if found else nan


def decoding_accuracy(counts: FloatArray, *, folds: int, ridge: float) -> float:
    """Share of presentations whose input a linear classifier names that has not seen them.

    Ridge regression on the inputs' indicators, cross-validated: the presentations of every input
    are divided into `folds` parts, and each part is named by a classifier fitted to the others.

    Parameters
    ----------
    counts
        Shape (inputs, trials, neurons).
    folds
        Number of parts; at most the number of trials.
    ridge
        Weight α of the squared coefficients.
    """
    from sklearn.linear_model import RidgeClassifier  # noqa: PLC0415 - takes a second
    from sklearn.model_selection import StratifiedKFold, cross_val_score  # noqa: PLC0415

    inputs, trials, neurons = counts.shape
    samples = np.asarray(counts, dtype=float).reshape(inputs * trials, neurons)
    names = np.repeat(np.arange(inputs), trials)
    parts = StratifiedKFold(folds)
    return float(cross_val_score(RidgeClassifier(alpha=ridge), samples, names, cv=parts).mean())


def participation_ratio(samples: FloatArray) -> float:
    """Effective number of dimensions of a cloud of points, (tr C)²/‖C‖² of its covariance C.

    It is the number of dimensions if all have the same variance. Of n points it is below n.

    Parameters
    ----------
    samples
        Shape (points, dimensions).

    Returns
    -------
    float
        NaN if all points are the same.
    """
    centred = np.asarray(samples, dtype=float) - np.mean(samples, axis=0)
    small = centred @ centred.T if len(centred) < centred.shape[1] else centred.T @ centred
    squares = float((small**2).sum())
    return float(np.trace(small)) ** 2 / squares if squares > 0 else nan
