#!/bin/sh
# Snakemake runs this once in a new conda environment, in the working directory. It installs the
# library of this checkout in place, because the rules use it.
set -eu

if ! grep -qs '^name = "ikmeanfield"' pyproject.toml; then
    echo "With --sdm conda, start Snakemake in the checkout of ikmeanfield, without --directory." >&2
    exit 1
fi
python -m pip install --no-input --no-index --no-deps --no-build-isolation -e .
