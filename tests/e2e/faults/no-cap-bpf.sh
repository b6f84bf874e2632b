# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# started without CAP_BPF
# The kernel is not seen: status and doctor say so, the journal is watched.
fault() {
    configure "sensor: {pins: false}"
    begin_without bpf,sys_admin
    trouble "the kernel's events are not seen: *"
    goes_on "watches the journal alone"
}
