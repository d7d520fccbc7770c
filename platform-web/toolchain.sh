#!/usr/bin/env bash
# Makes sure that this machine can compile for wasm32-unknown-unknown, and prints what cargo's environment needs for it,
# a NAME=value on each line (some hold spaces):
#
#   mapfile -t wasm < <(platform-web/toolchain.sh [small])
#   env "${wasm[@]}" cargo build -p platform-web --target wasm32-unknown-unknown
#
# The ordinary way is rustup's target. Where rustup or its download server is out of reach, Debian has a compiler for the
# web, without a compiled standard library: cargo compiles that along with the app. TSUKIYO_WASM=rustup or
# TSUKIYO_WASM=debian decides for one way.
#
# With `small`, cargo compiles the standard library along in either way, for size and without the texts of panics: a tenth
# of what a browser downloads. Where that cannot be, it says so and leaves it.
set -euo pipefail

readonly target=wasm32-unknown-unknown
readonly packages=(rustc-web cargo-web rust-web-src rust-web-clippy lld-22)
readonly small_flags=(-Zlocation-detail=none -Zunstable-options -Cpanic=immediate-abort -Zfmt-debug=shallow)
std=shipped

say() { printf '%s\n' "$*" >&2; }

main() {
  case ${TSUKIYO_WASM:-auto} in
    rustup) with_rustup || { say "rustup could not add $target"; return 1; } ;;
    debian) with_debian ;;
    *) with_rustup || with_debian ;;
  esac
  [ "${1:-}" != small ] || make_small
  # The bootstrap switch makes a stable compiler accept what is not stable yet, as when a compiler is built: compiling the
  # standard library is. No crate of ours uses an unstable feature.
  [ "$std" = shipped ] || printf '%s\n' RUSTC_BOOTSTRAP=1 CARGO_UNSTABLE_BUILD_STD=std,panic_abort
}

# A rustc that has the target already (rustup's, or a distribution's own) is as good as one that rustup gives it to.
with_rustup() {
  local libs
  libs=$(rustc --print target-libdir --target "$target" 2>/dev/null) || return 1
  compgen -G "$libs/libstd-*.rlib" >/dev/null && return 0
  command -v rustup >/dev/null || return 1
  say "Adding the $target target to Rust…"
  timeout 300 rustup target add "$target" >&2
}

with_debian() {
  install_packages
  PATH=/usr/bin:$PATH
  printf '%s\n' "PATH=$PATH" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-22
  std=compiled
}

make_small() {
  if ! has_sources; then
    say "!! The sources of Rust's standard library are not to be had ('rustup component add rust-src'): using it as it" \
      "came. The web app will be a tenth larger."
  elif ! RUSTC_BOOTSTRAP=1 rustc "${small_flags[@]}" --print cfg --target "$target" >/dev/null 2>&1; then
    say "!! This compiler does not know '${small_flags[*]}': the web app will be a tenth larger."
  else
    std=compiled
    printf '%s\n' "RUSTFLAGS=${small_flags[*]}" CARGO_UNSTABLE_BUILD_STD_FEATURES=optimize_for_size
  fi
}

has_sources() {
  local lock
  lock=$(rustc --print sysroot)/lib/rustlib/src/rust/library/Cargo.lock
  [ -e "$lock" ] && return
  command -v rustup >/dev/null || return 1
  say "Adding the sources of the standard library to Rust…"
  timeout 300 rustup component add rust-src >&2 && [ -e "$lock" ]
}

install_packages() {
  local package missing=()
  for package in "${packages[@]}"; do
    dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  local sudo=()
  if [ "$(id -u)" -ne 0 ]; then
    if ! sudo -n true 2>/dev/null; then
      say "Please add the wasm target with 'rustup target add $target', or install: ${missing[*]}"
      return 1
    fi
    sudo=(sudo -n)
  fi
  "${sudo[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >&2
}

main "$@"
