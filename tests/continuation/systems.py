"""Systems to test the engine on: normal forms, classics, and the Izhikevich mean field."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from ikmeanfield.continuation.problem import Problem

# --- normal forms and classics ---------------------------------------------------------------


def fold() -> Problem:
    """Return x' = p - x^2: fold at the origin, a = -1."""
    return Problem(
        lambda y, p: np.array([p[0] - y[0] ** 2]),
        ("x",),
        {"p": 1.0},
        lambda y, p: np.array([[-2 * y[0]]]),
    )


def pitchfork() -> Problem:
    """Return x' = p x - x^3: branch point at the origin."""
    return Problem(lambda y, p: np.array([p[0] * y[0] - y[0] ** 3]), ("x",), {"p": -1.0})


def imperfect_pitchfork() -> Problem:
    """Return x' = e + p x - x^3: for e = 0 the pitchfork; else no branch point at all."""
    return Problem(
        lambda y, p: np.array([p[1] + p[0] * y[0] - y[0] ** 3]), ("x",), {"p": -1.0, "e": 1e-3}
    )


def cusp() -> Problem:
    """Return x' = b1 + b2 x - x^3: cusp at the origin, folds on 27 b1^2 = 4 b2^3."""
    return Problem(
        lambda y, p: np.array([p[0] + p[1] * y[0] - y[0] ** 3]), ("x",), {"b1": -1.0, "b2": 1.0}
    )


def hopf() -> Problem:
    """Return z' = (p + 2i) z + (c + i d) z |z|^2: Hopf at p = 0, frequency 2, l1 = 2 c / 2 = c."""

    def rhs(y, p):
        x, w = y
        square = x * x + w * w
        c, d = p[1], p[2]
        return np.array(
            [
                p[0] * x - 2 * w + square * (c * x - d * w),
                2 * x + p[0] * w + square * (d * x + c * w),
            ]
        )

    return Problem(rhs, ("x", "y"), {"p": -1.0, "c": -0.7, "d": 0.3})


def bautin() -> Problem:
    """Return z' = (b1 + i) z + b2 z |z|^2 - z |z|^4: generalized Hopf at the origin."""

    def rhs(y, p):
        x, w = y
        square = x * x + w * w
        gain = p[0] + p[1] * square - square**2
        return np.array([gain * x - w, x + gain * w])

    return Problem(rhs, ("x", "y"), {"b1": -1.0, "b2": 1.0})


def bogdanov_takens() -> Problem:
    """Return x' = y, y' = b1 + b2 y + x^2 + x y (Kuznetsov eq. 8.48 with b2 x moved to b2 y).

    Folds on b1 = 0 (x = 0), Hopf points on x = -sqrt(-b1), b2 = sqrt(-b1), BT at the origin.
    """
    return Problem(
        lambda y, p: np.array([y[1], p[0] + p[1] * y[1] + y[0] ** 2 + y[0] * y[1]]),
        ("x", "y"),
        {"b1": -1.0, "b2": 0.0},
        lambda y, p: np.array([[0.0, 1.0], [2 * y[0] + y[1], p[1] + y[0]]]),
    )


def zero_hopf() -> Problem:
    """Uncoupled fold and Hopf: ZH where both parameters vanish."""

    def rhs(y, p):
        x, w, q = y
        square = w * w + q * q
        return np.array([p[0] - x * x, p[1] * w - q - square * w, w + p[1] * q - square * q])

    return Problem(rhs, ("x", "y", "z"), {"p": 1.0, "q": -1.0})


def hopf_hopf() -> Problem:
    """Two uncoupled oscillators of frequencies 1 and 3: HH where both parameters vanish."""

    def rhs(y, p):
        a, b, c, d = y
        s, t = a * a + b * b, c * c + d * d
        return np.array(
            [
                p[0] * a - b - s * a,
                a + p[0] * b - s * b,
                p[1] * c - 3 * d - t * c,
                3 * c + p[1] * d - t * d,
            ]
        )

    return Problem(rhs, ("a", "b", "c", "d"), {"p": -1.0, "q": -1.0})


