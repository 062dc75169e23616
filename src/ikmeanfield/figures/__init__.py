"""Figures: a Dataset goes in, a Figure comes out; one module per figure, one style."""
