"""Transitions of spiking networks: folds and boundaries of oscillations.

They are read off a slow ramp of the current, as in the paper, and located at constant current.
"""

from ikmeanfield.analysis.transitions.constant_current import (
    RampStates,
    search_at_constant_current,
)
from ikmeanfield.analysis.transitions.holds import HoldSettings
from ikmeanfield.analysis.transitions.locate import locate
from ikmeanfield.analysis.transitions.points import Point
from ikmeanfield.analysis.transitions.ramp_run import RampSettings
from ikmeanfield.analysis.transitions.ramp_troughs import (
    ADAPTATION,
    CIRCUIT,
    TroughSettings,
    ramp_points,
)
from ikmeanfield.analysis.transitions.searches import SearchSettings

__all__ = [
    "ADAPTATION",
    "CIRCUIT",
    "HoldSettings",
    "Point",
    "RampSettings",
    "RampStates",
    "SearchSettings",
    "TroughSettings",
    "locate",
    "ramp_points",
    "search_at_constant_current",
]
