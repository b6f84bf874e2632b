// SPDX-License-Identifier: MIT
// What makes shells complete the words of sentra and sentrad. In: the table of the command line.
// Out: one script a shell, complete by itself: it needs nothing but that shell, and asks
// `sentra completion signals` and the like for what only the host knows. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cli/options.h"

namespace sentra::cli {

[[nodiscard]] std::string bash_completion();
[[nodiscard]] std::string zsh_completion();
[[nodiscard]] std::string fish_completion();

// What a value can be.
struct Candidates {
    enum class Kind {
        nothing, // known to nobody beforehand
        files,
        folders,
        words, // those in `of`, with blanks between them
        asked, // what `sentra completion <of>` prints
    } kind = Kind::nothing;
    std::string of;
};
[[nodiscard]] Candidates candidates_of(const OptionRow &row);
[[nodiscard]] bool is_positional(const OptionRow &row);
[[nodiscard]] bool takes_value(const OptionRow &row); // an option with a value behind it

// A word and what it is for: the verbs, and the groups of verbs ("rules").
struct WordRow {
    std::string word;
    std::string says;
};
[[nodiscard]] std::vector<WordRow> first_words(const ProgramRow &program);
// What may follow a group; empty: `word` is no group.
[[nodiscard]] std::vector<WordRow> second_words(const ProgramRow &program, std::string_view word);
[[nodiscard]] std::string joined_words(const std::vector<WordRow> &rows);

} // namespace sentra::cli
