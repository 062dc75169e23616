"""Phase response of a cycle: how small kicks advance it, by the adjoint equation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.options import options_or
from ikmeanfield.continuation.special_point import SpecialPoint

from . import linear
from .collocation import NewtonFailureError
from .fields import PointwiseField
from .follow import STEPS, corrected
from .options import CycleOptions
from .orbit import Orbit
from .start import CycleStartError, Trajectory, from_trajectory
from .tracer import Tracer

if TYPE_CHECKING:
    from ikmeanfield.continuation.problem import FloatArray, Problem


@dataclass(frozen=True, repr=False)
class PhaseResponse:
    """The infinitesimal phase response curve of a cycle.

    Attributes
    ----------
    period
        Period of the cycle.
    times
        From 0 to the period, shape (K,).
    states
        The cycle there, shape (K, n).
    response
        Advance in time per unit of a kick in each variable, shape (K, n): a kick k at time t
        brings every later event forward by ``response @ k``. Its product with the flow is 1.
    """

    period: float
    times: FloatArray
    states: FloatArray
    response: FloatArray

    def __repr__(self) -> str:
        samples, variables = self.response.shape
        size = f"{samples} samples of {variables} variables"
        low, high = self.response.min(), self.response.max()
        return f"<PhaseResponse of period {self.period:.7g}: {size}; {low:.6g} to {high:.6g}>"


def phase_response(
    problem: Problem, cycle: Trajectory | SpecialPoint, cycles: CycleOptions | None = None
) -> PhaseResponse:
    """Return the phase response of a cycle, from the periodic solution of Z' = -J^T Z.

    The cycle is corrected first, at its parameters (W. Govaerts and B. Sautois, Neural Computation
    18 (2006) 817, for the discretisation).

    Raises
    ------
    CycleStartError
        Newton's method finds no cycle near the given one.
    """
    cycles = options_or(cycles, CycleOptions())
    trajectory = Trajectory.of(cycle) if isinstance(cycle, SpecialPoint) else cycle
    problem = problem.at(trajectory.parameters)
    field = PointwiseField(problem, next(iter(problem.parameters)))
    start = from_trajectory(field, trajectory, STEPS, cycles)
    p = problem.vector()
    tracer = Tracer(problem, field.free[0], p, start.metric, options=STEPS, cycles=cycles)
    try:
        orbit = corrected(tracer, start).orbit
    except NewtonFailureError as error:
        raise CycleStartError(str(error)) from error
    scale = tracer.metric.variables
    response = _adjoint(field, orbit, p, scale) / scale
    flow = field.values(orbit.values, p)
    # the product is the same everywhere, up to the error of collocation
    response /= np.einsum("kn,kn->k", response, flow).mean()
    times = orbit.period * orbit.nodes()
    return PhaseResponse(orbit.period, times, orbit.values, response)


def _adjoint(field: PointwiseField, orbit: Orbit, p: FloatArray, scale: FloatArray) -> FloatArray:
    """Periodic solution of the adjoint equation at the nodes, in scaled variables, of any size."""
    b, size = orbit.basis, orbit.intervals
    m, n = b.degree, orbit.values.shape[1]
    jacobian = field.jacobians(orbit.at_gauss().reshape(-1, n), p, scale).reshape(size, m, n, n)
    transposed = np.swapaxes(jacobian * (scale / scale[:, None]), -1, -2)
    blocks = np.einsum("j,ck,jcab->jcakb", orbit.widths * orbit.period, b.value, transposed)
    blocks += np.einsum("ck,ab->cakb", b.slope, np.eye(n))
    nothing = np.zeros((size, 2, (m + 1) * n))
    system = linear.System(
        blocks.reshape(size, m * n, (m + 1) * n),
        np.zeros((size, m * n, 3)),
        nothing,
        np.zeros((2, 3)),
    )
    chain, gone, corner = linear.condense(system, n)
    whole, levels, _ = linear.reduced(chain, corner)
    start = np.linalg.svd(whole.left[0] + whole.right[0])[2][-1][:, None]
    q = np.zeros((2, 1))
    ends = np.stack([start, start])
    return linear.with_interior(linear.expanded(ends, q, levels), q, gone)[..., 0]
