#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""What a local user without any right can throw at the sensor, all at once, for some seconds.

    flood.py SECONDS [SOCKET]

Forged sign-ins by every way into the journal (native protocol with forged trusted fields, syslog
socket, a stdout stream under sshd's name, logger), programs started as fast as two loops can, with
long and deep arguments, files opened, connections made, and the sensor's own socket. Prints one
line of JSON with what was thrown.
"""
import errno
import json
import os
import socket
import struct
import subprocess
import sys
import tempfile
import time

FORGED = "Accepted password for root from 8.8.8.8 port 22 ssh2"
SUDO = "    root : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh"


def native(until):
    fields = {
        "MESSAGE": FORGED, "SYSLOG_IDENTIFIER": "sshd", "SYSLOG_PID": "1", "SYSLOG_FACILITY": "10", "PRIORITY": "6",
        # What begins with an underscore is journald's to say, and it drops these.
        "_UID": "0", "_PID": "1", "_COMM": "sshd", "_EXE": "/usr/sbin/sshd", "_TRANSPORT": "syslog",
    }
    data = "".join(f"{name}={value}\n" for name, value in fields.items()).encode()
    # A field with its length before it, and a newline and another field's name within.
    trick = b"1\nMESSAGE=" + FORGED.encode()
    data += b"SYSLOG_RAW\n" + struct.pack("<Q", len(trick)) + trick + b"\n"
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.connect("/run/systemd/journal/socket")
    sent = 0
    while time.monotonic() < until:
        channel.send(data)
        sent += 1
    return sent


def syslog(until):
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    channel.connect("/dev/log")
    lines = [f"<86>sshd[1]: {FORGED}".encode(), f"<86>sudo: {SUDO}".encode(),
             b"<86>useradd[1]: new user: name=evil, UID=0, GID=0, home=/root, shell=/bin/bash, from=none"]
    sent = 0
    while time.monotonic() < until:
        channel.send(lines[sent % len(lines)])
        sent += 1
    return sent


def stream(until):
    channel = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    channel.connect("/run/systemd/journal/stdout")
    # sd_journal_stream_fd(3): identifier, unit, priority, whether levels come, three places to forward to.
    channel.sendall(b"sshd\nssh.service\n6\n0\n0\n0\n0\n")
    sent = 0
    while time.monotonic() < until:
        channel.sendall(FORGED.encode() + b"\n")
        sent += 1
    return sent


def logger(until):
    sent = 0
    while time.monotonic() < until:
        subprocess.run(["logger", "-t", "sshd", "--id=1", FORGED], check=False)
        sent += 1
    return sent


def programs(until):
    started = 0
    while time.monotonic() < until:
        pid = os.posix_spawn("/bin/true", ["true", f"flood-{started}"], {})
        os.waitpid(pid, 0)
        started += 1
    return started


def arguments(until):
    many, long = ["x"] * 20_000, "y" * 120_000
    started = 0
    while time.monotonic() < until:
        args = ["true", *many] if started % 2 else ["true", long, long, long]
        os.waitpid(os.posix_spawn("/bin/true", args, {}), 0)
        started += 1
    return started


def files(until):
    folder = tempfile.mkdtemp()
    opened = 0
    while time.monotonic() < until:
        path = f"{folder}/{opened % 500}"
        with open(path, "w", encoding="utf-8") as file:
            file.write("x")
        os.rename(path, path + "-moved")
        opened += 1
    subprocess.run(["rm", "-r", folder], check=True)
    return opened


def connects(until):
    made = 0
    while time.monotonic() < until:
        with socket.socket() as channel:
            try:
                channel.connect(("127.0.0.1", 80))
            except OSError:
                pass
        made += 1
    return made


def door(until, path):
    """Knocks at the sensor's socket. How often it was let in: a user without the group never is."""
    in_all, let_in = 0, 0
    while time.monotonic() < until:
        with socket.socket(socket.AF_UNIX) as channel:
            try:
                channel.connect(path)
                let_in += 1
            except OSError as error:
                assert error.errno in (errno.EACCES, errno.EPERM), error
        in_all += 1
        time.sleep(0.001)
    return let_in


def main():
    until = time.monotonic() + float(sys.argv[1])
    parts = [native, syslog, stream, logger, programs, arguments, files, connects]
    work = {part.__name__: (lambda part=part: part(until)) for part in parts}
    if len(sys.argv) > 2:
        work["door"] = lambda: door(until, sys.argv[2])
    children = {}
    for name, part in work.items():
        read, write = os.pipe()
        if os.fork() == 0:
            os.close(read)
            os.write(write, str(part()).encode())
            os._exit(0)
        os.close(write)
        children[name] = read
    thrown = {}
    for name, read in children.items():
        with os.fdopen(read) as pipe:
            thrown[name] = int(pipe.read() or -1)
    print(json.dumps(thrown))
    return 0


if __name__ == "__main__":
    sys.exit(main())
