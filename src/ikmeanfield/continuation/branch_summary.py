"""Branches and special points in a few lines of text, and as HTML for notebooks."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from .branch_data import BranchData
from .special_point import describe_point, shortened

#: A summary shows this many special points, intervals of stability, and variables at most.
_LINES, _INTERVALS, _VARIABLES = 16, 8, 4
#: Words for each kind of branch.
_TITLES = {
    "equilibrium": "equilibria",
    "fold": "folds",
    "hopf": "Hopf points",
    "cycle": "limit cycles",
    "cycle_fold": "folds of cycles",
    "period_doubling": "period doublings",
    "torus": "torus points",
    "fixed_period": "cycles of one period",
    "homoclinic": "homoclinic orbits",
}


def _intervals(branch: BranchData) -> Iterator[str]:
    """Yield the values of the first free parameter over which stability does not change."""
    along = branch.parameters[:, 0]
    for stable, rows in branch.segments():
        word = "stable" if stable else "unstable"
        yield f"{word} {along[rows][0]:.6g} → {along[rows][-1]:.6g}"


def summary(branch: BranchData) -> str:
    """Return a text that fits one screen: what the branch is, where it runs, what it meets."""
    points = len(branch)
    title = _TITLES.get(branch.kind, branch.kind)
    lines = [f"<Branch of {title} in {', '.join(branch.free)}: {points} points>"]
    for name in (*branch.free, *branch.variables[:_VARIABLES]) if points else ():
        column, unit = branch[name], branch.units.get(name, "")
        lines.append(f"  {name:<12} {column.min():.7g} to {column.max():.7g} {unit}".rstrip())
    if len(branch.variables) > _VARIABLES:
        lines.append(f"  … and {len(branch.variables) - _VARIABLES} more variables")
    intervals = list(_intervals(branch))
    lines += [f"Stability along {branch.free[0]}:"] if intervals else []
    lines += [f"  {text}" for text in intervals[:_INTERVALS]]
    if len(intervals) > _INTERVALS:
        lines.append(f"  … and {len(intervals) - _INTERVALS} more intervals")
    lines.append("Special points:" if branch.special else "No special points.")
    lines += [f"  {describe_point(point, branch.free)}" for point in branch.special[:_LINES]]
    if len(branch.special) > _LINES:
        lines.append(f"  … and {len(branch.special) - _LINES} more")
    first, last = (": ".join(filter(None, (end.reason, end.message))) for end in branch.ends)
    lines += [f"First row: {first}", f"Last row:  {last}"]
    return "\n".join(shortened(line) for line in lines)


def html(text: str) -> str:
    """Return a summary for a notebook."""
    return f"<pre>{escape(text)}</pre>"
