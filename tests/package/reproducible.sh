#!/bin/bash
# SPDX-License-Identifier: MIT
# reproducible.sh [once]   the same tree gives the same package: built in another folder, time zone, language
# and umask and without the compiler's cache, not one byte differs. Leaves the package in build/package; once:
# does only that. By hand: two builds.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support/deb
. "$here/support/deb"
need dpkg-buildpackage dh cmp
case "${1:-twice}" in once | twice) ;; *) fail "what is $1?" ;; esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work/a" "$work/quite/another/place" "$source_dir/build/package"
lay "$work/a/tree"
CCACHE_DIR=${CCACHE_DIR:-$HOME/.cache/ccache} first=$(build "$work/a/tree")
cp "$first" "$source_dir/build/package/"
echo "$source_dir/build/package/$(basename "$first")"
[ "${1:-twice}" != once ] || exit 0
lay "$work/quite/another/place/sentra"
second=$(umask 027 && unset CCACHE_DIR && TZ=Asia/Kathmandu LC_ALL=C build "$work/quite/another/place/sentra")
if ! cmp "$first" "$second"; then
    for deb in "$first" "$second"; do
        dpkg-deb -R "$deb" "$deb.tree"
    done
    diff -rq "$first.tree" "$second.tree" >&2 || true
    fail "two builds differ"
fi
sha256sum "$first" | cut -d' ' -f1
