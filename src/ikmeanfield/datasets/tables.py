"""Tables as CSV files: written whole or not at all."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ikmeanfield.datasets.store import explained
from ikmeanfield.files import replacing


def write_rows(
    path: Path, rows: Iterable[Mapping[str, Any]], columns: Sequence[str] | None = None
) -> None:
    """Write rows as CSV, at once or not at all; what is absent or undefined (NaN) stays empty.

    Parameters
    ----------
    path
        The file.
    rows
        Values by the name of their column.
    columns
        All columns in their order; by default those of the rows, in the order they first appear.
    """
    if columns is None:
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
    with (
        replacing(path) as temporary,
        explained(path),
        temporary.open("w", newline="", encoding="utf-8") as file,
    ):
        table = csv.DictWriter(file, columns, restval="", lineterminator="\n")
        table.writeheader()
        table.writerows({name: _shown(value) for name, value in row.items()} for row in rows)


def _shown(value: Any) -> Any:
    undefined = isinstance(value, float | np.floating) and math.isnan(value)
    return "" if undefined else value
