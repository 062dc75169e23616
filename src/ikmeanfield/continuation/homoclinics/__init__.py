"""Homoclinic orbits as curves in two parameters."""

from .follow import continue_homoclinics

__all__ = ["continue_homoclinics"]
