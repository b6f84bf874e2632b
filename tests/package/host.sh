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
    check_removed
}

if [ "${1:-}" = inside ]; then
    inside
    exit 0
fi
need dpkg-buildpackage dh sshpass jq
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
lay "$work/now/tree"
now=$(pack "$work/now/tree")
version=$(dpkg-deb -f "$now" Version)
next=$(repack "$now" "${version%.*}.$((${version##*.} + 1))" "$work/next.deb")
"$source_dir/tests/e2e/host/run" --systemd --copy "$now:/opt/now.deb" --copy "$next:/opt/next.deb" \
    -- bash "$here/host.sh" inside
