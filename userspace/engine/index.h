// SPDX-License-Identifier: MIT
// Which rules an event could concern. First by event type, then by the one test of each alternative
// that lets the fewest events through: an exact value, or a path's last component, looked up in a
// hash; or a text that must stand in a field, found by one automaton for all texts of that field.
// What has no such test is asked of every event of its type. So an event costs what the rules that
// could match it cost.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/automaton.h"
#include "engine/holds.h"

namespace sentra::engine {

// One place a rule waits for an event.
struct Waiting {
    std::uint32_t rule = 0;
    std::uint32_t part = 0; // steps first, then what calls it off
    const Where *where = nullptr;
    const std::vector<const event::Type *> *types = nullptr;

    friend bool operator==(const Waiting &a, const Waiting &b)
    {
        return a.rule == b.rule && a.part == b.part;
    }
};

class Index {
public:
    // The conditions must outlive the index.
    void add(const Waiting &waiting);
    void build(); // once, after the last add

    // Replaces out by the places whose conditions the event fulfils as far as they ask about the
    // event alone ("new" is taken to hold, a condition on earlier steps too). In order of rule and
    // part.
    void find(const Asked &asked, std::vector<Waiting> &out) const;

    struct Shape { // for tests and figures
        std::size_t anchored = 0, scanned = 0, residual = 0;
    };
    [[nodiscard]] Shape shape() const;

private:
    struct Candidate {
        std::uint32_t waiting = 0;
        const Clause *clause = nullptr; // nullptr: no condition at all
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const
        {
            return std::hash<std::string_view>{}(text);
        }
    };
    struct Anchor { // one field of one type, looked up once per event
        session::FieldRef field;
        bool base_name = false;
        std::unordered_map<std::string, std::vector<Candidate>, Hash, std::equal_to<>> by_value;
    };
    struct Scan { // one field of one type, walked over once per event
        session::FieldRef field;
        Automaton automaton;
        std::vector<Candidate> candidates; // by value of the automaton
    };
    struct OfType {
        std::vector<Anchor> anchors;
        std::vector<Scan> scans;
        std::vector<Candidate> residual;
    };
    void add_clause(OfType &of_type, const event::Type &type, std::uint32_t waiting,
                    const Clause &clause);
    static void anchor(OfType &of_type, const event::Type &type, const Test &test,
                       Candidate candidate);
    static void scan(OfType &of_type, const Test &test, Candidate candidate);
    void ask(const Candidate &candidate, const Asked &asked, std::vector<Waiting> &out) const;
    void find_anchored(const OfType &of_type, const Asked &asked, std::vector<Waiting> &out) const;
    void find_scanned(const OfType &of_type, const Asked &asked, std::vector<Waiting> &out) const;

    std::vector<Waiting> waiting_;
    std::vector<OfType> types_; // by position in the catalogue
};

} // namespace sentra::engine
