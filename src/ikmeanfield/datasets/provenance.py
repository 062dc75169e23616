"""Attributes that say how a dataset was made.

There is no time stamp among them, so that the same run gives the same bytes.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import ikmeanfield
from ikmeanfield.checkout import commit

REFERENCES = (
    "R. Gast, S. A. Solla, A. Kennedy, Macroscopic dynamics of neural networks with heterogeneous "
    "spiking thresholds, Phys. Rev. E 107, 024306 (2023)"
)
PACKAGES = ("numba", "numpy", "scipy", "xarray", "netcdf4")


def attributes(
    title: str, config: dict[str, Any], **extra: str | float | int
) -> dict[str, str | float | int]:
    """Attributes of a file: conventions, title, source, configuration, and any others given.

    Parameters
    ----------
    title
        What the file holds, in a few words.
    config
        The effective configuration; stored as one JSON string.
    extra
        Further attributes, for example seed, scheme and step.
    """
    made_by = f"ikmeanfield {ikmeanfield.__version__}"
    if revision := commit():
        made_by += f", commit {revision}"
    return {
        "Conventions": "CF-1.11",
        "title": title,
        "source": made_by,
        "references": REFERENCES,
        "config": json.dumps(config, sort_keys=True),
        "packages": ", ".join(f"{name} {_version(name)}" for name in PACKAGES),
        "python": platform.python_version(),
        "processor": _processor(),
        **extra,
    }


def shared(models: Iterable[object], *names: str) -> dict[str, str | float | int]:
    """Attributes of several models by name; where they differ, a text with all values."""
    models = list(models)
    found: dict[str, str | float | int] = {}
    for name in names:
        values = sorted({getattr(model, name) for model in models})
        found[name] = values[0] if len(values) == 1 else " and ".join(map(str, values))
    return found


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


@cache
def _processor() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
