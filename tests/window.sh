#!/usr/bin/env bash
# Opens the desktop program on a display of its own and passes once its window shows something and closes when asked.
#
#   tests/window.sh PROGRAM SCREENSHOT
set -euo pipefail

readonly program=$1 screenshot=$2
readonly patience=60

scratch=$(mktemp -d)
pids=()
trap 'kill "${pids[@]}" 2>/dev/null || true; wait; rm -rf "$scratch"' EXIT

main() {
  start_display
  # Nothing of this machine's user: no settings, no GPU.
  HOME=$scratch XDG_RUNTIME_DIR=$scratch WEBKIT_DISABLE_COMPOSITING_MODE=1 "$program" >"$scratch/log" 2>&1 &
  readonly app=$!
  pids+=("$app")

  wait_until "its window is there" find_window
  wait_until "its window shows something" shows_something
  echo "The window shows $(colours) colours; a picture of it is $screenshot"

  wmctrl -i -c "$window"
  wait_until "it has ended" has_ended
  wait "$app" || fail "it ended with code $?"
  echo "The window closes when it is asked to."
}

start_display() {
  Xvfb -displayfd 3 -screen 0 1280x800x24 -nolisten tcp 3>"$scratch/display" >/dev/null 2>&1 &
  pids+=($!)
  wait_until "the display is there" test -s "$scratch/display"
  DISPLAY=:$(cat "$scratch/display")
  export DISPLAY
  # Somebody must carry the wish to close a window to the program.
  openbox >/dev/null 2>&1 &
  pids+=($!)
  wait_until "windows are managed" are_managed
}

are_managed() { wmctrl -m >/dev/null 2>&1; }

find_window() {
  kill -0 "$app" 2>/dev/null || fail "it ended at once"
  window=$(xdotool search --onlyvisible --name Tsukiyo 2>/dev/null | head -n 1)
  [ -n "$window" ]
}

# A page that failed is blank: one colour, or two with a border.
shows_something() {
  import -silent -window "$window" "$screenshot" 2>/dev/null && [ "$(colours)" -gt 16 ]
}

colours() { identify -format %k "$screenshot"; }

has_ended() { ! kill -0 "$app" 2>/dev/null; }

wait_until() {
  local what=$1 deadline=$((SECONDS + patience))
  shift
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || fail "within $patience s it did not come true that $what"
    sleep 0.1
  done
}

fail() {
  echo "The window: $1. It said:" >&2
  tail -n 20 "$scratch/log" >&2
  exit 1
}

main
