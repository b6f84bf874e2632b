#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""sentra watch on a terminal of 40 and of 120 columns, and into a pipe: what comes is shown and
fits, hostile text is inert, a story that grows is an update, a daemon that goes away and comes back
is waited for, Ctrl-C ends it calmly. The daemon is a stand-in that speaks the socket's language."""
import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
import unicodedata

from stand_in import SENTRA, Daemon, example_signal



def fail(what):
    print(f"watch.py: {what}", file=sys.stderr)
    sys.exit(1)


class Terminal:
    """sentra watch on a pseudo-terminal; everything it wrote is in text."""

    def __init__(self, columns, arguments, environment=None):
        leader, follower = pty.openpty()
        fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.leader, self.text = leader, ""
        self.process = subprocess.Popen(
            [SENTRA, "watch", *arguments], stdin=follower, stdout=follower, stderr=follower,
            env={"PATH": "/usr/bin:/bin", "TERM": "xterm", **(environment or {})},
            start_new_session=True, preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        os.close(follower)

    def read(self, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if select.select([self.leader], [], [], 0.05)[0]:
                try:
                    self.text += os.read(self.leader, 65536).decode("utf-8", "strict")
                except OSError:
                    return
            elif self.process.poll() is not None:
                return

    def await_text(self, pattern, seconds=10):
        end = time.monotonic() + seconds
        while not re.search(pattern, self.text):
            if time.monotonic() > end or self.process.poll() is not None:
                fail(f"{pattern!r} was not shown:\n{self.text[-1500:]!r}")
            self.read(0.1)

    def end(self):
        os.write(self.leader, b"\x03")  # Ctrl-C
        self.read(5)
        return self.process.wait(5)


def width(text):
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in text)


def check_screen(text, columns, coloured):
    """Every line fits, every escape is one of ours and whole, nothing hostile has come through."""
    ours = r"\x1b\[(?:0|1|2|32|1;33)m|\x1b\[K"
    bare = re.sub(ours, "", text).replace("^C", "")  # the terminal's own
    if "\x1b" in bare or "\x07" in bare or "\u202e" in bare:
        fail(f"an escape came through: {bare!r}")
    if not coloured and re.search(r"\x1b\[[0-9;]*m", text):
        fail("there is colour where none is wanted")
    for line in re.split(r"[\r\n]+", bare):
        if width(line) > columns:
            fail(f"wider than {columns}: {line!r}")
    # What was opened is closed before the line ends.
    for line in text.split("\r\n"):
        if re.search(r"\x1b\[(?:1|2|32|1;33)m(?!.*\x1b\[0m)", line):
            fail(f"a colour goes on behind its line: {line!r}")


def on_a_terminal(folder, example, columns, arguments, coloured):
    daemon = Daemon(os.path.join(folder, "sentrad.sock"), example)
    daemon.signals = []
    daemon.start()
    daemon.tell(uid="a" * 64, id="a" * 12, title="The SSH keys of \u65e5\u672c\u8a9e were changed")
    screen = Terminal(columns, ["--state-dir", folder, *arguments])
    screen.await_text("healthy")
    screen.await_text("a{12}")
    daemon.tell(uid="b" * 64, id="b" * 12, title="\x1b]0;owned\x07\x1b[2J\u202ehostile")
    screen.await_text("b{12}")
    screen.await_text(r"\\x1b")
    daemon.tell(uid="a" * 64, id="a" * 12, title="The SSH keys were changed again", count=5)
    screen.await_text(r"a{12}, update")
    daemon.stop()
    screen.await_text("does not answer any")
    daemon.tell(uid="c" * 64, id="c" * 12, title="While nobody looked")
    daemon.start()
    screen.await_text("sentrad answers")
    screen.await_text("c{12}")
    status = screen.end()
    daemon.stop()
    if status != 0:
        fail(f"Ctrl-C ends it with {status}")
    if "sentrad goes on" not in re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*[mK]", "", screen.text)):
        fail("it ended without a word")
    check_screen(screen.text, columns, coloured)


def into_a_pipe(folder, example):
    daemon = Daemon(os.path.join(folder, "sentrad.sock"), example)
    daemon.start()
    daemon.tell(uid="d" * 64, id="d" * 12)
    watch = subprocess.Popen([SENTRA, "watch", "--json", "--state-dir", folder],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    if json.loads(watch.stdout.readline())["id"] != "d" * 12:
        fail("the first line is another signal")
    began = time.monotonic()
    daemon.tell(uid="e" * 64, id="e" * 12)
    if json.loads(watch.stdout.readline())["id"] != "e" * 12:
        fail("the second line is another signal")
    if time.monotonic() - began > 3:
        fail("a line comes late")
    watch.send_signal(signal.SIGINT)
    if watch.wait(5) != 0:
        fail("SIGINT ends it with a complaint")
    daemon.stop()


def main():
    example = example_signal()
    with tempfile.TemporaryDirectory() as folder:
        gone = subprocess.run([SENTRA, "watch", "--state-dir", folder], capture_output=True)
        if gone.returncode != 3 or b"does not run" not in gone.stderr:
            fail(f"without a daemon: {gone}")
        on_a_terminal(folder, example, 40, [], True)
        on_a_terminal(folder, example, 120, [], True)
        on_a_terminal(folder, example, 40, ["--no-color"], False)
        into_a_pipe(folder, example)


main()
