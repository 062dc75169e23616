"""How neurons of a population differ: lines in the plane of B and Q.

A neuron's firing depends on B = k (v_θ − v_r) + Σ g s and on Q = I + η + Σ g s (E − v_r) alone
(`cycle`). A parameter that differs between neurons moves them along a line in this plane: a
threshold along B, a current along Q, a current that follows the threshold along both, and a
conductance in the direction (1, E − v_r), by s. What cannot rest lies inside a parabola, so the
neurons that fire are one interval of the line.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf, isinf, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.theories.stationary.quadrature import Axis

if TYPE_CHECKING:
    from ikmeanfield.theories.stationary.population import Neurons

FloatArray = NDArray[np.float64]

_GRADED = 8  # power of the mesh at an end of firing that is no square root
_OUTSIDE = 1e-4  # relative step beyond an onset where coexistence is looked for
_LONGEST = 64.0  # panel at an onset, in the length over which rates change their course


@dataclass(frozen=True)
class Spread:
    """One parameter that differs between neurons, by its distance x from its centre.

    Attributes
    ----------
    what, center, unit
        What messages call the parameter, its centre, and its unit.
    width, half_range, gaussian
        Its law, see `Axis`.
    slope, drive
        B and Q per x, in nS and pA per unit; `slope` is not negative.
    synapse
        Which of the population's synapses has different conductances; None for other parameters.
    turn
        Derivatives of `slope` and `drive` with respect to that synapse's activation.
    """

    what: str
    center: float
    unit: str
    width: float
    half_range: float
    gaussian: bool
    slope: float
    drive: float
    synapse: int | None = None
    turn: tuple[float, float] = (0.0, 0.0)

    @cached_property
    def axes(self) -> dict[int, Axis]:
        """The axes in use, by their number of nodes per panel."""
        return {}

    def axis(self, nodes: int) -> Axis:
        """The distribution of x."""
        if nodes not in self.axes:
            self.axes[nodes] = Axis(self.width, self.half_range, nodes, self.gaussian)
        return self.axes[nodes]

    @property
    def unlimited(self) -> bool:
        """Whether the law is a whole Lorentzian, of which not even a mean value exists."""
        return isinf(self.half_range) and not self.gaussian

    def onsets(self, B: float, Q: float, k: float, excess: float) -> tuple[float, float]:
        """The interval of x in which (B + slope x)² < excess² + 4k (Q + drive x).

        Where it is empty, both ends are the place on the line that is nearest to firing.
        """
        if self.slope == 0.0:
            return ((B**2 - excess**2) / (4.0 * k) - Q) / self.drive, inf
        tilt = 2.0 * k * self.drive / self.slope
        square = excess**2 + 4.0 * k * Q - 2.0 * tilt * B + tilt**2
        root = sqrt(max(square, 0.0))
        return (tilt - root - B) / self.slope, (tilt + root - B) / self.slope

    def middle(self, B: float, k: float) -> float:
        """The middle of that interval; only where `slope` is positive."""
        return (2.0 * k * self.drive / self.slope - B) / self.slope

    def around(self, low: float, high: float) -> str:
        """Two distances as values of the parameter, in words."""
        return (
            f"{self.what} between {self.center + low:.4g} and {self.center + high:.4g} {self.unit}"
        )


@dataclass(frozen=True)
class Line:
    """The neurons of a population that differ in one parameter, at constant drive.

    Attributes
    ----------
    neurons
        Their parameters.
    spread
        What differs.
    B, Q
        B in nS and Q in pA of the neuron at the centre.
    """

    neurons: Neurons
    spread: Spread
    B: float
    Q: float

    def at(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """B and Q of neurons at distances x from the centre."""
        return self.B + self.spread.slope * x, self.Q + self.spread.drive * x

    @property
    def limits(self) -> tuple[float, float]:
        """Least and greatest x."""
        return self.spread.axis(self.neurons.nodes).limits

    @cached_property
    def firing(self) -> tuple[tuple[float, float], tuple[int, int]]:
        """The x between which neurons fire, and the powers that grade the mesh there."""
        edges, power = list(self.without_rest), [2, 2]
        if self.neurons.history == "above":
            for side, limit in enumerate(self.limits):
                if edges[side] != limit and self.coexists(edges[side], outward=2 * side - 1):
                    edges[side] = self._end_of_firing(edges[side], limit)
                    power[side] = _GRADED
        return (edges[0], edges[1]), (power[0], power[1])

    def mesh(self, nodes: int, reach: float = inf) -> tuple[FloatArray, FloatArray]:
        """Places x of neurons that fire, and their weights, with a number of nodes per panel.

        Where currents alone differ, those of more than `reach` pA beyond the onset are left out.
        """
        (start, stop), power = self.firing
        near = [inf if x in self.limits else self._scale(x) for x in (start, stop)]
        if self.spread.slope == 0.0:
            stop = min(stop, start + reach / self.spread.drive)
        return self.spread.axis(nodes).nodes_between(start, stop, power, (near[0], near[1]))

    def _scale(self, edge: float) -> float:
        """How long a panel that ends at an onset may be.

        Rates of neurons with their own u change over Q = C²/(4kτ_u²) beyond the onset from
        a root's course to a linear one.
        """
        n = self.neurons
        B, _ = self.at(np.array(edge))
        gradient = self.spread.drive - self.spread.slope * float(B + n.coupling) / (2 * n.leakage)
        if n.constant or gradient == 0.0:
            return inf
        return _LONGEST * (n.capacitance / n.recovery_time) ** 2 / (4 * n.leakage * abs(gradient))

    def resting(self) -> list[tuple[FloatArray, FloatArray, bool]]:
        """x, weights, and branch (see `at_rest`) of the neurons on either side of firing ones."""
        (start, stop), power = self.firing
        low, high = self.limits
        beyond = -1
        if self.spread.unlimited and self.spread.slope > 0.0:
            beyond = int(
                self.spread.middle(self.B + self.neurons.coupling, self.neurons.leakage) > 0
            )
        found = []
        for side, (a, b, grade) in enumerate(
            ((low, start, (1, power[0])), (stop, high, (power[1], 1)))
        ):
            x, weight = self.spread.axis(self.neurons.nodes).nodes_between(a, b, grade)
            if x.size:
                found.append((x, weight, side == beyond))
        return found

    @cached_property
    def without_rest(self) -> tuple[float, float]:
        """The x between which neurons cannot rest, within the limits."""
        n = self.neurons
        low, high = self.limits
        found = self.spread.onsets(self.B + n.coupling, self.Q, n.leakage, n.excess)
        start, stop = (min(max(x, low), high) for x in found)
        return start, stop

    def coexists(self, edge: float, outward: float) -> bool:
        """Whether firing and rest coexist just outside an onset."""
        spread = self.spread
        size = self.B / spread.slope if spread.slope > 0.0 else self.Q / spread.drive
        return self._goes_on(edge + outward * _OUTSIDE * (1.0 + abs(edge) + abs(size)))

    def _goes_on(self, x: float) -> bool:
        B, Q = self.at(np.array(x))
        return self.neurons.fires_from_above(float(B), float(Q))

    def _end_of_firing(self, inside: float, limit: float) -> float:
        """The x nearest the limit at which a neuron that has been firing goes on."""
        if self._goes_on(limit):
            return limit
        outside = limit
        while (middle := 0.5 * (inside + outside)) not in (inside, outside):
            if self._goes_on(middle):
                inside = middle
            else:
                outside = middle
        return inside
