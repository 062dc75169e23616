"""The recorded ramp: states saved along it, and where it hints at a change of state."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.analysis.transitions.held import smooth
from ikmeanfield.analysis.transitions.plant import Saved
from ikmeanfield.inputs import Current, ramp
from ikmeanfield.spiking import Network

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class RampSettings:
    """A ramp up and down; times in ms.

    Attributes
    ----------
    settle, rise
        Time at the lowest current, and for each of the two slopes.
    sample
        Sampling interval of the recovery variable, for the paper's detector.
    keep
        Time between saved states.
    """

    settle: float = 1000.0
    rise: float = 10_000.0
    sample: float = 0.2
    keep: float = 200.0

    @property
    def duration(self) -> float:
        """Length of the whole in ms."""
        return self.settle + 2 * self.rise

    def current(self, low: float, high: float) -> Current:
        """The current between `low` and `high` pA, from time zero."""
        a, b = self.settle, self.settle + self.rise
        return ramp([(a, low), (b, high), (b + self.rise, low)])


@dataclass(frozen=True)
class Course:
    """What was recorded along a ramp.

    Attributes
    ----------
    time, current, recovery
        Finely sampled: ms, pA, pA.
    activation
        Of the population's first synapse; zeros if it has none.
    rate, own
        Firing rate in Hz of the observed and of the driven population over windows of `window` ms.
    window
        In ms.
    saved
        States in order of time; `turn` is the number of those before the current falls.
    turn
        See `saved`.
    """

    time: FloatArray
    current: FloatArray
    recovery: FloatArray
    activation: FloatArray
    rate: FloatArray
    own: FloatArray
    window: float
    saved: list[Saved]
    turn: int


@dataclass(frozen=True)
class Hint:
    """Where the ramp leaves a branch, late: the current in pA, and a level of the rate in Hz.

    `rises` tells whether the rate rises above the level there or falls below it. `calm` is where
    on the way up the last marked oscillation of the rate was seen.
    """

    current: float
    level: float
    rises: bool
    calm: float = nan


@dataclass(frozen=True)
class Ripple:
    """Where the driven population's rate oscillates markedly on the ramp.

    Attributes
    ----------
    low, strongest, high
        Currents in pA before it begins, where it is strongest, and after it ends.
    begins, ends
        Whether it begins and ends within the ramp.
    """

    low: float
    strongest: float
    high: float
    begins: bool
    ends: bool


def record_ramp(
    network: Network,
    population: str,
    low: float,
    high: float,
    settings: RampSettings,
    window: float,
    observed: str,
    progress: Callable[[float], None] | None = None,
) -> Course:
    """Run a network at rest along a ramp, saving states on the way.

    The current is that into `population`, the firing rate that of `observed`.
    """
    import xarray as xr  # noqa: PLC0415

    course = settings.current(low, high)
    pieces, saved = [], []
    for k in range(round(settings.duration / settings.keep)):
        data = network.run(
            {population: course}, duration=settings.keep, sample=settings.sample,
            record=["recovery", "synaptic_activation", "firing_rate"],
        )  # fmt: skip
        pieces.append(data)
        saved.append(Saved(network.snapshot(), float(course(network.time))))
        if progress is not None:
            progress((k + 1) * settings.keep / settings.duration)
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
    turn = round((settings.settle + settings.rise) / settings.keep)
    return Course(
        time,
        course(time),
        data["recovery"].sel(population=population).to_numpy(),
        activation,
        rates[0],
        rates[1],
        window,
        saved,
        turn,
    )


def hint(course: Course, settings: RampSettings, *, up: bool, steepest: float) -> Hint | None:
    """Where the rate changes most steeply, in proportion, on one slope of the ramp.

    Returns None where its logarithm never changes faster than `steepest` per pA.
    """
    n = max(3, round(100.0 / course.window))
    smoothed = smooth(np.pad(course.rate, (n - 1, 0), mode="edge"), n)
    edges = np.array([settings.settle, settings.settle + settings.rise, settings.duration])
    # at first the ramp still shows how the network came out of rest
    a, b, c = (round(t / course.window) for t in edges)
    x = smoothed[a + (b - a) // 25 : b] if up else smoothed[b:c][::-1]
    stride = max(1, round(course.window / settings.sample))
    current = course.current[stride - 1 :: stride][: course.rate.size]
    i = current[a + (b - a) // 25 : b] if up else current[b:c][::-1]
    lag = max(2, round(100.0 / course.window))
    y = np.log(x + 0.06 * float(x.max()) + 1e-9)
    slope = (y[lag:] - y[:-lag]) / np.abs(i[lag:] - i[:-lag])
    k = int(np.argmax(np.abs(slope)))
    if abs(slope[k]) < steepest:
        return None
    rises = bool(slope[k] > 0)
    level = float(x[k + lag // 2])
    beyond = np.flatnonzero(x > level if rises else x < level)
    at = float(i[beyond[0]])
    return Hint(at, level, rises, _calm(x, i, course.window)) if up else Hint(at, level, not rises)


def ripple(
    course: Course, settings: RampSettings, least: float, jumps: Sequence[float] = ()
) -> Ripple | None:
    """Where the rate oscillates with an amplitude of at least `least` of its mean.

    In pieces of 400 ms, by the highest peak of the spectrum of at least three periods, which must
    stand out of the noise. What rings for a second after a jump at one of the currents `jumps`
    does not count. None if there are not two such pieces.
    """
    n = round(400.0 / course.window)
    begin = round((settings.settle + settings.rise / 25) / course.window)  # after it left rest
    pieces = course.own[begin : begin + (course.own.size - begin) // n * n].reshape(-1, n)
    stride = max(1, round(course.window / settings.sample))
    current = course.current[stride - 1 :: stride][begin : begin + pieces.size]
    centres = current.reshape(-1, n).mean(axis=1)
    weight = np.hanning(n)
    drift = np.stack([np.ones(n), np.arange(n)], axis=1)
    straight = pieces - (drift @ np.linalg.lstsq(drift, pieces.T, rcond=None)[0]).T
    peaks = 2 * np.abs(np.fft.rfft(straight * weight, axis=1)) / weight.sum()
    amplitude = peaks[:, 3:].max(axis=1)
    strong = amplitude > np.maximum(least * pieces.mean(axis=1), 6 * np.median(peaks, axis=1))
    step = 400.0 * float(np.ptp(course.current)) / settings.rise
    for jump in jumps:
        strong &= np.abs(centres - jump) > 2.5 * step
    if strong.sum() < 2:
        return None
    low, high = float(centres[strong].min()), float(centres[strong].max())
    return Ripple(
        low - 2 * step, float(centres[np.argmax(np.where(strong, amplitude, 0.0))]),
        high + 2 * step, low > centres.min() + step, high < centres.max() - step,
    )  # fmt: skip


def _calm(rate: FloatArray, current: FloatArray, window: float) -> float:
    """The last current at which the rate's ripple exceeds a quarter of its maximum."""
    n = max(3, round(400.0 / window))
    mean = smooth(rate, n)
    ripple = smooth((rate[n // 2 : n // 2 + mean.size] - mean) ** 2, n)
    strong = np.flatnonzero(ripple > ripple.max() / 16)
    return float(current[min(strong[-1] + n // 2, current.size - 1)])
