"""How the rate of a population rises with its input current: range, linearity, bistability."""

from __future__ import annotations

from math import nan
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

if TYPE_CHECKING:
    from ikmeanfield.continuation import Branch

FloatArray = NDArray[np.float64]

ONSET = 0.05
"""The dynamic range begins where the rate exceeds this share of its largest value."""


def rising(branch: Branch, variable: str) -> tuple[FloatArray, FloatArray]:
    """What a circuit does when a parameter rises slowly along a branch that begins at its lowest.

    Beyond a fold the circuit jumps to the next part of the branch that reaches further.

    Parameters
    ----------
    branch
        Equilibria in one parameter; with its rows reversed if they begin at the highest value.
    variable
        Name of a variable, for example ``"rs.firing_rate"``.

    Returns
    -------
    value, state
        The parameter, rising, and the variable, shape (points,) each. Jumps are between two
        points that differ in the parameter by rounding alone.
    """
    x, y = branch[branch.free[0]], branch[variable]
    if x[0] > x[-1]:
        x, y = x[::-1], y[::-1]
    values, states = [float(x[0])], [float(y[0])]
    for place in range(1, len(x)):
        here, there = float(x[place - 1]), float(x[place])
        furthest = values[-1]
        if there <= furthest:
            continue
        if here < furthest:  # the branch comes back: the jump lands on it between two rows
            share = (furthest - here) / (there - here)
            values.append(float(np.nextafter(furthest, np.inf)))
            states.append(float(y[place - 1] + share * (y[place] - y[place - 1])))
        values.append(there)
        states.append(float(y[place]))
    return np.array(values), np.array(states)


def dynamic_range(current: ArrayLike, rate: ArrayLike) -> tuple[float, float]:
    """Currents between which the rate varies.

    From the last current at which the rate is below 5 % of its largest value, to the highest.
    """
    current, rate = np.asarray(current, float), np.asarray(rate, float)
    below = np.flatnonzero(rate < ONSET * rate.max())
    return float(current[below[-1]] if below.size else current[0]), float(current[-1])


def nonlinearity(current: ArrayLike, rate: ArrayLike, spacing: float = 0.25) -> float:
    """Largest distance of a rising rate from its best line, over the range of rates.

    The line is fitted by least squares over the `dynamic_range`, on evenly spaced currents. A
    straight rise from the onset on gives 0, a step to a constant rate nearly 1.

    Parameters
    ----------
    current
        In pA, rising.
    rate
        In Hz.
    spacing
        Distance in pA of the currents at which the rate is interpolated.
    """
    current, rate = np.asarray(current, float), np.asarray(rate, float)
    if np.ptp(rate) <= 0:
        return nan
    low, high = dynamic_range(current, rate)
    grid = np.linspace(low, high, max(round((high - low) / spacing), 2) + 1)
    seen = np.interp(grid, current, rate)
    line = np.polynomial.Polynomial.fit(grid, seen, 1)
    return float(np.abs(seen - line(grid)).max() / np.ptp(seen))


def bistable_width(branch: Branch) -> float:
    """Length of the interval in which a branch folds back over itself; 0 without folds."""
    folds = [point.parameters[branch.free[0]] for point in branch.points("LP")]
    return max(folds) - min(folds) if len(folds) > 1 else 0.0
