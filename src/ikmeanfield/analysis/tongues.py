"""Arnold tongues: where the locked orbit of a theory under a drive loses its stability.

The orbit is followed in the drive's frequency as a cycle of the forced system (see
`ikmeanfield.continuation.forced`), to the first point on either side where a multiplier leaves the
unit circle. From there the edges are followed in the drive's amplitude and frequency, as curves of
folds, torus points and period doublings of the locked orbit. One passes into another at a
resonance: torus points into folds where the two multipliers meet at 1 (R1), into period doublings
where they meet at -1 (R2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from math import nan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation import (
    CycleOptions,
    continue_cycle_bifurcation,
    continue_cycles,
    forced,
    simulated_cycle,
)
from ikmeanfield.continuation.cycles import STEPS, CycleStartError
from ikmeanfield.continuation.forcing import AMPLITUDE, FREQUENCY

if TYPE_CHECKING:
    from scipy.interpolate import CubicSpline

    from ikmeanfield.continuation import Branch, Problem, SpecialPoint, Trajectory
    from ikmeanfield.theories.protocol import Theory

FloatArray = NDArray[np.float64]

KINDS = ("none", "LPC", "TR", "PD", "BP")
"""How locking ends, by the number that stands for it."""
CURVES = {"cycle_fold": "LPC", "torus": "TR", "period_doubling": "PD"}
"""Kinds of points on the curves that bound a tongue."""
GOES_ON = {("TR", "R1"): "LPC", ("TR", "R2"): "PD"}
"""Kind of the curve on which the edge goes on beyond a resonance, by that on which it comes."""
MARKS = ("none", "CPC", "R1", "R2", "R3", "R4", "LPPD", "LPNS", "PDNS", "NSNS", "end")
"""What a point of a curve is besides, by the number that stands for it: see `SpecialPoint`."""
MESH = CycleOptions(intervals=30, max_intervals=60, mesh_tolerance=1e-3)
"""Places edges to 1e-5 Hz (`tests/studies/test_entrainment_study.py`)."""
SETTLE = 40.0
"""Periods of the drive that the orbit is given to lock."""
FINE = 0.3
"""Shares of the drive's frequency and of the highest amplitude that steps are relative to."""
SAME = 1e-3
"""Distance, relative to sizes in the plane, within which two points are one."""


class Edge(NamedTuple):
    """An edge of a tongue at one amplitude."""

    frequency: float
    """In periods per unit of time; NaN if there is none within the bounds."""
    kind: int
    """Place in `KINDS`."""


NONE = Edge(nan, 0)


@dataclass(frozen=True)
class Curve:
    """A part of an edge: a curve on which the locked orbit bifurcates, one row per orbit."""

    kind: str
    """Of `KINDS`."""
    frequency: FloatArray
    """In periods per unit of time."""
    amplitude: FloatArray
    arclength: FloatArray
    marks: tuple[str, ...]
    """Of `MARKS`."""

    @classmethod
    def of(cls, branch: Branch, rows: slice) -> Curve:
        """Rows of a branch."""
        marks = ["none"] * len(branch)
        marks[rows.start] = marks[rows.stop - 1] = "end"
        for point in branch.special:
            if point.kind in MARKS:
                marks[point.row] = point.kind
        frequency, amplitude, arclength = (
            branch[name][rows] for name in (FREQUENCY, AMPLITUDE, "arclength")
        )
        return cls(CURVES[branch.kind], frequency, amplitude, arclength, tuple(marks[rows]))

    @cached_property
    def _splines(self) -> tuple[CubicSpline, CubicSpline] | None:
        """Amplitude and frequency along the curve; None for a single point."""
        from scipy.interpolate import CubicSpline  # noqa: PLC0415

        kept = np.flatnonzero(np.diff(self.arclength, prepend=-np.inf) > 0)
        if kept.size < 2:
            return None
        at = self.arclength[kept]
        return CubicSpline(at, self.amplitude[kept]), CubicSpline(at, self.frequency[kept])

    def crossings(self, amplitude: float) -> list[float]:
        """Frequencies at which locking ends here at an amplitude, by cubic interpolation."""
        if self._splines is None:
            return []
        height, frequency = self._splines
        where = height.solve(amplitude, extrapolate=False)
        return [float(each) for each in frequency(where[np.isfinite(where)])]


