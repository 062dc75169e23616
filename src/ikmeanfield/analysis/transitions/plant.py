"""A system whose input current can be driven and held; the spiking network is one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.inputs import Current, constant, ramp
from ikmeanfield.spiking import Network

FloatArray = NDArray[np.float64]


class BudgetError(RuntimeError):
    """The next hold would cost more than is allowed."""


class Saved(NamedTuple):
    """A state to come back to, and the current in pA at which it was saved."""

    state: Any
    current: float


class Plant(Protocol):
    """What the detector at constant current needs of a system."""

    @property
    def sample(self) -> float:
        """Time in ms between samples of the observable."""
        ...

    @property
    def spent(self) -> float:
        """Time in ms simulated so far."""
        ...

    @property
    def budget(self) -> float:
        """Time in ms that may be simulated."""
        ...

    def save(self) -> Saved:
        """The present state."""
        ...

    def load(self, saved: Saved) -> None:
        """Return to a state."""
        ...

    def drive(self, to: float, over: float, duration: float) -> FloatArray:
        """Move the current linearly to `to` over some ms, then hold it; `duration` is of both.

        Returns the observable, positive and larger on the branch that is called upper.
        """
        ...


class Mirrored:
    """A system whose current counts with the opposite sign, so that below becomes above."""

    def __init__(self, plant: Plant) -> None:
        self.plant = plant

    @property
    def sample(self) -> float:
        """Time in ms between samples of the observable."""
        return self.plant.sample

    @property
    def spent(self) -> float:
        """Time in ms simulated so far."""
        return self.plant.spent

    @property
    def budget(self) -> float:
        """Time in ms that may be simulated."""
        return self.plant.budget

    def save(self) -> Saved:
        """The present state."""
        return mirrored(self.plant.save())

    def load(self, saved: Saved) -> None:
        """Return to a state."""
        self.plant.load(mirrored(saved))

    def drive(self, to: float, over: float, duration: float) -> FloatArray:
        """Move the current linearly, then hold it."""
        return self.plant.drive(-to, over, duration)


def mirrored(saved: Saved) -> Saved:
    """The same state, its current with the opposite sign."""
    return Saved(saved.state, -saved.current)


class NetworkPlant:
    """A spiking network; the observable is the firing rate of one population in Hz.

    Parameters
    ----------
    network
        Advanced in place.
    population
        The one whose current is driven.
    current
        The current in pA at the start.
    sample
        Window in ms over which spikes are counted.
    budget
        The ms of network time that may be spent.
    progress
        Called with the ms spent after every piece of a run.
    observed
        The population whose rate is observed, if it is another one.
    """

    def __init__(
        self,
        network: Network,
        population: str,
        current: float,
        sample: float = 4.0,
        budget: float = np.inf,
        progress: Callable[[float], None] | None = None,
        observed: str | None = None,
    ) -> None:
        self.network = network
        self.population = population
        self.observed = population if observed is None else observed
        self.current = current
        self.sample = sample
        self.budget = budget
        self.spent = 0.0
        self._progress = progress

    def save(self) -> Saved:
        """The present state."""
        return Saved(self.network.snapshot(), self.current)

    def load(self, saved: Saved) -> None:
        """Return to a state."""
        self.network.restore(saved.state)
        self.current = saved.current

    def drive(self, to: float, over: float, duration: float) -> FloatArray:
        """Move the current linearly, then hold it.

        Raises
        ------
        BudgetError
            If that would cost more than the budget; the network is then as it was.
        """
        if self.spent + duration > self.budget:
            msg = f"{self.spent + duration:g} ms needed, {self.budget:g} ms allowed"
            raise BudgetError(msg)
        now = self.network.time
        course: Current = constant(to)
        if over > 0 and to != self.current:
            course = ramp([(now, self.current), (now + over, to)])
        data = self.network.run(
            {self.population: course},
            duration=duration,
            sample=self.sample,
            record=["firing_rate"],
        )
        self.spent += duration
        if self._progress is not None:
            self._progress(self.spent)
        self.current = float(course(now + duration))
        return np.asarray(data["firing_rate"].sel(population=self.observed).values)
