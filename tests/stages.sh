#!/usr/bin/env bash
# The stages of `./dc.sh test`, which sources this file: each is a function, and they run in this order.
# shellcheck disable=SC2154  # what dc.sh defines

readonly stages=(fmt shell clippy clippy-web doc deny unit sim site browser desktop window)
# What is run by its name only: it downloads some hundred megabytes of other people's programs.
readonly asked_stages=(clients)
readonly quick_stages=(fmt shell clippy unit)
readonly test_packages=(chromium fonts-noto-cjk fonts-noto-color-emoji ffmpeg nats-server iproute2 nftables faketime openssl pebble)
readonly window_packages=(xvfb openbox xdotool wmctrl imagemagick pulseaudio pulseaudio-utils nftables desktop-file-utils)

# What needs the browser's compiler is built apart; everything else shares one target directory and one set of features.
readonly native=(--workspace --exclude platform-web)

run_stages() {
  local chosen=("$@") name began=$SECONDS
  case ${1:-} in
    help) printf '%s\n' "./dc.sh test [quick | STAGE…]; stages: ${stages[*]}, and when asked for: ${asked_stages[*]}" && return ;;
    quick) chosen=("${quick_stages[@]}") ;;
    sim)
      ! [[ ${2:-} =~ ^[0-9]+$ ]] || { replay "$2" && return; }
      ! [[ ${2:-} = cluster && ${3:-} =~ ^[0-9]+$ ]] || { replay_cluster "$3" && return; }
      ;;
    '') chosen=("${stages[@]}") ;;
  esac
  for name in "${chosen[@]}"; do
    [[ " ${stages[*]} ${asked_stages[*]} " == *" $name "* ]] ||
      { say "No stage is called $name; there are: ${stages[*]} ${asked_stages[*]}" && exit 2; }
  done
  # Results that another checkout's run left are of no use, and half of the disk.
  [ "${CI:-}" != true ] || export CARGO_INCREMENTAL=0
  need_rust
  need_packages "${build_packages[@]}"
  mkdir -p "$run/test"

  passed=0 failed=0
  failures=()
  for name in "${chosen[@]}"; do stage "$name"; done

  printf '\n'
  [ ${#failures[@]} -eq 0 ] || printf 'Failed: %s (the output of each is in %s)\n' "${failures[*]}" "$run/test"
  printf 'All of it took %s.\n' "$(minutes $((SECONDS - began)))"
  printf '%s passed, %s failed\n' "$passed" "$failed"
  [ "$failed" -eq 0 ]
}

# Runs one stage and counts: its tests where it has some, else the stage itself as one.
stage() {
  local name=$1 began=$SECONDS log=$run/test/$1.log good bad result=ok
  printf '\n== %s\n' "$name"
  # Not as a condition: bash would then go on after the stage's first failure.
  set +e
  (set -e && "stage_${name//-/_}") 2>&1 | tee "$log"
  [ "${PIPESTATUS[0]}" -eq 0 ] || result=FAILED
  set -e
  good=$(sum_of 's/^test result: .* \([0-9]*\) passed;.*/\1/p; s/^\(#\|ℹ\) pass \([0-9]*\)$/\2/p' "$log")
  bad=$(sum_of 's/^test result: .* \([0-9]*\) failed;.*/\1/p; s/^\(#\|ℹ\) fail \([0-9]*\)$/\2/p' "$log")
  # A stage that broke before its tests could count is a failure too.
  if [ "$result" = FAILED ] && [ "$bad" -eq 0 ]; then bad=1; fi
  if [ "$result" = ok ] && [ "$good" -eq 0 ]; then good=1; fi
  if [ "$bad" -gt 0 ]; then
    result=FAILED
    failures+=("$name")
  fi
  passed=$((passed + good))
  failed=$((failed + bad))
  printf '== %s: %s (%s passed, %s failed, %s)\n' "$name" "$result" "$good" "$bad" "$(minutes $((SECONDS - began)))"
}

sum_of() { sed -n "$1" "$2" | awk '{ sum += $1 } END { print sum + 0 }'; }

minutes() { printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); }

# --- The stages -------------------------------------------------------------------------------------------------------

stage_fmt() { cargo fmt --all --check; }

stage_shell() {
  need_packages shellcheck
  shellcheck -x dc.sh .ci/run deploy/*.sh platform-web/toolchain.sh platform-desktop/package/*.sh tests/*.sh tests/firestore-clients/*.sh tests/firestore-clients/*/*.sh
}

