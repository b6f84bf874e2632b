# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2154
# out of memory in its control group
# The kernel kills it, as kill -9 does; its programs stay, and the next one misses nothing.
# Takes long: memory fills slowly.
fault() {
    local ended=0 storm
    mount_pins
    find_group || { outcome "not done: no control group for memory here"; return 0; }
    configure "sensor: {bpf_filesystem: $pins}"
    begin_through "echo \$BASHPID >$group/cgroup.procs"
    make_user whileended
    await_true 10 is_told whileended
    # What it has, and a little: the first hundreds of processes are too many.
    echo $(($(cat "$group/$usage") + (1 << 18))) >"$group/$limit"
    python3 -c 'import os
while True:
    os.waitpid(os.posix_spawn("/bin/true", ["true", *["x" * 100] * 30], {}), 0)' &
    storm=$!
    timeout 60 tail --pid="$sentrad" -f /dev/null || ended=1
    kill -KILL "$storm"
    [ "$ended" = 0 ] || fail "it was not ended"
    wait "$sentrad" || ended=$?
    sentrad=''
    make_user whendead
    seen "exit status" 137 "$ended"
    seen status 'sentrad does not run; *ended without warning' "$(ask status | jq -r .line)"
    begin_again
    await_true 10 is_told whendead
    expect "gaps" 0 "$(ask status | jq '.gaps | length')"
    goes_on "the next one misses nothing"
}
find_group() {
    mkdir -p "$state/memory"
    if mount -t cgroup -o memory none "$state/memory" 2>/dev/null; then
        group=$state/memory/fault-$$ usage=memory.usage_in_bytes limit=memory.limit_in_bytes
    elif grep -qw memory /sys/fs/cgroup/cgroup.controllers && echo +memory >/sys/fs/cgroup/cgroup.subtree_control; then
        group=/sys/fs/cgroup/fault-$$ usage=memory.current limit=memory.max
    else
        return 1
    fi 2>/dev/null
    mkdir "$group"
}
undo() { rmdir "$group" || true; umount -l "$state/memory" || true; }
