# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# started without CAP_DAC_READ_SEARCH and CAP_DAC_OVERRIDE
# Homes of others are not looked into.
# Takes long: no-cap-sys-ptrace.sh is much the same.
fault() {
    configure "sensor: {pins: false}"
    begin_without dac_read_search,dac_override
    seen "status, sensor" watching "$(ask status | jq -r .sensor.state)"
    goes_on "watches the kernel and the journal"
}
