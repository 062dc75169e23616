"""Who is at work in a folder: locks that the system takes back from a process that ends.

A lock is held on an open file. Whatever ends the process, SIGKILL and power cuts included, frees
it, so that no lock is ever left behind and none has to be removed by hand. What the file holds is
only for people to read.
"""

from __future__ import annotations

import errno
import fcntl
import os
import platform
import time
from pathlib import Path
from typing import TextIO

_UNSUPPORTED = (errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOLCK)


def take(path: str | Path) -> TextIO | None:
    """Lock a file for this process alone, and write into it who holds it.

    Returns
    -------
    file or None
        The open file; the lock holds until it is closed. None if another process holds a lock.

    Raises
    ------
    OSError
        If the file cannot be written, or its file system knows no locks.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    if not _try(file, fcntl.LOCK_EX):
        file.close()
        return None
    file.truncate(0)
    since = time.strftime("%Y-%m-%d %H:%M:%S")
    file.write(f"process {os.getpid()} on {platform.node()} since {since}\n")
    file.flush()
    return file


def share(path: str | Path) -> TextIO:
    """Hold a lock that any number of processes may hold at once; waits while one has it alone."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def holder(path: str | Path) -> str | None:
    """Whoever holds a file alone, as it wrote there; None if nobody does."""
    try:
        with Path(path).open("r+", encoding="utf-8") as file:
            return None if _try(file, fcntl.LOCK_SH) else file.read().strip()
    except OSError:
        return None


def mark_log() -> None:
    """Hold this process's log, the file its stderr goes to, while the process lives."""
    try:
        fcntl.flock(2, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return  # a file system without locks: the log is written all the same


def is_written(log: str | Path) -> bool:
    """Whether a living process holds a log (see `mark_log`)."""
    try:
        with Path(log).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return isinstance(error, BlockingIOError)
    return False


def _try(file: TextIO, kind: int) -> bool:
    try:
        fcntl.flock(file, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unsupported(error: OSError) -> bool:
    """Whether an error says that a file system knows no locks."""
    return error.errno in _UNSUPPORTED
