#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""catalogues.py REPOSITORY: what the rules name is in its catalogue and what a catalogue holds is
named; techniques are well-formed; playbooks look before they change anything and stay calm; nothing
of ours claims that a control is met. The compiler refuses part of this; here it is read anew."""

import collections
import json
import pathlib
import re
import sys

import yaml

TECHNIQUE = re.compile(r"T\d{4}(\.\d{3})?")
TACTICS = {"TA0001", "TA0002", "TA0003", "TA0004", "TA0005", "TA0006", "TA0007", "TA0008", "TA0009",
           "TA0010", "TA0011", "TA0040", "TA0042", "TA0043", "TA0112"}
# Commands that change something: due only after "If", and never as the first step.
CHANGES = re.compile(
    r"(sudo )?(rm|mv|kill|pkill|killall|reboot|shutdown|userdel|deluser|usermod|groupdel|gpasswd|"
    r"passwd (-l|-d)|chmod|chown|chattr|setcap|atrm|crontab -[er]|umount|rmmod|modprobe|apt|apt-get "
    r"(install|remove|purge)|dpkg -[ir]|visudo -f|update-ca-certificates|busybox mv|"
    r"systemctl (stop|disable|mask|restart|start|kill|isolate)|service|docker (stop|pause|rm|kill)|"
    r"loginctl (terminate|kill)|ufw (enable|disable|reset)|iptables -[FPDA]|nft (flush|delete|add)|"
    r"timedatectl set|dd|mkfs)\b")
LOOKS = re.compile(r"apt list\b")
LOUD = re.compile(r"!|\b(attack\w*|breach\w*|hack\w*|critical|urgent\w*|immediately|malicious|"
                  r"compromised|threat\w*|dangerous|blocked)\b", re.IGNORECASE)
# Sentra supports evidence for a control; whether it is met is for people to say.
CLAIMS = re.compile(r"\b(compliant|complies with|(in|full|ensures?|guarantees?) compliance|"
                    r"compliance with|certified (for|by|to)|fulfils the control)\b", re.IGNORECASE)


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def technique_faults(attack):
    names = collections.Counter()
    old = collections.Counter()
    for technique, row in attack.items():
        parent = technique.split(".")[0]
        if not TECHNIQUE.fullmatch(technique):
            yield f"{technique} is no technique id"
        if parent not in attack:
            yield f"{technique}: its parent {parent} is missing"
        elif not set(row["tactics"]) <= set(attack[parent]["tactics"]):
            yield f"{technique}: its parent has not all of its tactics"
        if len(set(row["tactics"])) != len(row["tactics"]) or not set(row["tactics"]) <= TACTICS:
            yield f"{technique}: tactics {row['tactics']}"
        names[row["name"]] += 1
        for before in row.get("was", []):
            old[before] += 1
            if before in attack or not TECHNIQUE.fullmatch(before):
                yield f"{technique} was {before}, which is a technique of its own or none"
    for word, count in (names + old).items():
        if count > 1:
            yield f"{word} stands for {count} techniques"


def playbook_faults(playbooks):
    titles = collections.Counter(row["title"] for row in playbooks.values())
    for name, row in playbooks.items():
        if titles[row["title"]] > 1:
            yield f"{name}: its title is another's too"
        if not 3 <= len(row["steps"]) <= 7:
            yield f"{name}: {len(row['steps'])} steps"
        for number, step in enumerate(row["steps"], 1):
            for command in re.findall(r"`([^`]*)`", step):
                if CHANGES.match(command) and not LOOKS.match(command):
                    if number == 1 or not step.startswith("If "):
                        yield f"{name}, step {number}: `{command}` changes something unasked"
            if step.count("`") % 2 or not step.endswith("."):
                yield f"{name}, step {number}: an open quote, or no full stop"
        for text in [row["title"], row["when"], *row["steps"]]:
            if LOUD.search(text):
                yield f"{name}: not calm: {text}"


def naming_faults(rules, catalogue):
    """catalogue: kind -> what it holds. Techniques need no rule; the others do."""
    named = collections.defaultdict(set)
    for framework, controls in ((f, c) for row in catalogue["families"].values()
                                for f, c in row.items()):
        named["controls"].update(f"{framework} {control}" for control in controls)
    for file, rule in rules.items():
        named["families"].add(rule["family"])
        named["playbooks"].add(rule["signal"]["playbook"])
        named["attack"].update(rule.get("attack", []))
        if isinstance(rule.get("controls"), dict):
            yield f"{file}: controls of its own; its family's are meant"
    for kind in ("attack", "families", "playbooks", "controls"):
        for word in sorted(named[kind] - set(catalogue[kind])):
            yield f"{kind}: {word} is named and not there"
    for kind in ("families", "playbooks", "controls"):
        for word in sorted(set(catalogue[kind]) - named[kind]):
            yield f"{kind}: nobody names {word}"


def intent_faults(repository):
    header = (repository / "userspace/engine/intent.h").read_text(encoding="utf-8")
    names = re.findall(r'^    \{"([^"]+)", \d+, "', header, re.MULTILINE)
    schema = json.loads((repository / "userspace/signal/signal.schema.json").read_text("utf-8"))
    if names != schema["properties"]["intent"]["enum"] or len(names) != 17:
        yield "intents: engine/intent.h and signal.schema.json differ"


def claim_faults(repository):
    for folder in ("README.md", "rules", "userspace", "include", "bpf", "debian"):
        start = repository / folder
        for path in sorted([start] if start.is_file() else start.rglob("*")):
            if not path.is_file():
                continue
            for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
                if CLAIMS.search(line):
                    yield f"{path}:{number}: claims too much; say \"supports evidence for\""


def main(repository):
    rules = repository / "rules"
    frameworks = load(rules / "controls.yaml")
    catalogue = {
        "attack": load(rules / "attack.yaml"),
        "families": load(rules / "families.yaml"),
        "playbooks": load(rules / "playbooks.yaml"),
        "controls": [f"{framework} {control}" for framework, row in frameworks.items()
                     for control in row["controls"]],
    }
    all_rules = {str(file): load(file) for file in sorted(rules.glob("*/*.yaml"))}
    faults = [*technique_faults(catalogue["attack"]), *playbook_faults(catalogue["playbooks"]),
              *naming_faults(all_rules, catalogue), *intent_faults(repository),
              *claim_faults(repository)]
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(all_rules)} rules, {len(catalogue['attack'])} techniques, "
          f"{len(catalogue['families'])} families, {len(catalogue['controls'])} controls of "
          f"{len(frameworks)} frameworks, {len(catalogue['playbooks'])} playbooks: "
          f"{len(faults)} faults")
    return 1 if faults or not all_rules else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
