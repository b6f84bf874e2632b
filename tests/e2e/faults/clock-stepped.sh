# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# the clock set forth by an hour, then back by a day
# A container may not set the machine's clock: sentrad alone is told another time.
# Takes long: the past is left behind after some seconds.
fault() {
    : >"$state/offset"
    gcc -shared -fPIC -O1 -o "$state/clock.so" "$here/faults/clock.c"
    LD_PRELOAD=$state/clock.so CLOCK_OFFSET=$state/offset begin "sensor: {pins: false}"
    sleep 6 # what was there before the start is taken by then
    printf 3600 >"$state/offset"
    await_true 20 is_told '"The clock was set"'
    seen signals '*clock of this server was set*' "$(narrative clock-stepped)"
    seen "signals, risk" 0.15 "$(risk clock-stepped)"
    printf -- -86400 >"$state/offset"
    await_true 30 backward
    seen "signals, risk after the second" 0.35 "$(risk clock-stepped)"
    # By what the kernel says: journald and it still have the machine's own time.
    mkdir -p /root/.ssh
    echo 'ssh-ed25519 AAAA test' >>/root/.ssh/authorized_keys
    await_true 15 is_told '"ssh-key-added"'
    outcome "goes on; a key added afterwards is told of"
}
backward() { [ "$(risk clock-stepped)" = 0.35 ]; }
