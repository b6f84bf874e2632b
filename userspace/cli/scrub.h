// SPDX-License-Identifier: MIT
// Text that is handed to somebody who helps: without secrets, addresses, mail addresses and the
// names of people. What is left reads on: each leaves a word in its place. Pure but for whose names
// there are.
#pragma once

#include <set>
#include <string>
#include <string_view>

namespace sentra::cli {

class Scrub {
public:
    explicit Scrub(std::set<std::string, std::less<>> people) : people_(std::move(people)) {}
    // "[redacted]", "[address]", "[mail]", "[user]" where one of them stood. Lines stay lines, JSON
    // stays JSON.
    [[nodiscard]] std::string operator()(std::string_view text) const;

private:
    [[nodiscard]] std::string word(std::string_view run) const;
    std::set<std::string, std::less<>> people_;
};

// Accounts of people in the text of passwd(5): those with an id from 1000 on, but nobody.
[[nodiscard]] std::set<std::string, std::less<>> people_in(std::string_view passwd);

// Whether sentrad wrote this line of its log about a signal.
[[nodiscard]] bool is_about_a_signal(std::string_view log_line);

} // namespace sentra::cli
