// SPDX-License-Identifier: MIT
// One field's value, seen in place: texts and lists point into the record they came from.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/ip.h"

namespace sentra::event {

// Texts separated by NUL, as arguments are held. A final NUL ends the last item.
struct List {
    std::string_view joined;

    [[nodiscard]] std::vector<std::string_view> items() const;
    [[nodiscard]] std::string command_line() const; // joined by blanks, as ECS and Sigma expect
    void command_line(std::string &into) const;     // in the place of what was there
};

// monostate: the event has no such fact. A number that stands for "not set" is monostate too.
using Value =
    std::variant<std::monostate, bool, std::uint64_t, std::int64_t, std::string_view, List, Ip>;

[[nodiscard]] inline bool is_known(const Value &value)
{
    return !std::holds_alternative<std::monostate>(value);
}

// As a reader writes it: true/false, decimal, address; a list joined by blanks; unknown is empty.
// Not escaped: pass through printable() before showing.
[[nodiscard]] std::string to_text(const Value &value);

} // namespace sentra::event
