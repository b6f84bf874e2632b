// SPDX-License-Identifier: MIT
// All that the rules of a set ask of the event at hand, each question once: tests that ask the same
// get the same number, however many rules hold them, and so do the fields they look at. Made when
// rules are compiled; constant afterwards. The answers to one event's are in engine/answers.h.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/condition.h"
#include "engine/words.h"

namespace sentra::engine {

struct Question {
    const Test *test = nullptr; // one of those that ask it
    std::uint32_t field = 0;
    // Where every pattern is a whole text: these. A list of forty programs costs no more than one.
    Words words;
    // Of expressions, which are dear: texts of which one must stand in the value. None: ask at
    // once.
    std::vector<std::string> needles;
};

// In lower case; of which one must stand in the field's value for the test to hold; empty: none is
// known. Where every pattern must match, those of the pattern whose texts are the longest.
[[nodiscard]] std::vector<std::string> needles_of(const Test &test);
[[nodiscard]] std::size_t shortest_of(const std::vector<std::string> &needles); // 0: there is none

class Questions {
public:
    // Gives the condition's tests their numbers. It must stay where it is.
    void add(Where &where);
    std::uint32_t add_field(const session::FieldRef &field);

    [[nodiscard]] const std::vector<Question> &all() const { return all_; }
    [[nodiscard]] const std::vector<session::FieldRef> &fields() const { return fields_; }
    // What the field's value hangs on in events of the type.
    [[nodiscard]] session::Depends depends(const event::Type &type, std::uint32_t field) const
    {
        const session::FieldRef &ref = fields_[field];
        return ref.own && type.slot(*ref.own) != nullptr ? session::Depends::event
                                                         : depends_[field];
    }

    // Its texts come again and again in events of one kind, so that it pays to remember them.
    [[nodiscard]] bool recurs(std::uint32_t field) const { return recurs_[field]; }

private:
    void add(Test &test);

    std::vector<Question> all_;
    std::vector<session::FieldRef> fields_;
    std::vector<session::Depends> depends_; // by field
    std::vector<bool> recurs_;              // by field
    std::unordered_map<std::string, std::uint32_t> by_text_, by_field_;
};

} // namespace sentra::engine
