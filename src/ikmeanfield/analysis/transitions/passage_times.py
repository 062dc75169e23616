"""Laws of the passage through a fold, and what they predict.

Beyond a fold at the current I_F, at a distance d, the passage takes a time close to π/√(ab·d),
with a and b the coefficients of the normal form dx/dt = a d + b x². Hence 1/T² is linear in the
current, and two holds that end in a passage predict I_F. The prediction only chooses the next
current to hold.
"""

from __future__ import annotations

from math import nan, pi, sqrt
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.analysis.transitions.holds import running_mean

if TYPE_CHECKING:
    from ikmeanfield.analysis.transitions.brackets import Bracket


def predict_fold(passages: list[tuple[float, float]]) -> float:
    """Predict the current of a fold from two passages beyond it.

    Parameters
    ----------
    passages
        Current in pA and passage time in ms of every hold that ended in a passage.

    Returns
    -------
    float
        The current in pA; NaN if fewer than two passages are timed, or if their times do not
        grow towards a fold.
    """
    timed = sorted((t, c) for c, t in passages if np.isfinite(t))[-2:]
    if len(timed) < 2:
        return nan
    (t1, c1), (t2, c2) = timed
    y1, y2 = t1**-2, t2**-2
    return c2 - y2 * (c1 - c2) / (y1 - y2) if y1 > y2 else nan


def passage_coefficient(passages: list[tuple[float, float]], fold: float) -> float:
    """Estimate the product ab of the normal form, in 1/(ms² pA), from passages beyond a fold."""
    values = [(pi / t) ** 2 / abs(c - fold) for c, t in passages if t > 0 and c != fold]
    return float(np.median(values)) if values else nan


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
    ab = passage_coefficient(bracket.passages, bracket.current)
    if len(bracket.levels) < 2 or bracket.stayed is None or not np.isfinite(ab):
        return nan
    (c1, x1), (c2, x2) = bracket.levels[0], bracket.levels[-1]
    near, far = abs(c2 - bracket.current), abs(c1 - bracket.current)
    if far <= near or x1 == x2:
        return nan
    ratio = abs(x2 - x1) / (sqrt(far) - sqrt(near))  # √(a/b)
    rate = 2 * sqrt(ab * near)
    trace = bracket.stayed.trace[bracket.stayed.trace.size // 2 :]
    slow = running_mean(trace, max(1, round(80.0 / sample)))
    strength = rate * float(np.var(slow))
    b = sqrt(ab) / ratio
    return float((b * b * strength) ** (2 / 3) / ab)


def next_current(inside: float, passages: list[tuple[float, float]], resolution: float) -> float:
    """Choose the next current to hold: near the predicted fold, or else halfway.

    Parameters
    ----------
    inside
        Current in pA at which the system stays.
    passages
        Current and passage time of the holds at which it left; the last one closes the bracket.
    resolution
        Width in pA of the bracket to reach.
    """
    outside = passages[-1][0]
    sign = 1.0 if outside > inside else -1.0
    width = abs(outside - inside)
    fold = predict_fold(passages)
    depth = sign * (fold - inside)
    if not (np.isfinite(depth) and 0 < depth < width) or width < 2 * resolution:
        return (inside + outside) / 2
    half = 0.48 * resolution
    # first close in from outside
    target = depth + half if width - depth > 1.2 * half else depth - half
    return inside + sign * float(np.clip(target, 0.2 * width, 0.85 * width))
