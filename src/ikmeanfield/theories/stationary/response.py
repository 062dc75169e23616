"""How the rate and mean potential of uncoupled neurons follow a modulated drive."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.theories.stationary import cycle
from ikmeanfield.theories.stationary.population import Neurons, StationaryError
from ikmeanfield.theories.stationary.quadrature import refinement
from ikmeanfield.theories.stationary.spread import Line
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
        The population; its neurons differ in one parameter.
    Q, G
        Its drive in the state, as in `averages`.
    """

    def __init__(self, neurons: Neurons, Q: float, G: float):
        if len(neurons.spreads) != 1:
            msg = (
                "the linear response is defined for neurons that differ in one parameter, or by "
                f"one quantile; here are {len(neurons.spreads)} independent ones"
            )
            raise StationaryError(msg)
        (spread,) = neurons.spreads
        self.neurons, self.Q, self.turn = neurons, Q, spread.turn
        B = float(neurons.slope(np.array(neurons.threshold), G))
        line = Line(neurons, spread, B, Q)
        x, _ = line.mesh(neurons.nodes, neurons.fast)  # faster ones follow too little to matter
        self.x, self.weight = line.mesh(_FINE, neurons.fast)
        self.drive = line.at(x)
        self.u = np.zeros(x.size)
        self.mean = np.zeros(x.size)
        if not neurons.shared and x.size:
            table, fate = direct(*self.drive, neurons.cycle_arguments)
            if (fate != cycle.SPIKES).any() or (table[:, 9] > 1).any():
                msg = "the linear response is defined for neurons that spike once per period"
                raise StationaryError(msg)
            self.u = table[:, 6].copy()
            self.mean = table[:, 1].copy()
        elif x.size:
            self.mean = neurons.respond(*self.drive)[0].potential
        self.resting = [(line.at(x), x, w, upper) for x, w, upper in line.resting()]

    def __call__(self, growth: complex) -> ComplexArray:
        """Rate and mean potential by Q, by G, and by s as it moves neurons apart; shape (6,).

        The last two are added to what the mean conductance does, see `Averages.by_spread`.
        """
        n = self.neurons
        b, tau = (0.0, _FROZEN) if n.shared else (n.recovery_coupling, n.recovery_time)
        B, Q = self.drive
        table = cycle.modulated(
            B, self.u, Q, n.capacitance, n.leakage, b, tau, *n.ends, complex(growth)
        )
        total = self._firing(table, growth) if B.size else np.zeros((2, 4), dtype=complex)
        for (B, Q), x, weight, upper in self.resting:
            found = self._at_rest(B, Q, upper, growth)
            total += np.array([found @ weight, found @ (weight * x)])
        by_B, by_Q = self.turn
        return np.append(total[0], by_Q * total[1, :2] + by_B * total[1, 2:])

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
        weights = np.stack([self.weight, self.weight * self.x])
        return np.asarray(weights @ np.column_stack(columns))

    def _at_rest(self, B: FloatArray, Q: FloatArray, upper: bool, growth: complex) -> ComplexArray:
        """Neurons at rest, shape (4, n): their potentials follow, they do not spike."""
        n = self.neurons
        y = n.rest(B, Q, upper).potential
        own = 0.0 if n.shared else n.recovery_coupling / (1.0 + growth * n.recovery_time)
        follows = 1.0 / (n.capacitance * growth - (2.0 * n.leakage * y - B) + own)
        return np.array([0.0 * follows, follows, 0.0 * follows, -y * follows])
