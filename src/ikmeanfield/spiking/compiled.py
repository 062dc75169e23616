"""How kernels are compiled."""

from __future__ import annotations

from typing import Any

OPTIONS: dict[str, Any] = {"cache": True, "error_model": "numpy"}
"""Plain kernels: IEEE arithmetic, no check at divisions, machine code kept on disk."""

VECTOR: dict[str, Any] = {**OPTIONS, "fastmath": {"contract", "reassoc", "nsz"}}
"""Loops over neurons: sums may be reordered and products fused, so that the loop vectorises.

NaN and infinity keep their meaning: a run that goes wrong must be noticed.
"""
