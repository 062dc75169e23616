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
    axes
        How many axes a sweep of a simulation may have.
    diagrams
        The parameter in which the experiment's diagrams must be.
    response
        The population of which single neurons' rates must be there.
    corrections
        Whether there must be a corrected mean field and an uncorrected one.
    series
        Series that are drawn in time and must be recorded. The figure gets them, of the first
        replicates in `sweeps`, as ``series``.
    """

    sweeps: tuple[str, ...] = ()
    plane: tuple[str, str] | None = None
    axes: int | None = None
    diagrams: str | None = None
    response: str | None = None
    corrections: bool = False
    series: tuple[str, ...] = ()


FIGURES: dict[str, tuple[Needs, ...]] = {
    "fig1": (Needs(plane=("rs.input_current", "rs.adaptation")),),
    "fig2": (
        Needs(
            sweeps=("reset",),
            diagrams="rs.input_current",
            response="rs",
            corrections=True,
            series=("synaptic_activation",),
        ),
    ),
    "fig3": (
        Needs(plane=("fs.input_current", "fs.threshold_width")),
        Needs(sweeps=("reset",), corrections=True, series=("firing_rate",)),
    ),
    "fig4": (Needs(sweeps=("width", "cutoff", "width_spectra", "cutoff_spectra")),),
    "overview": (Needs(axes=2),),
}
"""Every figure with what it needs of each of its experiments, in their order.

The module of the figure's name has three functions: ``arrange`` takes the stored files of the
experiments (a list of mappings from the part's name to its Dataset or DataTree) and returns the
keyword arguments of ``draw``, which makes the Figure, and ``caption``, which makes its caption.
"""
