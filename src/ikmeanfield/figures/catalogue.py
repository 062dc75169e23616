"""Which figures there are, as data; drawing them needs matplotlib, knowing them does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Needs:
    """What a figure is drawn from.

    Attributes
    ----------
    sweeps
        Sweeps its experiment must have, with a mean field.
    plane
        Instead: the two parameters of its experiment's continuation.
    """

    sweeps: tuple[str, ...] = ()
    plane: tuple[str, str] | None = None


FIGURES: dict[str, Needs] = {
    "fig1": Needs(plane=("rs.input_current", "rs.adaptation")),
    "fig4": Needs(sweeps=("width", "cutoff", "width_spectra", "cutoff_spectra")),
}
"""Every figure with what it needs; the module has the figure's name."""
