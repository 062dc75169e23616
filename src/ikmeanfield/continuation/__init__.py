"""Numerical continuation of equilibria, limit cycles and their bifurcations.

A general engine for smooth ordinary differential equations with named parameters; it knows
nothing of neurons.

    problem = Problem(field, ("x", "y"), {"a": 1.0, "b": 0.0}, jacobian)
    options = ContinuationOptions(bounds={"a": (0.0, 5.0)})
    branch = continue_equilibria(problem, guess, "a", options)
    branch.points("LP", "HB")                        # special points with their evidence
    plane = ContinuationOptions(bounds={"a": (0.0, 5.0), "b": (-1.0, 1.0)})
    folds = continue_folds(problem, branch.points("LP")[0], ("a", "b"), plane)
    hopf = continue_hopf(problem, branch.points("HB")[0], ("a", "b"), plane)
    hopf.to_dataset().to_netcdf("hopf.nc")
    folds.plot(hopf.plot())

Modules, from the bottom: `problem` (the system), `scales`, `coordinates`, `stencils`,
`first_derivatives` and `scaled` (in scaled coordinates, with derivatives), `spectrum`, `newton`,
`pseudo_transient`, `augmented` (defining systems), `normalforms`; `arclength`, `tracer`, `bounds`,
`brackets`, `events`, `kinks`, `step`, `follow`, `compute_branch` (the method); `equilibria`,
`branchpoints`, `fold_curve`, `hopf_curve`, `codim2`, `curves` (the kinds of curve); `options`,
`special_point`, `halves`, `branch_data`, `branch_summary`, `branch_io` and `branch` (input and
results). `fields` evaluates a system at many points, `bvp` follows solutions of boundary value
problems; `cycles` states those of limit cycles in one parameter, with their phase response,
`cycle_curves` those of their bifurcations in two, `homoclinics` those of homoclinic orbits.
`switching`, `diagram`, `forcing` and `user_events` build on all of them.
"""

from .branch import Branch
from .curves import continue_folds, continue_hopf
from .cycle_curves import continue_cycle_bifurcation, continue_fixed_period
from .cycles import (
    CycleOptions,
    CycleStartError,
    PhaseResponse,
    Trajectory,
    continue_cycles,
    phase_response,
    simulated_cycle,
    trajectory_at,
)
from .diagram import Diagram, diagram
from .equilibria import continue_equilibria, find_equilibrium
from .forcing import forced, resting_response
from .homoclinics import continue_homoclinics
from .options import ContinuationOptions, Progress
from .problem import Problem
from .special_point import KINDS, SpecialPoint, Termination
from .switching import switch_branch

__all__ = [
    "KINDS",
    "Branch",
    "ContinuationOptions",
    "CycleOptions",
    "CycleStartError",
    "Diagram",
    "PhaseResponse",
    "Problem",
    "Progress",
    "SpecialPoint",
    "Termination",
    "Trajectory",
    "continue_cycle_bifurcation",
    "continue_cycles",
    "continue_equilibria",
    "continue_fixed_period",
    "continue_folds",
    "continue_homoclinics",
    "continue_hopf",
    "diagram",
    "find_equilibrium",
    "forced",
    "phase_response",
    "resting_response",
    "simulated_cycle",
    "switch_branch",
    "trajectory_at",
]
