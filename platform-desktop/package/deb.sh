#!/usr/bin/env bash
# Packs the desktop program for Debian: deb.sh PROGRAM FOLDER. Prints the package's path.
set -euo pipefail

program=$1 folder=$2
here=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)
top=$here/../..
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/\1/p' "$top/Cargo.toml")
architecture=$(dpkg --print-architecture)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

tree=$work/tree
install -D -m 755 "$program" "$tree/usr/bin/tsukiyo-desktop"
install -D -m 644 "$here/tsukiyo.desktop" "$tree/usr/share/applications/tsukiyo.desktop"
install -D -m 644 "$top/platform-web/assets/moon.svg" "$tree/usr/share/icons/hicolor/scalable/apps/tsukiyo.svg"
for size in 192 512; do
  install -D -m 644 "$top/platform-web/assets/icon-$size.png" "$tree/usr/share/icons/hicolor/${size}x$size/apps/tsukiyo.png"
done
install -D -m 644 "$top/LICENSE" "$tree/usr/share/doc/tsukiyo-desktop/copyright"

# Which libraries it needs, as their packages say; their tool wants to see a source package.
mkdir -p "$work/debian"
printf 'Source: tsukiyo-desktop\n\nPackage: tsukiyo-desktop\nArchitecture: any\n' >"$work/debian/control"
libraries=$(cd "$work" && dpkg-shlibdeps -O --ignore-missing-info "$tree/usr/bin/tsukiyo-desktop" 2>/dev/null)

mkdir -p "$tree/DEBIAN"
cat >"$tree/DEBIAN/control" <<TEXT
Package: tsukiyo-desktop
Version: $version
Architecture: $architecture
Maintainer: Tsukiyo <noreply@localhost>
Section: net
Priority: optional
Installed-Size: $(du -sk "$tree/usr" | cut -f1)
Depends: ${libraries#shlibs:Depends=}, gstreamer1.0-plugins-good
Description: Video rooms in a window
 Open a link, type your name, and you are talking: the rooms of a Tsukiyo server, in a window or without one.
TEXT
mkdir -p "$folder"
package=$folder/tsukiyo-desktop_${version}_$architecture.deb
dpkg-deb --root-owner-group --build "$tree" "$package" >/dev/null
printf '%s\n' "$package"
