"""Whether two branches are the same curve with the same special points."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

import numpy as np

from ikmeanfield.continuation import (
    ContinuationOptions,
    continue_equilibria,
    continue_folds,
    continue_hopf,
)

STEPS = (0.1, 0.05, 0.025, 0.0125)
FOLLOW = {"fold": continue_folds, "hopf": continue_hopf}
#: Ends at which a branch is complete.
REGULAR = {"bound", "closed", "BT"}
#: By how much the number of unstable eigenvalues changes at each kind of special point.
CHANGE = {
    "equilibrium": {"LP": (1,), "BP": (0, 1), "HB": (2,), "NS": (0,), "KINK": (0, 1, 2)},
    "fold": {"BT": (1,), "CP": (0,), "ZH": (2,), "KINK": (0, 1, 2)},
    "hopf": {"BT": (0,), "GH": (0,), "ZH": (1,), "HH": (2,), "KINK": (0, 1, 2)},
}
#: Two special points are one when no scaled component differs by more than this.
SAME = 1e-5


def place(branch, point):
    return np.concatenate([point.state, [point.parameters[name] for name in branch.free]])


def piece(branch, row, bounds):
    """Return the rows around one that lie within bounds without a gap."""
    inside = np.ones(len(branch), dtype=bool)
    for name, (low, high) in bounds.items():
        inside &= (branch[name] >= low) & (branch[name] <= high)
    first = last = row
    while first > 0 and inside[first - 1]:
        first -= 1
    while last < len(branch) - 1 and inside[last + 1]:
        last += 1
    closed = branch.ends[1].reason == "closed"
    if closed and (first == 0 or last == len(branch) - 1):
        return np.flatnonzero(inside) if inside.all() else None
    return np.arange(first, last + 1)


def unexplained(branch):
    """Return the rows between which stability changes without a special point."""
    special = {}
    for point in branch.special:
        special.setdefault(point.row, []).append(point)
    rows = [row for row in range(len(branch)) if row not in special]
    found = []
    for before, after in pairwise(rows):
        possible = {0}
        for row in range(before + 1, after):
            for point in special[row]:
                sizes = CHANGE[branch.kind][point.kind]
                times = int(point.data.get("multiplicity", 1))
                steps = {sign * size * times for size in sizes for sign in (1, -1)}
                possible = {abs(total + step) for total in possible for step in steps}
        doubtful = any(branch["undecided"][row] for row in (before, after))
        change = abs(int(branch["unstable"][after]) - int(branch["unstable"][before]))
        if change not in possible and not doubtful:
            found.append((before, after))
    return found


def compare(reference, rows, other, bounds, scale):
    """Return (missed, invented, undecided) special points of another branch."""
    edge = 1e-4
    kept = [p for p in reference.special if p.row in set(rows.tolist()) and p.kind != "NS"]
    theirs = [p for p in other.special if p.kind != "NS"]

    def at_edge(point):
        values = dict(
            zip(reference.free, place(reference, point)[-len(reference.free) :], strict=True)
        )
        return any(
            min(abs(values[name] - low), abs(values[name] - high)) < edge * (high - low)
            for name, (low, high) in bounds.items()
        )

    undecided = 0
    missed = []
    for point in kept:
        match = [
            p
            for p in theirs
            if (p.kind, p.name) == (point.kind, point.name)
            and np.abs((place(other, p) - place(reference, point)) / scale).max()
            < (SAME if p.status == point.status == "converged" else 1e-3)
        ]
        if match:
            theirs = [p for p in theirs if p is not match[0]]
        elif point.status == "guess":
            undecided += 1
        elif not at_edge(point):
            missed.append(point)
    undecided += sum(p.status == "guess" for p in theirs)
    invented = [p for p in theirs if p.status == "converged" and not at_edge(p)]
    return missed, invented, undecided


def extent(branch, rows, scale):
    points = np.hstack([branch.states, branch.parameters])[rows] / scale
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def variants(problem, reference, g, number, box):
    """Yield the same curve from random rows: other steps, bounds, and without a Jacobian."""
    for _ in range(number):
        row = int(g.integers(1, len(reference) - 1))
        bounds = {}
        for name in reference.free:
            low, high = box[name]
            value = float(reference[name][row])
            cut = g.random() < 0.5
            bounds[name] = (g.uniform(low, value), g.uniform(value, high)) if cut else (low, high)
        rows = piece(reference, row, bounds)
        if rows is None:
            continue
        start = dict(zip(reference.free, map(float, reference.parameters[row]), strict=True))
        step = float(g.choice(STEPS))
        other = problem.at(start)
        if g.random() < 0.5:
            other = replace(other, jacobian=None)
        options = ContinuationOptions(
            bounds=bounds, ds=min(0.01, step), ds_max=step, max_points=6000
        )
        if reference.kind == "equilibrium":
            found = continue_equilibria(other, reference.states[row], reference.free[0], options)
        else:
            found = FOLLOW[reference.kind](other, reference.states[row], reference.free, options)
        yield rows, bounds, found, (row, step, other.jacobian is not None)


def check(problem, reference, g, number, box):
    """Compare a curve with itself from random starts; counts, and what went wrong in words."""
    counts, wrong = Counter(), []
    points = np.hstack([reference.states, reference.parameters])
    scale = np.maximum(np.ptp(points, axis=0), 1e-3 * np.abs(points).max(axis=0) + 1e-12)
    for rows, bounds, found, how in variants(problem, reference, g, number, box):
        counts["curves"] += 1
        label = (reference.kind, *how, bounds)
        if not len(found) or {e.reason for e in found.ends} - REGULAR:
            counts["undecided"] += 1
            reasons = [(e.reason, e.message[:90]) for e in found.ends]
            wrong.append(("end", label, reasons)) if not len(found) else None
            continue
        gaps = unexplained(found)
        missed, invented, undecided = compare(reference, rows, found, bounds, scale)
        counts["undecided"] += bool(undecided)
        everything = np.arange(len(found))
        gap = np.abs(extent(reference, rows, scale) - extent(found, everything, scale)).max()
        if gap > 0.1:
            wrong.append(("extent", label, float(gap)))
        for name, list_ in (("missed", missed), ("invented", invented), ("unexplained", gaps)):
            counts[name] += len(list_)
            if list_:
                wrong.append((name, label, list_))
    return counts, wrong
