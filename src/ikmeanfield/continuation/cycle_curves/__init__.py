"""Bifurcations of cycles, and cycles of one period, as curves in two parameters."""

from .follow import continue_cycle_bifurcation, continue_fixed_period

__all__ = ["continue_cycle_bifurcation", "continue_fixed_period"]
