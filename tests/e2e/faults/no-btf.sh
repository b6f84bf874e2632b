# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a kernel without BTF
fault() {
    mount -t tmpfs none /sys/kernel/btf
    begin "sensor: {pins: false}"
    trouble "the kernel's events are not seen: *"
    seen doctor '*has no type information*' \
        "$(ask doctor | jq -r '.. | strings | select(contains("type information"))' | head -n 1)"
    goes_on "watches the journal alone"
}
undo() { umount /sys/kernel/btf; }
