# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# /sys/fs/bpf unmounted while it runs
fault() {
    mount_pins
    begin "sensor: {bpf_filesystem: $pins}"
    umount -l "$pins"
    await_true 15 is_told '"sensor-tampered"'
    seen signals 'The sensor found its own work disturbed*' "$(narrative sensor-tampered)"
    goes_on "watches; says that a kill -9 would leave a gap"
}
