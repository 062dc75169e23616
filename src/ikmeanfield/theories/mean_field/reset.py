"""Finite spike peak and reset: the rate of a single neuron and the adjusted current I*.

A neuron whose potential runs from v_0 to v_p fires faster than one that runs over the whole
line; I* is the current at which the latter fires as fast as the former does at I (Sec. IV.A-B).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.arguments import numbers, refuse
from ikmeanfield.circuit import Population
from ikmeanfield.theories.mean_field.domain import (
    ResetDomainError,
    outside_domain,
    warn_of_high_reset,
)
from ikmeanfield.theories.mean_field.equations import reset_corrections

FloatArray = NDArray[np.float64]


def adjusted_current(
    population: Population,
    input_current: ArrayLike,
    *,
    recovery: ArrayLike = 0.0,
    synaptic_activation: Mapping[str, ArrayLike] | None = None,
    threshold: ArrayLike | None = None,
    name: str = "population",
) -> FloatArray:
    """The adjusted current I* of Eq. 34, in pA.

    Parameters
    ----------
    population
        Gives the parameters, v_p and v_0 among them.
    input_current
        The current I in pA. Arrays here and below are broadcast against each other.
    recovery
        The recovery variable u in pA.
    synaptic_activation
        s of each synapse, by its name; 0 where not given.
    threshold
        Spiking threshold v_θ in mV; the population's mean where not given.
    name
        What to call the population in messages.

    Returns
    -------
    ndarray
        I* in pA; equal to I where μ ≤ 0.

    Raises
    ------
    ResetDomainError
        Unless v_0 < α/(2k) < v_p.
    """
    _check_population(population)
    warn_of_high_reset(population, name)
    mu, alpha = _lumped(population, recovery, synaptic_activation, threshold, input_current, name)
    shift = reset_corrections(
        mu.ravel(), alpha.ravel(), population.leakage, population.peak_potential,
        population.reset_potential,
    )  # fmt: skip
    return np.asarray(np.asarray(input_current, dtype=float) + shift.reshape(mu.shape))


def firing_rate(
    population: Population,
    input_current: ArrayLike,
    *,
    recovery: ArrayLike = 0.0,
    synaptic_activation: Mapping[str, ArrayLike] | None = None,
    threshold: ArrayLike | None = None,
    infinite_reset: bool = False,
    name: str = "population",
) -> FloatArray:
    """Rate in Hz of a single neuron at constant u and s (Eqs. 30-32); 0 where μ ≤ 0.

    Parameters
    ----------
    population, input_current, recovery, synaptic_activation, threshold, name
        As in `adjusted_current`.
    infinite_reset
        Let v_p → ∞ and v_0 → −∞ (Eq. 32).

    Raises
    ------
    ResetDomainError
        Unless v_0 < α/(2k) < v_p or the reset is infinite. A neuron that resets above the
        parabola's vertex can fire where μ ≤ 0, which Eq. 30 does not describe.
    """
    _check_population(population)
    mu, alpha = _lumped(
        population, recovery, synaptic_activation, threshold, input_current, name,
        check=not infinite_reset,
    )  # fmt: skip
    root = np.sqrt(np.maximum(mu, 0.0))
    gamma = np.full(mu.shape, np.pi)
    if not infinite_reset:
        vertex = alpha / population.leakage
        gamma -= np.arctan(root / (2.0 * population.peak_potential - vertex))
        gamma -= np.arctan(root / (vertex - 2.0 * population.reset_potential))
    per_ms = population.leakage * root / (2.0 * population.capacitance * gamma)
    return np.asarray(1e3 * per_ms)


def _check_population(population: object) -> None:
    if not isinstance(population, Population):
        allowed = 'a Population, such as circuit.populations["rs"]'
        refuse("population", population, allowed, TypeError)


def _lumped(
    population: Population,
    recovery: ArrayLike,
    synaptic_activation: Mapping[str, ArrayLike] | None,
    threshold: ArrayLike | None,
    input_current: ArrayLike,
    name: str,
    check: bool = True,
) -> tuple[FloatArray, FloatArray]:
    """μ of Eq. 29 and α of Eq. 18, of one shape; α/(2k) lies between v_0 and v_p."""
    for key, value in (
        ("input_current", input_current), ("recovery", recovery), ("threshold", threshold),
    ):  # fmt: skip
        if value is not None or key == "input_current":
            numbers(key, value)
    activations = {} if synaptic_activation is None else synaptic_activation
    if not isinstance(activations, Mapping):
        refuse("synaptic_activation", activations, "a mapping such as {'ampa': 0.5}", TypeError)
    for label in activations:
        if label not in population.synapses:
            known = ", ".join(population.synapses) or "none"
            msg = f"{name}: no synapse {label!r}; the population has {known}"
            raise ValueError(msg)
    k, v_r = population.leakage, population.resting_potential
    v_t = np.asarray(population.threshold if threshold is None else threshold, dtype=float)
    gs, gse = np.zeros(()), np.zeros(())
    for label, s in activations.items():
        synapse = population.synapses[label]
        gs = gs + synapse.conductance * np.asarray(s, dtype=float)
        gse = gse + synapse.conductance * synapse.reversal_potential * np.asarray(s, dtype=float)
    alpha = k * (v_r + v_t) + gs
    mu = 4.0 * (gse - np.asarray(recovery, dtype=float) + np.asarray(input_current)) / k
    mu = mu - (v_t - v_r) ** 2 - gs / k * (2.0 * (v_r + v_t) + gs / k)
    vertex = np.ravel(alpha / (2.0 * k))
    inside = (population.reset_potential < vertex) & (vertex < population.peak_potential)
    if check and not inside.all():
        raise ResetDomainError(outside_domain(population, name, vertex[~inside][0]))
    return mu, np.broadcast_to(alpha, mu.shape).copy()
