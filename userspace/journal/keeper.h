// SPDX-License-Identifier: MIT
// Whether journald is there and at work. Its silence looks like a quiet host's; what tells the two
// apart is the process. In: /proc. Out: a clause for people, once for each time it went away.
// Belongs to one thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace sentra::journal {

struct KeeperOptions {
    std::string proc = "/proc";
    // What /proc/PID/exe of the only journald that counts says.
    std::vector<std::string> programs = {"/usr/lib/systemd/systemd-journald",
                                         "/lib/systemd/systemd-journald"};
    // An upgrade restarts it within seconds, systemd's watchdog within three minutes where it
    // hangs by itself.
    std::uint64_t patience_ns = 60 * kSecondNs;
    std::uint64_t every_ns = 5 * kSecondNs;    // between two looks
    std::uint64_t search_every_ns = kMinuteNs; // while none was ever seen: all of /proc is read
};

class Keeper {
public:
    explicit Keeper(KeeperOptions options = {}) : options_(std::move(options)) {}

    // Called as often as one likes. now_ns: of a clock that only goes on. Nothing is said of a
    // host on which journald was never seen.
    [[nodiscard]] std::optional<std::string> look(std::uint64_t now_ns);

private:
    struct Process {
        std::string pid, start; // as /proc writes them; pid empty: none
        bool is_halted = false;
    };
    [[nodiscard]] std::optional<Process> process(const std::string &pid) const;
    [[nodiscard]] std::optional<Process> find() const;

    KeeperOptions options_;
    Process last_;
    std::uint64_t looked_ns_ = 0;
    std::uint64_t wrong_since_ns_ = 0; // 0: it is at work
    bool is_told_ = false;
};

} // namespace sentra::journal