def brusselator() -> Problem:
    """X' = A - (B + 1) X + X^2 Y, Y' = B X - X^2 Y: Hopf at B = 1 + A^2, frequency A."""
    return Problem(
        lambda y, p: np.array(
            [p[0] - (p[1] + 1) * y[0] + y[0] ** 2 * y[1], p[1] * y[0] - y[0] ** 2 * y[1]]
        ),
        ("X", "Y"),
        {"A": 1.0, "B": 1.0},
        lambda y, p: np.array(
            [
                [-(p[1] + 1) + 2 * y[0] * y[1], y[0] ** 2],
                [p[1] - 2 * y[0] * y[1], -(y[0] ** 2)],
            ]
        ),
    )


def lorenz() -> Problem:
    """Lorenz (1963): pitchfork at r = 1, subcritical Hopf at r = s (s + b + 3) / (s - b - 1)."""
    return Problem(
        lambda y, p: np.array(
            [p[1] * (y[1] - y[0]), y[0] * (p[0] - y[2]) - y[1], y[0] * y[1] - p[2] * y[2]]
        ),
        ("x", "y", "z"),
        {"r": 10.0, "s": 10.0, "b": 8 / 3},
        lambda y, p: np.array(
            [[-p[1], p[1], 0.0], [p[0] - y[2], -1.0, -y[0]], [y[1], y[0], -p[2]]]
        ),
    )


def morris_lecar() -> Problem:
    """Morris and Lecar (1981) with the class-I parameters of Rinzel and Ermentrout (1998)."""
    c, g_ca, g_k, g_l, e_ca, e_k, e_l = 20.0, 4.0, 8.0, 2.0, 120.0, -84.0, -60.0
    v1, v2, v3, v4, phi = -1.2, 18.0, 12.0, 17.4, 0.067

    def rhs(y, p):
        v, w = y
        m = (1 + math.tanh((v - v1) / v2)) / 2
        w_inf = (1 + math.tanh((v - v3) / v4)) / 2
        rate = phi * math.cosh((v - v3) / (2 * v4))
        current = p[0] - g_l * (v - e_l) - g_ca * m * (v - e_ca) - g_k * w * (v - e_k)
        return np.array([current / c, rate * (w_inf - w)])

    return Problem(rhs, ("v", "w"), {"I": 0.0}, units={"v": "mV", "I": "uA/cm^2"})


def circle() -> Problem:
    """Return x' = x^2 + p^2 + q^2 - 1: an isola, and a closed fold curve p^2 + q^2 = 1."""
    return Problem(
        lambda y, p: np.array([y[0] ** 2 + p[0] ** 2 + p[1] ** 2 - 1]),
        ("x",),
        {"p": 0.0, "q": 0.0},
    )


def bent_fold(sign: float) -> Problem:
    """Return x' = p - x^2 + (2/3) sign max(x - q, 0)^(3/2): folds with a corner at the origin.

    For x < q the folds are x = p = 0. For x > q they obey sign sqrt(x - q) = 2 x, so
    q = x - 4 x^2 and p = x^2 - 16 x^3 / 3 with sign x > 0. The curve turns by 45 degrees in the
    (q, x) plane for sign -1 and by 135 degrees, back on itself, for sign +1.
    """

    def root(y, p):
        return math.sqrt(max(y[0] - p[1], 0.0))

    return Problem(
        lambda y, p: np.array([p[0] - y[0] ** 2 + 2 / 3 * sign * root(y, p) ** 3]),
        ("x",),
        {"p": 0.5, "q": 0.9},
        lambda y, p: np.array([[-2 * y[0] + sign * root(y, p)]]),
        kinks={"m": lambda y, p: y[0] - p[1]},
    )


def kinked_hopf(distance: float) -> Problem:
    """Return the Hopf normal form (l1 = -0.7) that loses smoothness at x = distance."""
    plain = hopf()

    def rhs(y, p):
        extra = max(y[0] - distance, 0.0) ** 1.5
        return plain.field(y, p) + np.array([extra, 0.0])

    return Problem(rhs, ("x", "y"), plain.parameters, kinks={"m": lambda y, p: y[0] - distance})


# --- the Izhikevich mean field ---------------------------------------------------------------


