// SPDX-License-Identifier: MIT
// The processes of a written stream, by name: what is true of each of them as the stream goes on.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/read.h"
#include "event/catalogue.h"
#include "event/encode.h"

namespace sentra::engine {

using Facts = std::map<std::string, std::vector<std::string>>; // field -> values

struct Member {
    Facts facts;
};

inline constexpr std::uint64_t kUptimeNs =
    3600ULL * 1'000'000'000; // of the host at a stream's start

class Cast {
public:
    // A process that runs when the stream begins. parent: nullptr or who forked it.
    Member &add(const std::string &name, const Member *parent, std::uint64_t start_boot_ns);
    [[nodiscard]] Member *find(std::string_view name);
    [[nodiscard]] std::vector<std::string_view> names() const;

    // The values of the type's fields that are known of the process.
    static void fill(const Member &member, const event::Type &type, Facts &into);
    // An event of the process said something of it. Fills in what the event says of before.
    void learn(Member &member, const event::Type &type, Facts &event);

private:
    void number_cgroup(Facts &facts);

    std::map<std::string, Member, std::less<>> members_;
    std::map<std::string, std::uint64_t> cgroups_;
    std::uint64_t next_pid_ = 1000;
};

// Fields of the actor: every event with a process has them.
[[nodiscard]] bool is_actor_field(std::string_view field);

} // namespace sentra::engine
