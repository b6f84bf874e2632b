# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154,SC2034
# the reader of its standard output goes away
fault() {
    configure
    "$bin/sentrad" --config "$state/sentra.yaml" --state-dir "$state" --rules "$rules" --print 2>>"$state/errors" | head -c 0 >/dev/null &
    await_true 10 answers
    sentrad=$(ask status | jq .pid)
    make_user unread
    logged '*stdout cannot be written any more; signals are still stored*'
    ask signals | grep -q unread || fail "the signal is not stored"
    outcome "goes on; signals are stored"
}
answers() { [ "$(ask status 2>/dev/null | jq -r .ready)" = true ]; }
