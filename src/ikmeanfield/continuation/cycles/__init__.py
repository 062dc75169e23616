"""Limit cycles in one parameter: orthogonal collocation, Floquet multipliers, honest ends.

Modules, from the bottom: `orbit` (a cycle as a piecewise polynomial), `system` (its boundary value
problem), `floquet`, `modes`, `kinks`; `start`, `simulation`, `hopf_start` and `equilibria` (where a
branch begins, and what lies beside it); `curve` (what curves of cycles have in common), `events`,
`ends`, `unbounded` and `family` (cycles in one parameter), `branch_table`, `follow`;
`phase_response`.
"""

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
