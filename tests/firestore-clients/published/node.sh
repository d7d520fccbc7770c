#!/usr/bin/env bash
# Google's own system tests of its library for Node, as they are in the library's repository, against a server:
# node.sh ADDRESS [what mocha takes]. NODEJS_FIRESTORE names a checkout of that repository; without it, one is fetched.
#
# They run against the library as it is published. Left out is what this server answers with UNIMPLEMENTED by design:
# vector search, and that a query and its pipeline give the same (those tests only run the query). So are the tests of
# bundles that come along with what is imported: they ask no server.
set -euo pipefail
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
address=${1:?"usage: $0 ADDRESS, such as 127.0.0.1:8080"}
shift
repository=https://github.com/googleapis/nodejs-firestore
# A state of the tests that fits the version of the library in package.json.
commit=747f8fce9736d490dd1650e66c24fe10a09eb412
work=$here/.node
left_out='findNearest|vector (query|search)|Bundle Buidler'
# What Google's emulator lacks is asked of other servers only.
kind=${FIRESTORE_EMULATOR_KIND:-}
[ "$kind" != google ] || left_out+='|can (plan|profile) |explain results|OR queries with not-in'

main() {
  mkdir -p "$work"
  checkout=${NODEJS_FIRESTORE:-$work/checkout}
  if [ -z "${NODEJS_FIRESTORE:-}" ] && ! fetch; then
    printf '\n*** SKIPPED: %s cannot be reached: the published tests for Node did not run (NODEJS_FIRESTORE names a checkout) ***\n\n' \
      "$repository"
    return 0
  fi
  install
  translate
  local failed=0
  run "$@" || failed=1
  printf '\n== and over REST\n'
  FIRESTORE_PREFER_REST=true run --require "$here/token.cjs" "$@" || failed=1
  return "$failed"
}

fetch() {
  [ "$(cat "$work/fetched.txt" 2>/dev/null)" != "$commit" ] || return 0
  rm -rf "$checkout"
  git init --quiet "$checkout" &&
    GIT_TERMINAL_PROMPT=0 timeout 120 git -C "$checkout" fetch --quiet --depth 1 "$repository" "$commit" &&
    git -C "$checkout" checkout --quiet FETCH_HEAD && printf '%s' "$commit" >"$work/fetched.txt"
}

install() {
  if ! [ "$here/node_modules/.package-lock.json" -nt "$here/package-lock.json" ]; then
    (cd "$here" && npm ci --no-audit --no-fund --silent)
    touch "$here/node_modules/.package-lock.json"
  fi
}

# Copies the tests beside the published library, which stands in for the sources that they import, and compiles them.
translate() {
  local tests=$work/tests library=$here/node_modules/@google-cloud/firestore/build
  rm -rf "$tests"
  mkdir -p "$tests/dev/system-test" "$tests/dev/test/util"
  cp "$checkout/package.json" "$tests"
  cp "$checkout"/dev/system-test/{firestore,query,index_test_helper}.ts "$tests/dev/system-test"
  cp "$checkout/dev/test/bundle.ts" "$tests/dev/test"
  cp "$checkout/dev/test/util/helpers.ts" "$tests/dev/test/util"
  ln -s "$library/src" "$library/protos" "$tests/dev"
  only_query "$tests/dev/system-test/query.ts"
  [ "$kind" = google ] || with_partitions "$tests/dev/system-test/firestore.ts"
  # The types are of no matter here, and those of the sources are not published.
  "$here/node_modules/.bin/tsc" --noCheck --module commonjs --target es2022 "$tests"/dev/system-test/*.ts
}

# Takes the comparison with a pipeline out of the two functions that make it.
only_query() {
  sed -i '/const pipeline = /,/^ *);$/d' "$1"
  if [ "$(grep -c 'return queryResults' "$1")" -ne 2 ] || grep -q 'pipeline\.execute\|pipelineResults' "$1"; then
    printf '%s does not compare queries with pipelines where it did\n' "$1" >&2
    return 1
  fi
}

# Lets the tests of PartitionQuery run, which are left out where the server is an emulator, as Google's lacks it.
with_partitions() {
  sed -i 's/^(process.env.FIRESTORE_EMULATOR_HOST === undefined ? describe : describe.skip)($/describe(/
    s/^ *!!process.env.FIRESTORE_EMULATOR_HOST,$/false,/' "$1"
}

run() {
  local status=0
  (cd "$here" && FIRESTORE_EMULATOR_HOST=$address GCLOUD_PROJECT=test RUN_ENTERPRISE_TESTS=yes node_modules/.bin/mocha \
    --no-config --exit --timeout 60000 --reporter dot --grep "$left_out" --invert "$@" \
    "$work"/tests/dev/system-test/{firestore,query}.js 2>&1) | tee "$work/log.txt" || status=$?
  # mocha counts in a way of its own; the last line is what cargo would say.
  printf 'test result: %s. %s passed; %s failed; %s ignored\n' "$([ "$status" -eq 0 ] && echo ok || echo FAILED)" \
    "$(count passing)" "$(count failing)" "$(count pending)"
  return "$status"
}

count() { sed -n "s/^ *\([0-9]\+\) $1.*/\1/p" "$work/log.txt" | tail -n 1 | grep . || echo 0; }

main "$@"
