"""The start of a branch of cycles at one of them: a sampled trajectory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ikmeanfield.continuation.bvp.mesh import equidistributed
from ikmeanfield.continuation.bvp.polynomial import basis, node_points
from ikmeanfield.continuation.bvp.profile import Scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import FloatArray, Problem
from ikmeanfield.continuation.scales import initial_scale
from ikmeanfield.continuation.special_point import SpecialPoint, shortened

from .options import CycleOptions
from .orbit import Orbit

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
    metric: Scales


def parameter_scales(
    problem: Problem, names: Sequence[str], values: FloatArray, options: ContinuationOptions
) -> FloatArray:
    """Return `initial_scale` of free parameters, their defaults' magnitudes counting as well."""
    n = len(problem.variables)
    default = problem.vector()[[problem.index(name) for name in names]]
    x = np.append(np.ones(n), np.maximum(np.abs(values), np.abs(default)))
    return initial_scale(problem, tuple(names), x, options)[n:]


def stated(problem: Problem, sizes: FloatArray, options: ContinuationOptions) -> FloatArray:
    """Return typical sizes of the variables, as stated where they are."""
    known = zip(problem.variables, sizes.tolist(), strict=True)
    return np.array([options.scales.get(name, size) for name, size in known])


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
    value = float(p[field.index])
    (size,) = parameter_scales(field.problem, field.free, np.array([value]), options)
    metric = Scales(stated(field.problem, scale, options), np.array([period, size]))
    polynomials, mesh = basis(cycles.degree), fraction[:: cycles.degree]
    if (len(fraction) - 1) % cycles.degree == 0:
        gaps = node_points(mesh, polynomials) - fraction
        if np.abs(gaps).max() < _SAME_NODE:
            return Start(Orbit.of(mesh, y, period, value), metric)

    def on(mesh: FloatArray) -> Orbit:
        values = spline(node_points(mesh, polynomials))
        values[-1] = values[0]
        return Orbit.of(mesh, values, period, value)

    # sample finely, then let the mesh follow the orbit
    fine = on(np.linspace(0, 1, 4 * cycles.intervals + 1))
    return Start(on(equidistributed(fine, metric.components, cycles.intervals)), metric)


def _with_natural_sizes(
    field: PointwiseField, y: FloatArray, p: FloatArray, scale: FloatArray
) -> FloatArray:
    """Scales in which a variable that stands still, up to rounding, has another measure.

    That is the size at which it changes the rate of another variable as much as those do that move.
    """
    moving = np.where(scale > 0, scale, 1.0)
    influence = np.abs(field.jacobians(y, p, moving)).max(axis=0)
    rates = influence @ scale
    with np.errstate(divide="ignore", invalid="ignore"):
        natural = np.where(influence > 0, rates[:, None] / influence, np.inf)
    np.fill_diagonal(natural, np.inf)
    size = natural.min(axis=0)
    size = np.where(np.isfinite(size) & (size > 0), size, moving)
    return np.where(scale < _STILL * size, size, moving)
