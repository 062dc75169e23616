"""How a workflow's job time divides among studies, and how much of it was spent computing results.

    python benchmarks/share.py [results]

Job times are those of Snakemake's benchmark files. The time in which a job computed the results
of its batch is what its log says had elapsed after the last one; the rest of the job went into
starting, loading and storing. Summaries, figures and kernels compute no results in this sense.
"""

from __future__ import annotations

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

ELAPSED = re.compile(r"(?m)^(\S+) (\d+)/\2, ([\d.]+) s elapsed")


def seconds(path: Path) -> float:
    """Wall time of the last run of a job."""
    return float(json.loads(path.read_text().splitlines()[-1])["s"])


def computing(benchmark: Path, study: str) -> float:
    """Time in which a job computed the results of its batch, from its log."""
    log = Path(str(benchmark).replace("/benchmarks/", "/logs/")).with_suffix(".log")
    found = [float(s) for name, _, s in ELAPSED.findall(log.read_text()) if name == study]
    if not found:
        sys.exit(f"{log} does not say how long computing took; has the job ended?")
    return found[-1]


def main(results: Path) -> None:
    total: dict[str, list[float]] = defaultdict(list)
    inside: dict[str, float] = defaultdict(float)
    for path in sorted(results.glob("**/benchmarks/**/*.jsonl")):
        experiment, *inner, _ = path.relative_to(results).parts
        study = inner[-1]
        batch = path.stem.startswith("batch")
        if experiment in ("figures", "kernels"):
            kind = experiment
        elif path.stem == "plan":
            kind = f"{experiment} plan"
        else:
            kind = f"{experiment} {study}{'' if batch else ' summary'}"
        total[kind].append(seconds(path))
        if batch:
            inside[kind] += computing(path, study)
    if not total:
        print(f"{results} holds no finished jobs; run the workflow first")
        return
    everything = sum(map(sum, total.values()))
    print(f"{'jobs':<36}{'count':>6}{'seconds':>10}{'share':>8}{'computing':>11}")
    for kind, times in sorted(total.items()):
        spent = sum(times)
        part = f"{inside[kind] / spent:.0%}" if kind in inside else ""
        print(f"{kind:<36}{len(times):>6}{spent:>10.1f}{spent / everything:>8.1%}{part:>11}")
    computed = sum(inside.values())
    print(f"{'all':<36}{'':>6}{everything:>10.1f}{'':>8}{computed / everything:>11.0%}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"))
