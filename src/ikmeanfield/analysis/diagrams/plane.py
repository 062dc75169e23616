"""All curves of folds and Hopf points in a plane of two parameters, found without being told."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ikmeanfield.arguments import number, refuse, whole_number
from ikmeanfield.circuit import Circuit
from ikmeanfield.continuation import (
    Branch,
    ContinuationOptions,
    Problem,
    SpecialPoint,
    continue_folds,
    continue_hopf,
)
from ikmeanfield.theories.mean_field import MeanField
from ikmeanfield.theories.protocol import Theory, TheoryFactory, require

from .changes import with_changes
from .line import DiagramError, equilibria, same_point, with_meaning, within_theory

Pair = tuple[float, float]

#: Fine enough for the curves to be interpolated to 1e-7.
PLANE_STEPS = ContinuationOptions(ds_max=0.02)
_STARTS = {"LP": "fold", "HB": "hopf"}
#: Points on a curve from which a curve of the other kind may leave.
_CORNERS = ("BT", "ZH", "HH")
#: A point this share of a step away from a curve's chord lies on the curve: chords of a curve
#: that turns by 15 degrees within a step stray by 3 per cent.
_ON_CHORD = 0.1


def bifurcation_plane(
    circuit: Circuit,
    parameters: tuple[str, str],
    bounds: tuple[Pair, Pair],
    *,
    scans: int | Sequence[float] = 8,
    theory: TheoryFactory = MeanField,
    options: ContinuationOptions = PLANE_STEPS,
) -> dict[str, Branch]:
    """Curves of folds and Hopf points in two parameters, with CP, BT, GH, ZH and HH.

    Equilibria are followed in the first parameter at a few values of the second; every fold and
    Hopf point on them that lies on no known curve starts one, in both directions; so does every
    codimension-two point from which a curve of the other kind may leave. A curve that forms an
    island between two scans and touches no other curve stays unseen: take more scans.

    Parameters
    ----------
    circuit
        Populations, synapses and parameters.
    parameters
        The two free parameters, paths of the circuit.
    bounds
        Lower and upper bound of each.
    scans
        How many values of the second parameter, evenly spaced inside its bounds, or the values.
    theory
        As for `equilibrium_diagram`.
    options
        Steps and tolerances; the bounds are set here.

    Returns
    -------
    dict of Branch
        ``"fold_1"``, ... and ``"hopf_1"``, ..., each with the column `stable_change` (see
        `changes`), and the scans ``"scan_1"``, ... in the order of the second parameter.
    """
    _check_plane(parameters, bounds)
    first, second = parameters
    model = theory(circuit)
    require(model, "equilibria")
    problem = model.problem()
    both = replace(options, bounds={**options.bounds, first: bounds[0], second: bounds[1]})
    both = within_theory(both, model)
    single = replace(both, bounds={k: v for k, v in both.bounds.items() if k != second},
                     ds_max=max(options.ds_max, 0.05))  # fmt: skip
    tracer = _Tracer(model, problem, parameters, both)
    scanned: list[Branch] = []
    for value in _values(scans, bounds[1]):
        here = problem.at({second: value})
        try:
            scanned += equilibria(model, here, first, single)
        except DiagramError as error:
            msg = f"at {second} = {value:g}: {error}"
            raise DiagramError(msg) from error
    for branch in scanned:
        for point in branch.points(*_STARTS):
            tracer.follow(_STARTS[point.kind], point)
    tracer.follow_corners()
    curves = {name: with_changes(problem, branch) for name, branch in tracer.named()}
    return curves | {f"scan_{k}": branch for k, branch in enumerate(scanned, 1)}


def _check_plane(parameters: tuple[str, str], bounds: tuple[Pair, Pair]) -> None:
    """Refuse what does not name two parameters with a range each."""
    if isinstance(parameters, str) or len(set(parameters)) != 2:
        refuse("parameters", parameters, "the paths of two different parameters")
    try:
        proper = len(bounds) == 2 and all(low < high for low, high in bounds)
    except TypeError:
        proper = False
    if not proper:
        refuse("bounds", bounds, "a range (lowest, highest) of each of the two parameters")


def _values(scans: int | Sequence[float], bounds: Pair) -> list[float]:
    low, high = bounds
    if isinstance(scans, str) or not isinstance(scans, int | Sequence | np.ndarray):
        refuse("scans", scans, "a whole number or a list of values", TypeError)
    if not isinstance(scans, int):
        values = sorted(number("scans", value) for value in scans)
        if not values or values[0] < low or values[-1] > high:
            refuse("scans", scans, f"values within {low:g} and {high:g}")
        return values
    whole_number("scans", scans, least=1)
    return [low + (high - low) * (k + 0.5) / scans for k in range(scans)]


@dataclass
class _Tracer:
    """Follows every curve once."""

    model: Theory
    problem: Problem
    free: tuple[str, str]
    options: ContinuationOptions
    curves: list[Branch] = field(default_factory=list)
    corners: deque[tuple[str, SpecialPoint]] = field(default_factory=deque)

    def follow(self, kind: str, point: SpecialPoint) -> None:
        """Trace the curve through a point unless it is known."""
        if any(curve.kind == kind and lies_on(curve, point) for curve in self.curves):
            return
        trace = continue_folds if kind == "fold" else continue_hopf
        curve = with_meaning(trace(self.problem, point, self.free, self.options), self.model)
        if len(curve) < 2:
            return
        middle = _as_point(curve, len(curve) // 2)
        if any(other.kind == kind and lies_on(other, middle) for other in self.curves):
            return
        self.curves.append(curve)
        other = "hopf" if kind == "fold" else "fold"
        for corner in curve.points(*_CORNERS):
            kinds = ("hopf",) if corner.kind == "HH" else (other,)
            self.corners.extend((k, corner) for k in kinds)

    def follow_corners(self) -> None:
        """Trace what leaves the codimension-two points."""
        while self.corners:
            self.follow(*self.corners.popleft())

    def named(self) -> Iterable[tuple[str, Branch]]:
        """Curves by name, folds first."""
        for kind in ("fold", "hopf"):
            same = [curve for curve in self.curves if curve.kind == kind]
            yield from ((f"{kind}_{k}", curve) for k, curve in enumerate(same, 1))


def _as_point(curve: Branch, row: int) -> SpecialPoint:
    return SpecialPoint("UZ", curve.parameters_at(row), curve.states[row])


def lies_on(curve: Branch, point: SpecialPoint) -> bool:
    """Whether a point lies on a two-parameter curve: on one of its chords, up to their bend."""
    path = np.hstack([curve.states, curve.parameters])
    size = np.maximum(np.abs(path).max(axis=0), 1e-12)
    place = np.concatenate([point.state, [point.parameters[name] for name in curve.free]]) / size
    start, step = path[:-1] / size, np.diff(path / size, axis=0)
    length = np.linalg.norm(step, axis=1)
    keep = length > 0
    start, step, length = start[keep], step[keep], length[keep]
    along = np.clip(((place - start) * step).sum(axis=1) / length**2, 0, 1)
    away = np.linalg.norm(place - start - along[:, None] * step, axis=1)
    return bool((away <= _ON_CHORD * length + 1e-6).any())


def codimension_two(branches: Mapping[str, Branch], *kinds: str) -> list[SpecialPoint]:
    """Special points of the curves of a plane, each once although two curves may share it."""
    found: list[SpecialPoint] = []
    for branch in branches.values():
        if branch.kind not in {"fold", "hopf"}:
            continue
        for point in branch.points(*kinds):
            twin = (p.kind == point.kind and same_point(p, point, *branch.free) for p in found)
            if not any(twin):
                found.append(point)
    return found
