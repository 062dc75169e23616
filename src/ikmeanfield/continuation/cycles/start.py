"""Where a branch of cycles starts: a Hopf point, an orbit, or a simulation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation.special_point import shortened

from .collocation import Metric
from .equilibria import Hopf, as_hopf, find_equilibrium, find_hopf, jacobian, leading_frequency
from .mesh import equidistributed
from .orbit import Orbit, basis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from ikmeanfield.continuation.options import ContinuationOptions
    from ikmeanfield.continuation.problem import FloatArray, Problem
    from ikmeanfield.continuation.special_point import SpecialPoint

    from .fields import PointwiseField
    from .options import CycleOptions


#: A variable moves if it does so by more than this share of its natural size.
_STILL = 1e-8
#: Nodes this close, as fractions of the period, are the same.
_SAME_NODE = 1e-12


class CycleStartError(ValueError):
    """No cycle can be started from what was given; the message says why."""


@dataclass(frozen=True, repr=False)
class Trajectory:
    """One period of a cycle, sampled.

    Attributes
    ----------
    times
        Increasing, shape (K,); the last minus the first is the period.
    states
        Shape (K, n); the last row is (nearly) the first.
    parameters
        Parameters that differ from the problem's defaults, by name.
    """

    times: FloatArray
    states: FloatArray
    parameters: Mapping[str, float]

    def __post_init__(self) -> None:
        if self.times.ndim != 1 or len(self.times) < 8 or not (np.diff(self.times) > 0).all():
            msg = "times: must hold at least 8 increasing values"
            raise ValueError(msg)
        if self.states.ndim != 2 or len(self.states) != len(self.times):
            msg = f"states: must have shape ({len(self.times)}, n), has {self.states.shape}"
            raise ValueError(msg)

    def __repr__(self) -> str:
        period, (samples, variables) = self.times[-1] - self.times[0], self.states.shape
        size = f"{samples} samples of {variables} variables"
        at = ", ".join(f"{name} = {value:.6g}" for name, value in self.parameters.items())
        return shortened(
            f"<Trajectory of period {period:.7g}: {size}; {at or 'default parameters'}>"
        )

    @classmethod
    def of(cls, point: SpecialPoint) -> Trajectory:
        """Return the cycle of a special point.

        Raises
        ------
        ValueError
            The point holds no cycle.
        """
        if not len(point.orbit):
            msg = f"the {point.kind} point holds no cycle: take it from a branch of cycles"
            raise ValueError(msg)
        return cls(point.orbit[:, 0], point.orbit[:, 1:], point.parameters)


@dataclass(frozen=True)
class Start:
    """First guess of a branch: an orbit, and typical sizes."""

    orbit: Orbit
    metric: Metric


@dataclass(frozen=True)
class HopfStart(Start):
    """A Hopf point: the constant orbit, the direction in which cycles grow, the evidence."""

    direction: Orbit
    hopf: Hopf


def parameter_scale(
    problem: Problem, parameter: str, value: float, options: ContinuationOptions
) -> float:
    """Typical size of the free parameter: as stated, the bounds' width, or its magnitude."""
    if parameter in options.scales:
        return options.scales[parameter]
    low, high = options.bounds.get(parameter, (-np.inf, np.inf))
    if np.isfinite(high - low):
        return float(high - low)
    return max(abs(value), abs(problem.parameters[parameter])) or 1.0


def parameter_scales(
    problem: Problem, names: Sequence[str], values: FloatArray, options: ContinuationOptions
) -> FloatArray:
    """Return the `parameter_scale` of several parameters."""
    pairs = zip(names, values.tolist(), strict=True)
    return np.array([parameter_scale(problem, name, value, options) for name, value in pairs])


