"""Kernels of the mean field: vector field, Jacobian and reset correction of any circuit.

The state lists, population by population, r in 1/ms, v in mV, u in pA and then s of each of its
synapses. All parameters sit in one vector of floats; a `Layout` says which entry is which. Time
integration and continuation run the same kernels.

Every kernel stays in this file, because numba's cache on disk notices a change in the file of
the compiled function but not in the files of the functions it calls. Loops stand where a slice
would be assigned or reduced: numba compiles those much longer.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from math import atan, isfinite, isnan, nan, pi, sqrt
from typing import TypeVar, cast

import numpy as np
from numba import njit
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.compilation import announce_compilation

announce_compilation()

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
F = TypeVar("F", bound=Callable[..., object])

POPULATION_PARAMETERS = (
    "capacitance",
    "leakage",
    "resting_potential",
    "threshold",
    "threshold_width",
    "recovery_time",
    "recovery_coupling",
    "adaptation",
    "peak_potential",
    "reset_potential",
    "input_current",
    "current_width",
    "current_slope",
)
"""Parameters of a population that enter the mean field, in the order of the parameter vector."""

SYNAPSE_PARAMETERS = (
    "conductance", "reversal_potential", "synaptic_time", "conductance_width",
)  # fmt: skip
"""Parameters of a synapse, in the order of the parameter vector; its weights follow them."""

ABSENT_AT_ZERO = ("current_width", "current_slope", "conductance_width")
"""Parameters whose terms are left out of the equations where they are zero."""

POPULATION_VARIABLES = {"firing_rate": "1/ms", "membrane_potential": "mV", "recovery": "pA"}
"""Variables of a population with their units inside the kernels, in the order of the state."""

# Places within a population's stretch of the parameter vector.
_C, _K, _V_R, _V_T, _WIDTH, _TAU_U, _B, _KAPPA, _V_P, _V_0, INPUT, _CURRENT, _SLOPE = range(13)
_SPREAD = 3  # the width of a synapse's conductances, within its stretch


@dataclass(frozen=True)
class Layout:
    """Where variables and parameters of a circuit sit in their vectors.

    Attributes
    ----------
    variables, parameters
        Names in order; parameters are paths of `ikmeanfield.circuit.Circuit`.
    populations
        Per population: first variable, first parameter, first synapse, one past its last synapse.
    synapses
        Per synapse: its variable s, its first parameter.
    weights
        Per weight J: the variable s it drives, the variable r of the source, its own parameter.
    """

    variables: tuple[str, ...]
    parameters: tuple[str, ...]
    populations: IntArray
    synapses: IntArray
    weights: IntArray

    @property
    def arrays(self) -> tuple[IntArray, IntArray, IntArray]:
        """The integer tables, as the kernels take them."""
        return self.populations, self.synapses, self.weights


def layout(circuit: Circuit, omitted: Collection[str] = ()) -> Layout:
    """Order the variables and parameters of a circuit, some of `ABSENT_AT_ZERO` omitted."""
    variables: list[str] = []
    parameters: list[str] = []
    populations: list[tuple[int, int, int, int]] = []
    synapses: list[tuple[int, int]] = []
    sources: list[tuple[int, str, int]] = []
    for name, population in circuit.populations.items():
        first = len(synapses)
        last = first + len(population.synapses)
        populations.append((len(variables), len(parameters), first, last))
        variables += [f"{name}.{variable}" for variable in POPULATION_VARIABLES]
        parameters += [f"{name}.{x}" for x in POPULATION_PARAMETERS if x not in omitted]
        for label, synapse in population.synapses.items():
            path = f"{name}.{label}"
            synapses.append((len(variables), len(parameters)))
            parameters += [f"{path}.{x}" for x in SYNAPSE_PARAMETERS if x not in omitted]
            for source in synapse.weights:
                sources.append((len(variables), source, len(parameters)))
                parameters.append(f"{path}.weights.{source}")
            variables.append(f"{path}.synaptic_activation")
    weights = [(s, variables.index(f"{source}.firing_rate"), j) for s, source, j in sources]
    return Layout(
        tuple(variables),
        tuple(parameters),
        np.array(populations, dtype=np.int64).reshape(-1, 4),
        np.array(synapses, dtype=np.int64).reshape(-1, 2),
        np.array(weights, dtype=np.int64).reshape(-1, 3),
    )


def kernel(function: F) -> F:
    """Compile a function of floats and arrays; divisions by zero give infinity or NaN."""
    return cast(F, njit(cache=True, error_model="numpy")(function))


@kernel
def reset_correction(
    mu: float, alpha: float, k: float, v_p: float, v_0: float
) -> tuple[float, float, float]:
    """I* − I of Eq. 34 in pA, and its derivatives with respect to μ and α.

    Eq. 34 with β eliminated reads I* − I = (k μ/4) (π²/γ² − 1). Both terms of the bracket tend
    to 1 as μ → 0, so γ = π − δ is written with the small angle δ, which leaves no difference of
    nearly equal numbers; where γ is the small one, it is a sum of its own. NaN unless
    v_0 < α/(2k) < v_p: outside, γ does not tend to π as μ → 0 and Eq. 34 is discontinuous there.
    """
    a = 2.0 * v_p - alpha / k
    b = alpha / k - 2.0 * v_0
    if not (a > 0.0 and b > 0.0):
        return nan, nan, nan
    if mu <= 0.0:
        return 0.0, 0.0, 0.0
    root = sqrt(mu)
    delta = atan(root / a) + atan(root / b)
    gamma = pi - delta if delta < 0.5 * pi else atan(a / root) + atan(b / root)
    excess = delta * (pi + gamma) / gamma**2
    slope = 0.5 * k * mu * pi**2 / gamma**3  # of I* with respect to δ
    # 1/(a + μ/a) rather than a/(a² + μ): a and b may be infinite.
    by_mu = 0.5 / root * (1.0 / (a + mu / a) + 1.0 / (b + mu / b))
    by_alpha = root / k * (1.0 / (a**2 + mu) - 1.0 / (b**2 + mu))
    return 0.25 * k * mu * excess, 0.25 * k * excess + slope * by_mu, slope * by_alpha


@kernel
def reset_corrections(
    mu: FloatArray, alpha: FloatArray, k: float, v_p: float, v_0: float
) -> FloatArray:
    """I* − I in pA for arrays of μ and α; see `reset_correction`."""
    out = np.empty(mu.size)
    for i in range(mu.size):
        out[i] = reset_correction(mu[i], alpha[i], k, v_p, v_0)[0]
    return out


@kernel
def conductances(
    y: FloatArray, p: FloatArray, synapses: IntArray, first: int, last: int
) -> tuple[float, float]:
    """Sums of g s and of g s E over the synapses of a population."""
    total = 0.0
    weighted = 0.0
    for j in range(first, last):
        s, q = synapses[j]
        total += p[q] * y[s]
        weighted += p[q] * y[s] * p[q + 1]
    return total, weighted


@kernel
def spread_input(
    y: FloatArray, p: FloatArray, synapses: IntArray, first: int, last: int, v: float
) -> tuple[float, float, float]:
    """Sums over a population's synapses that the widths of their conductances make.

    Returns Σ Δ_g s |E − v| in pA, Σ Δ_g s sign(E − v) in nS, and Σ Δ_g s in nS over the synapses
    with E > v, whose average over the pole counts π C times the rate too high by so much.
    """
    total = 0.0
    signed = 0.0
    above = 0.0
    for j in range(first, last):
        s, q = synapses[j]
        width = p[q + _SPREAD] * y[s]
        total += width * abs(p[q + 1] - v)
        signed += width * np.sign(p[q + 1] - v)
        if p[q + 1] > v:
            above += width
    return total, signed, above


@kernel
def lumped_input(p: FloatArray, q: int, u: float, gs: float, gse: float) -> tuple[float, float]:
    """The lumped input μ of Eq. 29 in mV² and α of Eq. 18 in nS, at the mean threshold."""
    k, v_r, v_t = p[q + _K], p[q + _V_R], p[q + _V_T]
    # 4 v_r v_θ − (v_r + v_θ)² is taken together; separately the two nearly cancel.
    mu = 4.0 * (gse - u + p[q + INPUT]) / k - (v_t - v_r) ** 2
    mu -= gs / k * (2.0 * (v_r + v_t) + gs / k)
    return mu, k * (v_r + v_t) + gs


@kernel
def field(
    y: FloatArray,
    p: FloatArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """dy/dt per ms: Eqs. 22-25, or Eqs. 36-39 where `corrected`.

    With the terms of spread background currents and conductances (docs/heterogeneity.md).
    """
    dy = np.zeros_like(y)
    for i in range(populations.shape[0]):
        o, q, first, last = populations[i]
        r, v, u = y[o], y[o + 1], y[o + 2]
        C, k, v_r, v_t, width = p[q], p[q + _K], p[q + _V_R], p[q + _V_T], p[q + _WIDTH]
        gs, gse = conductances(y, p, synapses, first, last)
        c = p[q + _SLOPE]
        side = np.sign(k * (v - v_r) - c) if absolute else 1.0
        spread, signed, above = spread_input(y, p, synapses, first, last, v)
        if side < 0.0 and c != 0.0:
            above += k * width
        r += above / (pi * C)  # from here on the rate at the pole
        current = p[q + INPUT]
        if corrected:
            mu, alpha = lumped_input(p, q, u, gs, gse)
            current += reset_correction(mu, alpha, k, p[q + _V_P], p[q + _V_0])[0]
        source = width * k**2 / (pi * C) * side * (v - v_r) - width * k / (pi * C) * side * c
        source += k / (pi * C) * (p[q + _CURRENT] + spread)
        dy[o] = source + r * (k * (2.0 * v - v_r - v_t) - gs)
        dy[o] /= C
        dy[o + 1] = k * (v - v_r) * (v - v_t) - pi * C * r * (width * side + pi * C * r / k)
        dy[o + 1] += pi * C * r * signed / k
        dy[o + 1] = (dy[o + 1] - u + current + gse - gs * v) / C
        dy[o + 2] = (p[q + _B] * (v - v_r) - u) / p[q + _TAU_U] + p[q + _KAPPA] * y[o]
    for j in range(synapses.shape[0]):
        s, q = synapses[j]
        dy[s] -= y[s] / p[q + 2]
    for j in range(weights.shape[0]):
        s, source, q = weights[j]
        dy[s] += p[q] * y[source]
    for i in range(populations.shape[0]):
        o, q, first, last = populations[i]
        for j in range(first, last):
            s, synapse = synapses[j]
            if p[synapse + _SPREAD] != 0.0 and p[synapse + 1] > y[o + 1]:
                dy[o] -= p[synapse + _SPREAD] * dy[s] / (pi * p[q])
    return dy


@kernel
def jacobian(
    y: FloatArray,
    p: FloatArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """The derivative of `field` with respect to y; rows are equations, columns variables."""
    out = np.zeros((y.size, y.size))
    for i in range(populations.shape[0]):
        o, q, first, last = populations[i]
        r, v, u = y[o], y[o + 1], y[o + 2]
        C, k, v_r, v_t, width = p[q], p[q + _K], p[q + _V_R], p[q + _V_T], p[q + _WIDTH]
        gs, gse = conductances(y, p, synapses, first, last)
        c = p[q + _SLOPE]
        side = np.sign(k * (v - v_r) - c) if absolute else 1.0
        _, signed, above = spread_input(y, p, synapses, first, last, v)
        if side < 0.0 and c != 0.0:
            above += k * width
        r += above / (pi * C)
        by_mu, by_alpha, alpha = 0.0, 0.0, 0.0
        if corrected:
            mu, alpha = lumped_input(p, q, u, gs, gse)
            _, by_mu, by_alpha = reset_correction(mu, alpha, k, p[q + _V_P], p[q + _V_0])
        leak = (k * (2.0 * v - v_r - v_t) - gs) / C
        out[o, o] = leak
        out[o, o + 1] = width * k**2 / (pi * C**2) * side + 2.0 * k * r / C
        out[o, o + 1] -= k / (pi * C**2) * signed
        out[o + 1, o] = -pi * (width * side + 2.0 * pi * C * r / k)
        out[o + 1, o] += pi * signed / k
        out[o + 1, o + 1] = leak
        out[o + 1, o + 2] = (-1.0 - 4.0 / k * by_mu) / C
        out[o + 2, o] = p[q + _KAPPA]
        out[o + 2, o + 1] = p[q + _B] / p[q + _TAU_U]
        out[o + 2, o + 2] = -1.0 / p[q + _TAU_U]
        for j in range(first, last):
            s, synapse = synapses[j]
            g, E = p[synapse], p[synapse + 1]
            shift = by_mu * (4.0 * E / k - 2.0 * alpha / k**2) + by_alpha  # dI*/d(g s)
            out[o, s] = -r * g / C
            out[o + 1, s] = g * (E - v + shift) / C
            spread = p[synapse + _SPREAD]
            out[o, s] += k / (pi * C**2) * spread * abs(E - v)
            out[o + 1, s] += pi * r * spread * np.sign(E - v) / k
            if v < E:
                out[o, s] += spread / (pi * C) * leak
                out[o + 1, s] += spread / (pi * C) * out[o + 1, o]
            out[s, s] = -1.0 / p[synapse + 2]
    for j in range(weights.shape[0]):
        s, source, q = weights[j]
        out[s, source] += p[q]
    for i in range(populations.shape[0]):
        o, q, first, last = populations[i]
        for j in range(first, last):
            s, synapse = synapses[j]
            if p[synapse + _SPREAD] != 0.0 and p[synapse + 1] > y[o + 1]:
                for column in range(y.size):
                    out[o, column] -= p[synapse + _SPREAD] / (pi * p[q]) * out[s, column]
    return out


@kernel
def _copy(values: FloatArray, target: FloatArray) -> None:
    """Write values to the start of a vector."""
    for i in range(values.size):
        target[i] = values[i]


@kernel
def _moved(y: FloatArray, step: float, slope: FloatArray) -> FloatArray:
    """The vector y + step × slope."""
    out = np.empty(y.size)
    for i in range(y.size):
        out[i] = y[i] + step * slope[i]
    return out


@kernel
def _quotient(values: FloatArray, size: FloatArray) -> FloatArray:
    """Each value divided by its size."""
    out = np.empty(values.size)
    for i in range(values.size):
        out[i] = values[i] / size[i]
    return out


@kernel
def _finite(values: FloatArray) -> bool:
    """Whether all entries of a vector are finite numbers."""
    finite = True
    for i in range(values.size):
        finite = finite and isfinite(values[i])
    return finite


@kernel
def _largest(values: FloatArray) -> float:
    """The largest magnitude; NaN if any value is NaN."""
    largest = 0.0
    for i in range(values.size):
        if isnan(values[i]):
            return nan
        largest = max(largest, abs(values[i]))
    return largest


@kernel
def fields(
    y: FloatArray,
    p: FloatArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """`field` for every row of y (K, n) and p (K, m): shape (K, n)."""
    out = np.empty(y.shape)
    for k in range(y.shape[0]):
        _copy(field(y[k], p[k], populations, synapses, weights, corrected, absolute), out[k])
    return out


@kernel
def jacobians(
    y: FloatArray,
    p: FloatArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """`jacobian` for every row of y (K, n) and p (K, m): shape (K, n, n)."""
    out = np.empty((y.shape[0], y.shape[1], y.shape[1]))
    for k in range(y.shape[0]):
        matrix = jacobian(y[k], p[k], populations, synapses, weights, corrected, absolute)
        for row in range(y.shape[1]):
            _copy(matrix[row], out[k, row])
    return out


@kernel
def lumped_inputs(
    y: FloatArray, p: FloatArray, populations: IntArray, synapses: IntArray
) -> FloatArray:
    """Per population: μ of Eq. 29 in mV², and the potential α/(2k) in mV."""
    out = np.empty((populations.shape[0], 2))
    for i in range(populations.shape[0]):
        o, q, first, last = populations[i]
        gs, gse = conductances(y, p, synapses, first, last)
        mu, alpha = lumped_input(p, q, y[o + 2], gs, gse)
        out[i, 0] = mu
        out[i, 1] = 0.5 * alpha / p[q + _K]
    return out


@kernel
def _set_currents(t: float, p: FloatArray, populations: IntArray, lines: FloatArray) -> None:
    for i in range(populations.shape[0]):
        p[populations[i, 1] + INPUT] = lines[i, 0] + lines[i, 1] * (t - lines[i, 2])


@kernel
def driven_field(
    t: float,
    y: FloatArray,
    p: FloatArray,
    lines: FloatArray,
    trace: FloatArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """`field` under currents linear in time, which it writes into p.

    Row i of `lines` holds, for population i, the current in pA at an anchor, its slope in pA/ms
    and the time of the anchor in ms. `trace` receives a flag, t and y of the latest evaluation;
    from the first one that is not finite (flag 1) until the next that is, it stays as it was.
    Solvers do not say where they met a NaN.
    """
    _set_currents(t, p, populations, lines)
    dy = field(y, p, populations, synapses, weights, corrected, absolute)
    finite = _finite(dy)
    if finite or trace[0] == 0.0:
        trace[0] = 0.0 if finite else 1.0
        trace[1] = t
        _copy(y, trace[2:])
    return dy


@kernel
def driven_jacobian(
    t: float,
    y: FloatArray,
    p: FloatArray,
    lines: FloatArray,
    trace: FloatArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """`jacobian` under currents linear in time; takes what `driven_field` takes."""
    _set_currents(t, p, populations, lines)
    return jacobian(y, p, populations, synapses, weights, corrected, absolute)


@kernel
def stepped(
    y: FloatArray,
    p: FloatArray,
    currents: FloatArray,
    step: float,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """States at the ends of steps of the classical Runge-Kutta method, of shape (steps, states).

    Row n of `currents` holds the current in pA into each population during step n; the currents
    are written into p.
    """
    states = np.empty((currents.shape[0], y.size))
    for n in range(currents.shape[0]):
        for i in range(populations.shape[0]):
            p[populations[i, 1] + INPUT] = currents[n, i]
        a = field(y, p, populations, synapses, weights, corrected, absolute)
        b = field(_moved(y, 0.5 * step, a), p, populations, synapses, weights, corrected, absolute)
        c = field(_moved(y, 0.5 * step, b), p, populations, synapses, weights, corrected, absolute)
        d = field(_moved(y, step, c), p, populations, synapses, weights, corrected, absolute)
        for i in range(y.size):
            states[n, i] = y[i] + step / 6.0 * (a[i] + 2.0 * b[i] + 2.0 * c[i] + d[i])
        y = states[n]
    return states


@kernel
def _unscaled(
    z: FloatArray, scale: FloatArray, base: FloatArray, free: IntArray
) -> tuple[FloatArray, FloatArray]:
    """State and parameters at z = (y, free parameters) / scale, the others as in `base`."""
    n = z.size - free.size
    y = np.empty(n)
    for i in range(n):
        y[i] = z[i] * scale[i]
    p = base.copy()
    for i in range(free.size):
        p[free[i]] = z[n + i] * scale[n + i]
    return y, p


@kernel
def _scaled_field(
    z: FloatArray,
    scale: FloatArray,
    base: FloatArray,
    free: IntArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    y, p = _unscaled(z, scale, base, free)
    out = field(y, p, populations, synapses, weights, corrected, absolute)
    for i in range(y.size):
        out[i] /= scale[i]
    return out


@kernel
def _scaled_jacobian(
    z: FloatArray,
    scale: FloatArray,
    base: FloatArray,
    free: IntArray,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """The derivative of the scaled field by the scaled variables, (n, n)."""
    y, p = _unscaled(z, scale, base, free)
    out = jacobian(y, p, populations, synapses, weights, corrected, absolute)
    for i in range(y.size):
        for j in range(y.size):
            out[i, j] = out[i, j] * scale[j] / scale[i]
    return out


@kernel
def scaled_derivative(
    z: FloatArray,
    scale: FloatArray,
    base: FloatArray,
    free: IntArray,
    step: float,
    varies: float,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> FloatArray:
    """The derivative of the scaled field by z, (n, n + k), that by parameters from differences.

    The stencil is of fourth order. A column is NaN where its two differences are further apart
    than a share `varies` of the inner one.
    """
    n = z.size - free.size
    out = np.empty((n, z.size))
    matrix = _scaled_jacobian(
        z, scale, base, free, populations, synapses, weights, corrected, absolute
    )
    for row in range(n):
        _copy(matrix[row], out[row])
    values = np.empty((4, n))
    near, excess = np.empty(n), np.empty(n)
    for column in range(n, z.size):
        moved = z.copy()
        for row, reach in enumerate((1.0, 2.0, -1.0, -2.0)):
            moved[column] = z[column] + reach * step
            there = _scaled_field(
                moved, scale, base, free, populations, synapses, weights, corrected, absolute
            )
            _copy(there, values[row])
        for i in range(n):
            near[i] = values[0, i] - values[2, i]
            far = values[1, i] - values[3, i]
            excess[i] = 2.0 * near[i] - far
            out[i, column] = (8.0 * near[i] - far) / (12.0 * step)
        if not _largest(excess) <= varies * _largest(near):
            for i in range(n):
                out[i, column] = nan
    return out


@kernel
def corrected_point(
    guess: FloatArray,
    normal: FloatArray,
    scale: FloatArray,
    base: FloatArray,
    free: IntArray,
    step: float,
    chord: float,
    too_far: float,
    tolerance: float,
    iterations: int,
    populations: IntArray,
    synapses: IntArray,
    weights: IntArray,
    corrected: bool,
    absolute: bool,
) -> tuple[FloatArray, int, float]:
    """The zero of the scaled field on the plane through a guess across `normal`.

    One parameter is free; differences by it are one-sided, of a step of `step`. Newton's method
    is that of `ikmeanfield.continuation.newton`, which also says what `chord` and `too_far` are.
    The second value is the number of linear solves, -1 where it did not converge, the third the
    residual.
    """
    n = guess.size - 1
    z = guess
    residual = np.inf
    values = np.empty(n + 1)
    size = np.ones(n + 1)
    inverse = np.empty((n + 1, n + 1))
    for iteration in range(iterations + 1):
        here = _scaled_field(
            z, scale, base, free, populations, synapses, weights, corrected, absolute
        )
        _copy(here, values)
        values[n] = np.dot(normal, _moved(z, -1.0, guess))
        previous = residual
        residual = _largest(_quotient(values, size))
        if iteration == 0 or not residual < chord * previous:
            matrix = np.empty((n + 1, n + 1))
            by_state = _scaled_jacobian(
                z, scale, base, free, populations, synapses, weights, corrected, absolute
            )
            moved = z.copy()
            moved[n] += step
            there = _scaled_field(
                moved, scale, base, free, populations, synapses, weights, corrected, absolute
            )
            for i in range(n):
                _copy(by_state[i], matrix[i])
                matrix[i, n] = (there[i] - here[i]) / (moved[n] - z[n])
            _copy(normal, matrix[n])
            solvable = _finite(values)
            for i in range(n + 1):
                size[i] = _largest(matrix[i])
                solvable = solvable and size[i] > 0.0
                for j in range(n + 1):
                    matrix[i, j] /= size[i]
                solvable = solvable and _finite(matrix[i])
            if not solvable:
                break
            inverse = np.ascontiguousarray(np.linalg.solve(matrix, np.eye(n + 1)))
            residual = _largest(_quotient(values, size))
        correction = np.dot(inverse, _quotient(values, size))
        length = _largest(correction)
        if length < tolerance and residual < tolerance:
            return _moved(z, -1.0, correction), iteration, residual
        if not length < too_far:
            break
        z = _moved(z, -1.0, correction)
    return z, -1, residual
