"""Files that are complete or absent."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Provide a temporary file in the folder of `path`, which replaces `path` on success.

    On failure nothing is left behind and `path` is untouched. The temporary name has the same
    suffix, because some writers choose their format by it. If a killed process leaves such a file
    behind, the next one that writes the same path removes it.
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
    """Whether the process whose number is in the name is another one, and alive on this machine."""
    number = temporary.name.split(".")[-3]
    if not number.isdigit() or int(number) == os.getpid():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass  # it is alive and belongs to someone else
    return True


def _flush(path: Path) -> None:
    """Write the content to disk before the file is renamed, so that a power cut cannot mix them."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
