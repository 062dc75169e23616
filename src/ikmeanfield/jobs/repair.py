"""Damaged files: named, and made again by the command that makes them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from ikmeanfield.datasets.store import DatasetError
from ikmeanfield.files import replacing

Content = TypeVar("Content")


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
        `read`, `read_tree` or `read_any`.
    path
        The file.
    expected
        Attributes it must have.
    command
        Arguments of `ikmeanfield` that make the file. A process of its own, so that what
        reads does not depend on the code of what computes.

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
    made = subprocess.run([sys.executable, "-m", "ikmeanfield", *command], check=False)
    if made.returncode:
        msg = f"{path} was damaged and could not be made again; see the message above"
        raise DatasetError(msg)
    return reader(path, expected)
