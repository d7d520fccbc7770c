#!/usr/bin/env bash
# Everything one does with Tsukiyo, from anywhere, without Docker: `./dc.sh help`.
set -euo pipefail

root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
cd "$root"
readonly root
readonly target=${CARGO_TARGET_DIR:-$root/target}
readonly site=$target/site
readonly run=$root/.run
readonly pid_file=$run/server.pid ready_file=$run/ready.json log_file=$run/server.log

# What is needed beyond Rust to build, to run and to look after the server, as Debian names it.
readonly build_packages=(gcc libc6-dev ca-certificates procps curl)
readonly desktop_packages=(libwebkit2gtk-4.1-dev libgtk-3-dev libxdo-dev libssl-dev pkg-config libvpx-dev cmake g++ libasound2-dev gstreamer1.0-plugins-good)

# shellcheck source=tests/stages.sh
. "$root/tests/stages.sh"
# shellcheck source=deploy/cloud-run.sh
. "$root/deploy/cloud-run.sh"

usage() {
  cat <<'TEXT'
Tsukiyo: video rooms in Rust.

  ./dc.sh init             write .env and look at the tools
  ./dc.sh start            build what changed, run the server, print the addresses
  ./dc.sh stop             stop the server
  ./dc.sh stats | st       is it running, where, with how many people
  ./dc.sh app install      get the WebAssembly target and build the web app
  ./dc.sh app dev          run, and build and restart when a file changes
  ./dc.sh app desktop      the same rooms in a window
  ./dc.sh app deb          pack that window for Debian, in target/deb
  ./dc.sh firebase start   the Firestore emulator alone
  ./dc.sh test [STAGE…]    everything CI checks, or: quick, or stages by name (./dc.sh test help)
  ./dc.sh test sim [SEED]  the simulation, or one schedule of it with all that happens
  ./dc.sh test clients     Google's Firestore clients against our Firestore, and against Google's
  ./dc.sh bench [NAME…]    the figures: time to the first picture, load, CPU, memory, requests
  ./dc.sh shots [PART]     pictures of every screen, in both sizes, themes and languages, into target/shots
  ./dc.sh compose up|down  a server in containers where Docker is; compose cluster up|down: three of them, with NATS
  ./dc.sh deploy           to Cloud Run with Firestore; --dry-run says what that does, undeploy takes it back
  ./dc.sh version
  ./dc.sh help

Settings are in .env; .env.example explains them.
TEXT
}

main() {
  # A test must not hear of the settings of who runs it.
  [[ ${1:-} =~ ^(test|bench|shots)$ ]] || load_env
  export TSUKIYO_WEB_DIR=${TSUKIYO_WEB_DIR:-$site}
  case "${1:-help} ${2:-}" in
    "init "*) init ;;
    "start "*) start ;;
    "stop "*) stop ;;
    "stats "* | "st "*) stats ;;
    "app install") app_install ;;
    "app dev") app_dev ;;
    "app desktop") app_desktop "${@:3}" ;;
    "app deb") app_deb ;;
    "firebase start") firebase_start "${@:3}" ;;
    "test "*) run_stages "${@:2}" ;;
    "bench "*) bench "${@:2}" ;;
    "shots "*) shots "${@:2}" ;;
    "compose "*) compose "${@:2}" ;;
    "deploy "*) deploy "${@:2}" ;;
    "undeploy "*) undeploy "${@:2}" ;;
    "version "* | "--version "* | "-V "*) version ;;
    "help "* | "--help "* | "-h "*) usage ;;
    *)
      printf 'There is no command "%s".\n\n' "$*" >&2
      usage >&2
      exit 2
      ;;
  esac
}

# --- Commands ---------------------------------------------------------------------------------------------------------

init() {
  if [ -e .env ]; then
    say ".env is there already."
  else
    cp .env.example .env
    say "Wrote .env from .env.example."
  fi
  need_rust
  need_packages "${build_packages[@]}"
  say "$(rustc --version), $(cc --version | head -n 1)"
  say "Ready: ./dc.sh start"
}

start() {
  if pid=$(server_pid); then
    say "Tsukiyo is running already (process $pid)."
    addresses
    return
  fi
  build_server
  build_site web
  start_server
  addresses
}

