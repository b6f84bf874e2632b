// SPDX-License-Identifier: MIT
// What a live run knows of its host, as records: which host this is, and whose numbers the users'
// and groups' are. With these in the stream, nobody above needs /etc, and a replay knows the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <sentra/event/meta.h>

#include "base/result.h"
#include "event/record.h"

namespace sentra::pipeline {

// The inode that names a namespace: of "/proc/PID/ns/pid", or the number itself.
[[nodiscard]] Result<std::uint32_t> namespace_number(const std::string &path_or_number);

// This boot, as the journal writes it: 32 hex digits. Empty when the kernel does not say.
[[nodiscard]] std::string boot_id();

// Times and sequence are given by whoever puts the records in order.
[[nodiscard]] event::Record host_fact(const std::string &tenant);
// A source that was not watched. to_ns 0: until further notice.
[[nodiscard]] event::Record gap_fact(sentra_source source, std::uint64_t from_ns,
                                     std::uint64_t to_ns, std::string_view reason);
// detail: a lower-case clause for people.
[[nodiscard]] event::Record tamper_fact(sentra_tampering kind, std::string_view detail);
[[nodiscard]] event::Record trouble_fact(sentra_trouble_kind kind, std::string_view subject,
                                         std::string_view detail);
[[nodiscard]] event::Record loss_fact(sentra_loss kind, std::uint64_t count, std::uint64_t total);

// /etc/passwd and /etc/group, and what changes in them. Only these: whoever asked NSS for a name
// would wait for LDAP, or be told by it. Of huge files the first 4 MiB.
class Accounts {
public:
    // root: where the two files are found; "" for this host.
    explicit Accounts(std::string root = "") : root_(std::move(root)) {}

    // A meta.account record for each line that is new, changed or gone since the last call.
    // Reads the files only when they are other files than last time.
    [[nodiscard]] std::vector<event::Record> changed();

private:
    struct Account {
        std::string name, home, shell;
        std::uint32_t id = 0, group_id = 0;
        friend bool operator==(const Account &, const Account &) = default;
    };
    struct File {
        std::string path;
        bool is_group = false;
        std::string stamp; // device, inode, size and times of what was read
        std::map<std::pair<std::string, std::uint32_t>, Account> known;
    };
    static std::optional<Account> parse(std::string_view line, bool is_group);
    static void look(File &file, std::vector<event::Record> &facts);

    std::string root_;
    std::vector<File> files_;
};

} // namespace sentra::pipeline
