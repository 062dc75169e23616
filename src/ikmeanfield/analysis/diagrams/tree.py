"""Branches of a diagram as a tree: one group, and one Dataset, per branch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ikmeanfield.continuation import Branch

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
