"""f–I curves: rates of single neurons by their input current."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from ikmeanfield.circuit import Circuit, checked_circuit
from ikmeanfield.heterogeneity import laws
from ikmeanfield.plot.labels import SYMBOLS
from ikmeanfield.plot.paper_style import DASHES, INK, axes_to_draw_in, style
from ikmeanfield.theories.mean_field import firing_rate

QUARTILES = {"lower quartile of thresholds": 0.25, "upper quartile of thresholds": 0.75}
_POINTS = 401


def rate_curve(
    circuit: Circuit,
    currents: Sequence[float] | NDArray[np.float64] = (0.0, 200.0),
    *,
    population: str | None = None,
    ax: Axes | None = None,
    legend: bool = True,
) -> Axes:
    """Draw the rate of single neurons against their input current (f–I curve, Eqs. 30-32).

    Neurons have constant recovery u = 0 and receive no synaptic input. Shown are the neuron with
    the mean threshold, the neurons at the quartiles of the thresholds if these are spread, and
    the neuron with the mean threshold whose peak and reset lie at infinity.

    Parameters
    ----------
    circuit
        Gives the parameters of the neurons.
    currents
        The lowest and the highest current in pA, or all currents.
    population
        Whose neurons; may be left out if the circuit has one population.
    ax
        Where to draw; by default a new figure.
    legend
        Whether to name the curves.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ValueError
        If the population is not in the circuit or not named, or the currents are no range.
    TypeError
        If `circuit` is not a Circuit.
    """
    name = _population(circuit, population)
    neuron = circuit.populations[name]
    current = np.asarray(currents, dtype=float)
    if current.ndim != 1 or current.size < 2 or not (np.diff(current) > 0).all():
        msg = f"currents = {currents!r} must be two or more ascending numbers, in pA"
        raise ValueError(msg)
    if current.size == 2:
        current = np.linspace(current[0], current[1], _POINTS)
    law = laws(neuron)["threshold"]
    curves = {"mean threshold": firing_rate(neuron, current, name=name)}
    for label, probability in QUARTILES.items() if law.width > 0 else ():
        threshold = float(law.quantile(probability))
        curves[label] = firing_rate(neuron, current, threshold=threshold, name=name)
    infinite = "mean threshold, infinite reset"
    curves[infinite] = firing_rate(neuron, current, infinite_reset=True, name=name)
    looks: list[dict[str, Any]] = [
        {"color": INK[0]},
        {"color": INK[1], "linestyle": DASHES[2], "linewidth": 0.9},
        {"color": INK[1], "linestyle": DASHES[3], "linewidth": 0.9},
    ]
    with style():
        ax = axes_to_draw_in(ax)
        for (label, rate), look in zip(list(curves.items())[:-1], looks, strict=False):
            ax.plot(current, rate, label=label, **look)
        ax.plot(current, curves[infinite], label=infinite, color=INK[2], linestyle=DASHES[1])
        ax.set_xlabel(f"input current {SYMBOLS['input_current']} (pA)")
        ax.set_ylabel(f"{name} firing rate {SYMBOLS['firing_rate']} (Hz)")
        ax.set_xlim(current[0], current[-1])
        ax.set_ylim(bottom=0)
        if legend:
            ax.legend()
    return ax


def _population(circuit: Circuit, population: str | None) -> str:
    names = list(checked_circuit(circuit).populations)
    if population is None and len(names) > 1:
        msg = f"name the population whose neurons are shown; the circuit has {', '.join(names)}"
        raise ValueError(msg)
    if population is not None and population not in names:
        msg = f"population = {population!r}; the circuit has {', '.join(names)}"
        raise ValueError(msg)
    return names[0] if population is None else population
