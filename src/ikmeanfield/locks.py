"""Locks on files, which show who is working in a folder and end with the process that holds them.

A lock is held on an open file. Whatever ends the process releases it, even SIGKILL or a power cut,
so no lock is ever left behind for someone to remove by hand. The content of the file is only for
people to read.
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
    """Take an exclusive lock on a file, and write into the file who holds it.

    Returns
    -------
    file or None
        The open file, which holds the lock until it is closed. None if another process holds one.

    Raises
    ------
    OSError
        If the file cannot be written, or its file system does not support locks.
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
    """Take a shared lock, which many processes may hold; waits while one holds it exclusively."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    file = path.open("a+", encoding="utf-8")
    fcntl.flock(file, fcntl.LOCK_SH)
    return file


def holder(path: str | Path) -> str | None:
    """What the process that holds an exclusive lock wrote into the file; None if there is none."""
    try:
        with Path(path).open("r+", encoding="utf-8") as file:
            return None if _try(file, fcntl.LOCK_SH) else file.read().strip()
    except OSError:
        return None


def mark_log() -> None:
    """Lock this process's log, the file that receives its stderr, until the process ends."""
    try:
        fcntl.flock(2, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return  # the file system does not support locks; the log is written all the same


def is_written(log: str | Path) -> bool:
    """Whether a living process holds a lock on a log, see `mark_log`."""
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
    """Whether an error means that a file system does not support locks."""
    return error.errno in _UNSUPPORTED
