"""Write the record anew: `python tests/golden/regenerate.py`, perhaps from results that exist."""

import argparse
import sys
import tempfile
from pathlib import Path

import yaml

sys.path.insert(0, str(Path(__file__).parents[1]))

from checkouts import ROOT, Workflow
from golden.collect import collect
from golden.record import FOLDER, differences, write


def main():
    """Run the workflow on this folder's configuration, or take its results, and record them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--results", type=Path, help="results of config.yaml, instead of a run")
    parser.add_argument("--check", action="store_true", help="compare only, and change nothing")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        results = given.results or Path(folder) / "results"
        if given.results is None:
            config = yaml.safe_load((FOLDER / "config.yaml").read_text())
            Workflow(ROOT, Path(folder)).run(config, timeout=3600)
        found = collect(results)
    changed = differences(found)
    print("\n".join(changed) or "All numbers are as recorded.")
    if given.check:
        return 1 if changed else 0
    write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
