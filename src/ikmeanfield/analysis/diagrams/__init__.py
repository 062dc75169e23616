"""Bifurcation diagrams of a circuit's mean field, in one parameter and in two.

    branches = equilibrium_diagram(circuit, "rs.input_current", 0.0, 80.0)
    plane = bifurcation_plane(
        circuit, ("rs.input_current", "rs.adaptation"), ((0.0, 100.0), (0.0, 130.0))
    )
    points = fold_and_hopf_points(circuit, "rs.input_current", 0.0, 100.0, at="rs.adaptation")
    check_points(points, plane)                      # the same points on the curves of the plane
    write_tree(to_tree(plane), "plane.nc")           # datasets.trees: whole or absent

Results are dictionaries of `continuation.Branch` by name: ``equilibria``, ``cycles_1``, ... of a
diagram; ``fold_1``, ``hopf_1``, ... of a plane, and ``scan_1``, ... of the equilibria from which
its curves were started. As an xarray DataTree (`to_tree`) every branch is one Dataset.
"""

from .coincidence import CoincidenceError, check_points, curve_values
from .cycle_boundaries import cycle_boundaries
from .line import DiagramError, equilibrium_diagram, fold_and_hopf_points
from .plane import bifurcation_plane, codimension_two
from .regions import Region, stable_equilibria_regions
from .tree import from_tree, to_tree

__all__ = [
    "CoincidenceError",
    "DiagramError",
    "Region",
    "bifurcation_plane",
    "check_points",
    "codimension_two",
    "curve_values",
    "cycle_boundaries",
    "equilibrium_diagram",
    "fold_and_hopf_points",
    "from_tree",
    "stable_equilibria_regions",
    "to_tree",
]
