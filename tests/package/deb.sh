#!/bin/bash
# SPDX-License-Identifier: MIT
# The package holds what it should and nothing else: lintian finds no error and no warning, the units
# are well formed and as confined as promised, only what an administrator edits is a conffile, the rules
# are all there, and the programs are hardened and do not tell where they were built.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support/deb
. "$here/support/deb"
need dpkg-buildpackage dh lintian systemd-analyze readelf

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lay "$work/tree"
deb=$(pack "$work/tree")
dpkg-deb -x "$deb" "$work/root"

lint() {
    local said
    said=$(lintian --fail-on error,warning "$deb" 2>&1) || fail "lintian: $said"
}

# The rules by their count and content, all else by name.
contents() {
    local files
    files=$(cd "$work/root" && find . \( -type f -o -type l -o -empty \) -printf '%m %P\n' |
        sed 's|^\(...\) usr/lib/systemd/|\1 lib/systemd/|' |
        grep -v ' usr/share/sentra/rules/' | LC_ALL=C sort -k2)
    diff "$here/contents.golden" - <<<"$files" >&2 || fail "the package's contents are not contents.golden"
    diff -r --exclude=README.md "$source_dir/rules" "$work/root/usr/share/sentra/rules" >&2 ||
        fail "the rules of the package are not those of the tree"
    dpkg-deb -e "$deb" "$work/control"
    expect conffiles "/etc/apparmor.d/usr.sbin.sentrad /etc/logrotate.d/sentra /etc/sentra/sentra.yaml" \
        "$(sort "$work/control/conffiles" | xargs)"
}

units() {
    local folder
    folder=$(dirname "$(find "$work/root" -name sentrad.service)")
    for unit in sentrad sentra-report; do
        systemd-analyze security --offline=true --threshold=35 "$folder/$unit.service" >"$work/security" ||
            fail "$unit.service: $(tail -n 1 "$work/security")"
        tail -n 1 "$work/security"
    done
    # In a root of its own: the programs are those of the package; of the system, what units are
    # ordered by.
    cp -a "$work/root" "$work/host"
    mkdir -p "$work/host/bin" "$work/host/lib/systemd/system"
    touch "$work/host/bin/"{mkdir,kill} && chmod 755 "$work/host/bin/"*
    cp /lib/systemd/system/*.target "$work/host/lib/systemd/system/"
    local said
    said=$(systemd-analyze verify --man=no --root="$work/host" sentrad.service sentrad.socket \
        sentra-report.service sentra-report.timer 2>&1 | grep sentra || true)
    expect "what systemd-analyze verify says" "" "$said"
}

programs() {
    local program head dynamic
    for program in usr/bin/sentra usr/sbin/sentrad; do
        head=$(readelf -hlW "$work/root/$program")
        dynamic=$(readelf -dW "$work/root/$program")
        expect "$program: position independent" "*DYN*" "$head"
        expect "$program: relocations read-only" "*GNU_RELRO*" "$head"
        expect "$program: no executable stack" "*GNU_STACK*RW *" "$(grep GNU_STACK <<<"$head")"
        expect "$program: bound at once" "*NOW*" "$dynamic"
        [[ $dynamic != *RPATH* && $dynamic != *RUNPATH* ]] || fail "$program has a search path"
        expect "$program: guarded stacks" "*__stack_chk_fail*" "$(readelf --dyn-syms -W "$work/root/$program")"
        ! grep -aqF -e "$work" -e "$source_dir" "$work/root/$program" || fail "$program tells where it was built"
    done
    expect "the version" "sentra $(cd "$work/tree" && dpkg-parsechangelog -S Version)" \
        "$("$work/root/usr/bin/sentra" --version)"
}

lint
contents
units
programs
echo "good: $(dpkg-deb -f "$deb" Package Version Architecture Installed-Size | xargs)"
