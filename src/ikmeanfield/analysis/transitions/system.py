"""Systems with an input current that can be ramped and held, such as a spiking network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.inputs import Current, constant, ramp
from ikmeanfield.spiking import Network

FloatArray = NDArray[np.float64]


class BudgetError(RuntimeError):
    """The next run would exceed the budget of simulated time."""


class SavedState(NamedTuple):
    """A state to return to, and the current in pA at which it was saved."""

    state: Any
    current: float


class DrivenSystem(Protocol):
    """What the searches at constant current require of a system."""

    @property
    def sample(self) -> float:
        """Sampling interval of the observable in ms."""
        ...

    @property
    def spent(self) -> float:
        """Time simulated so far, in ms."""
        ...

    @property
    def budget(self) -> float:
        """Time that may be simulated in total, in ms."""
        ...

    def save(self) -> SavedState:
        """Return the present state."""
        ...

    def load(self, saved: SavedState) -> None:
        """Return to a saved state."""
        ...

    def drive(self, to: float, over: float, duration: float) -> FloatArray:
        """Change the current linearly to `to` within `over` ms, then keep it constant.

        Parameters
        ----------
        to
            Final current in pA.
        over
            Time in ms within which the current changes.
        duration
            Total time in ms.

        Returns
        -------
        ndarray
            The observable every `sample` ms. It is positive, and larger on the upper branch.

        Raises
        ------
        BudgetError
            If the run would exceed the budget; the system then stays as it was.
        """
        ...


class ReversedCurrent:
    """A system seen with the sign of its current reversed, which swaps lower and upper sides.

    Parameters
    ----------
    system
        The system that is run.
    """

    def __init__(self, system: DrivenSystem) -> None:
        self.system = system

    @property
    def sample(self) -> float:
        """Sampling interval of the observable in ms."""
        return self.system.sample

    @property
    def spent(self) -> float:
        """Time simulated so far, in ms."""
        return self.system.spent

    @property
    def budget(self) -> float:
        """Time that may be simulated in total, in ms."""
        return self.system.budget

    def save(self) -> SavedState:
        """Return the present state."""
        return with_reversed_current(self.system.save())

    def load(self, saved: SavedState) -> None:
        """Return to a saved state."""
        self.system.load(with_reversed_current(saved))

    def drive(self, to: float, over: float, duration: float) -> FloatArray:
        """Change the current linearly, then keep it constant (see `DrivenSystem.drive`)."""
        return self.system.drive(-to, over, duration)


def with_reversed_current(saved: SavedState) -> SavedState:
    """Return the same state, with the sign of its current reversed."""
    return SavedState(saved.state, -saved.current)


class NetworkSystem:
    """A spiking network whose observable is the firing rate of one population in Hz.

    Parameters
    ----------
    network
        The network, which is advanced in place.
    population
        Population that receives the current.
    current
        Initial current in pA.
    sample
        Window in ms over which spikes are counted.
    budget
        Network time in ms that may be simulated.
    progress
        Called after every run with the time spent so far, in ms.
    observed
        Population whose rate is observed; by default `population`.
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

    def save(self) -> SavedState:
        """Return the present state."""
        return SavedState(self.network.snapshot(), self.current)

    def load(self, saved: SavedState) -> None:
        """Return to a saved state."""
        self.network.restore(saved.state)
        self.current = saved.current

    def drive(self, to: float, over: float, duration: float) -> FloatArray:
        """Change the current linearly, then keep it constant (see `DrivenSystem.drive`)."""
        if self.spent + duration > self.budget:
            msg = (
                f"the next run would bring the simulated time to {self.spent + duration:g} ms, "
                f"but the budget is {self.budget:g} ms; raise the budget of the search"
            )
            raise BudgetError(msg)
        now = self.network.time
        course: Current = constant(to)
        if over > 0 and to != self.current:
            course = ramp([(now, self.current), (now + over, to)])
        series = self.network.advance(
            {self.population: course},
            duration=duration,
            sample=self.sample,
            record=["firing_rate"],
        )
        self.spent += duration
        if self._progress is not None:
            self._progress(self.spent)
        self.current = float(course(now + duration))
        row = list(self.network.circuit.populations).index(self.observed)
        return np.asarray(series["firing_rate"][row])
