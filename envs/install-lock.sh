#!/bin/sh
# Install the locked packages into the environment of a Python interpreter:
#   sh envs/install-lock.sh path/to/python
#
# A few packages come as source only. The build backend goes in first, from the lock itself, so that
# they are built with it: otherwise pip would fetch one whose hash nobody has checked.
set -eu

python=${1:?usage: sh envs/install-lock.sh path/to/python}
lock=$(dirname "$0")/requirements.txt
backend=$(mktemp)
trap 'rm -f "$backend"' EXIT
trap 'exit 1' HUP INT TERM

install() {
    "$python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes "$@"
}

awk '/^setuptools==/ { found = 1 } found { print } found && !/\\$/ { exit }' "$lock" > "$backend"
install -r "$backend"
install --no-build-isolation -r "$lock"
