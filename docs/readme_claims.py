"""Write the head of the claims table into README.md, from the table that the workflow made.

`python docs/readme_claims.py [results/claims.csv]`
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
BEGIN, END = "<!-- claims: ", "<!-- end of claims -->\n"
SHOWN = (
    "folds_agree_held",
    "one_recovery_costs_most",
    "adjusted_current_exceeds",
    "correction_improves",
    "error_below_fluctuations",
    "inhibition_lowers_resonance",
    "inhibition_removes_hysteresis",
    "alike_inhibition_imposes_oscillations",
)
"""Claims in the order in which they are considered."""
MOST = 5


def head(rows: Iterable[Mapping[str, str]]) -> str:
    """The table in Markdown: a row per claim, with the verdict of every model."""
    by_claim: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        by_claim.setdefault(row["claim"], []).append(row)
    lines = ["| claim | made in | verdict |", "|---|---|---|"]
    for name in [name for name in SHOWN if name in by_claim][:MOST]:
        found = by_claim[name]
        verdicts = dict.fromkeys(row["verdict"] for row in found)
        told = (
            f"**{next(iter(verdicts))}**" if len(verdicts) == 1
            else ", ".join(f"{row['model']}: **{row['verdict']}**" for row in found)
        )  # fmt: skip
        lines.append(
            f"| {found[0]['statement']} | {found[0]['source']} | {told} |".replace("\n", " ")
        )
    return "\n".join(lines) + "\n"


def replaced(readme: str, table: str) -> str:
    """The text of README.md with another table."""
    before, mark, rest = readme.partition(BEGIN)
    comment, _, rest = rest.partition("\n")
    _, end, after = rest.partition(END)
    if not (mark and end):
        msg = f"README.md: there is no place for the table, between {BEGIN!r} and {END!r}"
        raise ValueError(msg)
    return f"{before}{mark}{comment}\n\n{table}\n{end}{after}"


if __name__ == "__main__":
    source = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "results/claims.csv"
    with source.open(newline="", encoding="utf-8") as file:
        text = head(csv.DictReader(file))
    readme = ROOT / "README.md"
    readme.write_text(replaced(readme.read_text(encoding="utf-8"), text), encoding="utf-8")
