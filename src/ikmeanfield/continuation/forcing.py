"""Periodically forced systems: the drive as an oscillator that is part of the system."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from .cycles.start import Trajectory
from .equilibria import find_equilibrium
from .problem import FloatArray, Problem

DRIVE = ("drive_cos", "drive_sin")
AMPLITUDE, FREQUENCY = "drive_amplitude", "drive_frequency"
#: Step of differences by a modulated parameter, relative to its size.
_STEP = 1e-6


def forced(
    problem: Problem,
    modulated: str | Mapping[str, float],
    *,
    amplitude: float = 0.0,
    frequency: float = 1.0,
) -> Problem:
    """Return a system some of whose parameters are modulated by a sinusoidal drive.

    A modulated parameter is its value plus ``drive_amplitude * cos(2 pi (f t - phase))``, with f
    the ``drive_frequency`` in periods per unit of time. Cosine and sine are two more variables,
    the normal form of a Hopf bifurcation, so that periodic responses are cycles of an autonomous
    system: their folds (LPC) in frequency and amplitude bound the Arnold tongues.

    Parameters
    ----------
    problem
        The system; its Jacobian, kinks and slopes are kept.
    modulated
        Name of the parameter that is modulated, or several with their phases as shares of a
        period.
    amplitude, frequency
        Defaults of the two new parameters.
    """
    phases = {modulated: 0.0} if isinstance(modulated, str) else dict(modulated)
    index = [problem.index(name) for name in phases]
    taken = {*DRIVE, AMPLITUDE, FREQUENCY} & {*problem.variables, *problem.parameters}
    if taken:
        msg = f"the problem has {', '.join(sorted(taken))} already"
        raise ValueError(msg)
    angles = 2 * np.pi * np.array(list(phases.values()))
    cos, sin = np.cos(angles), np.sin(angles)
    n, m = len(problem.variables), len(problem.parameters)

    def at(y: FloatArray, p: FloatArray) -> FloatArray:
        """Parameters of the system itself at a state of the drive, or at a stack (n, K) of them."""
        own = np.array(p[:m], dtype=float)
        if np.ndim(y) > 1:
            own = np.repeat(own[:, None], y.shape[1], axis=1)
        own[index] += p[m] * (np.multiply.outer(cos, y[n]) + np.multiply.outer(sin, y[n + 1]))
        return own

    def field(y: FloatArray, p: FloatArray) -> FloatArray:
        c, s = y[n], y[n + 1]
        growth, rate = 1 - c * c - s * s, 2 * np.pi * p[m + 1]
        drive = [rate * (growth * c - s), rate * (growth * s + c)]
        return np.concatenate([problem.field(y[:n], at(y, p)), drive])

    def jacobian(y: FloatArray, p: FloatArray) -> FloatArray:
        assert problem.jacobian is not None
        c, s = y[n], y[n + 1]
        rate, own = 2 * np.pi * p[m + 1], at(y, p)
        out = np.zeros((n + 2, n + 2, *np.shape(y)[1:]))
        out[:n, :n] = problem.jacobian(y[:n], own)
        for i, by_cos, by_sin in zip(index, cos, sin, strict=True):
            step = np.zeros_like(own)
            step[i] = _STEP * np.maximum(np.abs(own[i]), 1.0)
            above, below = (problem.field(y[:n], own + sign * step) for sign in (1, -1))
            slope = p[m] * (np.asarray(above) - np.asarray(below)) / (2 * step[i])
            out[:n, n] += by_cos * slope
            out[:n, n + 1] += by_sin * slope
        drive = [[1 - 3 * c * c - s * s, -2 * c * s - 1], [1 - 2 * c * s, 1 - c * c - 3 * s * s]]
        out[n:, n:] = rate * np.array(drive)
        return out

    kinks = {
        name: (lambda y, p, kink=kink: kink(y[:n], at(y, p)))
        for name, kink in problem.kinks.items()
    }
    slopes = {
        name: (lambda y, p, slope=slope: np.append(slope(y[:n], at(y, p)), [0.0, 0.0]))
        for name, slope in problem.slopes.items()
    }
    return replace(
        problem,
        field=field,
        variables=(*problem.variables, *DRIVE),
        parameters={**problem.parameters, AMPLITUDE: amplitude, FREQUENCY: frequency},
        jacobian=None if problem.jacobian is None else jacobian,
        kinks=kinks,
        slopes=slopes,
    )


def resting_response(problem: Problem, state: ArrayLike, samples: int = 200) -> Trajectory:
    """Return the response of a forced system at rest to a drive of no amplitude.

    A start for `continue_cycles` in ``drive_amplitude``.

    Parameters
    ----------
    problem
        A system made by `forced`.
    state
        An equilibrium of the system without its drive, or a guess of one, shape (n,).
    samples
        Number of samples of the period.
    """
    at_rest = problem.at({AMPLITUDE: 0.0})
    own = replace(
        at_rest,
        field=lambda y, p: at_rest.field(np.append(y, [0.0, 0.0]), p)[:-2],
        variables=problem.variables[:-2],
        jacobian=None,
        kinks={},
        slopes={},
    )
    rest = find_equilibrium(own, np.asarray(state, dtype=float))
    period = 1 / problem.parameters[FREQUENCY]
    phase = np.linspace(0, 2 * np.pi, samples)
    states = np.column_stack([np.tile(rest, (samples, 1)), np.cos(phase), np.sin(phase)])
    return Trajectory(period * phase / (2 * np.pi), states, {AMPLITUDE: 0.0})
