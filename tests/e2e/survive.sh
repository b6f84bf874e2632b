#!/bin/bash
# SPDX-License-Identifier: MIT
# kill -9 of the sensor in the middle of a storm of programs, again and again, then a restart: not
# one program is missing from what was recorded, checked by number. So is a hand-over, and a sensor
# of another version that takes the place of a running one. Needs root, and to mount a BPF file
# system of its own.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=$(mktemp -d)
# shellcheck source=support/daemon
. "$here/support/daemon"

[ "$(id -u)" = 0 ] || { echo "needs root" >&2; exit 77; }
mkdir "$state/bpf"
mount -t bpf none "$state/bpf" || { echo "no BPF file system to be had" >&2; exit 77; }
recorder='' storm=''
clean() {
    [ -z "$recorder" ] || kill -KILL "$recorder" 2>/dev/null || true
    [ -z "$storm" ] || kill -KILL "$storm" 2>/dev/null || true
    [ -z "$sentrad" ] || kill -KILL "$sentrad" 2>/dev/null || true
    umount "$state/bpf" # what is still pinned goes with it
    rm -rf "$state"
}
trap clean EXIT

# begin NAME [OPTION]...   records into NAME; returns when the sensor is there
begin() {
    local name=$1 attempt
    shift
    "$bin/sentra" record "$state/$name" --pins "$state/bpf/pins" "$@" 2>"$state/$name.says" &
    recorder=$!
    for ((attempt = 0; attempt < 1200; attempt++)); do
        grep -q 'recording to' "$state/$name.says" && return 0
        kill -0 "$recorder" 2>/dev/null || { cat "$state/$name.says" >&2; fail "no recorder"; }
        sleep 0.05
    done
    fail "no recorder after 60 s"
}

end() { # SIGNAL
    kill "-$1" "$recorder"
    wait "$recorder" 2>/dev/null || true
    recorder=''
}

# storm FIRST LAST   as fast as one process can, each with its number for an argument
storm() {
    local number
    for ((number = $1; number <= $2; number++)); do
        /bin/true "storm-$number"
    done
}

# The numbers seen in recordings, each once.
numbers() {
    local name
    for name in "$@"; do
        "$bin/sentra" replay "$state/$name" --events 2>/dev/null
    done | grep -o 'storm-[0-9]*' | tr -dc '0-9\n' | sort -n | uniq
}

pinned() { find "$state/bpf" -mindepth 2 | wc -l; }

echo "kill -9, six times"
begin a0
storm 1 6000 &
storm=$!
for round in 1 2 3 4 5 6; do
    sleep "0.$((round * 3 % 7 + 2))"
    end KILL
    sleep "0.$((round * 5 % 4))"
    begin "a$round"
done
wait "$storm"
storm=''
sleep 1
end INT
expect "programs recorded" 6000 "$(numbers a0 a1 a2 a3 a4 a5 a6 | wc -l)"
expect "the last one" 6000 "$(numbers a0 a1 a2 a3 a4 a5 a6 | tail -n 1)"
expect "pins after an end that was asked for" 0 "$(pinned)"

echo "hand-over"
begin b0
storm 1 2000 &
storm=$!
sleep 0.7
end USR1
expect "pins after a hand-over" '[1-9]*' "$(pinned)"
sleep 0.5
begin b1
wait "$storm"
storm=''
sleep 1
end INT
expect "programs recorded around a hand-over" 2000 "$(numbers b0 b1 | wc -l)"
expect "of these twice" 0 \
    "$(comm -12 <(numbers b0 | sort) <(numbers b1 | sort) | wc -l)"

# Another size of the ring is another version of the kernel half.
echo "replacement"
printf 'sensor:\n  ring_mb: 16\n' >"$state/other.yaml"
begin c0
storm 1 4000 &
storm=$!
sleep 0.7
end KILL
begin c1 --config "$state/other.yaml"
sleep 0.7
end KILL
begin c2
wait "$storm"
storm=''
sleep 1
end INT
expect "programs recorded around a replacement" 4000 "$(numbers c0 c1 c2 | wc -l)"
expect "pins after a replacement and an end" 0 "$(pinned)"

# Somebody took a hook away while nobody was there, and left rubbish: nothing of it is trusted.
echo "damage"
begin d0
end KILL
rm "$(find "$state/bpf" -name 'link_7')"
mkdir "$state/bpf/pins/rubbish"
begin d1
storm 1 50
sleep 1
end INT
grep -q 'damaged' "$state/d1.says" || fail "nothing was said of the damage"
grep -q 'cannot be used' "$state/d1.says" || fail "nothing was said of the rubbish"
expect "programs recorded after damage" 50 "$(numbers d1 | wc -l)"
expect "pins after damage and an end" 0 "$(pinned)"

echo "two at once"
begin e0
"$bin/sentra" record "$state/e1" --pins "$state/bpf/pins" --for 1s 2>"$state/e1.says" || true
grep -q 'another sensor uses' "$state/e1.says" || fail "two sensors on the same pins"
end INT
echo "all of it"