stop() {
  if ! pid=$(server_pid); then
    say "Tsukiyo is not running."
    rm -f "$pid_file" "$ready_file"
    return
  fi
  kill "$pid"
  if ! wait_until 15 gone "$pid"; then
    say "It did not end by itself within 15 seconds: ending it now."
    kill -KILL "$pid"
  fi
  rm -f "$pid_file" "$ready_file"
  say "Stopped."
}

stats() {
  if ! pid=$(server_pid); then
    say "Tsukiyo is not running. Start it with ./dc.sh start"
    return 1
  fi
  say "Tsukiyo is running (process $pid, since $(ps -o etime= -p "$pid" | tr -d ' '))."
  addresses
  printf '  %-12s %s\n' memory "$(ps -o rss= -p "$pid" | awk '{ printf "%.1f MB", $1 / 1024 }')"
  local health
  if health=$(curl -fsS --max-time 5 "$(address app)/healthz" 2>/dev/null); then
    printf '  %-12s %s\n' rooms "$(field rooms <<<"$health")" people "$(field members <<<"$health")" \
      sockets "$(field sockets <<<"$health")" store "$(field status <<<"$health")"
  else
    say "It does not answer on /healthz; the log is $log_file"
    return 1
  fi
}

app_install() {
  build_server
  build_site web
  say "The web app is in $site"
}

app_dev() {
  local child='' mark=$run/dev.mark
  mkdir -p "$run"
  server_pid >/dev/null && stop
  need_rust
  need_packages "${build_packages[@]}"
  trap '[ -z "$child" ] || kill "$child" 2>/dev/null; exit 0' INT TERM
  while true; do
    touch "$mark"
    if cargo build -p api -p bundle && build_site web-dev; then
      # Calls do not notice: media goes on, and the pages come back by themselves.
      [ -z "$child" ] || { kill "$child" 2>/dev/null && wait "$child"; } || true
      "$target/debug/tsukiyo" serve &
      child=$!
      say "Watching. Reload the page after a change; Ctrl+C ends."
    else
      say "The build failed; what ran before goes on."
    fi
    until changed_since "$mark"; do sleep 1; done
  done
}

app_desktop() {
  need_rust
  need_packages "${build_packages[@]}" "${desktop_packages[@]}"
  # Repainting is four times cheaper this way where there is no GPU.
  [ -e /dev/dri ] || export WEBKIT_DISABLE_COMPOSITING_MODE=1
  cargo run --release -p platform-desktop -- "$@"
}

app_deb() {
  need_rust
  need_packages "${build_packages[@]}" "${desktop_packages[@]}" dpkg-dev
  cargo build --release -p platform-desktop
  platform-desktop/package/deb.sh "$target/release/tsukiyo-desktop" "$target/deb"
}

firebase_start() {
  build_server
  exec "$target/release/tsukiyo-emulator" "$@"
}

