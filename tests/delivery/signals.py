#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""signals.py COUNT: that many different signals as lines of JSON, every tenth of them hostile.

Made from the one in the unit tests' golden file, so that they have every field a real one has.
"""
import hashlib
import json
import sys
from pathlib import Path

GOLDEN = Path(__file__).resolve().parent.parent / "unit/output/golden/ndjson.txt"
# What breaks receivers that cut at the wrong place, or read what they should only keep.
HOSTILE = [
    'a\\b"c]d[e|f=g\'h`i;j$(k)%s%n{0}<l>&m',
    "12 <34>1 2026-01-01T00:00:00Z evil sshd - - - forged",
    "'); DROP TABLE signals; --",
    "\u00e9\u4e2d\U0001f4a1 \\n \\x1b[31m",
    "x" * 3000,
]


def main():
    first = json.loads(GOLDEN.read_text())
    for number in range(int(sys.argv[1])):
        signal = dict(first)
        uid = hashlib.sha256(str(number).encode()).hexdigest()
        signal["uid"], signal["id"] = uid, uid[:12]
        if number % 10 == 0:
            text = HOSTILE[number // 10 % len(HOSTILE)]
            signal["title"], signal["narrative"] = text, text
        print(json.dumps(signal, ensure_ascii=False, separators=(",", ":")))


main()
