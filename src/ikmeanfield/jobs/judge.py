"""Claims, judged by the stored results of experiments, and the table of all verdicts."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
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
           "uncertainty", "unit", "criterion", "meaning")  # fmt: skip
PLACE = re.compile(r", (?=Secs?\. |Figs?\. |figure )")
"""What divides the place of a claim from the study in which it is made."""
INTRODUCTION = """# Claims

What the studies claim, and what the data say of it. A verdict is reached by a value and its
criterion, which is fixed in the configuration before anything is computed. *Holds in part*: in
the cases that are named. *Cannot be decided*: data are missing, or the value is closer to its
criterion than its uncertainty. Uncertainties are standard errors, or the resolution of a grid; –
where none is known. Networks with random thresholds differ from draw to draw; this is part of the
uncertainty wherever several draws were simulated.
"""


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
        "meaning": judged.meaning,
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
    """The table for readers: a section per study, with a row per claim and model."""
    counts = Counter(row["verdict"] for row in rows)
    told = ", ".join(f"{count} × {verdict}" for verdict, count in counts.most_common())
    lines = [INTRODUCTION, f"{len(rows)} verdicts: {told}.\n" if rows else "No claims.\n"]
    studies: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        studies.setdefault(PLACE.split(row["source"], maxsplit=1)[0], []).append(row)
    for study, own in studies.items():
        lines += [
            f"## {study}\n",
            "| place | claim | model | verdict | where | statistic | value | criterion |",
            f"|{'---|' * 8}",
            *(_line(row) for row in own),
            "",
        ]
    return "\n".join(lines)


def _line(row: Mapping[str, str]) -> str:
    """A row of the table for readers."""
    value = _short(row["value"])
    if row["uncertainty"]:
        value += f" ± {_short(row['uncertainty'])}"
    unit = "" if row["unit"] == "1" else f" {row['unit']}"
    criterion = f"{row['criterion']} ({row['meaning']})" if row["meaning"] else row["criterion"]
    place = PLACE.split(row["source"], maxsplit=1)[1:]
    cells = (place[0] if place else "", row["statement"], row["model"], f"**{row['verdict']}**",
             row["where"], row["statistic"], value + unit, criterion)  # fmt: skip
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _short(text: str) -> str:
    number = float(text) if text else float("nan")
    return "–" if isnan(number) else f"{number:.3g}"


def parsed(criterion: str) -> dict[str, float]:
    """A criterion given as JSON."""
    found: dict[str, float] = json.loads(criterion)
    return found
