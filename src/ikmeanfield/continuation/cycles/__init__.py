"""Limit cycles in one parameter: orthogonal collocation, Floquet multipliers, honest ends."""

from .options import CycleOptions
from .start import CycleStartError, Trajectory, simulated_cycle
from .table import trajectory_at
from .trace import STEPS, continue_cycles

__all__ = [
    "STEPS",
    "CycleOptions",
    "CycleStartError",
    "Trajectory",
    "continue_cycles",
    "simulated_cycle",
    "trajectory_at",
]
