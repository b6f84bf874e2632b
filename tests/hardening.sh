#!/bin/bash
# SPDX-License-Identifier: MIT
# What the compiler and linker were asked for is in the programs that ship: an address of their own at
# every start, nothing writable that runs, no pointer table that can be written, guarded stacks, checked
# copies, and on x86-64 the marks for the processor's own guards, where every part of the program has
# them. No program is looked for libraries beside it.
#   hardening.sh [PROGRAM]...
set -euo pipefail
bin=${SENTRA_BIN:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build/bin}
programs=("$@")
[ ${#programs[@]} -gt 0 ] || programs=("$bin/sentra" "$bin/sentrad")

lacks() { echo "hardening.sh: $program: $*" >&2; exit 1; }

for program in "${programs[@]}"; do
    headers=$(readelf --wide --file-header --program-headers "$program")
    dynamic=$(readelf --wide --dynamic "$program")
    symbols=$(readelf --wide --dyn-syms "$program")
    grep -q 'Type: *DYN' <<<"$headers" || lacks "not position independent"
    grep -q 'FLAGS_1.*PIE' <<<"$dynamic" || lacks "not position independent"
    grep -q GNU_RELRO <<<"$headers" || lacks "its tables can be written"
    grep -Eq 'BIND_NOW|FLAGS.* NOW' <<<"$dynamic" || lacks "its table of functions can be written"
    grep -q 'GNU_STACK.* RW ' <<<"$headers" || lacks "its stack can be run"
    ! grep -q ' RWE ' <<<"$headers" || lacks "a segment can be written and run"
    ! grep -q TEXTREL <<<"$dynamic" || lacks "its code is written at start"
    ! grep -Eq 'RPATH|RUNPATH' <<<"$dynamic" || lacks "it looks for libraries in a place of the build's"
    grep -q '__stack_chk_fail' <<<"$symbols" || lacks "its stacks are not guarded"
    grep -Eq '__(memcpy|memmove|read|snprintf|vsnprintf|recv|strcpy)_chk' <<<"$symbols" || lacks "its copies are not checked"
    ! grep -Eq ' (gets|strcpy|strcat|sprintf|system|popen|tmpnam|mktemp|tempnam)(@|$)' <<<"$symbols" ||
        lacks "it calls what cannot be used safely: $(grep -Eo ' (gets|strcpy|strcat|sprintf|system|popen|tmpnam|mktemp|tempnam)@' <<<"$symbols" | tr -d '@\n')"
    marks=none
    if [[ $(uname -m) == x86_64 ]]; then
        marks=$(readelf --notes "$program" 2>/dev/null | sed -n 's/.*x86 feature: //p' | head -n 1)
    fi
    echo "$(basename "$program"): position independent, read-only tables, guarded stacks, checked copies; processor's guards: ${marks:-not marked}"
done
