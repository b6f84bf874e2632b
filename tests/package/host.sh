#!/bin/bash
# SPDX-License-Identifier: MIT
# The package on a host with systemd, as an administrator meets it: installed it runs within seconds,
# answers its group and nobody else, tells a real attack over SSH, refuses a bad configuration without
# stopping, comes back when it hangs; restarted, upgraded and downgraded under load it misses not one
# program; removed it leaves nothing running, purged nothing that is not explained.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=support/deb
. "$here/support/deb"
# shellcheck source=support/service
. "$here/support/service"

inside() {
    rm -f /usr/sbin/policy-rc.d # what is installed is to be started
    rm -f /var/lib/man-db/auto-update # the index of all manuals is not what is tested here
    account maria correct-horse sudo
    account walter correct-horse
    install -d -m 700 /root/.ssh
    listing >/run/host/before
    install_package /opt/now.deb
    check_running
    check_socket
    check_attack
    check_report
    check_reload
    check_watchdog
    learn_own_programs
    check_load restart systemctl restart sentrad
    check_load upgrade dpkg -i /opt/next.deb
    expect "the upgraded package" "$(deb_version /opt/next.deb)" "$(installed_version)"
    check_load downgrade dpkg -i /opt/now.deb
    check_credentials
    tell_memory
    check_apparmor
    check_removed
}

# As in the image of a container: no systemd runs, nobody answers questions, nothing is started.
inside_container() {
    rm -f /usr/sbin/policy-rc.d /var/lib/man-db/auto-update
    listing >/run/host/before
    DEBIAN_FRONTEND=noninteractive dpkg -i /opt/now.deb </dev/null >/run/host/dpkg.log 2>&1 ||
        { cat /run/host/dpkg.log >&2; fail "dpkg -i without systemd"; }
    expect "running" "" "$(pgrep -a sentrad || true)"
    expect "the group" "sentra:*" "$(getent group sentra)"
    expect "the configuration" "the configuration can be used*" "$(sentrad --check-config --config /etc/sentra/sentra.yaml)"
    expect "the status" 3 "$(sentra status >/dev/null 2>&1 || echo $?)"
    DEBIAN_FRONTEND=noninteractive dpkg -P sentra </dev/null >/run/host/dpkg.log 2>&1 ||
        { cat /run/host/dpkg.log >&2; fail "dpkg -P without systemd"; }
    listing >/run/host/after
    expect "left" "" "$(comm -13 /run/host/before /run/host/after | grep sentra || true)"
    echo "without systemd: installed and purged"
}

case "${1:-}" in
    inside) inside; exit 0 ;;
    inside-container) inside_container; exit 0 ;;
esac
need dpkg-buildpackage dh sshpass jq
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lay "$work/now/tree"
now=$(pack "$work/now/tree")
version=$(dpkg-deb -f "$now" Version)
next=$(repack "$now" "${version%.*}.$((${version##*.} + 1))" "$work/next.deb")
"$source_dir/tests/e2e/host/run" --copy "$now:/opt/now.deb" -- bash "$here/host.sh" inside-container
"$source_dir/tests/e2e/host/run" --systemd --copy "$now:/opt/now.deb" --copy "$next:/opt/next.deb" \
    -- bash "$here/host.sh" inside
