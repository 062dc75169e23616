"""The checkout from which this library runs, if it was not installed from a wheel."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path


@cache
def checkout() -> Path | None:
    """The root of the checkout; None if the library was installed without the workflow."""
    root = Path(__file__).parents[2]
    return root if (root / "pyproject.toml").exists() and (root / "Snakefile").exists() else None


@cache
def commit() -> str:
    """The checkout's commit, with ``-dirty`` if the library was edited; empty if there is none."""
    root = checkout()
    if root is None or not (root / ".git").exists():
        return ""

    def git(*command: str) -> str:
        return subprocess.run(
            ["git", "-C", str(root), *command], capture_output=True, text=True, check=True
        ).stdout.strip()

    try:
        dirty = git("status", "--porcelain", "--untracked-files=no", "--", "src")
        return git("rev-parse", "HEAD") + ("-dirty" if dirty else "")
    except (OSError, subprocess.CalledProcessError):
        return ""


NOT_INSTALLED = (
    "The workflow and the configurations in config/ are in the repository of ikmeanfield and not "
    "in the installed package: work in a clone of it, or name a file of your own"
)
"""What to do where a file of the repository is missing beside an installed library."""
