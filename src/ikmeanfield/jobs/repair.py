"""Repair of damaged files: each is named, and made again by the command that makes it."""

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
    """Restore an experiment's plan if its file differs from the plan that the workflow uses.

    The workflow keeps its plans in a folder that ``IKMEANFIELD_PLANS`` names. Outside a workflow
    nothing happens.
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
    """Read a file; if it is damaged or foreign, report that and make it again first.

    Parameters
    ----------
    reader
        `read`, `read_tree` or `read_any`.
    path
        The file.
    expected
        Attributes it must have.
    command
        Arguments of the command `ikmeanfield` that make the file. It runs in a process of its
        own, so that code that reads does not depend on code that computes.

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
    made = subprocess.run([sys.executable, "-m", "ikmeanfield", *command], check=False)
    if made.returncode:
        msg = f"{path} was damaged and could not be made again; see the message above"
        raise DatasetError(msg)
    return reader(path, expected)
