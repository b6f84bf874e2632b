// SPDX-License-Identifier: MIT
// What became of each login: who came, from where and how, until when, as whom he acted, how much
// he did, and which signals speak of it. One row a login session, whether or not a rule had
// anything to say; it grows until the session ends. Nothing here asks for action.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "event/event.h"
#include "session/session.h"
#include "signal/signal.h"

namespace sentra::signal {

inline constexpr std::string_view kSessionSchema = "sentra.session/1";

struct SessionSummary {
    std::string id;     // Actor::canonical: "session:<boot>:42"
    std::string former; // under which it was handed on before its audit id was known
    std::string tenant, host_name, host_id;
    session::Actor actor; // its login; user names and texts are escaped
    std::uint64_t first_ns = 0, last_ns = 0;
    std::uint64_t ended_ns = 0;       // 0: not seen to end
    std::vector<std::string> became;  // "root with sudo", each once, in order
    std::uint64_t programs = 0;       // run
    std::uint64_t refused = 0;        // rights that were asked for and not given
    std::uint64_t accounts = 0;       // changes to users and groups
    std::vector<std::string> ran;     // distinct programs, in order, bounded
    bool ran_more = false;            // some are not in the list
    std::vector<std::string> signals; // ids, in order, bounded
    bool action_needed = false;       // one of them asks for action
};

[[nodiscard]] std::string to_json(const SessionSummary &summary);
[[nodiscard]] Result<SessionSummary> summary_from_json(std::string_view line);
// "maria signed in from 203.0.113.7 with a password on 2 March at 10:11 UTC, became root with sudo,
// ran 34 programs and left at 10:42 UTC. 1 signal speaks of it."
[[nodiscard]] std::string sentence(const SessionSummary &summary);

class Summaries {
public:
    void note(const event::Event &event, const session::Context &context);
    void note(const Signal &told);
    // Those that changed, each at most every ten seconds; all: whatever has changed.
    [[nodiscard]] std::vector<SessionSummary> take_changed(std::uint64_t now_ns, bool all,
                                                           const session::Host &host);
    // Goes on with what an earlier run knew.
    void remember(SessionSummary summary);
    [[nodiscard]] std::size_t size() const { return rows_.size(); }

private:
    struct Row {
        std::string key;
        SessionSummary summary;
        bool changed = false;
        std::uint64_t handed_on_ns = 0;
        std::uint64_t counted_until_ns = 0; // by an earlier run: what is read again counts once
    };
    using At = std::list<Row>::iterator;

    [[nodiscard]] Row &row_of(const session::Actor &actor);
    void go_on_with_earlier(Row &row);

    std::list<Row> rows_; // least lately changed first
    std::unordered_map<std::string, At> by_key_;
    // Most events come from who acted before.
    std::shared_ptr<const session::Actor> last_actor_;
    Row *last_row_ = nullptr;
};

} // namespace sentra::signal
