"""Numerical continuation of equilibria, limit cycles and their bifurcations.

A general engine for smooth ordinary differential equations with named parameters; it knows
nothing of neurons.
"""

from .branch import KINDS, Branch, SpecialPoint, Termination
from .curves import continue_folds, continue_hopf
from .cycles import (
    CycleOptions,
    CycleStartError,
    Trajectory,
    continue_cycles,
    simulated_cycle,
    trajectory_at,
)
from .equilibria import continue_equilibria, find_equilibrium
from .options import ContinuationOptions
from .problem import Problem

__all__ = [
    "KINDS",
    "Branch",
    "ContinuationOptions",
    "CycleOptions",
    "CycleStartError",
    "Problem",
    "SpecialPoint",
    "Termination",
    "Trajectory",
    "continue_cycles",
    "continue_equilibria",
    "continue_folds",
    "continue_hopf",
    "find_equilibrium",
    "simulated_cycle",
    "trajectory_at",
]
