"""A point at which a network changes state, whichever way it was found."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Literal

Kind = Literal["fold", "hopf"]
Direction = Literal["up", "down"]
Method = Literal["ramp", "held"]
Side = Literal["lower", "upper"]
Status = Literal["found", "wide", "none", "no hint", "not resolved", "not searched"]
"""What became of a search at constant current.

``"found"``: known to 0.1 pA either way. ``"wide"``: found, but its interval, two standard errors
either way or the bracket, is wider than that. ``"none"``: held still, the network does not change
state there. ``"no hint"``: nothing on the ramp led to a search. ``"not resolved"``: there was a
hint, but the budget ended, or the holds do not agree on a place. ``"not searched"``: nobody asked.
"""
SOUGHT = ("edge_up", "edge_down", "upper_up", "upper_down", "lower_up", "lower_down")
"""What is sought: where the lower branch is left as the current rises, the upper one as it falls;
the upper and the lower border of oscillations, in both directions. Where oscillations begin with
a jump from the lower branch, `edge_up` is their lower border."""
MARK = 0.1
"""How closely, in pA either way, a point must be known to be called found."""


@dataclass(frozen=True)
class Point:
    """Where a network changes state.

    Attributes
    ----------
    kind
        ``"fold"``: a jump between two states that do not oscillate. ``"hopf"``: a border of
        oscillations, whatever bifurcation makes it.
    direction
        Whether the current rose or fell on the way there.
    current
        In pA.
    method
        ``"ramp"``: read off a moving ramp, hence late. ``"held"``: at constant current.
    lower, upper
        Ends of the interval in pA that holds `current`; not a number if it is not known.
    noise
        Half-width in pA over which the fluctuations of this one network blur the point: how much
        another initial state of it would shift the point. Random thresholds shift it much more,
        because every draw is another network; replicates tell by how much (about 0.6 pA at
        N = 1000 with Table I, less in proportion to 1/√N).
    side
        Which border a point is: of the currents between two folds, or at which it oscillates;
        empty if that is not known.
    """

    kind: Kind
    direction: Direction
    current: float
    method: Method
    lower: float = nan
    upper: float = nan
    noise: float = nan
    side: Side | Literal[""] = ""
