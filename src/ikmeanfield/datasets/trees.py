"""Trees of Datasets on disk, as `store` keeps Datasets: whole or absent, checked when read."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.datasets.store import CHECKSUM, DatasetError, check_size, checksum, explained
from ikmeanfield.files import replacing

if TYPE_CHECKING:
    import xarray as xr


def write_tree(tree: xr.DataTree, path: str | Path) -> None:
    """Write a tree to netCDF with a checksum at its root, at once or not at all."""
    tree = tree.copy()
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
    if not path.exists():
        msg = f"{path}: there is no such file; run the workflow to make it"
        raise DatasetError(msg)
    try:
        with xr.open_datatree(path, engine="netcdf4") as opened:
            check_size(path, opened.nbytes)
            tree = opened.load()
    except DatasetError:
        raise
    except Exception as error:  # the netCDF stack raises anything on a damaged file
        raise _refusal(path, f"not a readable netCDF file ({error})") from None
    if tree.attrs.get(CHECKSUM) != _checksum(tree):
        raise _refusal(path, "its content does not match its checksum")
    for attribute, value in (expected or {}).items():
        found = tree.attrs.get(attribute)
        if found != value:
            raise _refusal(path, f"{attribute} is {found!r}, expected is {value!r}")
    return tree


def _checksum(tree: xr.DataTree) -> str:
    digest = hashlib.sha256()
    for node in sorted(tree.subtree, key=lambda node: str(node.path)):
        digest.update(f"{node.path}{checksum(node.to_dataset(inherit=False))}".encode())
    return digest.hexdigest()


def _refusal(path: Path, reason: str) -> DatasetError:
    return DatasetError(f"{path}: {reason}; remove the file and run the workflow again")
