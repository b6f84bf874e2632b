// SPDX-License-Identifier: MIT
// Who has administrator access on this host, read from its own files at the time of writing and
// handed to the report: what the report itself does stays a pure function.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sentra::report {

struct Admin {
    std::string name;
    std::vector<std::string> ways; // "member of sudo", "has root's id", "named in /etc/sudoers"
};

struct HostFacts {
    std::uint64_t read_ns = 0;
    std::vector<Admin> admins;       // root first, then by name
    std::vector<std::string> unread; // files that could not be read, or not in full, and why
};

// The files as texts; what the collector reads, and what tests hand in.
struct HostFiles {
    std::string passwd, group;
    std::vector<std::pair<std::string, std::string>> sudoers; // path, text
    std::vector<std::string> unread;
};

[[nodiscard]] HostFacts host_facts(const HostFiles &files, std::uint64_t read_ns);
// /etc/passwd, /etc/group, /etc/sudoers and /etc/sudoers.d below root ("" for this host).
[[nodiscard]] HostFiles read_host_files(const std::string &root);
// Whether the files below root are those of the host with this id (the hash of its machine id): a
// store may have been brought from elsewhere, and its administrators are not ours.
[[nodiscard]] bool is_host(const std::string &root, const std::string &host_id);

} // namespace sentra::report
