"""Compilation of kernels, before jobs run in parallel."""

from __future__ import annotations

from typing import cast, get_args

from ikmeanfield.stepping import Scheme
from ikmeanfield.theories import THEORIES

ENGINES = (*get_args(Scheme), *dict.fromkeys(theory.engine for theory in THEORIES.values()))


def compile_engine(engine: str) -> None:
    """Compile the kernels of networks or theories, which parallel jobs must not do at once."""
    if engine in get_args(Scheme):
        from ikmeanfield.spiking import compile_kernels  # noqa: PLC0415

        compile_kernels(cast(Scheme, engine))
        return
    for settings in THEORIES.values():
        if settings.engine == engine:
            settings.compile_kernels()
