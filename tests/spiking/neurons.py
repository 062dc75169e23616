"""Circuits for the tests, and an event-driven reference for a single neuron."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from ikmeanfield.circuit import Circuit, Population, excitatory_inhibitory, regular_spiking


def alone(**changes: Any) -> Circuit:
    """One regular-spiking neuron with its own u and no synapses, unless changed."""
    population = regular_spiking().populations["rs"]
    data = population.model_dump(exclude={"synapses"})
    data |= {"size": 1, "threshold_width": 0.0} | changes
    return Circuit(populations={"rs": Population.model_validate(data)})


def coupled(**changes: Any) -> Circuit:
    """Regular-spiking neurons with their synapse of Table I; 40 unless changed."""
    values = {"size": 40, "input_current": 60.0} | changes
    return regular_spiking().replace({f"rs.{key}": value for key, value in values.items()})


def both(**changes: Any) -> Circuit:
    """The excitatory-inhibitory circuit; keys such as ``fs_size`` change a population."""
    values = {"rs_size": 40, "fs_size": 40} | changes
    paths = {f"{key[:2]}.{key[3:]}": value for key, value in values.items()}
    return excitatory_inhibitory().replace(paths)


def reference(
    circuit: Circuit, duration: float, *, weight: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Spike times, and v, u, s at the end, of the single neuron of a circuit, from rest.

    Eqs. 1-3 by an explicit Runge-Kutta method of order 8 at tight tolerance, stopped at every
    peak by root finding and restarted from the reset: no code or formula shared with the schemes.
    `weight` is J of a synapse of the neuron with itself, g = 1, E = 0, τ_s = 6.
    """
    p = circuit.populations["rs"]

    def rate(t: float, y: np.ndarray) -> list[float]:
        v, u, s = y
        current = p.leakage * (v - p.resting_potential) * (v - p.threshold) - u + p.input_current
        return [
            (current - s * v) / p.capacitance,
            (p.recovery_coupling * (v - p.resting_potential) - u) / p.recovery_time,
            -s / 6.0,
        ]

    def peak(t: float, y: np.ndarray) -> float:
        return float(y[0] - p.peak_potential)

    peak.terminal = True  # type: ignore[attr-defined]
    peak.direction = 1  # type: ignore[attr-defined]
    t, y = 0.0, [p.resting_potential, 0.0, 0.0]
    spikes = []
    while t < duration:
        run = solve_ivp(
            rate, (t, duration), y, method="DOP853", events=peak, rtol=1e-11, atol=1e-11
        )
        t, y = run.t[-1], run.y[:, -1]
        if run.status == 1:
            spikes.append(t)
            y = [p.reset_potential, y[1] + p.adaptation, y[2] + weight]
    return np.array(spikes), np.asarray(y)
