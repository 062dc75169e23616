"""Transfer functions of populations, and how heterogeneity narrows their bistability."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ikmeanfield.circuit import Circuit
from ikmeanfield.theories.stationary.attribution import FOLDS, folds
from ikmeanfield.theories.stationary.model import Stationary
from ikmeanfield.theories.stationary.population import Neurons, averages

if TYPE_CHECKING:
    import xarray as xr

FloatArray = NDArray[np.float64]


def transfer_function(
    theory: Stationary, population: str, currents: ArrayLike, activations: FloatArray | None = None
) -> xr.Dataset:
    """The rate of an uncoupled population against its input current at fixed activations.

    Parameters
    ----------
    theory
        The theory of a circuit.
    population
        Name of the population.
    currents
        Input currents in pA, shape (n,).
    activations
        s of its synapses in their order; 0 by default.

    Returns
    -------
    xarray.Dataset
        ``firing_rate`` in Hz and ``gain``, its derivative, in Hz/pA, over ``current``. Where the
        neurons share one recovery variable, it has come to rest at each current.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second to import

    I = np.atleast_1d(np.asarray(currents, dtype=float))  # noqa: E741 - the field's symbol
    synapses = theory.circuit.populations[population].synapses.values()
    s = np.zeros(len(synapses)) if activations is None else np.asarray(activations, dtype=float)
    if s.shape != (len(synapses),):
        msg = f"activations has shape {s.shape}; {population} has {len(synapses)} synapses"
        raise ValueError(msg)
    state = np.zeros(len(theory.variables))
    for label, value in zip(theory.circuit.populations[population].synapses, s, strict=True):
        state[theory.variables.index(f"{population}.{label}.synaptic_activation")] = value
    neurons = theory.neurons(population, y=state)
    v_r = neurons.resting_potential
    pairs = list(zip(synapses, s, strict=True))
    G = sum(synapse.conductance * value for synapse, value in pairs)
    push = sum(
        synapse.conductance * value * (synapse.reversal_potential - v_r) for synapse, value in pairs
    )
    rows, u = [], 0.0
    for current in I:
        Q = float(current + push)
        u = _shared_recovery(neurons, population, Q, float(G), u) if neurons.shared else 0.0
        mean = averages(neurons, Q - u, float(G))
        closed = 1.0
        if neurons.shared:
            feedback = neurons.recovery_coupling * mean.potential_by_drive
            feedback += neurons.recovery_time * neurons.adaptation * mean.rate_by_drive
            closed = 1.0 / (1.0 + feedback)
        rows.append((1e3 * mean.rate, 1e3 * mean.rate_by_drive * closed))
    rate, gain = np.array(rows).T
    return xr.Dataset(
        {
            "firing_rate": ("current", rate, {"units": "Hz", "long_name": "rate"}),
            "gain": ("current", gain, {"units": "Hz/pA", "long_name": "slope of the rate"}),
        },
        {"current": ("current", I, {"units": "pA", "long_name": "input current"})},
        {"model": "stationary theory", "population": population},
    )


def _shared_recovery(neurons: Neurons, population: str, Q: float, G: float, guess: float) -> float:
    """The recovery variable that agrees with the averages it leads to; by Newton's method."""
    b, pull = neurons.recovery_coupling, neurons.recovery_time * neurons.adaptation
    u = guess
    for _ in range(50):
        mean = averages(neurons, Q - u, G)
        excess = b * mean.potential + pull * mean.rate - u
        slope = -1.0 - b * mean.potential_by_drive - pull * mean.rate_by_drive
        change = -excess / slope
        u += float(np.clip(change, -20.0, 20.0))
        if abs(change) < 1e-10 * (1.0 + abs(u)):
            return u
    msg = f"{population}: no shared recovery variable found at Q = {Q:g} pA, G = {G:g} nS"
    raise ArithmeticError(msg)


def bistable_width(
    circuit: Circuit, widths: Sequence[float], path: str, parameter: str,
    bounds: tuple[float, float],
) -> xr.Dataset:  # fmt: skip
    """The interval of a current in which a circuit is bistable, against its heterogeneity.

    Parameters
    ----------
    circuit
        The circuit.
    widths
        Half-widths Δ_v in mV.
    path
        Which width varies, such as ``rs.threshold_width``.
    parameter, bounds
        The current and its range, as in `attribution.folds`.

    Returns
    -------
    xarray.Dataset
        Over `path`: ``fold`` (upper and lower, NaN where there is none) and ``bistable``, the
        length of the interval between them in pA, 0 where there are no folds.
    """
    import xarray as xr  # noqa: PLC0415 - takes a second to import

    found = np.array(
        [folds(Stationary(circuit.replace({path: width})), parameter, bounds) for width in widths]
    )
    length = np.nan_to_num(found[:, 0] - found[:, 1], nan=0.0)
    return xr.Dataset(
        {
            "fold": (
                (path, "fold_kind"), found,
                {"units": "pA", "long_name": f"{parameter} at a fold"},
            ),
            "bistable": (
                path, length, {"units": "pA", "long_name": "width of the bistable interval"}
            ),
        },
        {
            path: (path, np.asarray(widths, dtype=float), {"units": "mV"}),
            "fold_kind": ("fold_kind", list(FOLDS)),
        },
        {"model": "stationary theory", "free_parameter": parameter},
    )  # fmt: skip
