"""Bifurcations of cycles, and cycles of one period, as curves in two parameters.

Modules, from the bottom: `systems` (their boundary value problems), `doubling` (a normal form),
`corners` (where cycles shrink to an equilibrium), `curve` (what they have in common), `kinds` (each
of them), `start`, `beside` (starts at points of equilibria), `follow`.
"""

from .follow import continue_cycle_bifurcation, continue_fixed_period

__all__ = ["continue_cycle_bifurcation", "continue_fixed_period"]
