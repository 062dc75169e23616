"""Datasets on disk: written completely or not at all, and checked when read."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ikmeanfield.files import replacing

if TYPE_CHECKING:  # importing xarray costs as much as a short run
    import xarray as xr

Stored = TypeVar("Stored", "xr.Dataset", "xr.DataTree")

CHECKSUM = "checksum"
PACKED = 1100
"""Largest ratio of the size in memory to the size of the file; deflate reaches 1032."""
UNDEFINED = "undefined"
"""Attribute of a variable that may hold NaN; its text says where."""


class DatasetError(Exception):
    """A file is damaged, foreign or incomplete; the message names it and says what to do."""


def write(dataset: xr.Dataset, path: str | Path) -> None:
    """Write a Dataset to netCDF, compressed and with a checksum, completely or not at all.

    Series in time are stored in single precision, everything else as it is. How a variable was
    stored where it came from does not count: text would be cut to its former length.
    """
    dataset = dataset.drop_encoding()
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
        If the file is absent, truncated, foreign or altered, if it lacks an expected attribute,
        or if a variable holds NaN without the attribute ``undefined``, which allows it.
    """
    import xarray as xr  # noqa: PLC0415

    path = Path(path)
    dataset = load(path, xr.open_dataset)
    verify(path, dataset.attrs, checksum(dataset), expected)
    for name, variable in dataset.variables.items():
        if variable.dtype.kind != "f":
            continue
        allowed = np.isnan(variable.values) & (UNDEFINED in variable.attrs)
        if not (np.isfinite(variable.values) | allowed).all():
            raise refusal(path, f"{name} holds NaN or infinity")
    return dataset


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """If a file cannot be written, raise an error that also says how much disk space is left."""
    try:
        yield
    except (OSError, RuntimeError) as error:
        free = shutil.disk_usage(path.parent).free
        msg = f"{path}: cannot be written ({error}); {free / 1e6:.1f} MB are free on its disk"
        raise DatasetError(msg) from error


def load(path: Path, opener: Callable[..., Stored]) -> Stored:
    """Read a whole netCDF file into memory, without checking its content.

    A file that claims to hold more data than compression can fit into its size is refused;
    otherwise a small file could fill the memory.

    Parameters
    ----------
    path
        The file.
    opener
        The function that opens it: ``xarray.open_dataset`` or ``xarray.open_datatree``.

    Raises
    ------
    DatasetError
        If the file is absent, truncated or foreign.
    """
    if not path.exists():
        msg = f"{path}: there is no such file; run the workflow to make it"
        raise DatasetError(msg)
    try:
        with opener(path, engine="netcdf4") as opened:
            size = opened.nbytes
            if size <= PACKED * path.stat().st_size:
                return opened.load()
    except Exception as error:  # the netCDF stack raises anything on a damaged file
        raise refusal(path, f"not a readable netCDF file, truncated or foreign ({error})") from None
    raise refusal(path, f"it claims to hold {size / 1e9:.3g} GB, more than fits into it")


def verify(
    path: Path, attributes: Mapping[Any, Any], found: str, expected: Mapping[str, Any] | None
) -> None:
    """Refuse a file with a wrong checksum or wrong attributes.

    Parameters
    ----------
    path
        The file, for the message.
    attributes
        Its attributes, the stored checksum among them.
    found
        The checksum of its content.
    expected
        Attributes the file must have.

    Raises
    ------
    DatasetError
        Naming the file and what is wrong.
    """
    if CHECKSUM not in attributes:
        raise refusal(path, "not a file of this workflow (it has no checksum)")
    if attributes[CHECKSUM] != found:
        raise refusal(path, "its content does not match its checksum")
    for attribute, value in (expected or {}).items():
        given = attributes.get(attribute)
        if given != value:
            raise refusal(path, f"{attribute} is {_short(given)}, expected is {_short(value)}")


def checksum(dataset: xr.Dataset) -> str:
    """Hash of all names, shapes, values and attributes of a Dataset except the checksum."""
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


def refusal(path: Path, reason: str) -> DatasetError:
    """The error that names a file, what is wrong with it, and what to do."""
    return DatasetError(f"{path}: {reason}; remove the file and run the workflow again")


def _short(value: Any, limit: int = 100) -> str:
    text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"
