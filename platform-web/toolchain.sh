#!/usr/bin/env bash
# Makes sure that this machine can compile for wasm32-unknown-unknown, and prints what cargo's environment needs for it:
#
#   env $(platform-web/toolchain.sh) cargo build -p platform-web --target wasm32-unknown-unknown
#
# The ordinary way is rustup's target; then nothing is printed. Where rustup or its download server is out of reach,
# Debian ships a compiler for the web without a compiled standard library: that is built once into a sysroot of our own,
# and the PATH and SYSROOT that lead to it are printed. TSUKIYO_WASM=rustup or TSUKIYO_WASM=debian decides for one way. Idempotent.
set -euo pipefail

readonly target=wasm32-unknown-unknown
readonly home=${TSUKIYO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/tsukiyo}/wasm
readonly sysroot=$home/sysroot
readonly rustc=/usr/bin/rustc cargo=/usr/bin/cargo linker=/usr/lib/llvm-22/bin/lld
readonly packages=(rustc-web cargo-web rust-web-src rust-web-clippy lld-22)

say() { printf '%s\n' "$*" >&2; }

main() {
  mkdir -p "$home"
  case ${TSUKIYO_WASM:-auto} in
    rustup) with_rustup || { say "rustup could not add $target"; return 1; } ;;
    debian) with_debian ;;
    *) with_rustup || with_debian ;;
  esac
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
  local version
  version=$("$rustc" -V)
  if [ "$(cat "$sysroot/version" 2>/dev/null)" != "$version" ]; then
    say "Building the standard library for the browser, once (about a minute)…"
    build_std
    link_sysroot
    printf '%s' "$version" >"$sysroot/version"
  fi
  # Clippy asks no wrapper where its sysroot is, only SYSROOT.
  printf 'PATH=%s\nSYSROOT=%s\n' "$sysroot/bin:$PATH" "$sysroot"
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

# An empty crate whose dependencies are the standard library: cargo compiles that from Debian's sources.
build_std() {
  local build=$home/std
  rm -rf "$build" "$sysroot"
  mkdir -p "$build/src"
  cat >"$build/Cargo.toml" <<'TOML'
[package]
name = "stdbuild"
version = "0.0.0"
edition = "2021"
[profile.release]
opt-level = "s"
panic = "abort"
codegen-units = 1
debug = false
[workspace]
TOML
  : >"$build/src/lib.rs"
  # The bootstrap switch makes a stable compiler accept -Z: the one flag that builds its own library needs it.
  (cd "$build" && env -u CARGO_TARGET_DIR RUSTC="$rustc" RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes \
    "$cargo" build --release --target "$target" -Zbuild-std=std,panic_abort >&2)
}

# Everything the compiler has, by link; the new target and the linker where the compiler looks for them beside it.
link_sysroot() {
  local host libs=$sysroot/lib/rustlib/$target/lib tool
  host=$("$rustc" -vV | sed -n 's/^host: //p')
  mkdir -p "$libs" "$sysroot/lib/rustlib/$host/bin" "$sysroot/bin"
  ln -sfn "/usr/lib/rustlib/$host/lib" "$sysroot/lib/rustlib/$host/lib"
  ln -sfn "$linker" "$sysroot/lib/rustlib/$host/bin/rust-lld"
  find "$home/std/target/$target/release" -name '*.rlib' ! -name 'libstdbuild*' -exec cp {} "$libs/" \;
  printf '#!/bin/sh\nexec %s --sysroot %s "$@"\n' "$rustc" "$sysroot" >"$sysroot/bin/rustc"
  chmod +x "$sysroot/bin/rustc"
  for tool in cargo cargo-clippy clippy-driver; do
    ln -sfn "/usr/bin/$tool" "$sysroot/bin/$tool"
  done
  rm -rf "$home/std"
}

main
