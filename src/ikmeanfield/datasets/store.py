"""Datasets on disk: written whole or not at all, and checked when read."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ikmeanfield.files import replacing

if TYPE_CHECKING:  # importing xarray costs as much as a short run
    import xarray as xr

CHECKSUM = "checksum"
PACKED = 1100
"""Bytes that one byte of a file can stand for; deflate reaches 1032."""
UNDEFINED = "undefined"
"""Attribute of a variable that may hold NaN: says where, in words."""


class DatasetError(Exception):
    """A file is damaged, foreign or incomplete; the message names it and says what to do."""


def write(dataset: xr.Dataset, path: str | Path) -> None:
    """Write a Dataset to netCDF, compressed and with a checksum, at once or not at all.

    Series in time are stored as float32, everything else as it is.
    """
    dataset = dataset.copy()
    encoding = {}
    for name, variable in dataset.variables.items():
        if variable.dtype.kind != "f" or name in dataset.dims:
            continue
        encoding[name] = {"zlib": True, "complevel": 1, "shuffle": True, "_FillValue": None}
        if "time" in variable.dims:
            dataset[name] = variable.astype(np.float32)
    dataset.attrs[CHECKSUM] = checksum(dataset)
    with replacing(path) as temporary, explained(Path(path)):
        dataset.to_netcdf(temporary, engine="netcdf4", format="NETCDF4", encoding=encoding)


def read(path: str | Path, expected: Mapping[str, Any] | None = None) -> xr.Dataset:
    """Read a Dataset that `write` stored, into memory.

    Parameters
    ----------
    path
        The file.
    expected
        Attributes the file must have, such as its experiment and the keys of its runs.

    Raises
    ------
    DatasetError
        If the file is absent, truncated, foreign or altered, or not the expected one, or if it
        holds NaN where a variable does not say, in its attribute ``undefined``, that it may.
    """
    import xarray as xr  # noqa: PLC0415

    path = Path(path)
    if not path.exists():
        msg = f"{path}: there is no such file; run the workflow to make it"
        raise DatasetError(msg)
    try:
        with xr.open_dataset(path, engine="netcdf4") as opened:
            check_size(path, opened.nbytes)
            dataset = opened.load()
    except DatasetError:
        raise
    except Exception as error:  # the netCDF stack raises anything on a damaged file
        raise _refusal(
            path, f"not a readable netCDF file, truncated or foreign ({error})"
        ) from None
    if CHECKSUM not in dataset.attrs:
        raise _refusal(path, "not a file of this workflow (it has no checksum)")
    if dataset.attrs[CHECKSUM] != checksum(dataset):
        raise _refusal(path, "its content does not match its checksum")
    for attribute, value in (expected or {}).items():
        found = dataset.attrs.get(attribute)
        if found != value:
            raise _refusal(path, f"{attribute} is {_short(found)}, expected is {_short(value)}")
    for name, variable in dataset.variables.items():
        if variable.dtype.kind != "f":
            continue
        allowed = np.isnan(variable.values) & (UNDEFINED in variable.attrs)
        if not (np.isfinite(variable.values) | allowed).all():
            raise _refusal(path, f"{name} holds NaN or infinity")
    return dataset


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say of a file that cannot be written how much room there is, instead of what HDF5 says."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        free = shutil.disk_usage(path.parent).free
        msg = f"{path}: cannot be written ({error}); {free / 1e6:.1f} MB are free on its disk"
        raise DatasetError(msg) from error


def check_size(path: Path, size: int) -> None:
    """Refuse a file that claims to hold more than can have been packed into it.

    Without this, a small file could name sizes that fill the memory when it is read.

    Raises
    ------
    DatasetError
        Names the file and what it claims.
    """
    if size > PACKED * path.stat().st_size:
        raise _refusal(path, f"it claims to hold {size / 1e9:.3g} GB, more than fits into it")


def checksum(dataset: xr.Dataset) -> str:
    """Hash of all names, shapes, values and attributes of a Dataset, but for the checksum."""
    digest = hashlib.sha256()
    for name in sorted(str(name) for name in dataset.variables):
        variable = dataset.variables[name]
        digest.update(f"{name}{variable.dims}{variable.shape}{_sorted(variable.attrs)}".encode())
        if variable.size == 0:
            continue  # netCDF does not keep the kind of an empty array: text comes back as numbers
        if variable.dtype.kind in "OUT":
            digest.update("\0".join(str(v) for v in variable.values.ravel()).encode())
        else:
            values = np.ascontiguousarray(variable.values)
            digest.update(values.dtype.newbyteorder("<").str.encode())
            digest.update(values.astype(values.dtype.newbyteorder("<"), copy=False).tobytes())
    attributes = {name: value for name, value in dataset.attrs.items() if name != CHECKSUM}
    digest.update(_sorted(attributes).encode())
    return digest.hexdigest()


def _sorted(attributes: Mapping[Any, Any]) -> str:
    def plain(value: Any) -> Any:
        return value.item() if isinstance(value, np.generic) else value

    return repr(sorted((str(name), plain(value)) for name, value in attributes.items()))


def _refusal(path: Path, reason: str) -> DatasetError:
    return DatasetError(f"{path}: {reason}; remove the file and run the workflow again")


def _short(value: Any, limit: int = 100) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
