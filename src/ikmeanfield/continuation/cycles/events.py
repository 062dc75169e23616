"""Special points on a branch of cycles: test functions, and where they vanish.

Test functions follow Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory, section 10.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.bvp.corrector import AnyCorrector
from ikmeanfield.continuation.bvp.locate import locate
from ikmeanfield.continuation.bvp.points import CurvePoint, Event, Located, Test, values_of
from ikmeanfield.continuation.special_point import SpecialPoint

from .floquet import LOST, at_value, pair_at_one
from .modes import second_direction

if TYPE_CHECKING:
    from .family import CycleFamily

#: Below this a test function at the ends of a step is rounding, not a sign.
NOISE = 1e-7
#: Two branches cross where the equations are singular in a second direction, up to this share.
_SECOND = 1e-3
#: Where a multiplier passes through 1: either test function may show the other kind.
_AT_ONE = {"LPC", "BP"}
#: A test function that changes by this share when the mesh is halved has no certain sign.
_ERROR = 0.5


def _fold(scale: float, point: CurvePoint) -> float:
    """Component of the tangent along the parameter: zero at a fold of cycles."""
    return float(point.tangent.scalars[1] / scale)


def _doubling(point: CurvePoint) -> float:
    """Zero where a multiplier is -1."""
    return at_value(point.facts.floquet.multipliers, -1.0)


def _branching(point: CurvePoint) -> float:
    """Zero where a second multiplier is 1."""
    return at_value(point.facts.floquet.multipliers, 1.0)


def _torus(point: CurvePoint) -> float:
    """Zero where two multipliers have product 1."""
    return pair_at_one(point.facts.floquet.multipliers)


def _kink(name: str, end: int, point: CurvePoint) -> float:
    """Smallest (0) or largest (1) value of a kink function or event along the orbit."""
    return float(point.facts.kinks[name][end])


class Step:
    """Two consecutive cycles of a branch, and the special points between them."""

    def __init__(self, family: CycleFamily, before: CurvePoint, after: CurvePoint) -> None:
        self.family, self.ends = family, (before, after)
        self.reliable = all(point.facts.floquet.reliable() for point in self.ends)
        self.fold: Test = partial(_fold, float(family.scales.scalars[1]))

    def crosses(self, test: Test) -> bool:
        """Whether a test function changes sign."""
        return test(self.ends[0]) * test(self.ends[1]) < 0

    def unexplained(self) -> bool:
        """Whether stability changed by more than the sign changes of the test functions explain."""
        if self.ends[0].facts.hopf is not None or not self.reliable:
            return False
        before, after = (point.facts.floquet for point in self.ends)
        for found in (before, after):
            if (np.abs(np.abs(found.multipliers) - 1) < 1e-6).any():
                return False
        sizes = {_branching: 1, _doubling: 1, _torus: 2, self.fold: 0}
        possible = {0}
        for test, size in sizes.items():
            if self.crosses(test):
                possible |= {abs(x + s) for x in possible for s in (size, -size)}
        return abs(after.unstable() - before.unstable()) not in possible

    def events(self) -> list[Event]:
        """Return all special points to look for."""
        options = self.family.options
        found = [
            Event("LPC", self.fold, noise=NOISE),
            Event("PD", _doubling),
            Event("TR", _torus),
            Event("BP", _branching, noise=NOISE),
        ]
        for name in self.family.problem.kinks:
            found += [Event("KINK", partial(_kink, name, end), name) for end in (0, 1)]
        kinds = {event.kind for event in found if options.looks_for(event.kind)}
        kinds |= _AT_ONE if kinds & _AT_ONE else set()
        if self.ends[0].facts.hopf is not None:
            kinds -= _AT_ONE
        if not self.reliable:
            kinds -= {"PD", "TR", "BP"}
        found = [event for event in found if event.kind in kinds]
        for name in options.events:
            found += [Event("UZ", partial(_kink, name, end), name) for end in (0, 1)]
        return found + values_of(1, self.family.cycles.report_at)

    def special(self, corrector: AnyCorrector) -> list[Located]:
        """Return the special points between the two cycles."""
        out: list[Located] = []
        folded = False
        for event in self.events():
            if not event.crossed(*self.ends) or (event.kind == "BP" and folded):
                continue
            located: Located | None = locate(corrector, event, *self.ends)
            if located is not None and event.kind in _AT_ONE:
                judge = self._turn if event.kind == "LPC" else self._passage
                located = judge(corrector, located)
            if located is None or not genuine(located):
                continue
            folded = folded or event.kind == "LPC"
            if event.kind == "UZ" or self.family.options.looks_for(located.event.kind):
                out.append(located)
        return out

    def _turn(self, corrector: AnyCorrector, located: Located) -> Located | None:
        """What a place is where the parameter turns: a fold, a branch point or the mesh's error.

        At a fold a multiplier passes through 1. One that reaches 1 within a step and comes back is
        where the parameter turns on the side branch of a pitchfork. Where the branch is vertical,
        as in canard explosions, errors of the mesh turn it.
        """
        if self.reliable:
            if self.crosses(_branching):
                if located.converged:
                    return located
                return locate(corrector, replace(located.event, test=_branching), *self.ends)
            if self._branches(located):
                return replace(located, event=replace(located.event, kind="BP"))
        certain = list(self._certain(corrector, self.fold))
        near = np.abs(located.point.facts.floquet.multipliers - 1).min(initial=np.inf) < LOST
        return located if all(certain) or (near and any(certain)) else None

    def _passage(self, corrector: AnyCorrector, located: Located) -> Located | None:
        """What a place is where a multiplier passes through 1, the parameter not seen to turn.

        A fold, if the parameter turns by so little that it is hidden by the error of the mesh (so
        small cycles grow large within an exponentially narrow range of it), or a branch point.
        """
        as_fold = replace(located, event=replace(located.event, kind="LPC"))
        if self.crosses(self.fold):
            return as_fold
        if self._branches(located):
            return located
        if any(self._certain(corrector, self.fold)):
            return None
        return as_fold if all(self._certain(corrector, _branching)) else None

    def _certain(self, corrector: AnyCorrector, test: Test) -> Iterator[bool]:
        """Whether a test function is larger at the ends than errors of rounding and the mesh."""
        for point in self.ends:
            value = test(point)
            if abs(value) < NOISE:
                yield False
            else:
                yield abs(test(corrector.refined(point)) - value) < _ERROR * abs(value)

    def _branches(self, located: Located) -> bool:
        """Whether another branch passes through, by the directions that the equations leave.

        Where orbits cross kinks, multipliers are as inexact as collocation is there: at a fold they
        may seem not to pass through 1, or to do so beside it.
        """
        return second_direction(self.family.equations, located.point.profile) < _SECOND


def genuine(located: Located) -> bool:
    """Whether the multipliers bear out the kind of a located point."""
    mu = located.point.facts.floquet.multipliers
    if located.event.kind == "PD":
        return bool(np.abs(mu + 1).min() < 1e-4)
    if located.event.kind == "BP":
        return bool(np.abs(mu - 1).min() < 1e-3)
    if located.event.kind == "TR":
        # a real pair with product 1 makes a neutral saddle, not a torus
        return bool(((np.abs(np.abs(mu) - 1) < 1e-4) & (np.abs(mu.imag) > 1e-6)).any())
    return True


def evidence(family: CycleFamily, located: Located, special: SpecialPoint) -> SpecialPoint:
    """Return a special point with what there is to say of a torus, and of kinks."""
    point, kind = located.point, special.kind
    if kind == "TR":
        mu = special.eigenvalues
        on_circle = mu[np.argmin(np.abs(np.abs(mu) - 1) + (np.abs(mu.imag) < 1e-6))]
        rotation = float(abs(np.angle(on_circle)) / (2 * np.pi))
        special = replace(special, data={**special.data, "rotation": rotation})
    message = _at_kinks(family, point)
    if kind == "KINK":
        low, high = point.facts.kinks[special.name]
        message = (
            f"the orbit grazes {special.name} = 0 (values {low:.3g} to {high:.3g} along it); "
            "where it crosses, collocation loses order"
        )
    return replace(special, message=message)


def _at_kinks(family: CycleFamily, point: CurvePoint) -> str:
    """Say that an orbit crosses kinks, if it does."""
    ranges = {name: point.facts.kinks[name] for name in family.problem.kinks}
    crossed = [f"{name} = 0" for name, (low, high) in ranges.items() if low < 0 < high]
    where = " and ".join(crossed)
    return f"the orbit crosses the kink {where}: multipliers are less exact" if crossed else ""
