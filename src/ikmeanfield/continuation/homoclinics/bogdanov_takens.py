r"""The small homoclinic orbits that issue from a Bogdanov-Takens point.

On the centre manifold of the point, with coordinates w0, w1 and parameters b1, b2,

    w0' = w1,  w1' = b1 + b2 w1 + a w0^2 + b w0 w1,

and for small e there is the homoclinic orbit w0 = e^2 / a u(e t), to two orders

    u(s) = 2 - 6 sech^2 s - 72/7 e b/a sech^2 s tanh s log cosh s,
    b1 = -4 e^4 / a,  b2 = 10/7 b/a e^2.

State and parameters follow from the homological equation f(H(w, b), K(b)) = dH/dt, solved for
the terms in w, w0^2, b1 and b2, and for the part of b2^2 that is as large as b1 (Kuznetsov,
Meijer, Al-Hdaibat and Govaerts, Int. J. Bifurcation Chaos 24 (2014) 1450057).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.linalg import norm

from ikmeanfield.continuation.augmented import Border, border, bordered
from ikmeanfield.continuation.cycles.start import CycleStartError, Trajectory
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import FloatArray, Problem
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.scales import initial_scale
from ikmeanfield.continuation.special_point import SpecialPoint

#: Distances from the point to try, as shares of the parameters' scales.
DISTANCES = (0.03, 0.01, 0.003, 0.001, 0.0003)
#: The orbit lasts from -_REACH to _REACH in units of 1 / e: its ends are 24 exp(-2 _REACH) off.
_REACH = 10.0
_SAMPLES = 401
#: Step of the second difference along a direction of length one.
_STEP = 1e-3
#: Coefficients below this share of the terms that make them up count as zero.
_ZERO = 1e-6


@dataclass(frozen=True)
class NormalForm:
    """The normal form of a Bogdanov-Takens point, and how states and parameters follow from it.

    Attributes
    ----------
    field, z
        The system in scaled coordinates z = (state, two parameters), and the point.
    a, b
        Quadratic coefficients.
    q0, q1, by_w0_squared
        The null vector, its generalised one, and the change of the state with w0^2 / 2, (n,).
    by_b1, by_b2, by_b2_squared
        Changes of z with b1, b2 and b2^2 / 2, shape (n + 2,).
    """

    field: ScaledField
    z: FloatArray
    a: float
    b: float
    q0: FloatArray
    q1: FloatArray
    by_w0_squared: FloatArray
    by_b1: FloatArray
    by_b2: FloatArray
    by_b2_squared: FloatArray

    def orbit(self, distance: float) -> Trajectory:
        """Return the homoclinic orbit at a distance from the point, in scaled parameters.

        It is nearer if its saddle's rates, 2 e, would not be slow beside the other eigenvalues.
        """
        n = self.field.n
        far = 10 / 7 * abs(self.b / self.a) * float(np.abs(self.by_b2[n:]).max())
        others = np.sort(np.abs(self.field.eigenvalues(self.z)))[2:]
        e = np.sqrt(distance) * min([1 / np.sqrt(far), *(others / 2)])
        s = np.linspace(-_REACH, _REACH, _SAMPLES)
        hump, front, log = 1 / np.cosh(s) ** 2, np.tanh(s), np.log(np.cosh(s))
        skew = 72 / 7 * e * self.b / self.a
        w0 = e**2 / self.a * (2 - 6 * hump - skew * hump * front * log)
        slope = hump * (12 * front - skew * (log * (1 - 3 * front**2) + front**2))
        w1 = e**3 / self.a * slope
        b1, b2 = -4 * e**4 / self.a, 10 / 7 * self.b / self.a * e**2
        z = self.z + b1 * self.by_b1 + b2 * self.by_b2 + b2**2 / 2 * self.by_b2_squared
        states = z[:n] + np.outer(w0, self.q0) + np.outer(w1, self.q1)
        states += np.outer(w0**2 / 2, self.by_w0_squared)
        return Trajectory((s + _REACH) / e, states * self.field.scale[:n], self.field.parameters(z))


def normal_form(
    problem: Problem, start: SpecialPoint, free: tuple[str, str], options: ContinuationOptions
) -> NormalForm:
    """Return the normal form of a Bogdanov-Takens point.

    Raises
    ------
    CycleStartError
        The point is degenerate: a coefficient vanishes, or the parameters do not unfold it.
    """
    x = np.concatenate([start.state, [start.parameters[name] for name in free]])
    field = ScaledField(problem, free, initial_scale(problem, free, x, options))
    z, n = x / field.scale, field.n
    full = field.full_jacobian(z)
    q0, q1, p0, p1 = _jordan_vectors(full[:, :n])
    along_q0, along_q1 = field.bends(z, np.column_stack([q0, q1]))
    b_00, b_01, b_11 = along_q0[:, :n] @ q0, along_q0[:, :n] @ q1, along_q1[:, :n] @ q1
    a, b = float(p1 @ b_00) / 2, float(p0 @ b_00 + p1 @ b_01)
    of_a, of_b = norm(p1) * norm(b_00) / 2, norm(p0) * norm(b_00) + norm(p1) * norm(b_01)
    if abs(a) < _ZERO * of_a or abs(b) < _ZERO * of_b:
        msg = f"the Bogdanov-Takens point is degenerate: a = {a:.3g}, b = {b:.3g}"
        raise CycleStartError(msg)
    matrix = np.vstack([full, p1 @ along_q0, p1 @ along_q1 + p0 @ along_q0])
    right = np.zeros((n + 2, 2))
    right[:, 0] = [*q1, p1 @ b_11 / 2, -p0 @ b_11]
    right[n + 1, 1] = 1.0
    try:
        by_b1, by_b2 = np.linalg.solve(matrix, right).T
    except np.linalg.LinAlgError:
        msg = f"{free[0]} and {free[1]} do not unfold the Bogdanov-Takens point"
        raise CycleStartError(msg) from None
    by_w0_squared = _solved(full[:, :n], Border(p1, q0), 2 * a * q1 - b_00)
    by_w0_squared += (p0 @ b_01 + p1 @ b_11 / 2 - p0 @ by_w0_squared) * q0
    bend = float(p1 @ _second_difference(field, z, by_b2))
    return NormalForm(field, z, a, b, q0, q1, by_w0_squared, by_b1, by_b2, -bend * by_b1)


def _solved(jacobian: FloatArray, edge: Border, value: FloatArray) -> FloatArray:
    """Solve A x = value, without a part along the left null vector, for x orthogonal to the right.

    Null vectors, in the edge, are A right = 0, A^T left = 0.
    """
    return np.linalg.solve(bordered(jacobian, edge), np.append(value, 0.0))[:-1]


def _jordan_vectors(jacobian: FloatArray) -> tuple[FloatArray, ...]:
    """Vectors with A q0 = 0, A q1 = q0, A^T p1 = 0, A^T p0 = p1 and p0 q0 = p1 q1 = 1.

    p0 q1 and p1 q0 vanish.
    """
    edge = border(jacobian)
    q0, p1 = edge.right, edge.left
    q1, p0 = _solved(jacobian, edge, q0), _solved(jacobian.T, Border(q0, p1), p1)
    overlap = float(p1 @ q1)
    p0, p1 = p0 / overlap, p1 / overlap
    return q0, q1, p0 - (p0 @ q1) * p1, p1


def _second_difference(field: ScaledField, z: FloatArray, direction: FloatArray) -> FloatArray:
    """Return the second derivative of the field along a direction of states and parameters."""
    step = _STEP * direction / norm(direction)
    change = field.field(z + step) - 2 * field.field(z) + field.field(z - step)
    return change * (norm(direction) / _STEP) ** 2
