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

import numpy as np

from .augmented import Border, border, bordered, null_overlap
from .problem import FloatArray
from .scaled import SECOND_STEP, ScaledField
from .spectrum import value_or_zero

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


class _CriticalPair:
    """The eigenvectors of i omega, A q = i omega q and A^T p = -i omega p, at a Hopf point.

    |q| = 1 and <p, q> = 1 in scaled coordinates; `size` is the norm of q in the problem's units.
    """

    def __init__(self, field: ScaledField, z: FloatArray, frequency: float):
        self.field, self.z, self.frequency = field, z, frequency
        self.jacobian = field.jacobian(z)
        u, _, vt = np.linalg.svd(self.jacobian - 1j * frequency * np.eye(field.n))
        self.q, p = vt[-1].conj(), u[:, -1]
        self.p = p / (p.conj() @ self.q).conj()
        self.parts = self.q.real.copy(), self.q.imag.copy()
        self.size = float(np.linalg.norm(self.q * field.scale[: field.n]))

    def l1(self, step: float) -> float:
        """l1 for q of norm one in the problem's units, from stencils of one step.

        NaN at a zero-Hopf point, where it has a pole.
        """
        q, (a, b) = self.q, self.parts
        da, daa = self.field.curvature(self.z, a, step)
        db, dbb = self.field.curvature(self.z, b, step)
        b_qq = da @ a - db @ b + 2j * (da @ b)
        b_qc = da @ a + db @ b
        cubic = (daa + dbb) @ q
        twice = 2j * self.frequency * np.eye(len(q))
        try:
            h11 = np.linalg.solve(self.jacobian, b_qc)
            h20 = np.linalg.solve(twice - self.jacobian, b_qq)
        except np.linalg.LinAlgError:
            return float("nan")
        total = cubic - 2 * (da @ h11 + 1j * (db @ h11)) + (da @ h20 - 1j * (db @ h20))
        return float((self.p.conj() @ total).real) / (2 * self.frequency) / self.size**2

    def error(self, step: float, rounding: float) -> float:
        """What rounding of the Jacobian, a share of its largest entry, adds to l1 from one step."""
        largest = float(np.abs(self.jacobian).max())
        return rounding * largest / step**2 / (2 * self.frequency * self.size**2)


def _clear_step(
    field: ScaledField, z: FloatArray, step: float, *directions: FloatArray
) -> tuple[float, bool]:
    """Return a stencil step that keeps a wide berth of kinks, and whether there is one."""
    clear = True
    for direction in directions:
        wide, free = field.clear_step(z, direction, _BERTH * step)
        step, clear = wide / _BERTH, clear and free
    return step, clear


def first_lyapunov(field: ScaledField, z: FloatArray, frequency: float) -> Lyapunov:
    """First Lyapunov coefficient at a Hopf point, per square of the problem's own units.

    The step is halved a few times and the two that agree best give value and error: near a kink
    truncation is large, further down rounding takes over.
    """
    pair = _CriticalPair(field, z, frequency)
    step, clear = _clear_step(field, z, SECOND_STEP, *pair.parts)
    values = [pair.l1(step / 2**i) for i in range(_STEPS)]
    errors = [abs(a - b) for a, b in pairwise(values)]
    best = int(np.argmin(errors))
    # Two values may agree by chance, but rounding of the Jacobian remains in both.
    error = errors[best] + pair.error(step, _ROUNDING * field.precision)
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
    pair = _CriticalPair(field, z, frequency)
    step, clear = _clear_step(field, z, SECOND_STEP, *pair.parts)
    if not clear:
        return nothing
    value = pair.l1(step)
    if step == SECOND_STEP:
        return value, value
    rounding = max(field.rounding(z, part) for part in pair.parts)
    return value, value_or_zero(value, pair.error(step, rounding))


def quadratic_values(field: ScaledField, z: FloatArray, edge: Border) -> tuple[float, float]:
    """Return w . B(v, v) / 2 with unit null vectors oriented like the border: zero at a cusp.

    The second value is the first as a test function, which is zero where rounding beside a kink
    hides its sign. Both are NaN on a kink.
    """
    jacobian = field.jacobian(z)
    unit = edge.updated(jacobian)
    step, clear = _clear_step(field, z, _QUADRATIC_STEP, unit.right)
    if not clear:
        return float("nan"), float("nan")
    value = float(unit.left @ field.second_slope(z, unit.right, step)) / 2
    if step == _QUADRATIC_STEP:
        return value, value
    error = field.rounding(z, unit.right) * float(np.abs(jacobian).max()) / step
    return value, value_or_zero(value, error)


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
    step, _ = _clear_step(field, z, SECOND_STEP, q)
    first, second = field.curvature(z, q, step)
    quadratic = first @ q
    matrix = bordered(jacobian, Border(q, p))
    correction = np.linalg.solve(matrix, np.append(quadratic, 0.0))[:n]
    value = p @ (second @ q - 3 * first @ correction) / 6
    return float(value / np.linalg.norm(q * field.scale[:n]) ** 2)
