"""Directions in which a cycle is critical: Floquet modes, and the kernel at a branch point.

Both come from the condensed linearisation, whose small matrix is singular there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ikmeanfield.continuation.bvp import linear
from ikmeanfield.continuation.bvp.newton import assembled
from ikmeanfield.continuation.bvp.profile import Profile
from ikmeanfield.continuation.problem import FloatArray

from .orbit import Orbit
from .system import CycleSystem


def _reduced(
    system: CycleSystem, orbit: Profile
) -> tuple[linear.Chain, list[linear.Eliminated], linear.Eliminated, FloatArray]:
    """Linearisation at an orbit without right-hand sides, reduced to the ends of the period."""
    equations, _ = assembled(system, orbit, system.scales, system.conditions(orbit))
    equations.extra[..., len(orbit.scalars) :] = 0.0
    chain, gone, corner = linear.condense(equations, system.n)
    whole, levels, corner = linear.reduced(chain, corner)
    return whole, levels, gone, corner


def floquet_mode(system: CycleSystem, orbit: Orbit, multiplier: complex) -> NDArray[np.complex128]:
    """Solution of the linearised equations that a period multiplies by about `multiplier`.

    At the nodes, shape (N m + 1, n), complex, in the variables' units.
    """
    whole, levels, gone, _ = _reduced(system, orbit)
    _, _, vh = np.linalg.svd(whole.left[0] + multiplier * whole.right[0])
    start = vh[-1].conj()
    pair = np.stack([start, multiplier * start])
    ends = np.stack([pair.real, pair.imag], axis=-1)
    q = np.zeros((2, 2))
    nodes = linear.with_interior(linear.expanded(ends, q, levels), q, gone)
    return np.asarray((nodes[..., 0] + 1j * nodes[..., 1]) * system.scales.components)


def _closed(whole: linear.Chain, corner: FloatArray) -> FloatArray:
    """Equations of the linearisation at the start of the period, with the phase condition.

    Shape (n + 1, n + 2): the last two columns belong to the period and the parameter.
    """
    n = whole.left.shape[-1]
    matrix = np.zeros((n + 1, n + 2))
    matrix[:n, :n] = whole.left[0] + whole.right[0]
    matrix[:n, n:] = whole.extra[0, :, :2]
    matrix[n, :n] = whole.border_left[0, 0] + whole.border_right[0, 0]
    matrix[n, n:] = corner[0, :2]
    return matrix


def second_direction(system: CycleSystem, orbit: Profile) -> float:
    """How far the linearised equations are from having solutions in a second direction.

    The smallest singular value as a share of the largest: zero where two branches cross.
    """
    whole, _, _, corner = _reduced(system, orbit)
    values = np.linalg.svd(_closed(whole, corner), compute_uv=False)
    return float(values[-1] / values[0])


def kernel(system: CycleSystem, orbit: Orbit) -> tuple[Orbit, Orbit]:
    """Two unit directions that solve the linearised equations best, the second orthogonal.

    At a branch point both solve them; the first changes the parameter most, the second does not.
    """
    whole, levels, gone, corner = _reduced(system, orbit)
    n = orbit.values.shape[1]
    _, _, vh = np.linalg.svd(_closed(whole, corner))
    basis = vh[-2:].T
    along = basis[-1] / np.linalg.norm(basis[-1])
    basis = basis @ np.array([along, [-along[1], along[0]]]).T
    q = basis[n:]
    ends = np.stack([basis[:n], basis[:n]])
    nodes = linear.with_interior(linear.expanded(ends, q, levels), q, gone)
    first, second = (
        system.scales.unit(system.scales.unscaled(orbit, nodes[..., i], q[:, i])) for i in range(2)
    )
    second.scalars[-1] = 0.0
    return first, second
