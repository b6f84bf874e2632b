// SPDX-License-Identifier: MIT
// What an actor did lately, whether or not a rule asked for it: sign-ins, changes of user and
// accounts, the programs it ran, each command once, and where it went. A signal that asks for
// action shows it, so that its reader sees the way there and not only the deeds that rules know.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/match.h"

namespace sentra::engine {

class Trails {
public:
    void note(const event::Event &event, const session::Context &context);
    // In order of time; empty where nothing is known of the actor.
    [[nodiscard]] std::vector<Evidence> of(const session::Actor &actor) const;
    // Lets go of actors that have done nothing for a day.
    void forget(std::uint64_t now_ns);
    [[nodiscard]] std::size_t size() const { return trails_.size(); }

private:
    struct Step {
        std::uint64_t command = 0; // hash; 0: no program was run
        event::Owned record;
        session::Context context;
    };
    struct Trail {
        std::deque<Step> steps;
        std::size_t bytes = 0;
        std::size_t connects = 0; // ever
        std::uint64_t last_ns = 0;
    };
    void make_room();

    std::unordered_map<std::string, Trail> trails_; // by Actor::key
    std::uint64_t next_look_ns_ = 0;
};

} // namespace sentra::engine
