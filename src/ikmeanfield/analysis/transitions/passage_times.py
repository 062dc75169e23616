"""Laws of the passage through a fold, and the current at which they place it.

Near a fold the system follows the normal form dx/dt = a d + b x², with d the distance of the
current beyond the fold. A system that was settled at the distance d₀ inside, and then is held at
the distance d beyond, leaves after the time (π/2 + arctan √(d₀/d)) / √(ab d). On a ramp with the
speed v it leaves at the distance 2.338 (v²/ab)^(1/3), with −2.338 the first zero of the Airy
function. Both take longer by the delay in which the system moves on from the fold to where its
departure is noticed. Every such observation gives ab as a function of the delay and of the current
of the fold, and the fold is where all agree. This prediction only chooses which current to hold
next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, nan, pi, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ikmeanfield.analysis.transitions.holds import Hold, drift, running_mean

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ikmeanfield.analysis.transitions.brackets import Bracket

    FloatArray = NDArray[np.float64]

AIRY_ZERO = 2.338107
NEAR_ERROR, FAR_ERROR, RAMP_ERROR = 0.06, 0.5, 0.12
"""Error of ln(ab) from one passage close to the fold, per span of currents away from it, and from
a ramp."""
UNGUIDED = 0.35
"""Where a bracket is divided without a prediction, from its outer end: passages are short there."""
DELAYS = np.arange(0.0, 401.0, 20.0)[:, None]
USUAL_DELAY, DELAY_SPREAD = 40.0, 80.0
"""Delays in ms that are considered, and which of them are usual."""


class RampExit(NamedTuple):
    """Where a ramp left a branch: the current in pA, and the ramp's speed in pA/ms."""

    current: float
    speed: float


@dataclass(frozen=True)
class FoldPrediction:
    """The current in pA of a fold, its standard error, and ab of the normal form in 1/(ms² pA)."""

    current: float
    error: float
    coefficient: float


def predict_fold(
    passages: Sequence[Hold], inside: float, ramp: RampExit | None, span: float
) -> FoldPrediction | None:
    """Predict the current of a fold from passages beyond it.

    Parameters
    ----------
    passages
        Holds that ended in a passage.
    inside
        A current in pA at which the system stays.
    ramp
        Where a ramp has passed the fold, if it has.
    span
        Range of currents in pA over which the normal form changes appreciably.

    Returns
    -------
    FoldPrediction or None
        None if there are fewer than two observations, or if they disagree.
    """
    observed = [hold for hold in passages if hold.time > 0]
    if len(observed) + (ramp is not None) < 2 or not observed:
        return None
    sign = 1.0 if observed[0].current > inside else -1.0
    nearest = min(sign * (hold.current - inside) for hold in observed)
    depth = np.linspace(0.0, nearest, 402)[1:-1]  # of the fold, beyond `inside`
    logs, weights = [], []
    for hold in observed:
        d = sign * (hold.current - inside) - depth
        phase = _phase(sign * (inside - hold.start) + depth, d)
        time = np.maximum(hold.time - DELAYS, 0.2 * hold.time)
        logs.append(2 * np.log(phase / time) - np.log(d))
        weights.append(1 / (NEAR_ERROR**2 + (FAR_ERROR * d / span) ** 2))
    if ramp is not None and sign * (ramp.current - inside) > nearest:
        whole = sign * (ramp.current - inside) - depth
        lag = np.maximum(whole - ramp.speed * DELAYS, 0.2 * whole)
        logs.append(2 * np.log(ramp.speed) + 3 * np.log(AIRY_ZERO / lag))
        weights.append(np.full(depth.size, RAMP_ERROR**-2))
    w, y = np.array(weights)[:, None], np.array(logs)
    mean = (w * y).sum(axis=0) / w.sum(axis=0)
    misfit = (w * (y - mean) ** 2).sum(axis=0) + ((DELAYS - USUAL_DELAY) / DELAY_SPREAD) ** 2
    delay, place = np.unravel_index(int(np.argmin(misfit)), misfit.shape)
    best, lowest = misfit.min(axis=0), float(misfit[delay, place])
    if lowest > 9.0 * max(1, len(logs) - 2):
        return None
    allowed = np.flatnonzero(best < lowest + max(1.0, lowest))
    error = max(float(depth[allowed[-1]] - depth[allowed[0]]) / 2, float(depth[0]))
    return FoldPrediction(
        inside + sign * float(depth[place]), error, float(np.exp(mean[delay, place]))
    )


