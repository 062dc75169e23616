"""Counts of all curves compared, printed when the suite ends."""

import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))


def pytest_terminal_summary(terminalreporter):
    total = Counter()
    for reports in terminalreporter.stats.values():
        for report in reports:  # those of set-up and tear-down repeat the properties
            if getattr(report, "when", None) == "call":
                total.update(dict(report.user_properties))
    if total:
        words = ", ".join(f"{number} {name}" for name, number in sorted(total.items()))
        terminalreporter.write_line(f"curves compared: {words}")
