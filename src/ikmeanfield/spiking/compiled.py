"""How kernels are compiled."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import numba

from ikmeanfield.compilation import announce_compilation

announce_compilation()

ALLOCATING: dict[str, Any] = {"cache": True, "error_model": "numpy"}
"""Kernels that make arrays: IEEE arithmetic, no check at divisions, machine code kept on disk."""

OPTIONS: dict[str, Any] = {**ALLOCATING, "_nrt": False}
"""Plain kernels, which make no arrays, and so need not count who refers to those they are given.

Counting took most of the time of a step of a small network.
"""

VECTOR: dict[str, Any] = {**OPTIONS, "fastmath": {"contract", "nsz"}}
"""Loops over neurons: products and sums may be fused, but are not reordered.

NaN and infinity keep their meaning: a run that goes wrong must be noticed.
"""

SUMMED: dict[str, Any] = {**OPTIONS, "fastmath": {"contract", "nsz", "reassoc"}}
"""Loops that add up numbers: sums may be reordered, so that the loop vectorises."""


def source_digest(folder: Path) -> str:
    """A digest of every source file in a folder."""
    digest = sha256()
    for path in sorted(folder.glob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def renew_together(modules: Iterable[ModuleType]) -> None:
    """Let machine code on disk be used only while no file of this package has changed.

    numba itself compares the file of a kernel alone, and would go on with what other files gave
    it: the kernels it calls are compiled into it, and constants frozen. To be called before the
    kernels are.
    """
    stamp = source_digest(Path(__file__).parent)
    for module in modules:
        for kernel in vars(module).values():
            cache: Any = getattr(getattr(kernel, "_cache", None), "_cache_file", None)
            if hasattr(cache, "_source_stamp"):
                cache._source_stamp = stamp
                # An index of another version is not unpickled: it may name types that are gone.
                cache._version = f"{numba.__version__} {stamp}"
