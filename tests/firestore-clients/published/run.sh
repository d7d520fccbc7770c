#!/usr/bin/env bash
# Google's own system tests of its library for Python, as they are published with it, against a server: run.sh ADDRESS
# [what pytest takes]. They are downloaded, and so is what they need.
#
# Left out are those of BSON types, which only Firestore's enterprise edition has: Google's emulator fails them as well.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
address=${1:?"usage: $0 ADDRESS, such as 127.0.0.1:8080"}
shift
venv=${TSUKIYO_PUBLISHED_ENV:-$here/.venv}
version=2.34.1
# These versions of pytest are those that the asynchronous tests are written for.
needs=("google-cloud-firestore==$version" 'pytest<8' pytest-asyncio==0.21.2 'pytest-subtests<0.14' mock google-cloud-testutils PyYAML six)

if [ "$(cat "$venv/installed.txt" 2>/dev/null)" != "${needs[*]}" ]; then
  python3 -m venv --clear "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "${needs[@]}"
  "$venv/bin/pip" download --quiet --disable-pip-version-check --no-deps --no-binary google-cloud-firestore \
    --dest "$venv" "google-cloud-firestore==$version"
  tar -xzf "$venv/google_cloud_firestore-$version.tar.gz" -C "$venv"
  printf '%s' "${needs[*]}" >"$venv/installed.txt"
fi
cd "$venv/google_cloud_firestore-$version/tests/system"
status=0
FIRESTORE_EMULATOR_HOST=$address GCLOUD_PROJECT=test PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m pytest -q --tb=short \
  -p no:cacheprovider -k 'not bson' test_system.py test_system_async.py "$@" 2>&1 | tee "$venv/log.txt" || status=$?
# pytest counts in a way of its own; the last line is what cargo would say.
count() { sed -n "s/.*[^0-9]*\b\([0-9]\+\) $1.*/\1/p" "$venv/log.txt" | tail -n 1 | grep . || echo 0; }
bad=$(($(count failed) + $(count error)))
printf 'test result: %s. %s passed; %s failed; %s ignored\n' "$([ "$status" -eq 0 ] && echo ok || echo FAILED)" \
  "$(count passed)" "$bad" "$(count skipped)"
exit "$status"
