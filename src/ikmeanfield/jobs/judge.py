"""Claims, judged by the stored results of experiments, and the table of all verdicts."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ikmeanfield.claims import CLAIMS
from ikmeanfield.datasets.tables import write_rows
from ikmeanfield.files import replacing
from ikmeanfield.jobs.taking import sources

if TYPE_CHECKING:
    from ikmeanfield.experiments.plan import Plan

COLUMNS = ("claim", "statement", "source", "model", "verdict", "where", "statistic", "value",
           "uncertainty", "unit", "criterion")  # fmt: skip


def judge(
    name: str,
    claim: str,
    criterion: Mapping[str, float],
    plans: Sequence[Plan],
    folders: Sequence[Path],
    path: Path,
) -> None:
    """Judge a claim, and write its findings as CSV.

    Parameters
    ----------
    name, claim
        Its name in the configuration, and the registered one.
    criterion
        The numbers that decide; those that are not named have their defaults.
    plans, folders
        The experiments that decide it, in the claim's order, and the folder of each.
    path
        The file to write.
    """
    judged = CLAIMS[claim]
    numbers = {**judged.criterion, **criterion}
    findings = judged.judge(sources(judged, plans, folders), numbers)
    known = {
        "claim": name, "statement": judged.statement, "source": judged.source,
        "criterion": ", ".join(f"{key} {value:g}" for key, value in numbers.items()),
    }  # fmt: skip
    write_rows(path, [known | asdict(finding) for finding in findings], COLUMNS)


def collect(paths: Iterable[Path], table: Path) -> None:
    """Write all findings as one table, as CSV and as Markdown beside it."""
    rows: list[dict[str, Any]] = []
    for path in paths:
        with path.open(newline="", encoding="utf-8") as file:
            rows += list(csv.DictReader(file))
    write_rows(table, rows, COLUMNS)
    with replacing(table.with_suffix(".md")) as temporary:
        temporary.write_text(_page(rows), encoding="utf-8")


def _page(rows: Sequence[Mapping[str, str]]) -> str:
    """The table for readers: a row per claim and model."""
    lines = [
        "# Claims\n",
        "Each claim, what the data say of it, and by which numbers. Criteria are fixed in the "
        "configuration before anything is computed.\n",
        "| claim | made in | model | verdict | where | statistic | value | criterion |",
        f"|{'---|' * 8}",
    ]
    for row in rows:
        value = f"{_short(row['value'])}"
        if row["uncertainty"]:
            value += f" ± {_short(row['uncertainty'])}"
        unit = "" if row["unit"] == "1" else f" {row['unit']}"
        cells = (row["statement"], row["source"], row["model"], f"**{row['verdict']}**",
                 row["where"], row["statistic"], value + unit, row["criterion"])  # fmt: skip
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines) + "\n"


def _short(text: str) -> str:
    number = float(text) if text else float("nan")
    return "–" if isnan(number) else f"{number:.3g}"


def parsed(criterion: str) -> dict[str, float]:
    """A criterion given as JSON."""
    found: dict[str, float] = json.loads(criterion)
    return found