def from_hopf(
    field: PointwiseField,
    state: FloatArray,
    p: FloatArray,
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> HopfStart:
    """Start at a Hopf point given roughly by its state and parameters.

    The point is refined; frequency and eigenvector are computed here. The variables' scales
    are the amplitudes along the eigenvector at which the field stops being linear, which
    does not depend on units.
    """
    state, p = np.array(state, dtype=float), np.array(p, dtype=float)
    y_scale = np.maximum(np.abs(state), 1e-3 * np.abs(state).max() + 1e-9)
    name = list(field.problem.parameters)[field.index]
    size = parameter_scale(field.problem, name, p[field.index], options)
    hopf = as_hopf(field, state, p, y_scale) or _refined_hopf(field, state, p, y_scale, size)
    return _hopf_start(field, hopf, size, options, cycles)


def _refined_hopf(
    field: PointwiseField, state: FloatArray, p: FloatArray, y_scale: FloatArray, size: float
) -> Hopf:
    """Return the Hopf point near a state; raise CycleStartError where there is none."""
    found = find_equilibrium(field, state, p, y_scale)
    if found is None:
        msg = f"no equilibrium near {state}: Newton's method fails from there"
        raise CycleStartError(msg)
    omega = leading_frequency(jacobian(field, found.state, p, y_scale))
    if omega is None:
        msg = f"no Hopf point at {found.state}: all eigenvalues are real, {found.eigenvalues}"
        raise CycleStartError(msg)
    hopf = find_hopf(field, found.state, p, y_scale, omega=omega, step=1e-6 * size)
    if hopf is None or abs(hopf.equilibrium.p[field.index] - p[field.index]) > 0.1 * size:
        msg = f"no Hopf point near {state}: eigenvalues there are {found.eigenvalues}"
        raise CycleStartError(msg)
    return hopf


def _hopf_start(
    field: PointwiseField,
    hopf: Hopf,
    size: float,
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> HopfStart:
    y, p = hopf.equilibrium.state, hopf.equilibrium.p
    mode, response = _natural_amplitude(field, hopf)
    scale = np.maximum(np.abs(mode), response)
    scale = np.maximum(scale, 1e-6 * np.abs(y))
    scale[scale == 0] = 1.0
    for i, variable in enumerate(field.problem.variables):
        scale[i] = options.scales.get(variable, scale[i])
    period = 2 * np.pi / hopf.frequency
    metric = Metric(scale, period, size)
    mesh = np.linspace(0, 1, cycles.intervals + 1)
    empty = Orbit(mesh, np.empty((cycles.intervals * cycles.degree + 1, 0)), 0.0, 0.0)
    phase = np.exp(2j * np.pi * empty.nodes())[:, None]
    profile = (mode * phase).real
    profile[-1] = profile[0]
    orbit = Orbit(mesh, np.tile(y, (len(profile), 1)), period, float(p[field.index]))
    return HopfStart(orbit, metric, metric.unit(Orbit(mesh, profile, 0.0, 0.0)), hopf)


def _natural_amplitude(
    field: PointwiseField, hopf: Hopf
) -> tuple[NDArray[np.complex128], FloatArray]:
    """Eigenvector at the size where the field stops being linear; quadratic response there."""
    y, p = hopf.equilibrium.state, hopf.equilibrium.p
    weight = np.abs(hopf.mode) + 1e-12 * np.abs(hopf.mode).max()
    phases = np.exp(2j * np.pi * np.arange(8) / 8)[:, None]
    f0 = field.values(y[None], p)[0]

    def nonlinearity(c: float) -> tuple[float, FloatArray]:
        steps = c * (hopf.mode * phases).real
        with np.errstate(all="ignore"):
            try:
                f = field.values(y + steps, p) - f0
            except (ArithmeticError, ValueError):
                return np.inf, np.zeros_like(y)
        linear = (1j * hopf.frequency * c * hopf.mode * phases).real
        excess = f - linear
        size = np.abs(linear / weight).max()
        return float(np.abs(excess / weight).max() / size), np.abs(excess).max(axis=0)

    # by bisection on a logarithmic scale: the amplitude at which a third of the field is nonlinear
    low, high = 0.0, np.inf
    c = max(float(np.abs(y).max()), 1.0) / float(np.abs(hopf.mode).max())
    for _ in range(100):
        value, _ = nonlinearity(c)
        low, high = (low, c) if value > 1 / 3 else (c, high)
        if low == 0:
            c = high / 4
        elif high == np.inf:
            if value < 1e-9:
                break
            c = 4 * low
        else:
            c = float(np.sqrt(low * high))
            if high < low * (1 + 1e-6):
                break
    _, excess = nonlinearity(c)
    return c * hopf.mode, excess / hopf.frequency


def from_trajectory(
    field: PointwiseField,
    trajectory: Trajectory,
    options: ContinuationOptions,
    cycles: CycleOptions,
) -> Start:
    """Start from one sampled period of a cycle; any gap between its ends is spread over it."""
    from scipy.interpolate import CubicSpline  # noqa: PLC0415 - only this start needs it

    p = field.problem.vector(**trajectory.parameters)
    t, y = trajectory.times, np.array(trajectory.states, dtype=float)
    period = float(t[-1] - t[0])
    fraction = (t - t[0]) / period
    y = y - fraction[:, None] * (y[-1] - y[0])
    y[-1] = y[0]
    spline = CubicSpline(fraction, y, bc_type="periodic")
    scale = np.ptp(y, axis=0) / 2
    if not scale.max() > 0:
        msg = "the trajectory is constant: not a cycle"
        raise CycleStartError(msg)
    scale = np.maximum(scale, 1e-6 * np.abs(y).max(axis=0))
    scale = _with_natural_sizes(field, y, p, scale)
    for i, variable in enumerate(field.problem.variables):
        scale[i] = options.scales.get(variable, scale[i])
    name = list(field.problem.parameters)[field.index]
    value = float(p[field.index])
    metric = Metric(scale, period, parameter_scale(field.problem, name, value, options))
    given = as_orbit(fraction, y, cycles.degree)
    if given is not None:
        return Start(Orbit(given.mesh, given.values, period, value), metric)
    # sample finely, then let the mesh follow the orbit
    fine = _sampled(spline, np.linspace(0, 1, 4 * cycles.intervals + 1), cycles.degree)
    mesh = equidistributed(fine, scale, cycles.intervals)
    orbit = _sampled(spline, mesh, cycles.degree)
    return Start(Orbit(mesh, orbit.values, period, value), metric)


def as_orbit(fraction: FloatArray, states: FloatArray, degree: int) -> Orbit | None:
    """Return samples that are nodes of a collocation solution as that; None for others."""
    if (len(fraction) - 1) % degree:
        return None
    orbit = Orbit(fraction[::degree], states, 0.0, 0.0)
    same = np.abs(orbit.nodes() - fraction).max() < _SAME_NODE
    return orbit if same else None


def _with_natural_sizes(
    field: PointwiseField, y: FloatArray, p: FloatArray, scale: FloatArray
) -> FloatArray:
    """Scales in which a variable that stands still, up to rounding, has another measure.

    That is the size at which it changes the rate of another variable as much as those do that move.
    """
    moving = np.where(scale > 0, scale, 1.0)
    influence = np.abs(field.jacobians(y, p, moving)).max(axis=0)
    rates = influence @ scale
    own = np.where(influence > 0, influence, np.inf)
    with np.errstate(divide="ignore"):
        natural = np.where(np.isfinite(own), rates[:, None] / own, np.inf)
    np.fill_diagonal(natural, np.inf)
    size = natural.min(axis=0)
    size = np.where(np.isfinite(size) & (size > 0), size, moving)
    return np.where(scale < _STILL * size, size, moving)


def _sampled(spline, mesh: FloatArray, degree: int) -> Orbit:  # type: ignore[no-untyped-def]
    inner = mesh[:-1, None] + np.diff(mesh)[:, None] * basis(degree).nodes[:-1]
    values = np.asarray(spline(np.append(inner.ravel(), 1.0)))
    values[-1] = values[0]
    return Orbit(mesh, values, 0.0, 0.0)


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
