#!/usr/bin/env bash
# Make the virtual environment FOLDER with the first Python in range.
# Usage: make_venv.sh FOLDER [PYTHON]
set -euo pipefail

folder=$1
wanted=${2:-}

# Answers the question by running it: a name on PATH may be a stub that only
# says which versions exist (pyenv), or lack venv (Debian without python3-venv).
usable() {
    "$1" -c '
import sys
import ensurepip, venv
sys.exit(not (3, 10) <= sys.version_info[:2] <= (3, 12))' >/dev/null 2>&1
}

# The interpreter behind an active environment, not the environment.
base() {
    "$1" -c 'import sys; print(getattr(sys, "_base_executable", sys.executable))'
}

candidates=(python3.12 python3.11 python3.10 python3 python)
if [[ -n $wanted ]]; then
    candidates=("$wanted")
fi

for name in "${candidates[@]}"; do
    if usable "$name"; then
        found=$(base "$name")
        echo "Making $folder with $("$found" --version) ($found)" >&2
        # Half an environment would pass for a whole one the next time.
        "$found" -m venv --clear "$folder" || { rm -rf "$folder"; exit 1; }
        exit 0
    fi
done

{
    echo "No usable Python among: ${candidates[*]}."
    echo 'Python 3.10, 3.11 or 3.12 with its venv module is needed. On Debian:'
    echo '    apt-get install python3 python3-venv'
    echo 'Or name an interpreter: make PYTHON=/path/to/python3.11 demo'
    for name in "${candidates[@]}"; do
        "$name" --version >/dev/null 2>&1 &&
            echo "Found, but unusable: $name, $("$name" --version 2>&1)"
    done
} >&2
exit 1
