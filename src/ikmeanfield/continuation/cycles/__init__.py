"""Limit cycles in one parameter: orthogonal collocation, Floquet multipliers, honest ends."""

from .branch_table import trajectory_at
from .follow import STEPS, continue_cycles
from .options import CycleOptions
from .phase_response import PhaseResponse, phase_response
from .simulation import simulated_cycle
from .start import CycleStartError, Trajectory

__all__ = [
    "STEPS",
    "CycleOptions",
    "CycleStartError",
    "PhaseResponse",
    "Trajectory",
    "continue_cycles",
    "phase_response",
    "simulated_cycle",
    "trajectory_at",
]
