"""Words, symbols and units of what the axes show."""

from __future__ import annotations

SYMBOLS = {
    "firing_rate": "$r$",
    "membrane_potential": "$v$",
    "recovery": "$u$",
    "synaptic_activation": "$s$",
    "input_current": "$I$",
    "adaptation": r"$\kappa$",
    "threshold_width": r"$\Delta_v$",
    "truncation": r"$\varphi$",
    "current_width": r"$\Delta_\eta$",
    "cauchy_noise": r"$\Gamma$",
    "gaussian_noise": r"$\sigma$",
    "current_slope": "$c$",
    "conductance_width": r"$\Delta_g$",
    "threshold": r"$\bar v_\theta$",
    "peak_potential": "$v_p$",
    "reset_potential": "$v_0$",
    "conductance": "$g$",
}
"""Symbols of the paper for the last part of a name."""

PER_SECOND = 1000.0
"""Rates are per millisecond in mean fields and per second (Hz) in pictures."""


def words(name: str) -> str:
    """A dotted name in words: ``"rs.input_current"`` becomes ``"rs input current"``."""
    return name.replace("synaptic_activation", "activation").replace(".", " ").replace("_", " ")


def axis_label(name: str, unit: str, symbol: bool = True) -> str:
    """The label of an axis: words, the symbol of the paper if there is one, and the unit.

    Parameters
    ----------
    name
        A variable or parameter, such as ``"rs.input_current"``.
    unit
        Its unit as it is stored; ``""`` or ``"1"`` for none.
    symbol
        Whether to add the symbol.
    """
    parts = [words(name)]
    sign = SYMBOLS.get(name.rpartition(".")[2], "") if symbol else ""
    parts += [sign] if sign else []
    shown = displayed(unit)[1]
    parts += [f"({shown})"] if shown not in {"", "1"} else []
    return " ".join(parts)


def displayed(unit: str) -> tuple[float, str]:
    """The factor to multiply with, and the unit that a picture shows."""
    return (PER_SECOND, "Hz") if unit == "1/ms" else (1.0, unit)
