"""Equilibria, Hopf points and folds next to a cycle: where its branch begins or ends.

They are solved for as on curves of equilibria, in scaled coordinates; what is found has to lie
within reach of the cycle.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ikmeanfield.continuation import augmented
from ikmeanfield.continuation.newton import newton
from ikmeanfield.continuation.problem import FloatArray
from ikmeanfield.continuation.scaled import ScaledField
from ikmeanfield.continuation.spectrum import nearest_pair
from ikmeanfield.continuation.stencils import unit_vector

if TYPE_CHECKING:
    from ikmeanfield.continuation.newton import System
    from ikmeanfield.continuation.spectrum import ComplexArray

    from .family import CycleFamily

_TOLERANCE, _ITERATIONS = 1e-10, 25
#: How far a state may move, in scaled coordinates.
_REACH = 10.0
#: Growth of a Hopf point's pair and residual, as shares of its frequency, that are rounding.
_ROUNDING = 1e-8
#: An imaginary part below this share of the largest eigenvalue is rounding.
_REAL = 1e-12


@dataclass(frozen=True)
class Equilibrium:
    """An equilibrium and the eigenvalues of its Jacobian.

    Attributes
    ----------
    x
        State and free parameters.
    p
        All parameters.
    eigenvalues
        Most unstable first.
    residual
        Largest rate of a scaled variable.
    """

    x: FloatArray
    p: FloatArray
    eigenvalues: ComplexArray
    residual: float

    @property
    def state(self) -> FloatArray:
        """The variables, shape (n,)."""
        return self.x[: len(self.eigenvalues)]

    @property
    def parameter(self) -> float:
        """Value of the last free parameter."""
        return float(self.x[-1])


@dataclass(frozen=True)
class Hopf(Equilibrium):
    """A Hopf point: eigenvalues +-i `frequency` with complex eigenvector `mode`."""

    frequency: float
    mode: ComplexArray


def beside(family: CycleFamily) -> ScaledField:
    """Return the field of a branch of cycles in scaled coordinates."""
    scale = np.append(family.scales.components, family.scales.scalars[1])
    return ScaledField(family.field.based, family.field.free, scale)


def _at(field: ScaledField, x: FloatArray) -> Equilibrium:
    """Return what there is to know of a point."""
    z, p = x / field.scale, field.problem.vector()
    p[[field.problem.index(name) for name in field.free]] = x[field.n :]
    return Equilibrium(x, p, field.eigenvalues(z), float(np.abs(field.field(z)).max()))


def _solved(field: ScaledField, system: System, x: FloatArray) -> Equilibrium | None:
    """Newton's method from a point; None where it fails or leaves for elsewhere."""
    z = x / field.scale
    found = newton(system, z, _TOLERANCE, _ITERATIONS, differences=True)
    if not (found.converged and np.abs(found.z - z)[: field.n].max() < _REACH):
        return None
    with suppress(ArithmeticError, ValueError):
        return _at(field, found.z * field.scale)
    return None


def find_equilibrium(field: ScaledField, x: FloatArray) -> Equilibrium | None:
    """Return the equilibrium near a point, with its parameter held; None without one."""
    system: System = augmented.equilibrium(field)
    if field.free:
        held = unit_vector(len(x), field.n)
        system = augmented.hyperplane(system, held, x / field.scale)
    return _solved(field, system, x)


def find_fold(field: ScaledField, x: FloatArray) -> Equilibrium | None:
    """Return the fold near a point that need not be an equilibrium; None without one."""
    with suppress(ArithmeticError, ValueError):
        edge = augmented.border(field.jacobian(x / field.scale))
        return _solved(
            field, augmented.stack(augmented.equilibrium(field), augmented.fold(field, edge)), x
        )
    return None


def find_hopf(field: ScaledField, x: FloatArray, frequency: float) -> Hopf | None:
    """Return the Hopf point near an equilibrium whose frequency is about this; None without one."""
    found = _solved(
        field,
        augmented.stack(augmented.equilibrium(field), augmented.pair_sum(field, frequency**2)),
        x,
    )
    return None if found is None else _with_mode(field, found, frequency)


def as_hopf(field: ScaledField, x: FloatArray) -> Hopf | None:
    """Return a point as the Hopf point it already is, to rounding; None where it is not."""
    with suppress(ArithmeticError, ValueError):
        found = _at(field, x)
        mu = leading(found.eigenvalues)
        if mu is not None and max(abs(mu.real), found.residual) <= _ROUNDING * mu.imag:
            return _with_mode(field, found, mu.imag)
    return None


def _with_mode(field: ScaledField, found: Equilibrium, frequency: float) -> Hopf | None:
    """Return an equilibrium as a Hopf point; None where its pair turns out to be real."""
    frequency = nearest_pair(found.eigenvalues, frequency**2).frequency
    if not frequency > 0:
        return None
    values, vectors = np.linalg.eig(field.jacobian(found.x / field.scale))
    nearest: ComplexArray = vectors[:, np.argmin(np.abs(values - 1j * frequency))]
    mode = _with_real_component(nearest * field.scale[: field.n])
    return Hopf(**vars(found), frequency=frequency, mode=mode)


def _with_real_component(mode: ComplexArray) -> ComplexArray:
    """Return an eigenvector with its first component made real; the solver's choice is no matter.

    Otherwise the phase of the cycles would depend on the units of the variables.
    """
    first = mode[np.argmax(np.abs(mode) > 1e-12 * np.abs(mode).max())]
    return np.asarray(mode * abs(first) / first)


def leading(eigenvalues: ComplexArray) -> complex | None:
    """Return the oscillatory eigenvalue nearest to the imaginary axis; None where all are real."""
    values = eigenvalues[eigenvalues.imag > _REAL * np.abs(eigenvalues).max()]
    if len(values) == 0:
        return None
    return complex(values[np.argmin(np.abs(values.real) / np.abs(values))])
