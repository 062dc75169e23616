"""Closing in on a boundary of oscillations: which currents to hold, and from which states.

First the current steps outwards until the oscillation decays. The decay passes through all
amplitudes, and later holds start from states saved on the way: those with small amplitudes show
where the stationary state becomes unstable, those with medium ones how far the branch of cycles
reaches. The fit to all holds so far chooses the current of every further hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ikmeanfield.analysis.transitions.growth_rates import OscillationBoundary, fit_boundary
from ikmeanfield.analysis.transitions.holds import whole_samples
from ikmeanfield.analysis.transitions.ringdown import (
    Ringdown,
    dominant_period,
    measure_ringdown,
)
from ikmeanfield.analysis.transitions.system import BudgetError, DrivenSystem, SavedState

SMALL = 0.3
"""Amplitudes below this fraction of the largest one count as small."""


@dataclass(frozen=True)
class BoundarySettings:
    """How a boundary of oscillations is searched; times in ms, currents in pA.

    Attributes
    ----------
    approach
        Time within which the current moves to its constant value.
    coarse, fine
        Durations of a hold far from the boundary and near it.
    pieces
        Number of states saved during a hold.
    steps
        Largest number of holds before the boundary is enclosed.
    lasts
        An oscillation persists if it decays more slowly than this, in 1/s, at the end of a coarse
        hold.
    near
        Holds near the boundary, in order: the amplitude at the start relative to the largest one,
        and the current relative to the boundary, which is the last cycle for amplitudes above one
        half, otherwise the Hopf point.
    guides
        A fit chooses the next current to hold if both of its standard errors are below this.
    error
        The search ends once both standard errors are below this.
    mismatch
        Weight of a difference in current when a state is chosen to start from: a difference of
        1 pA counts as much as this difference in the logarithm of the amplitude.
    reach
        Holds further than this from the boundary are left out of the fit if enough are nearer.
    """

    approach: float = 300.0
    coarse: float = 2000.0
    fine: float = 2800.0
    pieces: int = 5
    steps: int = 6
    lasts: float = 0.12
    near: Sequence[tuple[float, float]] = (
        (0.25, 0.3), (0.6, 0.15), (0.2, -0.25), (0.6, -0.1), (0.12, 0.1), (0.55, 0.1),
        (0.12, -0.15), (0.4, 0.0),
    )  # fmt: skip
    guides: float = 1.0
    error: float = 0.06
    mismatch: float = 0.25
    reach: float = 1.6


@dataclass
class BoundarySearch:
    """Holds about one boundary of oscillations.

    Attributes
    ----------
    system
        The system.
    state
        A state in which it oscillates.
    beyond
        A current in pA at which it probably does not oscillate.
    settings
        How to search.
    ringdowns
        Amplitudes measured so far.
    starts
        Amplitudes and states from which later holds may start.
    enclosed
        Whether oscillations persist on one side of the boundary and decay on the other.
    done
        Number of holds made near the boundary.
    largest
        Largest amplitude seen.
    """

    system: DrivenSystem
    state: SavedState
    beyond: float
    settings: BoundarySettings
    ringdowns: list[Ringdown] = field(default_factory=list)
    starts: list[tuple[float, SavedState]] = field(default_factory=list)
    enclosed: bool = False
    done: int = 0
    largest: float = 0.0

    def enclose(self) -> bool:
        """Step outwards until the oscillation decays, then back towards the boundary.

        Returns
        -------
        bool
            Whether oscillations persist on one side and decay on the other.

        Raises
        ------
        BudgetError
            If the budget of simulated time runs out first.
        """
        inside, outside = self.state.current, self.beyond
        start, target = self.state, inside + 0.45 * (outside - inside)
        for _ in range(self.settings.steps):
            ringdown, end = self._hold(start, target, self.settings.coarse)
            growth = ringdown.growth
            if growth > -self.settings.lasts and self._is_strong(ringdown):
                inside, start = target, end
                if outside - inside < 1.0:
                    outside = inside + 2.0
                target = inside + 0.4 * (outside - inside)
                continue
            outside = max(target, inside + 0.5)
            if not ringdown.pieces():  # the oscillation vanished at once: too far out
                target = inside + 0.5 * (target - inside)
            elif self._smallest_start() < SMALL:
                self.enclosed = True
                return True
            else:  # too near for the small amplitudes that later holds need
                target += float(np.clip(0.9 + growth, 0.3, 0.8))
        return False

    def refine(self, until: float = np.inf) -> None:
        """Hold near the boundary until it is known well enough, or until `until` ms are spent."""
        settings = self.settings
        if not self.ringdowns:  # the budget ran out before the first hold
            return
        try:
            for size, distance in settings.near[self.done :]:
                if self.system.spent + settings.approach + settings.fine > until:
                    return
                boundary = self.fit()
                worst = max(boundary.hopf_error, boundary.last_error) if boundary else np.inf
                if self.done >= 4 and worst <= settings.error:
                    return
                last = self.ringdowns[-1]
                if boundary is not None and worst < settings.guides:
                    known = boundary.last_error < 0.3 and size > 0.5
                    target = (boundary.last if known else boundary.hopf) + distance
                else:  # near a boundary, growth rates fall by about 1/s per pA
                    decay = last.growth if np.isfinite(last.growth) else -1.0
                    target = last.current - abs(decay) + distance
                target = max(target, self.state.current)
                self._hold(self._start_near(size, target), target, settings.fine)
                self.done += 1
        except BudgetError:
            pass

    def fit(self) -> OscillationBoundary | None:
        """Fit the boundary to all holds; None if they do not determine it."""
        first = fit_boundary(self.ringdowns)
        if first is None:
            return None
        near = [r for r in self.ringdowns if abs(r.current - first.hopf) < self.settings.reach]
        return (fit_boundary(near) if len(near) >= 4 else None) or first

    def _hold(
        self, start: SavedState, current: float, duration: float
    ) -> tuple[Ringdown, SavedState]:
        """Hold a current, starting from a saved state; return the ringdown and the final state."""
        system, settings = self.system, self.settings
        system.load(start)
        over = whole_samples(settings.approach, system)
        trace = system.drive(current, over, over)
        part = whole_samples(duration / settings.pieces, system)
        ends: list[tuple[int, SavedState]] = []
        for _ in range(settings.pieces):
            trace = np.concatenate([trace, system.drive(current, 0.0, part)])
            ends.append((trace.size, system.save()))
        near = self.ringdowns[-1].period if self.ringdowns else np.nan
        period = dominant_period(trace[round(over / system.sample) :], system.sample, near)
        skip = over + 0.5 * period
        ringdown = measure_ringdown(trace, current, system.sample, period, skip)
        self.ringdowns.append(ringdown)
        # a fast decay has begun before the first window ends
        lost = (skip + ringdown.window * system.sample / 2) / 1000.0 * max(0.0, -ringdown.growth)
        initial = float(ringdown.amplitude[0]) * np.exp(min(lost, 0.5))
        self.largest = max(self.largest, initial)
        for size, state in ends:
            place = size - round(skip / system.sample) - ringdown.window // 2
            if place >= 0:
                amplitude = float(ringdown.amplitude[min(place, ringdown.amplitude.size - 1)])
                if amplitude > 3 * ringdown.floor:
                    self.starts.append((amplitude, state))
        return ringdown, ends[-1][1]

    def _smallest_start(self) -> float:
        """Smallest amplitude to start from, relative to the largest; infinite if there is none."""
        if not self.starts:  # in a small network, noise may hide every oscillation
            return np.inf
        return min(amplitude for amplitude, _ in self.starts) / self.largest

    def _is_strong(self, ringdown: Ringdown) -> bool:
        return float(ringdown.amplitude[-1]) > 0.3 * self.largest

    def _start_near(self, size: float, target: float) -> SavedState:
        """Choose the state whose amplitude is nearest to `size` times the largest one.

        States saved at currents far from `target` are avoided, because such a state takes about a
        second to become typical of its amplitude.
        """

        def distance(start: tuple[float, SavedState]) -> float:
            amplitude, state = start
            return float(
                abs(np.log(amplitude / (size * self.largest)))
                + self.settings.mismatch * abs(state.current - target)
            )

        return min(self.starts, key=distance)[1] if self.starts else self.state
