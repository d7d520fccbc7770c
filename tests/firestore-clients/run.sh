#!/usr/bin/env bash
# Google's client libraries, unmodified, against this server, and against Google's emulator where that is installed.
#
# `run.sh` tests all; `run.sh python` or `run.sh node` one library, `run.sh published` the tests that Google publishes
# with its library for Python, `run.sh published-node` those for Node. TSUKIYO_EMULATOR names a program that is built already.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
root=$(cd "$here/../.." && pwd)
jar=${FIRESTORE_EMULATOR_JAR:-/usr/lib/google-cloud-sdk/platform/cloud-firestore-emulator/cloud-firestore-emulator.jar}
folder=$(mktemp -d)
servers=()
trap stop EXIT

main() {
  local libraries=("$@") failed=0
  [ $# -gt 0 ] || libraries=(python node published published-node)
  start_ours
  test_with ours "$address" "${libraries[@]}" || failed=1
  if [ -e "$jar" ] && command -v java >/dev/null; then
    start_google
    test_with google "$address" "${libraries[@]}" || failed=1
  else
    printf '\n*** SKIPPED: Google'\''s Firestore emulator is not installed: its answers were not compared ***\n\n'
  fi
  return "$failed"
}

stop() {
  [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || true
  rm -rf "$folder"
}

start_ours() {
  local program=${TSUKIYO_EMULATOR:-}
  if [ -z "$program" ]; then
    (cd "$root" && cargo build --quiet -p emulator)
    program=${CARGO_TARGET_DIR:-$root/target}/debug/tsukiyo-emulator
  fi
  "$program" --port 0 --no-page --data "$folder/data.redb" >"$folder/ours.txt" 2>"$folder/ours.log" &
  servers+=($!)
  wait_for test -s "$folder/ours.txt"
  address=$(sed -n 's/^FIRESTORE_EMULATOR_HOST=//p' "$folder/ours.txt")
}

start_google() {
  local port
  port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
  java -Duser.language=en -Xmx1g -cp "$jar" com.google.cloud.datastore.emulator.firestore.CloudFirestore \
    --host=127.0.0.1 "--port=$port" >"$folder/google.log" 2>&1 &
  servers+=($!)
  address=127.0.0.1:$port
  wait_for listening "$port"
}

# Runs every library's tests against one server.
test_with() {
  local kind=$1 at=$2 library failed=0
  for library in "${@:3}"; do
    printf '\n== %s against %s (%s)\n' "$library" "$kind" "$at"
    FIRESTORE_EMULATOR_KIND=$kind "$(script "$library")" "$at" || failed=1
  done
  return "$failed"
}

script() {
  case $1 in
    published-node) printf '%s' "$here/published/node.sh" ;;
    *) printf '%s' "$here/$1/run.sh" ;;
  esac
}

listening() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

wait_for() {
  local deadline=$((SECONDS + 60))
  until "$@"; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      tail -n 20 "$folder"/*.log >&2
      return 1
    fi
    sleep 0.05
  done
}

main "$@"
