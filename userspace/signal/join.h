// SPDX-License-Identifier: MIT
// Behaviours of one actor become one signal that grows: guess, sign-in, root, key, cron and the
// wiping of logs in one session are chapters of one story, told under the id of its first chapter.
// The most serious chapter gives the story its sentence and its next step, the gravest intent its
// intent, and every further chapter adds to the risk of one that asks for action already: many calm
// things stay calm. What is counted for a whole host stays apart; but what keeps the server going
// (intent "Routine maintenance", nothing asked for) is one signal of the whole host a day. A
// session that came from this host itself goes on with the story of the session that opened it.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/match.h"
#include "signal/signal.h"

namespace sentra::signal {

class Stories {
public:
    // The signal to hand on for the behaviour, which match made: itself where it stands alone.
    // Nothing where the story knows as much already.
    [[nodiscard]] std::optional<Signal> take(const engine::Match &match, Signal behaviour);
    // Goes on with stories that an earlier run told, in the order of their last times.
    void remember(Signal told);
    [[nodiscard]] std::size_t size() const { return stories_.size(); }

private:
    struct Part {
        Chapter chapter;
        Signal form; // the behaviour alone, as last seen
    };
    struct Story {
        std::string uid, key;
        std::uint64_t last_ns = 0, gap_ns = 0;
        std::vector<Part> parts{};             // in order of first time
        bool upkeep = false;                   // of the host, not of one actor
        std::vector<std::string> other_keys{}; // of sessions that it went on in
    };
    using At = std::list<Story>::iterator;

    [[nodiscard]] static Signal told(const Story &story);
    [[nodiscard]] At open_for(const std::string &key, std::uint64_t time_ns);
    [[nodiscard]] At came_from(const session::Actor &actor);
    At story_of(const session::Actor &actor, const Signal &first);
    At upkeep_of(const Signal &first);
    void leave(Story &story, const std::string &uid);
    At begin(Story story);
    void add(At at, Part part);
    void forget(std::uint64_t now_ns);
    void drop(At story);

    std::list<Story> stories_; // least lately grown first
    std::unordered_map<std::string, At> by_key_, by_uid_;
};

} // namespace sentra::signal
