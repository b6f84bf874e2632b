// SPDX-License-Identifier: MIT
// The figures for those who ask over HTTP: GET /metrics, and GET /healthz, which is 200 while the
// sensor gets on and 503 with a sentence while it does not. Off unless it is configured, and on a
// loopback address only: what a host sees is nobody's business on the network.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include <sys/socket.h>

#include "base/result.h"
#include "pipeline/status.h"

struct MHD_Daemon;

namespace sentra::pipeline {

// A loop that has offered nothing for longer hangs.
inline constexpr std::chrono::seconds kHealthySilence(15);

class MetricsPort {
public:
    using Clock = std::chrono::steady_clock;

    // "127.0.0.1:9109", "[::1]:9109"; port 0: any that is free.
    [[nodiscard]] static Result<sockaddr_storage> parse(const std::string &address);
    // Nothing listens yet.
    [[nodiscard]] static Result<std::unique_ptr<MetricsPort>> make(const std::string &address);
    ~MetricsPort();
    MetricsPort(const MetricsPort &) = delete;
    MetricsPort &operator=(const MetricsPort &) = delete;

    // A thread: after whatever it is to inherit has been settled.
    [[nodiscard]] Result<void> start();
    [[nodiscard]] std::uint16_t port() const; // once started

    // The loop's thread: what there is to say, every second or so.
    void offer(const Status &status, Clock::time_point now);

    struct Answer {
        unsigned status = 0;
        std::string type, body;
    };
    // From any thread.
    [[nodiscard]] Answer answer(const std::string &method, const std::string &path,
                                Clock::time_point now) const;

private:
    MetricsPort() = default;
    [[nodiscard]] std::string trouble(Clock::time_point now) const;

    struct Stop {
        void operator()(MHD_Daemon *daemon) const;
    };
    std::string text_; // the address as it is configured
    sockaddr_storage address_{};
    mutable std::mutex mutex_; // guards what is below
    std::string page_, wrong_;
    Clock::time_point offered_{};
    std::unique_ptr<MHD_Daemon, Stop> daemon_; // ends before what it reads
};

} // namespace sentra::pipeline
