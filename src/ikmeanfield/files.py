"""Files that are complete or absent."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Give a temporary name in the folder of `path`; on success it takes the place of `path`.

    On failure nothing is left behind and `path` is untouched. The temporary name keeps the
    suffix, because some writers choose their format by it. What a killed process left under
    such a name is removed by the next one that writes the same file.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    for stale in path.parent.glob(f".{glob.escape(path.stem)}.*.tmp{path.suffix}"):
        if not _is_being_written(stale):
            stale.unlink(missing_ok=True)
    temporary = path.with_name(f".{path.stem}.{os.getpid()}.tmp{path.suffix}")
    try:
        yield temporary
        _flush(temporary)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _is_being_written(temporary: Path) -> bool:
    """Whether another living process of this machine has the number that the name holds."""
    number = temporary.name.split(".")[-3]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it lives, and belongs to someone else
    return True


def _flush(path: Path) -> None:
    """Have the content on the disk before the name is: a power cut leaves the old file or this."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
