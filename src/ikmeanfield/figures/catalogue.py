"""Which figures there are, as data; drawing them needs matplotlib, knowing them does not."""

FIGURES: dict[str, tuple[str, ...]] = {
    "fig4": ("width", "cutoff", "width_spectra", "cutoff_spectra"),
}
"""Every figure with the sweeps its experiment must have; the module has the figure's name."""
