#!/bin/bash
# SPDX-License-Identifier: MIT
# Half a minute of what hosts do all day, for a recording to measure the engine with: pages asked of
# a web server, people and scripts over ssh, git, a build, package lists, archives, files edited,
# replaced and removed. Everything in a directory of its own and on the loopback; needs root for sshd.
#   sentra record day.rec --for 60s &  sleep 5; tests/bench/day.sh
set -euo pipefail

source=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
place=$(mktemp -d)
servers=()
cleanup() {
    [ ${#servers[@]} -eq 0 ] || kill "${servers[@]}" 2>/dev/null || true
    rm -rf "$place"
}
trap cleanup EXIT
cd "$place"

web() {
    python3 -m http.server 8731 --bind 127.0.0.1 >/dev/null 2>&1 &
    servers+=($!)
    sleep 1
    for _ in $(seq 200); do curl -s http://127.0.0.1:8731/ >/dev/null; done
}

over_ssh() {
    mkdir -p /run/sshd keys
    ssh-keygen -q -t ed25519 -N '' -f keys/host
    ssh-keygen -q -t ed25519 -N '' -f keys/mine
    cat >keys/config <<TEXT
Port 8722
ListenAddress 127.0.0.1
HostKey $place/keys/host
AuthorizedKeysFile $place/keys/mine.pub
PidFile none
StrictModes no
TEXT
    /usr/sbin/sshd -D -f keys/config 2>/dev/null &
    servers+=($!)
    sleep 1
    for command in id 'ls -la /etc' 'df -h; free; uptime' 'grep -c root /etc/passwd' 'find /etc -name "*.conf" | head' \
        'ps aux | sort | tail -3' 'cat /etc/os-release; uname -a' 'for i in 1 2 3 4 5; do date; hostname; done'; do
        ssh -q -p 8722 -i keys/mine -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
            127.0.0.1 "$command" >/dev/null || true
    done
}

git_work() {
    git clone -q "$source" repo
    git -C repo log --oneline -100 >/dev/null
    git -C repo grep -n Result >/dev/null
    git -C repo gc -q
}

build() {
    mkdir build
    for i in $(seq 12); do echo "int f$i(void) { return $i; }" >build/f$i.c; done
    printf 'all: %s\n\tar rcs lib.a *.o\n' "$(seq -f 'f%.0f.o' -s ' ' 12)" >build/Makefile
    for _ in 1 2 3 4; do
        rm -f build/*.o
        make -s -C build
    done
}

packages() {
    for name in bash coreutils gcc git openssh-server; do
        dpkg -l $name >/dev/null 2>&1 || true
        dpkg -L $name >/dev/null 2>&1 || true
        apt-cache policy $name >/dev/null 2>&1 || true
    done
}

files() {
    tar czf all.tgz repo
    mkdir out
    tar xzf all.tgz -C out
    find out -name '*.yaml' | head -100 | while read -r file; do sed -i 's/a/a/' "$file"; done
    find out -name '*.h' | head -100 | while read -r file; do
        cp "$file" x
        chmod 644 x
        mv x y
        rm y
    done
}

small_programs() {
    for _ in $(seq 60); do
        id >/dev/null
        date >/dev/null
        ls /etc >/dev/null
        cat /etc/hostname >/dev/null
    done
}

for part in web over_ssh git_work build packages files small_programs; do $part; done
