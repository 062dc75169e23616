"""A point at which a network changes state, whichever way it was found."""

from __future__ import annotations

from dataclasses import dataclass
from math import nan
from typing import Literal

Kind = Literal["fold", "hopf"]
Direction = Literal["up", "down"]
Method = Literal["ramp", "held"]
Side = Literal["lower", "upper"]


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
        Half-width in pA over which the network's finite size blurs the point.
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
