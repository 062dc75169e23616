"""Starts at codimension-two points of equilibria, from which curves of cycles issue.

Beside a generalized Hopf point, cycles born at a Hopf point soon fold; beside zero-Hopf and
Hopf-Hopf points they meet a torus bifurcation. So the curve of Hopf points is followed a little way
to either side, and cycles from there, until one of them is found.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ikmeanfield.continuation.curves import continue_hopf
from ikmeanfield.continuation.cycles.follow import STEPS, continue_cycles
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import Problem
from ikmeanfield.continuation.special_point import SpecialPoint

if TYPE_CHECKING:
    from ikmeanfield.continuation.cycles.options import CycleOptions

#: Bifurcation of cycles whose curve issues from each kind of point.
ISSUING = {"GH": "LPC", "ZH": "TR", "HH": "TR"}
#: Steps along the curve of Hopf points, and along the cycles born there.
_HOPF_STEP, _HOPF_POINTS, _CYCLES = 0.02, 6, 40


def bifurcation_beside(
    problem: Problem,
    corner: SpecialPoint,
    free: tuple[str, str],
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> SpecialPoint | None:
    """Return a bifurcation of small cycles near a codimension-two point; None if none is found."""
    kind = ISSUING[corner.kind]
    along = ContinuationOptions(
        ds=_HOPF_STEP, ds_max=2 * _HOPF_STEP, max_points=_HOPF_POINTS,
        bounds=options.bounds, scales=options.scales,
    )  # fmt: skip
    hopf = continue_hopf(problem, corner, free, along)
    if not len(hopf):
        return None
    start = int(abs(hopf["arclength"]).argmin())
    nearest_first = sorted(range(len(hopf)), key=lambda row: abs(row - start))
    bounds = {k: v for k, v in options.bounds.items() if k != free[1]}
    small = replace(
        STEPS, max_points=_CYCLES, stop_at=frozenset({kind}), bounds=bounds,
        scales={k: v for k, v in options.scales.items() if k != free[1]},
    )  # fmt: skip
    for row in nearest_first:
        if row == start:
            continue
        birth = SpecialPoint("HB", hopf.parameters_at(row), hopf.states[row])
        found = continue_cycles(problem, birth, free[0], small, cycles).points(kind)
        if found:
            return found[0]
    return None
