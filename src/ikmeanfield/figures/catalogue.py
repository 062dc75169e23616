"""Which figures there are, as data; drawing them needs matplotlib, knowing them does not."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Needs:
    """What a figure needs of one of the experiments it is drawn from.

    Attributes
    ----------
    sweeps
        Sweeps the experiment must have, with a mean field.
    plane
        The two parameters of the experiment's continuation.
    """

    sweeps: tuple[str, ...] = ()
    plane: tuple[str, str] | None = None


FIGURES: dict[str, tuple[Needs, ...]] = {
    "fig1": (Needs(plane=("rs.input_current", "rs.adaptation")),),
    "fig4": (Needs(sweeps=("width", "cutoff", "width_spectra", "cutoff_spectra")),),
}
"""Every figure with what it needs of each of its experiments, in their order.

The module of the figure's name has three functions: ``arrange`` takes the stored files of the
experiments (a list of mappings from the part's name to its Dataset or DataTree) and returns the
keyword arguments of ``draw``, which makes the Figure, and ``caption``, which makes its caption.
"""
