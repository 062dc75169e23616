"""Edges of Arnold tongues: where the locked orbit of a theory under a drive loses its stability.

The orbit is followed in the drive's frequency as a cycle of the forced system (see
`ikmeanfield.continuation.forced`), to the first point on either side where a multiplier leaves the
unit circle.
"""

from __future__ import annotations

from dataclasses import replace
from math import nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ikmeanfield.continuation import CycleOptions, continue_cycles, forced, simulated_cycle
from ikmeanfield.continuation.cycles import STEPS, CycleStartError
from ikmeanfield.continuation.forcing import FREQUENCY

if TYPE_CHECKING:
    from ikmeanfield.theories.protocol import Theory

KINDS = ("none", "LPC", "TR", "PD", "BP")
"""How locking ends, by the number that stands for it."""
MESH = CycleOptions(intervals=30, max_intervals=60, mesh_tolerance=1e-3)
"""Places edges to 1e-5 Hz (`tests/studies/test_entrainment_study.py`)."""
SETTLE = 40.0
"""Periods of the drive that the orbit is given to lock."""


class Edge(NamedTuple):
    """An edge of a tongue."""

    frequency: float
    """In Hz; NaN if there is none within the bounds, or no locked orbit."""
    kind: int
    """Place in `KINDS`."""


def tongue_edges(
    theory: Theory, population: str, amplitude: float, frequency: float, bounds: tuple[float, float]
) -> tuple[Edge, Edge]:
    """The edges of the 1:1 tongue below and above a frequency at which the theory is locked.

    Parameters
    ----------
    theory
        A theory that answers ``"cycles"``.
    population
        Whose input current is driven.
    amplitude
        Of the drive in pA.
    frequency
        Of the drive in Hz, inside the tongue.
    bounds
        Frequencies in Hz between which edges are looked for.
    """
    none = Edge(nan, 0)
    per_ms = 1e-3 * frequency
    problem = forced(
        theory.problem(), f"{population}.input_current", amplitude=amplitude, frequency=per_ms
    )
    rest = np.append(theory.initial_state(), [1.0, 0.0])
    options = replace(
        STEPS, bounds={FREQUENCY: (1e-3 * bounds[0], 1e-3 * bounds[1])},
        scales={FREQUENCY: 1e-3}, stop_at=frozenset(KINDS[1:]),
    )  # fmt: skip
    try:
        start = simulated_cycle(problem, rest, SETTLE / per_ms, 1.5 / per_ms)
        branch = continue_cycles(problem, start, FREQUENCY, options, MESH)
    except CycleStartError:
        return none, none
    period = float(start.times[-1] - start.times[0])
    if len(branch) == 0 or abs(period * per_ms - 1) > 1e-3:
        return none, none
    found = []
    for row in (0, -1):  # branches begin at their end towards smaller values
        end = branch.ends[row]
        value = 1e3 * float(branch[FREQUENCY][row])
        found.append(Edge(value, KINDS.index(end.reason)) if end.reason in KINDS else none)
    return found[0], found[1]
