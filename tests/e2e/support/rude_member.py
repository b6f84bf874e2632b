#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A member of the group sentra with bad manners at the sensor's socket, for some seconds: many
connections that say nothing, half requests, one byte a second, requests without an end, requests as
fast as they go, and answers that nobody reads.

    rude_member.py SOCKET SECONDS

Prints one line of JSON: answers that were given, refusals by their words.
"""
import json
import socket
import sys
import time
from collections import Counter


def connect(path):
    channel = socket.socket(socket.AF_UNIX)
    channel.settimeout(5)
    channel.connect(path)
    return channel


def send(channel, request):
    try:
        channel.sendall(request)
    except OSError:
        pass  # sent away already


def leave(path, request):
    channel = connect(path)
    send(channel, request)
    return channel


def ask(path, request):
    with connect(path) as channel:
        send(channel, request)
        answer = b""
        try:
            while piece := channel.recv(65536):
                answer += piece
        except OSError:
            return "cut off"
    first = answer.split(b"\n")[0]
    if not first:
        return "closed"
    head = json.loads(first)
    return "answered" if head["ok"] else head["error"]


def main():
    path, until = sys.argv[1], time.monotonic() + float(sys.argv[2])
    said, held, slow = Counter(), [], []
    while time.monotonic() < until:
        for request in (b'{"verb":"status"}\n', b"x" * 100_000, b"{" * 4000 + b"\n", b"\0\xff\n"):
            said[ask(path, request)] += 1
        # Says nothing; says half of it; does not read the answer.
        held = held[-20:] + [leave(path, b""), leave(path, b'{"verb":"sig'),
                             leave(path, b'{"verb":"signals","most":10000}\n')]
        for channel in slow[-4:]:
            send(channel, b" ")  # one byte now and then
        slow = slow[-3:] + [connect(path)]
    print(json.dumps(said))
    return 0


if __name__ == "__main__":
    sys.exit(main())
