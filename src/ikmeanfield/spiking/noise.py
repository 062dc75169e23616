"""Currents that fluctuate in every neuron independently: Gaussian and Cauchy white noise.

A step needs the mean of a neuron's noise over the step, and holds it. White noise of intensity σ
has a mean over h ms that is Gaussian with standard deviation σ/√h. Cauchy noise of strength Γ is
the derivative of the process whose increments over h are Cauchy with scale Γh (the stable process
of index one), so its mean is Cauchy with scale Γ, whatever h.

No generator is kept: the noise of a neuron in a step is a hash (the finaliser of SplitMix64) of the
run's key, the number of the step and that of the neuron. So it does not depend on how a run is cut,
and a network that returns to an earlier state meets the same noise again.

A kick of Cauchy noise is cut off where its charge would carry a neuron from its reset to its peak
(`largest_force`): a larger one would fire it more than once within the step.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from math import factorial, pi

import numpy as np
from numba import njit

from ikmeanfield.circuit import Circuit
from ikmeanfield.spiking.compiled import OPTIONS, VECTOR
from ikmeanfield.spiking.layout import FloatArray
from ikmeanfield.spiking.series import float_of, logarithm

MOST_FORCE = 1000.0
"""Largest scaled force P of a kick: about ten spikes in a step if peak and reset are far away."""

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_FIRST, _SECOND = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_30, _27, _31, _12 = (np.uint64(shift) for shift in (30, 27, 31, 12))
_ONE, _TWO = np.uint64(1), np.uint64(2)
_CAUCHY, _GAUSSIAN = np.uint64(0x6A09E667F3BCC909), np.uint64(0xBB67AE8584CAA73B)  # streams
_TAG = 0x6E6F697365  # keeps the key apart from what else the seed gives
_EXPONENT = 0x3FF0000000000000  # the bits of 1.0
_HALF = 2.0**-53
_H = pi / 2
_S0, _S1, _S2, _S3, _S4, _S5, _S6 = (
    (-1) ** k * _H ** (2 * k + 1) / factorial(2 * k + 1) for k in range(7)
)


def noise_key(seed: int) -> np.uint64:
    """The key of the noise in a run of this seed."""
    words = np.random.SeedSequence([seed, _TAG]).generate_state(1, np.uint64)
    return np.uint64(words[0])


def largest_force(circuit: Circuit, step: float) -> FloatArray:
    """The largest current in pA of a kick in every population, for a step in ms."""
    populations = circuit.populations.values()
    C = np.array([p.capacitance for p in populations], dtype=float)
    k = np.array([p.leakage for p in populations], dtype=float)
    height = np.array([p.peak_potential - p.reset_potential for p in populations], dtype=float)
    return np.asarray(np.minimum(C * height / step, MOST_FORCE * C * (C / (k * step**2))))


@njit(inline="always", **VECTOR)
def _hashed(z):
    """The finaliser of SplitMix64."""
    z = (z ^ (z >> _30)) * _FIRST
    z = (z ^ (z >> _27)) * _SECOND
    return z ^ (z >> _31)


@njit(inline="always", **VECTOR)
def _mantissa(z):
    """A number from 1 to 2, a multiple of 2⁻⁵², from the highest bits of a word."""
    return float_of(np.int64(z >> _12) | _EXPONENT)


@njit(inline="always", **VECTOR)
def _between(z):
    """A number between −1 and 1, both excluded."""
    return 2.0 * _mantissa(z) - 3.0 + 2.0 * _HALF


@njit(inline="always", **VECTOR)
def _sine(a):
    """sin(πa/2)/a as a function of a for |a| ≤ 1; relative error below 7e-10."""
    s = a * a
    return _S0 + s * (_S1 + s * (_S2 + s * (_S3 + s * (_S4 + s * (_S5 + s * _S6)))))


@njit(**VECTOR)
def _add_cauchy(base, out, key, scale, largest):
    """Base plus Cauchy numbers: the tangent of a uniform angle, as a sine over a cosine."""
    for i in range(out.size):
        a = _between(_hashed(key + np.uint64(i) * _GOLDEN))
        b = 1.0 - abs(a)
        kick = scale * a * _sine(a) / (b * _sine(b))
        kick = kick if kick < largest else largest
        kick = kick if kick > -largest else -largest
        out[i] = base[i] + kick


@njit(**VECTOR)
def _add_gaussian(base, out, key, scale):
    """Base plus Gaussian numbers (Box-Muller; the sine of a uniform angle from −π/2 to π/2)."""
    for i in range(out.size):
        place = _TWO * np.uint64(i)
        u = _mantissa(_hashed(key + place * _GOLDEN)) - 1.0 + _HALF  # between 0 and 1
        radius = np.sqrt(-2.0 * logarithm(u))
        a = _between(_hashed(key + (place + _ONE) * _GOLDEN))
        out[i] = base[i] + scale * radius * a * _sine(a)


@njit(**OPTIONS)
def stirred(p, first, step, base, out, more):
    """Add to what acts on the neurons of a population their noise in a step.

    Parameters
    ----------
    p, first, step
        The population, its first neuron, and the number of the step since time zero.
    base
        Forces on its neurons without noise, scaled as the scheme needs them.
    out
        Where the sums go; may be `base`.
    more
        What differs between neurons, with the noise.

    Returns
    -------
    array
        `out`.
    """
    key = more.key[0] + np.uint64(step) * _GOLDEN
    if more.cauchy[p] > 0.0:
        stream = _hashed(_hashed(key) ^ _CAUCHY) + np.uint64(first) * _GOLDEN
        _add_cauchy(base, out, stream, more.cauchy[p], more.largest[p])
        base = out
    if more.gaussian[p] > 0.0:
        stream = _hashed(_hashed(key) ^ _GAUSSIAN) + np.uint64(2 * first) * _GOLDEN
        _add_gaussian(base, out, stream, more.gaussian[p])
    return out
