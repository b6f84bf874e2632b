#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sentra support dump: secrets, names, addresses and signals are put wherever the dump looks, and
none is inside; with --with-signals the signals are, and still no secret."""
import json
import os
import stat
import subprocess
import sys
import tempfile
import zipfile

from stand_in import SENTRA, STATUS, Daemon, example_signal

SECRETS = ["hunter2hunter2", "AKIAIOSFODNN7EXAMPLE", "whsec_c2VjcmV0c2VjcmV0"]
PEOPLE = ["maria", "203.0.113.77", "2001:db8::77", "ops@example.org", "An unusual title"]
MEMBERS = ["README.txt", "status.json", "doctor.json", "config.txt", "versions.txt", "sinks.json",
           "log.txt"]
CONFIG = """
tenant: acme
sinks:
  siem:
    type: elastic
    url: https://maria:hunter2hunter2@203.0.113.77:9200/x?token=hunter2hunter2
  hook: {type: webhook, url: "https://hooks.example/services/whsec_c2VjcmV0c2VjcmV0"}
  people: {type: mail, to: [ops@example.org], from: sentra@example.net}
"""


def fail(what):
    print(f"support.py: {what}", file=sys.stderr)
    sys.exit(1)


def status():
    return {**STATUS, "health": "degraded",
            "troubles": ["the sink siem: https://x:hunter2hunter2@203.0.113.77 answered maria: 401",
                         "curl -H 'Authorization: Bearer hunter2hunter2' https://[2001:db8::77]/",
                         "AWS_SECRET_ACCESS_KEY=AKIAIOSFODNN7EXAMPLE mysql --password=hunter2hunter2"],
            "gaps": [{"from": "2026-03-02T07:50:00.000Z", "to": "2026-03-02T07:55:00.000Z",
                      "source": "kernel", "reason": "stopped by maria from 203.0.113.77"}]}


def dump(folder, *options):
    path = os.path.join(folder, "support.zip")
    ran = subprocess.run([SENTRA, "support", "dump", "-o", path, "--state-dir", folder,
                          "--config", os.path.join(folder, "sentra.yaml"), *options],
                         capture_output=True, text=True, check=False)
    if ran.returncode != 0:
        fail(f"it ended with {ran.returncode}: {ran.stderr}")
    if stat.S_IMODE(os.stat(path).st_mode) != 0o600:
        fail("others may read it")
    with zipfile.ZipFile(path) as archive:
        if archive.testzip() is not None:
            fail("the archive is broken")
        return {name: archive.read(name).decode() for name in archive.namelist()}


def check_without(members, words):
    for name, text in members.items():
        for word in words:
            if word in text:
                at = text.index(word)
                fail(f"{word} is in {name}: ...{text[max(0, at - 80):at + 80]!r}")


def main():
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "sentra.yaml"), "w", encoding="utf-8") as file:
            file.write(CONFIG)
        daemon = Daemon(os.path.join(folder, "sentrad.sock"), example_signal(), status())
        daemon.besides["sessions"] = [{"id": "session:1", "user": {"name": "maria"}}]
        daemon.besides["sink-list"] = [{"name": "siem", "type": "elastic", "state": "waiting",
                                        "waiting": 3, "why": "maria at 203.0.113.77 said no: "
                                                             "token=hunter2hunter2"}]
        daemon.start()
        daemon.tell(title="An unusual title of maria", narrative="maria came from 203.0.113.77 and "
                    "ran curl -u maria:hunter2hunter2 https://example.org")
        members = dump(folder)
        if sorted(members) != sorted(MEMBERS):
            fail(f"it holds {sorted(members)}")
        check_without(members, SECRETS + PEOPLE)
        # What is left can still be used.
        told = json.loads(members["status.json"])
        if told["health"] != "degraded" or "401" not in told["troubles"][0]:
            fail("the status says nothing any more")
        if "[address]" not in members["status.json"] or "[user]" not in members["sinks.json"]:
            fail("what was taken out left no mark")
        if "tenant: acme" not in members["config.txt"] or "siem.type" not in members["config.txt"]:
            fail("the configuration says nothing any more")
        whole = dump(folder, "--with-signals")
        check_without(whole, SECRETS)
        if "An unusual title of maria" not in whole.get("signals.ndjson", ""):
            fail("--with-signals has no signals")
        daemon.stop()


main()
