"""Branches of a diagram in one netCDF file: one group, and one Dataset, per branch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ikmeanfield.continuation import Branch
from ikmeanfield.files import replacing

if TYPE_CHECKING:
    from collections.abc import Mapping

    import xarray as xr


def to_tree(
    branches: Mapping[str, Branch], attributes: Mapping[str, str | float] | None = None
) -> xr.DataTree:
    """Return branches as a tree of Datasets by name, without loss; attributes at its root."""
    import xarray as xr  # noqa: PLC0415 - takes a second

    tree = xr.DataTree.from_dict({name: b.to_dataset() for name, b in branches.items()})
    tree.attrs = {**(attributes or {}), "branches": "\n".join(branches)}
    return tree


def from_tree(tree: xr.DataTree) -> dict[str, Branch]:
    """Return the branches that `to_tree` stored, in their order."""
    names = str(tree.attrs["branches"]).split("\n") if tree.attrs["branches"] else []
    return {name: Branch.from_dataset(tree[name].to_dataset()) for name in names}


def write_branches(
    branches: Mapping[str, Branch],
    path: str | Path,
    attributes: Mapping[str, str | float] | None = None,
) -> None:
    """Write branches as netCDF groups; the file is complete or absent."""
    with replacing(path) as temporary:
        to_tree(branches, attributes).to_netcdf(temporary, engine="netcdf4")


def read_branches(path: str | Path) -> xr.DataTree:
    """Read the tree that `write_branches` wrote into memory; see `from_tree`."""
    import xarray as xr  # noqa: PLC0415

    with xr.open_datatree(path, engine="netcdf4") as tree:
        return tree.load()