@dataclass(frozen=True)
class Tongue:
    """The range of drives that lock a rhythm one to one.

    Attributes
    ----------
    amplitude
        At which the locked orbit was followed in the drive's frequency.
    edges
        Where it first loses its stability there, below and above.
    curves
        Of which either edge consists; none if they were asked for at one amplitude only.
    """

    amplitude: float
    edges: tuple[Edge, Edge]
    curves: tuple[Sequence[Curve], Sequence[Curve]] = ((), ())

    def at(self, amplitude: float) -> tuple[Edge, Edge]:
        """The outermost edges below and above at an amplitude."""
        if amplitude == self.amplitude:
            return self.edges
        found = []
        for curves, outermost in zip(self.curves, (min, max), strict=True):
            crossed = [
                Edge(frequency, KINDS.index(curve.kind))
                for curve in curves
                for frequency in curve.crossings(amplitude)
            ]
            found.append(outermost(crossed, default=NONE))
        return found[0], found[1]


def longest_run(flags: NDArray[np.bool_], starts: Sequence[int]) -> tuple[int, int, int]:
    """The longest run of true flags that touches one of some rows: that row, first and last.

    A closed curve passes its start twice, and beside a resonance its rows may be told apart by
    rounding alone; the longer run is the one that goes on.
    """
    found = []
    for start in starts:
        first = last = start
        while first > 0 and flags[first - 1]:
            first -= 1
        while last < len(flags) - 1 and flags[last + 1]:
            last += 1
        found.append((start, first, last))
    return max(found, key=lambda run: run[2] - run[1])


def tongue_of(
    theory: Theory,
    population: str,
    amplitude: float,
    frequency: float,
    bounds: tuple[float, float],
    amplitudes: tuple[float, float] | None = None,
) -> Tongue:
    """The 1:1 tongue of a theory whose input current is driven; frequencies in kHz.

    Parameters
    ----------
    theory
        A theory that answers ``"cycles"``.
    population
        Whose input current is driven.
    amplitude, frequency
        Of a drive in pA and kHz to which the theory is locked.
    bounds, amplitudes
        As `tongue` takes them.
    """
    problem = forced(
        theory.problem(), f"{population}.input_current", amplitude=amplitude, frequency=frequency
    )
    rest = np.append(theory.initial_state(), [1.0, 0.0])
    try:
        start = simulated_cycle(problem, rest, SETTLE / frequency, 1.5 / frequency)
    except CycleStartError:
        return Tongue(amplitude, (NONE, NONE))
    return tongue(problem, start, bounds, amplitudes)