@dataclass(frozen=True)
class Population:
    """One Izhikevich population; `synapses` lists (source, weight, g, E, tau)."""

    name: str
    C: float
    k: float
    v_r: float
    v_theta: float
    tau_u: float
    b: float
    kappa: float
    Delta: float
    current: float
    synapses: tuple[tuple[int, float, float, float, float], ...]
    v_p: float = math.inf
    v_0: float = -math.inf

    @property
    def corrected(self) -> bool:
        return math.isfinite(self.v_p)


def _lumped(pop: Population, u: float, s: list[float], current: float) -> tuple[float, float]:
    """Return alpha (Eq. 18) and mu (Eq. 29)."""
    alpha = pop.k * (pop.v_r + pop.v_theta)
    beta = pop.k * pop.v_r * pop.v_theta - u + current
    for synapse, value in zip(pop.synapses, s, strict=True):
        alpha += synapse[2] * value
        beta += synapse[2] * synapse[3] * value
    return alpha, 4 * beta / pop.k - (alpha / pop.k) ** 2


def _correction(pop: Population, alpha: float, mu: float) -> tuple[float, float, float]:
    """I* - I (Eq. 34) and its derivatives by mu and alpha."""
    if mu <= 0:
        return 0.0, 0.0, 0.0
    root = math.sqrt(mu)
    up, down = 2 * pop.v_p - alpha / pop.k, alpha / pop.k - 2 * pop.v_0
    delta = math.atan(root / up) + math.atan(root / down)
    gamma = math.pi - delta
    excess = delta * (math.pi + gamma) / gamma**2
    by_root = up / (up**2 + mu) + down / (down**2 + mu)
    by_alpha = root * (1 / (up**2 + mu) - 1 / (down**2 + mu)) / pop.k
    slope = pop.k * mu / 4 * 2 * math.pi**2 / gamma**3
    return (
        pop.k * mu * excess / 4,
        pop.k * excess / 4 + slope * by_root / (2 * root),
        slope * by_alpha,
    )


