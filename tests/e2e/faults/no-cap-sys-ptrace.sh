# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# started without CAP_SYS_PTRACE
# Arguments and namespaces of processes that ran before are not read.
fault() {
    configure "sensor: {pins: false}"
    begin_without sys_ptrace
    seen "status, sensor" watching "$(ask status | jq -r .sensor.state)"
    goes_on "watches the kernel and the journal"
}
