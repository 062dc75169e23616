r"""Normal form coefficients of equilibrium bifurcations.

Formulas: Kuznetsov, Elements of Applied Bifurcation Theory (3rd ed.), secs. 5.4, 8.2-8.4. With
the Jacobian A, A q = i omega q, A^T p = -i omega p, <q, q> = <p, q> = 1 and the multilinear forms
B, C of the second and third derivatives of the field,

    l1 = Re[<p, C(q, q, q*)> - 2 <p, B(q, A^-1 B(q, q*))>
            + <p, B(q*, (2 i omega - A)^-1 B(q, q))>] / (2 omega).

<q, q> = 1 is the Euclidean norm in the problem's own variables and units: where their units are
mixed, the size of l1 depends on them (its sign does not). B and C come from sixth-order
differences of the Jacobian.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from .augmented import Border, border, null_overlap, null_vectors
from .scaled import SECOND_STEP, ScaledField
from .spectrum import ComplexArray

if TYPE_CHECKING:
    from .problem import FloatArray

#: Two step sizes have to agree to this for l1 to be called reliable.
_AGREEMENT = 1e-4
#: Step of first derivatives here: larger than for Newton's method, as the value counts.
_QUADRATIC_STEP = 5e-3
#: Rounding of the Jacobian as a share of its precision.
_ROUNDING = 1e-3
#: Number of step sizes tried for l1.
_STEPS = 5
#: A kink is kept this many times further away than the stencil reaches.
_BERTH = 6


@dataclass(frozen=True)
class Lyapunov:
    """First Lyapunov coefficient and what it rests on.

    Attributes
    ----------
    l1
        Negative: supercritical.
    error
        Difference between two step sizes, and what rounding may add.
    reliable
        Whether they agree and no stencil reached across a kink.
    """

    l1: float
    error: float
    reliable: bool


def _critical_vectors(jacobian: FloatArray, frequency: float) -> tuple[ComplexArray, ComplexArray]:
    """Right and adjoint eigenvectors q, p of i omega with |q| = 1, <p, q> = 1 (scaled norm)."""
    n = len(jacobian)
    u, _, vt = np.linalg.svd(jacobian - 1j * frequency * np.eye(n))
    q, p = vt[-1].conj(), u[:, -1]
    return q, p / (p.conj() @ q).conj()


_Vectors = tuple[ComplexArray, ComplexArray]


def _l1_at_step(
    field: ScaledField, z: FloatArray, frequency: float, vectors: _Vectors, step: float
) -> float:
    """l1 for q of norm one in the problem's units, from stencils of one step.

    NaN at a zero-Hopf point, where it has a pole.
    """
    n = field.n
    jacobian = field.jacobian(z)
    q, p = vectors
    a, b = q.real.copy(), q.imag.copy()
    da, daa = field.curvature(z, a, step)
    db, dbb = field.curvature(z, b, step)
    b_qq = da @ a - db @ b + 2j * (da @ b)
    b_qc = da @ a + db @ b
    cubic = (daa + dbb) @ q
    try:
        h11 = np.linalg.solve(jacobian, b_qc)
        h20 = np.linalg.solve(2j * frequency * np.eye(n) - jacobian, b_qq)
    except np.linalg.LinAlgError:
        return float("nan")
    total = cubic - 2 * (da @ h11 + 1j * (db @ h11)) + (da @ h20 - 1j * (db @ h20))
    size = float(np.linalg.norm(q * field.scale[:n]))
    return float((p.conj() @ total).real) / (2 * frequency) / size**2


def _clear_step(field: ScaledField, z: FloatArray, q: ComplexArray) -> tuple[float, bool]:
    """Return a stencil step for l1 that keeps a wide berth of kinks, and whether there is one."""
    step, clear = SECOND_STEP, True
    for direction in (q.real.copy(), q.imag.copy()):
        wide, free = field.clear_step(z, direction, _BERTH * step)
        step, clear = wide / _BERTH, clear and free
    return step, clear


def _l1_error(
    field: ScaledField, z: FloatArray, frequency: float, q: ComplexArray, step: float,
    rounding: float,
) -> float:  # fmt: skip
    """What rounding of the Jacobian, a share of its largest entry, adds to l1 from one step."""
    size = float(np.linalg.norm(q * field.scale[: field.n]))
    largest = float(np.abs(field.jacobian(z)).max())
    return rounding * largest / step**2 / (2 * frequency * size**2)


def first_lyapunov(field: ScaledField, z: FloatArray, frequency: float) -> Lyapunov:
    """First Lyapunov coefficient at a Hopf point, per square of the problem's own units.

    The step is halved a few times and the two that agree best give value and error: near a kink
    truncation is large, further down rounding takes over.
    """
    vectors = _critical_vectors(field.jacobian(z), frequency)
    step, clear = _clear_step(field, z, vectors[0])
    values = [_l1_at_step(field, z, frequency, vectors, step / 2**i) for i in range(_STEPS)]
    errors = [abs(a - b) for a, b in pairwise(values)]
    best = int(np.argmin(errors))
    # Two values may agree by chance, but rounding of the Jacobian remains in both.
    rounding = _ROUNDING * field.precision
    error = errors[best] + _l1_error(field, z, frequency, vectors[0], step, rounding)
    reliable = clear and error < _AGREEMENT * abs(values[best + 1])
    return Lyapunov(values[best + 1], error, bool(reliable))


def lyapunov_values(field: ScaledField, z: FloatArray, frequency: float) -> tuple[float, float]:
    """Return l1 alone from one step, and l1 as a test function.

    That is zero where rounding beside a kink hides its sign. Both are NaN on a kink or without a
    frequency.
    """
    nothing = float("nan"), float("nan")
    if not frequency > 0:
        return nothing
    q, p = _critical_vectors(field.jacobian(z), frequency)
    step, clear = _clear_step(field, z, q)
    if not clear:
        return nothing
    value = _l1_at_step(field, z, frequency, (q, p), step)
    if step == SECOND_STEP:
        return value, value
    rounding = max(field.rounding(z, part.copy()) for part in (q.real, q.imag))
    return value, _decided(value, _l1_error(field, z, frequency, q, step, rounding))


def quadratic_values(field: ScaledField, z: FloatArray, edge: Border) -> tuple[float, float]:
    """Return w . B(v, v) / 2 with unit null vectors oriented like the border: zero at a cusp.

    The second value is the first as a test function, which is zero where rounding beside a kink
    hides its sign. Both are NaN on a kink.
    """
    jacobian = field.jacobian(z)
    _, left, right = null_vectors(jacobian, edge)
    unit = edge.updated(left, right)
    reach, clear = field.clear_step(z, unit.right, _BERTH * _QUADRATIC_STEP)
    if not clear:
        return float("nan"), float("nan")
    step = reach / _BERTH
    value = float(unit.left @ field.second_slope(z, unit.right, step)) / 2
    if step == _QUADRATIC_STEP:
        return value, value
    error = field.rounding(z, unit.right) * float(np.abs(jacobian).max()) / step
    return value, _decided(value, error)


def _decided(value: float, error: float) -> float:
    return 0.0 if abs(value) <= error else value


def fold_coefficient(field: ScaledField, z: FloatArray) -> float:
    """Quadratic coefficient a = <p, B(q, q)> / 2, <q, q> = <p, q> = 1 in the problem's units.

    The flow on the centre manifold is dx/dt = ... + a x^2, up to the sign of q. It is infinite
    at a Bogdanov-Takens point.
    """
    n = field.n
    edge = border(field.jacobian(z))
    value, _ = quadratic_values(field, z, edge)
    overlap = null_overlap(field, z, edge)
    size = float(np.linalg.norm(edge.right * field.scale[:n]))
    return value / overlap / size if overlap != 0 else float("inf")


def cusp_coefficient(field: ScaledField, z: FloatArray) -> float:
    """Cubic coefficient c = <p, C(q, q, q) - 3 B(q, A^inv B(q, q))> / 6 at a cusp.

    A^inv solves in the complement of q; same norms as `fold_coefficient`. Negative: the middle
    of three equilibria is unstable in this direction. Infinite with a double zero eigenvalue.
    """
    n = field.n
    jacobian = field.jacobian(z)
    edge = border(jacobian)
    overlap = null_overlap(field, z, edge)
    if overlap == 0:
        return float("inf")
    q, p = edge.right, edge.left / overlap
    step = field.clear_step(z, q, _BERTH * SECOND_STEP)[0] / _BERTH
    first, second = field.curvature(z, q, step)
    quadratic = first @ q
    matrix = np.zeros((n + 1, n + 1))
    matrix[:n, :n], matrix[:n, n], matrix[n, :n] = jacobian, q, p
    correction = np.linalg.solve(matrix, np.append(quadratic, 0.0))[:n]
    value = p @ (second @ q - 3 * first @ correction) / 6
    return float(value / np.linalg.norm(q * field.scale[:n]) ** 2)
