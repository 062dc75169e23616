"""Where a system, held at constant current, leaves the branch it is on.

Beyond a fold at I_F, at a distance d, the passage takes a time close to π/√(ab·d), with a and b
the coefficients of the normal form dx/dt = a d + b x². So 1/T² is linear in the current, and two
holds that end in a passage foretell I_F. The forecast only chooses where to hold next: what is
reported is an interval with a hold that stayed at one end and a hold that left at the other.
Below a fold the relaxation slows down like 1/√d too, hence every hold starts from the state that
the nearest hold so far has settled to.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import nan, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.plant import BudgetError, Plant, Saved

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class HoldSettings:
    """How long to hold and how close to come; times in ms, currents in pA.

    Attributes
    ----------
    resolution
        Width of the interval to reach.
    approach
        Time over which the current moves to where it is held.
    hold
        A state that lasts this long stays. It must exceed the time of passage at half the
        resolution beyond the fold.
    confirm
        A state at the end of a branch that may end in slowly growing oscillations is held so long.
    after
        A system that has left is followed for this long, to see where it went.
    smoothing
        Window of the mean that is compared with the level.
    stride
        First step when looking for a current at which the system leaves.
    holds
        No more than this many holds for one edge.
    jump
        Least ratio of the observable on both sides of an edge. A smooth, steep change stays
        below it and is not reported.
    """

    resolution: float = 0.1
    approach: float = 300.0
    hold: float = 3000.0
    confirm: float = 5000.0
    after: float = 2400.0
    smoothing: float = 40.0
    stride: float = 1.0
    holds: int = 9
    jump: float = 1.6


@dataclass(frozen=True)
class Hold:
    """One hold: where, whether and after how many ms the system left, and the observable."""

    current: float
    left: bool
    time: float
    trace: FloatArray
    end: Saved


@dataclass
class Edge:
    """An interval of the current with a hold that stayed at one end and one that left.

    Attributes
    ----------
    stayed, left
        The holds at both ends; `stayed` is None if only the starting state is known to stay.
    inside
        The state from which the last holds started, and its current.
    after
        The observable after the system has left; empty if that could not be followed.
    end
        The state then.
    reached
        Whether the interval is as narrow as was asked.
    history
        Current and time to leave of every hold that left.
    levels
        Current and mean of the observable of every state that stayed.
    states
        Those states.
    """

    inside: Saved
    left: Hold
    stayed: Hold | None = None
    after: FloatArray = field(default_factory=lambda: np.zeros(0))
    end: Saved | None = None
    reached: bool = False
    history: list[tuple[float, float]] = field(default_factory=list)
    levels: list[tuple[float, float]] = field(default_factory=list)
    states: list[Saved] = field(default_factory=list)

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval's ends in pA, ascending."""
        a, b = self.inside.current, self.left.current
        return min(a, b), max(a, b)

    @property
    def current(self) -> float:
        """Its middle in pA."""
        return sum(self.bounds) / 2


def smooth(trace: FloatArray, samples: int) -> FloatArray:
    """Running mean of the given number of samples, shorter by one less than that."""
    samples = max(1, min(samples, trace.size))
    total = np.cumsum(np.concatenate([[0.0], trace]))
    return np.asarray((total[samples:] - total[:-samples]) / samples)


def hold(
    plant: Plant,
    start: Saved,
    current: float,
    level: float,
    settings: HoldSettings,
    *,
    above: bool,
    silent: bool = False,
) -> Hold:
    """Go from a saved state to a current and hold it until the system leaves.

    Parameters
    ----------
    above
        Whether leaving means to rise above the level, or to fall below it.
    silent
        Leaving means instead that the system, which oscillates across the level, has kept on
        the far side of it for the whole of a hold's time.
    """
    plant.load(start)
    chunk = 20 * plant.sample * max(1, round(200.0 / (20 * plant.sample)))
    window = round(settings.smoothing / plant.sample)
    over = plant.sample * round(settings.approach / plant.sample)
    longest = settings.hold + over
    trace = plant.drive(current, over, over)
    while trace.size * plant.sample < longest:
        trace = np.concatenate([trace, plant.drive(current, 0.0, chunk)])
        x = smooth(trace, window)
        beyond = np.flatnonzero(x > level if above else x < level)
        if silent:
            within = np.flatnonzero(~(x > level if above else x < level))
            last = within[-1] * plant.sample if within.size else 0.0
            if last > over + 0.5 * settings.hold:  # it still oscillates late in the hold
                return Hold(current, False, nan, trace, plant.save())
        elif beyond.size:
            when = (beyond[0] + window) * plant.sample - over / 2
            return Hold(current, True, when, trace, plant.save())
    return Hold(current, silent, nan, trace, plant.save())


