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


def _circles(growth, shear: float, parameters: dict[str, float]) -> Problem:
    """Circles of radius sqrt(s) where growth(s, p) vanishes, at the angular speed 1 + shear s."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        a, b = y
        s = a * a + b * b
        g, speed = growth(s, p), 1 + shear * s
        return np.array([g * a - speed * b, g * b + speed * a])

    return Problem(field, ("x", "y"), parameters)


def bautin() -> Problem:
    """Generalized Hopf point at the origin of (mu, nu); folds of cycles at mu = -nu^2 / 4."""
    return _circles(lambda s, p: p[0] + p[1] * s - s * s, 0.3, {"mu": 0.0, "nu": 1.0})


def cusp_of_cycles() -> Problem:
    """Three circles near s = 1 that meet at mu = nu = 0."""
    return _circles(lambda s, p: p[0] + p[1] * (s - 1) - (s - 1) ** 3, 0.3, {"mu": 0.0, "nu": 1.0})


def twisted_circle() -> Problem:
    """Unit circle with multipliers -exp(2 pi (a - b^2)) and -exp(-2 pi)."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z = y
        a = p[0] - p[1] ** 2
        r = np.sqrt(x * x + w * w)
        q0, q1, c, s = r - 1, z, x / r, w / r
        mean, half = (a - 1) / 2, (a + 1) / 2
        d0 = mean * q0 + half * (c * q0 + s * q1) - q1 / 2 + q0**3
        d1 = mean * q1 + half * (s * q0 - c * q1) + q0 / 2 + p[1] * q0 * q1
        return np.array([d0 * c - w, d0 * s + x, d1])

    return Problem(field, ("x", "y", "z"), {"a": -0.2, "b": 0.3})


def folded_doubling(squeeze: float, bend: float) -> Problem:
    """Unit circle with a period doubling at a = b^2, in the frame that makes half a turn around it.

    There the critical amplitude obeys s' = (a - b^2) s + b s^3 + squeeze v s - s^5 and the last
    variable v' = bend s^2 - v. So the cubic coefficient is b + squeeze bend. Turns take a time that
    depends on s.
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z, v = y
        growth = p[0] - p[1] ** 2
        r = np.sqrt(x * x + w * w)
        q0, q1, c, s = r - 1, z, x / r, w / r
        # what the projection onto the axis of the frame leaves
        p0, p1 = ((1 + c) * q0 + s * q1) / 2, (s * q0 + (1 - c) * q1) / 2
        square = q0 * p0 + q1 * p1
        speed = 1 + 0.5 * square
        gain = growth + p[1] * square + squeeze * v - square**2
        d0 = gain * p0 - (q0 - p0) - speed / 2 * q1
        d1 = gain * p1 - (q1 - p1) + speed / 2 * q0
        return np.array([d0 * c - speed * w, d0 * s + speed * x, d1, bend * square - v])

    return Problem(field, ("x", "y", "z", "v"), {"a": -0.2, "b": 0.3})


def rotating_circle() -> Problem:
    """Unit circle with multipliers exp(2 pi (a - b^2 +- i (0.2 + b)))."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z = y
        a, m = p[0] - p[1] ** 2, 0.2 + p[1]
        r = np.sqrt(x * x + w * w)
        q0, q1, c, s = r - 1, z, x / r, w / r
        d0, d1 = a * q0 - m * q1 - q0**3, a * q1 + m * q0
        return np.array([d0 * c - w, d0 * s + x, d1])

    return Problem(field, ("x", "y", "z"), {"a": -0.2, "b": 0.1})


def regular_spiking() -> tuple[Problem, FloatArray]:
    """Mean field of Table I, uncorrected, with its state at rest."""
    from ikmeanfield.circuit import regular_spiking as circuit
    from ikmeanfield.theories.mean_field import MeanField

    field = MeanField(circuit(), reset_correction=False)
    return field.problem(), field.initial_state()


def resting_currents(rate: float, kappa: float) -> tuple[float, float]:
    """Current that holds the mean field of Table I at a firing rate (1/ms), and its slope.

    In equilibrium Eq. 22 is linear in v; Eq. 23 then gives the current explicitly.
    """
    c, k, rest, threshold, width, b = 100.0, 0.7, -60.0, -40.0, 1.0, -2.0

    def current(r: float) -> float:
        s = 6.0 * 15.0 * r
        source = width * k**2 / (np.pi * c)
        v = (source * rest + r * (k * (rest + threshold) + s)) / (source + 2 * k * r)
        u = b * (v - rest) + 33.33 * kappa * r
        spiking = np.pi * c * r * (width + np.pi * c * r / k)
        return float(spiking - k * v * (v - rest - threshold) - k * rest * threshold + u + s * v)

    step = 1e-6 * rate
    return current(rate), (current(rate + step) - current(rate - step)) / (2 * step)


def product_of_branches() -> Problem:
    """Pitchfork in x at mu = 0, transcritical bifurcation in y at mu = 1, uncoupled."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        return np.array([y[0] * (p[0] - y[0] ** 2), y[1] * (p[0] - 1 - y[1])])

    return Problem(field, ("x", "y"), {"mu": -1.0})


def symmetric_circle() -> Problem:
    """Unit circle with z' = a z - z^3 across it: a pitchfork of cycles at a = 0."""

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w, z = y
        growth = 1 - x * x - w * w
        return np.array([growth * x - w, growth * w + x, p[0] * z - z**3])

    return Problem(field, ("x", "y", "z"), {"a": -0.2})


def forced_circle(shear: float = 0.0) -> Problem:
    """Stuart-Landau oscillator of frequency 1 with an additive input (ax, ay).

    Its phase is the angle plus shear times the logarithm of the radius.
    """

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w = y
        s = x * x + w * w
        growth, speed = 1 - s, 1 + shear * (s - 1)
        return np.array([growth * x - speed * w + p[0], growth * w + speed * x + p[1]])

    def jacobian(y: FloatArray, p: FloatArray) -> FloatArray:
        x, w = y
        growth, speed = 1 - x * x - w * w, 1 + shear * (x * x + w * w - 1)
        return np.array(
            [
                [growth - 2 * x * x - 2 * shear * x * w, -speed - 2 * x * w - 2 * shear * w * w],
                [speed - 2 * x * w + 2 * shear * x * x, growth - 2 * w * w + 2 * shear * x * w],
            ]
        )

    return Problem(field, ("x", "y"), {"ax": 0.0, "ay": 0.0}, jacobian)
