"""What acts on each neuron of a population whose conductances differ, for the scheme `exact`.

A synapse adds x g s/(2k) to H and x² g s (E − v_r)/k to P; where g differs between neurons, these
are sums of what its centre makes, the same for all and kept in `Cell`, and of what each neuron has
beyond it.
"""
# mypy: disable-error-code="no-untyped-def"

from __future__ import annotations

from numba import njit

from ikmeanfield.spiking.compiled import OPTIONS, VECTOR
from ikmeanfield.spiking.passes import Cell


@njit(**OPTIONS)
def act(p, lo, hi, v, half, held, missed, cell, more, synapses):
    """Collect the neurons' own parts of H and P in `more.field` and `more.force`, and push them.

    Parameters
    ----------
    p, lo, hi
        The population, its first neuron and the one past its last.
    v, half
        Scaled potentials, pushed in place, and the thresholds' part of H, of all neurons.
    held, missed
        Per synapse: the activation during the step, and what the last step's forecast missed.
    cell, more, synapses
        What acts on all neurons of the population, what differs between them, and the synapses.

    Returns
    -------
    float
        The largest absolute value of the neurons' own part of H.
    """
    y, D, F = v[lo:hi], more.field[lo:hi], more.force[lo:hi]
    for i in range(y.size):
        D[i] = half[lo + i]
        F[i] = more.current[lo + i]
        y[i] = cell.keep * y[i] + cell.push
    for j in range(held.size):
        if synapses.target[j] == p:
            _add(more.conductance[j, lo:hi], held[j], missed[j], more.lever[j], y, D, F)
    reach = 0.0
    for i in range(D.size):
        reach = max(reach, abs(D[i]))
    return reach


@njit(**VECTOR)
def _add(conductance, held, missed, lever, y, D, F):
    """Add what one synapse makes to H and P and, by what was missed, to the potentials."""
    for i in range(y.size):
        y[i] += missed * conductance[i] * (lever - 2.0 * y[i])
        D[i] += held * conductance[i]
        F[i] += held * conductance[i] * lever


@njit(**OPTIONS)
def pushed(c):
    """The same cell for neurons that have been pushed already."""
    return Cell(
        c.own, c.peak, c.reset, c.jump, c.rate, c.decay, c.mean, c.predict, c.coupling, c.area,
        c.moment, c.field, c.force, 1.0, 0.0,
    )  # fmt: skip
