"""A whole bifurcation diagram in one parameter: every branch that branches lead to, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from .branch import Branch
from .branch_summary import html
from .cycles import CycleOptions, continue_cycles
from .cycles.follow import STEPS
from .equilibria import continue_equilibria
from .options import ContinuationOptions, options_or
from .problem import FloatArray, Problem
from .special_point import SpecialPoint, shortened
from .switching import switch_branch

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Special points of one kind closer than this, relative to the branches' extents, are one.
_SAME = 1e-5
#: A branch passes through a point if it comes this near, relative to its extent.
_ON = 1e-3
#: A screen: lines of a summary.
_LINES = 40


@dataclass(frozen=True, repr=False)
class Diagram:
    """A branch, the special point at which it leaves its parent, and what leaves it in turn.

    Attributes
    ----------
    branch
        The branch itself.
    origin
        Where it leaves its parent; None for the first branch.
    children
        Diagrams of the branches that leave it, in the order of rows.
    interrupted
        Whether the computation was stopped by the keyboard below this branch; what was found until
        then is here.
    """

    branch: Branch
    origin: SpecialPoint | None = None
    children: list[Diagram] = field(default_factory=list)
    interrupted: bool = False

    def walk(self, depth: int = 0) -> Iterator[tuple[int, Diagram]]:
        """Yield the diagram and all below it with their depths."""
        yield depth, self
        for child in self.children:
            yield from child.walk(depth + 1)

    def branches(self, kind: str | None = None) -> list[Branch]:
        """Return all branches, or those of one kind."""
        every = (node.branch for _, node in self.walk())
        return [branch for branch in every if kind in {None, branch.kind}]

    def points(self, *kinds: str) -> list[SpecialPoint]:
        """Return the special points of all branches, or those of some kinds."""
        return [point for branch in self.branches() for point in branch.points(*kinds)]

    def plot(self, ax: Axes | None = None, y: str | None = None) -> Axes:
        """Draw every branch over the parameter; see `Branch.plot`."""
        for branch in self.branches():
            ax = branch.plot(ax, y=y)
        assert ax is not None
        return ax

    def __repr__(self) -> str:
        lines = [_line(depth, node) for depth, node in self.walk()]
        if len(lines) > _LINES:
            lines = [*lines[: _LINES - 1], f"… and {len(lines) - _LINES + 1} more branches"]
        if self.interrupted:
            lines.append("interrupted: branches are missing")
        return "\n".join(map(shortened, lines))

    def _repr_html_(self) -> str:
        return html(repr(self))


def _line(depth: int, node: Diagram) -> str:
    branch, name = node.branch, node.branch.free[0]
    kinds: dict[str, list[str]] = {}
    for point in branch.special:
        kinds.setdefault(point.kind, []).append(f"{point.parameters[name]:.6g}")
    found = "; ".join(f"{kind} {', '.join(values)}" for kind, values in kinds.items())
    values = branch[name]
    origin = ""
    if node.origin is not None:
        origin = f"{node.origin.kind} {node.origin.parameters[name]:.6g} → "
    words = {"equilibrium": "equilibria", "cycle": "cycles"}.get(branch.kind, branch.kind)
    reach = f"{name} {values.min():.6g} to {values.max():.6g}" if len(branch) else "no points"
    share = float(branch.stable.mean()) if len(branch) else 0.0
    state = "stable" if share == 1 else "unstable" if share == 0 else "partly stable"
    ends = "…".join(end.reason for end in branch.ends)
    return f"{'  ' * depth}{origin}{words}, {state}, {reach} [{ends}]  {found}"


def diagram(
    problem: Problem,
    start: ArrayLike,
    parameter: str,
    options: ContinuationOptions | None = None,
    *,
    cycles: CycleOptions | None = None,
    cycle_steps: ContinuationOptions | None = None,
    depth: int = 3,
) -> Diagram:
    """Follow the branch through a state and every branch that it leads to, once.

    Branches of cycles leave at Hopf points, other branches at branch points, doubled cycles at
    period doublings; to a number of generations.

    Parameters
    ----------
    problem
        The system.
    start
        An equilibrium, or a guess of one, at the problem's default parameters.
    parameter
        The free parameter.
    options
        Steps and bounds for equilibria; bounds and scales hold for cycles too.
    cycles, cycle_steps
        Discretisation of cycles; steps for them (`STEPS` by default).
    depth
        Number of generations below the first branch.

    Returns
    -------
    Diagram
        A tree of branches. A KeyboardInterrupt ends the computation and keeps what it has found.
    """
    options = options_or(options, ContinuationOptions())
    cycle_steps = options_or(cycle_steps, STEPS)
    cycle_steps = replace(
        cycle_steps, bounds=options.bounds, scales=options.scales, progress=options.progress
    )
    state = np.asarray(start, dtype=float)
    root = Diagram(continue_equilibria(problem, state, parameter, options))
    explorer = _Explorer(
        problem, parameter, options, cycle_steps, cycles or CycleOptions(), [root.branch]
    )
    try:
        generation = [root]
        for _ in range(depth):
            generation = [child for node in generation for child in explorer.grow(node)]
    except KeyboardInterrupt:
        return replace(root, interrupted=True)
    return root


@dataclass
class _Explorer:
    """What is known while a diagram grows."""

    problem: Problem
    parameter: str
    options: ContinuationOptions
    cycle_steps: ContinuationOptions
    cycles: CycleOptions
    branches: list[Branch]
    visited: list[SpecialPoint] = field(default_factory=list)

    def grow(self, node: Diagram) -> Iterator[Diagram]:
        """Follow what leaves a branch, and append it to its node."""
        for point in node.branch.points("HB", "BP", "PD"):
            if point.kind == "HB" and node.branch.kind != "equilibrium":
                continue
            if any(_same(point, other, self.parameter) for other in self.visited):
                continue
            self.visited.append(point)
            branch = self._leaving(node.branch, point)
            if len(branch) < 2 or self._followed(branch):
                continue
            self.branches.append(branch)
            # the other Hopf point of a branch of cycles needs no second look
            self.visited += branch.points("HB") if branch.kind == "cycle" else ()
            child = Diagram(branch, point)
            node.children.append(child)
            if any(end.reason == "interrupted" for end in branch.ends):
                raise KeyboardInterrupt
            yield child

    def _leaving(self, branch: Branch, point: SpecialPoint) -> Branch:
        if point.kind == "HB":
            return continue_cycles(
                self.problem, point, self.parameter, self.cycle_steps, self.cycles
            )
        steps = self.options if branch.kind == "equilibrium" else self.cycle_steps
        if point.kind == "PD":
            # where it meets a single cycle again, the doubled one would only run back
            steps = replace(steps, stop_at=frozenset({"BP"}) | (steps.stop_at or frozenset()))
        return switch_branch(self.problem, branch, point, steps, self.cycles)

    def _followed(self, branch: Branch) -> bool:
        """Whether a new branch is one that was followed before."""
        tables = [_table(other) for other in self.branches if other.kind == branch.kind]
        if not tables:
            return False
        extent = np.ptp(np.concatenate(tables), axis=0)
        scale = np.where(extent > 0, extent, 1.0)
        rows = _table(branch) / scale
        samples = rows[[len(rows) * k // 5 for k in range(5)]]
        return any(all(_distance(table / scale, row) < _ON for row in samples) for table in tables)


def _same(a: SpecialPoint, b: SpecialPoint, parameter: str) -> bool:
    """Whether two special points are one, met on two branches or twice on one."""
    values = [point.parameters[parameter] for point in (a, b)]
    periods = [point.data.get("period", 0.0) for point in (a, b)]
    if (
        a.kind != b.kind
        or not abs(values[0] - values[1]) < _SAME * (np.abs(values).max() + 1e-12)
        or not abs(periods[0] - periods[1]) <= _SAME * max(periods)
    ):
        return False
    if not len(a.orbit):
        scale = np.abs(b.state).max() + 1e-12
        return bool(np.abs(a.state - b.state).max() < _SAME * scale)
    return not len(b.orbit) or np.allclose(_ranges(a), _ranges(b), rtol=1e-4, atol=1e-6)


def _distance(rows: FloatArray, point: FloatArray) -> float:
    """Distance of a point from the straight lines between consecutive rows."""
    offsets, legs = rows - point, np.diff(rows, axis=0)
    length = np.einsum("ij,ij->i", legs, legs)
    along = -np.einsum("ij,ij->i", offsets[:-1], legs) / np.where(length > 0, length, 1.0)
    nearest = offsets[:-1] + np.clip(along, 0, 1)[:, None] * legs
    return float(np.linalg.norm(nearest, axis=1).min(initial=np.inf))


def _ranges(point: SpecialPoint) -> FloatArray:
    states = point.orbit[:, 1:]
    return np.concatenate([states.min(axis=0), states.max(axis=0)])


def _table(branch: Branch) -> FloatArray:
    """Numbers that tell points of branches apart: states or extrema, parameter, period."""
    if branch.kind == "cycle":
        parts = [branch.extra[key][1] for key in ("minimum", "maximum")]
        return np.hstack([*parts, branch.parameters, branch["period"][:, None]])
    return np.hstack([branch.states, branch.parameters])
