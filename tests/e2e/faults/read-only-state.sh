# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a read-only state directory
# Nothing could be kept: it says so and ends.
fault() {
    mkdir "$state/ro"
    mount --bind "$state/ro" "$state/ro"
    mount -o remount,bind,ro "$state/ro"
    configure
    status=0
    timeout 30 "$bin/sentrad" --config "$state/sentra.yaml" --state-dir "$state/ro" --rules "$rules" 2>>"$state/errors" || status=$?
    logged '*open store: *ead-only*'
    outcome "ends with status $status; systemd starts it again"
    expect "exit status" 1 "$status"
}
undo() { umount "$state/ro"; }
