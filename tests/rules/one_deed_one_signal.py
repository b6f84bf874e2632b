#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""One walk through a host, four deeds: every rule must say what it makes of it, and the four that
speak must be the four deeds. The proofs themselves are run by `sentra rules test`."""

import pathlib
import sys

import yaml

WALK = "login-sudo-key-sudoers-uid0"
DEEDS = ["ssh-guessed", "ssh-key-added", "sudoers-changed", "uid0-user"]


def main(rules: pathlib.Path) -> int:
    wrong = []
    speaking = {}
    for file in sorted(rules.glob("*/*.yaml")):
        rule = yaml.safe_load(file.read_text(encoding="utf-8"))
        proofs = [proof for proof in rule["proof"] if proof.get("stream") == WALK]
        if len(proofs) != 1:
            wrong.append(f"{file}: {len(proofs)} proofs with the stream {WALK}, one is needed")
        for proof in proofs:
            if proof["signals"]:
                speaking[rule["id"]] = len(proof["signals"])
    if speaking != dict.fromkeys(DEEDS, 1):
        wrong.append(f"in {WALK} these speak: {speaking}; it must be once each: {DEEDS}")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
