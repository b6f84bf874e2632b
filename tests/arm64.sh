#!/bin/bash
# SPDX-License-Identifier: MIT
# The kernel half compiles for arm64 too: what differs there (registers, calls) is kept in step. The
# whole package for arm64 is dpkg-buildpackage -aarm64, which needs that architecture's libraries.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
clang=$(command -v clang || compgen -c clang- | grep -x 'clang-[0-9]*' | sort -V | tail -n 1)
for source in "$root"/bpf/*.bpf.c; do
    # asm/types.h is the same for all that have 64 bits.
    "$clang" -fsyntax-only -target bpf -mcpu=v3 -O2 -std=gnu11 -Wall -Wextra -Wno-unused-parameter \
        -Werror -D__TARGET_ARCH_arm64 -I"$root/include" -I"$root/bpf" \
        -idirafter "/usr/include/$(uname -m)-linux-gnu" "$source"
done
