"""Where a network changes state: folds and borders of oscillations, on a ramp and held still."""

from ikmeanfield.analysis.transitions.course import RampSettings
from ikmeanfield.analysis.transitions.driver import locate
from ikmeanfield.analysis.transitions.held import HoldSettings
from ikmeanfield.analysis.transitions.points import Point
from ikmeanfield.analysis.transitions.ramp import (
    ADAPTATION,
    CIRCUIT,
    TroughSettings,
    ramp_points,
)
from ikmeanfield.analysis.transitions.search import HeldSettings, held_points

__all__ = [
    "ADAPTATION",
    "CIRCUIT",
    "HeldSettings",
    "HoldSettings",
    "Point",
    "RampSettings",
    "TroughSettings",
    "held_points",
    "locate",
    "ramp_points",
]
