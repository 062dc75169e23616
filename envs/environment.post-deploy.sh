#!/bin/sh
# Snakemake runs this once in a new conda environment, from the working directory. The rules use the
# library of this checkout, so it is installed in place.
set -eu

if ! grep -qs '^name = "ikmeanfield"' pyproject.toml; then
    echo "With --sdm conda, start Snakemake in the checkout of ikmeanfield, without --directory." >&2
    exit 1
fi
python -m pip install --no-input --no-index --no-deps --no-build-isolation -e .
