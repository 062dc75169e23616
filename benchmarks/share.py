"""How much of a workflow's job time went into integrating.

    python benchmarks/share.py [results]

Job times are those of Snakemake's benchmark files. Of a job that integrates, the time in its
runs is what its log says was elapsed after the last run; the rest of it is loading and storing.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

INTEGRATING = ("spiking", "meanfield")
ELAPSED = re.compile(r"([\d.]+) s elapsed")


def seconds(path: Path) -> float:
    """Wall time of the last run of a job."""
    return float(json.loads(path.read_text().splitlines()[-1])["s"])


def main(results: Path) -> None:
    total: dict[str, list[float]] = defaultdict(list)
    integrating = 0.0
    for path in sorted(results.glob("**/benchmarks/**/*.jsonl")):
        parts = path.relative_to(results).parts
        kind = "kernels" if parts[0] == "kernels" else "/".join((parts[0], *parts[2:-1]))
        total[kind].append(seconds(path))
        log = Path(str(path).replace("benchmarks", "logs")).with_suffix(".log")
        if set(parts) & set(INTEGRATING) and log.exists():
            found = ELAPSED.findall(log.read_text())
            integrating += float(found[-1]) if found else 0.0
    everything = sum(map(sum, total.values()))
    print(f"{'jobs':<36}{'count':>6}{'seconds':>10}{'share':>8}")
    for kind, times in sorted(total.items()):
        share = sum(times) / everything
        print(f"{kind:<36}{len(times):>6}{sum(times):>10.1f}{share:>8.1%}")
    print(f"{'all':<36}{'':>6}{everything:>10.1f}")
    print(f"{'within runs':<36}{'':>6}{integrating:>10.1f}{integrating / everything:>8.1%}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
