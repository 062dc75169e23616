"""Compare the verdicts of a run with those of these pages, or of another run.

`python docs/compare_verdicts.py [results/claims.md [docs/verdicts.md]]`

For example, a copy of the configuration with another `seed` draws all random thresholds, currents
and noise anew: verdicts that change with it are not to be relied upon.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
CELLS = re.compile(r"(?<!\\)\|")


class Row(NamedTuple):
    """A row of the table of claims."""

    place: str
    claim: str
    model: str
    verdict: str
    where: str
    statistic: str
    value: str
    criterion: str


def rows(page: str) -> list[Row]:
    """The rows of all tables of a page of claims."""
    lines = [line for line in page.splitlines() if line.startswith("| ")]
    split = [[cell.strip() for cell in CELLS.split(line)[1:-1]] for line in lines]
    return [Row(*cells) for cells in split if cells[0] != "place"]


def compare(one: list[Row], other: list[Row]) -> str:
    """How many verdicts are the same in both, and those that are not, as Markdown."""
    ones, others = (dict(zip(_numbered(found), found, strict=True)) for found in (one, other))
    both = [key for key in ones if key in others]
    differ = [key for key in both if ones[key].verdict != others[key].verdict]
    lines = [f"{len(both) - len(differ)} of {len(both)} verdicts are the same."]
    if unpaired := set(ones) ^ set(others):
        lines.append(f"{len(unpaired)} are in one of the tables only.")
    if differ:
        lines += ["", "| claim | model | verdict | value | verdict | value |", f"|{'---|' * 6}"]
    for key in differ:
        a, b = ones[key], others[key]
        cells = (a.claim, a.model, a.verdict, a.value, b.verdict, b.value)
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _numbered(found: list[Row]) -> list[tuple[str, str, str, int]]:
    """What identifies each row; rows alike in all of it are numbered in their order."""
    seen: Counter[tuple[str, str, str]] = Counter()
    keys = []
    for row in found:
        what = (row.place, row.claim, row.model)
        keys.append((*what, seen[what]))
        seen[what] += 1
    return keys


if __name__ == "__main__":
    given = [Path(name) for name in sys.argv[1:]]
    default = [Path("results/claims.md"), ROOT / "docs/verdicts.md"]
    pages = given + default[len(given) :]
    print(compare(*(rows(page.read_text(encoding="utf-8")) for page in pages)))
