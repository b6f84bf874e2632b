// SPDX-License-Identifier: MIT
// Those who are at the daemon's door at one time. In: a listening socket. Out: to each who is
// entitled what Answer says of its request, to all others a refusal. One thread, and nobody is
// waited for: a request is taken as it comes, an answer goes as it is read. Always true: there are
// at most so many visitors at once, of each user and in all, and so many bytes wait for them; root
// is let in whatever the others do. Whoever is sent away is counted.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <sys/types.h>

#include "base/fd.h"
#include "base/result.h"

struct pollfd;

namespace sentra::pipeline {

struct Request;
using Answer = std::function<Result<std::vector<std::string>>(const Request &)>;

inline constexpr const char *kDoorGroup = "sentra";

struct DoorLimits {
    std::size_t at_once = 32;    // visitors
    std::size_t of_one_user = 8; // of them
    std::size_t a_second = 20;   // requests of one user, when he goes on asking
    std::size_t in_a_row = 40;   // requests of one user, at first
    std::chrono::milliseconds to_ask{2'000};
    std::chrono::milliseconds to_read{10'000};        // any part of an answer
    std::chrono::milliseconds to_leave{120'000};      // whatever he does
    std::size_t untold_bytes = std::size_t{32} << 20; // of answers that nobody has read yet
    uid_t unbound = 0; // the user whom the limits of one user do not bind
};

class Visitors {
public:
    Visitors(const Answer &answer, DoorLimits limits, std::atomic<std::uint64_t> &refused)
        : answer_(answer), limits_(limits), refused_(refused)
    {}
    // Until stopping and woken.
    void run(const Fd &listener, const Fd &wake, const std::atomic<bool> &stopping);

private:
    using Clock = std::chrono::steady_clock;
    struct Visitor {
        Fd fd;
        uid_t uid = 0;
        Clock::time_point until{}, at_most{};
        std::string asked, answer;
        std::size_t told = 0; // bytes of the answer
        bool is_asking = true, has_asked = false;
    };
    struct Allowance {
        double left = 0;
        Clock::time_point at{};
    };

    void let_in(const Fd &listener);
    [[nodiscard]] bool make_room(uid_t uid);
    void turn_away(const Fd &peer, const std::string &why);
    void take(Visitor &visitor);
    void serve(Visitor &visitor);
    void send(Visitor &visitor) const;
    void refuse(Visitor &visitor, const std::string &why);
    void see_off(Clock::time_point now);
    [[nodiscard]] bool may_ask(uid_t uid);
    [[nodiscard]] std::size_t untold() const;
    [[nodiscard]] int patience_ms() const;
    [[nodiscard]] std::vector<pollfd> waits(const Fd &listener, const Fd &wake) const;
    void turn(const std::vector<pollfd> &waits);

    const Answer &answer_;
    DoorLimits limits_;
    std::atomic<std::uint64_t> &refused_;
    std::vector<Visitor> visitors_; // in the order they came
    std::map<uid_t, Allowance> allowances_;
};

} // namespace sentra::pipeline
