"""Single neurons at constant drive: how they rest, how they fire, and where both are possible."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.circuit import Population
from ikmeanfield.theories.stationary import cycle
from ikmeanfield.theories.stationary.frozen import firing
from ikmeanfield.theories.stationary.population import Neurons, StationaryError
from ikmeanfield.theories.stationary.table import direct

if TYPE_CHECKING:
    import xarray as xr

FloatArray = NDArray[np.float64]

_VARIABLES = {
    "firing_rate": ("Hz", "rate of the firing state; NaN where there is none"),
    "membrane_potential": ("mV", "mean potential of the firing state"),
    "recovery": ("pA", "mean recovery variable of the firing state"),
    "reset_recovery": ("pA", "recovery variable just after a spike"),
    "spikes_per_period": ("1", "spikes after which the firing state repeats itself"),
    "resting_potential": ("mV", "potential of stable rest; NaN where there is none"),
    "rate_from_below": ("Hz", "rate of a neuron whose drive has risen slowly"),
    "rate_from_above": ("Hz", "rate of a neuron whose drive has fallen slowly"),
}


def neuron_states(
    population: Population,
    thresholds: ArrayLike,
    *,
    input_current: float | None = None,
    synaptic_activation: Mapping[str, float] | None = None,
    recovery: float | None = None,
    infinite_reset: bool = False,
) -> xr.Dataset:
    """Stationary states of single neurons at constant drive.

    Parameters
    ----------
    population
        The neurons' parameters.
    thresholds
        Spiking thresholds in mV, shape (n,).
    input_current
        Current in pA; the population's own where not given.
    synaptic_activation
        s of each synapse, by its name; 0 where not given.
    recovery
        Value in pA at which the recovery variable is held (Eqs. 30-31); by default every neuron
        has its own, which changes over the cycle (Eqs. 1-2).
    infinite_reset
        Let v_p → ∞ and v_0 → −∞.

    Returns
    -------
    xarray.Dataset
        Over the dimension ``threshold``; where a neuron can both rest and fire,
        ``rate_from_below`` is zero and ``rate_from_above`` is not.

    Raises
    ------
    StationaryError
        If a neuron fires without a period of up to 32 spikes, or neither fires nor rests.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second to import

    v = np.atleast_1d(np.asarray(thresholds, dtype=float))
    neurons = _neurons(population, shared=recovery is not None, infinite_reset=infinite_reset)
    Q = population.input_current if input_current is None else input_current
    Q, G = _drive(population, synaptic_activation or {}, Q - (recovery or 0.0))
    B = neurons.slope(v, G)
    rest = _rest(neurons, B, Q)
    columns = _held(neurons, B, Q, recovery) if neurons.shared else _cycles(neurons, B, Q)
    rests, fires = np.isfinite(rest), np.isfinite(columns["firing_rate"])
    if not (rests | fires).all():
        where = v[~(rests | fires)]
        msg = f"neurons with thresholds from {where.min():.4g} mV on neither rest nor fire"
        raise StationaryError(msg)
    rate = np.where(fires, columns["firing_rate"], 0.0)
    columns |= {
        "resting_potential": rest,
        "rate_from_below": np.where(rests, 0.0, rate),
        "rate_from_above": rate,
    }
    data = {
        name: ("threshold", columns[name], {"units": unit, "long_name": text})
        for name, (unit, text) in _VARIABLES.items()
    }
    axis = ("threshold", v, {"units": "mV", "long_name": "spiking threshold"})
    return xr.Dataset(data, {"threshold": axis}, {"model": "single neuron, stationary"})


def _neurons(population: Population, *, shared: bool, infinite_reset: bool) -> Neurons:
    return Neurons(
        capacitance=population.capacitance,
        leakage=population.leakage,
        resting_potential=population.resting_potential,
        threshold=population.threshold,
        recovery_time=population.recovery_time,
        recovery_coupling=population.recovery_coupling,
        adaptation=population.adaptation,
        peak_potential=np.inf if infinite_reset else population.peak_potential,
        reset_potential=-np.inf if infinite_reset else population.reset_potential,
        shared=shared,
    )


def _drive(
    population: Population, activations: Mapping[str, float], Q: float
) -> tuple[float, float]:
    G = 0.0
    for name, s in activations.items():
        if name not in population.synapses:
            known = ", ".join(population.synapses) or "none"
            msg = f"no synapse {name!r}; the population has {known}"
            raise ValueError(msg)
        synapse = population.synapses[name]
        G += synapse.conductance * s
        Q += synapse.conductance * s * (synapse.reversal_potential - population.resting_potential)
    return Q, G


def _rest(neurons: Neurons, B: FloatArray, Q: float) -> FloatArray:
    C, k, v_r = neurons.capacitance, neurons.leakage, neurons.resting_potential
    tau = neurons.recovery_time if not neurons.shared else 1e-300  # u held: nothing to destabilise
    found = [cycle.rest(C, k, float(slope), Q, neurons.coupling, tau) for slope in B]
    peak = neurons.ends[1]
    return np.array([v_r + y if stable and y < peak else np.nan for y, stable in found])


def _held(neurons: Neurons, B: FloatArray, Q: float, u: float | None) -> dict[str, FloatArray]:
    goes_on = np.array([neurons.fires_from_above(float(slope), Q) for slope in B])
    rate, potential = np.full((2, B.size), np.nan)
    if goes_on.any():
        drive = np.full(int(goes_on.sum()), Q)
        found = firing(neurons.capacitance, neurons.leakage, B[goes_on], drive, *neurons.ends)
        rate[goes_on], potential[goes_on] = found.rate, found.potential
    held = np.where(goes_on, u or 0.0, np.nan)
    return {
        "firing_rate": 1e3 * rate,
        "membrane_potential": neurons.resting_potential + potential,
        "recovery": held,
        "reset_recovery": held,
        "spikes_per_period": np.where(goes_on, 1.0, np.nan),
    }


def _cycles(neurons: Neurons, B: FloatArray, Q: float) -> dict[str, FloatArray]:
    table, fate = direct(B, np.full(B.size, Q), neurons.cycle_arguments)
    if (fate == cycle.IRREGULAR).any():
        slope = B[fate == cycle.IRREGULAR][0]
        msg = (
            f"a neuron with B = {slope:.4g} nS fires without a period of up to "
            f"{cycle.MAX_PERIOD} spikes"
        )
        raise StationaryError(msg)
    table[fate != cycle.SPIKES] = np.nan
    rate, y = table[:, 0], table[:, 1]
    mean = neurons.recovery_coupling * y + neurons.recovery_time * neurons.adaptation * rate
    return {
        "firing_rate": 1e3 * rate,
        "membrane_potential": neurons.resting_potential + y,
        "recovery": mean,
        "reset_recovery": table[:, 6],
        "spikes_per_period": table[:, 9],
    }
