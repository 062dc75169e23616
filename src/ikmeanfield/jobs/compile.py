"""Compilation of kernels, before jobs run in parallel."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import get_args

from ikmeanfield.files import replacing
from ikmeanfield.stepping import Scheme, kernels
from ikmeanfield.theories import THEORIES

SINGLE = kernels("exact", "single")
ENGINES = (*get_args(Scheme), SINGLE, *dict.fromkeys(theory.engine for theory in THEORIES.values()))


def compile_engine(engine: str) -> None:
    """Compile the kernels of networks or theories, which parallel jobs must not do at once."""
    if engine in (*get_args(Scheme), SINGLE):
        from ikmeanfield.spiking import compile_kernels  # noqa: PLC0415

        compile_kernels(engine)
        return
    for settings in THEORIES.values():
        if settings.engine == engine:
            settings.compile_kernels()


def copy_kernels(source: Path, target: Path) -> None:
    """Copy compiled kernels from one of numba's caches to another, except those that it has."""
    for kernel in sorted(source.rglob("*.nb[ci]")):
        copied = target / kernel.relative_to(source)
        if not copied.exists():
            with replacing(copied) as file:
                shutil.copy(kernel, file)
