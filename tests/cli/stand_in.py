# SPDX-License-Identifier: MIT
"""A daemon for tests of what asks it: speaks the socket's language and says what it is told to."""
import json
import os
import socket
import subprocess
import threading
import time

SENTRA = os.path.join(os.environ.get("SENTRA_BIN", "build/bin"), "sentra")
STATUS = {"running": True, "ready": True, "health": "healthy", "line": "seen 7, lost 0",
          "troubles": [], "sensor": {"state": "watching"}, "journal": {"state": "reading"},
          "engine": {"rules": 118}}


class Daemon:
    """Answers as sentrad does, as long as it runs: status, signals, and what is in besides."""

    def __init__(self, path, example, status=None):
        self.path, self.example, self.signals = path, example, []
        self.status, self.besides = status or STATUS, {}
        self.listener = None

    def start(self):
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(8)
        threading.Thread(target=self.serve, args=(self.listener,), daemon=True).start()

    def stop(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        os.unlink(self.path)

    def tell(self, **changes):
        """One more signal: a real one with other words."""
        line = json.loads(self.example)
        line.update(changes)
        self.signals = [s for s in self.signals if s["uid"] != line["uid"]] + [line]

    def serve(self, listener):
        while True:
            try:
                peer, _ = listener.accept()
            except OSError:
                return
            request = json.loads(peer.makefile().readline())
            lines = {"status": [self.status], "signals": self.signals, "show": self.signals,
                     **self.besides}.get(request["verb"], [])
            text = json.dumps({"ok": True, "lines": len(lines)}) + "\n"
            peer.sendall((text + "".join(json.dumps(x) + "\n" for x in lines)).encode())
            peer.close()


def example_signal():
    """A real one, of now: whatever a signal has, it has."""
    log = os.path.join(os.path.dirname(__file__), "../replay/fixtures/auth.log")
    rules = os.path.join(os.path.dirname(__file__), "../../rules")
    lines = subprocess.run([SENTRA, "replay", log, "--rules", rules], check=True,
                           capture_output=True, text=True).stdout.splitlines()
    line = json.loads(next(line for line in lines if "Action Recommended" in line))
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    line["time"].update(first=now, last=now)
    return json.dumps(line)
