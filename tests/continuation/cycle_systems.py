"""Systems whose cycles are known in closed form or from the literature."""

from __future__ import annotations

import numpy as np

from ikmeanfield.continuation.problem import FloatArray, Problem


def hopf_normal_form() -> Problem:
    """Circles of radius sqrt(mu), period 2 pi, multiplier exp(-4 pi mu)."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b = y
        growth = p[0] - a * a - b * b
        return np.array([growth * a - b, growth * b + a])

    return Problem(field, ("x", "y"), {"mu": 0.0})


def bautin_normal_form() -> Problem:
    """Circles with mu = r^4 - r^2: a fold at mu = -1/4; multiplier exp(4 pi (r^2 - 2 r^4))."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b = y
        s = a * a + b * b
        growth = p[0] + s - s * s
        return np.array([growth * a - b, growth * b + a])

    return Problem(field, ("x", "y"), {"mu": 0.0})


def _around_circle(transverse: str) -> Problem:
    """Return the unit circle, travelled in time 2 pi, with a stated linear flow around it.

    Coordinates across the circle are q = (radius - 1, z). ``"twisted"``: in a frame that makes half
    a turn per round they grow at the rates a and -1: multipliers -exp(2 pi a), -exp(-2 pi).
    ``"rotating"``: q turns by 0.3 of a turn per round and grows at the rate a: multipliers
    exp(2 pi (a +- 0.3 i)). ``"pitchfork"``: q grows at the rates -1 and a, with -z^3.
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z = y
        a = p[0]
        r = np.sqrt(x * x + w * w)
        q0, q1 = r - 1, z
        if transverse == "twisted":
            c, s = x / r, w / r
            mean, half = (a - 1) / 2, (a + 1) / 2
            dq0 = mean * q0 + half * (c * q0 + s * q1) - q1 / 2
            dq1 = mean * q1 + half * (s * q0 - c * q1) + q0 / 2
        elif transverse == "rotating":
            dq0, dq1 = a * q0 - 0.3 * q1, a * q1 + 0.3 * q0
        else:
            dq0, dq1 = -q0, a * q1 - q1**3
        return np.array([dq0 * x / r - w, dq0 * w / r + x, dq1])

    return Problem(field, ("x", "y", "z"), {"a": -0.2})


def twisted_circle() -> Problem:
    """Period doubling at a = 0, multipliers -exp(2 pi a) and -exp(-2 pi)."""
    return _around_circle("twisted")


def rotating_circle() -> Problem:
    """Torus bifurcation at a = 0 with rotation number 0.3, multipliers exp(2 pi (a +- 0.3 i))."""
    return _around_circle("rotating")


def pitchfork_circle() -> Problem:
    """Branch point at a = 0, multipliers exp(2 pi a) and exp(-2 pi)."""
    return _around_circle("pitchfork")


def van_der_pol() -> Problem:
    """Return the van der Pol oscillator."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        return np.array([y[1], p[0] * (1 - y[0] ** 2) * y[1] - y[0]])

    return Problem(field, ("x", "y"), {"mu": 1.0})


def brusselator() -> Problem:
    """Hopf point at b = 1 + a^2 = 2, frequency a = 1."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        u, v = y
        b = p[0]
        return np.array([1 - (b + 1) * u + u * u * v, b * u - u * u * v])

    return Problem(field, ("u", "v"), {"b": 2.0})


def lorenz() -> Problem:
    """Sigma = 10, b = 8/3: Hopf point at r = 470/19, homoclinic orbit at r = 13.926..."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b, c = y
        return np.array([10 * (b - a), p[0] * a - b - a * c, a * b - 8 / 3 * c])

    return Problem(field, ("x", "y", "z"), {"r": 24.0})


def roessler() -> Problem:
    """Return the system with a = b = 0.2 and free c."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b, c = y
        return np.array([-b - c, a + 0.2 * b, 0.2 + c * (a - p[0])])

    return Problem(field, ("x", "y", "z"), {"c": 2.5})


def morris_lecar(phi: float) -> Problem:
    """Morris-Lecar neuron (Rinzel and Ermentrout 1998, table 7.1): mV, ms, uA/cm^2.

    phi = 1/15 gives a SNIC, phi = 0.23 a homoclinic orbit.
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        v, w = y
        current, rate = p
        m = 0.5 * (1 + np.tanh((v + 1.2) / 18))
        x = (v - 12) / 17.4
        steady = 0.5 * (1 + np.tanh(x))
        dv = (current - 4 * m * (v - 120) - 8 * w * (v + 84) - 2 * (v + 60)) / 20
        return np.array([dv, rate * np.cosh(x / 2) * (steady - w)])

    return Problem(field, ("v", "w"), {"I": 90.0, "phi": phi}, units={"v": "mV", "I": "uA/cm^2"})