stage_clippy() {
  need_packages "${desktop_packages[@]}"
  cargo clippy "${native[@]}" --all-targets -- -D warnings
}

stage_clippy_web() {
  local wasm
  mapfile -t wasm < <(platform-web/toolchain.sh)
  wait $!
  local lint=(clippy)
  if ! env "${wasm[@]}" cargo clippy --version >/dev/null 2>&1; then
    say "!! The compiler for the web has no clippy here: checking without its lints."
    lint=(check)
  fi
  [ "${lint[0]}" = check ] || set -- -- -D warnings
  env "${wasm[@]}" cargo "${lint[@]}" -p platform-web --target wasm32-unknown-unknown --target-dir "$target/wasm" "$@"
}

stage_doc() {
  need_packages "${desktop_packages[@]}"
  RUSTDOCFLAGS='-D warnings' cargo doc "${native[@]}" --no-deps --document-private-items
}

stage_deny() {
  command -v cargo-deny >/dev/null || cargo install --locked --quiet cargo-deny
  cargo deny --log-level error check licenses bans sources
  # The advisories are a git repository, which a build machine without the internet cannot fetch.
  if timeout 120 cargo deny fetch db >/dev/null 2>&1; then
    cargo deny --log-level error check advisories
    # It reads the same database by other rules: what cargo-deny's graph leaves out is in the lock file too.
    command -v cargo-audit >/dev/null || cargo install --locked --quiet cargo-audit
    cargo audit --quiet
  else
    say "!! ADVISORIES WERE NOT CHECKED: their database is out of reach."
  fi
}

# Unit, store, driver and API tests, and the examples in the documentation. The simulation gets a taste here.
stage_unit() {
  need_packages "${desktop_packages[@]}"
  TSUKIYO_SEEDS=500 cargo test "${native[@]}" --no-fail-fast
}

stage_sim() { cargo test --release -p tests --test sim; }

# Google's own client libraries against our Firestore, and against Google's emulator where that is installed.
stage_clients() {
  need_packages python3-venv
  need_node
  cargo build -p emulator
  TSUKIYO_EMULATOR=$target/debug/tsukiyo-emulator tests/firestore-clients/run.sh
}

stage_site() {
  cargo build --release -p api -p bundle -p emulator
  build_site web
}

stage_browser() {
  need_packages "${test_packages[@]}"
  browser_modules
  stage_site
  cd tests/browser
  TSUKIYO_BIN=$target/release/tsukiyo TSUKIYO_WEB_DIR=$site npm test --silent
}

# The desktop program, with its window and without, in one room with a real browser.
stage_desktop() {
  need_packages "${test_packages[@]}" "${desktop_packages[@]}" "${window_packages[@]}"
  browser_modules
  stage_site
  cargo build "${native[@]}" --bins
  cd tests/browser
  TSUKIYO_BIN=$target/release/tsukiyo TSUKIYO_WEB_DIR=$site TSUKIYO_DESKTOP=$target/debug/tsukiyo-desktop \
    npm run desktop --silent
}

stage_window() {
  need_packages "${desktop_packages[@]}" "${window_packages[@]}"
  desktop-file-validate platform-desktop/package/tsukiyo.desktop
  cargo build "${native[@]}" --bins
  tests/window.sh "$target/debug/tsukiyo-desktop" "$run/test/window.png"
}

# --- What they share --------------------------------------------------------------------------------------------------

# Runs one schedule of the simulation and prints everything that happens in it.
replay() { TSUKIYO_SEED=$1 cargo test -p tests --test sim every_schedule_ends -- --nocapture; }

replay_cluster() { TSUKIYO_CLUSTER_SEED=$1 cargo test -p tests --test sim every_schedule_of_three -- --nocapture; }

# Installs what the browser tests import, unless the lock file's state is there.
browser_modules() { node_modules tests/browser; }

# Installs what a folder's lock file names, if that has changed.
node_modules() {
  need_node
  if ! [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ]; then
    (cd "$1" && npm ci --no-audit --no-fund --silent)
    touch "$1/node_modules/.package-lock.json"
  fi
}

need_node() {
  command -v node >/dev/null || need_packages nodejs npm
  local version
  version=$(node --version | sed 's/^v//; s/\..*//')
  if [ "$version" -lt 20 ]; then
    say "The browser tests need Node 20 or newer; this is $(node --version). https://nodejs.org has it."
    return 1
  fi
}
