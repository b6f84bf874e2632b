// SPDX-License-Identifier: MIT
// The pages' prose is Markdown, in this folder and in rules/README.md: as much of it as those files
// use. A line "<!-- fill: NAME -->" is where a table's rows go.
#pragma once

#include <functional>
#include <string_view>

#include "cli/manual/roff.h"

namespace sentra::cli {

// What stands at a place of that name.
using Fill = std::function<void(Roff &page, std::string_view name)>;

// "# x" and "## x" are headings, "### x" one below; "* x" items, "| a | b |" rows of which the
// first cell is the term (the first row and the line below it are the table's head, and are left
// out),
// "```" around code, four blanks before it too. All else is paragraphs.
void add_prose(Roff &page, std::string_view markdown, const Fill &fill);

} // namespace sentra::cli
