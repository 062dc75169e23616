"""Closing in on a border of oscillations: where to hold, and from which state.

First the current steps outwards until the oscillation decays. Its decay passes all amplitudes,
and states saved on the way are what later holds start from: small ones tell where the state that
does not oscillate becomes unstable, middling ones how far the branch of cycles reaches. Every
hold near the border goes where the fit of all holds so far puts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from ikmeanfield.analysis.transitions.plant import BudgetError, Plant, Saved
from ikmeanfield.analysis.transitions.rings import (
    Border,
    Ring,
    dominant_period,
    fit_border,
    ring,
)

SMALL = 0.3
"""An oscillation of less than this part of the largest amplitude is small."""


@dataclass(frozen=True)
class BorderSettings:
    """How a border of oscillations is sought; times in ms, currents in pA.

    Attributes
    ----------
    approach
        Time over which the current moves to where it is held.
    coarse, fine
        Length of a hold far from the border and near it.
    pieces
        States are saved this many times in a hold.
    steps
        At most so many holds until the oscillation decays, and until the border is enclosed.
    lasts
        An oscillation lasts that shrinks by less than this, per s, at the end of a coarse hold.
    near
        Holds near the border: the amplitude they start from, relative to the largest, and the
        distance from the border that is sought: from the last cycle if the amplitude exceeds
        one half, else from the Hopf point. They are repeated as far as the budget allows.
    error
        Enough: both standard errors are below this.
    strange
        A pA between a state's current and that of the hold counts as much as this difference in
        the logarithm of the amplitude.
    reach
        Holds further than this from the border are not fitted, if enough are nearer.
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
    error: float = 0.06
    strange: float = 0.25
    reach: float = 1.6


@dataclass
class BorderSearch:
    """Holds about one border of oscillations, and what they tell so far.

    Attributes
    ----------
    plant, state
        The system, and a state in which it oscillates.
    beyond
        A current at which it probably does not.
    settings
        How to search.
    """

    plant: Plant
    state: Saved
    beyond: float
    settings: BorderSettings
    rings: list[Ring] = field(default_factory=list)
    seeds: list[tuple[float, Saved]] = field(default_factory=list)
    enclosed: bool = False
    done: int = 0
    largest: float = 0.0

    def approach(self) -> bool:
        """Step outwards until the oscillation decays, then back towards the border.

        Returns
        -------
        bool
            Whether oscillations last on one side and decay on the other.

        Raises
        ------
        BudgetError
            If the budget ends first.
        """
        inside, outside = self.state.current, self.beyond
        start, target = self.state, inside + 0.45 * (outside - inside)
        for _ in range(self.settings.steps):
            made, end = self._hold(start, target, self.settings.coarse)
            growth = made.growth
            if growth > -self.settings.lasts and self._strong(made):
                inside, start = target, end
                if outside - inside < 1.0:
                    outside = inside + 2.0
                target = inside + 0.4 * (outside - inside)
                continue
            outside = max(target, inside + 0.5)
            if not made.pieces():  # gone at once: too far
                target = inside + 0.5 * (target - inside)
            elif self._smallest() < SMALL:
                self.enclosed = True
                return True
            else:  # too near for small amplitudes, which are needed
                target += float(np.clip(0.9 + growth, 0.3, 0.8))
        return False

    def refine(self, until: float = np.inf) -> None:
        """Hold near the border until it is known well enough, or `until` ms are spent."""
        settings = self.settings
        if not self.rings:  # the budget ended before the first hold
            return
        try:
            for size, distance in settings.near[self.done :]:
                if self.plant.spent + settings.approach + settings.fine > until:
                    return
                border = self.fit()
                worst = max(border.hopf_error, border.last_error) if border else np.inf
                if self.done >= 4 and worst <= settings.error:
                    return
                made = self.rings[-1]
                if border is not None:
                    known = border.last_error < 0.3 and size > 0.5
                    target = (border.last if known else border.hopf) + distance
                else:  # the first hold near it
                    decay = made.growth if np.isfinite(made.growth) else -1.0
                    target = made.current - abs(decay) + distance
                lowest = self.state.current
                target = max(target, lowest)
                self._hold(self._seed(size, target), target, settings.fine)
                self.done += 1
        except BudgetError:
            pass

    def fit(self) -> Border | None:
        """What all holds tell together; None if that is nothing."""
        first = fit_border(self.rings)
        if first is None:
            return None
        near = [r for r in self.rings if abs(r.current - first.hopf) < self.settings.reach]
        return (fit_border(near) if len(near) >= 4 else None) or first

    def _hold(self, start: Saved, current: float, length: float) -> tuple[Ring, Saved]:
        """One hold from a state; its ring, and the state at its end."""
        plant, settings = self.plant, self.settings
        plant.load(start)
        over = plant.sample * round(settings.approach / plant.sample)
        part = plant.sample * max(1, round(length / settings.pieces / plant.sample))
        trace = plant.drive(current, over, over)
        ends: list[tuple[int, Saved]] = []
        for _ in range(settings.pieces):
            trace = np.concatenate([trace, plant.drive(current, 0.0, part)])
            ends.append((trace.size, plant.save()))
        near = self.rings[-1].period if self.rings else np.nan
        period = dominant_period(trace[round(over / plant.sample) :], plant.sample, near)
        skip = over + 0.5 * period
        made = ring(trace, current, plant.sample, period, skip)
        self.rings.append(made)
        # a fast decay has begun before the first window ends
        lost = (skip + made.window * plant.sample / 2) / 1000.0 * max(0.0, -made.growth)
        self.largest = max(self.largest, float(made.amplitude[0]) * np.exp(min(lost, 0.5)))
        for size, state in ends:
            place = size - round(skip / plant.sample) - made.window // 2
            if place >= 0:
                amplitude = float(made.amplitude[min(place, made.amplitude.size - 1)])
                if amplitude > 3 * made.floor:
                    self.seeds.append((amplitude, state))
        return made, ends[-1][1]

    def _smallest(self) -> float:
        """Least amplitude to start from, relative to the largest; infinite if there is none."""
        if not self.seeds:  # of a small network, noise may hide all
            return np.inf
        return min(amplitude for amplitude, _ in self.seeds) / self.largest

    def _strong(self, made: Ring) -> bool:
        return float(made.amplitude[-1]) > 0.3 * self.largest

    def _seed(self, size: float, target: float) -> Saved:
        """The state whose amplitude comes nearest to a part of the largest.

        A state from a distant current needs a second to become what its amplitude tells.
        """

        def distance(seed: tuple[float, Saved]) -> float:
            amplitude, state = seed
            return float(
                abs(np.log(amplitude / (size * self.largest)))
                + self.settings.strange * abs(state.current - target)
            )

        return min(self.seeds, key=distance)[1] if self.seeds else self.state