def find_edge(
    plant: Plant,
    start: Saved,
    towards: float,
    level: float,
    settings: HoldSettings,
    *,
    above: bool,
    silent: bool = False,
    settled: float | None = None,
) -> Edge | None:
    """Bisect the current at which a system leaves the branch it is on.

    Parameters
    ----------
    start
        A state on the branch, settled.
    towards
        A current at which the system probably leaves; if it stays there, the search goes on in
        the same direction.
    level
        Separates the branch from where the system goes.
    settled
        Mean of the observable in the starting state, if it is known.

    Returns
    -------
    Edge or None
        None if the system does not leave within four strides beyond `towards`.
    """
    sign = 1.0 if towards > start.current else -1.0
    inside, stayed, edge = start, None, None
    levels = [] if settled is None else [(start.current, settled)]
    history: list[tuple[float, float]] = []
    states = [start]
    target, stride = towards, settings.stride
    try:
        for _ in range(settings.holds):
            one = hold(plant, inside, target, level, settings, above=above, silent=silent)
            if one.left:
                history.append((one.current, one.time))
                edge = Edge(
                    inside, one, stayed, end=one.end, history=history, levels=levels, states=states
                )
            else:
                tail = one.trace[one.trace.size * 3 // 4 :]
                levels.append((one.current, float(np.mean(tail))))
                inside, stayed = one.end, one
                states.append(inside)
                if edge is not None:
                    edge.inside, edge.stayed = inside, stayed
            if edge is None:
                if sign * (target - towards) > 3.5 * stride:
                    return None
                target += sign * stride
                continue
            width = abs(edge.left.current - inside.current)
            if width <= settings.resolution * (1 + 1e-9):
                edge.reached = True
                break
            target = _next(inside.current, history, settings.resolution)
    except BudgetError:
        pass
    return edge


def follow(plant: Plant, edge: Edge, settings: HoldSettings) -> Edge:
    """Record where the system goes after leaving at the near end of the interval."""
    plant.load(edge.left.end)
    try:
        duration = plant.sample * round(settings.after / plant.sample)
        # one resolution further on: at the edge of a SNIC a single cycle takes seconds
        a, b = edge.inside.current, edge.left.current
        target = b + np.sign(b - a) * settings.resolution
        edge.after = plant.drive(target, 0.0, duration)
        edge.end = plant.save()
    except BudgetError:
        edge.after = np.zeros(0)
    return edge


def forecast(history: list[tuple[float, float]]) -> float:
    """The fold that two passage times foretell; not a number if they do not."""
    timed = sorted((t, c) for c, t in history if np.isfinite(t))[-2:]
    if len(timed) < 2:
        return nan
    (t1, c1), (t2, c2) = timed
    y1, y2 = t1**-2, t2**-2
    return c2 - y2 * (c1 - c2) / (y1 - y2) if y1 > y2 else nan


def passage_coefficient(history: list[tuple[float, float]], fold: float) -> float:
    """The product ab of the normal form, in 1/(ms² pA), from the passages beyond a fold."""
    values = [(pi / t) ** 2 / abs(c - fold) for c, t in history if t > 0 and c != fold]
    return float(np.median(values)) if values else nan


def noise_width(edge: Edge, sample: float) -> float:
    """Half-width in pA over which noise blurs a fold; not a number if it cannot be told.

    With noise of strength D the normal form has the time scale (b²D)^(−1/3), and the current
    the scale (b²D)^(2/3)/(ab). ab follows from the times of passage, b from how the settled
    observable moves towards the fold, D from its fluctuations about the last settled state.
    """
    ab = passage_coefficient(edge.history, edge.current)
    if len(edge.levels) < 2 or edge.stayed is None or not np.isfinite(ab):
        return nan
    (c1, x1), (c2, x2) = edge.levels[0], edge.levels[-1]
    near, far = abs(c2 - edge.current), abs(c1 - edge.current)
    if far <= near or x1 == x2:
        return nan
    ratio = abs(x2 - x1) / (sqrt(far) - sqrt(near))  # √(a/b)
    rate = 2 * sqrt(ab * near)
    trace = edge.stayed.trace[edge.stayed.trace.size // 2 :]
    slow = smooth(trace, max(1, round(80.0 / sample)))
    strength = rate * float(np.var(slow))
    b = sqrt(ab) / ratio
    return float((b * b * strength) ** (2 / 3) / ab)


def _next(inside: float, history: list[tuple[float, float]], resolution: float) -> float:
    """The next current to hold: about the forecast, else the middle of the interval."""
    outside = history[-1][0]
    sign = 1.0 if outside > inside else -1.0
    width = abs(outside - inside)
    fold = forecast(history)
    depth = sign * (fold - inside)
    if not (np.isfinite(depth) and 0 < depth < width) or width < 2 * resolution:
        return (inside + outside) / 2
    half = 0.48 * resolution
    # first close in from outside
    target = depth + half if width - depth > 1.2 * half else depth - half
    return inside + sign * float(np.clip(target, 0.2 * width, 0.85 * width))
