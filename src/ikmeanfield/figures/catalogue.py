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
    diagrams
        The parameter in which the experiment's diagrams must be.
    response
        The population of which single neurons' rates must be there.
    corrections
        Whether there must be a corrected mean field and an uncorrected one.
    series
        Series that are drawn in time and must be recorded.
    """

    sweeps: tuple[str, ...] = ()
    plane: tuple[str, str] | None = None
    diagrams: str | None = None
    response: str | None = None
    corrections: bool = False
    series: tuple[str, ...] = ()


FIGURES: dict[str, Needs] = {
    "fig1": Needs(plane=("rs.input_current", "rs.adaptation")),
    "fig2": Needs(
        sweeps=("reset",),
        diagrams="rs.input_current",
        response="rs",
        corrections=True,
        series=("synaptic_activation",),
    ),
    "fig4": Needs(sweeps=("width", "cutoff", "width_spectra", "cutoff_spectra")),
}
"""Every figure with what it needs; the module has the figure's name."""
