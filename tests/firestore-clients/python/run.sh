#!/usr/bin/env bash
# Google's client library for Python, from its registry, against a server: run.sh ADDRESS [what pytest takes].
# It installs what it needs into a folder of its own, once for each state of requirements.txt.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
address=${1:?"usage: $0 ADDRESS, such as 127.0.0.1:8080"}
shift
venv=${TSUKIYO_PYTHON_ENV:-$here/.venv}

if ! cmp -s "$here/requirements.txt" "$venv/installed.txt"; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  cp "$here/requirements.txt" "$venv/installed.txt"
fi
cd "$here"
# pytest counts in a way of its own; the last line is what cargo would say.
status=0
FIRESTORE_EMULATOR_HOST=$address PYTHONDONTWRITEBYTECODE=1 "$venv/bin/pytest" -q -p no:cacheprovider "$@" \
  --junit-xml="$venv/results.xml" || status=$?
"$venv/bin/python" - "$venv/results.xml" <<'PYTHON'
import sys
import xml.etree.ElementTree as tree

suite = tree.parse(sys.argv[1]).getroot().find("testsuite").attrib
bad = int(suite["failures"]) + int(suite["errors"])
good = int(suite["tests"]) - bad - int(suite["skipped"])
print(f"test result: {'FAILED' if bad else 'ok'}. {good} passed; {bad} failed; {suite['skipped']} ignored")
PYTHON
exit "$status"
