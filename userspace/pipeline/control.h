// SPDX-License-Identifier: MIT
// The daemon's door: a unix socket, one request a connection. In: a line of JSON,
//     {"verb":"signals","since_ns":0,"until_ns":0,"id":"381521c2a0c1","most":1000}
// Out: a line {"ok":true,"lines":N} and N lines of JSON, or {"ok":false,"error":"..."}.
// Only root, the daemon's own user and the group `sentra` are heard, as the kernel names the peer.
#pragma once

#include <atomic>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "pipeline/visitors.h"
#include "store/store.h"

namespace sentra::pipeline {

inline constexpr std::size_t kRequestBytesMost = 4096;

struct Request {
    enum class Verb {
        status,
        signals,
        show,
        sessions,
        reload,
        review,
        reviews,
        override_add,
        override_list,
        override_check,
        override_end,
        ledger,
        sink_list,
        sink_test,
        sink_pause,
        sink_resume,
        sink_requeue,
        sink_dead,
    } verb = Verb::status;
    store::Query query; // signals, show, sessions; the id of what is decided on
    std::string body;   // of a decision: one JSON object
    // Who asks, as the kernel names the peer: "maria", or "maria as root" after sudo. No member of
    // the line.
    std::string author;
};

// A line without its newline, as anybody may have written it.
[[nodiscard]] Result<Request> parse_request(std::string_view line);
[[nodiscard]] std::string to_line(const Request &request);

class ControlServer {
public:
    // Listens on the socket that the service manager bound there. Without one, takes the place of a
    // socket that nobody answers on; refuses to take one from a running daemon. answer is called on
    // the server's own thread.
    [[nodiscard]] static Result<std::unique_ptr<ControlServer>>
    open(const std::string &path, Answer answer, DoorLimits limits = {});
    ~ControlServer();
    ControlServer(const ControlServer &) = delete;
    ControlServer &operator=(const ControlServer &) = delete;

    // Visitors who were sent away: not entitled, too many, too fast, too slow.
    [[nodiscard]] std::uint64_t refused() const { return refused_; }

private:
    ControlServer(Fd listener, Fd wake, std::string path, Answer answer, DoorLimits limits);

    Fd listener_, wake_;
    std::string path_; // of what is removed at the end; empty: the socket is the service manager's
    Answer answer_;    // what a request is answered with: lines of JSON
    DoorLimits limits_;
    std::atomic<std::uint64_t> refused_{0};
    std::atomic<bool> stopping_{false};
    std::thread thread_;
};

// The other side of the door.
struct Unreachable {
    enum class Why { nobody_there, not_allowed, broken } why = Why::nobody_there;
    std::string text;
};
using Asked = tl::expected<std::vector<std::string>, Unreachable>;
[[nodiscard]] Asked ask(const std::string &path, const Request &request);
// All that came back, as anybody may have written it.
[[nodiscard]] Asked parse_answer(std::string_view all);

} // namespace sentra::pipeline