bench() {
  build_server
  build_site web
  need_packages "${test_packages[@]}" wrk
  browser_modules
  node_modules tests/bench/posts
  if [ $# -eq 0 ] || [[ " $* " == *" desktop "* ]]; then
    need_packages "${desktop_packages[@]}" "${window_packages[@]}"
    cargo build --release -p platform-desktop
    export TSUKIYO_DESKTOP=$target/release/tsukiyo-desktop
  fi
  export TSUKIYO_BIN=$target/release/tsukiyo
  local script name failed=0
  for script in tests/bench/*/run.*; do
    name=$(basename "$(dirname "$script")")
    [ $# -eq 0 ] || [[ " $* " == *" $name "* ]] || continue
    case $script in
      *.mjs) node "$script" || failed=1 ;;
      *.sh) bash "$script" || failed=1 ;;
    esac
  done
  return "$failed"
}

shots() {
  build_server
  build_site web
  need_packages "${test_packages[@]}"
  browser_modules
  TSUKIYO_BIN=$target/release/tsukiyo node tests/browser/screens.mjs "$target/shots" "$@"
}

compose() {
  local file=deploy/compose.yaml
  [ "${1:-}" != cluster ] || { file=deploy/cluster.yaml && shift; }
  docker compose version >/dev/null 2>&1 || { say "Docker with its compose plug-in is missing. Without it: ./dc.sh start" && exit 1; }
  [ "${1:-}" != up ] || site_for_image
  # Up is up: the terminal is free again.
  [ "$*" != up ] || set -- up --build --detach
  docker compose --file "$file" "$@"
}

version() {
  printf 'tsukiyo %s' "$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)"
  git rev-parse --short HEAD 2>/dev/null | sed 's/.*/ (&)/' || true
}

# --- Building ---------------------------------------------------------------------------------------------------------

build_server() {
  need_rust
  need_packages "${build_packages[@]}"
  # Together: for some of them alone, cargo would build what they share once more, with other features.
  cargo build --release -p api -p bundle -p emulator
}

# Builds the web app with the cargo profile given and turns it into files to serve. Unchanged, it takes a second.
build_site() {
  local profile=$1 wasm=() tool=$target/release/bundle fast=() size=()
  [ "$profile" != web ] || size=(small)
  mapfile -t wasm < <(platform-web/toolchain.sh "${size[@]}")
  wait $! || return 1
  # The bundler cuts the program along what the linker writes down with --emit-relocs.
  env "${wasm[@]}" cargo rustc -p platform-web --profile "$profile" --target wasm32-unknown-unknown \
    --target-dir "$target/wasm" -- -Clink-arg=--emit-relocs || return 1
  # What is loaded when it is needed, by the components with which each chunk begins (app/src/chunk.rs), and by what only they
  # ask the platform for. One that names another is loaded with that, and shares what both need.
  local driver='<session::driver::Driver<platform_web::browser::Browser>>'
  local screen='<session::driver::screen::Screen<platform_web::browser::Browser>>'
  local worker='<session::driver::worker::Worker<platform_web::browser::Browser>>'
  local inside="<call::call::Call>::handle_input,<call::call::Call>::handle_timeout,$driver::hear_inside,$driver::hear_joined"
  inside+=",$driver::carry_out,$worker::operate,$driver::listen,platform_web::stats::read,$driver::look,$driver::looked,$driver::load_earlier,$driver::load_missing,$driver::take_earlier"
  inside+=",$screen::start,$screen::picked,$driver::watch,$driver::save_data,$driver::show_apart,$driver::adapt"
  inside+=",platform_web::sender::set_parameters,platform_web::data_channel::open"
  inside+=",$driver::let_report,$driver::report,$driver::follow_call,$driver::glanced,<session::ledger::Ledger>::state"
  inside+=",$driver::obey_files,$driver::hear_channel,$driver::file_happened,$driver::look_after_files"
  local chunks=(
    --chunk "posts=app::posts::list::PostList,app::posts::read::ReadPost,app::posts::edit::NewPost,app::posts::edit::EditPost"
    --chunk "access=app::access::form::AccessForm"
    --chunk "trouble=app::lobby::trouble::Troubles"
    --chunk "recording:room=app::recording::Recording,app::recording::bar::RecordingBar,app::recording::kept::Leftovers,platform_web::recorder::open"
    --chunk "room=app::room::Room,app::room::turned::Turned,app::room::rehearsal::Rehearsal,platform_web::tone::play,platform_web::awake::keep,$inside"
  )
  if [ "$profile" = web-dev ]; then
    tool=$target/debug/bundle
    fast=(--fast)
  fi
  "$tool" --wasm "$target/wasm/wasm32-unknown-unknown/$profile/platform-web.wasm" --html platform-web/index.html \
    --assets platform-web/assets --scripts platform-web/scripts --styles app/assets --out "$site" "${chunks[@]}" "${fast[@]}"
}

# Puts the web app where the image takes it from: its compiler is in no image.
site_for_image() {
  build_server
  build_site web
  [ "$site" = "$root/target/site" ] || { rm -rf "$root/target/site" && mkdir -p "$root/target" && cp -R "$site" "$root/target/site"; }
}

# Says whether a source is newer than the mark.
changed_since() {
  [ -n "$(find Cargo.toml api app emulator platform-web -newer "$1" -type f -print -quit)" ]
}

# --- The server as a process ------------------------------------------------------------------------------------------

start_server() {
  mkdir -p "$run"
  rm -f "$ready_file"
  # A session of its own: closing the terminal does not close the rooms.
  setsid "$target/release/tsukiyo" serve --ready-file "$ready_file" >>"$log_file" 2>&1 </dev/null &
  local pid=$!
  echo "$pid" >"$pid_file"
  if ! wait_until 60 ready_or_gone "$pid" || [ ! -s "$ready_file" ]; then
    rm -f "$pid_file"
    say "The server did not start. The end of $log_file:"
    tail -n 15 "$log_file" >&2
    return 1
  fi
}

# Prints the process id of the running server, or fails.
server_pid() {
  local pid
  pid=$(cat "$pid_file" 2>/dev/null) || return 1
  # Ids are given out again after a restart of the machine: the name must be ours.
  [[ $(ps -o comm= -p "$pid" 2>/dev/null) == tsukiyo ]] || return 1
  echo "$pid"
}

addresses() {
  local name url
  for name in app functions firestore page; do
    url=$(address "$name")
    [ -z "$url" ] || printf '  %-12s %s\n' "$name" "$url"
  done
}

address() { field "$1" <"$ready_file" 2>/dev/null || true; }

# Reads a field of a flat JSON object: there is no jq on a fresh machine.
field() { tr ',{}' '\n' | sed -n "s/^[[:space:]]*\"$1\"[[:space:]]*:[[:space:]]*\"\{0,1\}\([^\"]*\)\"\{0,1\}[[:space:]]*$/\1/p"; }

gone() { ! kill -0 "$1" 2>/dev/null; }

ready_or_gone() { [ -s "$ready_file" ] || gone "$1"; }

# --- The machine ------------------------------------------------------------------------------------------------------

say() { printf '%s\n' "$*" >&2; }

# Waits at most $1 seconds until the command that follows succeeds.
wait_until() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.05
  done
}

