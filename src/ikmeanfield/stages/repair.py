"""Damaged files: named, and made again by the command that makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ikmeanfield.datasets.store import DatasetError, read
from ikmeanfield.files import replacing

if TYPE_CHECKING:
    import xarray as xr

Content = TypeVar("Content")


def read_or_rebuild(path: Path, expected: Mapping[str, Any], command: Sequence[str]) -> xr.Dataset:
    """Read a Dataset; if its file is there but damaged or foreign, make it again first.

    See `rebuilt`.
    """
    return rebuilt(read, path, expected, command)


def restore_plan(path: Path) -> None:
    """Under the workflow, put back an experiment's plan if its file is not what it should be.

    The workflow keeps its plans in a folder of its own and names it in ``IKMEANFIELD_PLANS``.
    """
    kept = Path(os.environ.get("IKMEANFIELD_PLANS", "")) / f"{path.parent.name}.json"
    if not kept.is_file() or not path.exists() or path.read_bytes() == kept.read_bytes():
        return
    print(f"DAMAGED {path}: not the plan of this workflow\nmaking {path} again", file=sys.stderr)
    with replacing(path) as temporary:
        shutil.copyfile(kept, temporary)


def rebuilt(
    reader: Callable[[Path, Mapping[str, Any]], Content],
    path: Path,
    expected: Mapping[str, Any],
    command: Sequence[str],
) -> Content:
    """Read a file; if it is there but damaged or foreign, say so, and make it again first.

    Parameters
    ----------
    reader
        `read` or `read_tree`.
    path
        The file.
    expected
        Attributes it must have.
    command
        Arguments of `ikmeanfield` that make the file. A process of its own, so that the
        stage that reads does not depend on the code of the stage that computes.

    Raises
    ------
    DatasetError
        If the file is absent, or still wrong after it has been made again.
    """
    try:
        return reader(path, expected)
    except DatasetError as error:
        if not path.exists():
            raise
        print(f"DAMAGED {error}\nmaking {path} again", file=sys.stderr, flush=True)
    path.unlink()
    environment = dict(os.environ)
    if kernels := environment.get(f"IKMEANFIELD_KERNELS_{command[0].upper()}"):
        environment["NUMBA_CACHE_DIR"] = kernels  # the workflow tells where it compiled them
    made = subprocess.run(
        [sys.executable, "-m", "ikmeanfield", *command], env=environment, check=False
    )
    if made.returncode:
        msg = f"{path} was damaged and could not be made again; see the message above"
        raise DatasetError(msg)
    return reader(path, expected)