def tongue(
    problem: Problem,
    start: Trajectory,
    bounds: tuple[float, float],
    amplitudes: tuple[float, float] | None = None,
) -> Tongue:
    """The tongue about a locked orbit of a forced system.

    Parameters
    ----------
    problem
        Made by `ikmeanfield.continuation.forced`, with the drive to which it is locked.
    start
        The locked orbit. Its amplitude should be above that of R1 points at which the edge turns
        from folds to torus points: it is followed from torus points to folds only.
    bounds
        Frequencies between which edges are looked for.
    amplitudes
        Lowest and highest amplitude to which edges are followed; None: not followed.
    """
    amplitude, frequency = (problem.parameters[name] for name in (AMPLITUDE, FREQUENCY))
    options = replace(
        STEPS, bounds={FREQUENCY: bounds}, scales={FREQUENCY: FINE * frequency},
        stop_at=frozenset(KINDS[1:]),
    )  # fmt: skip
    none = Tongue(amplitude, (NONE, NONE))
    try:
        branch = continue_cycles(problem, start, FREQUENCY, options, MESH)
    except CycleStartError:
        return none
    period = float(start.times[-1] - start.times[0])
    if len(branch) == 0 or abs(period * frequency - 1) > 1e-3:
        return none
    ends = (0, len(branch) - 1)  # branches begin at their end towards smaller values
    points = [
        next((p for p in branch.special if p.row == row and p.kind in KINDS), None) for row in ends
    ]
    low, high = (
        NONE if p is None else Edge(p.parameters[FREQUENCY], KINDS.index(p.kind)) for p in points
    )
    if amplitudes is None:
        return Tongue(amplitude, (low, high))
    plane = _Plane(problem, {FREQUENCY: bounds, AMPLITUDE: amplitudes})
    below, above = ([] if point is None else plane.edge(point) for point in points)
    low, high = (  # a branch point through which a curve of folds goes is one of them
        edge._replace(kind=KINDS.index(curves[0].kind)) if curves else edge
        for edge, curves in ((low, below), (high, above))
    )
    return Tongue(amplitude, (low, high), (below, above))


@dataclass
class _Plane:
    """The plane of a drive's amplitude and frequency, and the branches that were followed there."""

    problem: Problem
    bounds: dict[str, tuple[float, float]]
    known: list[Branch] = field(default_factory=list)

    @property
    def scales(self) -> dict[str, float]:
        """Sizes that steps in the plane are relative to."""
        sizes = {FREQUENCY: self.bounds[FREQUENCY][1] / 2, AMPLITUDE: self.bounds[AMPLITUDE][1]}
        return {name: FINE * size for name, size in sizes.items()}

    def edge(self, start: SpecialPoint) -> list[Curve]:
        """The edge through a point, from torus points on over resonances to folds and doublings.

        Only where all other multipliers are inside the unit circle does locking end at a curve.
        Torus points that begin at an R1 point on a curve of folds are not followed.
        """
        found: list[Curve] = []
        ahead = [(start, "LPC" if start.kind == "BP" else start.kind)]
        while ahead:
            point, kind = ahead.pop()
            branch = self._through(point, kind)
            if branch is None:
                continue
            distances = self._distances(branch, point)
            near = np.flatnonzero(distances <= max(SAME, distances.min()))
            here, first, last = longest_run(branch["unstable"] == 0, near.tolist())
            resonances = branch.points("R1", "R2")
            beyond = [p for p in resonances if p.row in {first - 1, first, last, last + 1}]
            rows = [first, last, *(p.row for p in beyond)]
            first, last = min(rows), max(rows)
            if first == last:
                continue
            found.append(Curve.of(branch, slice(first, last + 1)))
            ahead += [
                (other, GOES_ON[kind, other.kind])
                for other in beyond
                if abs(other.row - here) > 1 and (kind, other.kind) in GOES_ON
            ]
        return found

    def _through(self, point: SpecialPoint, kind: str) -> Branch | None:
        """The curve of a kind through a point, as it is known or followed now."""
        for branch in self.known:
            if CURVES[branch.kind] == kind and self._distances(branch, point).min() < SAME:
                return branch
        options = replace(STEPS, bounds=self.bounds, scales=self.scales)
        free = (AMPLITUDE, FREQUENCY)
        branch = continue_cycle_bifurcation(
            self.problem, replace(point, kind=kind), free, options, MESH
        )
        if not len(branch):
            return None
        self.known.append(branch)
        return branch

    def _distances(self, branch: Branch, point: SpecialPoint) -> FloatArray:
        """Scaled distances of the points of a branch to a point."""
        gaps = [(branch[n] - point.parameters[n]) / scale for n, scale in self.scales.items()]
        return np.hypot(*gaps)
