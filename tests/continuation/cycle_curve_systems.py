"""Systems whose cycles bifurcate along curves known in closed form, or to AUTO."""

from __future__ import annotations

import numpy as np

from ikmeanfield.continuation.problem import FloatArray, Problem


def lorenz() -> Problem:
    """Lorenz (1963); AUTO's demo lor."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b, c = y
        return np.array([p[1] * (b - a), p[0] * a - b - a * c, a * b - p[2] * c])

    return Problem(field, ("x", "y", "z"), {"r": 240.0, "sigma": 10.0, "b": 8 / 3})


def plant() -> Problem:
    """Enzyme with substrate inhibition; AUTO's demo plp."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        s, a = y
        rate = p[0] * s * a / (1 + s + p[2] * s * s)
        return np.array([110 - s - rate, p[1] * (500 - a) - rate])

    return Problem(field, ("S", "A"), {"rho": 2.021628, "alpha": 0.2, "K": 0.1})


def tor() -> Problem:
    """Electronic circuit of Freire et al.; AUTO's demo tor."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b, c = y
        nu, beta, gamma = p
        d = 0.933578 * (b - a) ** 3
        da = (-(beta + nu) * a + beta * b - 0.328578 * a**3 + d) / 0.6
        return np.array([da, beta * a - (beta + gamma) * b - c - d, b])

    return Problem(field, ("x", "y", "z"), {"nu": -0.9, "beta": 0.5, "gamma": -0.6})
