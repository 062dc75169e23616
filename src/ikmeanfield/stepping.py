"""Time steps and sampling: schemes, default steps, recordable series, and checks of them.

This module is quick to import, so that checking a configuration does not load any kernel.
"""

from __future__ import annotations

from math import ceil, isfinite
from numbers import Real
from typing import Literal, get_args

from ikmeanfield.circuit import Circuit

Scheme = Literal["exact", "euler"]

Precision = Literal["double", "single"]
"""Of the potentials and recovery variables of single neurons; all that is summed over neurons is
double."""

LONGEST_STEP: dict[str, float] = {"exact": 0.4, "euler": 0.001}
"""Longest recommended step of each scheme in ms: its error is at most that of the paper's steps.

``benchmarks/accuracy.py`` measures it.
"""

Series = Literal["firing_rate", "membrane_potential", "recovery", "synaptic_activation"]

RECORDABLE: tuple[Series, ...] = get_args(Series)
"""The series that a network can record."""


def kernels(scheme: str, precision: str) -> str:
    """Name of the kernels of a scheme in a precision."""
    return f"{scheme}_single" if precision == "single" else scheme


def default_step(scheme: str, sample: float) -> float:
    """The longest recommended step of a scheme that divides the sampling interval, in ms."""
    longest = LONGEST_STEP[scheme]
    if not (isfinite(sample) and sample > 0):
        return longest
    return sample / ceil(sample / longest * (1 - 1e-9))


def whole_ratio(long: float, short: float, long_name: str, short_name: str) -> int:
    """How often `short` fits into `long`, both in ms.

    Raises
    ------
    TypeError
        If one of them is not a number.
    ValueError
        If one of them is not positive, or their ratio is not a whole number to within 1e-9.
    """
    for name, value in ((long_name, long), (short_name, short)):
        if not isinstance(value, Real):
            msg = f"{name} = {value!r}: expected a time in ms"
            raise TypeError(msg)
        if not (isfinite(value) and value > 0):
            msg = f"{name} = {value:g} ms must be positive and finite"
            raise ValueError(msg)
    ratio = long / short
    if round(ratio) < 1 or abs(ratio - round(ratio)) > min(1e-9 * ratio, 1e-3):
        msg = (
            f"{long_name} = {long:g} ms must be a whole multiple of {short_name} = {short:g} ms "
            f"(it is {ratio:g} times as long)"
        )
        raise ValueError(msg)
    return round(ratio)


def check_step(circuit: Circuit, step: float) -> None:
    """Refuse a step that is not positive or longer than the circuit's shortest time constant.

    Raises
    ------
    ValueError
        Naming the step and the time constant.
    """
    if not (isfinite(step) and step > 0):
        msg = f"step = {step} ms must be positive"
        raise ValueError(msg)
    constants = {
        f"{name}.recovery_time": population.recovery_time
        for name, population in circuit.populations.items()
    } | {
        f"{name}.{key}.synaptic_time": synapse.synaptic_time
        for name, population in circuit.populations.items()
        for key, synapse in population.synapses.items()
    }
    shortest = min(constants, key=lambda path: constants[path])
    if step > constants[shortest]:
        msg = (
            f"step = {step:g} ms is longer than the shortest time constant, "
            f"{shortest} = {constants[shortest]:g} ms"
        )
        raise ValueError(msg)


def check_scheme(circuit: Circuit, scheme: str, precision: str = "double") -> None:
    """Refuse a scheme or a precision that has no kernel for a circuit.

    Raises
    ------
    ValueError
        Naming the scheme and what to take instead.
    """
    if circuit.sparse and scheme != "exact":
        msg = f"scheme = {scheme!r}: circuits with sparse synapses need the scheme 'exact'"
        raise ValueError(msg)
    if precision == "single" and (circuit.sparse or scheme != "exact"):
        msg = "precision = 'single' needs the scheme 'exact' and synapses from all to all"
        raise ValueError(msg)
