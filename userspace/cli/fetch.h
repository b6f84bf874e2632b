// SPDX-License-Identifier: MIT
// Where the reading verbs get their answers: from the daemon where it runs, else from its store.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "cli/options.h"
#include "pipeline/control.h"

namespace sentra::cli {

struct Fetched {
    std::vector<std::string> lines;
    bool from_daemon = false;
};
struct NotFetched {
    Exit status;
    std::string text; // what, and what to do
};

[[nodiscard]] tl::expected<Fetched, NotFetched> fetch(const Arguments &arguments,
                                                      const pipeline::Request &request);

// From the daemon alone.
[[nodiscard]] tl::expected<Fetched, NotFetched> fetch_from_daemon(const Arguments &arguments,
                                                                  const pipeline::Request &request);

// "--state-dir", made absolute; else as the host's configuration says, where it can be read.
[[nodiscard]] std::string state_dir_of(const Arguments &arguments);
[[nodiscard]] std::string absolute_path(const std::string &path);

// "--since" and "--until".
[[nodiscard]] Result<store::Query> query_of(const Arguments &arguments);

// "7d", "30m" (ago), or an RFC 3339 time.
[[nodiscard]] Result<std::uint64_t> parse_moment(const std::string &text, std::uint64_t now_ns);
[[nodiscard]] std::uint64_t now_ns();

// "sentra: text" on stderr; the status is handed back.
int complain(Exit status, const std::string &text);

} // namespace sentra::cli
