"""Trees of Datasets on disk: written completely or not at all, and checked when read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.datasets.store import CHECKSUM, checksum, explained, load, read, verify
from ikmeanfield.files import replacing

if TYPE_CHECKING:
    import xarray as xr


def write_tree(tree: xr.DataTree, path: str | Path) -> None:
    """Write a tree to netCDF with a checksum at its root, completely or not at all.

    As in `store.write`, how variables were stored where they came from does not count.
    """
    tree = tree.map_over_datasets(lambda node: node.drop_encoding())
    tree.attrs[CHECKSUM] = _checksum(tree)
    with replacing(path) as temporary, explained(Path(path)):
        tree.to_netcdf(temporary, engine="netcdf4")


def read_tree(path: str | Path, expected: Mapping[str, Any] | None = None) -> xr.DataTree:
    """Read a tree that `write_tree` stored, into memory.

    Raises
    ------
    DatasetError
        If the file is absent, truncated, foreign or altered, or lacks an expected attribute.
    """
    import xarray as xr  # noqa: PLC0415

    path = Path(path)
    tree = load(path, xr.open_datatree)
    verify(path, tree.attrs, _checksum(tree), expected)
    return tree


def _checksum(tree: xr.DataTree) -> str:
    digest = hashlib.sha256()
    for node in sorted(tree.subtree, key=lambda node: str(node.path)):
        digest.update(f"{node.path}{checksum(node.to_dataset(inherit=False))}".encode())
    return digest.hexdigest()


def read_any(path: str | Path, expected: Mapping[str, Any] | None = None) -> Any:
    """Read a file that holds either a Dataset or a tree."""
    return (read_tree if holds_tree(path) else read)(path, expected)


def holds_tree(path: str | Path) -> bool:
    """Whether a file holds a tree; False for a file that cannot be opened."""
    from netCDF4 import Dataset  # noqa: PLC0415

    try:
        with Dataset(path) as file:
            return bool(file.groups)
    except (OSError, RuntimeError):
        return False
