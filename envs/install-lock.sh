#!/bin/sh
# Install the locked packages into the environment of a Python interpreter:
#   sh envs/install-lock.sh path/to/python
#
# A few packages are available as source only. Their build backend is installed first, from the lock,
# because otherwise pip would fetch one whose hash has not been checked.
set -eu

python=${1:?usage: sh envs/install-lock.sh path/to/python}
lock=$(dirname "$0")/requirements.txt
backend=$(mktemp)
trap 'rm -f "$backend"' EXIT
trap 'exit 1' HUP INT TERM

# The lock names every package, so dependencies need no second look. Bytecode is compiled at the end,
# by all processors; pip would use one of them.
install() {
    "$python" -m pip install --quiet --no-input --disable-pip-version-check --require-hashes \
        --no-deps --no-compile "$@"
}

awk '/^setuptools==/ { found = 1 } found { print } found && !/\\$/ { exit }' "$lock" > "$backend"
install -r "$backend"
install --no-build-isolation -r "$lock"
# Some packages hold templates that are no Python; they do not matter here.
"$python" -m compileall -qq -j 0 "$("$python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" || true
