"""Phase response of a cycle: how small kicks advance it, by the adjoint equation."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ikmeanfield.continuation.bvp.problem import Rates
from ikmeanfield.continuation.bvp.profile import Scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import options_or
from ikmeanfield.continuation.problem import FloatArray, Problem
from ikmeanfield.continuation.special_point import SpecialPoint

from .follow import STEPS, corrected, follower_of
from .modes import floquet_mode
from .options import CycleOptions
from .start import Trajectory, from_trajectory
from .system import CycleSystem


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
    follower = follower_of(start, field, STEPS, cycles)
    family = follower.curve
    orbit = family.orbit(corrected(follower, start).profile)
    p = family.p(orbit)
    scales = Scales(1 / family.scales.components, family.scales.scalars)
    response = floquet_mode(_Adjoint(field, scales), orbit, 1.0).real
    flow = field.values(orbit.values, p)
    # the product is the same everywhere, up to the error of collocation
    response /= np.einsum("kn,kn->k", response, flow).mean()
    times = orbit.period * orbit.nodes()
    return PhaseResponse(orbit.period, times, orbit.values, response)


class _Adjoint(CycleSystem):
    """The adjoint equation along a cycle; its variables have the inverse scales."""

    def rates(self, w: FloatArray, q: FloatArray) -> Rates:
        """Derivatives of the right-hand side, at states w of the cycle."""
        rates = super().rates(w, q)
        return replace(rates, by_state=-np.swapaxes(rates.by_state, -1, -2))
