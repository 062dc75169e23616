"""Run a network along a ramp of the current, up and down, and save states on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.system import SavedState
from ikmeanfield.inputs import Current, ramp
from ikmeanfield.spiking import Network

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RampSettings:
    """A ramp of the current up and down; times in ms.

    Attributes
    ----------
    settle
        Time at the lowest current before the ramp.
    rise
        Time of each of the two slopes.
    sample
        Sampling interval of the recovery variable, in which the paper's detector finds troughs; it
        is rounded up to a whole number of the network's steps.
    save_every
        Time between saved states.
    """

    settle: float = 1000.0
    rise: float = 10_000.0
    sample: float = 0.2
    save_every: float = 200.0

    @property
    def duration(self) -> float:
        """Total duration in ms."""
        return self.settle + 2 * self.rise

    def sampled_every(self, step: float) -> RampSettings:
        """Return the same ramp, its sampling interval rounded up to whole steps of `step` ms."""
        return replace(self, sample=step * ceil(self.sample / step * (1 - 1e-9)))

    def current(self, low: float, high: float) -> Current:
        """Return the current between `low` and `high` pA, which starts at time zero."""
        a, b = self.settle, self.settle + self.rise
        return ramp([(a, low), (b, high), (b + self.rise, low)])


@dataclass(frozen=True)
class RampRecording:
    """What was recorded along a ramp.

    Attributes
    ----------
    time, current, recovery
        Finely sampled time (ms), current (pA), and mean recovery variable (pA) of the driven
        population.
    activation
        Activation of the driven population's first synapse; zero if it has none.
    observed_rate, driven_rate
        Firing rates in Hz of the observed and of the driven population, averaged over `window`.
    window
        Averaging window of the rates in ms.
    saved
        Saved states in order of time.
    turn
        Number of the saved states before the current falls.
    """

    time: FloatArray
    current: FloatArray
    recovery: FloatArray
    activation: FloatArray
    observed_rate: FloatArray
    driven_rate: FloatArray
    window: float
    saved: list[SavedState]
    turn: int


def record_ramp(
    network: Network,
    population: str,
    low: float,
    high: float,
    settings: RampSettings,
    window: float,
    observed: str,
    progress: Callable[[float], None] | None = None,
) -> RampRecording:
    """Run a network along a ramp, saving states on the way.

    Parameters
    ----------
    network
        The network at rest, which is advanced in place.
    population
        Population that receives the current.
    low, high
        Range of the current in pA.
    settings
        The ramp.
    window
        Averaging window of the firing rates in ms.
    observed
        Population whose firing rate tells the network's states apart.
    progress
        Called with the fraction done.
    """
    import xarray as xr  # noqa: PLC0415

    current = settings.current(low, high)
    pieces, saved = [], []
    for k in range(round(settings.duration / settings.save_every)):
        data = network.run(
            {population: current}, duration=settings.save_every, sample=settings.sample,
            record=["recovery", "synaptic_activation", "firing_rate"],
        )  # fmt: skip
        pieces.append(data)
        saved.append(SavedState(network.snapshot(), float(current(network.time))))
        if progress is not None:
            progress((k + 1) * settings.save_every / settings.duration)
    data = xr.concat(pieces, "time")
    time = data["time"].to_numpy()
    synapses = list(network.circuit.populations[population].synapses)
    activation = np.zeros(time.size)
    if synapses:
        activation = (
            data["synaptic_activation"].sel(synapse=f"{population}.{synapses[0]}").to_numpy()
        )
    ratio = round(window / settings.sample)
    rates = [
        values[: values.size // ratio * ratio].reshape(-1, ratio).mean(axis=1)
        for name in (observed, population)
        for values in [data["firing_rate"].sel(population=name).to_numpy()]
    ]
    return RampRecording(
        time=time,
        current=current(time),
        recovery=data["recovery"].sel(population=population).to_numpy(),
        activation=activation,
        observed_rate=rates[0],
        driven_rate=rates[1],
        window=window,
        saved=saved,
        turn=round((settings.settle + settings.rise) / settings.save_every),
    )