# Takes the settings of .env that the environment does not have already, as the server does itself.
load_env() {
  [ -f .env ] || return 0
  local line name value
  while IFS= read -r line || [ -n "$line" ]; do
    [[ $line =~ ^[[:space:]]*(export[[:space:]]+)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$ ]] || continue
    name=${BASH_REMATCH[2]} value=${BASH_REMATCH[3]}
    case $value in
      \"*\"*) value=${value#\"} value=${value%%\"*} ;;
      \'*\'*) value=${value#\'} value=${value%%\'*} ;;
      *) value=${value%%[[:space:]]#*} value=${value%"${value##*[![:space:]]}"} ;;
    esac
    [ -n "${!name+set}" ] || export "$name=$value"
  done <.env
}

need_rust() {
  if ! command -v cargo >/dev/null && [ -x "$HOME/.cargo/bin/cargo" ]; then
    PATH=$HOME/.cargo/bin:$PATH
  fi
  if ! command -v cargo >/dev/null && apt_has_rust; then
    need_packages rustc-web cargo-web
  fi
  local wanted found
  wanted=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' Cargo.toml)
  if ! found=$(rustc --version 2>/dev/null); then
    say "Rust is missing. Please install it from https://rustup.rs and come back."
    exit 1
  fi
  found=${found#rustc } found=${found%% *}
  if [ "$(printf '%s\n' "$wanted" "$found" | sort -V | head -n 1)" != "$wanted" ]; then
    say "Tsukiyo needs Rust $wanted or newer; this is $found. 'rustup update stable' brings it."
    exit 1
  fi
}

# Debian's own rustc may be years old; the one that it builds browsers with is not.
apt_has_rust() { command -v apt-cache >/dev/null && apt-cache show rustc-web >/dev/null 2>&1; }

# Installs the Debian packages that are missing, where that needs no question, and else says which they are.
need_packages() {
  command -v dpkg >/dev/null || return 0
  local package missing=() sudo=()
  for package in "$@"; do
    [ "$(dpkg-query -Wf '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "Please install what is missing and come back: sudo apt-get install ${missing[*]}"
      exit 1
    fi
    sudo=(sudo -n)
  fi
  say "Installing ${missing[*]}…"
  local install=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends)
  mkdir -p "$run"
  if ! "${install[@]}" "${missing[@]}" >"$run/apt.log" 2>&1; then
    # A fresh machine has no package lists, or old ones.
    "${sudo[@]}" apt-get update -q >>"$run/apt.log" 2>&1 || true
    if ! "${install[@]}" "${missing[@]}" >>"$run/apt.log" 2>&1; then
      tail -n 5 "$run/apt.log" >&2
      say "apt could not install ${missing[*]}; all it said is in $run/apt.log"
      exit 1
    fi
  fi
}

main "$@"
