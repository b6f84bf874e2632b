// SPDX-License-Identifier: MIT
// Which rules an event could concern. First by event type, then by the one test of each alternative
// that lets the fewest events through: an exact value, or a path's last component, looked up in a
// hash; or a text that must stand in a field, found by one walk for all texts of that field.
// What has no such test is asked of every event of its type. So an event costs what the rules that
// could match it cost. What hangs on the process, its ancestors or the actor alone is found once
// for each of them (engine/answers.h), not once for each of its events.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/holds.h"
#include "engine/needles.h"
#include "engine/questions.h"

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
    // The conditions must outlive the index, and their tests be numbered by the questions.
    void add(const Waiting &waiting, Questions &questions);
    void build(); // once, after the last add

    // Replaces out by the places whose conditions the event fulfils as far as they ask about the
    // event alone ("new" is taken to hold, a condition on earlier steps too). In order of rule and
    // part. Needs asked.answers.
    void find(const Asked &asked, std::vector<Waiting> &out) const;
    // Room in Kept::found.
    [[nodiscard]] std::size_t found_words() const { return found_words_; }

    struct Shape { // for tests and figures
        std::size_t anchored = 0, scanned = 0, residual = 0;
    };
    [[nodiscard]] Shape shape() const;

private:
    struct Candidate {
        std::uint32_t waiting = 0;
        const Clause *clause = nullptr; // nullptr: no condition at all
    };
    // Candidates are told by their number among those of the type, which goes by rule and part.
    using Numbers = std::vector<std::uint32_t>;
    struct Anchor { // one field, looked up once
        std::uint32_t field = 0;
        bool base_name = false;
        Words words;
        std::vector<Numbers> by_word;
    };
    struct Scan { // one field, walked over once
        std::uint32_t field = 0;
        std::uint32_t candidates = 0;
        Needles needles;
    };
    struct Group { // what to look at for one event, or for one process, line of ancestors or actor
        std::vector<Anchor> anchors;
        std::vector<Scan> scans;
        Numbers others; // without a look
        [[nodiscard]] bool is_empty() const
        {
            return anchors.empty() && scans.empty() && others.empty();
        }
    };
    struct OfType {
        std::vector<Candidate> candidates;
        std::array<Group, session::kDependsCount> groups;
        std::vector<std::pair<std::uint32_t, Group>> of_texts; // by field that recurs
        std::size_t found_at = 0;                              // in Kept::found
        [[nodiscard]] std::size_t words() const { return (candidates.size() + 63) / 64; }
    };
    void add_clause(OfType &of_type, const event::Type &type, std::uint32_t waiting,
                    const Clause &clause, Questions &questions);
    static void anchor(Group &group, const event::Type &type, const Test &test, std::uint32_t field,
                       std::uint32_t candidate);
    static void scan(Group &group, const Test &test, std::uint32_t field, std::uint32_t candidate);
    static void look(const Group &group, Answers &answers, std::uint64_t *found);
    static Group &group_of(OfType &of_type, const event::Type &type, std::uint32_t field,
                           const Questions &questions);
    static void find_kept(const OfType &of_type, std::size_t type, session::Depends on,
                          const Asked &asked, std::uint64_t *found);
    static void find_of_texts(const OfType &of_type, std::size_t type, Answers &answers,
                              std::uint64_t *found);

    std::vector<Waiting> waiting_;
    std::vector<OfType> types_; // by position in the catalogue
    std::size_t found_words_ = 0;
};

} // namespace sentra::engine
