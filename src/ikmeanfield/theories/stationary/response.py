"""How the rate and mean potential of uncoupled neurons follow a modulated drive."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.theories.stationary import cycle
from ikmeanfield.theories.stationary.population import (
    Neurons,
    StationaryError,
    firing_range,
    resting_ranges,
)
from ikmeanfield.theories.stationary.quadrature import refinement
from ikmeanfield.theories.stationary.table import direct

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

_FROZEN = 1e30  # ms; a recovery time at which u stands still
#: Nodes per panel on which resonances are resolved. They are as wide as the growth rate; in a panel
#: over 20 Hz these nodes lie 3e-5 per ms apart.
_FINE = 6400


class PopulationResponse:
    """How the rate and the mean potential of a population follow a modulated drive.

    Parameters
    ----------
    neurons
        The population.
    Q, G
        Its drive in the state, as in `averages`.
    """

    def __init__(self, neurons: Neurons, Q: float, G: float):
        self.neurons, self.Q = neurons, Q
        span, power = firing_range(neurons, Q, G)
        v, _ = neurons.axis.nodes_between(*span, power)
        fine = replace(neurons, nodes=_FINE)
        self.weight = fine.axis.nodes_between(*span, power)[1]
        self.B = np.ascontiguousarray(neurons.slope(v, G))
        self.u = np.zeros(v.size)
        self.mean = np.zeros(v.size)
        if not neurons.shared and v.size:
            table, fate = direct(self.B, np.full(v.size, Q), neurons.cycle_arguments)
            if (fate != cycle.SPIKES).any() or (table[:, 9] > 1).any():
                msg = "the linear response is defined for neurons that spike once per period"
                raise StationaryError(msg)
            self.u = table[:, 6].copy()
            self.mean = table[:, 1].copy()
        elif v.size:
            self.mean = neurons.respond(self.B, Q)[0].potential
        self.resting = resting_ranges(neurons, span, power, G)

    def __call__(self, growth: complex) -> ComplexArray:
        """Rate and mean potential by Q, rate and mean potential by G; shape (4,)."""
        n = self.neurons
        b, tau = (0.0, _FROZEN) if n.shared else (n.recovery_coupling, n.recovery_time)
        y0, yp = n.ends
        table = cycle.modulated(
            self.B, self.u, n.capacitance, n.leakage, self.Q, b, tau, y0, yp, complex(growth)
        )
        total = self._firing(table, growth) if self.B.size else np.zeros(4, dtype=complex)
        for B, weight, upper in self.resting:
            total += self._at_rest(B, weight, upper, growth)
        return np.asarray(total)

    def _firing(self, table: ComplexArray, growth: complex) -> ComplexArray:
        """Sum over neurons that fire, on a mesh fine enough for their resonances.

        1/(1 − exp(−λT)) has poles beside the axis of thresholds; everything else is smooth and
        is interpolated.
        """
        period, area = table[:, 0].real, table[:, 1]
        mean = self.mean  # potentials are counted from it, so that slow neurons' areas stay small
        turn = 1.0 - np.exp(-growth * period)
        smooth = [1.0 / period, (area - mean * turn / growth) / period]
        for j in (2, 4):
            smooth += [table[:, j], (table[:, j + 1] - mean * table[:, j]) / period]
        n = self.neurons.nodes
        panels = np.column_stack(smooth).reshape(-1, n, len(smooth)).view(np.float64)
        dense = (refinement(n, _FINE) @ panels).view(np.complex128).reshape(-1, len(smooth))
        rate = dense[:, 0].real
        turn = 1.0 - np.exp(-growth / rate)
        columns = []
        for j in (2, 4):
            lag = -growth * dense[:, j] / turn
            columns += [rate * lag, dense[:, j + 1] + lag * dense[:, 1]]
        return np.asarray(self.weight @ np.column_stack(columns))

    def _at_rest(
        self, B: FloatArray, weight: FloatArray, upper: bool, growth: complex
    ) -> ComplexArray:
        """What neurons at rest contribute: their potentials follow, they do not spike."""
        n = self.neurons
        y = n.rest(B, self.Q, upper).potential
        own = 0.0 if n.shared else n.recovery_coupling / (1.0 + growth * n.recovery_time)
        follows = 1.0 / (n.capacitance * growth - (2.0 * n.leakage * y - B) + own)
        return np.array([0.0, weight @ follows, 0.0, -(weight * y) @ follows])