@dataclass(frozen=True)
class Network:
    """Izhikevich mean field (Eqs. 22-25, 36-39) of some populations.

    Each has state (r, v, u, s of every synapse); free are `current`, `Delta` and `kappa` of each.
    """

    populations: tuple[Population, ...]
    names: tuple[str, ...] = field(default=("I", "Delta", "kappa"))

    def parameters(self) -> dict[str, float]:
        values = {}
        for pop in self.populations:
            suffix = f"_{pop.name}" if pop.name else ""
            for name, value in zip(self.names, (pop.current, pop.Delta, pop.kappa), strict=True):
                values[name + suffix] = value
        return values

    @cached_property
    def offsets(self) -> list[int]:
        sizes = [3 + len(pop.synapses) for pop in self.populations]
        return [sum(sizes[:i]) for i in range(len(sizes) + 1)]

    def variables(self) -> tuple[str, ...]:
        names = []
        for pop in self.populations:
            suffix = f"_{pop.name}" if pop.name else ""
            many = len(pop.synapses) > 1
            synapses = [f"s{j}" if many else "s" for j in range(len(pop.synapses))]
            names += [name + suffix for name in ("r", "v", "u", *synapses)]
        return tuple(names)

    def rhs(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        values, offsets = y.tolist(), self.offsets
        result = []
        for i, pop in enumerate(self.populations):
            current, width, kappa = p[3 * i : 3 * i + 3].tolist()
            r, v, u, *s = values[offsets[i] : offsets[i + 1]]
            c, k, v_r, v_t = pop.C, pop.k, pop.v_r, pop.v_theta
            g_s = sum(syn[2] * x for syn, x in zip(pop.synapses, s, strict=True))
            drive = sum(syn[2] * x * (syn[3] - v) for syn, x in zip(pop.synapses, s, strict=True))
            if pop.corrected:
                current += _correction(pop, *_lumped(pop, u, s, current))[0]
            a = math.pi * c
            result += [
                (width * k**2 * (v - v_r) / a + r * (k * (2 * v - v_r - v_t) - g_s)) / c,
                (
                    k * v * (v - v_r - v_t)
                    - a * r * (width + a * r / k)
                    + k * v_r * v_t
                    - u
                    + current
                    + drive
                )
                / c,
                (pop.b * (v - v_r) - u) / pop.tau_u + kappa * r,
            ]
            result += [
                -x / syn[4] + syn[1] * values[offsets[syn[0]]]
                for syn, x in zip(pop.synapses, s, strict=True)
            ]
        return np.array(result)

    def jacobian(self, y: np.ndarray, p: np.ndarray) -> np.ndarray:
        values, offsets = y.tolist(), self.offsets
        matrix = np.zeros((len(values), len(values)))
        for i, pop in enumerate(self.populations):
            o = offsets[i]
            current, width, kappa = p[3 * i : 3 * i + 3].tolist()
            r, v, u, *s = values[o : offsets[i + 1]]
            c, k, v_r, v_t = pop.C, pop.k, pop.v_r, pop.v_theta
            a = math.pi * c
            g_s = sum(syn[2] * x for syn, x in zip(pop.synapses, s, strict=True))
            alpha, mu = _lumped(pop, u, s, current)
            by_mu, by_alpha = _correction(pop, alpha, mu)[1:] if pop.corrected else (0.0, 0.0)
            matrix[o, o] = (k * (2 * v - v_r - v_t) - g_s) / c
            matrix[o, o + 1] = (width * k**2 / a + 2 * k * r) / c
            matrix[o + 1, o] = -a * (width + 2 * a * r / k) / c
            matrix[o + 1, o + 1] = (k * (2 * v - v_r - v_t) - g_s) / c
            matrix[o + 1, o + 2] = (-1 - 4 / k * by_mu) / c
            matrix[o + 2, o : o + 3] = kappa, pop.b / pop.tau_u, -1 / pop.tau_u
            for j, (source, weight, g, reversal, tau) in enumerate(pop.synapses):
                column = o + 3 + j
                by_s = by_mu * (4 * g * reversal / k - 2 * alpha * g / k**2) + by_alpha * g
                matrix[o, column] = -r * g / c
                matrix[o + 1, column] = (g * (reversal - v) + by_s) / c
                matrix[column, column] = -1 / tau
                matrix[column, offsets[source]] += weight
        return matrix

    def mu(self, i: int, y: np.ndarray, p: np.ndarray) -> float:
        o, values = self.offsets, y.tolist()
        state = values[o[i] : o[i + 1]]
        return _lumped(self.populations[i], state[2], state[3:], float(p[3 * i]))[1]

    def problem(self) -> Problem:
        kinks = {
            f"mu_{pop.name}": lambda y, p, i=i: self.mu(i, y, p)
            for i, pop in enumerate(self.populations)
            if pop.corrected
        }
        return Problem(self.rhs, self.variables(), self.parameters(), self.jacobian, kinks)


def regular_spiking(
    *, kappa=10.0, current=20.0, width=1.0, b=-2.0, v_p=math.inf, v_0=-math.inf
) -> Network:
    """One regular-spiking population, Table I."""
    pop = Population(
        "", 100.0, 0.7, -60.0, -40.0, 33.33, b, kappa, width, current,
        ((0, 15.0, 1.0, 0.0, 6.0),), v_p, v_0,
    )  # fmt: skip
    return Network((pop,))


def circuit(v_p=50.0, v_0=-100.0, width_fs=0.3, current_fs=20.0) -> Network:
    """Regular- and fast-spiking populations, Fig. 3."""
    rs = Population(
        "rs", 100.0, 0.7, -60.0, -40.0, 33.33, -2.0, 20.0, 1.0, 50.0,
        ((0, 16.0, 1.0, 0.0, 6.0), (1, 16.0, 1.0, -65.0, 8.0)), v_p, v_0,
    )  # fmt: skip
    fs = Population(
        "fs", 20.0, 1.0, -55.0, -40.0, 5.0, 0.025, 0.0, width_fs, current_fs,
        ((0, 4.0, 1.0, 0.0, 6.0), (1, 4.0, 1.0, -65.0, 8.0)), v_p, v_0,
    )  # fmt: skip
    return Network((rs, fs))
