"""The border of oscillations from how fast they grow and decay at constant current.

Near a Hopf point an oscillation takes seconds to grow or decay (at a distance of 0.1 pA ten
seconds or more), so no affordable hold shows directly whether it lasts. But every hold shows a
rate. For the amplitude A of an oscillation at the current I, with d = I − I₀ and a shape a(A),

    d ln A/dt = a(A) − (m + n A²) d − q d²

is fitted to the changes of ln A during several holds at once. It is linear in what is sought, and
isotropic noise does not bias it, because ln|z| is harmonic. The current at which the rate is zero,
as a function of A, is the branch of cycles. Moving out of the oscillations, they end where that
branch reaches furthest; moving in, they begin where it leaves A = 0.

The amplitude comes from a narrow band about the period. The whole variance would not do: spike
counts are noisy at all frequencies, and hide an oscillation that a narrow band shows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import nan

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

PERIODS, LEAST = 2.0, 300.0
"""Length of the window of the amplitude: in periods, but at least so many ms."""
Shape = tuple[Callable[[FloatArray], FloatArray], ...]
SHAPES: tuple[Shape, ...] = (
    (np.ones_like, lambda a: a**2, lambda a: a**3, lambda a: a**4),
    (np.ones_like, lambda a: a**2, lambda a: a**4),
    (np.ones_like, lambda a: a**2 / (a**2 + 0.09), lambda a: a**2, lambda a: a**4),
)
"""What a(A) is made of, A relative to the largest: the normal form, and two bases that span it and
differ in how fast the rate may change at small amplitudes. Their mean is taken; half of their range
is part of the error, and often the largest part."""
HISTORY = 0.04
"""Error of a rate in 1/s because an amplitude is not all of a state: neurons that fire rarely keep
the trace of the last seconds."""
GRID = np.linspace(0.0, 1.0, 101)


@dataclass(frozen=True)
class Ring:
    """The amplitude of an oscillation during a hold.

    Attributes
    ----------
    current
        In pA.
    period
        In ms.
    interval
        Between the values of `amplitude`, in ms.
    window
        How many successive values share data.
    amplitude
        Of the oscillation at its fundamental frequency.
    floor
        What the amplitude would be on average without any oscillation.
    """

    current: float
    period: float
    interval: float
    window: int
    amplitude: FloatArray
    floor: float

    @property
    def growth(self) -> float:
        """Rate of the amplitude's growth in 1/s in the last half of what noise does not hide."""
        hidden = np.flatnonzero(self.amplitude < 3 * self.floor)
        seen = self.amplitude[: hidden[0]] if hidden.size else self.amplitude
        y = np.log(seen[seen.size // 2 :])
        if y.size < self.window // 2:
            return nan
        return float(np.polyfit(np.arange(y.size) * self.interval / 1000.0, y, 1)[0])

    def pieces(self) -> list[FloatArray]:
        """The amplitude over one window after another, as long as noise does not hide it."""
        n = self.window
        cut = [self.amplitude[k : k + n + 1] for k in range(0, self.amplitude.size - n, n)]
        return [piece for piece in cut if piece.min() > 3 * self.floor]


@dataclass(frozen=True)
class Border:
    """The border of oscillations in both directions, in pA, each with its standard error.

    Attributes
    ----------
    hopf, hopf_error
        Where the state that does not oscillate becomes unstable.
    last, last_error
        Where oscillations end.
    noise
        Half-width over which noise blurs the border.
    """

    hopf: float
    hopf_error: float
    last: float
    last_error: float
    noise: float

    def end(self, *, outwards: bool) -> tuple[float, float]:
        """The border moving out of the oscillations or into them, and its standard error."""
        return (self.last, self.last_error) if outwards else (self.hopf, self.hopf_error)


def dominant_period(trace: FloatArray, sample: float, near: float = nan) -> float:
    """Period in ms of the strongest oscillation that fits into a trace at least three times.

    With `near`, of those whose frequency differs from that of `near` by less than a third.
    """
    x = trace - np.polyval(np.polyfit(np.arange(trace.size), trace, 1), np.arange(trace.size))
    power = np.abs(np.fft.rfft(x * np.hanning(x.size), 8 * x.size)) ** 2
    frequency = np.fft.rfftfreq(8 * x.size, sample)
    allowed = (frequency > 3 / (x.size * sample)) & (frequency < 0.25 / sample)
    close = np.abs(frequency * near - 1) < 1 / 3
    allowed &= close if close.any() else True
    return float(1 / frequency[allowed][np.argmax(power[allowed])])


def ring(trace: FloatArray, current: float, sample: float, period: float, skip: float) -> Ring:
    """Amplitude of the oscillation of the given period in a trace, after `skip` ms."""
    x = trace[round(skip / sample) :]
    n = min(round(max(PERIODS * period, LEAST) / sample) | 1, (x.size - 1) // 2 * 2 - 1)
    window = np.hanning(n + 2)[1:-1]
    window /= window.sum()
    t = np.arange(n) - n // 2
    # blind to the mean and to its drift
    drifts = np.stack([np.ones(n), t / n, (t / n) ** 2], axis=1)
    wave = np.exp(-2j * np.pi * t * sample / period)
    fitted = np.linalg.solve((drifts * window[:, None]).T @ drifts, drifts.T @ (window * wave))
    kernel = 2 * window * (wave - drifts @ fitted)
    amplitude = np.abs(np.convolve(x, kernel[::-1], "valid"))
    jitter = np.diff(x, 2)  # of spike counts: white
    floor = float(np.sqrt(np.mean(jitter**2) / 6 * np.sum(np.abs(kernel) ** 2)))
    tiny = 1e-9 * (1.0 + float(np.abs(x).max()))
    return Ring(current, period, sample, n, np.maximum(amplitude, tiny), floor + tiny)


def fit_border(rings: Sequence[Ring]) -> Border | None:
    """Fit the rates of growth of several holds.

    Returns
    -------
    Border or None
        None if there is too little to fit, or if the rates do not fall with the current.
    """
    pieces = [(r, piece) for r in rings for piece in r.pieces()]
    if len({r.current for r, _ in pieces}) < 2 or len(pieces) < 4:
        return None
    fits = [fit for shape in SHAPES if (fit := _fit(pieces, shape)) is not None]
    if len(fits) < len(SHAPES):
        return None
    ends = np.array([fit[0] for fit in fits])
    statistical = np.mean([fit[1] for fit in fits], axis=0)
    history = HISTORY / fits[0][3]
    errors = np.sqrt(statistical**2 + (np.ptp(ends, axis=0) / 2) ** 2 + history**2)
    hopf, last = ends.mean(axis=0)
    return Border(
        float(hopf), float(errors[0]), float(last), float(errors[1]),
        float(np.max([fit[2] for fit in fits])),
    )  # fmt: skip


Fit = tuple[tuple[float, float], FloatArray, float, float]


def _fit(pieces: Sequence[tuple[Ring, FloatArray]], shape: Shape) -> Fit | None:
    """Where oscillations begin and end, both standard errors, the noise's width, the slope m."""
    current = np.array([r.current for r, _ in pieces])
    centre, span = float(current.mean()), max(float(np.ptp(current)), 0.2)
    scale = max(float(a.max()) for _, a in pieces)
    d = current - centre
    seconds = np.array([(a.size - 1) * r.interval / 1000.0 for r, a in pieces])
    change = np.array([np.log(a[-1] / a[0]) for _, a in pieces])
    size = np.array([float(np.exp(np.log(a / scale).mean())) for _, a in pieces])

    columns = [np.array([np.mean(part(a / scale)) for _, a in pieces]) for part in shape]
    squared = np.array([np.mean((a / scale) ** 2) for _, a in pieces])
    columns += [-d, -d * squared, -d * d]
    design = np.stack(columns, axis=1) * seconds[:, None]
    rate = float(np.abs(change / seconds).max())
    steep = rate / span
    weak = np.array([3 * rate] * len(shape) + [5 * steep, 0.7 * steep, 0.3 * steep / span])
    value, covariance, strength = _regress(design, change, size, weak)
    count = len(shape)

    def ends(q: FloatArray) -> tuple[float, float]:
        branch = _branch(q, shape, GRID)
        # where it turns back; how it goes on at amplitudes that were not seen does not matter
        rises = np.diff(branch) >= 0
        turns = branch[:-1][np.insert(rises[:-1], 0, True) & ~rises]
        last = turns.max() if turns.size else np.nan
        return centre + float(branch[0]), centre + float(last)

    if value[count] <= 0 or value[count] + value[count + 1] <= 0:
        return None
    slope = float(value[count])
    draws = np.random.default_rng(0).multivariate_normal(value, covariance, 200)
    falling = draws[(draws[:, count] > 0) & (draws[:, count] + draws[:, count + 1] > 0)]
    if len(falling) < 150:
        return None
    spread = np.array([ends(q) for q in falling])
    spread = spread[np.isfinite(spread[:, 1])]
    if len(spread) < 150 or not np.isfinite(ends(value)[1]):
        return None
    low, high = np.quantile(spread, [0.16, 0.84], axis=0)
    blur = _blur(value, shape, strength / float(seconds.mean()))
    return ends(value), np.asarray((high - low) / 2), blur, slope


def _regress(
    design: FloatArray, change: FloatArray, size: FloatArray, weak: FloatArray
) -> tuple[FloatArray, FloatArray, float]:
    """Weighted least squares; the variance, a constant and a part ∝ 1/A², from the residuals."""
    from scipy.optimize import nnls  # noqa: PLC0415

    variance = 0.02**2 + (0.02 / size) ** 2
    parts = np.stack([np.ones(size.size), size**-2], axis=1)
    for _ in range(4):
        normal = (design / variance[:, None]).T @ design + np.diag(weak**-2)
        value = np.linalg.solve(normal, (design / variance[:, None]).T @ change)
        rest = change - design @ value
        free = max(1.0, change.size - weak.size / 2)
        found, _ = nnls(parts / variance[:, None], rest**2 / variance * change.size / free)
        variance = 0.01**2 + parts @ found
    return np.asarray(value), np.asarray(np.linalg.inv(normal)), float(found[1])


def _branch(q: FloatArray, shape: Shape, amplitude: FloatArray) -> FloatArray:
    """The current, from the centre, at which the rate of growth is zero, by Newton's method."""
    count = len(shape)
    still = sum(q[j] * part(amplitude) for j, part in enumerate(shape))
    slope = q[count] + q[count + 1] * amplitude**2
    d = still / slope
    for _ in range(8):
        steepness = slope + 2 * q[count + 2] * d
        d = d + (still - d * slope - q[count + 2] * d * d) / np.where(
            np.abs(steepness) > slope / 5, steepness, slope / 5
        )
    return np.asarray(d)


def _blur(q: FloatArray, shape: Shape, strength: float) -> float:
    """Where growth and noise balance: |a(A) − a(0)| A² = D; that rate as a current."""
    grid = GRID[1:]
    rate = np.abs(sum(q[j] * part(grid) for j, part in enumerate(shape) if j > 0))
    balanced = np.flatnonzero(rate * grid**2 >= strength)
    return float(rate[balanced[0]] / q[len(shape)]) if balanced.size else nan
