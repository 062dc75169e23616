"""A cycle found by simulation: one period of a stable one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ikmeanfield.continuation.problem import FloatArray, Problem

from .start import CycleStartError, Trajectory


def simulated_cycle(
    problem: Problem,
    state: FloatArray,
    transient: float,
    longest: float,
    *,
    parameters: Mapping[str, float] | None = None,
    tolerance: float = 1e-2,
) -> Trajectory:
    """One period of a stable cycle, found by simulation.

    The system is run for `transient`; then until the trajectory returns, through the
    plane across the flow where it was, to within `tolerance` (relative to its extent) of where
    it was.

    Parameters
    ----------
    problem
        The system.
    state
        Where the simulation starts, shape (n,).
    transient, longest
        Time to settle; time within which the cycle must return.
    parameters
        Parameters that differ from the problem's defaults.
    tolerance
        How near it must return.

    Raises
    ------
    CycleStartError
        The simulation fails, comes to rest, or does not return in time.
    """
    from scipy.integrate import solve_ivp  # noqa: PLC0415 - only this start needs it

    parameters = dict(parameters or {})
    p = problem.vector(**parameters)

    def rhs(_: float, y: FloatArray) -> FloatArray:
        return problem.field(y, p)

    settled = solve_ivp(rhs, (0, transient), state, method="LSODA", rtol=1e-8, atol=1e-10)
    if not settled.success:
        msg = f"the simulation failed: {settled.message}"
        raise CycleStartError(msg)
    y0 = settled.y[:, -1]
    run = solve_ivp(rhs, (0, longest), y0, method="LSODA", rtol=1e-9, atol=1e-11, dense_output=True)
    t = np.linspace(0, run.t[-1], max(4000, 4 * len(run.t)))
    y = run.sol(t).T
    extent = np.ptp(y, axis=0)
    if not extent.max() > 1e-6 * np.abs(settled.y).max():
        msg = f"the simulation comes to rest at {y0}: no cycle"
        raise CycleStartError(msg)
    extent[extent == 0] = 1.0
    flow = rhs(0.0, y0) / extent
    plane = ((y - y0) / extent) @ flow
    away = np.abs((y - y0) / extent).max(axis=1) > max(2 * tolerance, 0.1)
    left = int(np.argmax(away))
    for k in left + np.flatnonzero((plane[left:-1] < 0) & (plane[left + 1 :] >= 0)):
        a = plane[k] / (plane[k] - plane[k + 1])
        period = float(t[k] + a * (t[k + 1] - t[k]))
        if np.abs((run.sol(period) - y0) / extent).max() < tolerance:
            times = np.unique(np.append(t[t < period], period))
            return Trajectory(times, run.sol(times).T, parameters)
    msg = f"the simulation does not return to {y0} within {longest}"
    raise CycleStartError(msg)
