"""For which circuits the mean field and its reset correction (Eq. 34) are defined.

Light to import, so that a configuration is checked without loading a kernel.
"""

from __future__ import annotations

import warnings

from ikmeanfield.circuit import Circuit, Population
from ikmeanfield.heterogeneity import LAWS, laws
from ikmeanfield.theories.protocol import DomainError


class ResetDomainError(DomainError):
    """The reset correction is not defined: α/(2k) does not lie between v_0 and v_p."""


class ResetAccuracyWarning(UserWarning):
    """The reset correction is less accurate: v_0 is not below the resting potential."""


def warn_of_high_reset(population: Population, name: str, stacklevel: int = 3) -> None:
    """Warn where v_0 ≥ v_r: then the reset acts below the onset of spiking too (Sec. IV.B)."""
    if population.reset_potential >= population.resting_potential:
        msg = (
            f"{name}: reset_potential = {population.reset_potential:g} mV is not below "
            f"resting_potential = {population.resting_potential:g} mV; the reset correction is "
            "less accurate there"
        )
        warnings.warn(msg, ResetAccuracyWarning, stacklevel=stacklevel)


def outside_domain(population: Population, name: str, vertex: float) -> str:
    """The message for an α/(2k) outside (v_0, v_p)."""
    return (
        f"{name}: the reset correction needs reset_potential < alpha/(2k) < peak_potential; got "
        f"alpha/(2k) = {vertex:g} mV, reset_potential = {population.reset_potential:g} mV, "
        f"peak_potential = {population.peak_potential:g} mV"
    )


def check_laws(circuit: Circuit) -> None:
    """Refuse a law of heterogeneity over which the mean field cannot average.

    The averages of Eqs. 22-23 are values at the pole center + i width of the law's density.

    Raises
    ------
    DomainError
        Naming the population, its law, and laws that the mean field takes.
    """
    for name, population in circuit.populations.items():
        for parameter, law in laws(population).items():
            if law.pole != complex(law.center, law.width):
                taken = [n for n, cls in LAWS.items() if cls(0.0, 1.0, 1.0).pole == 1j]
                msg = (
                    f"{name}: law = {population.law!r} of the {parameter}: a mean field averages "
                    f"over a pole at {parameter} + i width, which this law does not have; laws "
                    f"that have it: {', '.join(taken)}; `fit_laws: true` takes the closest of them"
                )
                raise DomainError(msg)


def check_noise(circuit: Circuit) -> None:
    """Refuse noise of single neurons over which the mean field cannot average.

    Cauchy noise of strength Γ has the mean field of currents of half-width Γ. It adds to
    `current_width`, so no parameter of the circuit's own may set either.

    Raises
    ------
    DomainError
        Naming the parameter, its value, and what the mean field takes.
    """
    for name, population in circuit.populations.items():
        if population.gaussian_noise > 0:
            msg = (
                f"{name}.gaussian_noise = {population.gaussian_noise:g} pA ms^0.5: a mean field "
                "cannot average over Gaussian noise of single neurons; set it to 0, or take "
                "cauchy_noise"
            )
            raise DomainError(msg)
        for derived, parameter in circuit.parameters.items():
            for field in ("cauchy_noise", "current_width"):
                path = f"{name}.{field}"
                if population.cauchy_noise > 0 and path in parameter.sets:
                    msg = (
                        f"{path} is set by the parameter {derived}: a mean field takes "
                        f"{name}.cauchy_noise and current_width as one; give both as numbers"
                    )
                    raise DomainError(msg)


def check_domain_at_rest(circuit: Circuit) -> None:
    """Refuse a circuit whose reset correction is not defined at rest.

    Without synaptic input α/(2k) is (v_r + v̄_θ)/2. Where v_0 is not below it, a neuron that fires
    never returns below its threshold, and Eq. 34 diverges as μ → 0 from above.

    Raises
    ------
    ResetDomainError
        Naming the population, its v_0, v_p and α/(2k).
    """
    for name, population in circuit.populations.items():
        vertex = 0.5 * (population.resting_potential + population.threshold)
        if not population.reset_potential < vertex < population.peak_potential:
            raise ResetDomainError(f"{outside_domain(population, name, vertex)}, at rest")
