#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""peer.py [--misbehave] [--poison TEXT] [--tls11] [--cert F --key F] [--client-ca F] KEPT

A peer that answers _bulk as Elasticsearch does, over TLS where it is given a certificate. Prints its
port. Documents it takes are appended to KEPT as their ids; an id is taken once (409 afterwards). One
that holds TEXT is refused with a 400 of its own. With --misbehave, it first does everything a bad
network and a busy server do, in an order that is always the same.
"""
import argparse
import email.utils
import json
import re
import ssl
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--misbehave", action="store_true")
    parser.add_argument("--poison", default="")
    parser.add_argument("--tls11", action="store_true")
    parser.add_argument("--cert")
    parser.add_argument("--key")
    parser.add_argument("--client-ca")
    parser.add_argument("kept")
    return parser.parse_args()


ARGS = arguments()
KEPT = {}
DEEDS = iter(["503", "429", "429-date", "hang", "reset", "torn", "half", "413", "html", "500"]
             if ARGS.misbehave else [])


class Peer(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = body.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def cut(self):
        self.close_connection = True

    def items(self, body, busy_every=0):
        """Takes the documents; an item for each, every `busy_every`-th of them refused for now."""
        items = []
        lines = body.split("\n")
        for at in range(0, len(lines) - 1, 2):
            key = json.loads(lines[at])["create"]["_id"]
            json.loads(lines[at + 1])
            if busy_every and len(items) % busy_every == 1:
                items.append({"status": 429, "error": {"type": "es_rejected_execution_exception",
                                                       "reason": "queue full"}})
            elif ARGS.poison and ARGS.poison in lines[at + 1]:
                items.append({"status": 400, "error": {"type": "document_parsing_exception",
                                                       "reason": "failed to parse field [x]"}})
            elif key in KEPT:
                items.append({"status": 409, "error": {"type": "version_conflict_engine_exception",
                                                       "reason": "document already exists"}})
            else:
                KEPT[key] = True
                with open(ARGS.kept, "a", encoding="ascii") as file:
                    file.write(key + "\n")
                items.append({"status": 201})
        return json.dumps({"took": 1, "errors": any(i["status"] != 201 for i in items),
                           "items": [{"create": item} for item in items]})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        deed = next(DEEDS, "")
        if deed == "503":
            self.answer(503, "unavailable")
        elif deed == "429":
            self.answer(429, "slow down", [("Retry-After", "1")])
        elif deed == "429-date":
            until = email.utils.formatdate(time.time() + 1, usegmt=True)
            self.answer(429, "slow down", [("Retry-After", until)])
        elif deed == "hang":
            time.sleep(3)
            self.cut()
        elif deed == "reset":
            self.cut()
        elif deed == "torn":  # taken, but the answer breaks off: the sender cannot know
            text = self.items(body)
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text[: len(text) // 2].encode())
            self.cut()
        elif deed == "half":  # "200", and every second item is not taken
            self.answer(200, self.items(body, busy_every=2))
        elif deed == "413":
            self.answer(413, "too large")
        elif deed == "html":
            self.answer(200, "<html>Please sign in</html>")
        elif deed == "500":
            self.answer(500, "")
        elif not re.match(r"/_bulk\?", self.path):
            self.answer(404, "no such page")
        else:
            self.answer(200, self.items(body))


def main():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Peer)
    if ARGS.cert:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if ARGS.tls11:
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.load_cert_chain(ARGS.cert, ARGS.key)
        if ARGS.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
            context.load_verify_locations(ARGS.client_ca)
        # Each connection shakes hands in its own thread, when it is first read.
        server.socket = context.wrap_socket(server.socket, server_side=True,
                                            do_handshake_on_connect=False)
    print(server.server_address[1], flush=True)
    server.serve_forever()


main()
