# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# SIGSTOP for ten seconds under a flood, the ring at its smallest
# Takes long. The ring fills; what did not fit is a number.
fault() {
    mount_pins
    begin "sensor: {bpf_filesystem: $pins, ring_mb: 1}"
    bash -c "kill -STOP $sentrad"
    mkdir "$state/flood"
    timeout 10 python3 -c 'import os, sys
os.chdir(sys.argv[1])
open("a", "w").close()
while True:
    os.rename("a", "b")
    os.rename("b", "a")' "$state/flood" || true
    kill -CONT "$sentrad"
    await_true 20 has_trouble '*events were lost*'
    trouble '*events were lost'
    # The kernel's own count is there at once; as an event of the stream it comes in its turn.
    await_true 10 has_loss ring_full
    seen "status, losses" '*"ring_full":*' "$(ask status | jq -c .losses)"
    await_true 10 is_told '"sensor-signalled"'
    seen signals '*the signal 19 *' "$(narrative sensor-signalled)"
    goes_on "loses, counts, goes on"
}
