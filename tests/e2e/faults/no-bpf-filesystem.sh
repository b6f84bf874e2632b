# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# /sys/fs/bpf not mounted
# Nothing outlives a kill; all else works.
fault() {
    mkdir "$state/no-bpf"
    begin "sensor: {bpf_filesystem: $state/no-bpf}"
    logged '*does not outlive an end without warning: *is not a BPF file system'
    seen "status, sensor" watching "$(ask status | jq -r .sensor.state)"
    goes_on "watches; a kill -9 would leave a gap"
}
