"""How a network is stepped: schemes, default steps, and the checks that need no kernel."""

from __future__ import annotations

from math import isfinite
from typing import Literal

from ikmeanfield.circuit import Circuit

Scheme = Literal["exact", "euler"]

DEFAULT_STEP: dict[str, float] = {"exact": 0.2, "euler": 0.001}
"""Step in ms of each scheme."""

RECORDABLE = ("firing_rate", "membrane_potential", "recovery", "synaptic_activation")


def whole_ratio(long: float, short: float, long_name: str, short_name: str) -> int:
    """How often `short` fits into `long`, both in ms.

    Raises
    ------
    ValueError
        If that is not a whole number of at least one; 1e-9 is allowed for rounding.
    """
    ratio = long / short if short > 0 else float("nan")
    if not isfinite(ratio) or round(ratio) < 1 or abs(ratio - round(ratio)) > min(1e-9 * ratio, 1e-3):
        msg = (
            f"{long_name} = {long:g} ms must be a whole multiple of {short_name} = {short:g} ms "
            f"(it is {ratio:g} times as long)"
        )
        raise ValueError(msg)
    return round(ratio)


def check_settings(circuit: Circuit, step: float) -> None:
    """Refuse a step that is not positive or longer than the circuit's shortest time constant.

    Raises
    ------
    ValueError
        Naming the step and the time constant.
    """
    if not (isfinite(step) and step > 0):
        msg = f"step = {step} ms must be positive"
        raise ValueError(msg)
    for name, population in circuit.populations.items():
        constants = {"recovery_time": population.recovery_time} | {
            f"{key}.synaptic_time": synapse.synaptic_time
            for key, synapse in population.synapses.items()
        }
        for key, value in constants.items():
            if step > value:
                msg = f"step = {step:g} ms must not exceed {name}.{key} = {value:g} ms"
                raise ValueError(msg)