def kinked_hopf() -> Problem:
    """Circles of the Hopf normal form whose field is only C1 across x = 0.5.

    The extra term vanishes on circles: they keep radius sqrt(mu) and reach x = 0.5 at mu = 0.25.
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b = y
        growth = (p[0] - a * a - b * b) * (1 + np.maximum(a - 0.5, 0.0) ** 2)
        return np.array([growth * a - b, growth * b + a])

    kinks = {"wall": lambda y, p: float(y[0] - 0.5)}
    return Problem(field, ("x", "y"), {"mu": 0.0}, kinks=kinks)


def driven_modulus() -> Problem:
    """Piecewise linear x' = a + cos t - |x|, with the drive from a circle of radius 1.

    At the fold of its cycles x is positive for half the period, so that the multiplier is 1. Linear
    pieces joined at x = 0 put it at a = coth(pi / 2) / 2. Orbits cross the kink where a is smaller
    than 1 / sqrt 2: beyond, x = a + (cos t + sin t) / 2 on the one branch, and its like, reversed
    in time, on the other.
    """

    def field(y, p):
        x, c, s = y
        gain = 1 - c * c - s * s
        return np.array([p[0] + c - np.abs(x), gain * c - s, gain * s + c])

    kinks = {"wall": lambda y, p: float(y[0])}
    return Problem(field, ("x", "c", "s"), {"a": 0.9}, kinks=kinks)


def isola() -> Problem:
    """Circles with mu^2 + (r - 1)^2 = 0.09: a closed branch with folds at mu = +-0.3."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b = y
        r = np.sqrt(a * a + b * b)
        growth = 0.09 - p[0] ** 2 - (r - 1) ** 2
        return np.array([growth * a - b, growth * b + a])

    return Problem(field, ("x", "y"), {"mu": 0.0})


def heteroclinic() -> Problem:
    """X'' = -x + x^3 + e x' (mu - x^2), e = 0.05, saddles at x = +-1, Hopf point at mu = 0.

    Melnikov's method: the cycle becomes heteroclinic at mu = 1/5 + O(e^2).
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, v = y
        return np.array([v, -x + x**3 + 0.05 * v * (p[0] - x * x)])

    return Problem(field, ("x", "v"), {"mu": 0.0})


def stiff_circle(rate: float) -> Problem:
    """Return the unit circle with multipliers exp(+-2 pi rate) besides the trivial one."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z = y
        r = np.sqrt(x * x + w * w)
        return np.array([-p[0] * (r - 1) * x / r - w, -p[0] * (r - 1) * w / r + x, p[0] * z])

    return Problem(field, ("x", "y", "z"), {"rate": rate})


def langford() -> Problem:
    """Langford's system without its symmetry-breaking term: circles at z = 0.7, period 2 pi / 3.5.

    In the plane (r, z) they are equilibria with r^2 = (0.6 + 0.7 l - 0.7^3 / 3) / 1.175, whose Hopf
    point, where l = 0.49 + r^2 / 4, is a torus bifurcation of the cycle.
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z = y
        s = x * x + w * w
        dz = 0.6 + p[0] * z - z**3 / 3 - s * (1 + 0.25 * z)
        return np.array([(z - 0.7) * x - 3.5 * w, 3.5 * x + (z - 0.7) * w, dz])

    return Problem(field, ("x", "y", "z"), {"l": 0.0})


def fitzhugh_nagumo() -> Problem:
    """E v' = v - v^3 / 3 - w, w' = v + a, e = 0.1: Hopf points at a = +-1, period 2 pi sqrt(e)."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        v, w = y
        return np.array([(v - v**3 / 3 - w) / 0.1, v + p[0]])

    return Problem(field, ("v", "w"), {"a": 1.0})
