// SPDX-License-Identifier: MIT
// What is wrong with a written file, told so that its author can mend it: file:line:column, what,
// the nearest word that would have been right, and the line with a caret under the place.
// Complaints are gathered, not thrown: an author sees all of them at once.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace sentra::engine {

// One file's text; marks point into it.
struct Source {
    std::string path;
    std::string text;

    [[nodiscard]] std::string_view line(std::uint32_t number) const; // from 1, without its end
};

struct Mark {
    const Source *source = nullptr;
    std::uint32_t line = 0, column = 0; // from 1; column counts bytes
    std::uint32_t width = 1;            // characters to underline

    [[nodiscard]] std::string text() const; // "rules/x.yaml:14:3"
};

class Complaints {
public:
    void add(const Mark &mark, std::string_view what);
    // 'unknown WHAT "WORD"; did you mean "..."?'
    void add_unknown(const Mark &mark, std::string_view what, std::string_view word,
                     const std::vector<std::string_view> &known);

    [[nodiscard]] bool empty() const { return texts_.empty(); }
    [[nodiscard]] std::size_t size() const { return texts_.size(); }
    [[nodiscard]] Error error() const; // all of them, in the order they were found

private:
    std::vector<std::string> texts_;
};

} // namespace sentra::engine