def _phase(inside: FloatArray, beyond: FloatArray) -> FloatArray:
    return np.asarray(pi / 2 + np.arctan(np.sqrt(np.maximum(inside, 0.0) / beyond)))


def slowest_drift(passages: Sequence[Hold], fold: float, resolution: float, sample: float) -> float:
    """Drift of the observable, per ms and pA beyond the fold, where a passage is slowest.

    Parameters
    ----------
    passages
        Holds that ended in a passage.
    fold
        Current of the fold in pA.
    resolution
        Passages closer to the fold than half of this, in pA, do not count, because their relative
        distance from it is uncertain.
    sample
        Sampling interval of their traces in ms.

    Returns
    -------
    float
        The smallest estimate from passages that took longer than 300 ms; 0 if there is none.
    """
    found = inf
    for hold in passages:
        distance = abs(hold.current - fold)
        if hold.time > 300.0 and distance > resolution / 2:
            width = min(0.25 * hold.time, 400.0)
            last = round((hold.time - width / 2) / sample)
            ends = range(round((100.0 + width) / sample), last, max(1, round(40.0 / sample)))
            speeds = [abs(drift(hold.trace[:end], width, sample)[0]) for end in ends]
            if speeds:
                found = min(found, min(speeds) / distance)
    return found if found < inf else 0.0


def noise_width(bracket: Bracket, sample: float) -> float:
    """Estimate the half-width in pA over which fluctuations blur a fold.

    With noise of strength D the normal form has the time scale (b²D)^(−1/3), and the current has
    the scale (b²D)^(2/3)/(ab). The passage times give ab, the motion of the settled observable
    towards the fold gives b, and its fluctuations about the last settled state give D.

    Parameters
    ----------
    bracket
        Holds on both sides of the fold.
    sample
        Sampling interval of their traces in ms.

    Returns
    -------
    float
        The half-width; NaN if the holds do not determine it.
    """
    fold = bracket.current
    values = [
        (pi / hold.time) ** 2 / abs(hold.current - fold)
        for hold in bracket.passages if hold.time > 0 and hold.current != fold
    ]  # fmt: skip
    if len(bracket.levels) < 2 or bracket.stayed is None or not values:
        return nan
    ab = float(np.median(values))
    (c1, x1), (c2, x2) = bracket.levels[0], bracket.levels[-1]
    near, far = abs(c2 - fold), abs(c1 - fold)
    if far <= near or x1 == x2:
        return nan
    ratio = abs(x2 - x1) / (sqrt(far) - sqrt(near))  # √(a/b)
    rate = 2 * sqrt(ab * near)
    trace = bracket.stayed.trace[bracket.stayed.trace.size // 2 :]
    slow = running_mean(trace, max(1, round(80.0 / sample)))
    strength = rate * float(np.var(slow))
    b = sqrt(ab) / ratio
    return float((b * b * strength) ** (2 / 3) / ab)


def next_current(
    inside: float, outside: float, prediction: FoldPrediction | None, resolution: float
) -> float:
    """Choose the next current to hold so that a bracket closes soon.

    The outer end is placed close to the predicted fold first. Once one end is so close that a
    bracket as wide as the resolution encloses the fold, the other end completes that bracket.

    Parameters
    ----------
    inside, outside
        Currents in pA at which the system stays and leaves.
    prediction
        The predicted fold; without a good one, a current closer to the outer end is chosen.
    resolution
        Width in pA of the bracket to reach.
    """
    sign, width = (1.0 if outside > inside else -1.0), abs(outside - inside)
    if prediction is None or prediction.error > width / 3:
        return outside - sign * UNGUIDED * width
    depth = sign * (prediction.current - inside)
    closing = 0.98 * resolution
    if width - depth <= 0.75 * resolution:
        target = width - closing
    elif depth <= 0.7 * resolution:
        target = closing
    else:
        target = depth + max(0.65 * resolution, prediction.error)
    margin = min(0.4 * resolution, 0.25 * width)
    if prediction.error > resolution:  # do not creep towards a poor prediction
        margin = 0.25 * width
    return inside + sign * float(np.clip(target, margin, width - margin))
