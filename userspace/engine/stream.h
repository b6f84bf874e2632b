// SPDX-License-Identifier: MIT
// A written stream of events: what a rule's proof runs over, and what tests say instead of bytes.
// YAML with named processes in; records in order of time out, as a source would have delivered
// them, with the host's facts at the beginning and a last tick at the end.
//
//   host: {name: web-01, id: "...", boot: "..."}           # optional
//   accounts: [{name: maria, id: 1001, home: /home/maria}] # group: true for a group
//   processes:                                             # running when the stream begins
//     sshd: {process.executable: /usr/sbin/sshd}           # from: NAME makes it a child of NAME
//   start: 2026-03-02T10:11:00Z
//   says: what it shows                                  # for readers
//   end: 25h                                               # after the last event
//   events:
//     - {at: 3s, event: auth.login, event.outcome: failure, ..., repeat: {times: 5, every: 2s}}
//     - {at: 20s, event: process.fork, child: s1, of: sshd}
//     - {at: 21s, event: process.exec, process: s1, process.executable: /usr/bin/bash, user.id: 0}
//
// "{n}" in a repeated event's value is its number, from 1: file.path: "/srv/data/{n}.jpg".
// "process: NAME" gives a kernel event its actor and a journal event its log.pid; what the event
// says of the process stays true for it. Without "at" an event comes a second after the one before.
#pragma once

#include <string>
#include <vector>

#include "engine/read.h"
#include "event/record.h"

namespace sentra::engine {

struct Stream {
    std::string name;
    std::vector<event::Record> records;
};

[[nodiscard]] Result<Stream> read_stream(const std::string &path);
[[nodiscard]] Result<Stream> parse_stream(std::string path, std::string text);
// Of a node whose keys are a stream's; nullopt: complaints were made.
[[nodiscard]] std::optional<Stream> build_stream(const Node &root, std::string name,
                                                 Complaints &complaints);

} // namespace sentra::engine
