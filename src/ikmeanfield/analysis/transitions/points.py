"""Transition points of a network, whichever method found them."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Literal

Kind = Literal["fold", "hopf"]
Direction = Literal["up", "down"]
Method = Literal["ramp", "held"]
Side = Literal["lower", "upper"]
Status = Literal["found", "wide", "none", "no hint", "not resolved", "not searched"]
"""Outcome of a search at constant current.

``"found"``: the point is known to within 0.1 pA either way. ``"wide"``: the point was found, but
its interval (two standard errors either way, or the bracket) is wider than that. ``"none"``: at
constant current the network has no such transition. ``"no hint"``: nothing on the ramp prompted a
search. ``"not resolved"``: there was a hint, but the budget ran out or the holds disagree.
``"not searched"``: the search was not requested.
"""
SEARCHES = ("edge_up", "edge_down", "upper_up", "upper_down", "lower_up", "lower_down")
"""The searches at constant current.

``edge_up`` and ``edge_down`` look for the end of the lower branch as the current rises and for the
end of the upper branch as it falls. The others look for the upper and the lower boundary of
oscillations as the current rises and as it falls. Where the network jumps from the lower branch
straight into oscillations, ``edge_up`` finds their lower boundary.
"""
TARGET_HALF_WIDTH = 0.1
"""Half-width in pA of the interval within which a point counts as found."""


@dataclass(frozen=True)
class Point:
    """A current at which a network changes state.

    Attributes
    ----------
    kind
        ``"fold"`` for a jump between two stationary states, ``"hopf"`` for a boundary of
        oscillations, whichever bifurcation causes it.
    direction
        Whether the current was rising or falling.
    current
        The current in pA.
    method
        ``"ramp"`` if the point was read off a moving ramp, where it appears late; ``"held"`` if
        it was located at constant current.
    lower, upper
        Ends in pA of the interval that contains the transition; NaN if unknown.
    noise
        Half-width in pA over which the fluctuations of this one network blur the point: how far
        another initial state of the same network would shift it. Random thresholds shift it much
        further, because every draw makes another network; replicates measure by how much (about
        0.6 pA at N = 1000 with the parameters of Table I, decreasing as 1/√N).
    side
        Whether the point is the lower or the upper end of the range of currents between two folds
        or of the range with oscillations; empty if that is unknown.
    """

    kind: Kind
    direction: Direction
    current: float
    method: Method
    lower: float = nan
    upper: float = nan
    noise: float = nan
    side: Side | Literal[""] = ""
