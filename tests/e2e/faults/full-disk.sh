# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# a full disk below the store
# Evidence stops first and is counted; signals go on.
# Takes long: store_trouble.sh does it every time.
fault() {
    mount -t tmpfs -o size=6m tmpfs "$state"
    begin "sinks: {lines: {type: file, path: /run/host/full-disk-lines}}"
    make_user beforefull
    await_true 10 grep -q beforefull /run/host/full-disk-lines
    dd if=/dev/zero of="$state/filler" bs=4k 2>/dev/null || true
    local number
    for number in 1 2 3 4; do
        make_user "fulldisk$number"
        await_true 10 grep -q "fulldisk$number" /run/host/full-disk-lines
    done
    trouble '*disk of the store is full*'
    seen "status, losses" '*"store_full":*' "$(ask status | jq -c .losses)"
    rm "$state/filler"
    make_user afterfull
    await_true 10 grep -q afterfull /run/host/full-disk-lines
    outcome "goes on; signals are stored without their rows of evidence until there is room"
}
undo() { [ -z "$sentrad" ] || kill -KILL "$sentrad"; umount -l "$state"; }
