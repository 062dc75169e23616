"""The start of a branch of cycles at a Hopf point: the direction in which they grow, and scales."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ikmeanfield.continuation.bvp.polynomial import basis, node_points
from ikmeanfield.continuation.bvp.profile import Scales
from ikmeanfield.continuation.fields import PointwiseField
from ikmeanfield.continuation.options import ContinuationOptions
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.scales import initial_scale
from ikmeanfield.continuation.spectrum import ComplexArray

from .equilibria import Hopf, as_hopf, find_equilibrium, find_hopf, leading
from .options import CycleOptions
from .orbit import Orbit
from .start import CycleStartError, Start, parameter_scales, stated

#: A Hopf point may lie as far from where it is looked for as this share of the parameter's scale.
_NEAR = 0.1


@dataclass(frozen=True)
class HopfStart(Start):
    """A Hopf point: the constant orbit, the direction in which cycles grow, the evidence."""

    direction: Orbit
    hopf: Hopf


def from_hopf(
    field: PointwiseField, state: FloatArray, options: ContinuationOptions, cycles: CycleOptions
) -> HopfStart:
    """Start at a Hopf point given roughly by its state, at the field's own parameters.

    The point is refined; frequency and eigenvector are computed here. The variables' scales
    are the amplitudes along the eigenvector at which the field stops being linear, which
    does not depend on units.
    """
    x = np.append(state, field.base[field.places])
    (size,) = parameter_scales(field.problem, field.free, x[-1:], options)
    problem = field.based
    near = ScaledField(problem, field.free, initial_scale(problem, field.free, x, options))
    hopf = as_hopf(near, x) or _refined_hopf(near, x, _NEAR * size)
    mode, response = _natural_amplitude(field, hopf)
    scale = np.maximum(np.maximum(np.abs(mode), response), 1e-6 * np.abs(hopf.state))
    scale[scale == 0] = 1.0
    period = 2 * np.pi / hopf.frequency
    metric = Scales(stated(field.problem, scale, options), np.array([period, size]))
    mesh = np.linspace(0, 1, cycles.intervals + 1)
    phase = np.exp(2j * np.pi * node_points(mesh, basis(cycles.degree)))[:, None]
    profile = (mode * phase).real
    profile[-1] = profile[0]
    orbit = Orbit.of(mesh, np.tile(hopf.state, (len(profile), 1)), period, hopf.parameter)
    return HopfStart(orbit, metric, metric.unit(Orbit.of(mesh, profile, 0.0, 0.0)), hopf)


def _refined_hopf(field: ScaledField, x: FloatArray, reach: float) -> Hopf:
    """Return the Hopf point near a state; raise CycleStartError where there is none."""
    state = x[: field.n]
    found = find_equilibrium(field, x)
    if found is None:
        msg = f"no equilibrium near {state}: Newton's method fails from there"
        raise CycleStartError(msg)
    mu = leading(found.eigenvalues)
    if mu is None:
        msg = f"no Hopf point at {found.state}: all eigenvalues are real, {found.eigenvalues}"
        raise CycleStartError(msg)
    hopf = find_hopf(field, found.x, mu.imag)
    if hopf is None or abs(hopf.parameter - found.parameter) > reach:
        msg = f"no Hopf point near {state}: eigenvalues there are {found.eigenvalues}"
        raise CycleStartError(msg)
    return hopf


def _natural_amplitude(field: PointwiseField, hopf: Hopf) -> tuple[ComplexArray, FloatArray]:
    """Eigenvector at the size where the field stops being linear; quadratic response there."""
    y, p = hopf.state, hopf.p
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
        if value < 1e-9 and high == np.inf:
            break
        # first by factors of four to either side, so that a quarter is below the middle later on
        c = 4 * low if high == np.inf else max(high / 4, float(np.sqrt(low * high)))
        if high < low * (1 + 1e-6):
            break
    _, excess = nonlinearity(c)
    return c * hopf.mode, excess / hopf.frequency
