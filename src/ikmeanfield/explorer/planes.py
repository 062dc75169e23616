"""Curves, regions and marked points of a theory's plane, as a page holds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.analysis.diagrams import codimension_two, from_tree, stable_equilibria_regions
from ikmeanfield.explorer.arrays import Arrays, number

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr

    from ikmeanfield.continuation import Branch

MARKED = ("CP", "BT", "GH", "KINK")
"""Special points of curves that are marked."""


def plane_parts(tree: xr.DataTree, bounds: Any, arrays: Arrays) -> dict[str, Any]:
    """Curves, regions and marks of a plane, with their numbers in `arrays`.

    Parameters
    ----------
    tree
        A result of a study of planes.
    bounds
        The part of the plane, ((lowest, highest), (lowest, highest)).
    arrays
        Where coordinates are stored.
    """
    branches = from_tree(tree.children["curves"])
    drawn = {name: branch for name, branch in branches.items() if branch.kind in {"fold", "hopf"}}
    curves = [_curve(branch.kind, branch, arrays) for branch in drawn.values()]
    if "boundaries" in tree.children:
        for name, branch in from_tree(tree.children["boundaries"]).items():
            curves.append(_curve(name.rpartition("_")[0], branch, arrays))
    regions = [
        {
            "stable": region.stable,
            "x": arrays.add(region.polygon[:, 0], single=True),
            "y": arrays.add(region.polygon[:, 1], single=True),
        }
        for region in stable_equilibria_regions(branches, bounds)
        if region.stable in {0, 2}
    ]
    return {"curves": curves, "regions": regions, "marks": _marks(drawn)}


def _curve(kind: str, branch: Branch, arrays: Arrays) -> dict[str, Any]:
    x, y = np.asarray(branch.parameters, dtype=float).reshape(-1, 2).T
    return {"kind": kind, "x": arrays.add(x, single=True), "y": arrays.add(y, single=True)}


def _marks(branches: Mapping[str, Branch]) -> list[dict[str, Any]]:
    if not branches:
        return []
    first, second = next(iter(branches.values())).free
    return [
        {
            "kind": kind,
            "x": number(point.parameters[first]),
            "y": number(point.parameters[second]),
            "converged": point.status == "converged",
        }
        for kind in MARKED
        for point in codimension_two(branches, kind)
    ]
