#!/usr/bin/env bash
# Google's client library for Node, from its registry, against a server: run.sh ADDRESS [test files].
# It installs what the lock file names, once for each state of it.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
address=${1:?"usage: $0 ADDRESS, such as 127.0.0.1:8080"}
shift
cd "$here"
if ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci --no-audit --no-fund --silent
  touch node_modules/.package-lock.json
fi
[ $# -gt 0 ] || set -- ./*.test.mjs
FIRESTORE_EMULATOR_HOST=$address exec node --test --test-concurrency=1 --test-timeout=120000 "$@"
