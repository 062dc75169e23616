"""Numerical continuation of equilibria, limit cycles and their bifurcations.

A general engine for smooth ordinary differential equations with named parameters; it knows
nothing of neurons.
"""
