// SPDX-License-Identifier: MIT
// From many completions to few matches: what shares a rule and merge values inside one window is
// one signal. It is handed up at first, when it becomes more serious, when its count reaches 10,
// 100, ..., and, if it grew since, when its window closes. The most serious completion gives it its
// meaning.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/evidence.h"
#include "engine/meaning.h"
#include "engine/sequence.h"

namespace sentra::engine {

class Windows {
public:
    explicit Windows(RuleSetPtr set) : set_(std::move(set)) {}

    void complete(const Completion &completion, const session::Session &session, Buffers &buffers,
                  std::vector<Match> &out, std::uint64_t &evicted);
    // Everything before now has been seen; last: nothing follows.
    void close(std::uint64_t now_ns, bool last, const session::Session &session,
               std::vector<Match> &out);
    [[nodiscard]] std::size_t size() const { return count_; }
    // As Sequences::replace(): what windows of other rules still had to tell is appended.
    void replace(RuleSetPtr set, const std::vector<std::uint32_t> &was,
                 const session::Session &session, std::vector<Match> &out);

    // Where windows began, as sightings whose key begins with 'w': events read again after a
    // restart must fall into the windows they were in.
    [[nodiscard]] static bool is_mine(const Sighting &sighting) { return sighting.key[0] == 'w'; }
    void remember(const Sighting &sighting);
    void take_new(std::vector<Sighting> &out);

private:
    struct Window {
        std::uint32_t rule = 0;
        std::vector<std::string> values;
        std::uint64_t start_ns = 0, end_ns = 0;
        std::uint64_t count = 0, next_count = 10;
        std::uint64_t waited_until_ns = 0;
        Meaning meaning;
        EvidenceList evidence;
        bool handed_up = false, grown = false;
    };
    using Key = std::pair<std::uint32_t, std::vector<std::string>>; // rule, merge values

    Window *find(const Key &key, std::uint64_t time_ns);
    Window &open(const Key &key, std::uint64_t time_ns);
    std::uint64_t beginning(const Key &key, std::uint64_t time_ns);
    void make_room(const session::Session &session, std::vector<Match> &out,
                   std::uint64_t &evicted);
    [[nodiscard]] Match hand_up(Window &window, const session::Session &session) const;

    RuleSetPtr set_;
    std::map<Key, std::vector<Window>> windows_;           // walked in order of rule and values
    std::map<std::string, std::set<std::uint64_t>> begun_; // hashed key -> beginnings
    std::vector<Sighting> new_beginnings_;
    std::size_t count_ = 0;
    std::uint64_t next_close_ns_ = ~std::uint64_t{0};
};

} // namespace sentra::engine
